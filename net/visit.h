/*
 * visit.h - one connection of a server, and the request that it brings.
 *
 *   visit.c        begins and ends, the way in
 *   visit_out.c    the way out
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
	bool              streams;       /* its body goes to the handler as it comes */
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

/* Between visit.c and visit_out.c. */
void    visit_drop(struct visit *v);             /* says nothing to anybody */
bool    visit_is_handlers(const struct visit *v);    /* the handler may answer */
int64_t visit_patience_ms(const struct server *s);   /* when a slow peer is given up */
size_t  visit_waiting(const struct visit *v);    /* bytes that the connection has not taken */
void    visit_flush(struct visit *v);
bool    visit_put(struct visit *v, struct str s);    /* false: more waits than may */
void    visit_refuse(struct visit *v, int status, const char *wrong);    /* the server's own word */
void visit_end(struct visit *v);             /* at once; says gone() */

#endif
