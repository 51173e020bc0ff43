/*
 * socket.c - connections in memory.
 *
 * A connection is two ends; each has the bytes that came for it.  An end
 * belongs to the program (it has a number) or to a test (a world_peer).
 * Numbers are never used twice, so that what one test left behind cannot
 * touch the next.
 */
#include "net/socket.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/loop.h"
#include "world_inner.h"

#define WINDOW (256u << 10)           /* how much waits for an end of the program */

struct world_peer {                   /* an end */
	struct world_peer *next;          /* of all */
	struct world_peer *other;         /* NULL: refused, or the dial is not answered */
	int                fd;            /* -1: a test's */
	struct addr        peer_addr;
	char              *bytes;         /* come, not taken */
	size_t             start, end, size;
	bool               silent;        /* a dial that neither succeeds nor fails */
	bool               refused;
	bool               fin;           /* the other end has ended */
	bool               reset;
	bool               closed;        /* this end has closed */
	bool               held;
	bool               offered;       /* waits in a listener's queue */
};

struct listener {
	struct listener *next;
	struct addr      at;
	int              fd;              /* -1: a test's */
	world_accepted  *accepted;
	void            *owner;
};

struct silence {
	struct silence *next;
	struct addr     at;
};

static struct world_peer *ends;       /* oldest first */
static struct listener   *listeners;
static struct silence    *silences;
static int                next_fd = 100;
static uint16_t           next_port;
static size_t             split;

void
socket_reset(void)
{
	struct world_peer *e;
	struct listener   *l;

	while ((e = ends) != NULL) {
		ends = e->next;
		free(e->bytes);
		free(e);
	}
	while ((l = listeners) != NULL) {
		listeners = l->next;
		free(l);
	}
	while (silences != NULL)
		world_silent(silences->at, false);
	next_port = 30000;
	split = 0;
}

static struct world_peer *
end_new(int fd, const struct addr *peer)
{
	struct world_peer *e = calloc(1, sizeof(*e)), **at = &ends;

	CHECK(e != NULL);
	e->fd = fd;
	e->peer_addr = *peer;
	while (*at != NULL)
		at = &(*at)->next;
	*at = e;
	return e;
}

static struct world_peer *
end_of(int fd)
{
	struct world_peer *e = ends;

	while (e != NULL && (e->fd != fd || e->closed))
		e = e->next;
	return e;
}

/* An address of all zeroes listens for every address of its family. */
static bool
is_heard(const struct addr *at, const struct addr *to)
{
	static const uint8_t any[16];

	return addr_eq(at, to) ||
	    (at->port == to->port && at->ip_len == to->ip_len && memcmp(at->ip, any, at->ip_len) == 0);
}

static struct listener *
listener_at(const struct addr *to)
{
	struct listener *l = listeners;

	while (l != NULL && !is_heard(&l->at, to))
		l = l->next;
	return l;
}

static struct listener *
listener_of(int fd)
{
	struct listener *l = listeners;

	while (l != NULL && l->fd != fd)
		l = l->next;
	return l;
}

static void
listener_add(const struct addr *at, int fd, world_accepted *accepted, void *owner)
{
	struct listener *l = malloc(sizeof(*l));

	CHECK(l != NULL);
	*l = (struct listener){ listeners, *at, fd, accepted, owner };
	listeners = l;
}

static void
listener_drop(struct listener *gone)
{
	struct listener **at = &listeners;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

void
world_listen(struct addr at, world_accepted *accepted, void *owner)
{
	CHECK(listener_at(&at) == NULL);
	listener_add(&at, -1, accepted, owner);
}

void
world_unlisten(struct addr at)
{
	struct listener *l = listener_at(&at);

	if (l != NULL)
		listener_drop(l);
}

void
world_silent(struct addr at, bool silent)
{
	struct silence **s = &silences, *gone;

	while (*s != NULL && !addr_eq(&(*s)->at, &at))
		s = &(*s)->next;
	if (silent && *s == NULL) {
		*s = calloc(1, sizeof(**s));
		CHECK(*s != NULL);
		(*s)->at = at;
	} else if (!silent && *s != NULL) {
		gone = *s;
		*s = gone->next;
		free(gone);
	}
}

static bool
is_silent(const struct addr *at)
{
	struct silence *s = silences;

	while (s != NULL && !addr_eq(&s->at, at))
		s = s->next;
	return s != NULL;
}

void
world_split(size_t bytes)
{
	split = bytes;
}

/* The end that a listener will be given. */
static void
offer(struct world_peer *from, const struct addr *to)
{
	struct addr        here = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = next_port++ };
	struct world_peer *e = end_new(-1, &here);

	e->peer_addr.ip_len = to->ip_len;
	if (to->ip_len == 16)
		memcpy(e->peer_addr.ip, (const uint8_t[16]){ [15] = 1 }, 16);
	e->other = from;
	e->offered = true;
	from->other = e;
}

struct world_peer *
world_connect(struct addr to)
{
	struct listener   *l = listener_at(&to);
	struct world_peer *e;

	if (l == NULL || l->fd < 0)
		return NULL;
	e = end_new(-1, &to);
	offer(e, &to);
	return e;
}

int
socket_dial(const struct addr *to, const char **why)
{
	struct world_peer *e = end_new(next_fd++, to);

	*why = NULL;
	if (is_silent(to))
		e->silent = true;
	else if (listener_at(to) == NULL)
		e->refused = true;
	else
		offer(e, to);
	return e->fd;
}

int
socket_dialed(int fd, const char **why)
{
	struct world_peer *e = end_of(fd);

	CHECK(e != NULL && !e->silent);
	if (e->other != NULL)
		return 1;
	*why = "connection refused";
	return SOCKET_FAILED;
}

int
socket_listen(struct addr *at, const char **why)
{
	if (at->port == 0)
		at->port = next_port++;
	if (listener_at(at) != NULL) {
		*why = "address in use";
		return -1;
	}
	listener_add(at, next_fd, NULL, NULL);
	return next_fd++;
}

/* The first that was offered to whom listens there. */
static struct world_peer *
offered_to(const struct listener *l)
{
	struct world_peer *e = ends;

	while (e != NULL && !(e->offered && is_heard(&l->at, &e->other->peer_addr)))
		e = e->next;
	return e;
}

int
socket_accept(int fd, struct addr *peer)
{
	struct listener   *l = listener_of(fd);
	struct world_peer *e;

	CHECK(l != NULL);
	e = offered_to(l);
	if (e == NULL)
		return -1;
	e->offered = false;
	e->fd = next_fd++;
	*peer = e->peer_addr;
	return e->fd;
}

bool
socket_deliver(void)
{
	for (struct listener *l = listeners; l != NULL; l = l->next) {
		struct world_peer *e = l->fd < 0 ? offered_to(l) : NULL;

		if (e == NULL)
			continue;
		e->offered = false;
		l->accepted(e, l->owner);
		return true;
	}
	return false;
}

static size_t
waiting(const struct world_peer *e)
{
	return e->end - e->start;
}

static void
put(struct world_peer *e, const void *at, size_t len)
{
	if (len > e->size - e->end) {
		if (e->start > 0)
			memmove(e->bytes, e->bytes + e->start, waiting(e));
		e->end -= e->start;
		e->start = 0;
		while (len > e->size - e->end)
			e->size = e->size == 0 ? 4096 : 2 * e->size;
		e->bytes = realloc(e->bytes, e->size);
		CHECK(e->bytes != NULL);
	}
	if (len > 0)
		memcpy(e->bytes + e->end, at, len);
	e->end += len;
}

/* How much e's other end takes now. */
static size_t
room(const struct world_peer *e)
{
	const struct world_peer *o = e->other;

	if (e->silent || o == NULL || o->held)
		return 0;
	if (o->closed || o->fd < 0)
		return SIZE_MAX;
	return waiting(o) < WINDOW ? WINDOW - waiting(o) : 0;
}

bool
socket_broken(int fd)
{
	const struct world_peer *e = end_of(fd);

	return e != NULL && (e->reset || e->refused);
}

unsigned
socket_ready(int fd)
{
	const struct world_peer *e = end_of(fd);
	const struct listener   *l = listener_of(fd);
	unsigned                 ready = 0;

	if (l != NULL)
		return offered_to(l) != NULL ? LOOP_READ : 0;
	CHECK(e != NULL);
	if (waiting(e) > 0 || e->fin)
		ready |= LOOP_READ;
	if (room(e) > 0)
		ready |= LOOP_WRITE;
	return ready;
}

static size_t
at_most(size_t size, size_t most)
{
	if (split > 0 && split < most)
		most = split;
	return size < most ? size : most;
}

long
socket_read(int fd, void *at, size_t size, const char **why)
{
	struct world_peer *e = end_of(fd);
	size_t             n;

	CHECK(e != NULL && size > 0);
	if (e->reset || e->refused) {
		*why = e->reset ? "connection reset by peer" : "connection refused";
		return SOCKET_FAILED;
	}
	n = at_most(size, waiting(e));
	if (n == 0)
		return e->fin ? SOCKET_ENDED : 0;
	memcpy(at, e->bytes + e->start, n);
	e->start += n;
	return (long)n;
}

long
socket_write(int fd, const void *at, size_t size, const char **why)
{
	struct world_peer *e = end_of(fd);
	size_t             n;

	CHECK(e != NULL);
	if (e->reset || e->refused) {
		*why = e->reset ? "connection reset by peer" : "connection refused";
		return SOCKET_FAILED;
	}
	n = at_most(size, room(e));
	if (n == 0)
		return 0;
	if (e->other->closed)
		e->reset = true;      /* the first is taken and answered by a reset */
	else
		put(e->other, at, n);
	return (long)n;
}

static void
close_end(struct world_peer *e, bool in_order)
{
	e->closed = true;
	if (e->other == NULL)
		return;
	if (in_order && waiting(e) == 0)
		e->other->fin = true;
	else
		e->other->reset = true;      /* what it sent was never read */
}

void
socket_close(int fd)
{
	struct world_peer *e = end_of(fd);
	struct listener   *l = listener_of(fd);

	if (l != NULL)
		listener_drop(l);
	else if (e != NULL)
		close_end(e, true);
}

struct str
world_got(struct world_peer *p)
{
	return (struct str){ p->bytes + p->start, waiting(p) };
}

void
world_taken(struct world_peer *p, size_t len)
{
	CHECK(len <= waiting(p));
	p->start += len;
}

void
world_send(struct world_peer *p, struct str s)
{
	if (!p->other->closed)
		put(p->other, s.at, s.len);
}

void
world_end(struct world_peer *p)
{
	p->other->fin = true;
}

void
world_cut(struct world_peer *p)
{
	close_end(p, false);
}

bool
world_ended(const struct world_peer *p)
{
	return p->fin || p->reset;
}

void
world_hold(struct world_peer *p, bool hold)
{
	p->held = hold;
}

/* Each once, though both its ends may be the program's. */
int
world_connections(void)
{
	int n = 0;

	for (struct world_peer *e = ends; e != NULL; e = e->next) {
		bool other_counts = e->other != NULL && e->other->fd >= 0 && !e->other->closed && e->other->fd < e->fd;

		if (e->fd >= 0 && !e->closed && !other_counts)
			n++;
	}
	return n;
}
