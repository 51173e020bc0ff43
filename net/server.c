/* server.c - an HTTP/1.1 server: who may come in. */
#include "net/server.h"

#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/metric.h"
#include "net/socket.h"
#include "net/visit.h"

#define ACCEPT_MAX 16      /* in one turn: the others get theirs */
#define SPARE      8       /* connections that are told that there is no room */

static struct visit *
free_place(struct server *s, int from, int to)
{
	for (int i = from; i < to; i++) {
		if (s->visits[i].state == VISIT_NONE)
			return &s->visits[i];
	}
	return NULL;
}

/* The kept connection that has waited longest: its end is the nearest. */
static struct visit *
longest_waiting(struct server *s)
{
	struct visit *found = NULL;

	for (int i = 0; i < s->conns_max; i++) {
		struct visit *v = &s->visits[i];

		if (visit_waits(v) && (found == NULL || v->slow.at_ms < found->slow.at_ms))
			found = v;
	}
	return found;
}

static struct visit *
find_place(struct server *s)
{
	struct visit *v = free_place(s, 0, s->conns_max);

	if (v != NULL)
		return v;
	v = longest_waiting(s);
	if (v == NULL)
		return free_place(s, s->conns_max, s->conns_max + SPARE);
	visit_dismiss(v);
	return v;
}

static void
admit(struct server *s, int fd, const struct addr *peer)
{
	struct visit *v = find_place(s);
	struct tls   *t = NULL;

	if (v != NULL && s->identity != NULL && (t = tls_server(s->identity)) == NULL)
		v = NULL;
	if (v == NULL) {
		metric_add(METRIC_HTTP_REFUSED, 1);
		socket_close(fd);
	} else
		visit_begin(v, s, fd, peer, t);
}

static void
ready(struct loop_io *io, unsigned events)
{
	struct server *s = io->owner;
	struct addr    peer;
	int            fd;

	(void)events;
	for (int i = 0; i < ACCEPT_MAX && (fd = socket_accept(s->fd, &peer)) >= 0; i++)
		admit(s, fd, &peer);
}

bool
server_open(struct server *s, const char **why)
{
	CHECK(s->handle != NULL && s->conns_max > 0 && s->idle_ms > 0);
	s->fd = socket_listen(&s->at, why);
	if (s->fd < 0)
		return false;
	if (s->visits == NULL)
		s->visits = memory_reserve((size_t)(s->conns_max + SPARE) * sizeof(*s->visits));
	s->io = (struct loop_io){ .fd = s->fd, .ready = ready, .owner = s };
	loop_io_want(&s->io, LOOP_READ);
	return true;
}

void
server_close(struct server *s)
{
	if (!s->io.added)
		return;
	loop_io_remove(&s->io);
	socket_close(s->fd);
	for (int i = 0; i < s->conns_max + SPARE; i++) {
		if (s->visits[i].state != VISIT_NONE)
			visit_end(&s->visits[i]);
	}
}
