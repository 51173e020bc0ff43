/*
 * visit.h - one connection of a server, and the request that it brings.
 *
 * Visits lie in reserved memory that is zero until it is used.
 */
#ifndef NET_VISIT_H
#define NET_VISIT_H

#include "net/server.h"

enum visit_state {
	VISIT_NONE,
	VISIT_HEAD,          /* a head is awaited */
	VISIT_BODY,
	VISIT_HANDLED,       /* the handler has it */
	VISIT_ANSWERED,      /* the answer is whole; the peer has still to take it */
	VISIT_LINGERING,     /* refused: what still comes is thrown away, so that the answer is not lost */
};

struct visit {
	struct conn       conn;
	struct exchange   x;
	enum visit_state  state;
	bool              spare;         /* one too many: its request is refused */
	bool              kept;          /* a request was answered on it */
	bool              keep;          /* another request may follow */
	bool              refused;       /* the request was not read to its end */
	bool              chunked;       /* the answer is */
	struct loop_timer slow;
	struct loop_task  wake;          /* on with it, after an answer */
	size_t            looked;        /* http_request_parse() */
	size_t            head_len;
	struct http_body  body;
	struct buf        in;            /* head and body of this request */
	struct buf        out;           /* of its answer, what the connection has not taken */
};

void visit_begin(struct visit *v, struct server *s, int fd, const struct addr *peer, struct tls *t);
bool visit_waits(const struct visit *v);     /* kept, and nothing of a request has come */
void visit_dismiss(struct visit *v);         /* one that waits: in order */
void visit_end(struct visit *v);             /* at once; says gone() */

#endif
