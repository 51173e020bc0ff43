/* queue.c - keys that are due, and a bounded number of them in flight. */
#include "k8s/queue.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/random.h"

static void
make_ready(struct queue_entry *e)
{
	struct queue *q = e->queue;

	CHECK(!e->running && !e->ready);
	loop_timer_stop(&e->timer);
	e->due_ms = -1;
	e->ready = true;
	e->next = NULL;
	if (q->last != NULL)
		q->last->next = e;
	else
		q->first = e;
	q->last = e;
	q->waiting++;
	if (!q->stopped)
		loop_soon(&q->pump);
}

static struct queue_entry *
take_ready(struct queue *q)
{
	struct queue_entry *e = q->first;

	q->first = e->next;
	if (q->first == NULL)
		q->last = NULL;
	q->waiting--;
	e->next = NULL;
	e->ready = false;
	return e;
}

/* What becomes ready meanwhile has its turn next time. */
static void
pump(struct loop_task *t)
{
	struct queue *q = t->owner;

	for (int turns = q->waiting; turns > 0; turns--) {
		struct queue_entry *e;

		if (q->stopped || q->first == NULL || q->running == q->running_max)
			return;
		e = take_ready(q);
		e->running = true;
		q->running++;
		q->run(q, e);
	}
}

static void
due(struct loop_timer *t)
{
	struct queue_entry *e = t->owner;

	make_ready(e);
}

void
queue_init(struct queue *q, int running_max, void (*run)(struct queue *, struct queue_entry *), void *owner)
{
	CHECK(running_max > 0);
	*q = (struct queue){ .run = run, .owner = owner, .running_max = running_max };
	q->pump = (struct loop_task){ .run = pump, .owner = q };
}

void
queue_entry_init(struct queue *q, struct queue_entry *e)
{
	*e = (struct queue_entry){ .queue = q, .due_ms = -1 };
	e->timer = (struct loop_timer){ .due = due, .owner = e };
}

void
queue_at(struct queue_entry *e, int64_t at_ms)
{
	if (at_ms < e->not_before_ms)
		at_ms = e->not_before_ms;
	if (e->ready || (e->due_ms >= 0 && e->due_ms <= at_ms))
		return;
	e->due_ms = at_ms;
	if (e->running)
		return;
	if (at_ms <= loop_now_ms())
		make_ready(e);
	else
		loop_timer_set(&e->timer, at_ms);
}

void
queue_now(struct queue_entry *e)
{
	if (e->running)
		e->again = true;
	else
		queue_at(e, loop_now_ms());
}

static int64_t
delay(int failures)
{
	int64_t ms = QUEUE_BACKOFF_MS;

	for (int i = 1; i < failures && ms < QUEUE_BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > QUEUE_BACKOFF_MAX_MS)
		ms = QUEUE_BACKOFF_MAX_MS;
	return ms / 2 + (int64_t)(random_u64() % (uint64_t)(ms / 2 + 1));
}

void
queue_failed(struct queue_entry *e, int64_t at_least_ms)
{
	int64_t now = loop_now_ms(), ms, deaf;

	if (e->failures < 32)
		e->failures++;
	ms = delay(e->failures);
	deaf = ms < QUEUE_DEAF_MS ? ms : QUEUE_DEAF_MS;
	e->not_before_ms = now + (at_least_ms > deaf ? at_least_ms : deaf);
	queue_at(e, now + (at_least_ms > ms ? at_least_ms : ms));
}

void
queue_done(struct queue_entry *e)
{
	struct queue *q = e->queue;
	int64_t       at_ms = e->due_ms;
	bool          again = e->again;

	CHECK(e->running && q->running > 0);
	e->running = e->again = false;
	e->due_ms = -1;
	q->running--;
	if (at_ms >= 0)
		queue_at(e, at_ms);
	if (again)
		queue_now(e);
	if (q->first != NULL && !q->stopped)
		loop_soon(&q->pump);
}

static void
unlink_ready(struct queue_entry *e)
{
	struct queue        *q = e->queue;
	struct queue_entry **at = &q->first, *before = NULL;

	while (*at != e) {
		before = *at;
		at = &(*at)->next;
	}
	*at = e->next;
	if (q->last == e)
		q->last = before;
	e->next = NULL;
	e->ready = false;
	q->waiting--;
}

void
queue_remove(struct queue_entry *e)
{
	loop_timer_stop(&e->timer);
	if (e->ready)
		unlink_ready(e);
	e->due_ms = -1;
	e->again = false;
	e->failures = 0;
	e->not_before_ms = 0;
}

void
queue_stop(struct queue *q)
{
	q->stopped = true;
}

void
queue_start(struct queue *q)
{
	q->stopped = false;
	if (q->first != NULL)
		loop_soon(&q->pump);
}
