/* apply.c - server-side apply: merge, give up what is applied no more, note who owns what. */
#include <stdio.h>

#include "kernel/check.h"
#include "tests/fake/managed_inner.h"
#include "tests/fake/versions.h"

static void merge(struct tree *live, const struct tree *applied, const struct grain *s);

/* The applied value goes over the live one, which may be taken apart. */
static bool
goes_inside(const struct tree *live, const struct tree *applied, const struct grain *s)
{
	if (live == NULL || live->kind != applied->kind || s->how == GRAIN_ATOMIC)
		return false;
	return live->kind == TREE_OBJECT || (live->kind == TREE_ARRAY && s->how != GRAIN_PARTS);
}

static void
merge_members(struct tree *live, const struct tree *applied, const struct grain *s)
{
	TREE_EACH(c, applied) {
		struct grain m = grain_member(s, c->key);
		struct tree *mine = tree_get(live, c->key);

		if (goes_inside(mine, c, &m))
			merge(mine, c, &m);
		else if (c->kind != TREE_NULL)
			tree_set(live, c->key, tree_copy(c));
	}
}

static void
merge_elements(struct tree *live, const struct tree *applied, const struct grain *s)
{
	struct grain e = grain_element(s);

	TREE_EACH(c, applied) {
		char         text[FIELDS_ELEMENT_MAX];
		struct out   o = out_over(text, sizeof(text));
		struct tree *mine;

		grain_print_element(s, c, &o);
		mine = grain_find(s, live, out_view(&o));
		if (mine == NULL)
			tree_push(live, tree_copy(c));
		else if (s->how == GRAIN_KEYED)
			merge(mine, c, &e);
	}
}

static void
merge(struct tree *live, const struct tree *applied, const struct grain *s)
{
	if (live->kind == TREE_OBJECT)
		merge_members(live, applied, s);
	else
		merge_elements(live, applied, s);
}

/* What stands in `live` under a name of a set. */
static struct tree *
value_under(struct tree *live, struct str name, const struct grain *s, struct grain *inner)
{
	if (str_starts(name, STR("f:"))) {
		*inner = grain_member(s, str_from(name, 2));
		return tree_get(live, str_from(name, 2));
	}
	if (str_eq(name, STR(".")) || live->kind != TREE_ARRAY)
		return NULL;
	*inner = grain_element(s);
	return grain_find(s, live, name);
}

/* Removes what is in `gone` from `live`, but for what others own (`theirs`) or hold something in. */
static void
give_up(struct tree *live, const struct tree *gone, const struct tree *theirs, const struct grain *s)
{
	TREE_EACH(g, gone) {
		struct grain       inner;
		struct tree       *v = value_under(live, g->key, s, &inner);
		const struct tree *t = tree_get(theirs, g->key);
		bool               whole = g->count == 0 || tree_get(g, STR(".")) != NULL;

		if (v == NULL)
			continue;
		if (whole && t == NULL) {
			tree_drop_child(live, v);
			continue;
		}
		give_up(v, g, t, &inner);
		/* An object that existed for these fields only goes with them. */
		if (v->count == 0 && (v->kind == TREE_OBJECT || v->kind == TREE_ARRAY) && g->count > 0 && t == NULL)
			tree_drop_child(live, v);
	}
}

static void
first_path(const struct tree *a, const struct tree *b, struct out *o)
{
	TREE_EACH(c, a) {
		const struct tree *theirs = tree_get(b, c->key);

		if (theirs == NULL || str_eq(c->key, STR(".")))
			continue;
		if (str_starts(c->key, STR("f:")))
			OUT(o, STR("."), str_from(c->key, 2));
		else
			OUT(o, STR("["), str_from(c->key, 2), STR("]"));
		first_path(c, theirs, o);
		return;
	}
}

static void
print_manager(const struct tree *e, char who[256])
{
	struct out w = out_over(who, 255);

	OUT(&w, STR("\""), tree_str_at(e, "manager"), STR("\""));
	if (tree_get(e, STR("subresource")) != NULL)
		OUT(&w, STR(" with subresource \""), tree_str_at(e, "subresource"), STR("\""));
	if (tree_str_is(e, "operation", STR("Update")))
		OUT(&w, STR(" using "), tree_str_at(e, "apiVersion"));
	who[w.len] = '\0';
}

static bool
conflicts(const struct resource *k, const struct tree *entries, const struct tree *mine,
    const struct compared *c, struct reply *bad)
{
	char path[160], who[256];
	int  count = 0;

	*bad = (struct reply){ 0 };
	TREE_EACH(e, entries) {
		const struct tree *theirs = tree_get(e, STR("fieldsV1"));
		int                version = managed_version(k, e);
		const struct tree *changed = version < 0 ? NULL : c->changed[version];
		struct out         o = out_over(path, sizeof(path) - 1);

		if (e == mine || changed == NULL || !fields_meet(theirs, changed))
			continue;
		first_path(theirs, changed, &o);
		path[o.len] = '\0';
		print_manager(e, who);
		reply_cause(bad, "FieldManagerConflict", path, "conflict with %s", who);
		count++;
	}
	bad->code = 409;
	snprintf(bad->reason, sizeof(bad->reason), "Conflict");
	if (count > 0)
		snprintf(bad->message, sizeof(bad->message), "Apply failed with %d conflict%s: %s: %s", count,
		    count == 1 ? "" : "s", bad->causes[0].message, bad->causes[0].field);
	return count > 0;
}

/* What `from` has of `owned` and `to` has not: there again. */
static void
restore(struct tree *to, struct tree *from, const struct tree *owned, const struct grain *s)
{
	TREE_EACH(c, owned) {
		struct grain inner, same;
		struct tree *theirs = value_under(from, c->key, s, &inner), *mine;

		if (theirs == NULL)
			continue;
		mine = value_under(to, c->key, s, &same);
		if (mine != NULL) {
			if (c->count > 0 && mine->kind == theirs->kind)
				restore(mine, theirs, c, &inner);
		} else if (to->kind == TREE_ARRAY)
			tree_push(to, tree_copy(theirs));
		else if (c->count == 0 || inner.how == GRAIN_ATOMIC || theirs->kind != TREE_OBJECT)
			tree_set(to, theirs->key, tree_copy(theirs));
		else
			restore(tree_set(to, theirs->key, tree_object()), theirs, c, &inner);
	}
}

/* All that others own in that version, and what is applied now. */
static struct tree *
owned_in(const struct resource *k, int version, const struct tree *entries, const struct tree *mine,
    const struct tree *set, const struct registry_write *w)
{
	struct tree *all = tree_object();

	TREE_EACH(e, entries)
		if (e != mine && managed_version(k, e) == version)
			fields_add(all, tree_get(e, STR("fieldsV1")));
	if (version == w->version)
		fields_add(all, set);
	return all;
}

/* Into another version; *t is replaced.  False: *bad. */
static bool
turn(const struct resource *k, struct tree **t, int *from, int to, const struct registry_write *w,
    struct reply *bad)
{
	struct tree *other = *from == to ? *t : version_for_fields(k, *t, *from, to, w->consult, bad);

	if (other != NULL && other != *t)
		tree_free(*t);
	if (other == NULL)
		return false;
	*t = other;
	*from = to;
	return true;
}

/* What went although somebody owns it in that version comes back. */
static bool
add_back(const struct resource *k, struct tree **pruned, int *at, int version, const struct tree *merged,
    const struct tree *owned, const struct registry_write *w, struct reply *bad)
{
	struct grain s = grain_root(k, version);
	struct tree *all;

	if (fields_none(owned))
		return true;
	if (!turn(k, pruned, at, version, w, bad))
		return false;
	all = version_for_fields(k, merged, w->version, version, w->consult, bad);
	if (all != NULL)
		restore(*pruned, all, owned, &s);
	tree_free(all);
	return all != NULL;
}

/* Without what its manager applied last time and does not any more.  NULL: *bad. */
static struct tree *
give_up_old(const struct resource *k, const struct tree *merged, const struct tree *entries,
    const struct tree *mine, const struct tree *set, const struct registry_write *w, struct reply *bad)
{
	int          last = mine == NULL ? -1 : managed_version(k, mine), at = w->version;
	struct tree *gone = tree_copy(last < 0 ? NULL : tree_get(mine, STR("fieldsV1"))), *theirs;
	struct tree *pruned = tree_copy(merged);
	struct grain s = grain_root(k, last < 0 ? 0 : last);
	bool         good = true;

	if (gone != NULL && last == w->version)
		fields_subtract(gone, set);
	if (gone == NULL || gone->count == 0 || (last != w->version && w->consult == NULL)) {
		tree_free(gone);
		return pruned;
	}
	good = turn(k, &pruned, &at, last, w, bad);
	theirs = owned_in(k, last, entries, mine, set, w);
	if (good)
		give_up(pruned, gone, theirs, &s);
	tree_free(theirs);
	tree_free(gone);
	for (int v = 0; good && v < k->version_count; v++) {
		theirs = v == last ? NULL : owned_in(k, v, entries, mine, set, w);
		good = theirs == NULL || add_back(k, &pruned, &at, v, merged, theirs, w, bad);
		tree_free(theirs);
	}
	if (good && turn(k, &pruned, &at, w->version, w, bad))
		return pruned;
	tree_free(pruned);
	return NULL;
}

/* Of an object that nobody is known to own anything of. */
static void
note_unknown(const struct resource *k, struct tree *entries, const struct tree *live,
    const struct registry_write *w)
{
	struct grain          s = grain_root(k, w->version);
	struct registry_write before = { .manager = STR("before-first-apply"), .version = w->version };
	struct tree          *all = fields_of(live, &s, true);

	fields_strip(all);
	if (k->has_status)
		tree_drop(all, STR("f:status"));
	managed_note(entries, k, "Update", &before, all);
}

/* `merged` as it is to be, with its entries; NULL: *bad. */
static struct tree *
settle(const struct resource *k, const struct tree *live, struct tree *merged, struct tree *entries,
    struct tree *set, const struct registry_write *w, struct reply *bad)
{
	struct tree    *mine = managed_entry(entries, k, "Apply", w);
	struct tree    *pruned = give_up_old(k, merged, entries, mine, set, w, bad);
	struct compared c;

	if (pruned == NULL || !compared_make(&c, k, entries, mine, live, pruned, w, bad)) {
		tree_free(pruned);
		return NULL;
	}
	if (!w->force && conflicts(k, entries, mine, &c, bad)) {
		compared_free(&c);
		tree_free(pruned);
		return NULL;
	}
	compared_release(&c, k, entries, mine, true);
	managed_note(entries, k, "Apply", w, tree_copy(set));
	managed_keep(pruned, tree_copy(entries));
	compared_free(&c);
	return pruned;
}

struct tree *
managed_apply(const struct resource *k, const struct tree *live, const struct tree *applied,
    const struct registry_write *w, struct reply *bad)
{
	struct grain s = grain_root(k, w->version);
	struct tree *merged = live == NULL ? tree_object() : tree_copy(live), *result;
	struct tree *entries = managed_entries(live), *set = fields_of(applied, &s, false);

	fields_strip(set);
	merge(merged, applied, &s);
	if (live != NULL && entries->count == 0)
		note_unknown(k, entries, live, w);
	result = settle(k, live, merged, entries, set, w, bad);
	tree_free(merged);
	tree_free(entries);
	tree_free(set);
	return result;
}
