#include "k8s/watch_line.h"
#include "test.h"

static struct watch_line
parse(struct str line)
{
	struct watch_line w;

	watch_line_parse(line, &w);
	return w;
}

static void
each_type_is_known(void)
{
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"ADDED\",\"object\":{}}")).event, WATCH_ADDED);
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"MODIFIED\",\"object\":{}}")).event, WATCH_MODIFIED);
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"DELETED\",\"object\":{}}")).event, WATCH_DELETED);
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"BOOKMARK\",\"object\":{}}")).event, WATCH_BOOKMARK);
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"added\",\"object\":{}}")).event, WATCH_BROKEN);
}

static void
the_object_is_given_raw_in_whatever_order(void)
{
	EXPECT_TEXT(parse(STR("{\"type\":\"ADDED\",\"object\":{\"a\":[1]}}\r")).object, "{\"a\":[1]}");
	EXPECT_TEXT(parse(STR(" { \"object\" : {\"a\":1} , \"type\" : \"ADDED\" } ")).object, "{\"a\":1}");
	CU_ASSERT_EQUAL(parse(STR("{\"object\":{\"a\":1},\"type\":\"ADDED\"}")).event, WATCH_ADDED);
}

static void
an_error_tells_its_code_and_reason(void)
{
	struct watch_line w = parse(STR("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\","
	    "\"message\":\"too old \\\"1\\\"\",\"reason\":\"Expired\",\"code\":410}}"));

	CU_ASSERT_EQUAL(w.event, WATCH_ERROR);
	CU_ASSERT_EQUAL(w.code, 410);
	EXPECT_TEXT(w.reason, "Expired");
	EXPECT_TEXT(w.message, "too old \\\"1\\\"");
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"ERROR\",\"object\":{\"code\":123456789012}}")).code, 0);
	CU_ASSERT_EQUAL(parse(STR("{\"type\":\"ERROR\",\"object\":{\"code\":\"410\"}}")).event, WATCH_BROKEN);
}

static void
what_is_not_such_a_line_is_broken(void)
{
	static const char *const lines[] = {
		"", " ", "null", "[]", "{}", "{\"type\":\"ADDED\"}", "{\"object\":{}}", "{\"type\":1,\"object\":{}}",
		"{\"type\":\"ADDED\",\"object\":[]}", "{\"type\":\"ADDED\",\"object\":null}",
		"{\"type\":\"ADD\\u0045D\",\"object\":{}}", "HTTP/1.1 200 OK",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_EQUAL(parse(str_of(lines[i])).event, WATCH_BROKEN);
}

static void
a_line_that_is_cut_is_broken_wherever_it_is_cut(void)
{
	struct str whole = STR("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"a\",\"uid\":\"}\"}}}");

	for (size_t i = 0; i < whole.len; i++)
		CU_ASSERT_EQUAL(parse(str_upto(whole, i)).event, WATCH_BROKEN);
	CU_ASSERT_EQUAL(parse(whole).event, WATCH_MODIFIED);
}

SUITE(test_watch_line,
    { "each type is known", each_type_is_known },
    { "the object is given raw, in whatever order", the_object_is_given_raw_in_whatever_order },
    { "an error tells its code and reason", an_error_tells_its_code_and_reason },
    { "what is not such a line is broken", what_is_not_such_a_line_is_broken },
    { "a line that is cut is broken wherever it is cut", a_line_that_is_cut_is_broken_wherever_it_is_cut });
