/* managed.c - the entries of managedFields. */
#include "tests/fake/managed_inner.h"

#include "kernel/clock.h"
#include "kernel/time_text.h"

static bool
is_entry(const struct tree *e, const char *operation, const struct registry_write *w)
{
	return tree_str_is(e, "operation", str_of(operation)) && tree_str_is(e, "manager", w->manager) &&
	    str_eq(tree_str_at(e, "subresource"), w->sub);
}

/* One manager's updates in two versions are two entries; what it applies is one. */
struct tree *
managed_entry(const struct tree *entries, const struct resource *k, const char *operation,
    const struct registry_write *w)
{
	TREE_EACH(e, entries)
		if (is_entry(e, operation, w) && (operation[0] == 'A' || managed_version(k, e) == w->version))
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
	struct tree *e = managed_entry(entries, k, operation, w);
	char         text[160];
	struct out   o = out_over(text, sizeof(text));

	if (e != NULL && tree_eq(tree_get(e, STR("fieldsV1")), set) && managed_version(k, e) == w->version) {
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

/* Appliers first, then by time, then by name. */
static bool
is_before(const struct tree *a, const struct tree *b)
{
	static const char *const order[] = { "operation", "time", "manager", "apiVersion", "subresource" };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		int d = str_cmp(tree_str_at(a, order[i]), tree_str_at(b, order[i]));

		if (d != 0)
			return d < 0;
	}
	return false;
}

static struct tree *
sorted(struct tree *entries)
{
	struct tree *list = tree_array();

	while (entries->count > 0) {
		struct tree *first = entries->first;

		TREE_EACH(e, entries)
			if (is_before(e, first))
				first = e;
		tree_push(list, tree_copy(first));
		tree_drop_child(entries, first);
	}
	tree_free(entries);
	return list;
}

void
managed_keep(struct tree *object, struct tree *entries)
{
	if (entries->count == 0) {
		tree_free(entries);
		tree_drop_at(object, "metadata.managedFields");
	} else
		tree_set_at(object, "metadata.managedFields", sorted(entries));
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

bool
managed_update(const struct resource *k, const struct tree *old, struct tree *new,
    const struct registry_write *w)
{
	struct tree    *entries = first_entries(old, new), *mine = managed_entry(entries, k, "Update", w);
	struct compared c;
	struct reply    bad;
	bool            known;

	tree_drop_at(new, "metadata.managedFields");
	/* Of what nobody is known to own anything, updates claim nothing either. */
	if (old != NULL && entries->count == 0) {
		tree_free(entries);
		return true;
	}
	known = compared_make(&c, k, entries, mine, old, new, w, &bad);
	if (!known) {
		tree_free(entries);
		return !REPLY_WAITS(bad);
	}
	if (k->has_status && w->sub.len == 0)
		tree_drop(c.changed[w->version], STR("f:status"));
	compared_release(&c, k, entries, mine, true);
	if (!fields_none(c.changed[w->version])) {
		struct tree *set = tree_copy(mine == NULL ? NULL : tree_get(mine, STR("fieldsV1")));

		if (set == NULL)
			set = tree_object();
		fields_add(set, c.changed[w->version]);
		managed_note(entries, k, "Update", w, set);
	} else if (mine != NULL && fields_none(tree_get(mine, STR("fieldsV1"))))
		tree_drop_child(entries, mine);
	compared_free(&c);
	managed_keep(new, entries);
	return true;
}
