/* test_json_out.c - rules of writing JSON. */
#include "kernel/json_out.h"

#include "test.h"

static char       buf[512];
static struct out o;

static struct json_out
fresh(void)
{
	o = out_over(buf, sizeof(buf));
	return json_out(&o);
}

static void
commas_stand_between_and_nowhere_else(void)
{
	struct json_out j = fresh();

	jo_obj(&j);
	jo_key_arr(&j, STR("a"));
	jo_arr_end(&j);
	jo_key_arr(&j, STR("b"));
	jo_int(&j, 1);
	jo_obj(&j);
	jo_obj_end(&j);
	jo_null(&j);
	jo_arr(&j);
	jo_str(&j, STR("x"));
	jo_arr_end(&j);
	jo_arr_end(&j);
	jo_key_obj(&j, STR("c"));
	jo_key_bool(&j, STR("d"), true);
	jo_key_bool(&j, STR("e"), false);
	jo_obj_end(&j);
	jo_key_raw(&j, STR("f"), STR("[1,2]"));
	jo_key_str(&j, STR("g"), STR("h"));
	jo_key_int(&j, STR("i"), -5);
	jo_obj_end(&j);
	EXPECT_TEXT(out_view(&o), "{\"a\":[],\"b\":[1,{},null,[\"x\"]],\"c\":{\"d\":true,\"e\":false},"
	    "\"f\":[1,2],\"g\":\"h\",\"i\":-5}");
	CU_ASSERT_EQUAL(json_check(out_view(&o), NULL), JSON_OK);
}

static void
what_cannot_stand_in_a_string_is_escaped(void)
{
	struct json_out j = fresh();

	jo_str(&j, STR("a\"b\\c\nd\re\tf\bg\fh\0i\x1f\x7f/"));
	EXPECT_TEXT(out_view(&o), "\"a\\\"b\\\\c\\nd\\re\\tf\\u0008g\\u000ch\\u0000i\\u001f\x7f/\"");
}

static void
go_escapes_what_html_or_javascript_could_misread(void)
{
	struct json_out j = fresh();

	jo_str(&j, STR("<a href=\"?x&y\">\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"));
	EXPECT_TEXT(out_view(&o), "\"\\u003ca href=\\\"?x\\u0026y\\\"\\u003e\\u2028\\u2029\xe2\x80\xaa\"");
}

static void
without_html_less_is_escaped(void)
{
	struct json_out j = fresh();

	j.html = false;
	jo_str(&j, STR("<&>\"\n"));
	EXPECT_TEXT(out_view(&o), "\"<&>\\\"\\n\"");
}

static void
keys_are_escaped_too(void)
{
	struct json_out j = fresh();

	jo_obj(&j);
	jo_key_int(&j, STR("a\"<"), 1);
	jo_obj_end(&j);
	EXPECT_TEXT(out_view(&o), "{\"a\\\"\\u003c\":1}");
}

static void
bytes_that_are_not_utf8_become_the_replacement(void)
{
	struct json_out j = fresh();

	jo_str(&j, STR("a\xff" "b\xe2\x80" "c\xc3\xa9\xf0\x9f\x98\x80\xed\xa0\x80"));
	EXPECT_TEXT(out_view(&o), "\"a\\ufffdb\\ufffd\\ufffdc\xc3\xa9\xf0\x9f\x98\x80\\ufffd\\ufffd\\ufffd\"");
}

static void
every_byte_comes_back_as_it_was(void)
{
	char              bytes[128], block[512];
	struct arena      a;
	struct json_doc   d;
	struct json_token t;
	struct json_out   j = fresh();

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	jo_str(&j, (struct str){ bytes, sizeof(bytes) });
	arena_init(&a, block, sizeof(block));
	CU_ASSERT_EQUAL_FATAL(json_parse(&d, out_view(&o), &t, 1), JSON_OK);
	CU_ASSERT(str_eq(json_str(json_root(&d), &a), (struct str){ bytes, sizeof(bytes) }));
}

SUITE(test_json_out,
    { "commas stand between and nowhere else", commas_stand_between_and_nowhere_else },
    { "what cannot stand in a string is escaped", what_cannot_stand_in_a_string_is_escaped },
    { "Go escapes what HTML or JavaScript could misread",
      go_escapes_what_html_or_javascript_could_misread },
    { "without html less is escaped", without_html_less_is_escaped },
    { "keys are escaped too", keys_are_escaped_too },
    { "bytes that are not UTF-8 become the replacement", bytes_that_are_not_utf8_become_the_replacement },
    { "every byte comes back as it was", every_byte_comes_back_as_it_was });
