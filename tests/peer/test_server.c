/* test_server.c - the HTTP server: requests and refusals, against scripted bytes. */
#include "guest.h"

#define REFUSED(status, n, why) \
	"HTTP/1.1 " status "\r\nContent-Type: text/plain\r\nContent-Length: " #n "\r\nConnection: close\r\n\r\n" \
	"this request is refused: " why "\n"

/* Requests ----------------------------------------------------------------- */

static void
a_request_is_answered(void)
{
	struct world_peer *p;

	open_server(echo);
	p = visit();
	say(p, STR("POST /x?y HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"));
	EXPECT_SEEN("POST /x?y hello\n");
	EXPECT_GOT(p, ECHO(5) "hello");
	CU_ASSERT(!world_ended(p));
	close_server();
}

struct script {
	struct str  bytes;
	const char *seen, *got;
};

static const struct script whole[] = {
	{ STR_INIT(GET_X), "GET /x\n", ECHO(2) "/x" },
	{ STR_INIT("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"), "PUT /x {}\n", ECHO(2) "{}" },
	{ STR_INIT("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "1\r\n{\r\n1;a\r\n}\r\n0\r\nT: 1\r\n\r\n"),
	    "PUT /x {}\n", ECHO(2) "{}" },
	{ STR_INIT("PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"),
	    "PUT /x {}\n", "HTTP/1.1 100 Continue\r\n\r\n" ECHO(2) "{}" },
	{ STR_INIT("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"), "HEAD /x\n", ECHO(2) },
	{ STR_INIT("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "GET /x\n",
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/x" },
	{ STR_INIT("GET /x HTTP/1.0\r\n\r\n"), "GET /x\n",
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/x" },
	{ STR_INIT("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "GET /x\n",
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n/x" },
};

static void
a_request_is_the_same_wherever_it_breaks_off(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t n = 0; n <= whole[i].bytes.len; n++) {
			struct world_peer *p;

			open_server(echo);
			p = visit();
			say(p, str_upto(whole[i].bytes, n));
			say(p, str_from(whole[i].bytes, n));
			EXPECT_SEEN(whole[i].seen);
			EXPECT_GOT(p, whole[i].got);
			close_server();
		}
	}
}

static void
a_request_is_the_same_in_pieces_of_any_size(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t split = 1; split <= 9; split++) {
			struct world_peer *p;

			open_server(echo);
			world_split(split);
			p = visit();
			say(p, whole[i].bytes);
			EXPECT_SEEN(whole[i].seen);
			EXPECT_GOT(p, whole[i].got);
			close_server();
		}
	}
}

static void
a_request_that_is_cut_is_never_handled(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t n = 0; n < whole[i].bytes.len; n++) {
			struct world_peer *p;

			open_server(echo);
			p = visit();
			say(p, str_upto(whole[i].bytes, n));
			world_end(p);
			world_settle();
			EXPECT_SEEN("");
			CU_ASSERT(world_ended(p));
			CU_ASSERT_EQUAL(world_connections(), 0);
			close_server();
		}
	}
}

static void
requests_in_one_go_are_answered_in_order(void)
{
	struct world_peer *p;

	open_server(echo);
	p = visit();
	say(p, STR("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
	    "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n"));
	EXPECT_SEEN("GET /1\nPUT /2 {}\nGET /3\n");
	EXPECT_GOT(p, ECHO(2) "/1" ECHO(2) "{}" ECHO(2) "/3");
	close_server();
}

static void
connections_take_turns(void)
{
	struct world_peer *p[2];

	open_server(echo);
	p[0] = visit();
	p[1] = visit();
	world_send(p[0], STR("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"));
	world_send(p[1], STR("GET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4 HTTP/1.1\r\nHost: h\r\n\r\n"));
	world_settle();
	EXPECT_SEEN("GET /1\nGET /3\nGET /2\nGET /4\n");
	close_server();
}

static void
the_next_request_waits_for_the_answer(void)
{
	struct world_peer *p;

	open_server(hold);
	p = visit();
	say(p, STR("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"));
	say(p, STR("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n"));
	for (int i = 0; i < 3; i++) {
		static const char *const want[] = { "GET /1\n", "GET /2\n", "GET /3\n" };
		struct exchange         *x = held;

		EXPECT_SEEN(want[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(x);
		held = NULL;
		server_answer(x, 204, STR(""), STR("X: y\r\n"), STR(""));
		world_settle();
		EXPECT_GOT(p, "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n");
	}
	close_server();
}

/* Refusals ----------------------------------------------------------------- */

static void
what_is_refused_is_answered_closed_and_never_handled(void)
{
	static const struct script refused[] = {
		{ STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), "",
		    REFUSED("400 Bad Request", 74, "it has both Content-Length and Transfer-Encoding") },
		{ STR_INIT("GET /x HTTP/1.1\r\nHost: h\n\r\n"), "",
		    REFUSED("400 Bad Request", 63, "a line feed without a carriage return") },
		{ STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "",
		    REFUSED("505 HTTP Version Not Supported", 60, "its version is not HTTP/1.0 or 1.1") },
		{ STR_INIT("\x16\x03\x01\x02\0\x01\0"), "",
		    REFUSED("400 Bad Request", 57, "its first line is not a request") },
		{ STR_INIT("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), "",
		    REFUSED("501 Not Implemented", 67, "its Transfer-Encoding is not just chunked") },
		{ STR_INIT("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n"), "",
		    REFUSED("413 Content Too Large", 67, "its body is over the limit of this server") },
		{ STR_INIT("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello"), "",
		    REFUSED("400 Bad Request", 59, "the chunks of its body are broken") },
		{ STR_INIT("PUT / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n"), "",
		    REFUSED("417 Expectation Failed", 59, "it expects what is not known here") },
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct world_peer *p;

		open_server(echo);
		p = visit();
		say(p, refused[i].bytes);
		say(p, STR(GET_X));                      /* thrown away */
		EXPECT_SEEN("");
		EXPECT_GOT(p, refused[i].got);
		CU_ASSERT(!world_ended(p));
		world_pass_ms(1000);
		CU_ASSERT(world_ended(p));
		close_server();
	}
}

static void
a_body_is_limited_also_in_chunks(void)
{
	struct world_peer *p;

	open_server(echo);
	p = visit();
	say(p, STR("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
	for (int i = 0; i < 10; i++)
		say(p, STR("a\r\n0123456789\r\n"));
	EXPECT_GOT(p, "");
	say(p, STR("1\r\nx"));
	EXPECT_GOT(p, REFUSED("413 Content Too Large", 67, "its body is over the limit of this server"));
	EXPECT_SEEN("");
	close_server();
}

static void
a_head_is_limited(void)
{
	static char        fields[HTTP_HEAD_MAX];
	struct world_peer *p;

	memset(fields, 'x', sizeof(fields));
	open_server(echo);
	p = visit();
	say(p, STR("GET / HTTP/1.1\r\nX: "));
	say(p, (struct str){ fields, sizeof(fields) });
	EXPECT_GOT(p, REFUSED("431 Request Header Fields Too Large", 49, "its head is over 16 KiB"));
	close_server();
}

/* Time and number ---------------------------------------------------------- */

static void
a_slow_request_is_refused_however_it_drips(void)
{
	static const struct str begun[] = {
		STR_INIT("G"),
		STR_INIT("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n"),
	};

	for (size_t i = 0; i < 2; i++) {
		struct world_peer *p;

		open_server(echo);
		p = visit();
		say(p, begun[i]);
		for (int n = 0; n < 9; n++) {
			world_pass_ms(500);
			say(p, STR("A"));
		}
		EXPECT_GOT(p, "");
		world_pass_ms(500);
		EXPECT_GOT(p, REFUSED("408 Request Timeout", 49, "it did not come in time"));
		world_pass_ms(1000);
		CU_ASSERT(world_ended(p));
		close_server();
	}
}

static void
an_idle_connection_is_closed_without_a_word(void)
{
	struct world_peer *p;

	open_server(echo);
	p = visit();
	world_pass_ms(4999);
	say(p, STR(GET_X));
	EXPECT_GOT(p, ECHO(2) "/x");
	world_pass_ms(4999);
	CU_ASSERT(!world_ended(p));
	world_pass_ms(1);
	CU_ASSERT(world_ended(p));
	EXPECT_GOT(p, "");
	close_server();
}

static void
a_handler_may_take_its_time(void)
{
	struct world_peer *p;

	open_server(hold);
	p = visit();
	say(p, STR(GET_X));
	world_pass_ms(100000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(held);
	echo(held);
	world_settle();
	EXPECT_GOT(p, ECHO(2) "/x");
	close_server();
}

static void
an_answer_that_nobody_takes_ends_in_time(void)
{
	struct world_peer *p;

	open_server(echo);
	p = visit();
	world_hold(p, true);
	say(p, STR(GET_X));
	world_pass_ms(5000);
	CU_ASSERT(world_ended(p));
	close_server();
}

static void
an_answer_over_the_limit_is_an_error(void)
{
	static char        big[1001];
	struct world_peer *p;
	struct exchange   *x;

	open_server(hold);
	p = visit();
	say(p, STR(GET_X));
	x = held;
	held = NULL;
	server_answer(x, 200, STR("text/plain"), STR("X: y\r\n"), (struct str){ big, sizeof(big) });
	world_settle();
	EXPECT_GOT(p, "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 44\r\n\r\n"
	    "the answer is over the limit of this server\n");
	close_server();
}

SUITE(test_server,
    { "a request is answered", a_request_is_answered },
    { "a request is the same wherever it breaks off", a_request_is_the_same_wherever_it_breaks_off },
    { "a request is the same in pieces of any size", a_request_is_the_same_in_pieces_of_any_size },
    { "a request that is cut is never handled", a_request_that_is_cut_is_never_handled },
    { "requests in one go are answered in order", requests_in_one_go_are_answered_in_order },
    { "connections take turns", connections_take_turns },
    { "the next request waits for the answer", the_next_request_waits_for_the_answer },
    { "what is refused is answered, closed and never handled",
      what_is_refused_is_answered_closed_and_never_handled },
    { "a body is limited, also in chunks", a_body_is_limited_also_in_chunks },
    { "a head is limited", a_head_is_limited },
    { "a slow request is refused however it drips", a_slow_request_is_refused_however_it_drips },
    { "an idle connection is closed without a word", an_idle_connection_is_closed_without_a_word },
    { "a handler may take its time", a_handler_may_take_its_time },
    { "an answer that nobody takes ends in time", an_answer_that_nobody_takes_ends_in_time },
    { "an answer over the limit is an error", an_answer_over_the_limit_is_an_error });
