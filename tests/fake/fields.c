/* fields.c - sets of fields: made from values, compared, added, subtracted. */
#include "tests/fake/fields.h"

#include "kernel/check.h"

#define NAME_MAX_BYTES 1024

static struct tree *
child_for(struct tree *set, struct str prefix, struct str name, struct tree *v)
{
	char       text[NAME_MAX_BYTES];
	struct out o = out_over(text, sizeof(text));

	OUT(&o, prefix, name);
	CHECK(out_ok(&o));
	return tree_set(set, out_view(&o), v);
}

struct tree *
fields_child(const struct tree *set, struct str key)
{
	if (set == NULL)
		return NULL;
	TREE_EACH(c, set)
		if (c->key.len == key.len + 2 && str_starts(c->key, STR("f:")) && str_eq(str_from(c->key, 2), key))
			return c;
	return NULL;
}

static struct tree *
self(void)
{
	struct tree *t = tree_object();

	tree_set(t, STR("."), tree_object());
	return t;
}

/* A value that is one field, whatever is in it. */
static bool
is_leaf(const struct tree *v, const struct grain *s)
{
	if (v->kind != TREE_OBJECT && v->kind != TREE_ARRAY)
		return true;
	if (v->count == 0 || s->how == GRAIN_ATOMIC)
		return true;
	return v->kind == TREE_ARRAY && s->how == GRAIN_PARTS;
}

static struct tree *
element_name(struct tree *set, const struct grain *s, const struct tree *element, struct tree *v)
{
	char       text[FIELDS_ELEMENT_MAX];
	struct out o = out_over(text, sizeof(text));

	grain_print_element(s, element, &o);
	CHECK(out_ok(&o));
	return tree_set(set, out_view(&o), v);
}

/* Parts of typed objects that are there even when nothing is in them: nobody adds them. */
static bool
is_always_there(const struct grain *s)
{
	static const struct str names[] = { STR_INIT("spec"), STR_INIT("template"), STR_INIT("metadata"),
	    STR_INIT("containers"), STR_INIT("updateStrategy"), STR_INIT("strategy") };

	for (size_t i = 0; !s->custom && i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(s->field, names[i]))
			return true;
	return false;
}

struct tree *
fields_of(const struct tree *value, const struct grain *s, bool whole)
{
	struct tree *set;

	if (is_leaf(value, s))
		return tree_object();
	set = whole && !is_always_there(s) ? self() : tree_object();
	if (value->kind == TREE_OBJECT) {
		TREE_EACH(c, value) {
			struct grain m = grain_member(s, c->key);

			child_for(set, STR("f:"), c->key, fields_of(c, &m, whole));
		}
		return set;
	}
	TREE_EACH(c, value) {
		struct grain e = grain_element(s);
		struct tree *v = tree_object();

		if (s->how == GRAIN_KEYED) {
			tree_free(v);
			v = fields_of(c, &e, whole);
			if (tree_get(v, STR(".")) == NULL)
				tree_set(v, STR("."), tree_object());
		}
		element_name(set, s, c, v);
	}
	return set;
}

bool
fields_none(const struct tree *a)
{
	return a == NULL || a->count == 0;
}

static bool
is_member(const struct tree *node)
{
	return node != NULL && (node->count == 0 || tree_get(node, STR(".")) != NULL);
}

static void
add(struct tree *a, const struct tree *b)
{
	bool member = is_member(a) || is_member(b);

	fields_add(a, b);
	if (member && a->count > 0 && tree_get(a, STR(".")) == NULL)
		tree_set(a, STR("."), tree_object());
}

void
fields_add(struct tree *a, const struct tree *b)
{
	TREE_EACH(c, b) {
		struct tree *mine = tree_get(a, c->key);

		if (mine == NULL)
			tree_set(a, c->key, tree_copy(c));
		else if (!str_eq(c->key, STR(".")))
			add(mine, c);
	}
}

/* False: nothing is left of it. */
static bool
subtract(struct tree *a, const struct tree *b)
{
	bool member = is_member(a) && !is_member(b);

	for (struct tree *c = a->first, *next; c != NULL; c = next) {
		const struct tree *theirs = tree_get(b, c->key);

		next = c->next;
		if (!str_eq(c->key, STR(".")) && theirs != NULL && !subtract(c, theirs))
			tree_drop_child(a, c);
	}
	if (!member)
		tree_drop(a, STR("."));
	return member || a->count > 0;
}

void
fields_subtract(struct tree *a, const struct tree *b)
{
	for (struct tree *c = a->first, *next; c != NULL; c = next) {
		const struct tree *theirs = tree_get(b, c->key);

		next = c->next;
		if (theirs != NULL && !subtract(c, theirs))
			tree_drop_child(a, c);
	}
}

bool
fields_meet(const struct tree *a, const struct tree *b)
{
	TREE_EACH(c, a) {
		const struct tree *theirs = tree_get(b, c->key);

		if (str_eq(c->key, STR(".")) || theirs == NULL)
			continue;
		if ((is_member(c) && is_member(theirs)) || fields_meet(c, theirs))
			return true;
	}
	return false;
}

static void compare(const struct tree *old, const struct tree *new, const struct grain *s,
    struct tree *changed, struct tree *removed);

/* Compares under one name; names under which nothing differs are taken back. */
static void
compare_at(const struct tree *old, const struct tree *new, const struct grain *s, struct str name,
    struct tree *changed, struct tree *removed)
{
	if (old == NULL)
		tree_set(changed, name, fields_of(new, s, true));
	else if (new == NULL)
		tree_set(removed, name, fields_of(old, s, true));
	else if (tree_eq(old, new))
		return;
	else if (is_leaf(old, s) || is_leaf(new, s) || old->kind != new->kind)
		tree_set(changed, name, fields_of(new, s, true));
	else {
		struct tree *c = tree_set(changed, name, tree_object());
		struct tree *r = tree_set(removed, name, tree_object());

		compare(old, new, s, c, r);
		if (c->count == 0)
			tree_drop_child(changed, c);
		if (r->count == 0)
			tree_drop_child(removed, r);
	}
}

static void
compare_members(const struct tree *old, const struct tree *new, const struct grain *s,
    struct tree *changed, struct tree *removed, bool forth)
{
	TREE_EACH(c, forth ? new : old) {
		struct grain m = grain_member(s, c->key);
		char         text[NAME_MAX_BYTES];
		struct out   o = out_over(text, sizeof(text));

		if (!forth && tree_get(new, c->key) != NULL)
			continue;
		OUT(&o, STR("f:"), c->key);
		compare_at(forth ? tree_get(old, c->key) : c, forth ? c : NULL, &m, out_view(&o), changed, removed);
	}
}

static void
compare_elements(const struct tree *old, const struct tree *new, const struct grain *s,
    struct tree *changed, struct tree *removed, bool forth)
{
	struct grain e = grain_element(s);

	TREE_EACH(c, forth ? new : old) {
		char         text[FIELDS_ELEMENT_MAX];
		struct out   o = out_over(text, sizeof(text));
		struct tree *other;

		grain_print_element(s, c, &o);
		other = grain_find(s, forth ? old : new, out_view(&o));
		if (!forth && other != NULL)
			continue;
		compare_at(forth ? other : c, forth ? c : NULL, &e, out_view(&o), changed, removed);
	}
}

static void
compare(const struct tree *old, const struct tree *new, const struct grain *s,
    struct tree *changed, struct tree *removed)
{
	for (int forth = 1; forth >= 0; forth--)
		if (new->kind == TREE_OBJECT)
			compare_members(old, new, s, changed, removed, forth);
		else
			compare_elements(old, new, s, changed, removed, forth);
}

void
fields_compare(const struct tree *old, const struct tree *new, const struct grain *s,
    struct tree **changed, struct tree **removed)
{
	struct tree *nothing = old == NULL ? tree_object() : NULL;

	*changed = tree_object();
	*removed = tree_object();
	compare(old == NULL ? nothing : old, new, s, *changed, *removed);
	tree_free(nothing);
}

void
fields_strip(struct tree *set)
{
	static const char *const nobodys[] = { "f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid",
	    "f:generation", "f:managedFields", "f:resourceVersion", "f:deletionTimestamp",
	    "f:deletionGracePeriodSeconds", "." };
	struct tree *m = fields_child(set, STR("metadata"));

	tree_drop(set, STR("f:apiVersion"));
	tree_drop(set, STR("f:kind"));
	tree_drop(set, STR("."));
	for (size_t i = 0; m != NULL && i < sizeof(nobodys) / sizeof(nobodys[0]); i++)
		tree_drop(m, str_of(nobodys[i]));
	if (m != NULL && m->count == 0)
		tree_drop_child(set, m);
}
