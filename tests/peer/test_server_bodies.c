/* test_server_bodies.c - bodies that go to the handler as they come. */
#include "guest.h"

#define POST    "POST /s HTTP/1.1\r\nHost: h\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define BEGUN   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"

static struct exchange *streaming;
static bool             begun;
static int              left;                /* times that gone() came */

static void
leaves(struct exchange *x)
{
	CU_ASSERT_PTR_EQUAL(x, streaming);
	streaming = NULL;
	left++;
}

/* Every piece goes back at once, in brackets. */
static void
piece(struct exchange *x, struct str bytes)
{
	char       text[4096];
	struct out o = out_over(text, sizeof(text));

	OUT(&seen, STR("<"), bytes, STR(">"));
	if (!begun)
		server_begin(x, 200, STR("text/plain"), STR_NONE);
	begun = true;
	OUT(&o, STR("("), bytes, STR(")"));
	CU_ASSERT_FATAL(out_ok(&o));
	server_piece(x, out_view(&o));
}

static void
refuse_piece(struct exchange *x, struct str bytes)
{
	OUT(&seen, STR("<"), bytes, STR(">"));
	server_answer(x, 400, STR("text/plain"), STR_NONE, STR("no"));
}

static void
stream(struct exchange *x)
{
	if (str_eq(x->head.target, STR("/s")))
		x->on_piece = piece;
	if (str_eq(x->head.target, STR("/no")))
		x->on_piece = refuse_piece;
	if (str_eq(x->head.target, STR("/busy")))
		server_answer(x, 429, STR("text/plain"), STR_NONE, STR("busy"));
	streaming = x;
	begun = false;
	x->gone = leaves;
}

static void
end_or_echo(struct exchange *x)
{
	CU_ASSERT(x->on_piece == NULL || x->body.len == 0);
	if (x->on_piece == NULL)
		echo(x);
	else if (begun)
		server_end(x);
	else
		server_answer(x, 200, STR("text/plain"), STR_NONE, STR("nothing"));
}

static void
open_streams(void)
{
	sv.head = stream;
	open_server(end_or_echo);
	left = 0;
}

static void
close_streams(void)
{
	close_server();
	sv.head = NULL;
}

static void
a_body_goes_to_the_handler_as_it_comes(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR(CHUNKED));
	EXPECT_SEEN("");
	say(p, STR("5\r\nhello\r\n"));
	EXPECT_SEEN("<hello>");
	EXPECT_GOT(p, BEGUN "7\r\n(hello)\r\n");
	say(p, STR("1\r\n!\r\n0\r\n\r\n"));
	EXPECT_SEEN("<!>POST /s\n");
	EXPECT_GOT(p, "3\r\n(!)\r\n0\r\n\r\n");
	say(p, STR(GET_X));
	EXPECT_GOT(p, ECHO(2) "/x");
	CU_ASSERT_EQUAL(left, 0);
	close_streams();
}

static void
its_length_has_no_limit(void)
{
	static char        bytes[101 * 30];      /* body_max is 100 */
	struct world_peer *p;

	open_streams();
	p = visit();
	memset(bytes, 'x', sizeof(bytes));
	say(p, STR(POST "Content-Length: 3030\r\n\r\n"));
	for (int i = 0; i < 30; i++) {
		say(p, (struct str){ bytes, 101 });
		world_taken(p, world_got(p).len);
	}
	CU_ASSERT(str_ends(out_view(&seen), STR("x>POST /s\n")));
	CU_ASSERT(!world_ended(p));
	close_streams();
}

static void
without_a_body_the_handler_is_called_as_ever(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR("POST /s HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
	EXPECT_SEEN("POST /s\n");
	world_taken(p, world_got(p).len);
	say(p, STR("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"));
	EXPECT_SEEN("PUT /x {}\n");
	EXPECT_GOT(p, ECHO(2) "{}");
	close_streams();
}

/* All pieces together, without their brackets. */
static void
expect_whole(const char *want)
{
	char   text[256];
	size_t n = 0;

	for (size_t i = 0; i < seen.len; i++)
		if (seen.at[i] != '<' && seen.at[i] != '>')
			text[n++] = seen.at[i];
	EXPECT_TEXT(((struct str){ text, n }), want);
	seen.len = 0;
}

static void
it_is_the_same_wherever_it_breaks_off(void)
{
	struct str whole = STR(CHUNKED "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nT: 1\r\n\r\n");

	for (size_t n = 0; n <= whole.len; n++) {
		struct world_peer *p;

		open_streams();
		p = visit();
		say(p, str_upto(whole, n));
		say(p, str_from(whole, n));
		expect_whole("hello worldPOST /s\n");
		CU_ASSERT(str_ends(world_got(p), STR("\r\n0\r\n\r\n")));
		close_streams();
	}
}

static void
who_does_not_take_the_answer_is_not_heard(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR(CHUNKED));
	world_hold(p, true);
	say(p, STR("1\r\na\r\n"));
	EXPECT_SEEN("<a>");
	say(p, STR("1\r\nb\r\n"));
	say(p, STR("1\r\nc\r\n0\r\n\r\n"));
	EXPECT_SEEN("");
	world_hold(p, false);
	world_settle();
	EXPECT_SEEN("<b><c>POST /s\n");
	EXPECT_GOT(p, BEGUN "3\r\n(a)\r\n3\r\n(b)\r\n3\r\n(c)\r\n0\r\n\r\n");
	close_streams();
}

static void
who_never_takes_it_is_given_up(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR(CHUNKED));
	world_hold(p, true);
	say(p, STR("1\r\na\r\n"));
	world_pass_ms(5000);
	CU_ASSERT(world_ended(p));
	CU_ASSERT_EQUAL(left, 1);
	close_streams();
}

static void
an_answer_before_the_end_ends_the_connection(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR("POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"));
	EXPECT_SEEN("<abc>");
	EXPECT_GOT(p, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
	    "Connection: close\r\n\r\nno");
	say(p, STR("defghi" GET_X));
	EXPECT_SEEN("");
	EXPECT_GOT(p, "");
	world_pass_ms(1000);
	CU_ASSERT(world_ended(p));
	CU_ASSERT_EQUAL(left, 0);
	close_streams();
}

static void
a_head_may_be_answered_at_once(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR("POST /busy HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"));
	EXPECT_SEEN("");
	EXPECT_GOT(p, "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
	    "Connection: close\r\n\r\nbusy");
	close_streams();
}

static void
who_leaves_in_the_middle_is_told(void)
{
	static const char *const ends[] = { "", "5\r\nhel", "5\r\nhello\r\n", "5\r\nhello\r\nx" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct world_peer *p;

		open_streams();
		p = visit();
		say(p, STR(CHUNKED));
		say(p, str_of(ends[i]));
		CU_ASSERT_EQUAL(left, i == 3);
		world_cut(p);
		world_settle();
		CU_ASSERT_EQUAL(left, 1);
		CU_ASSERT(!str_has(out_view(&seen), STR("POST")));
		close_streams();
	}
}

static void
a_body_that_stops_is_given_up(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR(CHUNKED "1\r\na\r\n"));
	world_pass_ms(4999);
	say(p, STR("1\r\nb\r\n"));
	world_pass_ms(4999);
	CU_ASSERT(!world_ended(p));
	world_pass_ms(1);
	CU_ASSERT(world_ended(p));
	CU_ASSERT_EQUAL(left, 1);
	close_streams();
}

static void
who_expects_to_go_on_is_told_so(void)
{
	struct world_peer *p;

	open_streams();
	p = visit();
	say(p, STR(POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
	EXPECT_GOT(p, "HTTP/1.1 100 Continue\r\n\r\n");
	say(p, STR("a"));
	EXPECT_GOT(p, BEGUN "3\r\n(a)\r\n0\r\n\r\n");
	close_streams();
}

SUITE(test_server_bodies,
    { "a body goes to the handler as it comes", a_body_goes_to_the_handler_as_it_comes },
    { "its length has no limit", its_length_has_no_limit },
    { "without a body the handler is called as ever", without_a_body_the_handler_is_called_as_ever },
    { "it is the same wherever it breaks off", it_is_the_same_wherever_it_breaks_off },
    { "who does not take the answer is not heard", who_does_not_take_the_answer_is_not_heard },
    { "who never takes it is given up", who_never_takes_it_is_given_up },
    { "an answer before the end ends the connection", an_answer_before_the_end_ends_the_connection },
    { "a head may be answered at once", a_head_may_be_answered_at_once },
    { "who leaves in the middle is told", who_leaves_in_the_middle_is_told },
    { "a body that stops is given up", a_body_that_stops_is_given_up },
    { "who expects to go on is told so", who_expects_to_go_on_is_told_so });
