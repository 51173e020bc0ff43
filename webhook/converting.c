/* converting.c - places for conversions in flight. */
#include "webhook/converting.h"

#include "ais/validate.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"
#include "webhook/admission.h"

#define ROOM_KEPT (256u << 10)
#define WEBHOOK   RESOURCE_UNKNOWN       /* its place among the labels of metrics */

struct place {
	struct exchange  *x;             /* NULL: free */
	struct conversion machine;
	char             *room;
	int64_t           began_us;
	bool              begun;         /* the answer */
};

static struct place *places;

static struct place *
free_place(void)
{
	if (places == NULL)
		places = memory_reserve(CONVERTING_PLACES * sizeof(*places));
	for (int i = 0; i < CONVERTING_PLACES; i++)
		if (places[i].x == NULL)
			return &places[i];
	return NULL;
}

static void
leave(struct place *p)
{
	p->x = NULL;
	memory_give_back(p->room + ROOM_KEPT, CONVERSION_ROOM - ROOM_KEPT);
}

static void
gone(struct exchange *x)
{
	leave(x->user);
}

static void
note(const struct place *p, int status)
{
	metric_add(METRIC_WEBHOOK_ANSWERS + METRIC_CODES * WEBHOOK + metric_code(status), 1);
	metric_time(METRIC_WEBHOOK_TIMES + METRIC_TIME_CELLS * WEBHOOK, clock_mono_us() - p->began_us);
	if (p->machine.failed)
		LOG(LOG_WARN, "conversion failed", LOG_STR("why", str_of(p->machine.why)));
}

/* False: whoever asked has gone, and so has the place. */
static bool
send(struct place *p, struct str piece)
{
	if (!p->begun)
		server_begin(p->x, p->machine.status, STR("application/json"), STR_NONE);
	p->begun = true;
	if (server_piece(p->x, piece))
		return true;
	leave(p);
	return false;
}

static void
feed(struct exchange *x, struct str bytes)
{
	struct place *p = x->user;
	struct str    piece;
	size_t        used;

	for (; bytes.len > 0; bytes = str_from(bytes, used)) {
		used = conversion_feed(&p->machine, bytes, &piece);
		if (piece.len > 0 && !send(p, piece))
			return;
	}
}

void
converting_begin(struct exchange *x)
{
	struct place *p = free_place();

	if (p == NULL) {
		metric_add(METRIC_WEBHOOK_ANSWERS + METRIC_CODES * WEBHOOK + metric_code(429), 1);
		admission_refuse(x, 429, STR("too many conversions at once: try again"));
		return;
	}
	if (p->room == NULL)
		p->room = memory_reserve(CONVERSION_ROOM);
	p->x = x;
	p->begun = false;
	p->began_us = clock_mono_us();
	conversion_begin(&p->machine, p->room, CONVERSION_ROOM);
	x->user = p;
	x->gone = gone;
	x->on_piece = feed;
}

void
converting_end(struct exchange *x)
{
	struct place *p = x->user;
	struct str    piece;

	while (conversion_end(&p->machine, &piece))
		if (piece.len > 0 && !send(p, piece))
			return;
	note(p, p->machine.status);
	leave(p);
	server_end(x);
}
