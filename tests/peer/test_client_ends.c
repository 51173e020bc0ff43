/* test_client_ends.c - the HTTP client: streams, and ends at any moment from any callback. */
#include "asker.h"

static struct asker a, b, c;

/* Streams ------------------------------------------------------------------ */

static void
a_stream_comes_as_it_comes(void)
{
	open_client(1);
	ask_stream(&a, "a", 0);
	answer(0, STR(OK "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n"));
	EXPECT_TEXT(((struct str){ a.text, a.text_len }), "one");
	answer(0, STR("6\r\ntw"));
	EXPECT_TEXT(((struct str){ a.text, a.text_len }), "onetw");
	ask(&b, "b");                                    /* waits: the stream holds its connection */
	answer(0, STR("othr\r\n0\r\n\r\n"));
	EXPECT_LOG("a answered 200 <onetwothr>\n");
	answer(0, STR(HELLO));
	EXPECT_LOG("b answered 200 hello\n");
	CU_ASSERT_EQUAL(peers_count, 1);
	close_client();
}

static void
a_stream_is_only_what_is_fine(void)
{
	open_client(1);
	ask_stream(&a, "a", 0);
	answer(0, STR("HTTP/1.1 410 Gone\r\n" JSON "Content-Length: 2\r\n\r\n{}"));
	EXPECT_LOG("a answered 410 {}\n");
	CU_ASSERT_EQUAL(a.pieces, 0);
	close_client();
}

static void
enough_of_a_stream_is_enough(void)
{
	open_client(1);
	ask_stream(&a, "a", 1);
	answer(0, STR(OK "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n"));
	EXPECT_LOG("a answered 200 <one>\n");
	CU_ASSERT(world_ended(peers[0]));
	close_client();
}

/* Ends --------------------------------------------------------------------- */

static void
a_call_may_be_cancelled_in_every_state(void)
{
	static const char *const states[] = { "begun", "waiting", "dialing", "sent", "head", "body" };

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		open_client(1);
		if (strcmp(states[i], "waiting") == 0)
			ask(&b, "b");
		world_silent(here(), strcmp(states[i], "dialing") == 0);
		prepare(&a, "a", 100);
		client_begin(&cl, &a.call);
		if (i > 0)
			world_settle();
		if (strcmp(states[i], "head") == 0)
			answer(0, STR("HTTP/1.1 20"));
		if (strcmp(states[i], "body") == 0)
			answer(0, STR(OK "Content-Length: 5\r\n\r\nhe"));
		client_cancel(&cl, &a.call);
		client_cancel(&cl, &a.call);
		world_settle();
		EXPECT_LOG("");
		CU_ASSERT_EQUAL(world_connections(), strcmp(states[i], "waiting") == 0 ? 1 : 0);
		world_silent(here(), false);
		ask(&a, "a");                            /* the next one finds everything in order */
		answer(peers_count - 1, STR(HELLO));
		if (strcmp(states[i], "waiting") == 0)
			answer(peers_count - 1, STR(HELLO));
		EXPECT_LOG(strcmp(states[i], "waiting") == 0 ? "b answered 200 hello\na answered 200 hello\n"
		    : "a answered 200 hello\n");
		close_client();
	}
}

static void
cancel_a(struct asker *k)
{
	(void)k;
	client_cancel(&cl, &a.call);
}

static void
close_it(struct asker *k)
{
	(void)k;
	client_close(&cl);
}

static void
ask_again(struct asker *k)
{
	k->then = NULL;
	client_begin(&cl, &k->call);
	OUT(&asked_log, STR("begun\n"));
}

static void
a_stream_may_be_cancelled_or_its_client_closed_from_a_piece(void)
{
	for (int i = 0; i < 2; i++) {
		open_client(1);
		ask_stream(&a, "a", 1);
		a.then = i == 0 ? cancel_a : close_it;
		answer(0, STR(OK "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n"));
		EXPECT_LOG(i == 0 ? "" :
		    "a cancelled 200 <one>: the connections to 10.0.0.1:80 were closed on this side\n");
		CU_ASSERT(world_ended(peers[0]));
		close_client();
	}
}

static void
a_call_may_cancel_others_when_it_is_done(void)
{
	open_client(1);
	ask(&b, "b");
	ask(&a, "a");
	b.then = cancel_a;
	answer(0, STR(HELLO));
	EXPECT_LOG("b answered 200 hello\n");
	close_client();
}

static void
a_call_may_close_the_client_when_it_is_done(void)
{
	open_client(2);
	ask(&a, "a");
	ask(&b, "b");
	ask(&c, "c");
	a.then = close_it;
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\n"
	    "b cancelled: the connections to 10.0.0.1:80 were closed on this side\n"
	    "c cancelled: the connections to 10.0.0.1:80 were closed on this side\n");
	close_client();
}

static void
a_call_may_be_begun_anew_when_it_is_done(void)
{
	open_client(1);
	ask(&a, "a");
	a.then = ask_again;
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\nbegun\n");
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\n");
	close_client();
}

static void
a_call_begun_on_a_closed_client_ends_in_a_turn_of_its_own(void)
{
	open_client(1);
	ask(&a, "a");
	a.then = ask_again;
	client_close(&cl);
	EXPECT_LOG("a cancelled: the connections to 10.0.0.1:80 were closed on this side\nbegun\n");
	world_settle();
	EXPECT_LOG("a cancelled: the connections to 10.0.0.1:80 were closed on this side\n");
	close_client();
}

static void
cancel_c(struct asker *k)
{
	(void)k;
	client_cancel(&cl, &c.call);
}

static void
calls_that_a_close_ends_may_cancel_each_other(void)
{
	open_client(1);
	ask(&a, "a");
	ask(&b, "b");
	ask(&c, "c");
	a.then = cancel_c;
	client_close(&cl);
	EXPECT_LOG("a cancelled: the connections to 10.0.0.1:80 were closed on this side\n"
	    "b cancelled: the connections to 10.0.0.1:80 were closed on this side\n");
	close_client();
}

static void
nothing_of_a_closed_client_is_left_in_the_loop(void)
{
	open_client(1);
	prepare(&a, "a", 100);
	client_begin(&cl, &a.call);
	client_close(&cl);
	CU_ASSERT(!cl.pump.queued);
	CU_ASSERT_EQUAL(a.call.deadline.place, 0);
	close_client();
}

SUITE(test_client_ends,
    { "nothing of a closed client is left in the loop", nothing_of_a_closed_client_is_left_in_the_loop },
    { "a stream comes as it comes", a_stream_comes_as_it_comes },
    { "a stream is only what is fine", a_stream_is_only_what_is_fine },
    { "enough of a stream is enough", enough_of_a_stream_is_enough },
    { "a call may be cancelled in every state", a_call_may_be_cancelled_in_every_state },
    { "a stream may be cancelled, or its client closed, from a piece",
      a_stream_may_be_cancelled_or_its_client_closed_from_a_piece },
    { "a call may cancel others when it is done", a_call_may_cancel_others_when_it_is_done },
    { "a call may close the client when it is done", a_call_may_close_the_client_when_it_is_done },
    { "a call may be begun anew when it is done", a_call_may_be_begun_anew_when_it_is_done },
    { "a call begun on a closed client ends in a turn of its own",
      a_call_begun_on_a_closed_client_ends_in_a_turn_of_its_own },
    { "calls that a close ends may cancel each other", calls_that_a_close_ends_may_cancel_each_other });
