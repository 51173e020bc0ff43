/*
 * link.c - one connection of a client: a call goes out, its answer comes in.
 *
 * on_piece() and done() may cancel any call and close the client; so after
 * each of them `l->call` is looked at before anything else is touched.  A
 * link never gets its next call from inside them: client.c hands out calls
 * from a task of its own.
 */
#include "net/link.h"

#include <string.h>

#include "net/http_out.h"

#define HINTS_MAX 8      /* heads of 1xx before one answer */

/* Ends -------------------------------------------------------------------- */

void
call_why(struct call *c, const struct addr *peer, struct str before, struct str after)
{
	struct out o = out_over(c->why, sizeof(c->why) - 1);

	out_str(&o, before);
	addr_print(&o, peer);
	http_add(&o, after);
	c->why[o.len] = '\0';
}

bool
link_idle(const struct link *l)
{
	return l->used && l->call == NULL;
}

void
link_drop(struct link *l)
{
	if (l->call != NULL)
		conn_abort(&l->conn);
	else
		conn_close(&l->conn);        /* in order: nothing is under way */
	l->call = NULL;
	l->used = false;
	client_free(l->client);
}

static struct call *
let_go(struct link *l)
{
	struct call *c = l->call;

	link_drop(l);
	return c;
}

/* `before` ADDRESS `after`, and maybe ": " and why. */
static void
fail(struct link *l, enum outcome outcome, struct str before, struct str after, const char *why)
{
	char       text[sizeof(l->call->why)];
	struct out o = out_over(text, sizeof(text));

	http_add(&o, after);
	if (why[0] != '\0') {
		http_add(&o, STR(": "));
		http_add(&o, str_of(why));
	}
	call_why(l->call, &l->conn.peer, before, out_view(&o));
	call_end(let_go(l), outcome);
}

/* Not JSON: someone in between speaks, or another server.  Its words help. */
static void
quote(struct link *l)
{
	struct call *c = l->call;
	char         text[128];
	struct out   o = out_over(text, sizeof(text));

	out_str(&o, STR(" answered "));
	out_int(&o, c->status);
	out_str(&o, STR(", and not in JSON"));
	if (c->into != NULL && buf_view(c->into).len > 0) {
		out_str(&o, STR(": "));
		http_show(&o, buf_view(c->into), 80);
	}
	call_why(c, &l->conn.peer, STR(""), out_view(&o));
}

/* The answer is whole; the connection waits for the next call, or ends. */
static void
finish(struct link *l)
{
	struct call *c = l->call;
	bool         all_sent = l->sent == l->head_len + c->body.len;

	if (c->status >= 300 && !l->json)
		quote(l);
	l->call = NULL;
	l->served++;
	if (l->keep && !l->stale && all_sent && l->conn.state == CONN_OPEN && conn_data(&l->conn).len == 0)
		client_free(l->client);
	else
		link_drop(l);
	call_end(c, OUTCOME_ANSWERED);
}

/* The connection has ended: was that the end of the answer? */
static void
ended(struct link *l)
{
	struct call *c = l->call;
	const char  *why = l->conn.error_text;
	bool         untouched = l->sent == 0;

	if (l->headed && http_body_may_end(&l->body) && why[0] == '\0') {
		l->keep = false;
		finish(l);
	} else if (l->conn.handshake_failed) {
		fail(l, OUTCOME_TLS, STR("no TLS with "), STR(""), why);
	} else if (!l->opened) {
		fail(l, OUTCOME_UNREACHABLE, STR("cannot reach "), STR(""), why);
	} else if (l->served > 0 && !l->heard && (c->repeatable || untouched)) {
		let_go(l);
		client_again(l->client, c);
	} else if (untouched) {
		fail(l, OUTCOME_UNREACHABLE, STR(""), STR(" ended the connection before the request was sent"), why);
	} else if (!l->headed) {
		fail(l, OUTCOME_CUT, STR(""), STR(" ended the connection before it answered"), why);
	} else {
		fail(l, OUTCOME_CUT, STR(""), STR(" ended the connection in the middle of its answer"), why);
	}
}

void
link_late(struct link *l)
{
	if (l->opened && !l->heard)
		client_silent(l->client);
	if (!l->opened)
		fail(l, OUTCOME_UNREACHABLE, STR("cannot reach "), STR(" in time"),
		    l->conn.state == CONN_SHAKING ? "the TLS handshake did not end" : "no connection came about");
	else
		fail(l, OUTCOME_LATE, STR(""), STR(" did not answer in time"),
		    l->heard ? "a part of its answer came" : "not a byte came");
}

/* Out --------------------------------------------------------------------- */

static void
write_on(struct link *l)
{
	struct str head = { l->head, l->head_len };
	size_t     took = 1, all = l->head_len + l->call->body.len;

	while (l->sent < all && took > 0) {
		struct str left = l->sent < head.len ? str_from(head, l->sent)
		    : str_from(l->call->body, l->sent - head.len);

		took = conn_write(&l->conn, left);
		l->sent += took;
	}
}

/* False: the call has ended. */
static bool
begin(struct link *l, struct call *c)
{
	struct client     *cl = l->client;
	struct http_asking a = { c->method, c->target, cl->host, cl->agent, c->fields, c->body };
	struct out         o = out_over(l->head, sizeof(l->head));

	l->call = c;
	c->link = l;
	l->heard = l->headed = l->keep = l->json = false;
	l->hints = 0;
	l->looked = l->sent = 0;
	http_request_print(&o, &a);
	l->head_len = o.len;
	if (!out_ok(&o))
		fail(l, OUTCOME_UNREACHABLE, STR("nothing was sent to "), STR(""), "the request's head is over 16 KiB");
	return out_ok(&o);
}

static void moved(struct conn *conn);

bool
link_dial(struct link *l, struct client *cl, struct call *c)
{
	struct tls *t = NULL;

	l->client = cl;
	l->used = true;
	l->opened = l->stale = false;
	l->served = 0;
	l->conn = (struct conn){ .fd = -1, .peer = cl->addr, .moved = moved, .owner = l };
	if (!begin(l, c))
		return false;
	if (cl->tls && (t = tls_client(cl->trust, cl->identity, cl->name, cl->insecure)) == NULL) {
		fail(l, OUTCOME_UNREACHABLE, STR("cannot reach "), STR(""), "too many TLS connections");
		return false;
	}
	if (!conn_dial(&l->conn, &cl->addr, t)) {
		fail(l, OUTCOME_UNREACHABLE, STR("cannot reach "), STR(""), l->conn.error_text);
		return false;
	}
	return true;
}

void
link_send(struct link *l, struct call *c)
{
	if (begin(l, c))
		write_on(l);
}

/* In ---------------------------------------------------------------------- */

/* What came instead of HTTP, so that one sees who speaks there. */
static void
not_http(struct link *l, struct str bytes, const char *wrong)
{
	char       text[192];
	struct out o = out_over(text, sizeof(text) - 2);

	http_add(&o, str_of(wrong));
	if (l->conn.tls == NULL && bytes.len >= 2 && bytes.at[0] == 0x15 && bytes.at[1] == 0x03) {
		http_add(&o, STR("; it speaks TLS: use https"));
	} else {
		http_add(&o, STR(": \""));
		http_show(&o, bytes, 60);
		o.size++;
		out_char(&o, '"');
	}
	text[o.len] = '\0';
	fail(l, OUTCOME_BAD_ANSWER, STR(""), STR(" did not answer in HTTP/1.1"), text);
}

static bool
gathers(const struct call *c)
{
	return c->into != NULL && (c->on_piece == NULL || c->status / 100 != 2);
}

static void
too_big(struct link *l)
{
	char       text[64];
	struct out o = out_over(text, sizeof(text));

	out_str(&o, STR(" answered with more than "));
	out_u64(&o, l->call->into->size);
	out_str(&o, STR(" bytes, which is the limit"));
	fail(l, OUTCOME_TOO_BIG, STR(""), out_view(&o), "");
}

static void
keep_warning(struct call *c, struct str warning)
{
	struct out o = out_over(c->warning, sizeof(c->warning) - 1);

	http_add(&o, warning);
	c->warning[o.len] = '\0';
}

/* True: go on. */
static bool
take_head(struct link *l, const struct http_head *h)
{
	struct call *c = l->call;

	conn_taken(&l->conn, h->size);
	l->looked = 0;
	if (h->status < 200) {
		if (h->status != 101 && ++l->hints <= HINTS_MAX)
			return true;
		fail(l, OUTCOME_BAD_ANSWER, STR(""), STR(" did not answer in HTTP/1.1"), "it wants to speak otherwise");
		return false;
	}
	c->status = h->status;
	c->retry_after_s = h->retry_after_s;
	l->headed = true;
	l->keep = h->keep_alive;
	http_body_begin(&l->body, h);
	if (gathers(c) && h->framing == HTTP_LENGTH && h->length > c->into->size) {
		too_big(l);
		return false;
	}
	return true;
}

static bool
read_head(struct link *l)
{
	struct str       bytes = conn_data(&l->conn);
	struct http_head h;

	if (bytes.len == 0)
		return false;
	l->heard = true;
	switch (http_answer_parse(bytes, &l->looked, l->call->method, &h)) {
	case HTTP_DONE:
		keep_warning(l->call, h.warning);
		l->json = str_has(h.content_type, STR("json"));
		return take_head(l, &h);
	case HTTP_MORE:
		return false;
	case HTTP_BROKEN:
		not_http(l, bytes, h.wrong);
		return false;
	}
	return false;
}

/* False: the call has ended, or is not here any more. */
static bool
deliver(struct link *l, struct str piece)
{
	struct call *c = l->call;
	bool         more;

	if (c->on_piece != NULL && c->status / 100 == 2) {
		more = c->on_piece(c, piece);
		if (l->call != c)
			return false;
		if (!more)
			call_end(let_go(l), OUTCOME_ANSWERED);
		return more;
	}
	if (c->into == NULL || buf_add(c->into, piece))
		return true;
	too_big(l);
	return false;
}

static bool
read_body(struct link *l)
{
	struct str       piece;
	size_t           used;
	enum http_result r = http_body_next(&l->body, conn_data(&l->conn), &used, &piece);

	if (piece.len > 0 && !deliver(l, piece))
		return false;
	conn_taken(&l->conn, used);
	switch (r) {
	case HTTP_DONE:
		finish(l);
		return false;
	case HTTP_MORE:
		return used > 0;
	case HTTP_BROKEN:
		fail(l, OUTCOME_BAD_ANSWER, STR(""), STR(" sent an answer whose chunks are broken"), "");
		return false;
	}
	return false;
}

static void
moved(struct conn *conn)
{
	struct link *l = conn->owner;
	struct call *c = l->call;

	if (c == NULL) {
		if (conn->state != CONN_OPEN || conn_data(conn).len > 0)
			link_drop(l);        /* it ended, or spoke without being asked */
		return;
	}
	if (conn->state == CONN_OPEN) {
		l->opened = true;
		write_on(l);
	}
	while (l->headed ? read_body(l) : read_head(l))
		continue;
	if (l->call == c && conn->state == CONN_ENDED)
		ended(l);
}
