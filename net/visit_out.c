/* visit_out.c - answers, and the server's own word, on their way to the peer. */
#include "kernel/check.h"
#include "kernel/metric.h"
#include "net/http_out.h"
#include "net/visit.h"

static bool
is_head_only(const struct visit *v)
{
	return str_eq(v->x.head.method, STR("HEAD"));
}

size_t
visit_waiting(const struct visit *v)
{
	return v->out.end - v->out.start;
}

void
visit_flush(struct visit *v)
{
	size_t took = 1;

	while (visit_waiting(v) > 0 && took > 0) {
		took = conn_write(&v->conn, buf_view(&v->out));
		buf_take(&v->out, took);
	}
}

/* False: more waits than may.  Most answers never wait. */
bool
visit_put(struct visit *v, struct str s)
{
	size_t took = 1;

	while (visit_waiting(v) == 0 && s.len > 0 && took > 0) {
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
	CHECK(visit_put(v, out_view(&o)));
}

/* Before its body has ended: the rest is not wanted. */
static void
cut_short(struct visit *v)
{
	if (v->state != VISIT_BODY)
		return;
	v->keep = false;
	v->refused = true;
}

static void
answered(struct visit *v)
{
	v->state = VISIT_ANSWERED;
	loop_timer_set(&v->slow, visit_patience_ms(v->x.server));
	loop_soon(&v->wake);
}

void
server_answer(struct exchange *x, int status, struct str content_type, struct str fields,
    struct str body)
{
	struct visit         *v = x->visit;
	struct http_answering a = { .status = status, .content_type = content_type, .fields = fields };

	CHECK(visit_is_handlers(v));
	if (body.len > x->server->pending_max) {
		a = (struct http_answering){ .status = 500, .content_type = STR("text/plain") };
		body = STR("the answer is over the limit of this server\n");
	}
	a.length = body.len;
	cut_short(v);
	put_head(v, &a);
	if (!is_head_only(v) && http_status_has_body(a.status))
		CHECK(visit_put(v, body));
	answered(v);
}

void
server_begin(struct exchange *x, int status, struct str content_type, struct str fields)
{
	struct visit         *v = x->visit;
	struct http_answering a = { .status = status, .content_type = content_type, .fields = fields };

	CHECK(visit_is_handlers(v) && http_status_has_body(status));
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
		return visit_put(v, piece);
	hex(&o, piece.len);
	out_str(&o, STR("\r\n"));
	return visit_put(v, out_view(&o)) && visit_put(v, piece) && visit_put(v, STR("\r\n"));
}

bool
server_piece(struct exchange *x, struct str piece)
{
	struct visit *v = x->visit;

	CHECK(visit_is_handlers(v));
	if (piece.len == 0 || is_head_only(v))
		return true;
	if (put_chunk(v, piece) && visit_waiting(v) <= x->server->pending_max)
		return true;
	visit_drop(v);
	return false;
}

void
server_end(struct exchange *x)
{
	struct visit *v = x->visit;

	CHECK(visit_is_handlers(v));
	cut_short(v);
	if (v->chunked && !is_head_only(v))
		visit_put(v, STR("0\r\n\r\n"));
	answered(v);
}

void
server_abort(struct exchange *x)
{
	visit_end(x->visit);
}

/* The server's own word: why it does not take this request. */
void
visit_refuse(struct visit *v, int status, const char *wrong)
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
	CHECK(visit_put(v, out_view(&o)));
	answered(v);
}
