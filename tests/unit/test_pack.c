/* test_pack.c - rules of records. */
#include "kernel/pack.h"

#include "test.h"

static const uint64_t numbers[] = {
	0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX,
};

#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

static struct str
make_record(char *buf, size_t size)
{
	struct out o = out_over(buf, size);

	for (size_t i = 0; i < COUNT; i++)
		pack_u64(&o, numbers[i]);
	pack_str(&o, STR("text"));
	pack_str(&o, STR_NONE);
	CU_ASSERT(out_ok(&o));
	return out_view(&o);
}

static void
what_was_put_comes_out(void)
{
	char          buf[128];
	struct unpack u = unpack_over(make_record(buf, sizeof(buf)));

	for (size_t i = 0; i < COUNT; i++)
		CU_ASSERT_EQUAL(unpack_u64(&u), numbers[i]);
	EXPECT_TEXT(unpack_str(&u), "text");
	EXPECT_TEXT(unpack_str(&u), "");
	CU_ASSERT_EQUAL(u.rest.len, 0);
	CU_ASSERT_FALSE(u.broken);
}

static void
a_record_cut_off_anywhere_is_broken(void)
{
	char       buf[128];
	struct str record = make_record(buf, sizeof(buf));

	for (size_t len = 0; len < record.len; len++) {
		struct unpack u = unpack_over(str_upto(record, len));

		for (size_t i = 0; i < COUNT; i++)
			unpack_u64(&u);
		unpack_str(&u);
		unpack_str(&u);
		CU_ASSERT(u.broken);
	}
}

static void
reading_past_the_end_gives_nothing_from_then_on(void)
{
	struct unpack u = unpack_over(STR("\x05" "ab"));

	EXPECT_TEXT(unpack_str(&u), "");
	CU_ASSERT(u.broken);
	CU_ASSERT_EQUAL(unpack_u64(&u), 0);
	EXPECT_TEXT(unpack_str(&u), "");
}

static void
a_number_of_more_than_64_bits_is_broken(void)
{
	struct unpack most = unpack_over(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	struct unpack more = unpack_over(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
	struct unpack longer = unpack_over(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"));

	CU_ASSERT_EQUAL(unpack_u64(&most), UINT64_MAX);
	CU_ASSERT_FALSE(most.broken);
	CU_ASSERT_EQUAL(unpack_u64(&more), 0);
	CU_ASSERT(more.broken);
	CU_ASSERT_EQUAL(unpack_u64(&longer), 0);
	CU_ASSERT(longer.broken);
}

SUITE(test_pack,
    { "what was put comes out", what_was_put_comes_out },
    { "a record cut off anywhere is broken", a_record_cut_off_anywhere_is_broken },
    { "reading past the end gives nothing from then on", reading_past_the_end_gives_nothing_from_then_on },
    { "a number of more than 64 bits is broken", a_number_of_more_than_64_bits_is_broken });
