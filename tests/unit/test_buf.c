/* test_buf.c - rules of bytes received. */
#include "kernel/buf.h"

#include "test.h"

#define SIZE (256u << 10)

/* One for all tests: what is reserved is never given back. */
static struct buf *
empty_buf(void)
{
	static struct buf b;

	if (b.base == NULL)
		buf_init(&b, SIZE);
	buf_reset(&b);
	return &b;
}

static struct str
many(char c, size_t len)
{
	static char bytes[SIZE];

	memset(bytes, c, sizeof(bytes));
	return (struct str){ bytes, len };
}

static void
bytes_come_out_as_they_went_in(void)
{
	struct buf *b = empty_buf();

	CU_ASSERT(buf_add(b, STR("abc")));
	CU_ASSERT(buf_add(b, STR_NONE));
	CU_ASSERT(buf_add(b, STR("def")));
	EXPECT_TEXT(buf_view(b), "abcdef");
	buf_take(b, 2);
	EXPECT_TEXT(buf_view(b), "cdef");
	buf_take(b, 4);
	EXPECT_TEXT(buf_view(b), "");
}

static void
over_the_limit_nothing_is_added(void)
{
	struct buf *b = empty_buf();

	CU_ASSERT(buf_add(b, many('x', SIZE - 2)));
	CU_ASSERT_FALSE(buf_add(b, STR("abc")));
	CU_ASSERT_EQUAL(buf_view(b).len, SIZE - 2);
	CU_ASSERT(buf_add(b, STR("ab")));
	CU_ASSERT_FALSE(buf_add(b, STR("c")));
}

static void
room_at_the_front_is_used_again(void)
{
	struct buf *b = empty_buf();

	CU_ASSERT(buf_add(b, many('x', SIZE)));
	buf_take(b, 10);
	CU_ASSERT(buf_add(b, STR("0123456789")));
	CU_ASSERT_EQUAL(buf_view(b).len, SIZE);
	EXPECT_TEXT(str_from(buf_view(b), SIZE - 12), "xx0123456789");
}

static void
a_line_that_comes_in_pieces_is_one_line(void)
{
	struct str  whole = STR("first\n\nlast\n"), line;
	struct buf *b = empty_buf();
	int         lines = 0;

	for (size_t i = 0; i < whole.len; i++) {
		CU_ASSERT(buf_add(b, str_upto(str_from(whole, i), 1)));
		while (buf_line(b, &line)) {
			EXPECT_TEXT(line, lines == 0 ? "first" : lines == 1 ? "" : "last");
			lines++;
		}
	}
	CU_ASSERT_EQUAL(lines, 3);
	EXPECT_TEXT(buf_view(b), "");
}

static void
lines_that_come_in_one_piece_are_cut_at_every_split(void)
{
	struct str whole = STR("a\nbc\ndef"), line;

	for (size_t split = 0; split <= whole.len; split++) {
		struct buf *b = empty_buf();
		char        got[16];
		struct out  o = out_over(got, sizeof(got));

		for (int half = 0; half < 2; half++) {
			buf_add(b, half == 0 ? str_upto(whole, split) : str_from(whole, split));
			while (buf_line(b, &line))
				OUT(&o, line, STR("|"));
		}
		EXPECT_TEXT(out_view(&o), "a|bc|");
		EXPECT_TEXT(buf_view(b), "def");
	}
}

static void
a_view_of_a_line_lasts_until_more_is_added(void)
{
	struct buf *b = empty_buf();
	struct str  first, second;

	buf_add(b, many('x', 100u << 10));
	buf_add(b, STR("\nsecond\n"));
	CU_ASSERT(buf_line(b, &first));
	CU_ASSERT(buf_line(b, &second));
	CU_ASSERT_EQUAL(first.len, 100u << 10);
	CU_ASSERT_EQUAL(first.at[first.len - 1], 'x');
	EXPECT_TEXT(second, "second");
}

static void
after_much_was_taken_the_rest_is_still_there(void)
{
	struct buf *b = empty_buf();

	buf_add(b, many('x', 100u << 10));
	buf_add(b, STR("rest\nmore"));
	buf_take(b, 100u << 10);
	EXPECT_TEXT(buf_view(b), "rest\nmore");
}

SUITE(test_buf,
    { "bytes come out as they went in", bytes_come_out_as_they_went_in },
    { "over the limit nothing is added", over_the_limit_nothing_is_added },
    { "room at the front is used again", room_at_the_front_is_used_again },
    { "a line that comes in pieces is one line", a_line_that_comes_in_pieces_is_one_line },
    { "lines that come in one piece are cut at every split",
      lines_that_come_in_one_piece_are_cut_at_every_split },
    { "a view of a line lasts until more is added", a_view_of_a_line_lasts_until_more_is_added },
    { "after much was taken the rest is still there", after_much_was_taken_the_rest_is_still_there });
