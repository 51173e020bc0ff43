/* test_arena.c - rules of arenas. */
#include "kernel/arena.h"

#include "test.h"

static void
what_is_taken_is_zero_and_aligned(void)
{
	_Alignas(8) char block[64];
	struct arena     a;
	char            *c;
	uint64_t        *u;

	memset(block, 0x55, sizeof(block));
	arena_init(&a, block, sizeof(block));
	c = ARENA_NEW(&a, char);
	u = ARENA_ARRAY(&a, uint64_t, 2);
	CU_ASSERT_PTR_EQUAL(c, block);
	CU_ASSERT_PTR_EQUAL(u, block + 8);
	CU_ASSERT(*c == 0 && u[0] == 0 && u[1] == 0);
	CU_ASSERT_EQUAL((unsigned char)block[24], 0x55);
}

static void
the_last_byte_can_be_taken(void)
{
	char         block[16];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT_PTR_NOT_NULL(arena_take(&a, 16, 1));
	CU_ASSERT(arena_ok(&a));
	CU_ASSERT_PTR_NULL(arena_take(&a, 1, 1));
	CU_ASSERT_FALSE(arena_ok(&a));
}

static void
running_out_is_remembered_until_the_reset(void)
{
	char         block[16];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT_PTR_NULL(arena_take(&a, 17, 1));
	CU_ASSERT_PTR_NULL(arena_take(&a, 1, 1));
	CU_ASSERT_FALSE(arena_ok(&a));
	arena_reset(&a);
	CU_ASSERT(arena_ok(&a));
	CU_ASSERT_PTR_NOT_NULL(arena_take(&a, 1, 1));
}

static void
a_size_beyond_all_bounds_does_not_wrap(void)
{
	char         block[16];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	arena_take(&a, 3, 1);
	CU_ASSERT_PTR_NULL(arena_take(&a, SIZE_MAX, 8));
	CU_ASSERT_FALSE(arena_ok(&a));
}

static void
the_peak_outlives_the_reset(void)
{
	char         block[16];
	struct arena a;

	arena_init(&a, block, sizeof(block));
	arena_take(&a, 10, 1);
	arena_reset(&a);
	arena_take(&a, 2, 1);
	CU_ASSERT_EQUAL(a.peak, 10);
	CU_ASSERT_EQUAL(a.used, 2);
}

static void
a_copy_stands_on_its_own(void)
{
	char         block[16], text[] = "abc";
	struct arena a;
	struct str   copy;

	arena_init(&a, block, sizeof(block));
	copy = arena_copy(&a, (struct str){ text, 3 });
	text[0] = 'x';
	EXPECT_TEXT(copy, "abc");
	EXPECT_TEXT(arena_copy(&a, STR_NONE), "");
	CU_ASSERT(arena_ok(&a));
	EXPECT_TEXT(arena_copy(&a, STR("0123456789abcdef")), "");
	CU_ASSERT_FALSE(arena_ok(&a));
}

SUITE(test_arena,
    { "what is taken is zero and aligned", what_is_taken_is_zero_and_aligned },
    { "the last byte can be taken", the_last_byte_can_be_taken },
    { "running out is remembered until the reset", running_out_is_remembered_until_the_reset },
    { "a size beyond all bounds does not wrap", a_size_beyond_all_bounds_does_not_wrap },
    { "the peak outlives the reset", the_peak_outlives_the_reset },
    { "a copy stands on its own", a_copy_stands_on_its_own });
