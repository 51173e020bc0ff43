/*
 * lease.c - one Lease: waited for, held, given back.
 *
 *	WAITING -> HELD -> (not renewed in time, or somebody else's) WAITING
 *	any -> RELEASING -> OVER
 */
#include "k8s/lease.h"

#include <string.h>

#include "k8s/lease_record.h"
#include "k8s/watch_line.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/hash.h"
#include "kernel/log.h"
#include "kernel/metric.h"
#include "kernel/random.h"

#define WATCH_RETRY_MS 30000         /* after a watch that could not be had */
#define SILENT_MS      (3 * LEASE_RETRY_MS)

static void answered(struct request *q, const struct answer *a);
static void watch_open(struct lease *l);

static bool
is_ours(const struct lease *l)
{
	return str_eq(str_of(l->holder), l->identity);
}

bool
lease_held(const struct lease *l)
{
	return l->state == LEASE_HELD && clock_mono_ms() < l->renewed_ms + LEASE_RENEW_MS;
}

/* Next try: with a jitter, so that two who wait do not meet again and again. */
static void
try_later(struct lease *l)
{
	loop_timer_set(&l->timer, clock_mono_ms() + LEASE_RETRY_MS + (int64_t)(random_u64() % (LEASE_RETRY_MS / 5)));
}

/* Calls --------------------------------------------------------------------- */

static void
send(struct lease *l, enum verb verb, struct str body)
{
	CHECK(!l->request.busy);
	l->request.verb = verb;
	l->request.kind = &kind_lease;
	l->request.ns = l->ns;
	l->request.name = verb == VERB_CREATE ? STR_NONE : l->name;
	l->request.body = body;
	l->request.done = answered;
	l->request.owner = l;
	l->request.lane = l->state == LEASE_WAITING ? LANE_CALLS : LANE_LEASE;
	l->sent_ms = clock_mono_ms();
	l->request.deadline_ms = l->sent_ms + LEASE_CALL_MS;
	api_send(l->api, &l->request);
}

static void
look(struct lease *l)
{
	send(l, VERB_GET, STR_NONE);
}

static void
write_record(struct lease *l, enum verb verb)
{
	struct out            o = out_over(l->body, sizeof(l->body));
	bool                  giving = l->state == LEASE_RELEASING;
	struct lease_to_write w = { .ns = l->ns, .name = l->name, .holder = giving ? STR_NONE : l->identity,
		.version = verb == VERB_CREATE ? STR_NONE : str_of(l->version),
		.seconds = giving ? 1 : LEASE_MS / 1000, .transitions = l->transitions, .acquired_us = l->acquired_us,
		.renewed_us = clock_wall_us() };

	lease_record_print(&w, &o);
	CHECK(out_ok(&o));
	send(l, verb, out_view(&o));
}

/* Take it from nobody, or from one who is gone; or go on with our own. */
static void
take(struct lease *l, enum verb verb)
{
	if (!is_ours(l)) {
		l->acquired_us = clock_wall_us();
		l->transitions += verb == VERB_CREATE ? 0 : 1;
	}
	if (l->acquired_us == 0)
		l->acquired_us = clock_wall_us();
	write_record(l, verb);
}

/* What is known -------------------------------------------------------------- */

static bool
learn(struct lease *l, struct str raw)
{
	struct lease_record r;
	uint64_t            seen;

	if (!lease_record_parse(raw, &r) || r.version.len >= sizeof(l->version) || r.holder.len >= sizeof(l->holder))
		return false;
	seen = sha256_u64(r.spec);
	if (seen != l->seen) {
		l->seen = seen;
		l->seen_ms = clock_mono_ms();
	}
	memcpy(l->version, r.version.at, r.version.len);
	l->version[r.version.len] = '\0';
	memcpy(l->holder, r.holder.at, r.holder.len);
	l->holder[r.holder.len] = '\0';
	l->holder_ms = r.seconds > 0 ? r.seconds * 1000 : LEASE_MS;
	l->transitions = r.transitions;
	l->acquired_us = r.acquired_us;
	return true;
}

static bool
is_free(const struct lease *l)
{
	return l->holder[0] == '\0' || is_ours(l) || clock_mono_ms() >= l->seen_ms + l->holder_ms;
}

static void
wait_for_holder(struct lease *l)
{
	int64_t expires_ms = l->seen_ms + l->holder_ms;

	if (!l->watch.busy && clock_mono_ms() >= l->watch_after_ms)
		watch_open(l);
	try_later(l);
	if (expires_ms < l->timer.at_ms)
		loop_timer_set(&l->timer, expires_ms);
}

static void
lose(struct lease *l, const char *why)
{
	LOG(LOG_WARN, "the lease is lost", LOG_STR("why", str_of(why)), LOG_STR("holder", str_of(l->holder)));
	api_cancel(&l->request);
	loop_timer_stop(&l->limit);
	l->state = LEASE_WAITING;
	metric_set(METRIC_LEADING, 0);
	try_later(l);
	l->lost(l);
}

/* It has just been seen. */
static void
consider(struct lease *l)
{
	switch (l->state) {
	case LEASE_WAITING:
		if (is_free(l))
			take(l, VERB_UPDATE);
		else
			wait_for_holder(l);
		break;
	case LEASE_HELD:
		if (is_ours(l))
			write_record(l, VERB_UPDATE);
		else
			lose(l, "somebody else holds it");
		break;
	case LEASE_RELEASING:
		if (is_ours(l))
			write_record(l, VERB_UPDATE);
		else
			loop_timer_set(&l->limit, clock_mono_ms());
		break;
	case LEASE_OVER:
		break;
	}
}

/* Answers -------------------------------------------------------------------- */

static void
written(struct lease *l, struct str body)
{
	bool gained = l->state == LEASE_WAITING;

	if (l->state == LEASE_RELEASING) {
		loop_timer_set(&l->limit, clock_mono_ms());
		return;
	}
	if (!learn(l, body))
		l->version[0] = '\0';
	l->asked_again = false;
	l->renewed_ms = l->sent_ms;
	l->state = LEASE_HELD;
	metric_set(METRIC_LEADING, 1);
	loop_timer_set(&l->limit, l->renewed_ms + LEASE_RENEW_MS);
	loop_timer_set(&l->timer, l->sent_ms + LEASE_RETRY_MS);
	if (!gained)
		return;
	api_cancel(&l->watch);
	l->gained(l);
}

/* A conflict: somebody has touched it.  Look at once, but not for ever. */
static void
refused(struct lease *l, const struct answer *a)
{
	bool conflict = a->status == 409 && l->state != LEASE_WAITING && !l->asked_again;

	LOG(a->status == 409 ? LOG_DEBUG : LOG_WARN, "lease", LOG_STR("why", a->message),
	    LOG_STR("verb", str_of(verb_text(l->request.verb))));
	l->asked_again = conflict;
	if (conflict)
		look(l);
	else
		try_later(l);
}

static void
answered(struct request *q, const struct answer *a)
{
	struct lease *l = q->owner;

	if (q->verb == VERB_GET && a->status == 404 && l->state == LEASE_WAITING) {
		l->holder[0] = '\0';
		l->transitions = 0;
		take(l, VERB_CREATE);
	} else if (a->status == 404 && l->state == LEASE_HELD)
		lose(l, "it was deleted");
	else if (a->status == 404 && l->state == LEASE_RELEASING)
		loop_timer_set(&l->limit, clock_mono_ms());
	else if (!a->ok)
		refused(l, a);
	else if (q->verb != VERB_GET)
		written(l, a->body);
	else if (learn(l, a->body))
		consider(l);
	else {
		LOG(LOG_ERROR, "the Lease cannot be understood", LOG_STR("name", l->name));
		try_later(l);
	}
}

static void
due(struct loop_timer *t)
{
	struct lease *l = t->owner;
	int64_t       now = clock_mono_ms();

	if (l->request.busy)
		return;
	if (l->state == LEASE_WAITING && l->watch.busy && now - l->heard_ms < SILENT_MS && !is_free(l))
		wait_for_holder(l);
	else if (l->state == LEASE_HELD && l->version[0] != '\0')
		write_record(l, VERB_UPDATE);
	else
		look(l);
}

static void
limit(struct loop_timer *t)
{
	struct lease *l = t->owner;

	if (l->state == LEASE_HELD) {
		lose(l, "it could not be renewed in time");
		return;
	}
	lease_stop(l);
	l->released(l);
}

/* Watch ----------------------------------------------------------------------- */

static bool
take_line(struct lease *l, struct str line)
{
	struct watch_line w;
	bool              idle = l->state == LEASE_WAITING && !l->request.busy;

	watch_line_parse(line, &w);
	if (w.event == WATCH_BOOKMARK)
		return true;
	l->heard_ms = clock_mono_ms();
	if (w.event == WATCH_DELETED && idle)
		look(l);
	else if ((w.event == WATCH_ADDED || w.event == WATCH_MODIFIED) && idle && learn(l, w.object))
		consider(l);
	return w.event != WATCH_ERROR && w.event != WATCH_BROKEN;
}

static bool
on_piece(struct request *q, struct str piece)
{
	struct lease *l = q->owner;
	struct str    line;

	if (!buf_add(&l->line, piece))
		return false;
	while (buf_line(&l->line, &line))
		if (!take_line(l, line))
			return false;
	return true;
}

static void
watch_done(struct request *q, const struct answer *a)
{
	struct lease *l = q->owner;

	if (!a->ok)
		l->watch_after_ms = clock_mono_ms() + WATCH_RETRY_MS;
}

static void
watch_open(struct lease *l)
{
	struct out o = out_over(l->query, sizeof(l->query)), field;
	char       text[300];

	field = out_over(text, sizeof(text));
	OUT(&field, STR("metadata.name="), l->name);
	query_add(&o, STR("fieldSelector"), out_view(&field));
	query_add(&o, STR("resourceVersion"), str_of(l->version));
	out_str(&o, STR("&timeoutSeconds="));
	out_int(&o, LEASE_WATCH_S);
	CHECK(out_ok(&o) && out_ok(&field));
	buf_reset(&l->line);
	l->watch.verb = VERB_WATCH;
	l->watch.kind = &kind_lease;
	l->watch.ns = l->ns;
	l->watch.query = out_view(&o);
	l->watch.done = watch_done;
	l->watch.on_piece = on_piece;
	l->watch.owner = l;
	l->watch.deadline_ms = clock_mono_ms() + 1000 * LEASE_WATCH_S + LEASE_RETRY_MS;
	l->heard_ms = clock_mono_ms();
	api_send(l->api, &l->watch);
}

/* Owner ------------------------------------------------------------------------ */

void
lease_start(struct lease *l)
{
	CHECK(l->identity.len > 0 && l->identity.len < sizeof(l->holder));
	if (l->line.base == NULL)
		buf_init(&l->line, LEASE_LINE_MAX);
	l->timer = (struct loop_timer){ .due = due, .owner = l };
	l->limit = (struct loop_timer){ .due = limit, .owner = l };
	l->state = LEASE_WAITING;
	look(l);
}

/* Whether a renewal in flight was done is not known: a conflict will tell. */
void
lease_release(struct lease *l)
{
	bool held = l->state == LEASE_HELD;

	CHECK(l->state == LEASE_HELD || l->state == LEASE_WAITING);
	api_cancel(&l->request);
	api_cancel(&l->watch);
	loop_timer_stop(&l->timer);
	l->state = LEASE_RELEASING;
	metric_set(METRIC_LEADING, 0);
	l->asked_again = false;
	loop_timer_set(&l->limit, clock_mono_ms() + (held ? LEASE_RELEASE_MS : 0));
	if (held && l->version[0] != '\0')
		write_record(l, VERB_UPDATE);
	else if (held)
		look(l);
}

void
lease_stop(struct lease *l)
{
	api_cancel(&l->request);
	api_cancel(&l->watch);
	loop_timer_stop(&l->timer);
	loop_timer_stop(&l->limit);
	l->state = LEASE_OVER;
}
