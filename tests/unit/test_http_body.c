/* test_http_body.c - rules of bodies, each at every place where the bytes may break off. */
#include "net/http_body.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

struct reading {
	enum http_result result;
	size_t           used;
	char             content[512];
	size_t           content_len;
	struct http_body body;
};

/* Everything that the machine says about these bytes, from where it stands. */
static void
feed(struct reading *r, struct str bytes)
{
	char  *copy = malloc(bytes.len + (bytes.len == 0));
	size_t at = 0, used;

	CU_ASSERT_FATAL(copy != NULL);
	if (bytes.len > 0)
		memcpy(copy, bytes.at, bytes.len);
	do {
		struct str piece;

		r->result = http_body_next(&r->body, (struct str){ copy + at, bytes.len - at }, &used, &piece);
		CU_ASSERT_FATAL(used <= bytes.len - at && piece.len <= used);
		CU_ASSERT_FATAL(r->content_len + piece.len <= sizeof(r->content));
		if (piece.len > 0)
			memcpy(r->content + r->content_len, piece.at, piece.len);
		r->content_len += piece.len;
		at += used;
	} while (r->result == HTTP_MORE && used > 0);
	CU_ASSERT(r->result != HTTP_MORE || at == bytes.len);
	r->used += at;
	free(copy);
}

static struct reading
reading(enum http_framing framing, uint64_t length)
{
	struct reading   r = { 0 };
	struct http_head h = { .framing = framing, .length = length };

	http_body_begin(&r.body, &h);
	return r;
}

/* The same in one piece, in two that break at every byte, and byte by byte. */
static void
same_at_every_split(enum http_framing framing, uint64_t length, struct str bytes,
    enum http_result result, const char *content)
{
	for (size_t n = 0; n <= bytes.len + 1; n++) {
		struct reading r = reading(framing, length);

		if (n <= bytes.len) {
			feed(&r, str_upto(bytes, n));
			if (r.result == HTTP_MORE)
				feed(&r, str_from(bytes, n));
		} else {
			for (size_t i = 0; i < bytes.len && (i == 0 || r.result == HTTP_MORE); i++)
				feed(&r, str_upto(str_from(bytes, i), 1));
		}
		CU_ASSERT_EQUAL(r.result, result);
		if (result != HTTP_BROKEN)
			EXPECT_TEXT(((struct str){ r.content, r.content_len }), content);
		if (result == HTTP_DONE)
			CU_ASSERT_EQUAL(r.used, bytes.len);
		CU_ASSERT_EQUAL(http_body_may_end(&r.body), result == HTTP_DONE || framing == HTTP_UNTIL_CLOSE);
	}
}

static void
no_body_has_ended_before_its_first_byte(void)
{
	struct reading none = reading(HTTP_NO_BODY, 0), empty = reading(HTTP_LENGTH, 0);

	feed(&none, STR(""));
	feed(&empty, STR("next"));
	CU_ASSERT_EQUAL(none.result, HTTP_DONE);
	CU_ASSERT_EQUAL(empty.result, HTTP_DONE);
	CU_ASSERT_EQUAL(empty.used, 0);
}

static void
a_length_is_a_length(void)
{
	struct reading r = reading(HTTP_LENGTH, 5);

	same_at_every_split(HTTP_LENGTH, 5, STR("hello"), HTTP_DONE, "hello");
	same_at_every_split(HTTP_LENGTH, 5, STR("hell"), HTTP_MORE, "hell");
	feed(&r, STR("helloHTTP/1.1"));
	CU_ASSERT_EQUAL(r.used, 5);
}

static void
the_end_of_the_stream_ends_only_what_has_no_other_end(void)
{
	same_at_every_split(HTTP_UNTIL_CLOSE, 0, STR("0\r\n\r\n"), HTTP_MORE, "0\r\n\r\n");
}

static void
chunks_are_joined(void)
{
	same_at_every_split(HTTP_CHUNKED, 0, STR("5\r\nhello\r\n0\r\n\r\n"), HTTP_DONE, "hello");
	same_at_every_split(HTTP_CHUNKED, 0,
	    STR("1\r\n{\r\n00000000000000000000a\r\n\r\n\r\n\n\n\r\n\r0\r\n0\r\n\r\n"),
	    HTTP_DONE, "{\r\n\r\n\n\n\r\n\r0");
	same_at_every_split(HTTP_CHUNKED, 0, STR("A\r\n0123456789\r\na \t\r\n0123456789\r\n000\r\n\r\n"),
	    HTTP_DONE, "01234567890123456789");
	same_at_every_split(HTTP_CHUNKED, 0, STR("0\r\n\r\n"), HTTP_DONE, "");
}

static void
extensions_and_trailers_are_stepped_over(void)
{
	same_at_every_split(HTTP_CHUNKED, 0,
	    STR("3;a=b\r\nabc\r\n2 ; q=\"x;\ty\"\r\nde\r\n0;z\r\nExpires: now\r\nX:\r\n\r\n"), HTTP_DONE, "abcde");
}

static void
a_body_ends_where_it_ends(void)
{
	struct reading r = reading(HTTP_CHUNKED, 0);

	feed(&r, STR("1\r\na\r\n0\r\n\r\n1\r\nb\r\n"));
	CU_ASSERT_EQUAL(r.result, HTTP_DONE);
	CU_ASSERT_EQUAL(r.used, 11);
}

/* Each is wrong in one byte; those before it are right. */
static void
a_chunk_with_two_readings_is_broken(void)
{
	static const struct str cases[] = {
		STR_INIT("\r\n"),
		STR_INIT(";a\r\n"),
		STR_INIT(" 5\r\nhello\r\n"),
		STR_INIT("-5\r\n"),
		STR_INIT("+5\r\n"),
		STR_INIT("g\r\n"),
		STR_INIT("0x5\r\nhello\r\n"),
		STR_INIT("5\nhello\r\n"),
		STR_INIT("5;a\nhello\r\n"),
		STR_INIT("5 \nhello\r\n"),
		STR_INIT("5\rhello\r\n"),
		STR_INIT("5\rxhello\r\n0\r\n\r\n"),
		STR_INIT("5x\r\nhello\r\n"),
		STR_INIT("5 x\r\nhello\r\n"),
		STR_INIT("5 5\r\nhello\r\n"),
		STR_INIT("5,\r\nhello\r\n"),
		STR_INIT("5;a\0\r\nhello\r\n"),
		STR_INIT("5;a\rb\r\nhello\r\n"),
		STR_INIT("5\r\nhello\n0\r\n\r\n"),
		STR_INIT("5\r\nhello0\r\n\r\n"),
		STR_INIT("5\r\nhello\rx"),
		STR_INIT("5\r\nhello!\r\n0\r\n\r\n"),
		STR_INIT("0\r\n\n"),
		STR_INIT("0\r\n\r\r\n"),
		STR_INIT("0\r\n\rx"),
		STR_INIT("0\r\na: b\rx\r\n"),
		STR_INIT("0\r\na: b\n\r\n"),
		STR_INIT("0\r\na: b\rc\r\n\r\n"),
		STR_INIT("0\r\na: \0\r\n\r\n"),
		STR_INIT("10000000000000000\r\n"),
		STR_INIT("fffffffffffffffff\r\n"),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		same_at_every_split(HTTP_CHUNKED, 0, cases[i], HTTP_BROKEN, "");
}

static void
the_largest_chunk_is_no_trouble(void)
{
	struct reading r = reading(HTTP_CHUNKED, 0);

	feed(&r, STR("ffffffffffffffff\r\nabc"));
	CU_ASSERT_EQUAL(r.result, HTTP_MORE);
	CU_ASSERT_EQUAL(r.content_len, 3);
}

static void
a_broken_body_stays_broken(void)
{
	struct reading r = reading(HTTP_CHUNKED, 0);

	feed(&r, STR("x"));
	feed(&r, STR("5\r\nhello\r\n0\r\n\r\n"));
	CU_ASSERT_EQUAL(r.result, HTTP_BROKEN);
	CU_ASSERT_EQUAL(r.content_len, 0);
}

static size_t
bytes_until_broken(struct reading *r, struct str again, size_t limit)
{
	for (size_t sent = 0; sent < limit; sent += again.len) {
		r->content_len = 0;
		feed(r, again);
		if (r->result == HTTP_BROKEN)
			return sent;
	}
	return limit;
}

static void
overhead_without_content_is_broken(void)
{
	struct reading zeros = reading(HTTP_CHUNKED, 0), trailers = zeros, extension = zeros;

	CU_ASSERT(bytes_until_broken(&zeros, STR("0000000000000000"), 1 << 20) <= 64 << 10);
	feed(&trailers, STR("0\r\n"));
	CU_ASSERT(bytes_until_broken(&trailers, STR("a: bcdefghijk\r\n"), 1 << 20) <= 65 << 10);
	feed(&extension, STR("5;"));
	CU_ASSERT(bytes_until_broken(&extension, STR("abcdefghijklmnop"), 1 << 20) <= 65 << 10);
}

/* A server may well flush each byte; it may not hide one byte in a hundred. */
static void
small_chunks_are_no_overhead(void)
{
	struct reading small = reading(HTTP_CHUNKED, 0), padded = small;

	CU_ASSERT_EQUAL(bytes_until_broken(&small, STR("1\r\na\r\n"), 600000), 600000);
	CU_ASSERT(bytes_until_broken(&padded, STR("1;01234567890123456789\r\na\r\n"), 600000) < 600000);
}

SUITE(test_http_body,
    { "no body has ended before its first byte", no_body_has_ended_before_its_first_byte },
    { "a length is a length", a_length_is_a_length },
    { "the end of the stream ends only what has no other end",
      the_end_of_the_stream_ends_only_what_has_no_other_end },
    { "chunks are joined", chunks_are_joined },
    { "extensions and trailers are stepped over", extensions_and_trailers_are_stepped_over },
    { "a body ends where it ends", a_body_ends_where_it_ends },
    { "a chunk with two readings is broken", a_chunk_with_two_readings_is_broken },
    { "the largest chunk is no trouble", the_largest_chunk_is_no_trouble },
    { "a broken body stays broken", a_broken_body_stays_broken },
    { "overhead without content is broken", overhead_without_content_is_broken },
    { "small chunks are no overhead", small_chunks_are_no_overhead });
