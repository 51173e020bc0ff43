/* test_str.c - rules of views. */
#include "kernel/str.h"

#include "test.h"

static void
views_compare_by_bytes_and_the_shorter_is_first(void)
{
	CU_ASSERT(str_cmp(STR("a"), STR("b")) < 0);
	CU_ASSERT(str_cmp(STR("ab"), STR("a")) > 0);
	CU_ASSERT(str_cmp(STR(""), STR("a")) < 0);
	CU_ASSERT(str_cmp(STR("\xff"), STR("a")) > 0);
	CU_ASSERT_EQUAL(str_cmp(STR_NONE, STR("")), 0);
}

static void
views_are_equal_when_all_bytes_are(void)
{
	CU_ASSERT(str_eq(STR("ais-target-1"), STR("ais-target-1")));
	CU_ASSERT_FALSE(str_eq(STR("ais-target-1"), STR("ais-target-10")));
	CU_ASSERT(str_eq(STR("a\0b"), STR("a\0b")));
	CU_ASSERT_FALSE(str_eq(STR("a\0b"), STR("a\0c")));
	CU_ASSERT(str_eq(STR_NONE, STR("")));
}

static void
no_c_string_is_an_empty_view(void)
{
	CU_ASSERT_EQUAL(str_of(NULL).len, 0);
	EXPECT_TEXT(str_of("abc"), "abc");
}

static void
a_text_starts_ends_and_has(void)
{
	CU_ASSERT(str_starts(STR("abc"), STR("ab")));
	CU_ASSERT(str_starts(STR("abc"), STR("")));
	CU_ASSERT_FALSE(str_starts(STR("ab"), STR("abc")));
	CU_ASSERT(str_ends(STR("abc"), STR("bc")));
	CU_ASSERT_FALSE(str_ends(STR("bc"), STR("abc")));
	CU_ASSERT(str_has(STR("abc"), STR("b")));
	CU_ASSERT(str_has(STR_NONE, STR("")));
	CU_ASSERT_FALSE(str_has(STR("abc"), STR("ac")));
}

static void
parts_never_reach_past_the_end(void)
{
	EXPECT_TEXT(str_from(STR("abc"), 1), "bc");
	EXPECT_TEXT(str_from(STR("abc"), 3), "");
	EXPECT_TEXT(str_from(STR("abc"), 9), "");
	EXPECT_TEXT(str_upto(STR("abc"), 2), "ab");
	EXPECT_TEXT(str_upto(STR("abc"), 9), "abc");
	CU_ASSERT_PTR_NULL(str_from(STR_NONE, 1).at);
}

static void
trimming_takes_blanks_off_both_ends_only(void)
{
	EXPECT_TEXT(str_trim(STR(" \t\r\na b\n")), "a b");
	EXPECT_TEXT(str_trim(STR("  ")), "");
	EXPECT_TEXT(str_trim(STR_NONE), "");
}

static void
an_empty_part_is_a_part(void)
{
	struct str rest = STR("a,,b"), part;

	CU_ASSERT(str_cut(&rest, ',', &part));
	EXPECT_TEXT(part, "a");
	CU_ASSERT(str_cut(&rest, ',', &part));
	EXPECT_TEXT(part, "");
	CU_ASSERT(str_cut(&rest, ',', &part));
	EXPECT_TEXT(part, "b");
	CU_ASSERT_FALSE(str_cut(&rest, ',', &part));
	CU_ASSERT_PTR_NULL(rest.at);
}

static void
what_ends_with_a_separator_ends_with_an_empty_part(void)
{
	struct str rest = STR("a,"), part;

	CU_ASSERT(str_cut(&rest, ',', &part));
	CU_ASSERT(str_cut(&rest, ',', &part));
	EXPECT_TEXT(part, "");
	CU_ASSERT_FALSE(str_cut(&rest, ',', &part));
}

static void
a_number_is_all_digits_and_fits(void)
{
	uint64_t u = 7;

	CU_ASSERT(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
	CU_ASSERT(str_u64(STR("007"), &u) && u == 7);
	CU_ASSERT_FALSE(str_u64(STR("18446744073709551616"), &u));
	CU_ASSERT_FALSE(str_u64(STR("99999999999999999999"), &u));
	CU_ASSERT_FALSE(str_u64(STR(""), &u));
	CU_ASSERT_FALSE(str_u64(STR("-1"), &u));
	CU_ASSERT_FALSE(str_u64(STR("+1"), &u));
	CU_ASSERT_FALSE(str_u64(STR("1 "), &u));
	CU_ASSERT_EQUAL(u, 7);
}

static void
a_signed_number_reaches_both_ends_of_its_range(void)
{
	int64_t i = 7;

	CU_ASSERT(str_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
	CU_ASSERT(str_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
	CU_ASSERT_FALSE(str_i64(STR("9223372036854775808"), &i));
	CU_ASSERT_FALSE(str_i64(STR("-9223372036854775809"), &i));
	CU_ASSERT_FALSE(str_i64(STR("-"), &i));
	CU_ASSERT_FALSE(str_i64(STR("--1"), &i));
	CU_ASSERT_EQUAL(i, INT64_MAX);
}

SUITE(test_str,
    { "views compare by bytes and the shorter is first", views_compare_by_bytes_and_the_shorter_is_first },
    { "views are equal when all bytes are", views_are_equal_when_all_bytes_are },
    { "no C string is an empty view", no_c_string_is_an_empty_view },
    { "a text starts, ends and has", a_text_starts_ends_and_has },
    { "parts never reach past the end", parts_never_reach_past_the_end },
    { "trimming takes blanks off both ends only", trimming_takes_blanks_off_both_ends_only },
    { "an empty part is a part", an_empty_part_is_a_part },
    { "what ends with a separator ends with an empty part",
      what_ends_with_a_separator_ends_with_an_empty_part },
    { "a number is all digits and fits", a_number_is_all_digits_and_fits },
    { "a signed number reaches both ends of its range", a_signed_number_reaches_both_ends_of_its_range });
