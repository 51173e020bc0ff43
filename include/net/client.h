/*
 * client.h - HTTP/1.1 calls to one server over a few kept connections.
 *
 * A call belongs to its caller and must live, unmoved, until done() or
 * client_cancel().  Calls wait in order for a free connection; a streaming
 * call (on_piece) holds its connection for as long as it runs.  Every call
 * has a deadline.  A call that was sent on a kept connection which turned out
 * to be closed before a byte of an answer came is sent once more on a new
 * one, if `repeatable`.
 *
 * Answers of 1xx are stepped over.  A connection is kept when its answer was
 * read to the end and both sides want to keep it.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "kernel/buf.h"
#include "kernel/loop.h"
#include "net/addr.h"
#include "net/http_head.h"
#include "net/tls.h"

#define CLIENT_CONNS_MAX 16

enum outcome {
	OUTCOME_ANSWERED,        /* head and whole body are here */
	OUTCOME_UNREACHABLE,     /* no connection: nothing was sent */
	OUTCOME_TLS,             /* no trust: nothing was sent */
	OUTCOME_CUT,             /* the connection ended in the middle: may or may not have been done */
	OUTCOME_LATE,            /* the deadline: may or may not have been done */
	OUTCOME_TOO_BIG,         /* the answer is over the limit */
	OUTCOME_BAD_ANSWER,      /* not HTTP/1.1 */
	OUTCOME_CANCELLED,       /* the client was closed */
};

struct call {
	/* The request.  Views must stay valid until done(). */
	struct str   method, target;
	struct str   fields;             /* more header lines, each with CRLF; may be empty */
	struct str   body;               /* with Content-Length; NULL at: none */
	int64_t      deadline_ms;        /* clock_mono_ms() */
	bool         repeatable;
	bool       (*on_piece)(struct call *, struct str piece);    /* of a 2xx body; false: enough, ANSWERED */
	void       (*done)(struct call *);
	void        *owner;
	struct buf  *into;               /* where any other body is gathered; reset first.  NULL: thrown away */

	/* The answer, from done() on. */
	enum outcome outcome;
	int          status;             /* 0 unless ANSWERED or a head came */
	int64_t      retry_after_s;      /* -1: none */
	char         warning[256];       /* first Warning header, cut; empty: none */
	char         why[256];           /* what was wrong, where, what to do; also of an answer from 300 on
	                                  * that is not JSON: what a proxy in between had to say */

	/* Inner. */
	struct client    *client;
	struct call      *next;
	struct loop_timer deadline;
	void             *link;          /* its connection */
	bool              sent_again;
};

struct client {
	/* Set by the owner before client_open(); may be changed while open: new
	 * connections use the new values, idle ones are closed by client_refresh(). */
	struct addr          addr;
	bool                 tls, insecure;
	struct tls_trust    *trust;
	struct tls_identity *identity;
	struct str           name;           /* to verify and for SNI */
	struct str           host;           /* for the Host header */
	struct str           agent;          /* User-Agent */
	int                  conns_max;      /* 1..CLIENT_CONNS_MAX */

	/* Inner. */
	struct link      *links;             /* CLIENT_CONNS_MAX, reserved once */
	struct call      *first, **last;     /* waiting for a connection */
	struct call      *ending;            /* waiting for done(), in client_close() */
	struct loop_task  pump;
	bool              open;
};

/* All of these may be called at any time, from any callback too.  A client
 * that was closed may be opened again. */
void client_open(struct client *cl);
void client_begin(struct client *cl, struct call *c);    /* done() never before it returns */
void client_cancel(struct client *cl, struct call *c);   /* no done(); its connection, if any, is closed */
void client_refresh(struct client *cl);                  /* new credentials: idle connections are closed */
void client_close(struct client *cl);                    /* all calls end CANCELLED */

const char *outcome_text(enum outcome o);

#endif
