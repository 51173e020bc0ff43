/* test_client.c - the HTTP client: requests and answers, against scripted bytes. */
#include "asker.h"

static struct asker a, b;

/* Requests ----------------------------------------------------------------- */

static void
a_call_is_a_request_and_its_answer(void)
{
	open_client(1);
	prepare(&a, "a", 100);
	a.call.method = STR("PUT");
	a.call.fields = STR("X: y\r\naccept: text/plain\r\n");
	a.call.body = STR("{}");
	client_begin(&cl, &a.call);
	EXPECT_LOG("");
	world_settle();
	EXPECT_ASKED(0, "PUT /x HTTP/1.1\r\nHost: h\r\nUser-Agent: t/1\r\nX: y\r\naccept: text/plain\r\n"
	    "Content-Length: 2\r\n\r\n{}");
	answer(0, STR(OK "Content-Length: 5\r\nRetry-After: 3\r\nWarning: 299 - \"old\"\r\n\r\nhello"));
	EXPECT_LOG("a answered 200 hello\n");
	CU_ASSERT_EQUAL(a.call.retry_after_s, 3);
	EXPECT_TEXT(str_of(a.call.warning), "299 - \"old\"");
	close_client();
}

static void
a_body_that_is_empty_is_still_said(void)
{
	open_client(1);
	prepare(&a, "a", 100);
	a.call.method = STR("POST");
	a.call.body = STR("");
	begin(&a);
	EXPECT_ASKED(0, "POST /x HTTP/1.1\r\nHost: h\r\nUser-Agent: t/1\r\nAccept: application/json\r\n"
	    "Content-Length: 0\r\n\r\n");
	answer(0, STR("HTTP/1.1 204 No Content\r\n\r\n"));
	EXPECT_LOG("a answered 204\n");
	close_client();
}

static void
a_large_body_goes_out_as_the_peer_takes_it(void)
{
	static char big[600000];
	size_t      got;

	open_client(1);
	ask(&a, "a");
	answer(0, STR(HELLO));
	memset(big, 'x', sizeof(big));
	world_taken(peers[0], world_got(peers[0]).len);
	world_hold(peers[0], true);
	prepare(&b, "b", 100);
	b.call.body = (struct str){ big, sizeof(big) };
	begin(&b);
	CU_ASSERT_EQUAL(world_got(peers[0]).len, 0);
	world_hold(peers[0], false);
	world_split(7000);
	world_settle();
	got = world_got(peers[0]).len;
	CU_ASSERT(got > sizeof(big) && got < sizeof(big) + 200);
	answer(0, STR(HELLO));
	EXPECT_LOG("a answered 200 hello\nb answered 200 hello\n");
	close_client();
}

static void
a_head_over_16_kib_is_not_sent(void)
{
	static char fields[17000];

	open_client(1);
	memset(fields, 'x', sizeof(fields));
	prepare(&a, "a", 100);
	a.call.fields = (struct str){ fields, sizeof(fields) };
	begin(&a);
	EXPECT_LOG("a unreachable: nothing was sent to 10.0.0.1:80: the request's head is over 16 KiB\n");
	close_client();
}

/* Answers ------------------------------------------------------------------ */

struct script {
	struct str  bytes;
	bool        end;             /* then the connection ends */
	const char *want;
};

static const struct script whole[] = {
	{ STR_INIT(HELLO), false, "a answered 200 hello\n" },
	{ STR_INIT(OK "Content-Length: 0\r\n\r\n"), false, "a answered 200\n" },
	{ STR_INIT(OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nT: 1\r\n\r\n"), false,
	    "a answered 200 hello\n" },
	{ STR_INIT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" HELLO), false,
	    "a answered 200 hello\n" },
	{ STR_INIT(OK "\r\nhello"), true, "a answered 200 hello\n" },
	{ STR_INIT("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), false, "a answered 200 hello\n" },
	{ STR_INIT("HTTP/1.1 404 Not Found\r\n" JSON "Content-Length: 2\r\n\r\n{}"), false, "a answered 404 {}\n" },
	{ STR_INIT("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" JSON "\r\n"), false, "a answered 304\n" },
};

static void
an_answer_is_the_same_wherever_it_breaks_off(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t n = 0; n <= whole[i].bytes.len; n++) {
			open_client(1);
			ask(&a, "a");
			answer(0, str_upto(whole[i].bytes, n));
			answer(0, str_from(whole[i].bytes, n));
			if (whole[i].end) {
				EXPECT_LOG("");
				world_end(peers[0]);
				world_settle();
			}
			EXPECT_LOG(whole[i].want);
			close_client();
		}
	}
}

static void
an_answer_is_the_same_in_pieces_of_any_size(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t split = 1; split <= 9; split++) {
			open_client(1);
			world_split(split);
			ask(&a, "a");
			EXPECT_ASKED(0, GET_X);
			answer(0, whole[i].bytes);
			if (whole[i].end)
				world_end(peers[0]);
			world_settle();
			EXPECT_LOG(whole[i].want);
			close_client();
		}
	}
}

/* By FIN and by reset; what says its own length is not whole before its end. */
static void
an_answer_that_is_cut_is_never_whole(void)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		for (size_t n = 0; n < whole[i].bytes.len; n++) {
			open_client(1);
			ask(&a, "a");
			answer(0, str_upto(whole[i].bytes, n));
			if (whole[i].end || n % 2 == 0)
				world_cut(peers[0]);
			else
				world_end(peers[0]);
			world_settle();
			CU_ASSERT_EQUAL(a.call.outcome, OUTCOME_CUT);
			CU_ASSERT(str_starts(str_of(a.call.why), STR("10.0.0.1:80 ended the connection ")));
			close_client();
		}
	}
}

static void
a_cut_says_where_it_came(void)
{
	open_client(1);
	ask(&a, "a");
	world_cut(peers[0]);
	world_settle();
	EXPECT_LOG("a cut: 10.0.0.1:80 ended the connection before it answered: connection reset by peer\n");
	ask(&a, "a");
	answer(1, STR(OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"));
	world_end(peers[1]);
	world_settle();
	EXPECT_LOG("a cut 200: 10.0.0.1:80 ended the connection in the middle of its answer\n");
	close_client();
}

static void
what_is_not_http_is_shown(void)
{
	static const struct script cases[] = {
		{ STR_INIT("<!DOCTYPE html>\n<html><title>Sign in</title>"), false,
		    "a bad answer: 10.0.0.1:80 did not answer in HTTP/1.1: it does not begin with HTTP/1: \"Sign in \"\n" },
		{ STR_INIT("SSH-2.0-OpenSSH_9.2\r\n"), false,
		    "a bad answer: 10.0.0.1:80 did not answer in HTTP/1.1: it does not begin with HTTP/1: "
		    "\"SSH-2.0-OpenSSH_9.2 \"\n" },
		{ STR_INIT("\x15\x03\x01\0\x02\x02\x16"), false,
		    "a bad answer: 10.0.0.1:80 did not answer in HTTP/1.1: it does not begin with HTTP/1; "
		    "it speaks TLS: use https\n" },
		{ STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), false,
		    "a bad answer: 10.0.0.1:80 did not answer in HTTP/1.1: its Content-Length is not one number: "
		    "\"HTTP/1.1 200 OK Content-Length: 1 Content-Length: 2 \"\n" },
		{ STR_INIT("HTTP/1.1 101 Switching Protocols\r\n\r\n"), false,
		    "a bad answer: 10.0.0.1:80 did not answer in HTTP/1.1: it wants to speak otherwise\n" },
		{ STR_INIT(OK "Transfer-Encoding: chunked\r\n\r\n5\nhello"), false,
		    "a bad answer 200: 10.0.0.1:80 sent an answer whose chunks are broken\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_client(1);
		ask(&a, "a");
		answer(0, cases[i].bytes);
		EXPECT_LOG(cases[i].want);
		CU_ASSERT(world_ended(peers[0]));
		close_client();
	}
}

static void
an_error_that_is_not_json_is_quoted(void)
{
	open_client(1);
	ask(&a, "a");
	answer(0, STR("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"));
	world_end(peers[0]);
	world_settle();
	EXPECT_LOG("a answered 400 Client sent an HTTP request to an HTTPS server.\n"
	    ": 10.0.0.1:80 answered 400, and not in JSON: Client sent an HTTP request to an HTTPS server. \n");
	close_client();
}

static void
hints_have_an_end(void)
{
	open_client(1);
	ask(&a, "a");
	for (int i = 0; i < 8; i++)
		answer(0, STR("HTTP/1.1 102 Processing\r\n\r\n"));
	EXPECT_LOG("");
	answer(0, STR("HTTP/1.1 102 Processing\r\n\r\n"));
	CU_ASSERT_EQUAL(a.call.outcome, OUTCOME_BAD_ANSWER);
	close_client();
}

static void
an_answer_over_its_limit_is_cut(void)
{
	static const struct str cases[] = {
		STR_INIT(OK "Content-Length: 6\r\n\r\n"),
		STR_INIT(OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef"),
		STR_INIT(OK "\r\nabcdef"),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_client(1);
		prepare(&a, "a", 5);
		begin(&a);
		answer(0, cases[i]);
		EXPECT_LOG("a too big 200: 10.0.0.1:80 answered with more than 5 bytes, which is the limit\n");
		CU_ASSERT(world_ended(peers[0]));
		close_client();
	}
}

static void
an_answer_to_head_has_no_body(void)
{
	open_client(1);
	prepare(&a, "a", 100);
	a.call.method = STR("HEAD");
	begin(&a);
	answer(0, STR(OK "Content-Length: 5\r\n\r\n"));
	EXPECT_LOG("a answered 200\n");
	CU_ASSERT(!world_ended(peers[0]));
	close_client();
}

SUITE(test_client,
    { "a call is a request and its answer", a_call_is_a_request_and_its_answer },
    { "a body that is empty is still said", a_body_that_is_empty_is_still_said },
    { "a large body goes out as the peer takes it", a_large_body_goes_out_as_the_peer_takes_it },
    { "a head over 16 KiB is not sent", a_head_over_16_kib_is_not_sent },
    { "an answer is the same wherever it breaks off", an_answer_is_the_same_wherever_it_breaks_off },
    { "an answer is the same in pieces of any size", an_answer_is_the_same_in_pieces_of_any_size },
    { "an answer that is cut is never whole", an_answer_that_is_cut_is_never_whole },
    { "a cut says where it came", a_cut_says_where_it_came },
    { "what is not HTTP is shown", what_is_not_http_is_shown },
    { "an error that is not JSON is quoted", an_error_that_is_not_json_is_quoted },
    { "hints have an end", hints_have_an_end },
    { "an answer over its limit is cut", an_answer_over_its_limit_is_cut },
    { "an answer to HEAD has no body", an_answer_to_head_has_no_body });
