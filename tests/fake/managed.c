/* managed.c - the entries of managedFields. */
#include "tests/fake/managed_inner.h"

#include "kernel/clock.h"
#include "kernel/time_text.h"

static bool
is_entry(const struct tree *e, const char *operation, struct str manager, struct str sub)
{
	return tree_str_is(e, "operation", str_of(operation)) && tree_str_is(e, "manager", manager) &&
	    str_eq(tree_str_at(e, "subresource"), sub);
}

struct tree *
managed_entry(const struct tree *entries, const char *operation, const struct registry_write *w)
{
	TREE_EACH(e, entries)
		if (is_entry(e, operation, w->manager, w->sub))
			return e;
	return NULL;
}

struct tree *
managed_entries(const struct tree *object)
{
	struct tree *entries = tree_copy(tree_at(object, "metadata.managedFields"));

	return entries == NULL ? tree_array() : entries;
}

void
managed_note(struct tree *entries, const struct resource *k, const char *operation,
    const struct registry_write *w, struct tree *set)
{
	struct tree *e = managed_entry(entries, operation, w);
	char         text[160];
	struct out   o = out_over(text, sizeof(text));

	if (e != NULL && tree_eq(tree_get(e, STR("fieldsV1")), set)) {
		tree_free(set);
		return;
	}
	if (fields_none(set)) {
		tree_free(set);
		if (e != NULL)
			tree_drop_child(entries, e);
		return;
	}
	if (e == NULL)
		e = tree_push(entries, tree_object());
	tree_set_str(e, "manager", w->manager);
	tree_set_str(e, "operation", str_of(operation));
	resource_api_version(k, w->version, &o);
	tree_set_str(e, "apiVersion", out_view(&o));
	o = out_over(text, sizeof(text));
	time_print(&o, clock_wall_us());
	tree_set_str(e, "time", out_view(&o));
	tree_set_str(e, "fieldsType", STR("FieldsV1"));
	tree_set(e, STR("fieldsV1"), set);
	if (w->sub.len > 0)
		tree_set_str(e, "subresource", w->sub);
}

void
managed_release(struct tree *entries, const struct tree *except, const struct tree *set)
{
	for (struct tree *e = entries->first, *next; e != NULL; e = next) {
		struct tree *theirs = tree_get(e, STR("fieldsV1"));

		next = e->next;
		if (e == except || theirs == NULL)
			continue;
		fields_subtract(theirs, set);
		if (fields_none(theirs))
			tree_drop_child(entries, e);
	}
}

void
managed_keep(struct tree *object, struct tree *entries)
{
	if (entries->count == 0) {
		tree_free(entries);
		tree_drop_at(object, "metadata.managedFields");
	} else
		tree_set_at(object, "metadata.managedFields", entries);
}

bool
managed_given(const struct tree *old, const struct tree *new)
{
	const struct tree *given = tree_at(new, "metadata.managedFields");

	return given != NULL && !tree_eq(given, tree_at(old, "metadata.managedFields"));
}

/* The entries to begin with: those that were given, else those that there were.  An empty
 * list, or one empty entry, asks to forget who owned what. */
static struct tree *
first_entries(const struct tree *old, const struct tree *new)
{
	const struct tree *given = old == NULL ? NULL : tree_at(new, "metadata.managedFields");

	if (!tree_is(given, TREE_ARRAY))
		return managed_entries(old);
	if (given->count == 0 || given->first->count == 0)
		return tree_array();
	return tree_copy(given);
}

void
managed_update(const struct resource *k, const struct tree *old, struct tree *new,
    const struct registry_write *w)
{
	struct grain s = grain_root(k, 0);
	struct tree *entries = first_entries(old, new), *mine, *changed, *removed;

	tree_drop_at(new, "metadata.managedFields");
	fields_compare(old, new, &s, &changed, &removed);
	fields_strip(changed);
	fields_strip(removed);
	if (k->has_status && w->sub.len == 0)
		tree_drop(changed, STR("f:status"));
	managed_release(entries, managed_entry(entries, "Update", w), changed);
	managed_release(entries, NULL, removed);
	mine = managed_entry(entries, "Update", w);
	if (!fields_none(changed)) {
		struct tree *set = tree_copy(mine == NULL ? NULL : tree_get(mine, STR("fieldsV1")));

		if (set == NULL)
			set = tree_object();
		fields_add(set, changed);
		managed_note(entries, k, "Update", w, set);
	}
	tree_free(changed);
	tree_free(removed);
	managed_keep(new, entries);
}
