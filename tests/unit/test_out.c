/* test_out.c - rules of writers. */
#include "kernel/out.h"

#include "test.h"

static void
what_fits_exactly_fits(void)
{
	char       buf[3];
	struct out o = out_over(buf, sizeof(buf));

	out_str(&o, STR("ab"));
	out_char(&o, 'c');
	CU_ASSERT(out_ok(&o));
	EXPECT_TEXT(out_view(&o), "abc");
}

static void
after_the_first_that_does_not_fit_nothing_is_written(void)
{
	char       buf[4] = "....";
	struct out o = out_over(buf, 3);

	out_str(&o, STR("ab"));
	out_str(&o, STR("cd"));
	out_char(&o, 'e');
	CU_ASSERT_FALSE(out_ok(&o));
	EXPECT_TEXT(out_view(&o), "ab");
	CU_ASSERT_EQUAL(buf[2], '.');
}

static void
nothing_fits_everywhere(void)
{
	struct out o = out_over(NULL, 0);

	out_str(&o, STR_NONE);
	CU_ASSERT(out_ok(&o));
	out_char(&o, 'a');
	CU_ASSERT_FALSE(out_ok(&o));
}

static void
numbers_are_decimal_to_the_ends_of_their_range(void)
{
	char       buf[99];
	struct out o = out_over(buf, sizeof(buf));

	out_int(&o, INT64_MIN);
	out_char(&o, ' ');
	out_int(&o, 0);
	out_char(&o, ' ');
	out_int(&o, -1);
	out_char(&o, ' ');
	out_u64(&o, UINT64_MAX);
	EXPECT_TEXT(out_view(&o), "-9223372036854775808 0 -1 18446744073709551615");
}

static void
hex_is_two_small_digits_a_byte(void)
{
	char       buf[8];
	struct out o = out_over(buf, sizeof(buf));

	out_hex(&o, "\x00\x9f\xff", 3);
	EXPECT_TEXT(out_view(&o), "009fff");
}

static void
several_go_out_in_order(void)
{
	char       buf[8];
	struct out o = out_over(buf, sizeof(buf));

	OUT(&o, STR("a"), STR(""), STR("bc"));
	EXPECT_TEXT(out_view(&o), "abc");
}

static void
an_arena_keeps_exactly_what_was_written(void)
{
	char         block[8];
	struct arena a;
	struct out   o;

	arena_init(&a, block, sizeof(block));
	o = out_in(&a);
	out_str(&o, STR("abc"));
	EXPECT_TEXT(out_keep(&o, &a), "abc");
	CU_ASSERT_EQUAL(a.used, 3);
	CU_ASSERT_EQUAL(a.peak, 3);
	EXPECT_TEXT(JOIN(&a, STR("de"), STR("fgh")), "defgh");
	CU_ASSERT(arena_ok(&a));
	CU_ASSERT_EQUAL(memcmp(block, "abcdefgh", 8), 0);
}

static void
a_text_that_does_not_fit_marks_the_arena(void)
{
	char         block[4];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	EXPECT_TEXT(JOIN(&a, STR("abc"), STR("de")), "");
	CU_ASSERT_FALSE(arena_ok(&a));
	EXPECT_TEXT(JOIN(&a, STR("a")), "");
}

SUITE(test_out,
    { "what fits exactly fits", what_fits_exactly_fits },
    { "after the first that does not fit nothing is written",
      after_the_first_that_does_not_fit_nothing_is_written },
    { "nothing fits everywhere", nothing_fits_everywhere },
    { "numbers are decimal to the ends of their range", numbers_are_decimal_to_the_ends_of_their_range },
    { "hex is two small digits a byte", hex_is_two_small_digits_a_byte },
    { "several go out in order", several_go_out_in_order },
    { "an arena keeps exactly what was written", an_arena_keeps_exactly_what_was_written },
    { "a text that does not fit marks the arena", a_text_that_does_not_fit_marks_the_arena });
