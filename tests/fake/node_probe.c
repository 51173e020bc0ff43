/*
 * node_probe.c - startup, readiness and liveness probes: HTTP over a connection of its own each.
 *
 * Other probes than httpGet over plain HTTP are taken as passed.
 */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <string.h>

#include "net/http_head.h"
#include "net/socket.h"

#define TIMEOUT_LEAST_MS 250     /* at high speeds the machine itself needs some time */

static int64_t
seconds(const struct probe *b, const char *what, int64_t otherwise)
{
	return node_wait(b->container->pod->side, 1000 * tree_int_at(b->spec, what, otherwise));
}

static void
hang_up(struct probe *b)
{
	loop_timer_stop(&b->late);
	if (b->io.fd < 0)
		return;
	loop_io_remove(&b->io);
	socket_close(b->io.fd);
	b->io.fd = -1;
}

static void
judge(struct probe *b, bool good)
{
	struct container *c = b->container;
	bool ready = c->ready, started = c->started;
	int  limit = (int)tree_int_at(b->spec, "failureThreshold", 3);

	hang_up(b);
	b->fails = good ? 0 : b->fails + 1;
	loop_timer_set(&b->due, loop_now_ms() + seconds(b, "periodSeconds", 10));
	if (b->kind == PROBE_READINESS)
		c->ready = good || (ready && b->fails < limit);
	else if (b->kind == PROBE_STARTUP && good) {
		loop_timer_stop(&b->due);
		c->started = true;
		c->ready = c->probes[PROBE_READINESS].spec == NULL;
		if (!c->ready)
			loop_timer_set(&c->probes[PROBE_READINESS].due, loop_now_ms());
	} else if (!good && b->fails >= limit) {
		b->fails = 0;
		container_kill(c, false);
		return;
	}
	if (c->ready != ready || c->started != started)
		pod_report(c->pod);
}

static void
late(struct loop_timer *t)
{
	judge(t->owner, false);
}

static void
read_answer(struct probe *b)
{
	const char *why;
	struct http_head h;
	size_t looked = 0;
	long   n = socket_read(b->io.fd, b->text + b->len, sizeof(b->text) - b->len, &why);

	if (n > 0)
		b->len += (size_t)n;
	switch (http_answer_parse((struct str){ b->text, b->len }, &looked, STR("GET"), &h)) {
	case HTTP_DONE:
		judge(b, h.status >= 200 && h.status < 400);
		return;
	case HTTP_BROKEN:
		judge(b, false);
		return;
	case HTTP_MORE:
		break;
	}
	if (n < 0 || b->len == sizeof(b->text))
		judge(b, false);
}

static void
ready(struct loop_io *io, unsigned events)
{
	struct probe *b = io->owner;
	const char   *why;

	(void)events;
	if (b->sent) {
		read_answer(b);
		return;
	}
	/* The request is small: a socket that has just opened takes it whole. */
	if (socket_dialed(io->fd, &why) != 1 || socket_write(io->fd, b->text, b->len, &why) != (long)b->len) {
		judge(b, false);
		return;
	}
	b->sent = true;
	b->len = 0;
	loop_io_want(io, LOOP_READ);
}

static uint16_t
port_of(const struct probe *b)
{
	const struct tree *port = tree_at(b->spec, "httpGet.port");

	TREE_EACH(p, tree_is(port, TREE_TEXT) ? tree_get(b->container->spec, STR("ports")) : NULL)
		if (tree_str_is(p, "name", tree_str(port)))
			return (uint16_t)tree_int_at(p, "containerPort", 0);
	return (uint16_t)tree_int_at(b->spec, "httpGet.port", 0);
}

static void
ask(struct loop_timer *t)
{
	struct probe *b = t->owner;
	struct pod   *p = b->container->pod;
	int64_t timeout = seconds(b, "timeoutSeconds", 1);
	struct addr to = { 0 };
	const char *why;

	if (b->kind != PROBE_STARTUP && !b->container->started) {
		loop_timer_set(&b->due, loop_now_ms() + seconds(b, "periodSeconds", 10));
		return;
	}
	if (tree_at(b->spec, "httpGet") == NULL || tree_str_is(b->spec, "httpGet.scheme", STR("HTTPS"))) {
		judge(b, true);
		return;
	}
	addr_ip(str_of(p->address), &to);
	to.port = port_of(b);
	b->len = (size_t)snprintf(b->text, sizeof(b->text), "GET " STR_FMT " HTTP/1.1\r\nHost: %s:%u\r\n"
	    "User-Agent: kube-probe/1.36\r\nAccept: */*\r\nConnection: close\r\n\r\n",
	    STR_ARG(tree_str_at(b->spec, "httpGet.path")), p->address, to.port);
	b->sent = false;
	b->io = (struct loop_io){ .fd = socket_dial(&to, &why), .ready = ready, .owner = b };
	if (b->io.fd < 0 || b->len >= sizeof(b->text)) {
		judge(b, false);
		return;
	}
	loop_io_want(&b->io, LOOP_WRITE);
	loop_timer_set(&b->late, loop_now_ms() + (timeout > TIMEOUT_LEAST_MS ? timeout : TIMEOUT_LEAST_MS));
}

void
probes_start(struct container *c)
{
	static const char *const names[PROBES] = { "startupProbe", "readinessProbe", "livenessProbe" };

	for (int i = 0; i < PROBES; i++) {
		struct probe *b = &c->probes[i];

		*b = (struct probe){ .container = c, .kind = (enum probe_kind)i, .io.fd = -1 };
		b->spec = tree_get(c->spec, str_of(names[i]));
		b->due = (struct loop_timer){ .due = ask, .owner = b };
		b->late = (struct loop_timer){ .due = late, .owner = b };
		if (b->spec != NULL)
			loop_timer_set(&b->due, loop_now_ms() + seconds(b, "initialDelaySeconds", 0));
	}
	c->started = c->probes[PROBE_STARTUP].spec == NULL;
	c->ready = c->started && c->probes[PROBE_READINESS].spec == NULL;
}

void
probes_stop(struct container *c)
{
	for (int i = 0; i < PROBES; i++) {
		if (c->probes[i].container == NULL)
			continue;
		loop_timer_stop(&c->probes[i].due);
		hang_up(&c->probes[i]);
	}
}
