/*
 * watch.c - watches: what changed since a version, as it changes.
 *
 * A watch has a place in the history.  The pump writes what lies between that
 * place and now; when the history no longer reaches back so far, the watch is
 * told 410 and ends.  Like the real one it cuts its chunks at 2,048 bytes,
 * wherever events begin and end.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/random.h"
#include "tests/fake/apiserver_inner.h"
#include "tests/fake/selector.h"

#define CHUNK_BYTES 2048
#define MARK_MS     60000
#define CUT_MS      20

static void
unlink_watch(struct watch *w)
{
	struct watch **at = &w->asked->server->watches;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	loop_timer_stop(&w->mark);
	loop_timer_stop(&w->end);
}

bool
watch_leave(struct asked *a)
{
	if (a->watch.asked == NULL)
		return false;
	unlink_watch(&a->watch);
	return true;
}

static void
finish(struct watch *w)
{
	struct asked *a = w->asked;

	unlink_watch(w);
	a->x->gone = NULL;
	server_end(a->x);
	asked_end(a, 200);
}

static void
cut_off(struct loop_timer *t)
{
	struct watch *w = t->owner;

	server_abort(w->asked->x);
}

/* False: the peer was too slow and the watch is no more, or a test cuts it off. */
static bool
say(struct watch *w, struct str text)
{
	struct asked *a = w->asked;

	if (a->server->cut) {
		/* Half an event; then, when it is out, nothing more. */
		text.len /= 2;
		w->cut = true;
		w->end.due = cut_off;
		loop_timer_set(&w->end, loop_now_ms() + CUT_MS);
	}
	while (text.len > 0) {
		if (!server_piece(a->x, str_upto(text, CHUNK_BYTES))) {
			unlink_watch(w);
			asked_end(a, 200);
			return false;
		}
		text = str_from(text, CHUNK_BYTES);
	}
	return !w->cut;
}

static bool
say_event(struct watch *w, const char *type, struct tree *object)
{
	struct tree *e = tree_object();
	struct str   text;
	char        *line;
	bool         on;

	tree_set_str(e, "type", str_of(type));
	tree_set(e, STR("object"), object);
	text = tree_text_of(e);
	tree_free(e);
	line = malloc(text.len + 1);
	CHECK(line != NULL);
	memcpy(line, text.at, text.len);
	line[text.len] = '\n';
	on = say(w, (struct str){ line, text.len + 1 });
	free(line);
	free((void *)(uintptr_t)text.at);
	return on;
}

/* The columns are named in the first row only. */
static struct tree *
as_shown(struct watch *w, const struct tree *object)
{
	struct tree *t;

	if (!shown_as_table(w->asked))
		return shown(w->asked, object);
	t = columns_table(w->asked, !w->columns_told);
	columns_row(w->asked, t, object);
	w->columns_told = true;
	return t;
}

static bool
wants(const struct watch *w, const struct object *o)
{
	const struct asked *a = w->asked;

	return o != NULL && o->k == a->k && (a->target.ns.len == 0 || str_eq(o->ns, a->target.ns)) &&
	    (a->target.name.len == 0 || str_eq(o->name, a->target.name)) &&
	    selector_matches(w->labels, tree_at(o->tree, "metadata.labels")) && selector_fields_match(w->fields,
	    o->tree);
}

/* The last state that the watch could see, with the version of what took it away. */
static struct tree *
last_seen(struct watch *w, const struct change *c)
{
	struct tree *t = tree_copy(view_of(c->old, w->asked->version)), *as;

	tree_set_str(t, "metadata.resourceVersion", tree_str_at(c->new->tree, "metadata.resourceVersion"));
	as = as_shown(w, t);
	tree_free(t);
	return as;
}

/* What a change is to one who sees only a part. */
static bool
say_change(struct watch *w, const struct change *c)
{
	bool was = wants(w, c->old), is = c->event != REGISTRY_DELETED && wants(w, c->new);

	if (was && !is)
		return say_event(w, "DELETED", last_seen(w, c));
	if (is)
		return say_event(w, was ? "MODIFIED" : "ADDED", as_shown(w, view_of(c->new, w->asked->version)));
	return true;
}

static void
say_expired(struct watch *w)
{
	struct reply r = reply_bad(410, "Expired", "too old resource version: %llu (%llu)",
	    (unsigned long long)w->at,
	    (unsigned long long)w->asked->server->registry->compacted + 1);

	if (say_event(w, "ERROR", reply_status(&r)))
		finish(w);
}

/* What the real one's cache cannot have ends all that is fed from it. */
static void
views_came(struct views *v)
{
	struct asked *a = v->owner;

	if (v->why[0] != '\0')
		finish(&a->watch);
	else
		loop_soon(&a->server->pump);
}

/* The objects of a change in the version of this watch; false: it goes on when they are there. */
static bool
has_views(struct watch *w, const struct change *c)
{
	struct asked *a = w->asked;
	bool          all = true;

	if (a->version == 0 || c->new->k != a->k)
		return true;
	a->views.done = views_came;
	a->views.owner = a;
	if (wants(w, c->old))
		all = views_want(&a->views, c->old, a->version);
	if (c->event != REGISTRY_DELETED && wants(w, c->new))
		all = views_want(&a->views, c->new, a->version) && all;
	return all;
}

/* False: it has ended, or waits. */
static bool
catch_up(struct watch *w)
{
	struct registry *r = w->asked->server->registry;

	if (w->cut)
		return false;
	if (w->at < r->compacted) {
		say_expired(w);
		return false;
	}
	while (w->at < r->version) {
		if (!has_views(w, storage_change(r, w->at + 1)) || !say_change(w, storage_change(r, ++w->at)))
			return false;
	}
	return true;
}

void
watch_pump(struct loop_task *t)
{
	struct apiserver *s = t->owner;

	for (struct watch *w = s->watches, *next; w != NULL && !s->silent; w = next) {
		next = w->next;
		catch_up(w);
	}
	for (const struct watch *w = s->watches; w != NULL; w = w->next)
		s->cut = s->cut && !w->cut;
}

static bool
say_bookmark(struct watch *w, bool initial_end)
{
	struct tree *t = tree_of("{'kind':'','apiVersion':'','metadata':{'resourceVersion':''}}");
	char         text[160];
	struct out   o = out_over(text, sizeof(text));

	resource_api_version(w->asked->k, w->asked->version, &o);
	tree_set_str(t, "kind", w->asked->k->kind);
	tree_set_str(t, "apiVersion", out_view(&o));
	o = out_over(text, sizeof(text));
	out_u64(&o, w->at);
	tree_set_str(t, "metadata.resourceVersion", out_view(&o));
	if (initial_end)
		tree_set(tree_want(t, "metadata.annotations"), STR("k8s.io/initial-events-end"), tree_text(STR("true")));
	return say_event(w, "BOOKMARK", t);
}

static void
mark(struct loop_timer *t)
{
	struct watch *w = t->owner;

	loop_timer_set(t, loop_now_ms() + MARK_MS);
	if (!w->asked->server->silent && catch_up(w))
		say_bookmark(w, false);
}

static void
time_is_up(struct loop_timer *t)
{
	struct watch *w = t->owner;

	loop_timer_set(t, loop_now_ms() + 1000);        /* in case it waits for a webhook */
	if (!w->asked->server->silent && catch_up(w) && (!w->bookmarks || say_bookmark(w, false)))
		finish(w);
}

/* All there is, as if it had just been added. */
static bool
say_all(struct watch *w)
{
	struct snapshot s;
	bool            on = true;

	CHECK(snapshot_take(w->asked->server->registry, w->asked->k, 0, &s));
	w->at = s.version;
	for (int i = 0; on && i < s.count; i++)
		if (wants(w, s.at[i]))
			on = say_event(w, "ADDED", as_shown(w, view_of(s.at[i], w->asked->version)));
	snapshot_drop(&s);
	return on;
}

static struct reply
check(struct asked *a, uint64_t *version, bool *initial)
{
	struct str   v = target_query(&a->target, "resourceVersion"), match;
	struct reply bad = check_selectors(a);

	*version = 0;
	*initial = target_true(&a->target, "sendInitialEvents");
	if (!REPLY_OK(bad))
		return bad;
	match = target_query(&a->target, "resourceVersionMatch");
	bad = (struct reply){ 0 };
	if (target_has(&a->target, "sendInitialEvents") && !str_eq(match, STR("NotOlderThan")))
		reply_cause(&bad, "FieldValueForbidden", "resourceVersionMatch",
		    "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
	else if (match.len > 0 && !target_has(&a->target, "sendInitialEvents"))
		reply_cause(&bad, "FieldValueForbidden", "resourceVersionMatch",
		    "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
	if (bad.cause_count > 0 && match.len > 0 && !str_eq(match, STR("NotOlderThan")))
		reply_cause(&bad, "FieldValueNotSupported", "resourceVersionMatch",
		    "Unsupported value: \"" STR_FMT "\": supported values: \"NotOlderThan\"", STR_ARG(match));
	if (bad.cause_count > 0) {
		reply_invalid(&bad, &(struct resource){ .kind = STR("ListOptions"), .group = STR("meta.k8s.io") }, STR(""));
		return bad;
	}
	if (v.len > 0 && !str_u64(v, version))
		return bad_version(v);
	if (*initial && *version > a->server->registry->version)
		return too_new(a, *version);
	return (struct reply){ .code = 200 };
}

static void
begin(struct asked *a)
{
	struct watch *w = &a->watch;
	int64_t       s = target_int(&a->target, "timeoutSeconds", 0);

	*w = (struct watch){ .asked = a, .next = a->server->watches };
	a->server->watches = w;
	w->labels = target_query(&a->target, "labelSelector");
	w->fields = target_query(&a->target, "fieldSelector");
	w->bookmarks = target_true(&a->target, "allowWatchBookmarks");
	w->mark = (struct loop_timer){ .due = mark, .owner = w };
	w->end = (struct loop_timer){ .due = time_is_up, .owner = w };
	if (w->bookmarks)
		loop_timer_set(&w->mark, loop_now_ms() + MARK_MS);
	loop_timer_set(&w->end, loop_now_ms() + 1000 * (s > 0 ? s : 1800 + (int64_t)(random_u64() % 1800)));
	server_begin(a->x, 200, STR("application/json"), STR(""));
}

static bool
is_ready(struct asked *a)
{
	struct snapshot s;
	bool            ready;

	CHECK(snapshot_take(a->server->registry, a->k, 0, &s));
	ready = all_views(a, &s);
	snapshot_drop(&s);
	return ready;
}

void
watch_run(struct asked *a)
{
	uint64_t     version;
	bool         initial;
	struct reply bad = check(a, &version, &initial);
	bool         all;

	if (!REPLY_OK(bad)) {
		asked_bad(a, bad);
		return;
	}
	if (!is_ready(a))
		return;
	all = version == 0 && (initial || !target_has(&a->target, "sendInitialEvents"));
	begin(a);
	if (initial || all) {
		if (say_all(&a->watch) && initial)
			say_bookmark(&a->watch, true);
		return;
	}
	a->watch.at = version == 0 ? a->server->registry->version : version;
	if (!a->server->silent)
		catch_up(&a->watch);
}
