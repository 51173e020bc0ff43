/*
 * conn.c - moves bytes between a socket, maybe TLS, and an owner.
 *
 * moved() may end the connection and free its memory.  So it is called in
 * one place, tell(), and who called that does not touch a connection that is
 * gone.  What fails inside a call of the owner's is remembered and told from
 * the loop.
 */
#include "net/conn.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/out.h"
#include "net/conn_inner.h"
#include "net/socket.h"

#define READ_MAX      (64u << 10)
#define SHAKES_MAX    2              /* handshakes worked on in one turn */

static char *shared;                 /* READ_MAX bytes: what one read brought */

/* While moved() runs: of whom, and what has come, where it lies. */
static struct {
	struct conn *conn;               /* NULL: it is gone */
	struct str   bytes;
	size_t       record;             /* bytes that the TLS engine waits to be rid of */
} now;

static void ready(struct loop_io *io, unsigned events);
static void woken(struct loop_task *t);

/* False: the connection is gone. */
static bool
tell(struct conn *c)
{
	bool here;

	now.conn = c;
	c->moved(c);
	here = now.conn == c;
	now.conn = NULL;
	if (!here) {             /* what it had not taken is nobody's now */
		now.bytes = STR_NONE;
		now.record = 0;
	}
	return here;
}

/* Lets go of all but what the owner has not taken. */
static void
shut(struct conn *c)
{
	if (now.conn == c)
		now.conn = NULL;
	loop_soon_cancel(&c->wake);
	loop_io_remove(&c->io);
	if (c->state != CONN_IDLE && c->fd >= 0)
		socket_close(c->fd);
	if (c->tls != NULL)
		tls_end(c->tls);
	held_drop(&c->raw);
	c->fd = -1;
	c->tls = NULL;
}

static void
end_untold(struct conn *c, const char *why)
{
	struct out o = out_over(c->error_text, sizeof(c->error_text) - 1);

	c->handshake_failed = c->state == CONN_SHAKING;
	out_str(&o, str_upto(str_of(why), o.size));
	c->error_text[o.len] = '\0';
	shut(c);
	c->state = CONN_ENDED;
}

static void
end(struct conn *c, const char *why)
{
	end_untold(c, why);
	tell(c);
}

static void
end_tls(struct conn *c, int error)
{
	char       text[sizeof(c->error_text)];
	struct out o = out_over(text, sizeof(text) - 1);

	OUT(&o, str_of(tls_error_text(error)), STR(" (TLS error "));
	out_int(&o, error);
	out_char(&o, ')');
	CHECK(out_ok(&o));
	text[o.len] = '\0';
	end(c, text);
}

/* Begins ------------------------------------------------------------------ */

static void
set_up(struct conn *c, int fd, const struct addr *peer, struct tls *t)
{
	CHECK(c->state == CONN_IDLE || c->state == CONN_ENDED);
	held_drop(&c->kept);
	*c = (struct conn){
		.fd = fd, .peer = *peer, .tls = t, .moved = c->moved, .owner = c->owner,
		.io = { .fd = fd, .ready = ready, .owner = c },
		.wake = { .run = woken, .owner = c },
	};
	if (shared == NULL)
		shared = memory_reserve(READ_MAX);
}

bool
conn_dial(struct conn *c, const struct addr *to, struct tls *t)
{
	const char *why;
	int         fd = socket_dial(to, &why);

	set_up(c, fd, to, t);
	if (fd < 0) {
		end_untold(c, why);
		return false;
	}
	c->state = CONN_DIALING;
	loop_io_want(&c->io, LOOP_WRITE);
	return true;
}

void
conn_accepted(struct conn *c, int fd, const struct addr *peer, struct tls *t)
{
	set_up(c, fd, peer, t);
	c->state = t != NULL ? CONN_SHAKING : CONN_OPEN;
	loop_io_want(&c->io, LOOP_READ);
}

/* Out --------------------------------------------------------------------- */

size_t
conn_write(struct conn *c, struct str s)
{
	size_t took;

	if (c->state != CONN_OPEN || c->failed != NULL)
		return 0;
	took = conn_put(c, s);
	if (took < s.len)
		c->owed = true;
	if (now.conn != c && (c->tls != NULL || c->owed))
		loop_soon(&c->wake);
	return took;
}

bool
conn_written(const struct conn *c)
{
	return c->tls == NULL || (!c->unflushed && !(tls_want(c->tls) & TLS_SEND));
}

/* In ---------------------------------------------------------------------- */

struct str
conn_data(struct conn *c)
{
	return now.conn == c && now.bytes.len > 0 ? now.bytes : held_view(&c->kept);
}

/* The record is used up: the engine may go on, also in the other direction. */
static void
record_done(struct conn *c)
{
	if (now.record > 0)
		tls_data_done(c->tls, now.record);
	now.record = 0;
}

void
conn_taken(struct conn *c, size_t len)
{
	bool was_full = held_view(&c->kept).len >= CONN_KEPT_MAX;

	if (len == 0)
		return;
	if (now.conn == c && now.bytes.len > 0) {
		CHECK(len <= now.bytes.len);
		now.bytes = str_from(now.bytes, len);
		if (now.bytes.len == 0)
			record_done(c);
		return;
	}
	held_take(&c->kept, len);
	if (was_full && now.conn != c && c->state != CONN_ENDED)
		loop_soon(&c->wake);
}

void
conn_pause(struct conn *c, bool pause)
{
	bool on = c->paused && !pause;

	c->paused = pause;
	if (c->state == CONN_OPEN && now.conn != c && (on || pause))
		loop_soon(&c->wake);
}

/* Shows the owner what has come; `record` bytes of it lie in the engine.
 * False: the connection is gone. */
static bool
deliver(struct conn *c, struct str bytes, size_t record)
{
	now.record = record;
	now.bytes = bytes;
	if (held_view(&c->kept).len > 0) {
		if (!held_add(&c->kept, bytes)) {
			end(c, "no memory for what came");
			return false;
		}
		now.bytes = STR_NONE;
		record_done(c);
	}
	if (!tell(c))
		return false;
	if (!held_add(&c->kept, now.bytes)) {
		end(c, "no memory for what came");
		return false;
	}
	now.bytes = STR_NONE;
	record_done(c);
	return true;
}

static bool
may_deliver(const struct conn *c)
{
	return !c->paused && held_view(&c->kept).len < CONN_KEPT_MAX;
}

/* One step of the engine with what has come.  False: no further now, or gone
 * (*here). */
static bool
step(struct conn *c, struct str *bytes, bool *here)
{
	const char *why = conn_push(c);
	unsigned    want = tls_want(c->tls);
	size_t      len;
	char       *at;

	/* A peer that has said its end may be gone before it has ours. */
	*here = !tls_ended(c->tls) && why == NULL && !(want & TLS_CLOSED);
	if (tls_ended(c->tls))
		end(c, "");
	else if (why != NULL)
		end(c, why);
	else if (want & TLS_CLOSED)
		end_tls(c, tls_error(c->tls));
	if (!*here)
		return false;
	if (c->state == CONN_SHAKING && !tls_handshaking(c->tls)) {
		c->state = CONN_OPEN;
		return *here = tell(c);
	}
	if (want & TLS_READ) {
		at = tls_data(c->tls, &len);
		return may_deliver(c) && (*here = deliver(c, (struct str){ at, len }, len));
	}
	if (!(want & TLS_RECEIVE) || bytes->len == 0)
		return false;
	at = tls_in(c->tls, &len);
	if (len > bytes->len)
		len = bytes->len;
	memcpy(at, bytes->at, len);
	tls_in_done(c->tls, len);
	*bytes = str_from(*bytes, len);
	return true;
}

/* Runs the engine over what waited and `fresh` bytes, one of which is empty.
 * False: gone. */
static bool
run_tls(struct conn *c, struct str fresh)
{
	bool       waited = held_view(&c->raw).len > 0, here;
	struct str bytes = waited ? held_view(&c->raw) : fresh;
	size_t     had = bytes.len;

	while (step(c, &bytes, &here))
		continue;
	if (!here)
		return false;
	if (waited)
		held_take(&c->raw, had - bytes.len);
	else if (!held_add(&c->raw, bytes)) {
		end(c, "no memory for what came");
		return false;
	}
	return true;
}

/* At most one read a turn: the others get theirs. */
static bool
may_read(const struct conn *c)
{
	return (c->state == CONN_SHAKING || may_deliver(c)) && held_view(&c->raw).len == 0;
}

static bool
take_in(struct conn *c)
{
	const char *why = NULL;
	long        n = may_read(c) ? socket_read(c->fd, shared, READ_MAX, &why) : 0;

	if (n == SOCKET_FAILED) {
		end(c, why);
		return false;
	}
	if (n == SOCKET_ENDED && c->state == CONN_SHAKING) {
		end(c, "the peer ended the connection in the middle of the TLS handshake");
		return false;
	}
	if (n == SOCKET_ENDED) {
		end(c, c->tls != NULL ? "the peer cut the connection without the end that TLS wants" : "");
		return false;
	}
	if (c->tls != NULL)
		return run_tls(c, (struct str){ shared, n > 0 ? (size_t)n : 0 });
	return n <= 0 || deliver(c, (struct str){ shared, (size_t)n }, 0);
}

/* The loop ---------------------------------------------------------------- */

/* Until the next event. */
static void
rest(struct conn *c)
{
	unsigned want = may_read(c) ? LOOP_READ : 0;

	if (c->failed != NULL) {
		end(c, c->failed);
		return;
	}
	if (c->tls != NULL ? (tls_want(c->tls) & TLS_SEND) != 0 : c->owed)
		want |= LOOP_WRITE;
	loop_io_want(&c->io, want);
}

/* A write was cut short and there is room: once a turn.  False: gone. */
static bool
pay(struct conn *c)
{
	if (c->state != CONN_OPEN || !c->owed || (c->tls != NULL && !(tls_want(c->tls) & TLS_WRITE)))
		return true;
	c->owed = false;
	if (!tell(c))
		return false;
	if (c->tls != NULL)
		loop_soon(&c->wake);
	return true;
}

/* Handshakes are worked on in the order in which they asked for it. */
static bool
may_shake(void)
{
	static uint64_t turn;
	static unsigned done;

	if (turn != loop_turns()) {
		turn = loop_turns();
		done = 0;
	}
	return done++ < SHAKES_MAX;
}

static void
dialed(struct conn *c)
{
	const char *why;

	if (socket_dialed(c->fd, &why) < 0) {
		end(c, why);
		return;
	}
	loop_io_want(&c->io, LOOP_READ);
	c->state = c->tls != NULL ? CONN_SHAKING : CONN_OPEN;
	if (c->tls != NULL)
		loop_soon(&c->wake);
	else if (tell(c))
		rest(c);
}

static void
ready(struct loop_io *io, unsigned events)
{
	struct conn *c = io->owner;

	switch (c->state) {
	case CONN_DIALING:
		dialed(c);
		return;
	case CONN_SHAKING:
		loop_soon(&c->wake);
		return;
	case CONN_IDLE:
	case CONN_CLOSING:
	case CONN_OPEN:
	case CONN_ENDED:
		break;
	}
	CHECK(c->state == CONN_OPEN);
	if ((events & LOOP_READ) && !take_in(c))
		return;
	if ((events & LOOP_WRITE) && c->tls != NULL && !run_tls(c, STR_NONE))
		return;
	if (((events & LOOP_WRITE) || c->tls != NULL) && !pay(c))
		return;
	rest(c);
}

static void
woken(struct loop_task *t)
{
	struct conn *c = t->owner;

	if (c->state == CONN_SHAKING) {
		if (!may_shake()) {
			loop_soon(t);
			return;
		}
		if (!take_in(c))
			return;
	} else if (c->failed == NULL) {
		if (!c->paused && held_view(&c->kept).len > 0 && !tell(c))
			return;
		if (c->tls != NULL && !(run_tls(c, STR_NONE) && pay(c)))
			return;
	}
	rest(c);
}

/* Ends -------------------------------------------------------------------- */

void
conn_abort(struct conn *c)
{
	shut(c);
	held_drop(&c->kept);
	c->state = CONN_IDLE;
}

void
conn_close(struct conn *c)
{
	if (c->state == CONN_OPEN && c->tls != NULL && c->failed == NULL && conn_push(c) == NULL) {
		tls_close(c->tls);
		if (conn_push(c) == NULL && (tls_want(c->tls) & TLS_SEND))
			conn_leave_behind(c);
	}
	conn_abort(c);
}
