/*
 * server.h - an HTTP/1.1 server: listener, limits, one request at a time on a connection.
 *
 * The handler is called with the whole request (head and body).  It answers
 * at once or later, all at once or in pieces.  What a slow peer has not
 * taken waits in a bounded buffer; over the bound server_piece() says false
 * and the connection is closed: a watcher that is too slow starts anew.
 *
 * A body of any length comes in pieces to who asks for them when the head is
 * there; the answer may begin before the body has ended, and no more of the
 * body is read while some of the answer waits.
 *
 * Refused by the server itself, and closed: heads that have two readings
 * (400), are too long (431) or too slow (408), bodies over body_max (413), codings but
 * chunked (501), versions but 1.0 and 1.1 (505).  Expect: 100-continue is answered.
 *
 * A full server lets go of the kept connection that has waited longest; when
 * all are at work it answers a few more with 503, and closes what comes then.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "kernel/buf.h"
#include "net/conn.h"
#include "net/http_body.h"
#include "net/http_head.h"

struct exchange {                    /* one request and its answer */
	struct http_head head;           /* views of memory that lives until the answer has ended */
	struct str       body;               /* of nothing, when it came in pieces */
	/* Set in server.head(): the body comes here, then the handler is called. */
	void           (*on_piece)(struct exchange *, struct str piece);
	struct addr      peer;
	bool             tls;
	void            *user;           /* the handler's own */
	/* The peer went away before the answer ended, or server_abort(), or
	 * server_close(); the exchange is no more.  Not after server_piece() said so. */
	void           (*gone)(struct exchange *);
	/* Inner. */
	struct server   *server;
	struct visit    *visit;
};

struct server {
	/* Set by the owner before server_open(). */
	struct addr          at;             /* port 0: any, filled in */
	struct tls_identity *identity;       /* NULL: plain HTTP */
	void               (*handle)(struct exchange *);
	/* A head with a body is there; may set x->on_piece, or answer.  NULL: every body is gathered. */
	void               (*head)(struct exchange *);
	void                *owner;
	int                  conns_max;
	size_t               body_max;       /* over it: 413 */
	size_t               body_alone;     /* of those over it one at a time, else 429; 0: no such limit */
	size_t               pending_max;    /* of an answer that the peer has not taken; a longer one: 500 */
	int64_t              idle_ms;        /* between requests */
	int64_t              slow_ms;        /* for the first head, any other, a body, an answer; 0: idle_ms */

	/* Inner. */
	int              fd;
	struct loop_io   io;
	struct visit    *visits;
	struct visit    *alone;              /* that brings a body over body_alone */
};

bool server_open(struct server *s, const char **why);
void server_close(struct server *s);     /* all connections at once */

/* Whole answer; x is no more.  `fields`: more header lines, each with CRLF, 4 KiB at most; may be empty. */
void server_answer(struct exchange *x, int status, struct str content_type, struct str fields,
    struct str body);

/* Answer in pieces, chunked. */
void server_begin(struct exchange *x, int status, struct str content_type, struct str fields);
bool server_piece(struct exchange *x, struct str piece);    /* false: x is no more */
void server_end(struct exchange *x);                        /* x is no more */
void server_abort(struct exchange *x);   /* cut the connection now, also in the middle of a chunk */

#endif
