/*
 * visit.c - one connection of a server: requests come in, answers go out.
 *
 * handle() and gone() may answer, abort, and close the server; so after each
 * of them the state is looked at anew.  What follows an answer is done by a
 * task: a handler that answers at once is not entered again from inside.
 */
#include "net/visit.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/metric.h"
#include "net/http_out.h"
#include "net/tls.h"

#define LINGER_MS 1000
#define BUSY      "another large one is being dealt with"

static bool
is_head_only(const struct visit *v)
{
	return str_eq(v->x.head.method, STR("HEAD"));
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

static void
drop(struct visit *v)
{
	leave(v);
	conn_abort(&v->conn);
}

void
visit_end(struct visit *v)
{
	bool open = v->state == VISIT_HANDLED && v->x.gone != NULL;

	drop(v);
	if (open)
		v->x.gone(&v->x);
}

static int64_t
patience_ms(const struct server *s)
{
	return loop_now_ms() + (s->slow_ms > 0 ? s->slow_ms : s->idle_ms);
}

/* Out --------------------------------------------------------------------- */

static size_t
waiting(const struct visit *v)
{
	return v->out.end - v->out.start;
}

static void
flush(struct visit *v)
{
	size_t took = 1;

	while (waiting(v) > 0 && took > 0) {
		took = conn_write(&v->conn, buf_view(&v->out));
		buf_take(&v->out, took);
	}
}

/* False: more waits than may.  Most answers never wait. */
static bool
put(struct visit *v, struct str s)
{
	size_t took = 1;

	while (waiting(v) == 0 && s.len > 0 && took > 0) {
		took = conn_write(&v->conn, s);
		s = str_from(s, took);
	}
	if (s.len > 0 && v->out.base == NULL)
		buf_init(&v->out, HTTP_HEAD_MAX + v->x.server->pending_max);
	return s.len == 0 || buf_add(&v->out, s);
}

static void
put_head(struct visit *v, struct http_answering *a)
{
	char       head[HTTP_HEAD_MAX / 2];
	struct out o = out_over(head, sizeof(head));

	a->close = !v->keep;
	a->keep = v->x.head.minor == 0;
	http_answer_print(&o, a);
	CHECK(out_ok(&o));
	CHECK(put(v, out_view(&o)));
}

static void
answered(struct visit *v)
{
	v->state = VISIT_ANSWERED;
	loop_timer_set(&v->slow, patience_ms(v->x.server));
	loop_soon(&v->wake);
}

void
server_answer(struct exchange *x, int status, struct str content_type, struct str fields,
    struct str body)
{
	struct visit         *v = x->visit;
	struct http_answering a = { .status = status, .content_type = content_type, .fields = fields };

	CHECK(v->state == VISIT_HANDLED);
	if (body.len > x->server->pending_max) {
		a = (struct http_answering){ .status = 500, .content_type = STR("text/plain") };
		body = STR("the answer is over the limit of this server\n");
	}
	a.length = body.len;
	put_head(v, &a);
	if (!is_head_only(v) && http_status_has_body(a.status))
		CHECK(put(v, body));
	answered(v);
}

void
server_begin(struct exchange *x, int status, struct str content_type, struct str fields)
{
	struct visit         *v = x->visit;
	struct http_answering a = { .status = status, .content_type = content_type, .fields = fields };

	CHECK(v->state == VISIT_HANDLED && http_status_has_body(status));
	a.chunked = v->chunked = x->head.minor == 1;
	a.until_close = !a.chunked;
	v->keep &= a.chunked;
	put_head(v, &a);
}

static void
hex(struct out *o, size_t n)
{
	if (n > 15)
		hex(o, n / 16);
	out_char(o, "0123456789abcdef"[n % 16]);
}

/* As a chunk, where the answer has chunks. */
static bool
put_chunk(struct visit *v, struct str piece)
{
	char       head[2 * sizeof(piece.len) + 2];
	struct out o = out_over(head, sizeof(head));

	if (!v->chunked)
		return put(v, piece);
	hex(&o, piece.len);
	out_str(&o, STR("\r\n"));
	return put(v, out_view(&o)) && put(v, piece) && put(v, STR("\r\n"));
}

bool
server_piece(struct exchange *x, struct str piece)
{
	struct visit *v = x->visit;

	CHECK(v->state == VISIT_HANDLED);
	if (piece.len == 0 || is_head_only(v))
		return true;
	if (put_chunk(v, piece) && waiting(v) <= x->server->pending_max)
		return true;
	drop(v);
	return false;
}

void
server_end(struct exchange *x)
{
	struct visit *v = x->visit;

	CHECK(v->state == VISIT_HANDLED);
	if (v->chunked && !is_head_only(v))
		put(v, STR("0\r\n\r\n"));
	answered(v);
}

void
server_abort(struct exchange *x)
{
	visit_end(x->visit);
}

/* The server's own word: why it does not take this request. */
static void
refuse(struct visit *v, int status, const char *wrong)
{
	char                  text[128];
	struct out            o = out_over(text, sizeof(text));
	struct http_answering a = { .status = status, .content_type = STR("text/plain") };

	if (status == 429 || status == 503)
		a.fields = STR("Retry-After: 1\r\n");
	metric_add(METRIC_HTTP_REFUSED + metric_code(status), 1);
	OUT(&o, STR("this request is refused: "), str_of(wrong), STR("\n"));
	a.length = o.len;
	v->keep = false;
	v->refused = true;
	put_head(v, &a);
	CHECK(put(v, out_view(&o)));
	answered(v);
}

/* In ---------------------------------------------------------------------- */

static void
next_request(struct visit *v)
{
	struct server *s = v->x.server;

	let_others(v);
	v->x = (struct exchange){ .peer = v->conn.peer, .tls = v->conn.tls != NULL, .server = s, .visit = v };
	v->looked = 0;
	v->refused = v->chunked = false;
	v->state = VISIT_HEAD;
	buf_reset(&v->in);
	loop_timer_set(&v->slow, v->kept ? loop_now_ms() + s->idle_ms : patience_ms(s));
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
	loop_timer_set(&v->slow, patience_ms(s));
	if (v->spare)
		refuse(v, 503, "this server is full");
	else if (v->x.head.framing == HTTP_LENGTH && v->x.head.length > s->body_max)
		refuse(v, 413, "its body is over the limit of this server");
	else if (v->x.head.framing == HTTP_LENGTH && !may_hold(v, v->x.head.length))
		refuse(v, 429, BUSY);
	else if (v->x.head.expect_continue && v->x.head.minor == 1 && v->x.head.framing != HTTP_NO_BODY)
		CHECK(put(v, STR("HTTP/1.1 100 Continue\r\n\r\n")));
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
		loop_timer_set(&v->slow, patience_ms(v->x.server));
	switch (http_request_parse(bytes, &v->looked, &h)) {
	case HTTP_DONE:
		take_head(v, str_upto(bytes, h.size));
		return true;
	case HTTP_MORE:
		return false;
	case HTTP_BROKEN:
		refuse(v, h.refusal, h.wrong);
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

static bool
read_body(struct visit *v)
{
	struct str       piece;
	size_t           used;
	enum http_result r = http_body_next(&v->body, conn_data(&v->conn), &used, &piece);

	if (v->body.content > v->x.server->body_max) {
		refuse(v, 413, "its body is over the limit of this server");
		return true;
	}
	if (!may_hold(v, v->body.content)) {
		refuse(v, 429, BUSY);
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
		refuse(v, 400, "the chunks of its body are broken");
		return true;
	}
	return false;
}

/* The answer is whole: when it is on its way the next request may come. */
static bool
send_rest(struct visit *v)
{
	flush(v);
	if (waiting(v) > 0)
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
		flush(v);
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

	if (began)
		refuse(v, 408, "it did not come in time");
	else
		drop(v);
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
