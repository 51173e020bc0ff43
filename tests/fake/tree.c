/* tree.c - JSON that can be changed: making, looking, changing. */
#include "tests/fake/tree.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"

static struct str
keep(struct str s)
{
	char *at = malloc(s.len + 1);

	CHECK(at != NULL);
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	at[s.len] = '\0';
	return (struct str){ at, s.len };
}

static struct tree *
make(enum tree_kind kind)
{
	struct tree *t = calloc(1, sizeof(*t));

	CHECK(t != NULL);
	t->kind = kind;
	return t;
}

struct tree *
tree_null(void)
{
	return make(TREE_NULL);
}

struct tree *
tree_bool(bool v)
{
	struct tree *t = make(TREE_BOOL);

	t->truth = v;
	return t;
}

struct tree *
tree_int(int64_t v)
{
	struct tree *t = make(TREE_NUMBER);
	char         text[24];
	struct out   o = out_over(text, sizeof(text));

	out_int(&o, v);
	t->text = keep(out_view(&o));
	return t;
}

struct tree *
tree_text(struct str s)
{
	struct tree *t = make(TREE_TEXT);

	t->text = keep(s);
	return t;
}

struct tree *
tree_array(void)
{
	return make(TREE_ARRAY);
}

struct tree *
tree_object(void)
{
	return make(TREE_OBJECT);
}

void
tree_free(struct tree *t)
{
	if (t == NULL)
		return;
	for (struct tree *c = t->first, *next; c != NULL; c = next) {
		next = c->next;
		tree_free(c);
	}
	free((void *)(uintptr_t)t->text.at);
	free((void *)(uintptr_t)t->key.at);
	free(t);
}

static void
append(struct tree *t, struct tree *v)
{
	if (t->last == NULL)
		t->first = v;
	else
		t->last->next = v;
	t->last = v;
	t->count++;
}

struct tree *
tree_copy(const struct tree *t)
{
	struct tree *n;

	if (t == NULL)
		return NULL;
	n = make(t->kind);
	n->truth = t->truth;
	if (t->text.at != NULL)
		n->text = keep(t->text);
	TREE_EACH(c, t) {
		struct tree *v = tree_copy(c);

		if (c->key.at != NULL)
			v->key = keep(c->key);
		append(n, v);
	}
	return n;
}

struct tree *
tree_get(const struct tree *t, struct str key)
{
	if (t == NULL || t->kind != TREE_OBJECT)
		return NULL;
	TREE_EACH(c, t)
		if (str_eq(c->key, key))
			return c;
	return NULL;
}

struct tree *
tree_at(const struct tree *t, const char *dotted)
{
	struct str rest = str_of(dotted), key;

	while (str_cut(&rest, '.', &key))
		t = tree_get(t, key);
	return (struct tree *)(uintptr_t)t;
}

struct tree *
tree_item(const struct tree *t, int index)
{
	struct tree *c = t == NULL ? NULL : t->first;

	while (c != NULL && index-- > 0)
		c = c->next;
	return c;
}

bool
tree_is(const struct tree *t, enum tree_kind kind)
{
	return t != NULL && t->kind == kind;
}

struct str
tree_str(const struct tree *t)
{
	return tree_is(t, TREE_TEXT) ? t->text : STR("");
}

struct str
tree_str_at(const struct tree *t, const char *dotted)
{
	return tree_str(tree_at(t, dotted));
}

bool
tree_str_is(const struct tree *t, const char *dotted, struct str want)
{
	const struct tree *v = tree_at(t, dotted);

	return tree_is(v, TREE_TEXT) && str_eq(v->text, want);
}

int64_t
tree_int_at(const struct tree *t, const char *dotted, int64_t otherwise)
{
	const struct tree *v = tree_at(t, dotted);
	int64_t            n;

	return tree_is(v, TREE_NUMBER) && str_i64(v->text, &n) ? n : otherwise;
}

bool
tree_true_at(const struct tree *t, const char *dotted)
{
	const struct tree *v = tree_at(t, dotted);

	return tree_is(v, TREE_BOOL) && v->truth;
}

bool
tree_eq(const struct tree *a, const struct tree *b)
{
	const struct tree *y;

	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->count != b->count || a->truth != b->truth || !str_eq(a->text, b->text))
		return false;
	y = b->first;
	TREE_EACH(x, a) {
		if (a->kind == TREE_OBJECT && !str_eq(x->key, y->key)) {
			if (!tree_eq(x, tree_get(b, x->key)))
				return false;
		} else if (!tree_eq(x, y))
			return false;
		y = y->next;
	}
	return true;
}

/* Takes `child` out of the list. */
static void
unlink_child(struct tree *t, struct tree *child)
{
	struct tree *before = NULL, *c = t->first;

	while (c != child) {
		CHECK(c != NULL);
		before = c;
		c = c->next;
	}
	if (before == NULL)
		t->first = child->next;
	else
		before->next = child->next;
	if (t->last == child)
		t->last = before;
	child->next = NULL;
	t->count--;
}

bool
tree_drop_child(struct tree *t, struct tree *child)
{
	unlink_child(t, child);
	tree_free(child);
	return true;
}

struct tree *
tree_take(struct tree *t, struct str key)
{
	struct tree *v = tree_get(t, key);

	if (v == NULL)
		return NULL;
	unlink_child(t, v);
	free((void *)(uintptr_t)v->key.at);
	v->key = STR_NONE;
	return v;
}

bool
tree_drop(struct tree *t, struct str key)
{
	struct tree *v = tree_get(t, key);

	return v != NULL && tree_drop_child(t, v);
}

struct tree *
tree_set(struct tree *t, struct str key, struct tree *v)
{
	struct tree *old = tree_get(t, key), *before = NULL;

	CHECK(tree_is(t, TREE_OBJECT));
	CHECK(v != NULL && v->next == NULL && v->key.at == NULL);
	v->key = keep(key);
	if (old == NULL) {
		append(t, v);
		return v;
	}
	for (struct tree *c = t->first; c != old; c = c->next)
		before = c;
	v->next = old->next;
	if (before == NULL)
		t->first = v;
	else
		before->next = v;
	if (t->last == old)
		t->last = v;
	old->next = NULL;
	tree_free(old);
	return v;
}

/* Splits "a.b.c" into the object at a.b, made if absent, and c. */
static struct tree *
parent_of(struct tree *t, const char *dotted, struct str *last)
{
	struct str rest = str_of(dotted), key;

	CHECK(str_cut(&rest, '.', &key));
	for (struct str next; str_cut(&rest, '.', &next); key = next) {
		struct tree *c = tree_get(t, key);

		t = tree_is(c, TREE_OBJECT) ? c : tree_set(t, key, tree_object());
	}
	*last = key;
	return t;
}

struct tree *
tree_set_at(struct tree *t, const char *dotted, struct tree *v)
{
	struct str   key;
	struct tree *p = parent_of(t, dotted, &key);

	return tree_set(p, key, v);
}

void
tree_set_str(struct tree *t, const char *dotted, struct str s)
{
	tree_set_at(t, dotted, tree_text(s));
}

void
tree_set_int(struct tree *t, const char *dotted, int64_t v)
{
	tree_set_at(t, dotted, tree_int(v));
}

struct tree *
tree_want(struct tree *t, const char *dotted)
{
	struct str   key;
	struct tree *p = parent_of(t, dotted, &key);
	struct tree *v = tree_get(p, key);

	return tree_is(v, TREE_OBJECT) ? v : tree_set(p, key, tree_object());
}

struct tree *
tree_push(struct tree *t, struct tree *v)
{
	CHECK(tree_is(t, TREE_ARRAY));
	CHECK(v != NULL && v->next == NULL && v->key.at == NULL);
	append(t, v);
	return v;
}

bool
tree_drop_at(struct tree *t, const char *dotted)
{
	struct str   rest = str_of(dotted), key = STR_NONE;
	struct tree *v = t, *p = NULL;

	while (str_cut(&rest, '.', &key)) {
		p = v;
		v = tree_get(v, key);
	}
	return v != NULL && p != NULL && tree_drop_child(p, v);
}

void
tree_to_front(struct tree *t, struct str key)
{
	struct tree *c = tree_get(t, key);

	if (c == NULL || c == t->first)
		return;
	unlink_child(t, c);
	c->next = t->first;
	t->first = c;
	t->count++;
}
