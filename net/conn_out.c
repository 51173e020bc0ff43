/* conn_out.c - what a connection sends, and how it sends the last of it when its owner has left. */
#include <string.h>

#include "net/conn_inner.h"
#include "net/socket.h"

#define CLOSING_CONNS 64

/* Those whose owners have left. */
static struct closing {
	struct conn       conn;
	struct loop_timer limit;
} closing[CLOSING_CONNS];

/* Records to the kernel, as many as it takes.  NULL, or why it failed. */
const char *
conn_push(struct conn *c)
{
	const char *why = NULL;
	char       *at;
	size_t      len;
	long        n = 1;

	if (c->unflushed)
		tls_flush(c->tls);
	c->unflushed = false;
	while (n > 0 && (tls_want(c->tls) & TLS_SEND)) {
		at = tls_out(c->tls, &len);
		n = socket_write(c->fd, at, len, &why);
		if (n > 0)
			tls_out_done(c->tls, (size_t)n);
	}
	return n < 0 ? why : NULL;
}

static size_t
write_plain(struct conn *c, struct str s)
{
	long n = s.len > 0 ? socket_write(c->fd, s.at, s.len, &c->failed) : 0;

	return n > 0 ? (size_t)n : 0;
}

/* Into records; a full one is sent at once, the last waits for more. */
static size_t
write_tls(struct conn *c, struct str s)
{
	size_t took = 0, room;
	char  *at;

	while (took < s.len && c->failed == NULL && (at = tls_room(c->tls, &room)) != NULL) {
		struct str part = str_upto(str_from(s, took), room);

		memcpy(at, part.at, part.len);
		tls_room_done(c->tls, part.len);
		took += part.len;
		c->unflushed = true;
		if (part.len == room)
			c->failed = conn_push(c);
	}
	return took;
}

size_t
conn_put(struct conn *c, struct str s)
{
	return c->tls != NULL ? write_tls(c, s) : write_plain(c, s);
}

/* What is left of one whose owner has gone. */
static void
ready(struct loop_io *io, unsigned events)
{
	struct closing *l = io->owner;

	(void)events;
	if (conn_push(&l->conn) == NULL && (tls_want(l->conn.tls) & TLS_SEND))
		return;
	loop_timer_stop(&l->limit);
	conn_abort(&l->conn);
}

static void
too_late(struct loop_timer *t)
{
	struct closing *l = t->owner;

	conn_abort(&l->conn);
}

/* Takes over what cannot leave yet. */
void
conn_leave_behind(struct conn *c)
{
	struct closing *l = closing;

	while (l < closing + CLOSING_CONNS && l->conn.state != CONN_IDLE)
		l++;
	if (l == closing + CLOSING_CONNS)
		return;
	l->conn = (struct conn){ .state = CONN_CLOSING, .fd = c->fd, .tls = c->tls, .peer = c->peer,
	    .io = { .fd = c->fd, .ready = ready, .owner = l } };
	l->limit = (struct loop_timer){ .due = too_late, .owner = l };
	loop_io_remove(&c->io);
	c->fd = -1;
	c->tls = NULL;
	loop_io_want(&l->conn.io, LOOP_WRITE);
	loop_timer_set(&l->limit, loop_now_ms() + CONN_CLOSING_MS);
}
