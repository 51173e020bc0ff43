/* test_conn.c - plain connections against a scripted peer. */
#include "net/conn.h"
#include "test.h"
#include "tests/world/world.h"

static const struct addr there = { .ip = { 10, 0, 0, 1 }, .ip_len = 4, .port = 80 };

/* An owner that writes down what it is told, and does what the test wants. */
struct owner {
	struct conn c;
	char        got[8192];
	size_t      got_len;
	int         moves;
	size_t      take_most;               /* of what has come, each time; 0: nothing */
	void      (*on_move)(struct owner *);
};

static struct world_peer *peer;

static void
accepted(struct world_peer *p, void *owner)
{
	(void)owner;
	peer = p;
}

static void
take(struct owner *o)
{
	struct str data = str_upto(conn_data(&o->c), o->take_most);

	CU_ASSERT_FATAL(o->got_len + data.len <= sizeof(o->got));
	if (data.len > 0)
		memcpy(o->got + o->got_len, data.at, data.len);
	o->got_len += data.len;
	conn_taken(&o->c, data.len);
}

static void
moved(struct conn *c)
{
	struct owner *o = c->owner;

	o->moves++;
	take(o);
	if (o->on_move != NULL)
		o->on_move(o);
}

static struct str
got(const struct owner *o)
{
	return (struct str){ o->got, o->got_len };
}

static void
dial(struct owner *o)
{
	o->c.moved = moved;
	o->c.owner = o;
	CU_ASSERT(conn_dial(&o->c, &there, NULL));
	CU_ASSERT_EQUAL(o->moves, 0);
	CU_ASSERT_EQUAL(o->c.state, CONN_DIALING);
}

/* An open connection, and `peer` at its other end. */
static void
start(struct owner *o)
{
	world_reset();
	peer = NULL;
	*o = (struct owner){ .take_most = SIZE_MAX };
	world_listen(there, accepted, NULL);
	dial(o);
	world_settle();
	CU_ASSERT_EQUAL_FATAL(o->c.state, CONN_OPEN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(peer);
	CU_ASSERT_EQUAL(o->moves, 1);
}

static void
bytes_go_both_ways(void)
{
	struct owner o;

	start(&o);
	CU_ASSERT_EQUAL(conn_write(&o.c, STR("ask")), 3);
	CU_ASSERT(conn_written(&o.c));
	EXPECT_TEXT(world_got(peer), "ask");
	world_send(peer, STR("answer"));
	world_settle();
	EXPECT_TEXT(got(&o), "answer");
	conn_abort(&o.c);
	CU_ASSERT_EQUAL(o.c.state, CONN_IDLE);
	CU_ASSERT_EQUAL(world_connections(), 0);
	CU_ASSERT(world_ended(peer));
}

static void
a_refused_dial_ends_with_a_reason(void)
{
	struct owner o = { 0 };

	world_reset();
	dial(&o);
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_ENDED);
	CU_ASSERT_EQUAL(o.moves, 1);
	CU_ASSERT_FALSE(o.c.handshake_failed);
	EXPECT_TEXT(str_of(o.c.error_text), "connection refused");
	CU_ASSERT_EQUAL(world_connections(), 0);
	/* What has ended may dial again. */
	world_listen(there, accepted, NULL);
	CU_ASSERT(conn_dial(&o.c, &there, NULL));
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_OPEN);
	conn_abort(&o.c);
}

static void
a_dial_that_is_not_answered_waits_and_may_be_given_up(void)
{
	struct owner o = { 0 };

	world_reset();
	world_silent(there, true);
	dial(&o);
	world_pass_ms(100000);
	CU_ASSERT_EQUAL(o.c.state, CONN_DIALING);
	CU_ASSERT_EQUAL(world_connections(), 1);
	conn_abort(&o.c);
	conn_abort(&o.c);
	CU_ASSERT_EQUAL(world_connections(), 0);
	CU_ASSERT_EQUAL(o.moves, 0);
}

static void
an_end_in_order_has_no_reason(void)
{
	struct owner o;

	start(&o);
	o.take_most = 0;
	world_send(peer, STR("last words"));
	world_end(peer);
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(o.c.error_text), "");
	EXPECT_TEXT(conn_data(&o.c), "last words");      /* it is still to be had */
	conn_taken(&o.c, 5);
	EXPECT_TEXT(conn_data(&o.c), "words");
	CU_ASSERT_EQUAL(conn_write(&o.c, STR("x")), 0);
	conn_close(&o.c);
	CU_ASSERT_EQUAL(o.c.state, CONN_IDLE);
	EXPECT_TEXT(conn_data(&o.c), "");
}

static void
a_cut_has_a_reason(void)
{
	struct owner o;

	start(&o);
	world_cut(peer);
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(o.c.error_text), "connection reset by peer");
}

static void
what_is_left_comes_again_with_more(void)
{
	for (size_t most = 1; most < 5; most++) {
		struct owner o;

		start(&o);
		world_split(most);
		o.take_most = 0;
		world_send(peer, STR("abcdefgh"));
		world_settle();
		EXPECT_TEXT(conn_data(&o.c), "abcdefgh");
		o.take_most = 3;
		world_send(peer, STR("ij"));
		world_settle();
		EXPECT_TEXT(str_upto(got(&o), 3), "abc");
		conn_taken(&o.c, conn_data(&o.c).len);
		world_send(peer, STR("k"));
		world_settle();
		CU_ASSERT(str_ends(got(&o), STR("k")));
		conn_abort(&o.c);
	}
}

static void
a_paused_connection_reads_nothing(void)
{
	struct owner o;
	int          moves;

	start(&o);
	conn_pause(&o.c, true);
	world_settle();
	moves = o.moves;
	world_send(peer, STR("abc"));
	world_settle();
	CU_ASSERT_EQUAL(o.moves, moves);
	EXPECT_TEXT(conn_data(&o.c), "");
	conn_pause(&o.c, false);
	CU_ASSERT_EQUAL(o.moves, moves);
	world_settle();
	EXPECT_TEXT(got(&o), "abc");
	conn_abort(&o.c);
}

static void
pauses(struct owner *o)
{
	conn_pause(&o->c, true);
}

static void
what_is_left_at_a_pause_comes_after_it(void)
{
	struct owner o;

	start(&o);
	o.take_most = 2;
	o.on_move = pauses;
	world_send(peer, STR("abcdef"));
	world_settle();
	EXPECT_TEXT(got(&o), "ab");
	o.on_move = NULL;
	o.take_most = SIZE_MAX;
	conn_pause(&o.c, false);
	world_settle();
	EXPECT_TEXT(got(&o), "abcdef");
	conn_abort(&o.c);
}

static void
an_owner_that_takes_nothing_holds_the_peer(void)
{
	static char  much[1 << 20];
	struct owner o;
	size_t       taken = 0, len;

	start(&o);
	o.take_most = 0;
	world_send(peer, (struct str){ much, sizeof(much) });
	world_settle();
	CU_ASSERT(conn_data(&o.c).len >= CONN_KEPT_MAX);
	CU_ASSERT(conn_data(&o.c).len < 2 * CONN_KEPT_MAX);
	/* All of it comes as it is taken. */
	while ((len = conn_data(&o.c).len) > 0) {
		conn_taken(&o.c, len < 50000 ? len : 50000);
		taken += len < 50000 ? len : 50000;
		world_settle();
	}
	CU_ASSERT_EQUAL(taken, sizeof(much));
	conn_abort(&o.c);
}

static struct str to_write;

static void
writes(struct owner *o)
{
	size_t took = o->c.state == CONN_OPEN ? conn_write(&o->c, to_write) : 0;

	to_write = str_from(to_write, took);
}

static void
what_a_full_peer_refuses_is_asked_for_again(void)
{
	static char  much[100000];
	struct owner o;

	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)(i * 7 + i / 256);
	start(&o);
	world_hold(peer, true);
	to_write = (struct str){ much, sizeof(much) };
	CU_ASSERT_EQUAL(conn_write(&o.c, to_write), 0);
	o.on_move = writes;
	world_settle();
	CU_ASSERT_EQUAL(to_write.len, sizeof(much));
	world_split(997);
	world_hold(peer, false);
	world_settle();
	CU_ASSERT_EQUAL(to_write.len, 0);
	CU_ASSERT(str_eq(world_got(peer), (struct str){ much, sizeof(much) }));
	conn_abort(&o.c);
}

static void
what_fails_in_a_call_is_told_from_the_loop(void)
{
	struct owner o;
	int          moves;

	start(&o);
	conn_pause(&o.c, true);
	world_settle();
	moves = o.moves;
	world_cut(peer);
	CU_ASSERT_EQUAL(conn_write(&o.c, STR("x")), 0);
	CU_ASSERT_EQUAL(o.moves, moves);
	CU_ASSERT_EQUAL(o.c.state, CONN_OPEN);
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(o.c.error_text), "connection reset by peer");
}

static void
aborts(struct owner *o)
{
	conn_abort(&o->c);
	memset(&o->c, 0x55, sizeof(o->c));       /* its memory may be used for something else */
}

static void
closes(struct owner *o)
{
	conn_close(&o->c);
	memset(&o->c, 0x55, sizeof(o->c));
}

static void
redials(struct owner *o)
{
	o->on_move = NULL;
	conn_abort(&o->c);
	CU_ASSERT(conn_dial(&o->c, &there, NULL));
}

static void
an_owner_may_end_it_while_it_is_told(void)
{
	struct owner o;

	start(&o);
	o.on_move = aborts;
	world_send(peer, STR("abc"));
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);

	start(&o);
	o.on_move = closes;
	o.take_most = 1;
	world_send(peer, STR("abc"));
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);

	start(&o);
	o.on_move = aborts;
	world_end(peer);
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);

	start(&o);
	o.on_move = redials;
	world_send(peer, STR("abc"));
	world_settle();
	CU_ASSERT_EQUAL(o.c.state, CONN_OPEN);
	world_send(peer, STR("def"));
	world_settle();
	EXPECT_TEXT(got(&o), "abcdef");
	conn_abort(&o.c);
	CU_ASSERT_EQUAL(world_connections(), 0);
}

static void
a_close_leaves_no_written_byte_behind(void)
{
	struct owner o;

	start(&o);
	world_split(3);
	to_write = STR("a longer answer");
	while (to_write.len > 0)
		writes(&o);
	conn_close(&o.c);
	CU_ASSERT_EQUAL(o.c.state, CONN_IDLE);
	world_settle();
	EXPECT_TEXT(world_got(peer), "a longer answer");
	CU_ASSERT(world_ended(peer));
	CU_ASSERT_EQUAL(world_connections(), 0);
}

SUITE(test_conn,
    { "bytes go both ways", bytes_go_both_ways },
    { "a refused dial ends with a reason", a_refused_dial_ends_with_a_reason },
    { "a dial that is not answered waits and may be given up",
      a_dial_that_is_not_answered_waits_and_may_be_given_up },
    { "an end in order has no reason", an_end_in_order_has_no_reason },
    { "a cut has a reason", a_cut_has_a_reason },
    { "what is left comes again with more", what_is_left_comes_again_with_more },
    { "a paused connection reads nothing", a_paused_connection_reads_nothing },
    { "what is left at a pause comes after it", what_is_left_at_a_pause_comes_after_it },
    { "an owner that takes nothing holds the peer", an_owner_that_takes_nothing_holds_the_peer },
    { "what a full peer refuses is asked for again", what_a_full_peer_refuses_is_asked_for_again },
    { "what fails in a call is told from the loop", what_fails_in_a_call_is_told_from_the_loop },
    { "an owner may end it while it is told", an_owner_may_end_it_while_it_is_told },
    { "a close leaves no written byte behind", a_close_leaves_no_written_byte_behind });
