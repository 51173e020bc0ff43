/*
 * bench_http.c - what heads and chunks cost, in instructions: for callgrind.
 *
 *	valgrind --tool=callgrind --toggle-collect=http_answer_parse bench_http
 *	valgrind --tool=callgrind --toggle-collect=http_body_next bench_http
 *
 * One thousand of each; the totals by 1000 are what limits are set for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/check.h"
#include "net/http_body.h"
#include "net/http_head.h"

#define TIMES 1000

/* What kube-apiserver 1.36 sends in front of a watch. */
static const struct str head = STR_INIT(
    "HTTP/1.1 200 OK\r\n"
    "Audit-Id: 1d4f2b6a-9d55-4f2e-8b0a-5f0a7d0c6f3e\r\n"
    "Cache-Control: no-cache, private\r\n"
    "Content-Type: application/json\r\n"
    "X-Kubernetes-Pf-Flowschema-Uid: 5f1b9f36-4ad7-43a6-8f4f-3f7f2c1b9a10\r\n"
    "X-Kubernetes-Pf-Prioritylevel-Uid: 0c8e1a52-6c3d-4f70-9a55-77f3b8f3c2d1\r\n"
    "Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
    "Transfer-Encoding: chunked\r\n\r\n");

/* One watch event in one chunk. */
static char chunk[6 + 10213 + 2] = "27e5\r\n";

static void
heads(void)
{
	for (int i = 0; i < TIMES; i++) {
		struct http_head h;
		size_t           looked = 0;

		CHECK(http_answer_parse(head, &looked, STR("GET"), &h) == HTTP_DONE && h.size == head.len);
	}
}

static void
chunks(void)
{
	struct http_head h = { .framing = HTTP_CHUNKED };
	struct http_body b;
	struct str       piece;

	http_body_begin(&b, &h);
	for (int i = 0; i < TIMES; i++) {
		struct str rest = { chunk, sizeof(chunk) };
		size_t     used;

		while (rest.len > 0) {
			CHECK(http_body_next(&b, rest, &used, &piece) == HTTP_MORE);
			rest = str_from(rest, used);
		}
	}
	CHECK(b.content == TIMES * UINT64_C(10213));
}

int
main(void)
{
	chunk[sizeof(chunk) - 2] = '\r';
	chunk[sizeof(chunk) - 1] = '\n';
	heads();
	chunks();
	printf("%d heads of %zu bytes, %d chunks of %zu bytes\n", TIMES, head.len, TIMES, sizeof(chunk));
	return EXIT_SUCCESS;
}
