/*
 * reflector.c - list, watch, resume: one state machine a view.
 *
 *	LISTING -> LISTED -> WATCHING -> (ended) WATCHING
 *	anything that goes wrong -> WAITING -> LISTING or WATCHING
 */
#include "k8s/reflector.h"

#include <string.h>

#include "k8s/watch_line.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/metric.h"
#include "kernel/random.h"

_Static_assert(METRIC_COUNT(EVENT) == WATCH_BROKEN + 1 && METRIC_COUNT(STORED) == STORED_BAD + 1,
    "a label an event, and one a result");

#define SHORT_MS 1000            /* a watch that ends sooner and brought nothing was none */

static void list_page(struct reflector *r);
static void watch_open(struct reflector *r);

static bool
set_text(char *at, size_t size, struct str s)
{
	if (s.len >= size)
		return false;
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	at[s.len] = '\0';
	return true;
}

/* Trouble ------------------------------------------------------------------ */

int64_t
backoff_ms(int tries, uint64_t random)
{
	int64_t ms = 800;

	for (int i = 1; i < tries && ms < 30000; i++)
		ms *= 2;
	if (ms > 30000)
		ms = 30000;
	return ms + ms * (int64_t)(random >> 44) / (1 << 20);
}

static void
say(struct reflector *r, struct str doing, struct str why)
{
	struct out o = out_over(r->trouble_text, sizeof(r->trouble_text) - 1);

	OUT(&o, doing, r->view->kind->plural, STR(": "));
	out_str(&o, str_upto(why, o.size - o.len));
	r->trouble_text[o.len] = '\0';
}

/* How long this time.  A first expiry in a time of calm is ordinary life: no wait. */
static int64_t
delay(struct reflector *r, enum reflector_trouble t, int64_t at_least_ms)
{
	int64_t now = loop_now_ms(), ms;

	if (now - r->trouble_ms[t] > REFLECTOR_CALM_MS)
		r->trouble[t] = 0;
	r->trouble_ms[t] = now;
	if (r->trouble[t] < 32)
		r->trouble[t]++;
	ms = t == TROUBLE_EXPIRED && r->trouble[t] == 1 ? 0 : backoff_ms(r->trouble[t], random_u64());
	if (t == TROUBLE_DISTRUSTED && ms > REFLECTOR_DISTRUST_MS)
		ms = REFLECTOR_DISTRUST_MS;
	return ms > at_least_ms ? ms : at_least_ms;
}

static void
wait(struct reflector *r, enum reflector_trouble t, enum reflector_next next, int64_t at_least_ms)
{
	int64_t ms = delay(r, t, at_least_ms);

	LOG(t == TROUBLE_EXPIRED ? LOG_INFO : LOG_WARN, "not up to date", LOG_STR("why", str_of(r->trouble_text)),
	    LOG_INT("again_ms", ms));
	r->state = REFLECTOR_WAITING;
	r->next = next;
	loop_timer_set(&r->timer, loop_now_ms() + ms);
}

/* The server has forgotten that version, or has never been there. */
static bool
is_expired(int status, struct str reason, struct str message)
{
	return status == 410 || str_eq(reason, STR("Expired")) || str_eq(reason, STR("Gone")) ||
	    str_has(message, STR("Too large resource version"));
}

static void
answer_trouble(struct reflector *r, const struct answer *a, struct str doing, enum reflector_next next)
{
	say(r, doing, a->message);
	if (r->troubled != NULL)
		r->troubled(r, a->outcome);
	if (is_expired(a->status, a->reason, a->message))
		wait(r, TROUBLE_EXPIRED, NEXT_LIST, 0);
	else if (a->status == 429 || a->retry_after_ms >= 0)
		wait(r, TROUBLE_THROTTLED, next, a->retry_after_ms);
	else if (a->outcome == OUTCOME_TLS)
		wait(r, TROUBLE_DISTRUSTED, next, 0);
	else if (a->outcome == OUTCOME_CUT || a->outcome == OUTCOME_LATE)
		wait(r, TROUBLE_CUT, next, 0);
	else
		wait(r, TROUBLE_REFUSED, next, 0);
}

/* List ---------------------------------------------------------------------- */

struct page {
	struct str version, next, items;
};

static bool
read_page(struct str body, struct page *p)
{
	struct scan s = scan_obj(body), m;
	struct str  metadata = STR_NONE;

	*p = (struct page){ .items = STR_NONE };
	while (scan_next(&s)) {
		if (str_eq(s.key, STR("metadata")))
			metadata = s.val;
		else if (str_eq(s.key, STR("items")) && !str_eq(s.val, STR("null")))
			p->items = s.val;
	}
	m = scan_obj(metadata);
	while (metadata.len > 0 && scan_next(&m)) {
		if (str_eq(m.key, STR("resourceVersion")))
			scan_plain(m.val, &p->version);
		else if (str_eq(m.key, STR("continue")))
			scan_plain(m.val, &p->next);
	}
	return !s.broken && !m.broken && p->version.len > 0;
}

static enum stored
counted(enum stored how)
{
	metric_add(METRIC_STORED + how, 1);
	return how;
}

static bool
store_items(struct reflector *r, struct str items)
{
	struct scan s;

	if (items.len == 0)
		return true;
	s = scan_arr(items);
	while (scan_next(&s))
		if (counted(store_list_item(r->store, r->view, s.val, r->listing)) == STORED_BAD)
			LOG(LOG_ERROR, "an item of a list is no object: it stays unknown",
			    LOG_STR("kind", r->view->kind->name));
	return !s.broken;
}

static void
listed(struct reflector *r)
{
	uint64_t version;

	if (!str_u64(str_of(r->version), &version))
		version = 0;
	store_list_end(r->store, r->view, r->ns, r->listing, version);
	r->listed_once = true;
	r->state = REFLECTOR_LISTED;
	if (r->synced != NULL)
		r->synced(r);
	if (r->state == REFLECTOR_LISTED && !r->hold)
		watch_open(r);
}

static void
list_begin(struct reflector *r)
{
	r->next_page[0] = '\0';
	r->listing = store_list_begin(r->store, r->view);
	r->lists++;
	list_page(r);
}

static void
page_done(struct request *q, const struct answer *a)
{
	struct reflector *r = q->owner;
	struct page       page;

	if (a->outcome == OUTCOME_TOO_BIG && r->page > 1) {
		r->page /= 2;
		list_page(r);
		return;
	}
	if (!a->ok) {
		answer_trouble(r, a, STR("listing "), NEXT_PAGE);
		return;
	}
	if (!read_page(a->body, &page) || !store_items(r, page.items) ||
	    !set_text(r->version, sizeof(r->version), page.version) ||
	    !set_text(r->next_page, sizeof(r->next_page), page.next)) {
		say(r, STR("listing "), STR("what the API server answered is not a list"));
		wait(r, TROUBLE_REFUSED, NEXT_LIST, 0);
		return;
	}
	if (page.next.len > 0)
		list_page(r);
	else
		listed(r);
}

static void
request(struct reflector *r, enum verb verb, const struct out *query)
{
	CHECK(out_ok(query));
	r->request.verb = verb;
	r->request.kind = r->view->kind;
	r->request.ns = r->ns;
	r->request.query = out_view(query);
	r->request.owner = r;
}

static struct out
query_for(struct reflector *r)
{
	struct out query = out_over(r->query, sizeof(r->query));

	if (r->view->selector.len > 0)
		query_add(&query, STR("labelSelector"), r->view->selector);
	if (r->name.len > 0) {
		query_add(&query, STR("fieldSelector"), STR("metadata.name="));
		kind_escape(&query, r->name);
	}
	return query;
}

static void
query_number(struct out *query, struct str key, int64_t number)
{
	char       text[24];
	struct out o = out_over(text, sizeof(text));

	out_int(&o, number);
	query_add(query, key, out_view(&o));
}

/* No resourceVersion: the newest state, and never an old one from a cache. */
static void
list_page(struct reflector *r)
{
	struct out query = query_for(r);

	r->state = REFLECTOR_LISTING;
	query_number(&query, STR("limit"), r->page);
	if (r->next_page[0] != '\0')
		query_add(&query, STR("continue"), str_of(r->next_page));
	request(r, VERB_LIST, &query);
	r->request.done = page_done;
	r->request.on_piece = NULL;
	r->request.deadline_ms = 0;
	api_send(r->api, &r->request);
}

/* Watch --------------------------------------------------------------------- */

/* Nothing more of this watch is looked at. */
static bool
end_watch(struct reflector *r, enum reflector_trouble t, enum reflector_next next, struct str why)
{
	say(r, STR("watching "), why);
	r->ended = true;
	r->ended_by = t;
	r->next = next;
	return false;
}

static bool
move_on(struct reflector *r, struct str version)
{
	if (version.len == 0 || !set_text(r->version, sizeof(r->version), version))
		return end_watch(r, TROUBLE_REFUSED, NEXT_LIST, STR("an event has no resourceVersion"));
	r->moved = true;
	return true;
}

static bool
take_error(struct reflector *r, const struct watch_line *w)
{
	if (is_expired(w->code, w->reason, w->message))
		return end_watch(r, TROUBLE_EXPIRED, NEXT_LIST, w->message);
	if (w->code == 429)
		return end_watch(r, TROUBLE_THROTTLED, NEXT_WATCH, w->message);
	return end_watch(r, TROUBLE_REFUSED, NEXT_LIST, w->message);
}

static bool
take_object(struct reflector *r, const struct watch_line *w)
{
	if (!w->named)
		return end_watch(r, TROUBLE_REFUSED, NEXT_LIST, STR("an event has no object with a name"));
	r->events++;
	if (w->event == WATCH_DELETED)
		counted(store_delete_object(r->store, r->view, &w->meta));
	else
		counted(store_put_object(r->store, r->view, &w->meta));
	return move_on(r, w->meta.version);
}

static bool
take_line(struct reflector *r, struct str line)
{
	struct watch_line w;

	if (str_trim(line).len == 0)
		return true;
	watch_line_parse(line, &w);
	metric_add(METRIC_EVENTS + w.event, 1);
	switch (w.event) {
	case WATCH_ADDED:
	case WATCH_MODIFIED:
	case WATCH_DELETED:
		return take_object(r, &w);
	case WATCH_BOOKMARK:
		return move_on(r, w.meta.version);
	case WATCH_ERROR:
		return take_error(r, &w);
	case WATCH_BROKEN:
		break;
	}
	return end_watch(r, TROUBLE_REFUSED, NEXT_LIST, STR("a line is not a watch event"));
}

/* A line that ends in this piece, after what is held of it already. */
static bool
take_end(struct reflector *r, struct str piece)
{
	bool more;

	if (buf_view(&r->line).len == 0)
		return take_line(r, piece);
	more = buf_add(&r->line, piece) ? take_line(r, buf_view(&r->line)) :
	    end_watch(r, TROUBLE_REFUSED, NEXT_LIST, STR("one event is over 4 MiB"));
	buf_reset(&r->line);
	return more;
}

/* Whole lines inside a piece are looked at where they are. */
static bool
on_piece(struct request *q, struct str piece)
{
	struct reflector *r = q->owner;
	const char       *end;

	while (!r->ended && piece.len > 0 && (end = memchr(piece.at, '\n', piece.len)) != NULL) {
		size_t len = (size_t)(end - piece.at);

		if (!take_end(r, str_upto(piece, len)))
			return false;
		piece = str_from(piece, len + 1);
	}
	if (!r->ended && !buf_add(&r->line, piece))
		end_watch(r, TROUBLE_REFUSED, NEXT_LIST, STR("one event is over 4 MiB"));
	return !r->ended;
}

static void
watch_done(struct request *q, const struct answer *a)
{
	struct reflector *r = q->owner;
	bool              brought = r->moved || clock_mono_ms() - r->watch_began_ms >= SHORT_MS;
	bool              was_open = a->ok || a->outcome == OUTCOME_CUT || a->outcome == OUTCOME_LATE;

	buf_reset(&r->line);
	if (r->ended)
		wait(r, r->ended_by, r->next, 0);
	else if (!was_open)
		answer_trouble(r, a, STR("watching "), NEXT_WATCH);
	else if (brought)
		watch_open(r);
	else {
		say(r, STR("watching "), STR("the watch ended as soon as it had begun"));
		wait(r, TROUBLE_CUT, NEXT_WATCH, 0);
	}
}

static void
watch_open(struct reflector *r)
{
	struct out query = query_for(r);
	int64_t    seconds = REFLECTOR_WATCH_S + (int64_t)(random_u64() % (REFLECTOR_WATCH_S + 1));

	query_add(&query, STR("resourceVersion"), str_of(r->version));
	query_add(&query, STR("allowWatchBookmarks"), STR("true"));
	query_number(&query, STR("timeoutSeconds"), seconds);
	r->state = REFLECTOR_WATCHING;
	r->watches++;
	r->moved = r->ended = false;
	r->watch_began_ms = clock_mono_ms();
	request(r, VERB_WATCH, &query);
	r->request.done = watch_done;
	r->request.on_piece = on_piece;
	r->request.deadline_ms = r->watch_began_ms + 1000 * seconds + REFLECTOR_LATE_MS;
	api_send(r->api, &r->request);
}

/* Owner --------------------------------------------------------------------- */

static void
due(struct loop_timer *t)
{
	struct reflector *r = t->owner;

	r->trouble_text[0] = '\0';
	if (r->next == NEXT_WATCH)
		watch_open(r);
	else if (r->next == NEXT_PAGE)
		list_page(r);
	else
		list_begin(r);
}

void
reflector_start(struct reflector *r)
{
	CHECK(r->state == REFLECTOR_IDLE);
	if (r->line.base == NULL)
		buf_init(&r->line, REFLECTOR_LINE_MAX);
	r->timer = (struct loop_timer){ .due = due, .owner = r };
	r->page = REFLECTOR_PAGE;
	list_begin(r);
}

void
reflector_release(struct reflector *r)
{
	r->hold = false;
	if (r->state == REFLECTOR_LISTED)
		watch_open(r);
}

void
reflector_stop(struct reflector *r)
{
	api_cancel(&r->request);
	loop_timer_stop(&r->timer);
	buf_reset(&r->line);
	r->trouble_text[0] = '\0';
	r->state = REFLECTOR_IDLE;
}

bool
reflector_fresh(const struct reflector *r)
{
	return r->listed_once && (r->state == REFLECTOR_LISTED || r->state == REFLECTOR_WATCHING);
}
