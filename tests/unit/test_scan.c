/* test_scan.c - rules of the scanner. */
#include "kernel/scan.h"

#include <stdlib.h>

#include "../fuzz/scan_same.h"
#include "test.h"

static const char event[] =
    "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"ais-target-1\","
    "\"managedFields\":[{\"manager\":\"kubelet\",\"fieldsV1\":{\"f:status\":{\"f:conditions\":"
    "{\".\":{},\"k:{\\\"type\\\":\\\"Ready\\\"}\":{\".\":{},\"f:type\":{}}},\"f:podIPs\":"
    "{\"k:{\\\"ip\\\":\\\"10.0.0.1\\\"}\":{}}}}}],\"labels\":{\"a\":\"1\"}},"
    "\"spec\":{\"containers\":[{\"args\":[\"}]\",\"\\\\\",\"\\\\\\\"\",\"[{\"]},{\"n\":1.5e3}],\"x\":null},"
    "\"status\":{\"phase\":\"Running\",\"ready\":true,\"text\":\"y Y _ \x7f { [ ] }\"}}}";

/* In memory of its own, so that a sanitizer sees a look past the end. */
static struct str
own_copy(struct str s)
{
	char *copy = malloc(s.len + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	memcpy(copy + 1, s.at, s.len);
	return (struct str){ copy + 1, s.len };
}

static void
own_free(struct str s)
{
	free((char *)(uintptr_t)(s.at - 1));
}

static void
members_come_in_order_with_their_raw_text(void)
{
	struct scan s = scan_obj(STR(" { \"a\" : 1 , \"b\":\"x\\\"}\", \"c\" : [ { } ] ,\"d\":{\"e\":[]}} "));
	char        buf[128];
	struct out  o = out_over(buf, sizeof(buf));

	while (scan_next(&s))
		OUT(&o, s.key, STR("="), s.val, STR(";"));
	CU_ASSERT_FALSE(s.broken);
	EXPECT_TEXT(out_view(&o), "a=1;b=\"x\\\"}\";c=[ { } ];d={\"e\":[]};");
	CU_ASSERT_FALSE(scan_next(&s));
	EXPECT_TEXT(s.key, "");
	EXPECT_TEXT(s.val, "");
}

static void
items_come_in_order_without_keys(void)
{
	struct scan s = scan_arr(STR("[1,\"two\",[3],{\"four\":4},null]"));
	char        buf[128];
	struct out  o = out_over(buf, sizeof(buf));

	while (scan_next(&s))
		OUT(&o, s.key, s.val, STR(";"));
	CU_ASSERT_FALSE(s.broken);
	EXPECT_TEXT(out_view(&o), "1;\"two\";[3];{\"four\":4};null;");
}

static void
empty_ones_have_nothing(void)
{
	struct scan obj = scan_obj(STR("{}")), arr = scan_arr(STR(" [ ] "));

	CU_ASSERT(!scan_next(&obj) && !obj.broken);
	CU_ASSERT(!scan_next(&arr) && !arr.broken);
}

static void
what_the_cursor_gives_the_scanner_gives(void)
{
	static struct json_token tokens[256];
	struct json_doc          d;
	char                     text[sizeof(event) + 128];

	/* At every place in a block of 64 bytes. */
	for (size_t shift = 0; shift < 64; shift++) {
		memset(text, ' ', shift);
		memcpy(text + shift, event, sizeof(event) - 1);
		CU_ASSERT_EQUAL_FATAL(json_parse(&d, (struct str){ text, shift + strlen(event) }, tokens, 256), JSON_OK);
		CU_ASSERT(scan_same(&d));
	}
}

static void
runs_of_backslashes_of_any_length_end_where_they_end(void)
{
	char        text[256];
	struct scan s;

	for (size_t run = 0; run < 150; run++) {
		struct out o = out_over(text, sizeof(text));

		out_str(&o, STR("[{\"a\":\""));
		for (size_t i = 0; i < run; i++)
			out_char(&o, '\\');
		out_str(&o, run % 2 == 0 ? STR("\"},2]") : STR("\"}\"},2]"));
		s = scan_arr(out_view(&o));
		CU_ASSERT(scan_next(&s));
		CU_ASSERT(scan_next(&s));
		EXPECT_TEXT(s.val, "2");
		CU_ASSERT(!scan_next(&s) && !s.broken);
	}
}

static void
a_text_cut_off_anywhere_is_broken(void)
{
	for (size_t len = 0; len + 1 < sizeof(event); len++) {
		struct str  text = own_copy(str_upto(str_of(event), len));
		struct scan s = scan_obj(text);

		while (scan_next(&s))
			;
		CU_ASSERT(s.broken);
		own_free(text);
	}
}

static void
what_cannot_be_json_is_broken(void)
{
	static const char *const wrong[] = {
		"", " ", "[1]", "1", "null", "{", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":,}", "{\"a\":1,}", "{\"a\" 1}",
		"{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\":1}}", "{\"a\":1} x", "{\"a:1}", "{\"a\":\"b}",
		"{\"a\":[}", "{\"a\":{\"b\":1}", "{1:2}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct scan s = scan_obj(str_of(wrong[i]));

		for (int n = 0; n < 9 && scan_next(&s); n++)
			;
		CU_ASSERT(s.broken);
		CU_ASSERT_FALSE(scan_next(&s));
	}
}

static void
stepping_in_and_back_goes_on_behind(void)
{
	struct scan s = scan_obj(STR("{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":3}")), in, deep;

	CU_ASSERT(scan_key(&s));
	in = scan_into(&s);
	CU_ASSERT(scan_key(&in));
	EXPECT_TEXT(in.key, "b");
	deep = scan_into(&in);
	CU_ASSERT(scan_next(&deep));
	EXPECT_TEXT(deep.key, "c");
	scan_back(&in, &deep);
	EXPECT_TEXT(in.val, "{\"c\":1}");
	scan_back(&s, &in);
	EXPECT_TEXT(s.key, "a");
	EXPECT_TEXT(s.val, "{\"b\":{\"c\":1},\"d\":2}");
	CU_ASSERT(scan_next(&s));
	EXPECT_TEXT(s.key, "e");
	EXPECT_TEXT(s.val, "3");
	CU_ASSERT(!scan_next(&s) && !s.broken);
}

static void
a_scalar_stepped_into_has_no_members(void)
{
	struct scan s = scan_obj(STR("{\"labels\":null,\"e\":3}")), in;

	CU_ASSERT(scan_key(&s));
	in = scan_into(&s);
	CU_ASSERT_FALSE(scan_next(&in));
	CU_ASSERT_FALSE(in.broken);
	scan_back(&s, &in);
	EXPECT_TEXT(s.val, "null");
	CU_ASSERT(scan_next(&s));
	EXPECT_TEXT(s.key, "e");
}

static void
a_value_that_nobody_took_is_stepped_over(void)
{
	struct scan s = scan_obj(STR("{\"a\":{\"b\":1},\"c\":2}"));

	CU_ASSERT(scan_key(&s));
	CU_ASSERT(scan_key(&s));
	EXPECT_TEXT(s.key, "c");
	CU_ASSERT(scan_val(&s));
	EXPECT_TEXT(s.val, "2");
	CU_ASSERT(!scan_key(&s) && !s.broken);
}

static void
what_breaks_inside_breaks_outside(void)
{
	struct scan s = scan_obj(STR("{\"a\":{\"b\" 1},\"c\":2}")), in;

	CU_ASSERT(scan_key(&s));
	in = scan_into(&s);
	CU_ASSERT_FALSE(scan_next(&in));
	scan_back(&s, &in);
	CU_ASSERT(s.broken);
	CU_ASSERT_FALSE(scan_next(&s));
}

static void
a_plain_string_is_its_text_without_quotes(void)
{
	struct str out = STR("untouched");

	CU_ASSERT_FALSE(scan_plain(STR("12"), &out));
	CU_ASSERT_FALSE(scan_plain(STR("null"), &out));
	CU_ASSERT_FALSE(scan_plain(STR("\"a\\n\""), &out));
	CU_ASSERT_FALSE(scan_plain(STR("\""), &out));
	CU_ASSERT_FALSE(scan_plain(STR_NONE, &out));
	EXPECT_TEXT(out, "untouched");
	CU_ASSERT(scan_plain(STR("\"\""), &out));
	EXPECT_TEXT(out, "");
	CU_ASSERT(scan_plain(STR("\"abc\""), &out));
	EXPECT_TEXT(out, "abc");
}

SUITE(test_scan,
    { "members come in order with their raw text", members_come_in_order_with_their_raw_text },
    { "items come in order without keys", items_come_in_order_without_keys },
    { "empty ones have nothing", empty_ones_have_nothing },
    { "what the cursor gives the scanner gives", what_the_cursor_gives_the_scanner_gives },
    { "runs of backslashes of any length end where they end",
      runs_of_backslashes_of_any_length_end_where_they_end },
    { "a text cut off anywhere is broken", a_text_cut_off_anywhere_is_broken },
    { "what cannot be JSON is broken", what_cannot_be_json_is_broken },
    { "stepping in and back goes on behind", stepping_in_and_back_goes_on_behind },
    { "a scalar stepped into has no members", a_scalar_stepped_into_has_no_members },
    { "a value that nobody took is stepped over", a_value_that_nobody_took_is_stepped_over },
    { "what breaks inside breaks outside", what_breaks_inside_breaks_outside },
    { "a plain string is its text without quotes", a_plain_string_is_its_text_without_quotes });
