/* test_base64.c - rules of base64, with the vectors of RFC 4648. */
#include "kernel/base64.h"

#include "test.h"

static const struct { struct str bytes; const char *text; } pairs[] = {
	{ STR_INIT(""), "" },
	{ STR_INIT("f"), "Zg==" },
	{ STR_INIT("fo"), "Zm8=" },
	{ STR_INIT("foo"), "Zm9v" },
	{ STR_INIT("foob"), "Zm9vYg==" },
	{ STR_INIT("fooba"), "Zm9vYmE=" },
	{ STR_INIT("foobar"), "Zm9vYmFy" },
	{ STR_INIT("\xff\xef\xbe\x00"), "/+++AA==" },
};

static const char *const wrong[] = {
	"Z", "Zg", "Zg=", "Zm9", "Zg===", "====", "=", "Zm9v=", "Zm9v====", "Zg==Zg==", "Zg=v", "Z===",
	"Zm-v", "Zm_v", "Zm9v!", "\xc3\xa4zzz",
};

static void
bytes_and_text_are_two_sides_of_one_thing(void)
{
	char         block[64], buf[64];
	struct arena a;
	struct out   o;
	struct str   got;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		arena_init(&a, block, sizeof(block));
		o = out_over(buf, sizeof(buf));
		base64_print(&o, pairs[i].bytes);
		EXPECT_TEXT(out_view(&o), pairs[i].text);
		CU_ASSERT(base64_parse(str_of(pairs[i].text), &a, &got));
		CU_ASSERT(str_eq(got, pairs[i].bytes));
	}
}

static void
blanks_and_line_ends_inside_do_not_count(void)
{
	char         block[64];
	struct arena a;
	struct str   got;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT(base64_parse(STR(" Zm9v\r\nYm\tE = \n"), &a, &got));
	EXPECT_TEXT(got, "fooba");
}

static void
what_is_not_base64_is_refused_and_takes_no_memory(void)
{
	char         block[64];
	struct arena a;
	struct str   got;

	arena_init(&a, block, sizeof(block));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_FALSE(base64_parse(str_of(wrong[i]), &a, &got));
	CU_ASSERT_FALSE(base64_parse(STR("Zm9\0"), &a, &got));
	CU_ASSERT(arena_ok(&a));
	CU_ASSERT_EQUAL(a.used, 0);
}

static void
no_room_marks_the_arena(void)
{
	char         block[4];
	struct arena a;
	struct str   got;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT(base64_parse(STR("Zm9vYmFy"), &a, &got));
	CU_ASSERT_EQUAL(got.len, 0);
	CU_ASSERT_FALSE(arena_ok(&a));
}

SUITE(test_base64,
    { "bytes and text are two sides of one thing", bytes_and_text_are_two_sides_of_one_thing },
    { "blanks and line ends inside do not count", blanks_and_line_ends_inside_do_not_count },
    { "what is not base64 is refused and takes no memory",
      what_is_not_base64_is_refused_and_takes_no_memory },
    { "no room marks the arena", no_room_marks_the_arena });
