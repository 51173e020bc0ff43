/*
 * loop.c - the loop over descriptors that are only numbers.
 *
 * Timers and tasks are the program's own (kernel/loop_due.c); what is ready
 * is asked of the sockets in memory, in the order of their numbers.
 */
#include "kernel/loop_inner.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "world_inner.h"

#define IOS_MAX   4096
#define TURNS_MAX 5000000      /* a program that is still busy then is busy for nothing */

static struct loop_io *ios[IOS_MAX];      /* by number, in order */
static size_t          ios_count;
static int64_t         now_ms;
static uint64_t        turns;
static bool            stopped;

void
loop_reset(void)
{
	ios_count = 0;
	loop_due_reset();
	now_ms = clock_mono_ms();
}

void
loop_init(void)
{
}

static size_t
place_of(const struct loop_io *io)
{
	size_t i = 0;

	while (i < ios_count && ios[i] != io)
		i++;
	return i;
}

void
loop_io_want(struct loop_io *io, unsigned want)
{
	size_t i = ios_count;

	if (want == 0) {
		loop_io_remove(io);
		return;
	}
	io->want = want;
	if (io->added && place_of(io) < ios_count)
		return;
	CHECK(ios_count < IOS_MAX);
	for (; i > 0 && ios[i - 1]->fd > io->fd; i--)
		ios[i] = ios[i - 1];
	CHECK(i == 0 || ios[i - 1]->fd != io->fd);
	ios[i] = io;
	ios_count++;
	io->added = true;
}

void
loop_io_remove(struct loop_io *io)
{
	size_t i = place_of(io);

	io->want = 0;
	io->added = false;
	if (i == ios_count)
		return;
	ios_count--;
	memmove(&ios[i], &ios[i + 1], (ios_count - i) * sizeof(ios[0]));
}

void
loop_on_signal(int sig, void (*got)(int sig, void *owner), void *owner)
{
	(void)sig, (void)got, (void)owner;
}

int64_t
loop_now_ms(void)
{
	return now_ms;
}

uint64_t
loop_turns(void)
{
	return turns;
}

/* By number, because a callback may remove any of them. */
static bool
run_ready(void)
{
	bool done = false;
	int  last = -1;

	for (size_t i = 0; i < ios_count;) {
		struct loop_io *io = ios[i];
		unsigned        came;

		if (io->fd <= last) {
			i++;
			continue;
		}
		last = io->fd;
		came = socket_broken(io->fd) ? LOOP_READ | LOOP_WRITE : socket_ready(io->fd) & io->want;
		if (came != 0) {
			io->ready(io, came);
			done = true;
			i = 0;
		}
	}
	return done;
}

bool
loop_turn(int64_t wait_ms_max)
{
	bool done;

	(void)wait_ms_max;
	now_ms = clock_mono_ms();
	turns++;
	done = run_ready();
	done |= loop_due_run(now_ms);
	done |= loop_soon_run();
	return done;
}

void
world_settle(void)
{
	int  left = TURNS_MAX;
	bool moved;

	do {
		CHECK(left-- > 0);
		moved = socket_deliver();
		moved |= loop_turn(0);
	} while (moved);
}

int64_t
world_next_timer_ms(void)
{
	int64_t at = loop_due_at_ms();

	return at == INT64_MAX ? -1 : at > clock_mono_ms() ? at - clock_mono_ms() : 0;
}

void
world_pass_ms(int64_t ms)
{
	int64_t end = clock_mono_ms() + ms, next;

	world_settle();
	while ((next = loop_due_at_ms()) <= end) {
		clock_pass_us((next - clock_mono_ms()) * 1000);
		world_settle();
	}
	clock_pass_us((end - clock_mono_ms()) * 1000);
	world_settle();
}

void
loop_run(void)
{
	for (stopped = false; !stopped;) {
		world_settle();
		CHECK(stopped || world_next_timer_ms() >= 0);
		if (!stopped)
			world_pass_ms(world_next_timer_ms());
	}
}

void
loop_stop(void)
{
	stopped = true;
}

void
world_reset(void)
{
	clock_reset();
	random_reset();
	file_reset();
	socket_reset();
	loop_reset();
	log_setup(LOG_ERROR, false);
}
