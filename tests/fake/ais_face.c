/* ais_face.c - requests from the network to a simulated daemon, and back. */
#include "tests/fake/ais_face.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/loop.h"
#include "net/addr.h"

#define RETRY_MS 1000            /* AIS looks once a second whether it has a map */

struct ais_held {
	struct ais_held *next;
	struct exchange *exchange;
	int64_t          until_ms;
};

static void
print_location(struct out *o, const char *location)
{
	if (location[0] != 0)
		OUT(o, STR("Location: "), str_of(location), STR("\r\n"));
}

/* False: there is no answer yet. */
static bool
answer(struct ais_face *f, struct exchange *x)
{
	char text[1100], peer[64];
	struct out fields = out_over(text, sizeof(text)), from = out_over(peer, sizeof(peer));
	struct ais_answer a;

	addr_print(&from, &x->peer);
	ais_ask(f->daemon, x->head.method, x->head.target, x->body, out_view(&from), &a, loop_now_ms());
	if (a.hold)
		return false;
	print_location(&fields, a.location);
	if (a.cut)
		server_abort(x);
	else
		server_answer(x, a.status, str_of(a.type), out_view(&fields), (struct str){ a.body, a.size });
	free(a.body);
	f->asked(f);
	return true;
}

static void
unhold(struct exchange *x)
{
	struct ais_face  *f = x->user;
	struct ais_held **at = &f->held;

	while (*at != NULL && (*at)->exchange != x)
		at = &(*at)->next;
	if (*at != NULL) {
		struct ais_held *h = *at;

		*at = h->next;
		free(h);
	}
}

static int64_t
wait(const struct ais_face *f, int64_t ms)
{
	int64_t w = ms / f->daemon->world->speed;

	return w > 0 ? w : 1;
}

static void
hold(struct ais_face *f, struct exchange *x, int64_t until_ms)
{
	struct ais_held *h = calloc(1, sizeof(*h));

	h->exchange = x;
	h->until_ms = until_ms;
	h->next = f->held;
	f->held = h;
	x->user = f;
	x->gone = unhold;
	loop_timer_set(&f->retry, loop_now_ms() + wait(f, RETRY_MS));
}

/* A daemon that hangs holds its requests for ever. */
static void
handle(struct exchange *x)
{
	struct ais_face *f = x->server->owner;

	if (f->manner == AIS_HANG || !answer(f, x))
		hold(f, x, loop_now_ms() + wait(f, AIS_HOLD_MS));
}

static void
retry(struct loop_timer *t)
{
	struct ais_face *f = t->owner;
	struct ais_held *h = f->held, *next;

	f->held = NULL;
	for (; h != NULL; h = next) {
		next = h->next;
		h->exchange->gone = NULL;
		if (f->manner == AIS_HANG)
			hold(f, h->exchange, loop_now_ms() + wait(f, AIS_HOLD_MS));
		else if (loop_now_ms() >= h->until_ms)
			server_answer(h->exchange, 503, STR_NONE, STR_NONE, STR_NONE);
		else if (!answer(f, h->exchange))
			hold(f, h->exchange, h->until_ms);
		free(h);
	}
}

void
ais_face_close(struct ais_face *f)
{
	loop_timer_stop(&f->retry);
	if (f->open)
		server_close(&f->server);
	f->open = false;
	while (f->held != NULL) {
		struct ais_held *h = f->held;

		f->held = h->next;
		free(h);
	}
}

void
ais_face_update(struct ais_face *f)
{
	bool want = ais_listens(f->daemon) && f->manner != AIS_REFUSE;
	const char *why;

	if (want == f->open)
		return;
	if (!want) {
		ais_face_close(f);
		return;
	}
	f->retry = (struct loop_timer){ .due = retry, .owner = f };
	f->server = (struct server){ .handle = handle, .owner = f, .conns_max = 64, .body_max = AIS_OBJECT_MAX,
	    .pending_max = 4 * AIS_OBJECT_MAX, .idle_ms = 60000 };
	if (!addr_ip(str_of(f->daemon->address), &f->server.at))
		return;
	f->server.at.port = f->daemon->port[AIS_PUBLIC];
	f->open = server_open(&f->server, &why);
}
