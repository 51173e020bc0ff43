#include "k8s/queue.h"
#include "kernel/clock.h"
#include "test.h"
#include "tests/world/world.h"

static struct queue       q;
static struct queue_entry a, b, c;
static int                runs_of_a, runs_of_b, runs_of_c;
static bool               done_at_once, wakes_itself;

static void
run(struct queue *queue, struct queue_entry *e)
{
	CU_ASSERT_PTR_EQUAL(queue, &q);
	runs_of_a += e == &a;
	runs_of_b += e == &b;
	runs_of_c += e == &c;
	if (wakes_itself)
		queue_now(e);
	if (done_at_once)
		queue_done(e);
}

static void
begin(int running_max, bool at_once)
{
	world_reset();
	queue_init(&q, running_max, run, NULL);
	queue_entry_init(&q, &a);
	queue_entry_init(&q, &b);
	queue_entry_init(&q, &c);
	runs_of_a = runs_of_b = runs_of_c = 0;
	done_at_once = at_once;
	wakes_itself = false;
}

static void
one_key_has_one_entry(void)
{
	begin(4, true);
	queue_now(&a);
	queue_now(&a);
	queue_at(&a, clock_mono_ms() + 5);
	CU_ASSERT_EQUAL(runs_of_a, 0);
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	CU_ASSERT_EQUAL(q.running, 0);
}

static void
the_earliest_time_wins(void)
{
	begin(4, true);
	queue_at(&a, clock_mono_ms() + 500);
	queue_at(&a, clock_mono_ms() + 100);
	queue_at(&a, clock_mono_ms() + 900);
	world_pass_ms(99);
	CU_ASSERT_EQUAL(runs_of_a, 0);
	world_pass_ms(1);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	world_pass_ms(2000);
	CU_ASSERT_EQUAL(runs_of_a, 1);
}

static void
a_key_that_comes_while_its_pass_runs_is_held_until_that_ends(void)
{
	begin(4, false);
	queue_now(&a);
	world_settle();
	queue_now(&a);
	queue_now(&a);
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	queue_done(&a);
	world_settle();
	CU_ASSERT_EQUAL(runs_of_a, 2);
	queue_done(&a);
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(runs_of_a, 2);
}

static void
a_time_that_is_set_while_it_runs_counts_afterwards(void)
{
	begin(4, false);
	queue_now(&a);
	world_settle();
	queue_at(&a, clock_mono_ms() + 300);
	queue_done(&a);
	world_pass_ms(299);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	world_pass_ms(1);
	CU_ASSERT_EQUAL(runs_of_a, 2);
}

static void
no_more_run_at_once_than_are_allowed_and_the_rest_keep_their_order(void)
{
	begin(1, false);
	queue_now(&a);
	queue_now(&b);
	queue_now(&c);
	world_settle();
	CU_ASSERT_EQUAL(runs_of_a + runs_of_b + runs_of_c, 1);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	CU_ASSERT_EQUAL(q.waiting, 2);
	queue_done(&a);
	world_settle();
	CU_ASSERT_EQUAL(runs_of_b, 1);
	CU_ASSERT_EQUAL(runs_of_c, 0);
}

static void
a_failure_backs_off_longer_each_time(void)
{
	int64_t waited[12];

	begin(4, false);
	queue_now(&a);
	world_settle();
	for (int i = 0; i < 12; i++) {
		queue_failed(&a, 0);
		queue_done(&a);
		waited[i] = world_next_timer_ms();
		world_pass_ms(waited[i]);
		CU_ASSERT_EQUAL(runs_of_a, i + 2);
	}
	CU_ASSERT_TRUE(waited[0] >= 50 && waited[0] <= 100);
	CU_ASSERT_TRUE(waited[3] >= 400 && waited[3] <= 800);
	CU_ASSERT_TRUE(waited[11] >= 30000 && waited[11] <= 60000);
	a.failures = 0;
	queue_failed(&a, 0);
	queue_done(&a);
	CU_ASSERT_TRUE(world_next_timer_ms() <= 100);
}

static void
retry_after_is_the_least_wait(void)
{
	begin(4, false);
	queue_now(&a);
	world_settle();
	queue_failed(&a, 7000);
	queue_done(&a);
	queue_now(&a);
	world_pass_ms(6999);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	world_pass_ms(1);
	CU_ASSERT_EQUAL(runs_of_a, 2);
}

/* What failed is not tried again at the speed of the events that it makes itself. */
static void
events_shorten_a_backoff_to_two_seconds_but_not_to_nothing(void)
{
	begin(4, false);
	a.failures = 20;
	queue_now(&a);
	world_settle();
	queue_now(&a);
	queue_failed(&a, 0);
	queue_done(&a);
	world_pass_ms(1999);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	world_pass_ms(1);
	CU_ASSERT_EQUAL(runs_of_a, 2);
}

static void
nothing_is_begun_while_it_is_stopped(void)
{
	begin(4, true);
	queue_stop(&q);
	queue_now(&a);
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(runs_of_a, 0);
	CU_ASSERT_EQUAL(q.waiting, 1);
	queue_start(&q);
	queue_stop(&q);
	world_settle();
	CU_ASSERT_EQUAL(runs_of_a, 0);
	queue_start(&q);
	world_settle();
	CU_ASSERT_EQUAL(runs_of_a, 1);
}

static void
a_key_that_is_gone_is_not_run(void)
{
	begin(1, false);
	queue_now(&a);
	queue_now(&b);
	queue_now(&c);
	world_settle();
	queue_remove(&c);
	queue_at(&c, clock_mono_ms() + 10);
	queue_remove(&c);
	queue_now(&a);
	queue_remove(&a);
	queue_done(&a);
	world_settle();
	queue_done(&b);
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(runs_of_a, 1);
	CU_ASSERT_EQUAL(runs_of_b, 1);
	CU_ASSERT_EQUAL(runs_of_c, 0);
	CU_ASSERT_EQUAL(q.waiting, 0);
	CU_ASSERT_EQUAL(q.running, 0);
}

static void
a_key_that_wakes_itself_takes_turns_with_the_loop(void)
{
	begin(1, true);
	wakes_itself = true;
	queue_now(&a);
	loop_turn(0);
	loop_turn(0);
	loop_turn(0);
	CU_ASSERT_EQUAL(runs_of_a, 3);
	queue_stop(&q);
}

SUITE(test_queue,
    { "one key has one entry", one_key_has_one_entry },
    { "the earliest time wins", the_earliest_time_wins },
    { "a key that comes while its pass runs is held until that ends",
      a_key_that_comes_while_its_pass_runs_is_held_until_that_ends },
    { "a time that is set while it runs counts afterwards",
      a_time_that_is_set_while_it_runs_counts_afterwards },
    { "no more run at once than are allowed, the rest keep their order",
      no_more_run_at_once_than_are_allowed_and_the_rest_keep_their_order },
    { "a failure backs off longer each time", a_failure_backs_off_longer_each_time },
    { "Retry-After is the least wait", retry_after_is_the_least_wait },
    { "events shorten a backoff to two seconds, but not to nothing",
      events_shorten_a_backoff_to_two_seconds_but_not_to_nothing },
    { "nothing is begun while it is stopped", nothing_is_begun_while_it_is_stopped },
    { "a key that is gone is not run", a_key_that_is_gone_is_not_run },
    { "a key that wakes itself takes turns with the loop",
      a_key_that_wakes_itself_takes_turns_with_the_loop });
