/* fuzz_http.h - one head, parsed in one piece and in many. */
#ifndef TESTS_FUZZ_HTTP_H
#define TESTS_FUZZ_HTTP_H

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "net/http_head.h"

typedef enum http_result parse_head(struct str bytes, size_t *looked, struct http_head *h);

static inline void
same_view(struct str a, struct str b, struct str all)
{
	CHECK(a.at == b.at && a.len == b.len);
	CHECK(a.at == NULL || (a.at >= all.at && a.at + a.len <= all.at + all.len));
}

static inline void
same_head(const struct http_head *a, const struct http_head *b, struct str all)
{
	same_view(a->method, b->method, all);
	same_view(a->target, b->target, all);
	same_view(a->host, b->host, all);
	same_view(a->content_type, b->content_type, all);
	same_view(a->accept, b->accept, all);
	same_view(a->authorization, b->authorization, all);
	same_view(a->warning, b->warning, all);
	CHECK(a->status == b->status && a->minor == b->minor && a->framing == b->framing);
	CHECK(a->length == b->length && a->keep_alive == b->keep_alive && a->expect_continue == b->expect_continue);
	CHECK(a->retry_after_s == b->retry_after_s && a->size == b->size && a->size <= all.len);
}

/* A head that is done is the same however it came; one that is broken never
 * becomes done.  The first byte says how large the pieces are. */
static inline void
whole_and_in_pieces(const uint8_t *data, size_t size, parse_head *parse)
{
	size_t           step = 1 + data[0] % 32, looked = 0, n = 0;
	char            *copy = malloc(size);
	struct str       all = { copy, size - 1 };
	struct http_head one, many;
	enum http_result whole, pieces;

	CHECK(copy != NULL);
	memcpy(copy, data + 1, size - 1);
	whole = parse(all, &looked, &one);
	CHECK(whole != HTTP_BROKEN || one.wrong != NULL);
	looked = 0;
	do {
		n = n + step < all.len ? n + step : all.len;
		pieces = parse(str_upto(all, n), &looked, &many);
	} while (pieces == HTTP_MORE && n < all.len);
	if (whole == HTTP_DONE && pieces == HTTP_DONE)
		same_head(&one, &many, all);
	CHECK((whole == HTTP_DONE) == (pieces == HTTP_DONE));
	CHECK(whole != HTTP_MORE || pieces == HTTP_MORE);
	free(copy);
}

#endif
