/* test_client_kept.c - the HTTP client: kept connections, their races, and time. */
#include "asker.h"

static struct asker a, b, c, d;

/* Connections -------------------------------------------------------------- */

static void
a_connection_is_used_again_after_a_whole_answer(void)
{
	open_client(4);
	for (int i = 0; i < 3; i++) {
		ask(&a, "a");
		EXPECT_ASKED(0, GET_X);
		answer(0, STR(HELLO));
		EXPECT_LOG("a answered 200 hello\n");
	}
	CU_ASSERT_EQUAL(peers_count, 1);
	close_client();
}

static void
a_connection_is_not_used_again_when_either_side_is_done_with_it(void)
{
	static const struct str cases[] = {
		STR_INIT(OK "Connection: close\r\nContent-Length: 5\r\n\r\nhello"),
		STR_INIT("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		STR_INIT(HELLO "more"),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_client(1);
		ask(&a, "a");
		answer(0, cases[i]);
		CU_ASSERT(world_ended(peers[0]));
		ask(&b, "b");
		answer(1, STR(HELLO));
		EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
		close_client();
	}
}

static void
a_connection_that_speaks_without_being_asked_is_dropped(void)
{
	open_client(1);
	ask(&a, "a");
	answer(0, STR(HELLO));
	answer(0, STR("HTTP/1.1 408 Request Timeout\r\n\r\n"));
	CU_ASSERT(world_ended(peers[0]));
	close_client();
}

static void
calls_wait_in_order(void)
{
	open_client(1);
	ask(&a, "a");
	ask(&b, "b");
	ask(&c, "c");
	EXPECT_ASKED(0, GET_X);
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\n");
	EXPECT_ASKED(0, GET_X);
	answer(0, STR(HELLO));
	EXPECT_LOG("b answered 200 hello\n");
	answer(0, STR(HELLO));
	EXPECT_LOG("c answered 200 hello\n");
	CU_ASSERT_EQUAL(peers_count, 1);
	close_client();
}

static void
there_are_at_most_so_many_connections(void)
{
	open_client(2);
	ask(&a, "a");
	ask(&b, "b");
	ask(&c, "c");
	ask(&d, "d");
	CU_ASSERT_EQUAL(peers_count, 2);
	answer(1, STR(HELLO));
	answer(1, STR(HELLO));
	answer(1, STR(HELLO));
	answer(0, STR(HELLO));
	EXPECT_LOG("b answered 200 hello\nc answered 200 hello\nd answered 200 hello\na answered 200 hello\n");
	CU_ASSERT_EQUAL(peers_count, 2);
	close_client();
}

static void
a_kept_connection_that_ended_is_nobodys_trouble(void)
{
	open_client(1);
	ask(&a, "a");
	answer(0, STR(HELLO));
	world_end(peers[0]);
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);
	ask(&b, "b");
	answer(1, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
	close_client();
}

/* The server ends a kept connection just as a request is on its way. */
static void
race(bool repeatable, struct str heard, void (*end)(struct world_peer *))
{
	open_client(2);
	ask(&a, "a");
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\n");
	prepare(&b, "b", 100);
	b.call.repeatable = repeatable;
	begin(&b);
	world_send(peers[0], heard);
	end(peers[0]);
	world_settle();
}

static void
a_call_is_sent_again_when_a_kept_connection_was_closed(void)
{
	for (int i = 0; i < 2; i++) {
		race(true, STR(""), i == 0 ? world_end : world_cut);
		EXPECT_LOG("");
		EXPECT_ASKED(1, GET_X);
		answer(1, STR(HELLO));
		EXPECT_LOG("b answered 200 hello\n");
		close_client();
	}
}

static void
a_call_is_sent_again_once(void)
{
	race(true, STR(""), world_end);
	world_end(peers[1]);
	world_settle();
	EXPECT_LOG("b cut: 10.0.0.1:80 ended the connection before it answered\n");
	CU_ASSERT_EQUAL(peers_count, 2);
	close_client();
}

static void
a_call_that_may_have_been_done_is_not_sent_again(void)
{
	race(false, STR(""), world_end);
	EXPECT_LOG("b cut: 10.0.0.1:80 ended the connection before it answered\n");
	close_client();
	race(true, STR("H"), world_end);
	EXPECT_LOG("b cut: 10.0.0.1:80 ended the connection before it answered\n");
	CU_ASSERT_EQUAL(peers_count, 1);
	close_client();
}

static void
no_other_kept_connection_is_trusted_then(void)
{
	open_client(3);
	ask(&a, "a");
	ask(&b, "b");
	answer(0, STR(HELLO));
	answer(1, STR(HELLO));
	ask(&c, "c");
	EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
	world_cut(peers[0]);
	world_settle();
	CU_ASSERT_EQUAL_FATAL(peers_count, 3);
	CU_ASSERT(world_ended(peers[1]));
	answer(2, STR(HELLO));
	EXPECT_LOG("c answered 200 hello\n");
	close_client();
}

static void
an_answer_before_the_request_was_sent_ends_the_connection(void)
{
	static char big[600000];

	open_client(1);
	prepare(&a, "a", 1000);
	a.call.body = (struct str){ big, sizeof(big) };
	ask(&b, "b");
	answer(0, STR(HELLO));
	world_hold(peers[0], true);
	begin(&a);
	answer(0, STR("HTTP/1.1 413 Too Large\r\n" JSON "Content-Length: 2\r\n\r\n{}"));
	EXPECT_LOG("b answered 200 hello\na answered 413 {}\n");
	CU_ASSERT(world_ended(peers[0]));
	close_client();
}

static void
new_credentials_close_what_is_idle_now_and_what_is_busy_later(void)
{
	open_client(2);
	ask(&a, "a");
	ask(&b, "b");
	answer(0, STR(HELLO));
	client_refresh(&cl);
	world_settle();
	CU_ASSERT(world_ended(peers[0]) && !world_ended(peers[1]));
	answer(1, STR(HELLO));
	CU_ASSERT(world_ended(peers[1]));
	EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
	close_client();
}

static void
a_client_that_points_elsewhere_leaves_the_old_place(void)
{
	struct addr there = here();

	open_client(2);
	ask(&a, "a");
	answer(0, STR(HELLO));
	there.port = 81;
	listen_there(there);
	cl.addr = there;
	ask(&b, "b");
	CU_ASSERT(world_ended(peers[0]));
	answer(1, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
	close_client();
}

/* Time --------------------------------------------------------------------- */

static void
nobody_there_is_said_at_once(void)
{
	open_client(1);
	world_unlisten(here());
	ask(&a, "a");
	EXPECT_LOG("a unreachable: cannot reach 10.0.0.1:80: connection refused\n");
	close_client();
}

static void
every_call_ends_at_its_deadline(void)
{
	open_client(1);
	world_silent(here(), true);
	ask(&a, "a");
	world_pass_ms(999);
	EXPECT_LOG("");
	world_pass_ms(1);
	EXPECT_LOG("a unreachable: cannot reach 10.0.0.1:80 in time: no connection came about\n");
	world_silent(here(), false);
	ask(&a, "a");
	ask(&b, "b");
	world_pass_ms(1000);
	EXPECT_LOG("a late: 10.0.0.1:80 did not answer in time: not a byte came\n"
	    "b unreachable: no connection to 10.0.0.1:80 became free in time\n");
	ask(&a, "a");
	answer(peers_count - 1, STR(OK "Content-Length: 5\r\n\r\nhell"));
	world_pass_ms(1000);
	EXPECT_LOG("a late 200: 10.0.0.1:80 did not answer in time: a part of its answer came\n");
	CU_ASSERT_EQUAL(world_connections(), 0);
	close_client();
}

static void
a_server_that_says_nothing_gets_new_connections(void)
{
	open_client(2);
	ask(&a, "a");
	ask(&b, "b");
	answer(0, STR(HELLO));
	answer(1, STR(HELLO));
	ask(&a, "a");
	world_pass_ms(1000);
	CU_ASSERT_EQUAL(world_connections(), 0);
	close_client();
}

SUITE(test_client_kept,
    { "a connection is used again after a whole answer", a_connection_is_used_again_after_a_whole_answer },
    { "a connection is not used again when either side is done with it",
      a_connection_is_not_used_again_when_either_side_is_done_with_it },
    { "a connection that speaks without being asked is dropped",
      a_connection_that_speaks_without_being_asked_is_dropped },
    { "calls wait in order", calls_wait_in_order },
    { "there are at most so many connections", there_are_at_most_so_many_connections },
    { "a kept connection that ended is nobody's trouble", a_kept_connection_that_ended_is_nobodys_trouble },
    { "a call is sent again when a kept connection was closed",
      a_call_is_sent_again_when_a_kept_connection_was_closed },
    { "a call is sent again once", a_call_is_sent_again_once },
    { "a call that may have been done is not sent again", a_call_that_may_have_been_done_is_not_sent_again },
    { "no other kept connection is trusted then", no_other_kept_connection_is_trusted_then },
    { "an answer before the request was sent ends the connection",
      an_answer_before_the_request_was_sent_ends_the_connection },
    { "new credentials close what is idle now and what is busy later",
      new_credentials_close_what_is_idle_now_and_what_is_busy_later },
    { "a client that points elsewhere leaves the old place",
      a_client_that_points_elsewhere_leaves_the_old_place },
    { "nobody there is said at once", nobody_there_is_said_at_once },
    { "every call ends at its deadline", every_call_ends_at_its_deadline },
    { "a server that says nothing gets new connections", a_server_that_says_nothing_gets_new_connections });
