/* loop.c - waits with epoll; signals come through a descriptor like all else. */
#include "kernel/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/loop_inner.h"
#include "kernel/metric.h"

#define EVENTS_MAX 64

struct handler {
	void (*got)(int sig, void *owner);
	void  *owner;
};

static int                epoll_fd = -1;
static struct epoll_event events[EVENTS_MAX];    /* of this turn; data.ptr is NULL once removed */
static int                events_count;
static int64_t            now_ms;
static uint64_t           turns;
static bool               stopped;

static struct handler     handlers[NSIG];
static sigset_t           signals;
static struct loop_io     signal_io = { .fd = -1 };

void
loop_init(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	CHECK(epoll_fd < 0);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	CHECK(epoll_fd >= 0);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&signals);
	now_ms = clock_mono_ms();
}

/* An io that is removed, or wants nothing more, gets no event of this turn. */
static void
forget_events(const struct loop_io *io)
{
	for (int i = 0; i < events_count; i++)
		if (events[i].data.ptr == io)
			events[i].data.ptr = NULL;
}

void
loop_io_want(struct loop_io *io, unsigned want)
{
	struct epoll_event ev = {
		.events = ((want & LOOP_READ) ? EPOLLIN : 0u) | ((want & LOOP_WRITE) ? EPOLLOUT : 0u),
		.data.ptr = io,
	};

	if (io->added && io->want == want)
		return;
	/* Errors are reported even to who wants nothing, again and again: so
	 * epoll does not know such an io at all. */
	if (want == 0) {
		loop_io_remove(io);
		return;
	}
	CHECK(epoll_ctl(epoll_fd, io->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, io->fd, &ev) == 0);
	io->want = want;
	io->added = true;
}

void
loop_io_remove(struct loop_io *io)
{
	io->want = 0;
	if (!io->added)
		return;
	CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_DEL, io->fd, NULL) == 0);
	io->added = false;
	forget_events(io);
}

static void
signals_ready(struct loop_io *io, unsigned which)
{
	struct signalfd_siginfo info;

	(void)which;
	while (read(io->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		struct handler *h = &handlers[info.ssi_signo % NSIG];

		if (h->got != NULL)
			h->got((int)info.ssi_signo, h->owner);
	}
}

void
loop_on_signal(int sig, void (*got)(int sig, void *owner), void *owner)
{
	CHECK(sig > 0 && sig < NSIG);
	handlers[sig] = (struct handler){ got, owner };
	sigaddset(&signals, sig);
	CHECK(sigprocmask(SIG_BLOCK, &signals, NULL) == 0);
	signal_io.fd = signalfd(signal_io.fd, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	CHECK(signal_io.fd >= 0);
	signal_io.ready = signals_ready;
	loop_io_want(&signal_io, LOOP_READ);
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

/* How long epoll may wait, -1: for ever. */
static int
wait_ms(int64_t most)
{
	int64_t due = loop_due_at_ms(), left;

	if (loop_soon_waits())
		return 0;
	if (due != INT64_MAX) {
		left = due - clock_mono_ms();
		if (left < 0)
			left = 0;
		if (most < 0 || left < most)
			most = left;
	}
	return most > INT32_MAX ? INT32_MAX : (int)most;
}

static bool
run_ready(void)
{
	bool done = events_count > 0;

	for (int i = 0; i < events_count; i++) {
		struct loop_io *io = events[i].data.ptr;
		unsigned        came = 0;

		if (io == NULL)
			continue;
		if (events[i].events & EPOLLIN)
			came |= LOOP_READ;
		if (events[i].events & EPOLLOUT)
			came |= LOOP_WRITE;
		if (events[i].events & (EPOLLERR | EPOLLHUP))
			came = LOOP_READ | LOOP_WRITE;
		io->ready(io, came);
	}
	events_count = 0;
	return done;
}

/* How long this turn kept all that came meanwhile waiting. */
static void
measure(int64_t began_us)
{
	int64_t us = clock_mono_us() - began_us;

	metric_time(METRIC_TURNS, us);
	if (us > 0 && (uint64_t)us > metric_cells[METRIC_STALL])
		metric_set(METRIC_STALL, (uint64_t)us);
}

bool
loop_turn(int64_t wait_ms_max)
{
	int     n = epoll_wait(epoll_fd, events, EVENTS_MAX, wait_ms(wait_ms_max < 0 ? -1 : wait_ms_max));
	int64_t began_us = clock_mono_us();
	bool    done;

	CHECK(n >= 0 || errno == EINTR);
	events_count = n < 0 ? 0 : n;
	now_ms = began_us / 1000;
	turns++;
	done = run_ready();
	done |= loop_due_run(now_ms);
	done |= loop_soon_run();
	measure(began_us);
	return done;
}

void
loop_run(void)
{
	for (stopped = false; !stopped;)
		loop_turn(-1);
}

void
loop_stop(void)
{
	stopped = true;
}
