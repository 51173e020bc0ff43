/* test_value_end.c - where a value ends, however its bytes come. */
#include "webhook/value_end.h"

#include "test.h"

/* The value at the front of the text, fed in two parts and then byte by byte. */
static void
expect_value(const char *text, const char *want, bool ends, int line)
{
	for (size_t first = 1; first <= strlen(text); first++) {
		struct value_end v = { .depth = 0 };
		struct str       rest = str_of(text);
		size_t           n = 0, step = first, used;
		bool             ended = false;

		while (rest.len > 0 && !ended) {
			used = value_end_find(&v, str_upto(rest, step), &ended);
			CU_ASSERT_FATAL(ended || used == (step < rest.len ? step : rest.len));
			n += used;
			rest = str_from(rest, used);
			step = 1;
		}
		expect_text(str_upto(str_of(text), n), want, __FILE__, line);
		CU_ASSERT_EQUAL(ended, ends);
	}
}

#define ENDS(text, want) expect_value((text), (want), true, __LINE__)
#define GOES_ON(text)    expect_value((text), (text), false, __LINE__)

static void
a_container_ends_with_its_own_bracket(void)
{
	ENDS("{}", "{}");
	ENDS("{\"a\":[1,{}]},", "{\"a\":[1,{}]}");
	ENDS("[[],[]]]", "[[],[]]");
	ENDS("{\"]}\":\"\\\"}\"} ", "{\"]}\":\"\\\"}\"}");
	GOES_ON("{\"a\":[1,{}]");
	GOES_ON("{\"a");
}

static void
a_text_ends_with_a_quote_that_counts(void)
{
	ENDS("\"\"x", "\"\"");
	ENDS("\"a]}\\\\\"\"", "\"a]}\\\\\"");
	ENDS("\"\\\"\" ", "\"\\\"\"");
	GOES_ON("\"a\\\"");
}

static void
a_number_or_a_word_ends_where_something_else_stands(void)
{
	ENDS("12,", "12");
	ENDS("-1.5e3}", "-1.5e3");
	ENDS("true ", "true");
	ENDS("null]", "null");
	GOES_ON("12");
}

SUITE(test_value_end,
    { "a container ends with its own bracket", a_container_ends_with_its_own_bracket },
    { "a text ends with a quote that counts", a_text_ends_with_a_quote_that_counts },
    { "a number or a word ends where something else stands",
      a_number_or_a_word_ends_where_something_else_stands });
