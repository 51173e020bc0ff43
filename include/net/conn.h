/*
 * conn.h - one connection, plain or TLS: bytes in, bytes out.
 *
 * An explicit state machine (dialing, shaking hands, open, closing, ended) over a
 * socket and maybe a struct tls.  It never calls its owner from inside a
 * call of the owner's: moved() comes from the loop only.
 *
 * All connections read through one shared 64 KiB buffer.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "kernel/loop.h"
#include "net/addr.h"
#include "net/tls.h"

enum conn_state {
	CONN_IDLE,           /* not in use */
	CONN_DIALING,
	CONN_SHAKING,
	CONN_OPEN,
	CONN_CLOSING,        /* what was written still goes out */
	CONN_ENDED,          /* error_text says why; empty: the peer ended it in order */
};

struct conn {
	enum conn_state  state;
	int              fd;
	struct addr      peer;
	struct tls      *tls;            /* NULL: plain */
	struct loop_io   io;
	struct loop_task wake;
	void           (*moved)(struct conn *);    /* state changed, bytes came, or room came */
	void            *owner;
	char             error_text[192];
	bool             handshake_failed;
	/* received, not taken yet (a view of tls or of the shared buffer only
	 * during moved(); what is left over is kept in a small private buffer) */
	/* inner state of conn.c follows */
	struct {
		char  *kept;
		size_t kept_len, kept_size;
		bool   reading_stopped, want_write, eof;
	} in;
};

/* t: owned by the connection from now on; NULL for plain. */
bool conn_dial(struct conn *c, const struct addr *to, struct tls *t);
void conn_accepted(struct conn *c, int fd, const struct addr *peer, struct tls *t);

struct str conn_data(struct conn *c);               /* what has come */
void       conn_taken(struct conn *c, size_t len);
void       conn_pause(struct conn *c, bool pause);  /* stop reading: TCP holds the peer */
size_t     conn_write(struct conn *c, struct str s);/* how much it took; moved() when it takes more */
bool       conn_written(const struct conn *c);      /* all that it took has gone to the kernel */
void       conn_close(struct conn *c);              /* after what was written; no moved() any more */
void       conn_abort(struct conn *c);              /* at once */

#endif
