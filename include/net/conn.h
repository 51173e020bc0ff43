/*
 * conn.h - one connection, plain or TLS: bytes in, bytes out.
 *
 * An explicit state machine (dialing, shaking hands, open, closing, ended) over a
 * socket and maybe a struct tls.  It never calls its owner from inside a
 * call of the owner's: moved() comes from the loop only.
 *
 * All connections read through one shared 64 KiB buffer, and a record of TLS
 * is looked at where it was decrypted; only what the owner leaves is copied
 * aside, up to CONN_KEPT_MAX.  Beyond that, and while paused, TCP holds the
 * peer.  What is written goes out at the end of the turn at the latest.
 *
 * TLS is half duplex here: two ends that both write more than the network
 * holds, without reading, stand still.  HTTP does not do that.
 *
 * At most two handshakes are worked on in one turn of the loop: each costs
 * milliseconds.
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
	CONN_CLOSING,        /* of conn.c alone: what was written still goes out */
	CONN_ENDED,          /* error_text says why; empty: the peer ended it in order */
};

#define CONN_KEPT_MAX (64u << 10)

struct conn_held {                   /* bytes on their way, in a block of conn_held.c */
	char  *at;
	size_t start, end, size;
};

struct conn {
	enum conn_state  state;
	int              fd;
	struct addr      peer;
	struct tls      *tls;            /* NULL: plain, or ended */
	void           (*moved)(struct conn *);    /* state changed, bytes came, or room came */
	void            *owner;
	char             error_text[192];          /* of ENDED */
	bool             handshake_failed;

	/* Inner. */
	struct loop_io   io;
	struct loop_task wake;
	struct conn_held kept;           /* received, not taken */
	struct conn_held raw;            /* received, not decrypted yet */
	const char      *failed;         /* found inside a call of the owner's, told from the loop */
	bool             paused;
	bool             owed;           /* a write was cut short: moved() when there is room */
	bool             unflushed;      /* written, not made a record yet */
};

/* On one that is not in use or has ended, with `moved` and `owner` set.  t:
 * owned by the connection from now on; NULL for plain.  False: it has ENDED
 * already, error_text says why, and moved() does not come. */
bool conn_dial(struct conn *c, const struct addr *to, struct tls *t);
void conn_accepted(struct conn *c, int fd, const struct addr *peer, struct tls *t);

/* The view holds until conn_taken(), or until moved() returns; what is not
 * taken comes again, followed by more.  Also of one that has ended. */
struct str conn_data(struct conn *c);
void       conn_taken(struct conn *c, size_t len);
void       conn_pause(struct conn *c, bool pause);  /* no more moved() for bytes; TCP holds the peer */
size_t     conn_write(struct conn *c, struct str s);/* how much it took; less: moved() when it takes more */
bool       conn_written(const struct conn *c);      /* all that it took has gone to the kernel */

/* The struct is not in use when these return, and moved() does not come.
 * close: what was written still goes out, within CONN_CLOSING_MS. */
#define CONN_CLOSING_MS 5000
void       conn_close(struct conn *c);
void       conn_abort(struct conn *c);

#endif
