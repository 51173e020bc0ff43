/*
 * http_body.h - pure: where a body's bytes are in a stream, and where it ends.
 *
 * Gives spans of the input, copies nothing.  Chunk extensions and trailers
 * are stepped over within a limit; more overhead than content beyond that
 * limit is broken.
 */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http_head.h"

struct http_body {
	enum http_framing framing;
	uint64_t          left;          /* of the length or of this chunk */
	int               state;
	uint64_t          overhead, content;
};

void http_body_begin(struct http_body *b, const struct http_head *h);

/* Looks at `bytes`: *used of them are dealt with, of which *piece is content
 * (maybe empty).  DONE: the body has ended after *used.  MORE: give the rest
 * again together with what follows (*used may be 0 only for empty input).
 * Call again while it makes progress. */
enum http_result http_body_next(struct http_body *b, struct str bytes, size_t *used, struct str *piece);

/* The stream has ended: was that the end of the body? */
bool http_body_may_end(const struct http_body *b);

#endif
