/* test_loop.c - timers, tasks and turns, in driven time. */
#include "kernel/clock.h"
#include "kernel/loop.h"
#include "kernel/random.h"
#include "test.h"
#include "tests/world/world.h"

static char       text[512];
static struct out told;

static void
start(void)
{
	world_reset();
	told = out_over(text, sizeof(text));
}

struct named {
	struct loop_timer timer;
	struct loop_task  task;
	const char       *name;
};

static void
timer_tells(struct loop_timer *t)
{
	struct named *n = t->owner;

	OUT(&told, str_of(n->name), STR("@"));
	out_int(&told, clock_mono_ms() - 1000000);
	out_char(&told, ' ');
}

static void
task_tells(struct loop_task *t)
{
	struct named *n = t->owner;

	OUT(&told, str_of(n->name), STR(" "));
}

static struct named
named(const char *name)
{
	return (struct named){ .timer.due = timer_tells, .task.run = task_tells, .name = name };
}

static void
set(struct named *n, int64_t after_ms)
{
	n->timer.owner = n;
	loop_timer_set(&n->timer, clock_mono_ms() + after_ms);
}

static void
soon(struct named *n)
{
	n->task.owner = n;
	loop_soon(&n->task);
}

static void
timers_come_in_their_order(void)
{
	struct named a = named("a"), b = named("b"), c = named("c");

	start();
	set(&a, 30);
	set(&b, 10);
	set(&c, 20);
	world_pass_ms(100);
	EXPECT_TEXT(out_view(&told), "b@10 c@20 a@30 ");
	CU_ASSERT_EQUAL(clock_mono_ms(), 1000100);
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
}

static void
a_timer_is_moved_and_stopped(void)
{
	struct named a = named("a"), b = named("b"), c = named("c");

	start();
	set(&a, 10);
	set(&b, 20);
	set(&c, 30);
	set(&a, 40);
	loop_timer_stop(&b.timer);
	loop_timer_stop(&b.timer);
	world_pass_ms(100);
	EXPECT_TEXT(out_view(&told), "c@30 a@40 ");
}

static int64_t last_ms;
static size_t  dues;

static void
counts(struct loop_timer *t)
{
	CU_ASSERT_EQUAL(t->at_ms, clock_mono_ms());
	CU_ASSERT(t->at_ms >= last_ms);
	last_ms = t->at_ms;
	dues++;
}

static void
a_heap_of_many_stays_in_order(void)
{
	static struct loop_timer timers[1000];
	size_t                   stopped = 0;

	start();
	last_ms = 0;
	dues = 0;
	for (size_t i = 0; i < 1000; i++) {
		timers[i] = (struct loop_timer){ .due = counts };
		loop_timer_set(&timers[i], clock_mono_ms() + (int64_t)(random_u64() % 500));
	}
	for (size_t i = 0; i < 1000; i += 3) {
		loop_timer_stop(&timers[i]);
		stopped++;
	}
	for (size_t i = 1; i < 1000; i += 3)
		loop_timer_set(&timers[i], clock_mono_ms() + (int64_t)(random_u64() % 500));
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(dues, 1000 - stopped);
}

static int again_left;

static void
again(struct loop_timer *t)
{
	out_char(&told, '.');
	if (--again_left > 0)
		loop_timer_set(t, 0);
}

static void
a_timer_that_is_always_due_does_not_hold_the_turn(void)
{
	struct loop_timer t = { .due = again };

	start();
	again_left = 3;
	loop_timer_set(&t, 0);
	loop_turn(0);
	EXPECT_TEXT(out_view(&told), ".");
	world_settle();
	EXPECT_TEXT(out_view(&told), "...");
}

static struct named *victim;

static void
stops_victim(struct loop_timer *t)
{
	(void)t;
	loop_timer_stop(&victim->timer);
	loop_soon_cancel(&victim->task);
}

static void
a_timer_may_stop_another_that_is_due(void)
{
	struct named      a = named("a");
	struct loop_timer t = { .due = stops_victim };

	start();
	victim = &a;
	loop_timer_set(&t, clock_mono_ms() - 2);
	set(&a, -1);
	soon(&a);
	world_settle();
	EXPECT_TEXT(out_view(&told), "");
}

static void
a_task_runs_once_in_the_order_of_asking(void)
{
	struct named a = named("a"), b = named("b"), c = named("c");

	start();
	soon(&b);
	soon(&a);
	soon(&c);
	soon(&b);
	loop_soon_cancel(&c.task);
	loop_soon_cancel(&c.task);
	world_settle();
	EXPECT_TEXT(out_view(&told), "b a ");
	soon(&c);
	world_settle();
	EXPECT_TEXT(out_view(&told), "b a c ");
}

static void
asks_again(struct loop_task *t)
{
	out_char(&told, '.');
	if (--again_left > 0)
		loop_soon(t);
}

static void
a_task_asked_for_by_a_task_waits_for_the_next_turn(void)
{
	struct loop_task t = { .run = asks_again };

	start();
	again_left = 2;
	loop_soon(&t);
	loop_turn(0);
	EXPECT_TEXT(out_view(&told), ".");
	loop_turn(0);
	EXPECT_TEXT(out_view(&told), "..");
	CU_ASSERT_FALSE(loop_turn(0));
}

static void
cancels_victim(struct loop_task *t)
{
	(void)t;
	loop_soon_cancel(&victim->task);
}

static void
a_task_may_cancel_one_that_would_run_next(void)
{
	struct named     a = named("a"), b = named("b");
	struct loop_task t = { .run = cancels_victim };

	start();
	victim = &a;
	loop_soon(&t);
	soon(&a);
	soon(&b);
	world_settle();
	EXPECT_TEXT(out_view(&told), "b ");
	soon(&a);
	world_settle();
	EXPECT_TEXT(out_view(&told), "b a ");
}

SUITE(test_loop,
    { "timers come in their order", timers_come_in_their_order },
    { "a timer is moved and stopped", a_timer_is_moved_and_stopped },
    { "a heap of many stays in order", a_heap_of_many_stays_in_order },
    { "a timer that is always due does not hold the turn",
      a_timer_that_is_always_due_does_not_hold_the_turn },
    { "a timer may stop another that is due", a_timer_may_stop_another_that_is_due },
    { "a task runs once, in the order of asking", a_task_runs_once_in_the_order_of_asking },
    { "a task asked for by a task waits for the next turn",
      a_task_asked_for_by_a_task_waits_for_the_next_turn },
    { "a task may cancel one that would run next", a_task_may_cancel_one_that_would_run_next });
