/* test_json.c - rules of reading JSON. */
#include "kernel/json.h"

#include <stdlib.h>

#include "test.h"

static const char *const good[] = {
	"{}", "[]", " \t\r\n0 ", "-0", "0.5", "-12.25e+10", "1E5", "1e-5", "true", "false", "null", "\"\"",
	"[1,[2,[3]],{\"a\":{\"b\":[]}}]", "{\"a\":1,\"a\":2}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
	"\"\\ud83d\\ude00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"", "\"\xed\x9f\xbf\xee\x80\x80\"",
	"\"\xf4\x8f\xbf\xbf\"", "[ ]", "{ }", "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }",
	"\"a text that is longer than eight bytes, with { [ ] } , : in it\"",
};

static const struct { const char *text; enum json_result result; size_t bad_at; } wrong[] = {
	{ "", JSON_BAD_SYNTAX, 0 },
	{ " ", JSON_BAD_SYNTAX, 1 },
	{ "{\"a\":1 \"b\":2}", JSON_BAD_SYNTAX, 7 },
	{ "[1 2]", JSON_BAD_SYNTAX, 3 },
	{ "[1,]", JSON_BAD_SYNTAX, 3 },
	{ "[,]", JSON_BAD_SYNTAX, 1 },
	{ "{,}", JSON_BAD_SYNTAX, 1 },
	{ "{\"a\":1,}", JSON_BAD_SYNTAX, 7 },
	{ "{\"a\"}", JSON_BAD_SYNTAX, 4 },
	{ "{\"a\":}", JSON_BAD_SYNTAX, 5 },
	{ "{a:1}", JSON_BAD_SYNTAX, 1 },
	{ "{1:2}", JSON_BAD_SYNTAX, 1 },
	{ "{\"a\":nul}", JSON_BAD_SYNTAX, 5 },
	{ "{\"a\":truex}", JSON_BAD_SYNTAX, 9 },
	{ "True", JSON_BAD_SYNTAX, 0 },
	{ "{\"a\":1}{\"b\":2}", JSON_BAD_SYNTAX, 7 },
	{ "{\"a\":\"b\"\"c\"}", JSON_BAD_SYNTAX, 8 },
	{ "[1}", JSON_BAD_SYNTAX, 2 },
	{ "{\"a\":1]", JSON_BAD_SYNTAX, 6 },
	{ "]", JSON_BAD_SYNTAX, 0 },
	{ "[[]", JSON_BAD_SYNTAX, 3 },
	{ "01", JSON_BAD_SYNTAX, 1 },
	{ "-", JSON_BAD_SYNTAX, 1 },
	{ "+1", JSON_BAD_SYNTAX, 0 },
	{ ".5", JSON_BAD_SYNTAX, 0 },
	{ "1.", JSON_BAD_SYNTAX, 2 },
	{ "1.e5", JSON_BAD_SYNTAX, 2 },
	{ "1e", JSON_BAD_SYNTAX, 2 },
	{ "1e+", JSON_BAD_SYNTAX, 3 },
	{ "0x1f", JSON_BAD_SYNTAX, 1 },
	{ "NaN", JSON_BAD_SYNTAX, 0 },
	{ "\"abc", JSON_BAD_SYNTAX, 4 },
	{ "\"a\nb\"", JSON_BAD_SYNTAX, 2 },
	{ "\"a\\x\"", JSON_BAD_SYNTAX, 3 },
	{ "\"\\u12g4\"", JSON_BAD_SYNTAX, 3 },
	{ "\"\\u12\"", JSON_BAD_SYNTAX, 3 },
	{ "\"\\ud83d\"", JSON_BAD_UTF8, 7 },
	{ "\"\\ud83dabcdef\"", JSON_BAD_UTF8, 7 },
	{ "\"\\ud83d\\ud83d\"", JSON_BAD_UTF8, 7 },
	{ "\"\\ude00\"", JSON_BAD_UTF8, 7 },
	{ "\"\xff\"", JSON_BAD_UTF8, 1 },
	{ "\"\x80\"", JSON_BAD_UTF8, 1 },
	{ "\"\xc0\xaf\"", JSON_BAD_UTF8, 1 },
	{ "\"\xc3\"", JSON_BAD_UTF8, 1 },
	{ "\"\xe0\x80\x80\"", JSON_BAD_UTF8, 1 },
	{ "\"\xed\xa0\x80\"", JSON_BAD_UTF8, 1 },
	{ "\"\xf0\x80\x80\x80\"", JSON_BAD_UTF8, 1 },
	{ "\"\xf4\x90\x80\x80\"", JSON_BAD_UTF8, 1 },
	{ "\"12345678\xe2\x82\"", JSON_BAD_UTF8, 9 },
	{ "/* */ 1", JSON_BAD_SYNTAX, 0 },
};

static const char pod[] =
    "{\"metadata\":{\"name\":\"ais-target-1\",\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"finalizers\":[]},"
    "\"spec\":{\"size\":3,\"big\":9223372036854775807,\"bigger\":9223372036854775808,\"half\":0.5,"
    "\"on\":true,\"off\":false,\"none\":null,\"list\":[10,[20,{\"x\":21}],30],"
    "\"s\":\"a\\tb\\u00e9\\ud83d\\ude00\\\"\"}}";

static struct json_token tokens[128];
static struct json_doc   doc;

static struct json
root_of(const char *text)
{
	CU_ASSERT_EQUAL_FATAL(json_parse(&doc, str_of(text), tokens, 128), JSON_OK);
	return json_root(&doc);
}

static void
what_the_grammar_allows_is_json(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT_EQUAL(json_check(str_of(good[i]), NULL), JSON_OK);
		root_of(good[i]);
	}
}

static void
what_is_wrong_is_refused_and_its_place_is_told(void)
{
	size_t bad_at;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_EQUAL(json_check(str_of(wrong[i].text), &bad_at), wrong[i].result);
		CU_ASSERT_EQUAL(bad_at, wrong[i].bad_at);
		CU_ASSERT_EQUAL(json_parse(&doc, str_of(wrong[i].text), tokens, 128), wrong[i].result);
		CU_ASSERT_EQUAL(doc.bad_at, wrong[i].bad_at);
		CU_ASSERT_FALSE(json_there(json_root(&doc)));
	}
	CU_ASSERT_EQUAL(json_check(STR("\"a\0b\""), NULL), JSON_BAD_SYNTAX);
	CU_ASSERT_EQUAL(json_check(STR("1\0"), NULL), JSON_BAD_SYNTAX);
	CU_ASSERT_EQUAL(json_check(STR_NONE, NULL), JSON_BAD_SYNTAX);
}

/* In memory of its own, so that a sanitizer sees a look past the end. */
static void
a_document_cut_off_anywhere_is_refused(void)
{
	size_t len = strlen(pod);

	CU_ASSERT_EQUAL(json_check(str_of(pod), NULL), JSON_OK);
	for (size_t cut = 0; cut < len; cut++) {
		char *copy = malloc(cut + 1);

		CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
		memcpy(copy + 1, pod, cut);
		CU_ASSERT_NOT_EQUAL(json_check((struct str){ copy + 1, cut }, NULL), JSON_OK);
		free(copy);
	}
}

/* `levels` open brackets, and as many that close. */
static struct str
nested(size_t levels, char open, char close)
{
	static char text[8 * JSON_DEPTH_MAX];
	struct out  o = out_over(text, sizeof(text));

	for (size_t i = 0; i < levels; i++)
		OUT(&o, (struct str){ &open, 1 }, open == '{' && i + 1 < levels ? STR("\"a\":") : STR_NONE);
	for (size_t i = 0; i < levels; i++)
		out_char(&o, close);
	return out_view(&o);
}

static void
the_deepest_document_is_read_and_one_level_more_is_not(void)
{
	CU_ASSERT_EQUAL(json_parse(&doc, nested(JSON_DEPTH_MAX, '[', ']'), tokens, 128), JSON_OK);
	CU_ASSERT_EQUAL(json_parse(&doc, nested(JSON_DEPTH_MAX, '{', '}'), tokens, 128), JSON_OK);
	CU_ASSERT_EQUAL(doc.count, 2 * JSON_DEPTH_MAX - 1);
	CU_ASSERT_EQUAL(json_check(nested(JSON_DEPTH_MAX + 1, '[', ']'), NULL), JSON_TOO_DEEP);
	CU_ASSERT_EQUAL(json_check(nested(JSON_DEPTH_MAX + 1, '{', '}'), NULL), JSON_TOO_DEEP);
}

static void
tokens_that_do_not_suffice_are_told(void)
{
	CU_ASSERT_EQUAL(json_parse(&doc, STR("[1,2,3]"), tokens, 4), JSON_OK);
	CU_ASSERT_EQUAL(json_parse(&doc, STR("[1,2,3]"), tokens, 3), JSON_TOO_MANY);
	CU_ASSERT_EQUAL(json_parse(&doc, STR("{\"a\":1}"), tokens, 2), JSON_TOO_MANY);
	CU_ASSERT_EQUAL(json_parse(&doc, STR("1"), tokens, 0), JSON_TOO_MANY);
	CU_ASSERT_FALSE(json_there(json_root(&doc)));
}

static void
an_arena_gives_as_many_tokens_as_are_needed(void)
{
	_Alignas(8) char block[4 * sizeof(struct json_token)];
	struct arena     a;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT_EQUAL(json_parse_in(&doc, STR("[1,2,3]"), &a), JSON_OK);
	CU_ASSERT_EQUAL(a.used, sizeof(block));
	CU_ASSERT_EQUAL(json_parse_in(&doc, STR("1"), &a), JSON_TOO_MANY);
	CU_ASSERT_FALSE(arena_ok(&a));
}

static void
a_path_leads_to_a_value(void)
{
	struct json r = root_of(pod);

	EXPECT_TEXT(json_raw(json_path(r, "metadata.name")), "ais-target-1");
	EXPECT_TEXT(json_text(json_path(r, "metadata.labels")), "{\"a\":\"1\",\"b\":\"2\"}");
	EXPECT_TEXT(json_text(json_path(r, "metadata.name")), "\"ais-target-1\"");
	EXPECT_TEXT(json_text(json_item(json_item(json_path(r, "spec.list"), 1), 1)), "{\"x\":21}");
	EXPECT_TEXT(json_text(json_item(json_path(r, "spec.list"), 2)), "30");
	CU_ASSERT_EQUAL(json_size(json_path(r, "spec.list")), 3);
	CU_ASSERT_EQUAL(json_size(json_path(r, "metadata.labels")), 2);
	CU_ASSERT_EQUAL(json_size(json_path(r, "metadata.name")), 0);
}

static void
asking_what_is_not_there_gives_what_is_not_there(void)
{
	struct json r = root_of(pod), zero = { NULL, 0 };

	CU_ASSERT_FALSE(json_there(json_path(r, "metadata.name.first")));
	CU_ASSERT_FALSE(json_there(json_path(r, "nothing.at.all")));
	CU_ASSERT_FALSE(json_there(json_get(json_path(r, "spec.list"), STR("size"))));
	CU_ASSERT_FALSE(json_there(json_item(json_path(r, "spec.list"), 3)));
	CU_ASSERT_FALSE(json_there(json_item(json_path(r, "spec.list"), -1)));
	CU_ASSERT_FALSE(json_there(json_item(r, 0)));
	CU_ASSERT_FALSE(json_there(zero));
	CU_ASSERT_EQUAL(json_size(zero), 0);
	EXPECT_TEXT(json_raw(zero), "");
	EXPECT_TEXT(json_text(json_get(zero, STR("a"))), "");
	EXPECT_TEXT(json_str(zero, NULL), "");
	CU_ASSERT_FALSE(json_str_is(zero, STR("")));
}

static void
null_is_there_and_is_null(void)
{
	struct json v = json_path(root_of(pod), "spec.none");

	CU_ASSERT(json_there(v) && json_is_null(v));
	CU_ASSERT_FALSE(json_is_bool(v) || json_is_num(v) || json_is_str(v) || json_is_obj(v) || json_is_arr(v));
}

static void
a_value_has_one_type(void)
{
	static const struct { const char *path; bool (*is)(struct json); } types[] = {
		{ "metadata", json_is_obj }, { "spec.list", json_is_arr }, { "spec.s", json_is_str },
		{ "spec.half", json_is_num }, { "spec.off", json_is_bool }, { "spec.none", json_is_null },
	};
	struct json r = root_of(pod);

	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < 6; k++)
			CU_ASSERT_EQUAL(types[i].is(json_path(r, types[k].path)), i == k);
}

static void
integers_are_those_that_fit(void)
{
	struct json r = root_of(pod);
	int64_t     v = 7;

	CU_ASSERT(json_i64(json_path(r, "spec.size"), &v) && v == 3);
	CU_ASSERT(json_i64(json_path(r, "spec.big"), &v) && v == INT64_MAX);
	CU_ASSERT_FALSE(json_i64(json_path(r, "spec.bigger"), &v));
	CU_ASSERT_FALSE(json_i64(json_path(r, "spec.half"), &v));
	CU_ASSERT_FALSE(json_i64(json_path(r, "metadata.labels.a"), &v));
	CU_ASSERT_EQUAL(v, INT64_MAX);
}

static void
only_true_is_true(void)
{
	struct json r = root_of(pod);
	bool        v = true;

	CU_ASSERT(json_true(json_path(r, "spec.on")));
	CU_ASSERT_FALSE(json_true(json_path(r, "spec.off")));
	CU_ASSERT_FALSE(json_true(json_path(r, "spec.size")));
	CU_ASSERT_FALSE(json_true(json_path(r, "spec.gone")));
	CU_ASSERT(json_bool(json_path(r, "spec.off"), &v) && !v);
	CU_ASSERT_FALSE(json_bool(json_path(r, "spec.none"), &v));
}

static void
a_string_is_copied_only_if_it_has_escapes(void)
{
	char         block[64];
	struct arena a;
	struct json  r = root_of(pod);

	arena_init(&a, block, sizeof(block));
	EXPECT_TEXT(json_str(json_path(r, "metadata.name"), &a), "ais-target-1");
	CU_ASSERT_EQUAL(a.used, 0);
	EXPECT_TEXT(json_str(json_path(r, "spec.s"), &a), "a\tb\xc3\xa9\xf0\x9f\x98\x80\"");
	CU_ASSERT(a.used > 0);
	CU_ASSERT(json_str_is(json_path(r, "spec.s"), STR("a\tb\xc3\xa9\xf0\x9f\x98\x80\"")));
	CU_ASSERT_FALSE(json_str_is(json_path(r, "spec.s"), STR("a\tb\xc3\xa9\xf0\x9f\x98\x80")));
	CU_ASSERT_FALSE(json_str_is(json_path(r, "spec.s"), STR("a\tb\xc3\xa9\xf0\x9f\x98\x80\"x")));
	CU_ASSERT_FALSE(json_str_is(json_path(r, "spec.size"), STR("3")));
}

static void
every_escape_stands_for_its_character(void)
{
	char         block[64];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	EXPECT_TEXT(json_str(root_of("\"\\\"\\\\\\/\\b\\f\\n\\r\\t"
	    "\\u0041\\u07ff\\u0800\\uffff\\uDBFF\\uDFFF\""), &a),
	    "\"\\/\b\f\n\r\tA\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf");
	CU_ASSERT(str_eq(json_str(root_of("\"\\u0000\""), &a), STR("\0")));
}

static void
a_key_is_found_however_it_is_written(void)
{
	struct json r = root_of("{\"n\\u0061me\":1,\"x\":2}");

	EXPECT_TEXT(json_raw(json_get(r, STR("name"))), "1");
	CU_ASSERT_FALSE(json_there(json_get(r, STR("n\\u0061me"))));
}

static void
of_two_members_with_one_key_the_last_counts(void)
{
	EXPECT_TEXT(json_raw(json_get(root_of("{\"a\":1,\"b\":2,\"\\u0061\":3}"), STR("a"))), "3");
}

static void
members_come_in_their_order_and_are_stepped_over_whole(void)
{
	char             buf[128];
	struct out       o = out_over(buf, sizeof(buf));
	struct json_iter it = json_each(root_of("{\"a\":{\"x\":[1,{\"y\":2}]},\"b\":[],\"c\":\"d\"}"));

	while (json_next(&it))
		OUT(&o, it.key, STR("="), json_text(it.val), STR(";"));
	EXPECT_TEXT(out_view(&o), "a={\"x\":[1,{\"y\":2}]};b=[];c=\"d\";");
	CU_ASSERT_FALSE(json_next(&it));
}

static void
items_have_no_keys_and_scalars_no_members(void)
{
	struct json_iter it = json_each(root_of("[[1,2],3]"));

	CU_ASSERT(json_next(&it));
	EXPECT_TEXT(it.key, "");
	EXPECT_TEXT(json_text(it.val), "[1,2]");
	CU_ASSERT(json_next(&it));
	EXPECT_TEXT(json_text(it.val), "3");
	CU_ASSERT_FALSE(json_next(&it));
	it = json_each(root_of("\"text\""));
	CU_ASSERT_FALSE(json_next(&it));
	it = json_each((struct json){ NULL, -1 });
	CU_ASSERT_FALSE(json_next(&it));
}

static void
every_result_has_a_text(void)
{
	EXPECT_TEXT(str_of(json_result_text(JSON_BAD_SYNTAX)), "is not JSON");
	EXPECT_TEXT(str_of(json_result_text(JSON_BAD_UTF8)), "is not UTF-8");
	EXPECT_TEXT(str_of(json_result_text(JSON_TOO_DEEP)), "is nested too deeply");
	EXPECT_TEXT(str_of(json_result_text(JSON_TOO_MANY)), "has more values than there is room for");
	EXPECT_TEXT(str_of(json_result_text(JSON_OK)), "is JSON");
}

SUITE(test_json,
    { "what the grammar allows is JSON", what_the_grammar_allows_is_json },
    { "what is wrong is refused and its place is told", what_is_wrong_is_refused_and_its_place_is_told },
    { "a document cut off anywhere is refused", a_document_cut_off_anywhere_is_refused },
    { "the deepest document is read and one level more is not",
      the_deepest_document_is_read_and_one_level_more_is_not },
    { "tokens that do not suffice are told", tokens_that_do_not_suffice_are_told },
    { "an arena gives as many tokens as are needed", an_arena_gives_as_many_tokens_as_are_needed },
    { "a path leads to a value", a_path_leads_to_a_value },
    { "asking what is not there gives what is not there",
      asking_what_is_not_there_gives_what_is_not_there },
    { "null is there and is null", null_is_there_and_is_null },
    { "a value has one type", a_value_has_one_type },
    { "integers are those that fit", integers_are_those_that_fit },
    { "only true is true", only_true_is_true },
    { "a string is copied only if it has escapes", a_string_is_copied_only_if_it_has_escapes },
    { "every escape stands for its character", every_escape_stands_for_its_character },
    { "a key is found however it is written", a_key_is_found_however_it_is_written },
    { "of two members with one key the last counts", of_two_members_with_one_key_the_last_counts },
    { "members come in their order and are stepped over whole",
      members_come_in_their_order_and_are_stepped_over_whole },
    { "items have no keys and scalars no members", items_have_no_keys_and_scalars_no_members },
    { "every result has a text", every_result_has_a_text });
