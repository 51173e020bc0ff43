/* apply.c - server-side apply: merge, give up what is applied no more, note who owns what. */
#include <stdio.h>

#include "kernel/check.h"
#include "tests/fake/managed_inner.h"

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

static bool
conflicts(const struct tree *entries, const struct tree *mine, const struct tree *changed, struct reply *bad)
{
	char               path[160], who[256];
	const struct tree *first = NULL;
	int                count = 0;

	*bad = (struct reply){ 0 };
	TREE_EACH(e, entries) {
		struct out o = out_over(path, sizeof(path) - 1), w = out_over(who, sizeof(who) - 1);

		if (e == mine || !fields_meet(tree_get(e, STR("fieldsV1")), changed))
			continue;
		first = first == NULL ? e : first;
		first_path(tree_get(e, STR("fieldsV1")), changed, &o);
		path[o.len] = '\0';
		OUT(&w, STR("\""), tree_str_at(e, "manager"), STR("\""));
		if (tree_get(e, STR("subresource")) != NULL)
			OUT(&w, STR(" with subresource \""), tree_str_at(e, "subresource"), STR("\""));
		if (tree_str_is(e, "operation", STR("Update")))
			OUT(&w, STR(" using "), tree_str_at(e, "apiVersion"));
		who[w.len] = '\0';
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

static struct tree *
owned_by_others(const struct tree *entries, const struct tree *mine)
{
	struct tree *all = tree_object();

	TREE_EACH(e, entries)
		if (e != mine)
			fields_add(all, tree_get(e, STR("fieldsV1")));
	return all;
}

static void
give_up_old(struct tree *merged, struct tree *entries, const struct tree *mine, const struct tree *set,
    const struct grain *s)
{
	struct tree *gone = tree_copy(tree_get(mine, STR("fieldsV1"))), *theirs;

	if (gone == NULL)
		return;
	fields_subtract(gone, set);
	theirs = owned_by_others(entries, mine);
	fields_add(theirs, set);
	give_up(merged, gone, theirs, s);
	tree_free(theirs);
	tree_free(gone);
}

struct tree *
managed_apply(const struct resource *k, const struct tree *live, const struct tree *applied,
    const struct registry_write *w, struct reply *bad)
{
	struct grain s = grain_root(k, w->version);
	struct tree *merged = live == NULL ? tree_object() : tree_copy(live);
	struct tree *entries = managed_entries(live), *mine = managed_entry(entries, "Apply", w);
	struct tree *set = fields_of(applied, &s, false), *changed, *removed;
	bool         refused;

	fields_strip(set);
	merge(merged, applied, &s);
	fields_compare(live, merged, &s, &changed, &removed);
	fields_strip(changed);
	refused = !w->force && conflicts(entries, mine, changed, bad);
	if (refused) {
		tree_free(merged);
		tree_free(entries);
		tree_free(set);
		merged = NULL;
	} else {
		managed_release(entries, mine, changed);
		give_up_old(merged, entries, managed_entry(entries, "Apply", w), set, &s);
		managed_note(entries, k, "Apply", w, set);
		managed_keep(merged, entries);
	}
	tree_free(changed);
	tree_free(removed);
	return merged;
}
