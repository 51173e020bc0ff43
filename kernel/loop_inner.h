/*
 * loop_inner.h - the part of the loop that does not wait: timers and tasks.
 *
 * loop.c runs it against epoll and the clock; the tests' loop runs the same
 * code against a clock that they drive.
 */
#ifndef KERNEL_LOOP_INNER_H
#define KERNEL_LOOP_INNER_H

#include "kernel/loop.h"

#define LOOP_TIMERS_MAX (1u << 18)

void    loop_due_reset(void);                /* forgets all timers and tasks without touching them */
int64_t loop_due_at_ms(void);                /* the earliest timer; INT64_MAX: none is set */
bool    loop_due_run(int64_t now_ms);        /* timers; those set meanwhile wait for the next turn */
bool    loop_soon_waits(void);
bool    loop_soon_run(void);                 /* tasks; those queued meanwhile wait for the next turn */

#endif
