/*
 * loop.h - the only place that waits.  A world file: tests bring their own.
 *
 * One loop a process.  A turn: wait until something is due, then run what is
 * ready, then what is due, then what was asked for `soon`.  Callbacks may
 * add, change and remove anything, themselves included.
 */
#ifndef KERNEL_LOOP_H
#define KERNEL_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOOP_READ  = 1,
	LOOP_WRITE = 2,
};

struct loop_io {
	int      fd;
	unsigned want;                                       /* LOOP_ bits; 0: not even errors are told */
	void   (*ready)(struct loop_io *, unsigned events);  /* errors come as both bits */
	void    *owner;
	bool     added;
};

struct loop_timer {
	int64_t  at_ms;                        /* clock_mono_ms() */
	void   (*due)(struct loop_timer *);
	void    *owner;
	size_t   place;                        /* in the heap; 0: not set */
};

struct loop_task {                         /* once, at the end of this turn */
	void   (*run)(struct loop_task *);
	void    *owner;
	struct loop_task *next;
	bool     queued;
};

void    loop_init(void);
void    loop_io_want(struct loop_io *io, unsigned want);     /* adds it at first */
void    loop_io_remove(struct loop_io *io);                  /* before its fd is closed */
void    loop_timer_set(struct loop_timer *t, int64_t at_ms); /* moves it if set */
void    loop_timer_stop(struct loop_timer *t);
void    loop_soon(struct loop_task *t);
void    loop_soon_cancel(struct loop_task *t);

/* Called from the loop, not from a signal handler.  The signal is blocked
 * from now on, also in a child that is made later: it must unblock it. */
void    loop_on_signal(int sig, void (*got)(int sig, void *owner), void *owner);

int64_t  loop_now_ms(void);       /* clock_mono_ms() as this turn began */
uint64_t loop_turns(void);        /* how many have begun: for budgets of one turn */
void    loop_run(void);           /* until loop_stop() */
bool    loop_turn(int64_t wait_ms_max);    /* one; -1: wait as long as it takes; false: nothing was done */
void    loop_stop(void);

#endif
