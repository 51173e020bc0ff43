/*
 * queue.h - keys that are due: one entry a key, the earliest time wins, one
 * in flight; a key that comes while its pass runs is held until that ends.
 *
 * run() begins a run; queue_done() ends it, from inside run() or later.  A
 * key that has failed listens to events again after its backoff, but after
 * QUEUE_DEAF_MS at most; never before the server's Retry-After.
 */
#ifndef K8S_QUEUE_H
#define K8S_QUEUE_H

#include "kernel/loop.h"
#include "kernel/str.h"

#define QUEUE_BACKOFF_MS     100
#define QUEUE_BACKOFF_MAX_MS 60000
#define QUEUE_DEAF_MS        2000

struct queue_entry {                 /* embedded in what the key stands for */
	struct loop_timer   timer;
	struct queue_entry *next;        /* ready list */
	int64_t             due_ms;      /* -1: not queued */
	bool                running, again, ready;
	/* In a row: backoff 0.1 s doubling to 60 s, with jitter.  The owner sets 0. */
	int                 failures;
	struct queue       *queue;
	int64_t             not_before_ms;
};

struct queue {
	void             (*run)(struct queue *, struct queue_entry *);
	void              *owner;
	int                running, running_max;
	struct queue_entry *first, *last;
	struct loop_task   pump;
	bool               stopped;      /* nothing is begun (not the leader) */
	int                waiting;      /* are due, for want of a free run or because it is stopped */
};

void queue_init(struct queue *q, int running_max, void (*run)(struct queue *, struct queue_entry *),
                void *owner);
void queue_entry_init(struct queue *q, struct queue_entry *e);
void queue_now(struct queue_entry *e);
void queue_at(struct queue_entry *e, int64_t at_ms);         /* earlier of this and what is set */
/* Its run has failed: backs off; before queue_done().  at_least: Retry-After, 0 */
void queue_failed(struct queue_entry *e, int64_t at_least_ms);
void queue_done(struct queue_entry *e);                      /* its run has ended */
void queue_remove(struct queue_entry *e);                    /* the key is gone; its run must still end */
void queue_stop(struct queue *q);
void queue_start(struct queue *q);

#endif
