/* test_review.c - what is answered to an AdmissionReview, and that nothing is allowed by accident. */
#include "test.h"
#include "webhook/review.h"

#define UID "705ab4f5-6393-11e8-b7cc-42010a800002"
#define KIND_BETA "\"kind\":{\"group\":\"ais.nvidia.com\",\"version\":\"v1beta1\",\"kind\":\"AIStore\"}"
#define BETA "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\""
#define OBJECT(rest) BETA ",\"metadata\":{\"name\":\"ais\",\"namespace\":\"ns\"}" rest "}"
#define REVIEW "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
#define REQUEST(rest) REVIEW "\"request\":{\"uid\":\"" UID "\"," KIND_BETA "," rest "}}"
#define CREATE(object) REQUEST("\"operation\":\"CREATE\",\"object\":" object ",\"oldObject\":null")
#define UPDATE(object, old) REQUEST("\"operation\":\"UPDATE\",\"object\":" object ",\"oldObject\":" old)
#define ANSWER(rest) "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"," \
	"\"response\":{\"uid\":\"" UID "\"," rest "}}\n"
#define ALLOWED ANSWER("\"allowed\":true,\"status\":{\"metadata\":{},\"code\":200}")
#define NOT_V1 "an AdmissionReview of admission.k8s.io/v1 is wanted here"
#define REFUSED(why) ANSWER("\"allowed\":false,\"status\":{\"metadata\":{},\"message\":\"" why "\"," \
	"\"reason\":\"BadRequest\",\"code\":400}")
#define STATUS(why) "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\"," \
	"\"message\":\"" why "\",\"reason\":\"BadRequest\",\"code\":400}\n"

static char            memory[16u << 20], answer_text[REVIEW_ANSWER_MAX];
static char            seen_text[4096];
static struct findings found;            /* what the rules of these tests find */

/* The answer to `body`; `seen_text`: what the rules were shown. */
static struct str
asked(struct str body, enum resource served, size_t room, enum review_verdict *verdict, int *status)
{
	static struct review r;
	struct arena         a;
	struct out           o = out_over(answer_text, sizeof(answer_text));
	struct out           seen = out_over(seen_text, sizeof(seen_text) - 1);

	arena_init(&a, memory, room);
	if (review_read(body, served, &a, &r))
		OUT(&seen, json_text(r.object), STR("|"), json_text(r.old));
	seen_text[seen.len] = '\0';
	*verdict = review_answer(&r, &found, &o, status);
	CU_ASSERT(out_ok(&o));
	return out_view(&o);
}

static void
expect_answer(struct str body, enum resource served, enum review_verdict want, const char *text, int line)
{
	enum review_verdict verdict;
	int                 status;
	struct str          got = asked(body, served, sizeof(memory), &verdict, &status);

	expect_text(got, text, __FILE__, line);
	CU_ASSERT_EQUAL(verdict, want);
	CU_ASSERT_EQUAL(status, str_starts(got, STR("{\"kind\":\"Status\"")) ? 400 : 200);
}

#define EXPECT(body, verdict, text) \
	expect_answer(STR(body), RESOURCE_AISTORE_BETA, (verdict), (text), __LINE__)

static void
nothing_found(void)
{
	memset(&found, 0, sizeof(found));
}

static void
find(bool error, const char *path, const char *text)
{
	found.list[found.count++] = (struct finding){ .error = error, .path = str_of(path), .text = str_of(text) };
	found.errors += error;
}

/* Verdicts ------------------------------------------------------------------ */

static void
an_answer_is_that_of_the_go_operator_byte_for_byte(void)
{
	nothing_found();
	EXPECT(CREATE(OBJECT("")), REVIEW_ALLOWED, ALLOWED);
	EXPECT_TEXT(str_of(seen_text), OBJECT("") "|");
	EXPECT(UPDATE(OBJECT(",\"spec\":{\"size\":2}"), OBJECT(",\"spec\":{\"size\":1}")), REVIEW_ALLOWED, ALLOWED);
	EXPECT_TEXT(str_of(seen_text), OBJECT(",\"spec\":{\"size\":2}") "|" OBJECT(",\"spec\":{\"size\":1}"));
	EXPECT(" \n" CREATE(OBJECT("")) "\n", REVIEW_ALLOWED, ALLOWED);
}

static void
a_deletion_is_never_held_up(void)
{
	nothing_found();
	EXPECT(REQUEST("\"operation\":\"DELETE\",\"object\":null,\"oldObject\":" OBJECT("")),
	    REVIEW_ALLOWED, ALLOWED);
	EXPECT(REQUEST("\"operation\":\"DELETE\""), REVIEW_ALLOWED, ALLOWED);
}

#define V1BETA1(rest) "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\"," rest

static void
a_review_of_v1beta1_is_answered_in_v1beta1(void)
{
	static const char create[] = V1BETA1("\"request\":{\"uid\":\"" UID "\"," KIND_BETA ","
	    "\"operation\":\"CREATE\",\"object\":" OBJECT("") "}}");

	nothing_found();
	expect_answer(str_of(create), RESOURCE_AISTORE_BETA, REVIEW_ALLOWED, V1BETA1("\"response\":{\"uid\":\"" UID
	    "\",\"allowed\":true,\"status\":{\"metadata\":{},\"code\":200}}}\n"), __LINE__);
	find(true, "spec.size", "it is 0");
	expect_answer(str_of(create), RESOURCE_AISTORE_BETA, REVIEW_DENIED, V1BETA1("\"response\":{\"uid\":\"" UID
	    "\",\"allowed\":false,\"status\":{\"metadata\":{},\"message\":\"spec.size: it is 0\","
	    "\"reason\":\"Forbidden\",\"code\":403}}}\n"), __LINE__);
}

static void
a_denial_says_all_that_is_wrong(void)
{
	nothing_found();
	find(true, "spec.size", "it is 0: <allowed> is 1 to 10000, or -1");
	EXPECT(CREATE(OBJECT("")), REVIEW_DENIED, ANSWER("\"allowed\":false,\"status\":{\"metadata\":{},"
	    "\"message\":\"spec.size: it is 0: \\u003callowed\\u003e is 1 to 10000, or -1\","
	    "\"reason\":\"Forbidden\",\"code\":403}"));
	find(false, "spec.clusterDomain", "it is deprecated");
	find(true, "", "a second \"thing\"");
	EXPECT(CREATE(OBJECT("")), REVIEW_DENIED, ANSWER("\"allowed\":false,\"status\":{\"metadata\":{},"
	    "\"message\":\"spec.size: it is 0: \\u003callowed\\u003e is 1 to 10000, or -1; a second \\\"thing\\\"\","
	    "\"reason\":\"Forbidden\",\"code\":403},\"warnings\":[\"spec.clusterDomain: it is deprecated\"]"));
}

static void
an_error_of_a_field_is_worded_as_kubernetes_does(void)
{
	nothing_found();
	find(true, "spec.port", "it is 0");
	found.list[0].by = BY_FIELD;
	expect_answer(STR(REVIEW "\"request\":{"
	    "\"uid\":\"" UID "\",\"kind\":{\"group\":\"auth.ais.nvidia.com\",\"version\":\"v1alpha1\","
	    "\"kind\":\"AIStoreAuth\"},\"operation\":\"CREATE\",\"object\":{"
	    "\"apiVersion\":\"auth.ais.nvidia.com/v1alpha1\","
	    "\"kind\":\"AIStoreAuth\",\"metadata\":{\"name\":\"a\"}}}}"), RESOURCE_AUTH, REVIEW_DENIED,
	    ANSWER("\"allowed\":false,\"status\":{\"metadata\":{},\"message\":"
	    "\"AIStoreAuth.auth.ais.nvidia.com \\\"a\\\" is invalid: spec.port: it is 0\","
	    "\"reason\":\"Invalid\",\"details\":{\"name\":\"a\",\"group\":\"auth.ais.nvidia.com\","
	    "\"kind\":\"AIStoreAuth\",\"causes\":[{\"reason\":\"FieldValueInvalid\","
	    "\"message\":\"it is 0\",\"field\":\"spec.port\"}]},\"code\":422}"), __LINE__);
}

static void
warnings_come_with_what_is_allowed(void)
{
	nothing_found();
	find(false, "spec.clusterDomain", "it is deprecated");
	find(false, "", "restarts 12 targets, one at a time; moves no data");
	EXPECT(CREATE(OBJECT("")), REVIEW_ALLOWED, ANSWER("\"allowed\":true,\"status\":{\"metadata\":{},"
	    "\"code\":200},\"warnings\":[\"spec.clusterDomain: it is deprecated\","
	    "\"restarts 12 targets, one at a time; moves no data\"]"));
}

static void
long_warnings_are_cut_between_characters(void)
{
	char        text[512];
	const char *end;
	struct str  got;
	enum review_verdict verdict;
	int         status;

	for (size_t lead = 0; lead < 4; lead++) {
		memset(text, 'x', lead);
		for (size_t i = lead; i + 2 < sizeof(text); i += 2)
			memcpy(text + i, "\xc3\xa4", 3);
		nothing_found();
		find(false, "", text);
		got = asked(STR(CREATE(OBJECT(""))), RESOURCE_AISTORE_BETA, sizeof(memory), &verdict, &status);
		end = strstr(answer_text, "\xa4...\"]");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		CU_ASSERT(json_check(got, NULL) == JSON_OK);
	}
}

static void
many_warnings_are_counted_not_listed(void)
{
	static char text[300];
	struct str  got, list;
	enum review_verdict verdict;
	int         status;

	memset(text, 'w', 250);
	nothing_found();
	while (found.count < FINDINGS_MAX)
		find(false, "spec", text);
	got = asked(STR(CREATE(OBJECT(""))), RESOURCE_AISTORE_BETA, sizeof(memory), &verdict, &status);
	list = str_of(strstr(answer_text, "\"warnings\""));
	CU_ASSERT(list.len > 3000 && list.len < REVIEW_WARNINGS_MAX + 200);
	CU_ASSERT(str_ends(got, STR("\"and 49 more warnings\"]}}\n")));
}

static void
a_denial_has_room_for_every_finding(void)
{
	static char text[9000];
	struct str  got;
	enum review_verdict verdict;
	int         status;

	memset(text, '<', sizeof(text) - 1);
	nothing_found();
	while (found.count < FINDINGS_MAX)
		find(found.count % 2 == 0, text, text);
	got = asked(STR(CREATE(OBJECT(""))), RESOURCE_AISTORE_BETA, sizeof(memory), &verdict, &status);
	CU_ASSERT(json_check(got, NULL) == JSON_OK);
	CU_ASSERT(str_has(got, STR("and 31 more errors")));
	CU_ASSERT_EQUAL(verdict, REVIEW_DENIED);
}

/* What the rules see --------------------------------------------------------- */

static void
what_no_rule_reads_is_not_tokenised(void)
{
	nothing_found();
	EXPECT(CREATE(BETA ",\"metadata\":{"
	    "\"managedFields\":[{\"f:spec\":{}}],\"name\":\"ais\",\"annotations\":{\"a\":\"1\","
	    "\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"x\\\":[\\\"y\\\"]}\",\"b\":\"2\"}},"
	    "\"spec\":{ \"size\" : 1 }}"), REVIEW_ALLOWED, ALLOWED);
	EXPECT_TEXT(str_of(seen_text), BETA ",\"metadata\":{"
	    "\"name\":\"ais\",\"annotations\":{\"a\":\"1\",\"b\":\"2\"}},\"spec\":{ \"size\" : 1 }}|");
}

static void
odd_metadata_is_shown_as_it_is(void)
{
	nothing_found();
	EXPECT(CREATE(BETA ",\"metadata\":[1],\"spec\":null}"),
	    REVIEW_ALLOWED, ALLOWED);
	EXPECT_TEXT(str_of(seen_text),
	    BETA ",\"metadata\":[1],\"spec\":null}|");
	EXPECT(CREATE(BETA ",\"metadata\":{\"annotations\":null}}"),
	    REVIEW_ALLOWED, ALLOWED);
}

/* Refusals -------------------------------------------------------------------- */

static const struct refused {
	struct str  body;
	const char *answer;
} refused[] = {
	{ STR_INIT(""), STATUS("the review or its object is not JSON") },
	{ STR_INIT("{}"), STATUS(NOT_V1) },
	{ STR_INIT("null"), STATUS("the review or its object is not JSON") },
	{ STR_INIT("[" CREATE(OBJECT("")) "]"), STATUS("the review or its object is not JSON") },
	{ STR_INIT(CREATE(OBJECT("")) "x"), REFUSED("the review or its object is not JSON") },
	{ STR_INIT("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}"),
	    STATUS("the review has no request") },
	{ STR_INIT(REVIEW "\"request\":null}"),
	    STATUS("the review has no request") },
	{ STR_INIT(REVIEW "\"request\":[]}"),
	    STATUS("the review has no request") },
	{ STR_INIT("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v2\","
	    "\"request\":{\"uid\":\"" UID "\"}}"), REFUSED(NOT_V1) },
	{ STR_INIT("{\"kind\":\"ConversionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
	    "\"request\":{\"uid\":\"" UID "\"}}"), REFUSED(NOT_V1) },
	{ STR_INIT(REVIEW "\"request\":{}}"),
	    STATUS("the request has no uid that can be repeated") },
	{ STR_INIT(REVIEW "\"request\":{\"uid\":7}}"),
	    STATUS("the request has no uid that can be repeated") },
	{ STR_INIT(REVIEW "\"request\":{\"uid\":\"a\\\"b\"}}"),
	    STATUS("the request has no uid that can be repeated") },
	{ STR_INIT(REVIEW "\"request\":{\"uid\":\"\xff\"}}"),
	    STATUS("the request has no uid that can be repeated") },
	{ STR_INIT(REVIEW "\"kind\":\"AdmissionReview\","
	    "\"request\":{\"uid\":\"" UID "\"}}"), REFUSED("a member of the review comes twice") },
	{ STR_INIT(REQUEST("\"uid\":\"\"")), STATUS("a member of the review comes twice") },
	{ STR_INIT(REQUEST(KIND_BETA)), REFUSED("a member of the review comes twice") },
	{ STR_INIT(REQUEST("\"operation\":\"CREATE\",\"object\":" OBJECT("") ",\"object\":" OBJECT(""))),
	    REFUSED("a member of the review comes twice") },
	{ STR_INIT(REQUEST("\"operation\":\"CONNECT\"")), REFUSED("the operation is not CREATE, UPDATE or DELETE") },
	{ STR_INIT(REQUEST("\"operation\":null")), REFUSED("the operation is not CREATE, UPDATE or DELETE") },
	{ STR_INIT(CREATE("null")), REFUSED("the object of the request is missing") },
	{ STR_INIT(CREATE("[]")), REFUSED("the object of the request is missing") },
	{ STR_INIT(CREATE("\"{}\"")), REFUSED("the object of the request is missing") },
	{ STR_INIT(REQUEST("\"operation\":\"CREATE\"")), REFUSED("the object of the request is missing") },
	{ STR_INIT(UPDATE(OBJECT(""), "null")), REFUSED("the object of the request is missing") },
	{ STR_INIT(CREATE("{}")), REFUSED("the object is of another version or kind than this path judges") },
	{ STR_INIT(UPDATE(OBJECT(""), "{\"kind\":\"AIStore\"}")),
	    REFUSED("the object is of another version or kind than this path judges") },
	{ STR_INIT(CREATE(OBJECT(",\"kind\":\"Pod\""))),
	    REFUSED("the object is of another version or kind than this path judges") },
	{ STR_INIT(CREATE(OBJECT(",\"spec\":{\"size\":01}"))), REFUSED("the review or its object is not JSON") },
	{ STR_INIT(CREATE(OBJECT(",\"spec\":{\"size\":NaN}"))), REFUSED("the review or its object is not JSON") },
	{ STR_INIT(CREATE(OBJECT(",\"spec\":{\"a\":\"\xc3\"}"))), REFUSED("the review or its object is not UTF-8") },
	{ STR_INIT(CREATE(OBJECT(",\"spec\":{\"a\":\"\\ud800\"}"))),
	    REFUSED("the review or its object is not UTF-8") },
	{ STR_INIT(REQUEST("\"userInfo\":{\"username\":\"\xff\"},\"operation\":\"CREATE\",\"object\":" OBJECT(""))),
	    REFUSED("the review or its object is not UTF-8") },
};

static void
what_cannot_be_judged_is_refused(void)
{
	nothing_found();
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		expect_answer(refused[i].body, RESOURCE_AISTORE_BETA, REVIEW_REFUSED, refused[i].answer, (int)i);
}

static void
a_path_judges_its_own_kind_alone(void)
{
	nothing_found();
	for (int r = 0; r < RESOURCE_UNKNOWN; r++)
		expect_answer(STR(CREATE(OBJECT(""))), (enum resource)r,
		    r == RESOURCE_AISTORE_BETA ? REVIEW_ALLOWED : REVIEW_REFUSED, r == RESOURCE_AISTORE_BETA ? ALLOWED
		    : REFUSED("the request is about another version or kind than this path judges"), __LINE__);
}

static void
a_review_that_breaks_off_anywhere_is_refused(void)
{
	struct str          whole = STR(UPDATE(OBJECT(",\"spec\":{\"size\":2}"), OBJECT("")));
	enum review_verdict verdict;
	int                 status;

	nothing_found();
	for (size_t n = 0; n < whole.len; n++) {
		asked(str_upto(whole, n), RESOURCE_AISTORE_BETA, sizeof(memory), &verdict, &status);
		CU_ASSERT_EQUAL(verdict, REVIEW_REFUSED);
	}
	asked(whole, RESOURCE_AISTORE_BETA, sizeof(memory), &verdict, &status);
	CU_ASSERT_EQUAL(verdict, REVIEW_ALLOWED);
}

static void
depth_has_an_end(void)
{
	static char text[4096];
	struct out  o = out_over(text, sizeof(text));

	nothing_found();
	out_str(&o, STR(REQUEST("\"operation\":\"CREATE\",\"object\":{\"apiVersion\":\"ais.nvidia.com/v1beta1\","
	    "\"kind\":\"AIStore\",\"spec\":")));
	o.len -= 2;
	for (int i = 0; i < 1000; i++)
		out_str(&o, STR("["));
	for (int i = 0; i < 1000; i++)
		out_str(&o, STR("]"));
	out_str(&o, STR("}}}"));
	expect_answer(out_view(&o), RESOURCE_AISTORE_BETA, REVIEW_REFUSED,
	    REFUSED("the review or its object is nested too deeply"), __LINE__);
}

static void
what_has_no_room_is_refused(void)
{
	struct str          whole = STR(UPDATE(OBJECT(",\"spec\":{\"size\":2}"), OBJECT("")));
	enum review_verdict verdict;
	int                 status;
	bool                allowed = false;

	nothing_found();
	for (size_t room = 1; room < 4096; room++) {
		struct str got = asked(whole, RESOURCE_AISTORE_BETA, room, &verdict, &status);

		CU_ASSERT(verdict == REVIEW_ALLOWED || (verdict == REVIEW_REFUSED && !allowed));
		allowed = verdict == REVIEW_ALLOWED;
		CU_ASSERT(allowed || str_has(got, STR("the object is too large to be judged")));
	}
	CU_ASSERT(allowed);
}

SUITE(test_review,
    { "an answer is that of the Go operator, byte for byte",
        an_answer_is_that_of_the_go_operator_byte_for_byte },
    { "a deletion is never held up", a_deletion_is_never_held_up },
    { "a review of v1beta1 is answered in v1beta1", a_review_of_v1beta1_is_answered_in_v1beta1 },
    { "a denial says all that is wrong", a_denial_says_all_that_is_wrong },
    { "an error of a field is worded as Kubernetes does", an_error_of_a_field_is_worded_as_kubernetes_does },
    { "warnings come with what is allowed", warnings_come_with_what_is_allowed },
    { "long warnings are cut between characters", long_warnings_are_cut_between_characters },
    { "many warnings are counted, not listed", many_warnings_are_counted_not_listed },
    { "a denial has room for every finding", a_denial_has_room_for_every_finding },
    { "what no rule reads is not tokenised", what_no_rule_reads_is_not_tokenised },
    { "odd metadata is shown as it is", odd_metadata_is_shown_as_it_is },
    { "what cannot be judged is refused", what_cannot_be_judged_is_refused },
    { "a path judges its own kind alone", a_path_judges_its_own_kind_alone },
    { "a review that breaks off anywhere is refused", a_review_that_breaks_off_anywhere_is_refused },
    { "depth has an end", depth_has_an_end },
    { "what has no room is refused", what_has_no_room_is_refused });
