/*
 * test_conversion.c - what is answered to a ConversionReview, however its bytes come.
 *
 * Each piece is given in memory of its own, just as long, so that a look past
 * its end is seen.
 */
#include "webhook/conversion.h"

#include <stdlib.h>

#include "test.h"

#define ROOM (1u << 20)

#define ALPHA(name) "{\"apiVersion\":\"ais.nvidia.com/v1alpha1\",\"kind\":\"AIStore\"," \
	"\"metadata\":{\"name\":\"" name "\",\"namespace\":\"ns\"}," \
	"\"spec\":{\"hostpathPrefix\":\"\",\"nodeImage\":\"}]\\\"{\"}}"
#define BETA(name) "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\"," \
	"\"metadata\":{\"name\":\"" name "\",\"namespace\":\"ns\"}," \
	"\"spec\":{\"hostpathPrefix\":\"\",\"nodeImage\":\"}]\\\"{\"}}"

#define REVIEW(request) "{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\"," \
	"\"request\":{" request "}}"
#define UID  "\"uid\":\"705ab4f5\""
#define TO_BETA "\"desiredAPIVersion\":\"ais.nvidia.com/v1beta1\""
#define ANSWER(objects, result) "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"ConversionReview\"," \
	"\"response\":{\"convertedObjects\":[" objects "],\"uid\":\"705ab4f5\",\"result\":" result "}}"
#define SUCCESS "{\"status\":\"Success\"}"
#define FAILURE(why) "{\"status\":\"Failure\",\"message\":\"" why "\"}"
#define STATUS(why) "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\"," \
	"\"message\":\"" why "\",\"reason\":\"BadRequest\",\"code\":400}"

#define GOOD REVIEW(UID "," TO_BETA ",\"objects\":[" ALPHA("a") " , " BETA("b") "," ALPHA("c") "]")
#define GOOD_ANSWER ANSWER(BETA("a") "," BETA("b") "," BETA("c"), SUCCESS)

static _Alignas(16) char room[ROOM];
static char              said[ROOM];
static struct conversion c;

/* Feeds a piece until all of it is dealt with. */
static void
feed(struct str bytes, struct out *o)
{
	char      *copy = malloc(bytes.len + 1);
	struct str rest = { copy + 1, bytes.len }, piece;

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	if (bytes.len > 0)
		memcpy(copy + 1, bytes.at, bytes.len);
	while (rest.len > 0) {
		size_t used = conversion_feed(&c, rest, &piece);

		CU_ASSERT_FATAL(used > 0 && used <= rest.len);
		out_str(o, piece);
		rest = str_from(rest, used);
	}
	free(copy);
}

static struct str
finish(struct out *o)
{
	struct str piece;

	while (conversion_end(&c, &piece))
		out_str(o, piece);
	CU_ASSERT_FALSE(conversion_end(&c, &piece));
	CU_ASSERT(out_ok(o));
	CU_ASSERT_EQUAL(json_check(out_view(o), NULL), JSON_OK);
	return out_view(o);
}

/* The body in two pieces, and pieces of `step` bytes. */
static struct str
answer_to(struct str body, size_t first, size_t step)
{
	struct out o = out_over(said, sizeof(said));

	conversion_begin(&c, room, sizeof(room));
	feed(str_upto(body, first), &o);
	for (body = str_from(body, first); body.len > 0; body = str_from(body, step))
		feed(str_upto(body, step), &o);
	return finish(&o);
}

static void
expect_answer(struct str body, const char *want, int line)
{
	expect_text(answer_to(body, 0, SIZE_MAX), want, __FILE__, line);
	CU_ASSERT_EQUAL(c.status, str_has(str_of(want), STR("ConversionReview\",\"resp")) ? 200 : 400);
	for (size_t step = 1; step < 8; step++)
		expect_text(answer_to(body, 0, step), want, __FILE__, line);
}

#define EXPECT(body, want) expect_answer(STR(body), (want), __LINE__)

static void
objects_come_back_converted_in_their_order(void)
{
	EXPECT(GOOD, GOOD_ANSWER);
	CU_ASSERT_EQUAL(c.converted, 3);
	CU_ASSERT_FALSE(c.failed);
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[]"), ANSWER("", SUCCESS));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":null"), ANSWER("", SUCCESS));
	EXPECT(REVIEW(UID "," TO_BETA), ANSWER("", SUCCESS));
}

static void
how_the_bytes_come_makes_no_difference(void)
{
	for (size_t at = 0; at <= sizeof(GOOD) - 1; at++)
		EXPECT_TEXT(answer_to(STR(GOOD), at, SIZE_MAX), GOOD_ANSWER);
	for (size_t step = 1; step < 70; step++)
		EXPECT_TEXT(answer_to(STR(GOOD), 0, step), GOOD_ANSWER);
}

static void
a_body_cut_off_anywhere_is_no_success(void)
{
	for (size_t len = 0; len < sizeof(GOOD) - 1; len++) {
		struct str got = answer_to(str_upto(STR(GOOD), len), 0, 1 + len % 5);

		CU_ASSERT(c.failed);
		EXPECT_TEXT(str_of(c.why), "the body ends in the middle of the review");
		CU_ASSERT(str_has(got, STR("\"status\":\"Failure\"")));
		CU_ASSERT(!str_has(got, STR("Success")));
	}
}

static void
each_object_is_answered_before_the_next_is_looked_at(void)
{
	struct str body = STR(GOOD), piece;
	size_t     used;

	conversion_begin(&c, room, sizeof(room));
	for (uint64_t n = 1; n <= 3; n++) {
		used = conversion_feed(&c, body, &piece);
		CU_ASSERT_EQUAL(c.converted, n);
		CU_ASSERT(piece.len > 0 && body.at[used - 1] == '}');
		body = str_from(body, used);
	}
	CU_ASSERT_EQUAL(conversion_feed(&c, body, &piece), body.len);
	CU_ASSERT_EQUAL(piece.len, 0);
}

static void
members_may_come_in_any_order_and_spelling(void)
{
	EXPECT("{ \"request\" : {\"objects\":[" ALPHA("a") "],\"x\":[{\"y\":\"]}\"}]," TO_BETA "," UID "}, "
	    "\"response\":null,\"apiVersion\":\"apiextensions.k8s.io/v1\",\"k\\u0069nd\":\"ConversionReview\" }\n",
	    ANSWER(BETA("a"), SUCCESS));
	EXPECT("{\"request\":{" TO_BETA ",\"objects\":[" ALPHA("a") "]," UID "},"
	    "\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"ConversionReview\"}",
	    ANSWER(BETA("a"), SUCCESS));
}

static void
a_failure_names_the_object_and_is_an_answer(void)
{
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[" ALPHA("a") ",{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
	    "\"metadata\":{\"name\":\"p\"}}," ALPHA("c") "]"), ANSWER(BETA("a"), FAILURE("AIStore p: apiVersion is "
	    "neither ais.nvidia.com/v1alpha1 nor ais.nvidia.com/v1beta1")));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[7]"), ANSWER("", FAILURE("object 1 of the review: "
	    "apiVersion is neither ais.nvidia.com/v1alpha1 nor ais.nvidia.com/v1beta1")));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[" ALPHA("a") ",{\"a\":tru}]"),
	    ANSWER(BETA("a"), FAILURE("object 2 of the review: it is not JSON")));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[{\"a\":\"\xff\"}]"),
	    ANSWER("", FAILURE("object 1 of the review: it is not UTF-8")));
	EXPECT(REVIEW(UID ",\"desiredAPIVersion\":\"ais.nvidia.com/v2\",\"objects\":[" ALPHA("a") "]"),
	    ANSWER("", FAILURE("desiredAPIVersion is \\\"ais.nvidia.com/v2\\\": ais.nvidia.com/v1alpha1 and "
	    "ais.nvidia.com/v1beta1 are what there is")));
	EXPECT(REVIEW(UID ",\"objects\":[" ALPHA("a") "]"),
	    ANSWER("", FAILURE("request.desiredAPIVersion is missing")));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":{}"), ANSWER("", FAILURE("request.objects is not a list")));
}

static void
what_is_broken_later_is_still_an_answer(void)
{
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[" ALPHA("a") " " ALPHA("b") "]"),
	    ANSWER(BETA("a"), FAILURE("the body is not JSON")));
	EXPECT(GOOD "}", ANSWER(BETA("a") "," BETA("b") "," BETA("c"), FAILURE("the body is not JSON")));
	EXPECT(REVIEW(UID "," TO_BETA ",\"objects\":[" ALPHA("a") "],\"objects\":[]"),
	    ANSWER(BETA("a"), FAILURE("a member of the review comes twice")));
	EXPECT(REVIEW(UID ",\"objects\":[" ALPHA("a") " " ALPHA("b") "]," TO_BETA),
	    ANSWER(BETA("a"), FAILURE("request.objects is not JSON")));
}

static void
what_is_no_review_gets_a_status(void)
{
	static const struct { struct str body; const char *why; } cases[] = {
		{ STR_INIT(""), STATUS("the body ends in the middle of the review") },
		{ STR_INIT("[]"), STATUS("the body is not JSON") },
		{ STR_INIT("x"), STATUS("the body is not JSON") },
		{ STR_INIT("{}"), STATUS("a ConversionReview of apiextensions.k8s.io/v1 is wanted here") },
		{ STR_INIT("{\"kind\":\"AdmissionReview\"}"),
		    STATUS("a ConversionReview of apiextensions.k8s.io/v1 is wanted here") },
		{ STR_INIT("{\"apiVersion\":\"apiextensions.k8s.io/v1beta1\"}"),
		    STATUS("a ConversionReview of apiextensions.k8s.io/v1 is wanted here") },
		{ STR_INIT("{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\"}"),
		    STATUS("request.uid is missing") },
		{ STR_INIT(REVIEW("\"uid\":\"\"")), STATUS("request.uid is missing") },
		{ STR_INIT("{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\",\"request\":null}"),
		    STATUS("request.uid is missing") },
		{ STR_INIT(REVIEW("\"uid\":5")), STATUS("the review is not as it should be: a text is needed for "
		    "apiVersion, kind, request.uid and request.desiredAPIVersion") },
		{ STR_INIT("{\"a\" 1}"), STATUS("the body is not JSON") },
		{ STR_INIT("{\"a\":}"), STATUS("the body is not JSON") },
		{ STR_INIT("{,}"), STATUS("the body is not JSON") },
		{ STR_INIT("{\"a\":1,}"), STATUS("the body is not JSON") },
		{ STR_INIT("{\"a\":1]"), STATUS("the body is not JSON") },
		{ STR_INIT("{a:1}"), STATUS("the body is not JSON") },
		{ STR_INIT("{1:2}"), STATUS("the body is not JSON") },
		{ STR_INIT("{\"a\\x\":1}"), STATUS("the body is not JSON") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_answer(cases[i].body, cases[i].why, __LINE__);
}

/* What stands in `before`, then `len` times x, then the rest, in pieces of 100 bytes. */
static struct str
answer_to_long(const char *before, size_t len, const char *after)
{
	static char x[100];
	struct out  o = out_over(said, sizeof(said));

	memset(x, 'x', sizeof(x));
	conversion_begin(&c, room, sizeof(room));
	feed(str_of(before), &o);
	for (; len > 0; len -= len < sizeof(x) ? len : sizeof(x))
		feed(str_upto((struct str){ x, sizeof(x) }, len), &o);
	feed(str_of(after), &o);
	return finish(&o);
}

#define BEGUN "{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\",\"request\":{" UID

static void
an_object_has_a_limit_and_the_review_has_none(void)
{
	static const char object[] = "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\",\"x\":\"";
	static const char begun[] = BEGUN "," TO_BETA ",\"objects\":[" ALPHA("a") ","
	    "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\",\"x\":\"";
	const size_t most = ROOM / 8, around = sizeof(object) - 1 + 2;
	struct str   got;

	got = answer_to_long(begun, most - around, "\"}]}}");
	CU_ASSERT(!c.failed && got.len > most);
	got = answer_to_long(begun, most - around + 1, "\"}]}}");
	EXPECT_TEXT(got, ANSWER(BETA("a"), FAILURE("object 2 of the review: it is larger than one object may be")));
	got = answer_to_long(BEGUN ",\"objects\":[\"", most - 4, "\"]," TO_BETA "}}");
	EXPECT_TEXT(got, ANSWER("", FAILURE("object 1 of the review: apiVersion is neither "
	    "ais.nvidia.com/v1alpha1 nor ais.nvidia.com/v1beta1")));
	got = answer_to_long(BEGUN ",\"objects\":[\"", most - 3, "\"]," TO_BETA "}}");
	EXPECT_TEXT(got, ANSWER("", FAILURE("request.objects came before request.desiredAPIVersion, and is "
	    "too large to wait for it")));
	got = answer_to_long(BEGUN ",\"more\":\"", 10 * most, "\"," TO_BETA "}}");
	EXPECT_TEXT(got, ANSWER("", SUCCESS));
	got = answer_to_long("{\"", most, "\":1}");
	EXPECT_TEXT(got, STATUS("a ConversionReview of apiextensions.k8s.io/v1 is wanted here"));
	answer_to_long("{\"request\":{\"uid\":\"", CONVERSION_SMALL_MAX - 2, "\"}}");
	CU_ASSERT_EQUAL(c.uid_len, CONVERSION_SMALL_MAX);
	answer_to_long("{\"request\":{\"uid\":\"", CONVERSION_SMALL_MAX - 1, "\"}}");
	CU_ASSERT(c.failed && c.uid_len == 0);
}

static void
many_objects_take_the_room_of_one(void)
{
	struct out o = out_over(said, sizeof(said));
	struct str piece;
	size_t     peak = 0;

	conversion_begin(&c, room, sizeof(room));
	feed(STR(BEGUN "," TO_BETA ",\"objects\":["), &o);
	for (int i = 0; i < 5000; i++) {
		feed(STR(ALPHA("a")), &o);
		feed(i < 4999 ? STR(",") : STR("]}}"), &o);
		o.len = 0;
		if (i == 0)
			peak = c.arena.peak;
	}
	CU_ASSERT_EQUAL(c.arena.peak, peak);
	CU_ASSERT_EQUAL(c.converted, 5000);
	CU_ASSERT(conversion_end(&c, &piece));
	EXPECT_TEXT(piece, "],\"uid\":\"705ab4f5\",\"result\":" SUCCESS "}}");
}

SUITE(test_conversion,
    { "objects come back converted, in their order", objects_come_back_converted_in_their_order },
    { "how the bytes come makes no difference", how_the_bytes_come_makes_no_difference },
    { "a body cut off anywhere is no success", a_body_cut_off_anywhere_is_no_success },
    { "each object is answered before the next is looked at",
      each_object_is_answered_before_the_next_is_looked_at },
    { "members may come in any order and spelling", members_may_come_in_any_order_and_spelling },
    { "a failure names the object, and is an answer", a_failure_names_the_object_and_is_an_answer },
    { "what is broken later is still an answer", what_is_broken_later_is_still_an_answer },
    { "what is no review gets a Status", what_is_no_review_gets_a_status },
    { "an object has a limit, and the review has none", an_object_has_a_limit_and_the_review_has_none },
    { "many objects take the room of one", many_objects_take_the_room_of_one });
