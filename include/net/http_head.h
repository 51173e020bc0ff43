/*
 * http_head.h - pure: heads of requests and answers, as views of the bytes.
 *
 * Strict where leniency has been used for smuggling: no bare CR or LF, no
 * blanks before colons, no folded lines, one Host, Content-Length only once
 * or the same, never together with Transfer-Encoding, chunked only as the
 * single coding, no NUL or controls.
 *
 * Of a field that comes more than once the first counts.
 */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include <stdint.h>

#include "kernel/str.h"

#define HTTP_HEAD_MAX   (16u << 10)
#define HTTP_FIELDS_MAX 64

enum http_result { HTTP_DONE, HTTP_MORE, HTTP_BROKEN };

enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH,
	HTTP_CHUNKED,
	HTTP_UNTIL_CLOSE,        /* answers only */
};

struct http_head {
	struct str        method, target;      /* request */
	int               status;              /* answer */
	int               minor;               /* HTTP/1.minor */
	enum http_framing framing;
	uint64_t          length;              /* HTTP_LENGTH */
	bool              keep_alive;
	bool              expect_continue;
	struct str        host, content_type, accept, authorization;
	struct str        warning;             /* first one */
	int64_t           retry_after_s;       /* -1: none; dates are taken as none */
	size_t            size;                /* of the head, with its empty line */
	int               refusal;             /* of a BROKEN request: the status to answer with */
	const char       *wrong;               /* BROKEN: what is wrong, static text, fits after a colon */
};

/*
 * *looked: how far an earlier try came; starts at 0, kept by the caller while
 * the bytes grow.  A broken head is found with its last byte at the latest;
 * a head is whole within HTTP_HEAD_MAX bytes or BROKEN.  Targets are paths or "*".
 */
enum http_result http_request_parse(struct str bytes, size_t *looked, struct http_head *h);
/* `asked`: the method of the request (HEAD answers have no body). */
enum http_result http_answer_parse(struct str bytes, size_t *looked, struct str asked, struct http_head *h);

#endif
