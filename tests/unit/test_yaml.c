/* test_yaml.c - rules of reading and writing YAML. */
#include "kernel/yaml.h"

#include <stdlib.h>

#include "../fuzz/json_same.h"
#include "kernel/file.h"
#include "test.h"

static _Alignas(16) char block[1u << 20];
static struct arena      arena;
static struct yaml_error error;

static bool
reads(struct str yaml, int index, struct str *json)
{
	arena_init(&arena, block, sizeof(block));
	return yaml_to_json(yaml, index, &arena, json, &error);
}

static void
expect_json(const char *yaml, const char *json, int line)
{
	struct str got;

	if (!reads(str_of(yaml), 0, &got))
		got = str_of(error.text);
	expect_text(got, json, __FILE__, line);
	CU_ASSERT_EQUAL(json_check(got, NULL), JSON_OK);
}

static void
expect_refusal(struct str yaml, const char *why, int line)
{
	char       buf[256];
	struct out o = out_over(buf, sizeof(buf));
	struct str got;

	CU_ASSERT_FALSE(reads(yaml, 0, &got));
	CU_ASSERT_EQUAL(got.len, 0);
	out_int(&o, error.line);
	out_char(&o, ':');
	out_int(&o, error.column);
	OUT(&o, STR(": "), str_of(error.text));
	expect_text(out_view(&o), why, __FILE__, line);
}

#define JSON(yaml, json)  expect_json((yaml), (json), __LINE__)
#define REFUSED(yaml, why) expect_refusal(STR(yaml), (why), __LINE__)

static void
blocks_and_flows_are_the_same_values(void)
{
	JSON("a: 1\nb:\n- x\n- c: d\n  e: {f: [g, 2]}\n- - 3\nh:\n  i: {}\n",
	    "{\"a\":1,\"b\":[\"x\",{\"c\":\"d\",\"e\":{\"f\":[\"g\",2]}},[3]],\"h\":{\"i\":{}}}");
	JSON("- 1\n- []\n", "[1,[]]");
	JSON("text", "\"text\"");
	JSON("# only a comment\na: b # and one more\n", "{\"a\":\"b\"}");
}

static void
plain_scalars_have_their_types(void)
{
	JSON("[true, True, FALSE, null, ~, 0, -12, 1.5, -1.5e+3, 1e3]",
	    "[true,true,false,null,null,0,-12,1.5,-1.5e+3,1e3]");
	JSON("a:\nb: ~\n", "{\"a\":null,\"b\":null}");
	JSON("[1.2.3, 10.0.0.1, 5Gi, 2026-11-24, 1d, 4.8-rc1, -, 0x, e5, 1e, _1, truely, tRUE, 0abc, 12:30, .]",
	    "[\"1.2.3\",\"10.0.0.1\",\"5Gi\",\"2026-11-24\",\"1d\",\"4.8-rc1\",\"-\",\"0x\",\"e5\",\"1e\",\"_1\","
	    "\"truely\",\"tRUE\",\"0abc\",\"12:30\",\".\"]");
}

static void
what_is_quoted_is_text(void)
{
	JSON("['1', \"true\", 'yes', \"\", '0755', '<<']", "[\"1\",\"true\",\"yes\",\"\",\"0755\",\"<<\"]");
	JSON("|\n  1\n", "\"1\\n\"");
	JSON("\"1\": a\n", "{\"1\":\"a\"}");
	JSON(">-\n  true\n", "\"true\"");
}

static void
html_is_not_escaped_but_controls_are(void)
{
	JSON("\"<&>\\t\\0\\x7f\\u00e9\\U0001F600\"", "\"<&>\\t\\u0000\x7f\xc3\xa9\xf0\x9f\x98\x80\"");
}

static void
what_readers_take_differently_is_refused(void)
{
	static const char *const unclear[] = {
		"yes", "No", "ON", "off", "y", "N", "0755", "0x1F", "0o17", "0b11", "1_000", "+1", ".5", "5.", "08",
		".inf", "-.Inf", ".NaN", "1_0.5", "+.5e3",
	};
	struct str got;

	for (size_t i = 0; i < sizeof(unclear) / sizeof(unclear[0]); i++)
		CU_ASSERT_FALSE(reads(str_of(unclear[i]), 0, &got));
	REFUSED("a:\n  b: yes\n", "2:6: not all readers of YAML take yes for the same: "
	    "write true, false or a decimal number, or put it in quotes");
}

static void
a_tag_of_the_core_must_fit(void)
{
	JSON("[!!str 5, !!int \"5\", !!float 5, !!bool \"true\", !!null ~, ! 5, !!map {}, !!seq []]",
	    "[\"5\",5,5,true,null,\"5\",{},[]]");
	REFUSED("a: !!int x", "1:4: the tag tag:yaml.org,2002:int does not fit this value: leave it out");
	REFUSED("a: !!binary eA==", "1:4: the tag tag:yaml.org,2002:binary does not fit this value: leave it out");
	REFUSED("a: !mine {}", "1:4: the tag !mine does not fit this value: leave it out");
}

static void
anchors_aliases_and_merges_are_refused(void)
{
	REFUSED("a: &x 1\n", "1:4: anchors are not supported: write the value out where it is needed");
	REFUSED("a: &x [1]\n", "1:4: anchors are not supported: write the value out where it is needed");
	REFUSED("a: &x {b: 1}\n", "1:4: anchors are not supported: write the value out where it is needed");
	REFUSED("- 1\n- *x\n", "2:3: aliases are not supported: write the value out here");
	REFUSED("a:\n  <<: {b: 1}\n", "2:3: merge keys (<<) are not supported: write the members out");
}

static void
a_key_stands_once_in_its_mapping(void)
{
	REFUSED("a: 1\nb: 2\na: 3\n", "3:1: the key \"a\" stands here for the second time");
	REFUSED("x:\n- {b: 1, \"b\": 2}\n", "2:10: the key \"b\" stands here for the second time");
	REFUSED("{\"a\": {\"b\": 1},\n \"\\u0061\": 2}", "2:2: this key stands here for the second time");
	JSON("a: {a: {a: 1}}\nb: {a: 1}\nc: [{a: 1}, {a: 2}]\n",
	    "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":2}]}");
}

static void
keys_are_text(void)
{
	REFUSED("1: a", "1:1: the key 1 is not text: put it in quotes");
	REFUSED("true: a", "1:1: the key true is not text: put it in quotes");
	REFUSED("? [a]\n: b", "1:3: a list or a mapping cannot be a key");
	REFUSED("? {a: 1}\n: b", "1:3: a list or a mapping cannot be a key");
	REFUSED("{~: b}", "1:2: the key ~ is not text: put it in quotes");
}

static void
errors_say_where(void)
{
	REFUSED("a: b: c", "1:5: mapping values are not allowed in this context");
	REFUSED("a:\n\tb: 1", "2:1: found character that cannot start any token");
	REFUSED("a: 1\nb: \x01", "2:4: control characters are not allowed");
	REFUSED("ab: \xff", "1:5: invalid leading UTF-8 octet");
	REFUSED("a: \"x", "1:6: found unexpected end of stream");
	REFUSED("a: [1,\n", "2:1: did not find expected node content");
}

static void
depth_is_limited(void)
{
	char       text[2 * JSON_DEPTH_MAX + 4];
	struct str got;

	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	CU_ASSERT(reads((struct str){ text + 1, 2 * JSON_DEPTH_MAX }, 0, &got));
	CU_ASSERT_EQUAL(got.len, 2 * JSON_DEPTH_MAX);
	expect_refusal((struct str){ text, 2 * JSON_DEPTH_MAX + 2 },
	    "1:65: this is nested too deeply: 64 levels are the most", __LINE__);
}

static void
size_is_limited(void)
{
	size_t len = FILE_SIZE_MAX + 1;
	char  *text = malloc(len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'a', len);
	expect_refusal((struct str){ text, len }, "1:1: this is too large: 4 MiB are the most", __LINE__);
	free(text);
}

static void
no_room_is_a_sentence(void)
{
	static const char *const texts[] = { "a: [b, c, \"dddddddddd\"]\n", "{\"a\": \"ddddddddddddddddddd\"}" };
	struct str               got;

	for (size_t size = 1; size < 88; size++) {
		for (size_t i = 0; i < 2; i++) {
			arena_init(&arena, block, size);
			CU_ASSERT_FALSE(yaml_to_json(str_of(texts[i]), 0, &arena, &got, &error));
			EXPECT_TEXT(str_of(error.text), "this is too large for the memory there is to read it");
		}
	}
}

static void
documents_are_read_one_by_one(void)
{
	struct str stream = STR("a: 1\n---\n# nothing\n---\n- 2\n...\n"), got;

	CU_ASSERT(reads(stream, 0, &got));
	EXPECT_TEXT(got, "{\"a\":1}");
	CU_ASSERT(reads(stream, 1, &got));
	EXPECT_TEXT(got, "null");
	CU_ASSERT(reads(stream, 2, &got));
	EXPECT_TEXT(got, "[2]");
	CU_ASSERT_FALSE(reads(stream, 3, &got));
	EXPECT_TEXT(str_of(error.text), "");
	CU_ASSERT_FALSE(reads(STR_NONE, 0, &got));
	EXPECT_TEXT(str_of(error.text), "");
	CU_ASSERT_FALSE(reads(STR("{\"a\":1}"), 1, &got));
	EXPECT_TEXT(str_of(error.text), "");
}

static void
json_goes_through_as_it_is(void)
{
	JSON("{\"a\": \"\\ud83d\\ude00\\/\",\t\"b\" :1.50 }\n", "{\"a\": \"\\ud83d\\ude00\\/\",\t\"b\" :1.50 }");
	JSON("\"text\"", "\"text\"");
}

static const char rich[] =
    "spec:\n  size: 3\n  text: |\n    one\n    two\n  list: [a, {b: \"1\"}]\n  \"0x1\": ~\n---\nlast: [x]\n";

static void
a_stream_cut_off_anywhere_is_read_or_refused(void)
{
	struct str got;

	for (size_t len = 0; len < sizeof(rich); len++) {
		char *copy = malloc(len + 1);

		CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
		memcpy(copy + 1, rich, len);
		for (int i = 0; i < 2; i++)
			if (reads((struct str){ copy + 1, len }, i, &got))
				CU_ASSERT_EQUAL(json_check(got, NULL), JSON_OK);
		free(copy);
	}
}

/* JSON as YAML, as text that lasts until the next. */
static struct str
printed(struct str json)
{
	static char     yaml[1u << 16];
	struct out      o = out_over(yaml, sizeof(yaml));
	struct json_doc d;

	arena_init(&arena, block, sizeof(block));
	CU_ASSERT_EQUAL_FATAL(json_parse_in(&d, json, &arena), JSON_OK);
	yaml_print(&o, json_root(&d));
	CU_ASSERT(out_ok(&o));
	return out_view(&o);
}

static void
print_is_in_block_style(void)
{
	EXPECT_TEXT(printed(STR("{\"a\":1,\"b\":{\"c\":\"d e\",\"f\":{}},"
	    "\"g\":[1,[2,3],{\"h\":null,\"i\":[true]},[]],"
	    "\"j\":\"1\",\"k\":\"yes\",\"l\":\"\",\"m\":\"a: b\",\"n\":\"x\\ny\"}")),
	    "a: 1\nb:\n  c: d e\n  f: {}\ng:\n- 1\n- - 2\n  - 3\n- h: null\n  i:\n  - true\n- []\n"
	    "j: \"1\"\nk: \"yes\"\nl: \"\"\nm: \"a: b\"\n\"n\": \"x\\ny\"\n");
	EXPECT_TEXT(printed(STR("5")), "5\n");
	EXPECT_TEXT(printed(STR("[]")), "[]\n");
}

static void
what_is_printed_reads_back_the_same(void)
{
	static const char *const values[] = {
		"{\"a\":[1,-2.5e3,true,null,\"true\",\"null\",\"~\",\"\",\" x\",\"x \",\"- x\","
		"\"#x\",\"x #y\",\"x: y\",\"x:\"]}",
		"[\"yes\",\"0755\",\"0x1f\",\"1_0\",\"1e3\",\"<<\",\"=\",\"a=b\","
		"\"{x\",\"[x\",\"a,b\",\"*x\",\"&x\",\"!x\",\"%x\"]",
		"[\"---\",\"--- x\",\"...\",\"... x\","
		"\"?\",\"? x\",\"-\",\"|\",\">\",\"@x\",\"`x\",\"'x'\",\"\\\"x\\\"\",\"a'b\"]",
		"[\"\\u0000\\u0001\\u001f\\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff\\uffff\\ufffe\","
		"\"\\t\\r\\n\",\"a\\\\b/c\"]",
		"[\"\xc3\xa9\",\"\xf0\x9f\x98\x80\",\"\\ud83d\\ude00\",\"\\u00e9\"]",
		"{\"\":\"\",\"a b\":{\"- c\":[{\"d\":[[],[[]],{\"e\":{}}]}]},\"1\":{\"x\":[]},\"k:{\\\"n\\\":1}\":{}}",
		"[[[[{\"a\":[[1]]}]]],[{\"b\":{\"c\":{\"d\":[{\"e\":1},{\"f\":[2]}]}}}]]",
	};
	static _Alignas(16) char room[1u << 16];
	struct arena             a;
	struct json_doc          d, again;
	struct str               json;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		arena_init(&a, room, sizeof(room));
		CU_ASSERT_EQUAL_FATAL(json_parse_in(&d, str_of(values[i]), &a), JSON_OK);
		CU_ASSERT(reads(printed(str_of(values[i])), 0, &json));
		CU_ASSERT_EQUAL_FATAL(json_parse_in(&again, json, &a), JSON_OK);
		CU_ASSERT(json_same(&d, &again, &a));
	}
}

static void
the_longest_key_reads_back(void)
{
	static char json[4096];
	struct out  o = out_over(json, sizeof(json));
	struct str  got;

	out_str(&o, STR("{\""));
	for (int i = 0; i < 2000; i++)
		out_char(&o, 'k');
	out_str(&o, STR("\":{\"a\":[1,{\"b\":2}]},\"c\":3}"));
	CU_ASSERT(reads(printed(out_view(&o)), 0, &got));
	CU_ASSERT(str_eq(got, out_view(&o)));
}

SUITE(test_yaml,
    { "blocks and flows are the same values", blocks_and_flows_are_the_same_values },
    { "plain scalars have their types", plain_scalars_have_their_types },
    { "what is quoted is text", what_is_quoted_is_text },
    { "HTML is not escaped but controls are", html_is_not_escaped_but_controls_are },
    { "what readers take differently is refused", what_readers_take_differently_is_refused },
    { "a tag of the core must fit", a_tag_of_the_core_must_fit },
    { "anchors, aliases and merges are refused", anchors_aliases_and_merges_are_refused },
    { "a key stands once in its mapping", a_key_stands_once_in_its_mapping },
    { "keys are text", keys_are_text },
    { "errors say where", errors_say_where },
    { "depth is limited", depth_is_limited },
    { "size is limited", size_is_limited },
    { "no room is a sentence", no_room_is_a_sentence },
    { "documents are read one by one", documents_are_read_one_by_one },
    { "JSON goes through as it is", json_goes_through_as_it_is },
    { "a stream cut off anywhere is read or refused", a_stream_cut_off_anywhere_is_read_or_refused },
    { "print is in block style", print_is_in_block_style },
    { "what is printed reads back the same", what_is_printed_reads_back_the_same },
    { "the longest key reads back", the_longest_key_reads_back });
