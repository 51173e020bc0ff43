/* fuzz_http_body.c - bodies: in one piece as in many. */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "net/http_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	enum http_result result;
	size_t           used, content_len;
	char            *content;
	struct http_body body;
};

static struct reading
read_all(const uint8_t *data, size_t size, size_t step, const struct http_head *h)
{
	struct reading r = { .result = HTTP_MORE, .content = malloc(size + 1) };
	size_t         shown = 0, used = 1;

	CHECK(r.content != NULL);
	http_body_begin(&r.body, h);
	while (r.result == HTTP_MORE && (used > 0 || shown < size)) {
		struct str piece, bytes = { (const char *)data + r.used, 0 };

		shown = size - shown < step ? size : shown + step;
		bytes.len = shown - r.used;
		r.result = http_body_next(&r.body, bytes, &used, &piece);
		CHECK(used <= bytes.len && piece.len <= used);
		if (piece.len > 0)
			memcpy(r.content + r.content_len, piece.at, piece.len);
		r.content_len += piece.len;
		r.used += used;
	}
	CHECK(r.result != HTTP_MORE || r.used == size);
	return r;
}

/* The first bytes say the framing, a length, and how large the pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_head h = { 0 };
	struct reading   one, many;

	if (size < 3)
		return 0;
	h.framing = (enum http_framing)(data[0] % 4);
	h.length = data[1];
	one = read_all(data + 3, size - 3, size, &h);
	many = read_all(data + 3, size - 3, 1 + data[2] % 32, &h);
	CHECK(one.result == many.result);
	CHECK(one.used == many.used && one.content_len == many.content_len);
	CHECK(memcmp(one.content, many.content, one.content_len) == 0);
	CHECK(http_body_may_end(&one.body) == http_body_may_end(&many.body));
	free(one.content);
	free(many.content);
	return 0;
}
