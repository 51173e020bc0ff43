/* test_server_full.c - the HTTP server when more is wanted of it than it has. */
#include "guest.h"

#define REFUSED(status, n, why) \
	"HTTP/1.1 " status "\r\nContent-Type: text/plain\r\nRetry-After: 1\r\nContent-Length: " #n "\r\n" \
	"Connection: close\r\n\r\nthis request is refused: " why "\n"
#define FULL REFUSED("503 Service Unavailable", 45, "this server is full")
#define BUSY REFUSED("429 Too Many Requests", 63, "another large one is being dealt with")
#define PLACES 3          /* conns_max */
#define SPARE  8

static void
who_comes_when_all_are_at_work_is_told(void)
{
	struct world_peer *p[PLACES + SPARE + 1];

	open_server(echo);
	for (int i = 0; i < PLACES + SPARE + 1; i++)
		p[i] = visit();
	CU_ASSERT(world_ended(p[PLACES + SPARE]));
	EXPECT_GOT(p[PLACES + SPARE], "");
	say(p[PLACES], STR(GET_X));
	EXPECT_GOT(p[PLACES], FULL);
	EXPECT_SEEN("");
	say(p[PLACES - 1], STR(GET_X));
	EXPECT_GOT(p[PLACES - 1], ECHO(2) "/x");
	world_end(p[0]);
	world_settle();
	p[0] = visit();
	say(p[0], STR(GET_X));
	EXPECT_GOT(p[0], ECHO(2) "/x");
	close_server();
}

static void
who_has_waited_longest_makes_room(void)
{
	struct world_peer *p[PLACES], *late;

	open_server(echo);
	for (int i = 0; i < PLACES; i++) {
		p[i] = visit();
		say(p[i], STR(GET_X));
		EXPECT_GOT(p[i], ECHO(2) "/x");
		world_pass_ms(1);
	}
	say(p[0], STR(GET_X));
	late = visit();
	CU_ASSERT(world_ended(p[1]));
	CU_ASSERT(!world_ended(p[0]) && !world_ended(p[2]));
	say(late, STR(GET_X));
	EXPECT_GOT(late, ECHO(2) "/x");
	close_server();
}

static void
who_has_begun_a_request_makes_no_room(void)
{
	struct world_peer *p[PLACES], *late;

	open_server(echo);
	for (int i = 0; i < PLACES; i++) {
		p[i] = visit();
		say(p[i], STR(GET_X "GET"));
	}
	late = visit();
	say(late, STR(GET_X));
	EXPECT_GOT(late, FULL);
	for (int i = 0; i < PLACES; i++)
		CU_ASSERT(!world_ended(p[i]));
	close_server();
}

static void
who_says_nothing_has_less_time_than_who_has_asked_before(void)
{
	struct world_peer *mute, *kept, *slow;

	open_server(echo);
	sv.slow_ms = 100;
	mute = visit();
	kept = visit();
	slow = visit();
	say(kept, STR(GET_X));
	say(slow, STR(GET_X));
	say(slow, STR("GET /x"));
	world_pass_ms(99);
	CU_ASSERT(!world_ended(mute) && !world_ended(slow));
	world_pass_ms(1);
	CU_ASSERT(world_ended(mute));
	world_pass_ms(1100);
	CU_ASSERT(world_ended(slow) && !world_ended(kept));
	world_pass_ms(3800);
	CU_ASSERT(world_ended(kept));
	sv.slow_ms = 0;
	close_server();
}

#define HEAD(n)  "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: " #n "\r\n\r\n"
#define CHUNKED  "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

static void
of_large_bodies_there_is_one_at_a_time(void)
{
	struct world_peer *one, *two, *three;

	open_server(echo);
	sv.body_alone = 10;
	one = visit();
	two = visit();
	three = visit();
	say(one, STR(HEAD(11) "hello"));
	say(two, STR(HEAD(10) "0123456789"));
	EXPECT_GOT(two, ECHO(10) "0123456789");
	say(two, STR(HEAD(11) "01234567890"));
	EXPECT_GOT(two, BUSY);
	say(three, STR(CHUNKED "a\r\n0123456789\r\n"));
	EXPECT_GOT(three, "");
	say(three, STR("1\r\n0\r\n"));
	EXPECT_GOT(three, BUSY);
	EXPECT_SEEN("PUT /x 0123456789\n");
	say(one, STR(" world"));
	EXPECT_GOT(one, ECHO(11) "hello world");
	say(one, STR(HEAD(11) "hello world"));
	EXPECT_GOT(one, ECHO(11) "hello world");
	sv.body_alone = 0;
	close_server();
}

static void
a_large_body_that_never_comes_makes_room_in_time(void)
{
	struct world_peer *one, *two;

	open_server(echo);
	sv.body_alone = 10;
	one = visit();
	two = visit();
	say(one, STR(HEAD(11) "hello"));
	world_pass_ms(4000);
	say(two, STR(GET_X));
	EXPECT_GOT(two, ECHO(2) "/x");
	world_pass_ms(2100);
	CU_ASSERT(world_ended(one));
	say(two, STR(HEAD(11) "hello world"));
	EXPECT_GOT(two, ECHO(11) "hello world");
	world_cut(two);
	world_settle();
	one = visit();
	say(one, STR(HEAD(11) "hello world"));
	EXPECT_GOT(one, ECHO(11) "hello world");
	sv.body_alone = 0;
	close_server();
}

SUITE(test_server_full,
    { "who comes when all are at work is told", who_comes_when_all_are_at_work_is_told },
    { "who has waited longest makes room", who_has_waited_longest_makes_room },
    { "who has begun a request makes no room", who_has_begun_a_request_makes_no_room },
    { "who says nothing has less time than who has asked before",
        who_says_nothing_has_less_time_than_who_has_asked_before },
    { "of large bodies there is one at a time", of_large_bodies_there_is_one_at_a_time },
    { "a large body that never comes makes room in time", a_large_body_that_never_comes_makes_room_in_time });
