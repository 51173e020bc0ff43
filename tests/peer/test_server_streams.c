/* test_server_streams.c - the HTTP server: answers in pieces, peers that go, our own client. */
#include "guest.h"

#include "kernel/clock.h"
#include "net/client.h"

#define STREAM "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

static struct exchange *
stream(struct world_peer *p, struct str request)
{
	struct exchange *x;

	say(p, request);
	CU_ASSERT_PTR_NOT_NULL_FATAL(held);
	x = held;
	server_begin(x, 200, STR("application/json"), STR(""));
	return x;
}

static void
pieces_are_chunks(void)
{
	struct world_peer *p;
	struct exchange   *x;

	open_server(hold);
	p = visit();
	x = stream(p, STR(GET_X));
	CU_ASSERT(server_piece(x, STR("{}\n")));
	world_settle();
	EXPECT_GOT(p, STREAM "3\r\n{}\n\r\n");
	CU_ASSERT(server_piece(x, STR("")));
	CU_ASSERT(server_piece(x, STR("0123456789abcdef0")));
	held = NULL;
	server_end(x);
	world_settle();
	EXPECT_GOT(p, "11\r\n0123456789abcdef0\r\n0\r\n\r\n");
	say(p, STR(GET_X));
	EXPECT_SEEN("GET /x\nGET /x\n");
	close_server();
}

static void
an_old_client_gets_pieces_until_the_end(void)
{
	struct world_peer *p;
	struct exchange   *x;

	open_server(hold);
	p = visit();
	x = stream(p, STR("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	CU_ASSERT(server_piece(x, STR("{}\n")));
	held = NULL;
	server_end(x);
	world_settle();
	EXPECT_GOT(p, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}\n");
	CU_ASSERT(world_ended(p));
	close_server();
}

static void
a_stream_that_was_asked_for_by_head_is_only_a_head(void)
{
	struct world_peer *p;
	struct exchange   *x;

	open_server(hold);
	p = visit();
	x = stream(p, STR("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"));
	CU_ASSERT(server_piece(x, STR("{}\n")));
	held = NULL;
	server_end(x);
	world_settle();
	EXPECT_GOT(p, STREAM);
	close_server();
}

static void
who_is_too_slow_for_a_stream_is_cut(void)
{
	struct world_peer *p;
	struct exchange   *x;
	int                n = 0;

	open_server(hold);
	p = visit();
	x = stream(p, STR(GET_X));
	world_settle();
	world_hold(p, true);
	while (server_piece(x, STR("0123456789")))
		CU_ASSERT_FATAL(++n < 1000);
	CU_ASSERT_EQUAL(n, 66);                          /* 15 bytes each, 1000 may wait */
	CU_ASSERT_EQUAL(gone_count, 0);
	world_settle();
	CU_ASSERT(world_ended(p));
	close_server();
}

static void
what_waited_goes_out_when_there_is_room(void)
{
	struct world_peer *p;
	struct exchange   *x;

	open_server(hold);
	p = visit();
	x = stream(p, STR(GET_X));
	world_settle();
	world_hold(p, true);
	CU_ASSERT(server_piece(x, STR("one")));
	CU_ASSERT(server_piece(x, STR("two")));
	world_settle();
	EXPECT_GOT(p, STREAM);
	world_hold(p, false);
	world_settle();
	EXPECT_GOT(p, "3\r\none\r\n3\r\ntwo\r\n");
	close_server();
}

static void
a_handler_learns_that_its_peer_has_gone(void)
{
	for (int i = 0; i < 4; i++) {
		struct world_peer *p;

		open_server(hold);
		p = visit();
		if (i % 2 == 0)
			say(p, STR(GET_X));
		else
			stream(p, STR(GET_X));
		if (i < 2)
			world_end(p);
		else
			world_cut(p);
		world_settle();
		CU_ASSERT_EQUAL(gone_count, 1);
		CU_ASSERT_EQUAL(world_connections(), 0);
		close_server();
		CU_ASSERT_EQUAL(gone_count, 1);
	}
}

static void
an_abort_and_a_close_say_it_too(void)
{
	struct world_peer *p;

	open_server(hold);
	p = visit();
	stream(p, STR(GET_X));
	server_abort(held);
	CU_ASSERT_EQUAL(gone_count, 1);
	world_settle();
	CU_ASSERT(world_ended(p));
	p = visit();
	say(p, STR(GET_X));
	close_server();
	CU_ASSERT_EQUAL(gone_count, 2);
	CU_ASSERT(world_ended(p));
}

static void
close_all(struct exchange *x)
{
	(void)x;
	server_close(&sv);
}

static void
a_handler_may_close_its_server(void)
{
	struct world_peer *p;

	open_server(close_all);
	p = visit();
	say(p, STR(GET_X GET_X));
	EXPECT_SEEN("GET /x\n");
	CU_ASSERT(world_ended(p));
	close_server();
}

static void
abort_it(struct exchange *x)
{
	server_abort(x);
}

static void
a_handler_may_abort_at_once(void)
{
	struct world_peer *p;

	open_server(abort_it);
	p = visit();
	say(p, STR(GET_X GET_X));
	EXPECT_SEEN("GET /x\n");
	CU_ASSERT(world_ended(p));
	close_server();
}

/* Our client at the other end --------------------------------------------- */

static struct client cl;
static struct buf    into;
static int           done_count;
static char          streamed[256];
static size_t        streamed_len;

static void
done(struct call *c)
{
	CU_ASSERT_EQUAL(c->outcome, OUTCOME_ANSWERED);
	done_count++;
}

static bool
on_piece(struct call *c, struct str piece)
{
	(void)c;
	CU_ASSERT_FATAL(streamed_len + piece.len <= sizeof(streamed));
	memcpy(streamed + streamed_len, piece.at, piece.len);
	streamed_len += piece.len;
	return true;
}

static void
open_both(void (*with)(struct exchange *), size_t split)
{
	open_server(with);
	world_split(split);
	cl.addr = sv.at;
	cl.host = STR("h");
	cl.conns_max = 2;
	client_open(&cl);
	if (into.base == NULL)
		buf_init(&into, 1 << 16);
	done_count = 0;
	streamed_len = 0;
}

static struct call
call_of(struct str method, struct str body)
{
	return (struct call){ .method = method, .target = STR("/x"), .body = body, .into = &into, .done = done,
		.deadline_ms = clock_mono_ms() + 1000 };
}

static void
client_and_server_understand_each_other_in_pieces_of_any_size(void)
{
	for (size_t split = 0; split < 20; split++) {
		struct call c;

		open_both(echo, split);
		for (int i = 0; i < 3; i++) {
			c = call_of(STR("PUT"), STR("hello"));
			client_begin(&cl, &c);
			world_settle();
			CU_ASSERT_EQUAL(c.status, 200);
			EXPECT_TEXT(buf_view(&into), "hello");
		}
		c = call_of(STR("HEAD"), STR_NONE);
		client_begin(&cl, &c);
		world_settle();
		CU_ASSERT_EQUAL(done_count, 4);
		CU_ASSERT_EQUAL(world_connections(), 1);
		client_close(&cl);
		close_server();
	}
}

static void
a_stream_goes_from_end_to_end_in_pieces_of_any_size(void)
{
	for (size_t split = 0; split < 20; split++) {
		struct call      c;
		struct exchange *x;

		open_both(hold, split);
		c = call_of(STR("GET"), STR_NONE);
		c.on_piece = on_piece;
		client_begin(&cl, &c);
		world_settle();
		CU_ASSERT_PTR_NOT_NULL_FATAL(held);
		x = held;
		server_begin(x, 200, STR("application/json"), STR(""));
		for (int i = 0; i < 3; i++) {
			CU_ASSERT(server_piece(x, STR("{\"type\":\"ADDED\"}\n")));
			world_settle();
			CU_ASSERT_EQUAL(streamed_len, 17 * ((size_t)i + 1));
		}
		held = NULL;
		server_end(x);
		world_settle();
		CU_ASSERT_EQUAL(done_count, 1);
		CU_ASSERT_EQUAL(world_connections(), 1);
		client_close(&cl);
		close_server();
	}
}

static void
a_cancelled_call_is_gone_at_the_server(void)
{
	struct call c;

	open_both(hold, 0);
	c = call_of(STR("GET"), STR_NONE);
	client_begin(&cl, &c);
	world_settle();
	client_cancel(&cl, &c);
	world_settle();
	CU_ASSERT_EQUAL(gone_count, 1);
	client_close(&cl);
	close_server();
}

SUITE(test_server_streams,
    { "pieces are chunks", pieces_are_chunks },
    { "an old client gets pieces until the end", an_old_client_gets_pieces_until_the_end },
    { "a stream that was asked for by HEAD is only a head",
      a_stream_that_was_asked_for_by_head_is_only_a_head },
    { "who is too slow for a stream is cut", who_is_too_slow_for_a_stream_is_cut },
    { "what waited goes out when there is room", what_waited_goes_out_when_there_is_room },
    { "a handler learns that its peer has gone", a_handler_learns_that_its_peer_has_gone },
    { "an abort and a close say it too", an_abort_and_a_close_say_it_too },
    { "a handler may close its server", a_handler_may_close_its_server },
    { "a handler may abort at once", a_handler_may_abort_at_once },
    { "client and server understand each other in pieces of any size",
      client_and_server_understand_each_other_in_pieces_of_any_size },
    { "a stream goes from end to end in pieces of any size",
      a_stream_goes_from_end_to_end_in_pieces_of_any_size },
    { "a cancelled call is gone at the server", a_cancelled_call_is_gone_at_the_server });
