/*
 * loop_due.c - timers in a binary heap, tasks in a queue.
 *
 * A timer knows its place in the heap, so it is moved and stopped without a
 * search.  Places count from 1; 0 says that it is not set.
 */
#include "kernel/check.h"
#include "kernel/loop_inner.h"
#include "kernel/memory.h"

static struct loop_timer **heap;         /* heap[1] is the earliest */
static size_t              heap_count;

/* Tasks of this turn and, while they run, those of the next. */
struct queue {
	struct loop_task  *first;
	struct loop_task **end;
};

static struct queue now_queue = { NULL, &now_queue.first };
static struct queue next_queue = { NULL, &next_queue.first };

static void
put(size_t place, struct loop_timer *t)
{
	heap[place] = t;
	t->place = place;
}

static void
rise(size_t place, struct loop_timer *t)
{
	for (; place > 1 && heap[place / 2]->at_ms > t->at_ms; place /= 2)
		put(place, heap[place / 2]);
	put(place, t);
}

static void
sink(size_t place, struct loop_timer *t)
{
	for (;;) {
		size_t child = 2 * place;

		if (child > heap_count)
			break;
		if (child < heap_count && heap[child + 1]->at_ms < heap[child]->at_ms)
			child++;
		if (heap[child]->at_ms >= t->at_ms)
			break;
		put(place, heap[child]);
		place = child;
	}
	put(place, t);
}

/* The heap has the last word, not the timer: its memory may have been used before. */
static bool
is_set(const struct loop_timer *t)
{
	return t->place > 0 && t->place <= heap_count && heap[t->place] == t;
}

void
loop_timer_set(struct loop_timer *t, int64_t at_ms)
{
	if (is_set(t))
		loop_timer_stop(t);
	if (heap == NULL)
		heap = memory_reserve((LOOP_TIMERS_MAX + 1) * sizeof(heap[0]));
	CHECK(heap_count < LOOP_TIMERS_MAX);
	t->at_ms = at_ms;
	heap_count++;
	rise(heap_count, t);
}

void
loop_timer_stop(struct loop_timer *t)
{
	struct loop_timer *last;
	size_t             place = t->place;

	if (is_set(t)) {
		last = heap[heap_count--];
		if (last != t && place > 1 && heap[place / 2]->at_ms > last->at_ms)
			rise(place, last);
		else if (last != t)
			sink(place, last);
	}
	t->place = 0;
}

int64_t
loop_due_at_ms(void)
{
	return heap_count > 0 ? heap[1]->at_ms : INT64_MAX;
}

bool
loop_due_run(int64_t now_ms)
{
	bool done = false;

	/* At most as many as were set when it began: a timer that sets itself
	 * to the past must not hold the turn for ever. */
	for (size_t left = heap_count; left > 0 && loop_due_at_ms() <= now_ms; left--) {
		struct loop_timer *t = heap[1];

		loop_timer_stop(t);
		t->due(t);
		done = true;
	}
	return done;
}

void
loop_soon(struct loop_task *t)
{
	if (t->queued)
		return;
	t->queued = true;
	t->next = NULL;
	*next_queue.end = t;
	next_queue.end = &t->next;
}

static bool
unlink_from(struct queue *q, struct loop_task *t)
{
	for (struct loop_task **at = &q->first; *at != NULL; at = &(*at)->next) {
		if (*at != t)
			continue;
		*at = t->next;
		if (q->end == &t->next)
			q->end = at;
		return true;
	}
	return false;
}

void
loop_soon_cancel(struct loop_task *t)
{
	if (!t->queued)
		return;
	if (!unlink_from(&now_queue, t))
		unlink_from(&next_queue, t);
	t->queued = false;
}

bool
loop_soon_waits(void)
{
	return next_queue.first != NULL;
}

bool
loop_soon_run(void)
{
	struct loop_task *t;
	bool              done = loop_soon_waits();

	now_queue.first = next_queue.first;
	now_queue.end = done ? next_queue.end : &now_queue.first;
	next_queue.first = NULL;
	next_queue.end = &next_queue.first;
	while ((t = now_queue.first) != NULL) {
		unlink_from(&now_queue, t);
		t->queued = false;
		t->run(t);
	}
	return done;
}

void
loop_due_reset(void)
{
	heap_count = 0;
	now_queue.first = NULL;
	now_queue.end = &now_queue.first;
	next_queue.first = NULL;
	next_queue.end = &next_queue.first;
}
