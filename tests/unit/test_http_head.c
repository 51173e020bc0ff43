/* test_http_head.c - rules of heads, each at every place where the bytes may break off. */
#include "net/http_head.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

/* What kube-apiserver 1.36 sends in front of an object, with its ids made even. */
#define TYPICAL \
	"HTTP/1.1 200 OK\r\n" \
	"Audit-Id: 1d4f2b6a-9d55-4f2e-8b0a-5f0a7d0c6f3e\r\n" \
	"Cache-Control: no-cache, private\r\n" \
	"Content-Type: application/json\r\n" \
	"X-Kubernetes-Pf-Flowschema-Uid: 5f1b9f36-4ad7-43a6-8f4f-3f7f2c1b9a10\r\n" \
	"X-Kubernetes-Pf-Prioritylevel-Uid: 0c8e1a52-6c3d-4f70-9a55-77f3b8f3c2d1\r\n" \
	"Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n" \
	"Content-Length: 10141\r\n\r\n"

#define ASK(fields)    "GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n"
#define ANSWER(fields) "HTTP/1.1 200 OK\r\n" fields "\r\n"

static struct str asked;          /* the method that answers answer; empty: requests are parsed */

static enum http_result
parse(struct str bytes, size_t *looked, struct http_head *h)
{
	return asked.len > 0 ? http_answer_parse(bytes, looked, asked, h) : http_request_parse(bytes, looked, h);
}

static void
line(struct out *o, struct str name, struct str value)
{
	if (value.at != NULL)
		OUT(o, name, STR("="), value, STR("\n"));
}

/* A head as text. */
static struct str
print(const struct http_head *h, char *buf, size_t size)
{
	static const struct str framings[] = {
		STR_INIT("none"), STR_INIT("length"), STR_INIT("chunked"), STR_INIT("close"),
	};
	struct out o = out_over(buf, size);

	line(&o, STR("method"), h->method);
	line(&o, STR("target"), h->target);
	line(&o, STR("host"), h->host);
	line(&o, STR("type"), h->content_type);
	line(&o, STR("accept"), h->accept);
	line(&o, STR("authorization"), h->authorization);
	line(&o, STR("warning"), h->warning);
	OUT(&o, STR("status="));
	out_int(&o, h->status);
	OUT(&o, STR(" minor="));
	out_int(&o, h->minor);
	OUT(&o, STR(" body="), framings[h->framing], STR(":"));
	out_u64(&o, h->length);
	OUT(&o, h->keep_alive ? STR(" keep") : STR(" close"), h->expect_continue ? STR(" expects") : STR(""));
	OUT(&o, STR(" retry="));
	out_int(&o, h->retry_after_s);
	CU_ASSERT_FATAL(out_ok(&o));
	return out_view(&o);
}

/* The bytes in memory of exactly their size, so that a look past them is seen. */
static enum http_result
parse_exact(struct str bytes, size_t *looked, struct http_head *h, char **copy)
{
	*copy = malloc(bytes.len + (bytes.len == 0));
	CU_ASSERT_FATAL(*copy != NULL);
	if (bytes.len > 0)
		memcpy(*copy, bytes.at, bytes.len);
	return parse((struct str){ *copy, bytes.len }, looked, h);
}

/* In one piece, and in two that break at every byte; cut short it is never done. */
static void
whole(struct str bytes, const char *want)
{
	char             text[2048];
	struct http_head h;
	char            *copy;

	for (size_t n = 0; n <= bytes.len; n++) {
		size_t           looked = 0;
		enum http_result r = parse_exact(str_upto(bytes, n), &looked, &h, &copy);

		CU_ASSERT_EQUAL(r, n < bytes.len ? HTTP_MORE : HTTP_DONE);
		free(copy);
		if (n == bytes.len)
			looked = 0;
		CU_ASSERT_EQUAL_FATAL(parse(bytes, &looked, &h), HTTP_DONE);
		CU_ASSERT_EQUAL(h.size, bytes.len);
		EXPECT_TEXT(print(&h, text, sizeof(text)), want);
	}
}

/* Never taken, and refused for this reason by the last byte at the latest. */
static void
refused(struct str bytes, int status, const char *wrong)
{
	struct http_head h;

	for (size_t n = 0; n <= bytes.len; n++) {
		size_t           looked = 0;
		char            *copy;
		enum http_result r = parse_exact(str_upto(bytes, n), &looked, &h, &copy);

		free(copy);
		CU_ASSERT_NOT_EQUAL(r, HTTP_DONE);
		if (r == HTTP_MORE)
			r = parse(bytes, &looked, &h);
		CU_ASSERT_EQUAL_FATAL(r, HTTP_BROKEN);
		if (n == bytes.len) {
			EXPECT_TEXT(str_of(h.wrong), wrong);
			if (asked.len == 0)
				CU_ASSERT_EQUAL(h.refusal, status);
		}
	}
}

static void
a_request_is_method_target_and_the_fields_that_matter(void)
{
	asked = STR_NONE;
	whole(STR("POST /mutate?timeout=10s HTTP/1.1\r\nHost: hook.ns.svc:443\r\n"
	    "User-Agent: kube-apiserver-admission\r\nContent-Length: 2\r\nAccept: application/json, */*\r\n"
	    "Content-Type: application/json\r\n"
	    "Authorization: Bearer x.y\r\nExpect: 100-Continue\r\n\r\n"),
	    "method=POST\ntarget=/mutate?timeout=10s\nhost=hook.ns.svc:443\ntype=application/json\n"
	    "accept=application/json, */*\nauthorization=Bearer x.y\n"
	    "status=0 minor=1 body=length:2 keep expects retry=-1");
	whole(STR("OPTIONS * HTTP/1.1\r\nhOsT:a\r\ntransfer-ENCODING: \t Chunked \t\r\n\r\n"),
	    "method=OPTIONS\ntarget=*\nhost=a\nstatus=0 minor=1 body=chunked:0 keep retry=-1");
}

static void
an_answer_is_status_framing_and_the_fields_that_matter(void)
{
	asked = STR("GET");
	whole(STR(TYPICAL), "type=application/json\nstatus=200 minor=1 body=length:10141 keep retry=-1");
	whole(STR("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"
	    "Warning: 299 - \"old\"\r\nWarning: 299 - \"older\"\r\n"
	    "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"),
	    "warning=299 - \"old\"\nstatus=429 minor=1 body=chunked:0 close retry=7");
	whole(STR("HTTP/1.1 200\r\nX: caf\xc3\xa9\r\n\r\n"), "status=200 minor=1 body=close:0 close retry=-1");
	whole(STR("HTTP/1.1 503 \r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n"),
	    "status=503 minor=1 body=length:0 keep retry=-1");
}

static void
what_follows_a_head_is_not_looked_at(void)
{
	struct http_head h;
	size_t           looked = 0;

	asked = STR_NONE;
	CU_ASSERT_EQUAL(parse(STR(ASK("") "\n\0\n\n"), &looked, &h), HTTP_DONE);
	CU_ASSERT_EQUAL(h.size, sizeof(ASK("")) - 1);
}

static void
some_answers_have_no_body(void)
{
	asked = STR("GET");
	whole(STR("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
	    "status=204 minor=1 body=none:5 keep retry=-1");
	whole(STR("HTTP/1.1 304 Not Modified\r\n\r\n"), "status=304 minor=1 body=none:0 keep retry=-1");
	whole(STR("HTTP/1.1 100 Continue\r\n\r\n"), "status=100 minor=1 body=none:0 keep retry=-1");
	asked = STR("HEAD");
	whole(STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
	    "status=200 minor=1 body=none:0 keep retry=-1");
}

static void
a_connection_is_kept_as_the_version_says_unless_a_field_says_otherwise(void)
{
	static const struct { struct str bytes; bool keep; } cases[] = {
		{ STR_INIT(ASK("")), true },
		{ STR_INIT(ASK("Connection: close\r\n")), false },
		{ STR_INIT(ASK("Connection: keep-alive, Close\r\n")), false },
		{ STR_INIT(ASK("Connection: x,\tclose\r\nConnection: keep-alive\r\n")), false },
		{ STR_INIT(ASK("Connection: closed\r\n")), true },
		{ STR_INIT("GET / HTTP/1.0\r\n\r\n"), false },
		{ STR_INIT("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), true },
		{ STR_INIT("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"), false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_head h;
		size_t           looked = 0;

		CU_ASSERT_EQUAL_FATAL(http_request_parse(cases[i].bytes, &looked, &h), HTTP_DONE);
		CU_ASSERT_EQUAL(h.keep_alive, cases[i].keep);
	}
}

struct refusal {
	struct str  bytes;
	int         status;
	const char *wrong;
};

#define LINE    "its first line is not a request"
#define CONTROL "a control character stands in its head"
#define BARE_LF "a line feed without a carriage return"
#define PAIR    "a line of its head is not name and value"
#define LENGTH  "its Content-Length is not one number"
#define CODING  "its Transfer-Encoding is not just chunked"
#define CODINGS "its Transfer-Encoding is said twice"
#define NO_VERSION "its version is not HTTP/1.0 or 1.1"

static const struct refusal requests[] = {
	/* First lines. */
	{ STR_INIT("\r\nGET / HTTP/1.1\r\n\r\n"), 400, LINE },
	{ STR_INIT(" GET / HTTP/1.1\r\n\r\n"), 400, LINE },
	{ STR_INIT("\x16\x03\x01\x02\x00\x01"), 400, LINE },
	{ STR_INIT("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, LINE },
	{ STR_INIT("GET\r\nHost: a\r\n\r\n"), 400, LINE },
	{ STR_INIT("GET /\r\n\r\n"), 400, NO_VERSION },
	{ STR_INIT("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 505, NO_VERSION },
	{ STR_INIT("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), 505, NO_VERSION },
	{ STR_INIT("GET / http/1.1\r\nHost: a\r\n\r\n"), 400, NO_VERSION },
	{ STR_INIT("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, NO_VERSION },
	{ STR_INIT("GET / x HTTP/1.1\r\nHost: a\r\n\r\n"), 400, NO_VERSION },
	{ STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, NO_VERSION },
	{ STR_INIT("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, "its target is not a path" },
	{ STR_INIT("GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"), 400, "its target is not a path" },
	{ STR_INIT("GET *x HTTP/1.1\r\nHost: a\r\n\r\n"), 400, "its target is not a path" },
	/* Ends of lines. */
	{ STR_INIT("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400, BARE_LF },
	{ STR_INIT("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400, BARE_LF },
	{ STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400, BARE_LF },
	{ STR_INIT("GET / HTTP/1.1\rHost: a\r\n\r\n"), 400, CONTROL },
	{ STR_INIT(ASK("X: a\rTransfer-Encoding: chunked\r\n")), 400, CONTROL },
	{ STR_INIT(ASK("X: a\r\r\n")), 400, CONTROL },
	{ STR_INIT(ASK("X: a\0b\r\n")), 400, CONTROL },
	{ STR_INIT(ASK("X: a\x7f\r\n")), 400, CONTROL },
	{ STR_INIT(ASK("X: 12345678901234567\x1f\r\n")), 400, CONTROL },
	/* Names. */
	{ STR_INIT(ASK("Transfer-Encoding : chunked\r\n")), 400, PAIR },
	{ STR_INIT(ASK("Transfer-Encoding\t: chunked\r\n")), 400, PAIR },
	{ STR_INIT(ASK(" folded: a\r\n")), 400, PAIR },
	{ STR_INIT(ASK("X: a\r\n\tb\r\n")), 400, PAIR },
	{ STR_INIT(ASK(": a\r\n")), 400, PAIR },
	{ STR_INIT(ASK("no colon\r\n")), 400, PAIR },
	{ STR_INIT(ASK("nothing\r\n")), 400, PAIR },
	{ STR_INIT(ASK("X\xe9: a\r\n")), 400, PAIR },
	/* Two readings of one message. */
	{ STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400, "it names no host" },
	{ STR_INIT(ASK("Host: a\r\n")), 400, "it names its host twice" },
	{ STR_INIT(ASK("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400,
	    "it has both Content-Length and Transfer-Encoding" },
	{ STR_INIT(ASK("Content-Length: 5\r\nContent-Length: 6\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: 5, 5\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: +5\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: -5\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: 0x5\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: 5 5\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length:\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Content-Length: 18446744073709551616\r\n")), 400, LENGTH },
	{ STR_INIT(ASK("Transfer-Encoding: gzip, chunked\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding: identity\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding: xchunked\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding: chunked, chunked\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding:\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")), 501, CODING },
	{ STR_INIT(ASK("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n")), 400, CODINGS },
	{ STR_INIT(ASK("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400, CODINGS },
	{ STR_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
	    "it is HTTP/1.0 with a Transfer-Encoding" },
	{ STR_INIT(ASK("Expect: a-miracle\r\n")), 417, "it expects what is not known here" },
};

static void
a_request_with_two_readings_is_refused(void)
{
	asked = STR_NONE;
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		refused(requests[i].bytes, requests[i].status, requests[i].wrong);
}

static const struct refusal answers[] = {
	{ STR_INIT("<html>"), 0, "it does not begin with HTTP/1" },
	{ STR_INIT("\x15\x03\x01\x00\x02\x02\x16"), 0, "it does not begin with HTTP/1" },
	{ STR_INIT("HTTP/2 200 \r\n\r\n"), 0, "it does not begin with HTTP/1" },
	{ STR_INIT("SSH-2.0-OpenSSH_9.2\r\n"), 0, "it does not begin with HTTP/1" },
	{ STR_INIT("HTTP/1.2 200 OK\r\n\r\n"), 0, NO_VERSION },
	{ STR_INIT("HTTP/1.1  200 OK\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1 20 OK\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1 2000 OK\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1 099 OK\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1 2x0 OK\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1\r\n\r\n"), 0, "its first line has no status of three digits" },
	{ STR_INIT("HTTP/1.1 200 O\x01K\r\n\r\n"), 0, CONTROL },
	{ STR_INIT(ANSWER("Content-Length: 5\r\nContent-Length: 6\r\n")), 0, LENGTH },
	{ STR_INIT(ANSWER("Transfer-Encoding: gzip\r\n")), 0, CODING },
	{ STR_INIT(ANSWER("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")), 0,
	    "it has both Content-Length and Transfer-Encoding" },
	{ STR_INIT(ANSWER("X : a\r\n")), 0, PAIR },
};

static void
an_answer_with_two_readings_is_refused(void)
{
	asked = STR("GET");
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		refused(answers[i].bytes, 0, answers[i].wrong);
}

/* Forty letters, one of them `c`: long enough to be looked at sixteen at a time. */
static enum http_result
with_byte(bool in_name, size_t place, int c)
{
	char             letters[40], head[128];
	struct str       s = { letters, sizeof(letters) };
	struct out       o = out_over(head, sizeof(head));
	struct http_head h;
	size_t           looked = 0;

	memset(letters, 'x', sizeof(letters));
	letters[place] = (char)c;
	OUT(&o, STR("GET / HTTP/1.1\r\nHost: a\r\n"), in_name ? s : STR("n"), STR(":"), in_name ? STR("v") : s);
	OUT(&o, STR("\r\n\r\n"));
	return http_request_parse(out_view(&o), &looked, &h);
}

static void
every_byte_is_judged_the_same_at_every_place(void)
{
	for (size_t place = 0; place < 40; place++) {
		for (int c = 0; c < 256; c++) {
			bool text = c == '\t' || (c >= ' ' && c != 0x7f);
			bool name = c > ' ' && c < 0x7f && (c != ':' || place > 0);

			CU_ASSERT_EQUAL(with_byte(false, place, c), text ? HTTP_DONE : HTTP_BROKEN);
			CU_ASSERT_EQUAL(with_byte(true, place, c), name ? HTTP_DONE : HTTP_BROKEN);
		}
	}
}

static void
the_same_length_twice_is_one_length(void)
{
	asked = STR_NONE;
	whole(STR(ASK("Content-Length: 5\r\nContent-Length: 5\r\n")),
	    "method=GET\ntarget=/\nhost=a\nstatus=0 minor=1 body=length:5 keep retry=-1");
}

static void
a_head_has_at_most_64_fields(void)
{
	char             buf[2048];
	struct http_head h;

	for (int n = 64; n <= 65; n++) {
		struct out o = out_over(buf, sizeof(buf));
		size_t     looked = 0;

		OUT(&o, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
		for (int i = 1; i < n; i++)
			OUT(&o, STR("X: y\r\n"));
		OUT(&o, STR("\r\n"));
		CU_ASSERT_EQUAL(http_request_parse(out_view(&o), &looked, &h), n == 64 ? HTTP_DONE : HTTP_BROKEN);
	}
	CU_ASSERT_EQUAL(h.refusal, 431);
}

/* A head that fills 16 KiB to its last byte, and one with a byte more. */
static void
a_head_is_whole_within_16_kib(void)
{
	static char      buf[HTTP_HEAD_MAX + 1];
	struct http_head h;
	size_t           looked = 0;

	memset(buf, 'x', sizeof(buf));
	memcpy(buf, "GET / HTTP/1.1\r\nHost: ", 22);
	memcpy(buf + HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
	CU_ASSERT_EQUAL(http_request_parse((struct str){ buf, HTTP_HEAD_MAX - 1 }, &looked, &h), HTTP_MORE);
	CU_ASSERT_EQUAL(http_request_parse((struct str){ buf, HTTP_HEAD_MAX }, &looked, &h), HTTP_DONE);
	memcpy(buf + HTTP_HEAD_MAX - 4, "x\r\n\r\n", 5);
	looked = 0;
	CU_ASSERT_EQUAL(http_request_parse((struct str){ buf, HTTP_HEAD_MAX + 1 }, &looked, &h), HTTP_BROKEN);
	CU_ASSERT_EQUAL(h.refusal, 431);
}

SUITE(test_http_head,
    { "a request is method, target and the fields that matter",
      a_request_is_method_target_and_the_fields_that_matter },
    { "an answer is status, framing and the fields that matter",
      an_answer_is_status_framing_and_the_fields_that_matter },
    { "what follows a head is not looked at", what_follows_a_head_is_not_looked_at },
    { "some answers have no body", some_answers_have_no_body },
    { "a connection is kept as the version says unless a field says otherwise",
      a_connection_is_kept_as_the_version_says_unless_a_field_says_otherwise },
    { "a request with two readings is refused", a_request_with_two_readings_is_refused },
    { "an answer with two readings is refused", an_answer_with_two_readings_is_refused },
    { "every byte is judged the same at every place", every_byte_is_judged_the_same_at_every_place },
    { "the same length twice is one length", the_same_length_twice_is_one_length },
    { "a head has at most 64 fields", a_head_has_at_most_64_fields },
    { "a head is whole within 16 KiB", a_head_is_whole_within_16_kib });
