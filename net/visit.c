/*
 * visit.c - one connection of a server: requests come in, and what becomes of it.
 *
 * handle() and gone() may answer, abort, and close the server; so after each
 * of them the state is looked at anew.  What follows an answer is done by a
 * task: a handler that answers at once is not entered again from inside.
 */
#include "net/visit.h"

#include <string.h>

#include "kernel/check.h"
#include "net/tls.h"

#define LINGER_MS 1000
#define BUSY      "another large one is being dealt with"

/* The handler may answer. */
bool
visit_is_handlers(const struct visit *v)
{
	return v->state == VISIT_HANDLED || (v->state == VISIT_BODY && v->streams);
}

/* Ends -------------------------------------------------------------------- */

/* The only large body is no more. */
static void
let_others(struct visit *v)
{
	struct server *s = v->x.server;

	if (s->alone != v)
		return;
	s->alone = NULL;
	buf_reset(&v->in);
}

static void
leave(struct visit *v)
{
	let_others(v);
	loop_timer_stop(&v->slow);
	loop_soon_cancel(&v->wake);
	v->state = VISIT_NONE;
}

void
visit_drop(struct visit *v)
{
	leave(v);
	conn_abort(&v->conn);
}

void
visit_end(struct visit *v)
{
	bool open = visit_is_handlers(v) && v->x.gone != NULL;

	visit_drop(v);
	if (open)
		v->x.gone(&v->x);
}

int64_t
visit_patience_ms(const struct server *s)
{
	return loop_now_ms() + (s->slow_ms > 0 ? s->slow_ms : s->idle_ms);
}

/* In ---------------------------------------------------------------------- */

static void
next_request(struct visit *v)
{
	struct server *s = v->x.server;

	let_others(v);
	v->x = (struct exchange){ .peer = v->conn.peer, .tls = v->conn.tls != NULL, .server = s, .visit = v };
	v->looked = 0;
	v->refused = v->chunked = v->streams = false;
	v->state = VISIT_HEAD;
	buf_reset(&v->in);
	loop_timer_set(&v->slow, v->kept ? loop_now_ms() + s->idle_ms : visit_patience_ms(s));
}

/* May it hold so much?  Of those that hold much there is one. */
static bool
may_hold(struct visit *v, uint64_t size)
{
	struct server *s = v->x.server;

	if (s->body_alone == 0 || size <= s->body_alone)
		return true;
	if (s->alone == NULL)
		s->alone = v;
	return s->alone == v;
}

bool
visit_waits(const struct visit *v)
{
	return v->state == VISIT_HEAD && v->kept && v->looked == 0;
}

void
visit_dismiss(struct visit *v)
{
	leave(v);
	conn_close(&v->conn);
}

static void
be_expected(struct visit *v)
{
	if (v->x.head.expect_continue && v->x.head.minor == 1 && v->x.head.framing != HTTP_NO_BODY)
		CHECK(visit_put(v, STR("HTTP/1.1 100 Continue\r\n\r\n")));
}

/* True: the body need not be gathered; it goes to the handler, or is not wanted at all. */
static bool
offer(struct visit *v)
{
	struct server *s = v->x.server;

	if (s->head == NULL)
		return false;
	v->streams = true;
	s->head(&v->x);
	if (v->state != VISIT_BODY)
		return true;
	v->streams = v->x.on_piece != NULL;
	if (v->streams)
		be_expected(v);
	return v->streams;
}

/* Views of a request must outlive what the connection holds: it is copied, and read there. */
static void
take_head(struct visit *v, struct str head)
{
	struct server *s = v->x.server;
	size_t         looked = 0;

	CHECK(buf_add(&v->in, head));
	conn_taken(&v->conn, head.len);
	CHECK(http_request_parse(buf_view(&v->in), &looked, &v->x.head) == HTTP_DONE);
	v->head_len = head.len;
	v->keep = v->x.head.keep_alive;
	v->state = VISIT_BODY;
	http_body_begin(&v->body, &v->x.head);
	loop_timer_set(&v->slow, visit_patience_ms(s));
	if (v->spare)
		visit_refuse(v, 503, "this server is full");
	else if (v->x.head.framing != HTTP_NO_BODY && offer(v))
		return;
	else if (v->x.head.framing == HTTP_LENGTH && v->x.head.length > s->body_max)
		visit_refuse(v, 413, "its body is over the limit of this server");
	else if (v->x.head.framing == HTTP_LENGTH && !may_hold(v, v->x.head.length))
		visit_refuse(v, 429, BUSY);
	else
		be_expected(v);
}

/* True: on to what follows. */
static bool
read_head(struct visit *v)
{
	struct str       bytes = conn_data(&v->conn);
	struct http_head h;

	if (bytes.len == 0)
		return false;
	if (v->looked == 0)
		loop_timer_set(&v->slow, visit_patience_ms(v->x.server));
	switch (http_request_parse(bytes, &v->looked, &h)) {
	case HTTP_DONE:
		take_head(v, str_upto(bytes, h.size));
		return true;
	case HTTP_MORE:
		return false;
	case HTTP_BROKEN:
		visit_refuse(v, h.refusal, h.wrong);
		return true;
	}
	return false;
}

static void
handle(struct visit *v)
{
	v->x.body = str_from(buf_view(&v->in), v->head_len);
	v->state = VISIT_HANDLED;
	loop_timer_stop(&v->slow);
	v->x.server->handle(&v->x);
}

/* What has come to the handler; but not while the peer has some of the answer to take. */
static bool
stream_body(struct visit *v)
{
	struct str       piece;
	size_t           used;
	enum http_result r;

	visit_flush(v);
	if (visit_waiting(v) > 0)
		return false;
	r = http_body_next(&v->body, conn_data(&v->conn), &used, &piece);
	if (piece.len > 0) {
		loop_timer_set(&v->slow, visit_patience_ms(v->x.server));
		v->x.on_piece(&v->x, piece);
		if (v->state != VISIT_BODY)
			return v->state != VISIT_NONE;
	}
	conn_taken(&v->conn, used);
	if (r == HTTP_DONE)
		handle(v);
	else if (r == HTTP_BROKEN)
		visit_end(v);
	return r != HTTP_MORE || used > 0;
}

static bool
read_body(struct visit *v)
{
	struct str       piece;
	size_t           used;
	enum http_result r;

	if (v->streams)
		return stream_body(v);
	r = http_body_next(&v->body, conn_data(&v->conn), &used, &piece);
	if (v->body.content > v->x.server->body_max) {
		visit_refuse(v, 413, "its body is over the limit of this server");
		return true;
	}
	if (!may_hold(v, v->body.content)) {
		visit_refuse(v, 429, BUSY);
		return true;
	}
	CHECK(buf_add(&v->in, piece));
	conn_taken(&v->conn, used);
	switch (r) {
	case HTTP_DONE:
		handle(v);
		return true;
	case HTTP_MORE:
		return used > 0;
	case HTTP_BROKEN:
		visit_refuse(v, 400, "the chunks of its body are broken");
		return true;
	}
	return false;
}

/* The answer is whole: when it is on its way the next request may come. */
static bool
send_rest(struct visit *v)
{
	visit_flush(v);
	if (visit_waiting(v) > 0)
		return false;
	if (v->keep) {
		v->kept = true;
		next_request(v);
		return true;
	}
	if (v->refused) {
		v->state = VISIT_LINGERING;
		loop_timer_set(&v->slow, loop_now_ms() + LINGER_MS);
		return true;
	}
	leave(v);
	conn_close(&v->conn);
	return false;
}

/* As far as it goes; what comes before its time is left to the connection.
 * One request a turn, so that connections take turns. */
static bool
step(struct visit *v)
{
	switch (v->state) {
	case VISIT_NONE:
		return false;
	case VISIT_HEAD:
		return read_head(v);
	case VISIT_BODY:
		return read_body(v);
	case VISIT_HANDLED:
		visit_flush(v);
		return false;
	case VISIT_ANSWERED:
		return !v->wake.queued && send_rest(v);
	case VISIT_LINGERING:
		conn_taken(&v->conn, conn_data(&v->conn).len);
		return false;
	}
	check_failed("a known state", __FILE__, __LINE__);
}

static void
moved(struct conn *conn)
{
	struct visit *v = conn->owner;

	if (conn->state == CONN_ENDED) {
		visit_end(v);
		return;
	}
	while (conn->state == CONN_OPEN && step(v))
		continue;
}

static void
woken(struct loop_task *t)
{
	struct visit *v = t->owner;

	moved(&v->conn);
}

static void
too_slow(struct loop_timer *t)
{
	struct visit *v = t->owner;
	bool          began = v->state == VISIT_BODY || (v->state == VISIT_HEAD && v->looked > 0);

	if (v->state == VISIT_BODY && v->streams)
		visit_end(v);
	else if (began)
		visit_refuse(v, 408, "it did not come in time");
	else
		visit_drop(v);
}

void
visit_begin(struct visit *v, struct server *s, int fd, const struct addr *peer, struct tls *t)
{
	if (v->in.base == NULL)
		buf_init(&v->in, HTTP_HEAD_MAX + s->body_max);
	buf_reset(&v->out);
	v->slow = (struct loop_timer){ .due = too_slow, .owner = v };
	v->wake = (struct loop_task){ .run = woken, .owner = v };
	v->conn = (struct conn){ .moved = moved, .owner = v };
	v->x.server = s;
	v->spare = v >= s->visits + s->conns_max;
	v->kept = false;
	conn_accepted(&v->conn, fd, peer, t);
	next_request(v);
}
