/* json_patch.c - RFC 6902 on trees. */
#include "tests/fake/json_patch.h"

#define KEY_MAX 256

struct place {                 /* where an operation works */
	struct tree *parent;   /* NULL: the whole document */
	struct str   key;
	char         room[KEY_MAX];
};

static void
unescape(struct str s, struct place *p)
{
	struct out o = out_over(p->room, sizeof(p->room));

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '~' && i + 1 < s.len) {
			out_char(&o, s.at[i + 1] == '1' ? '/' : '~');
			i++;
		} else
			out_char(&o, s.at[i]);
	}
	p->key = out_view(&o);
}

static struct tree *
child(struct tree *t, struct str key)
{
	uint64_t n;

	if (tree_is(t, TREE_ARRAY))
		return str_u64(key, &n) && n < (uint64_t)t->count ? tree_item(t, (int)n) : NULL;
	return tree_get(t, key);
}

static bool
find(struct tree *t, struct str path, struct place *p)
{
	struct str part;
	bool       first = true;

	p->parent = NULL;
	if (path.len == 0)
		return true;
	if (!str_cut(&path, '/', &part) || part.len > 0)
		return false;
	while (str_cut(&path, '/', &part)) {
		if (!first)
			t = child(t, p->key);
		if (t == NULL || (t->kind != TREE_OBJECT && t->kind != TREE_ARRAY))
			return false;
		unescape(part, p);
		p->parent = t;
		first = false;
	}
	return true;
}

static void
insert(struct tree *list, uint64_t at, struct tree *v)
{
	struct tree *before = at == 0 ? NULL : tree_item(list, (int)at - 1);

	tree_push(list, v);
	if (at + 1 == (uint64_t)list->count)
		return;
	/* From the end to its place. */
	for (struct tree *c = list->first; c != NULL; c = c->next)
		if (c->next == v) {
			c->next = NULL;
			list->last = c;
			break;
		}
	v->next = before == NULL ? list->first : before->next;
	if (before == NULL)
		list->first = v;
	else
		before->next = v;
}

/* `v` is taken over. */
static bool
put(struct tree **t, const struct place *p, struct tree *v, bool replace)
{
	uint64_t n;

	if (p->parent == NULL) {
		tree_free(*t);
		*t = v;
		return true;
	}
	if (p->parent->kind == TREE_OBJECT) {
		if (replace && tree_get(p->parent, p->key) == NULL) {
			tree_free(v);
			return false;
		}
		tree_set(p->parent, p->key, v);
		return true;
	}
	n = (uint64_t)p->parent->count;
	if ((!str_eq(p->key, STR("-")) && !str_u64(p->key, &n)) || n > (uint64_t)p->parent->count ||
	    (replace && n == (uint64_t)p->parent->count)) {
		tree_free(v);
		return false;
	}
	if (replace)
		tree_drop_child(p->parent, tree_item(p->parent, (int)n));
	insert(p->parent, n, v);
	return true;
}

static bool
drop(const struct place *p)
{
	struct tree *c = p->parent == NULL ? NULL : child(p->parent, p->key);

	return c != NULL && tree_drop_child(p->parent, c);
}

static struct tree *
value_at(struct tree *t, const struct place *p)
{
	return p->parent == NULL ? t : child(p->parent, p->key);
}

static bool
step(struct tree **t, const struct tree *op)
{
	struct str         name = tree_str_at(op, "op");
	const struct tree *value = tree_get(op, STR("value"));
	struct place       to, from;
	struct tree       *v;

	if (!find(*t, tree_str_at(op, "path"), &to))
		return false;
	if (str_eq(name, STR("remove")))
		return drop(&to);
	if (str_eq(name, STR("test")))
		return value != NULL && tree_eq(value_at(*t, &to), value);
	if (str_eq(name, STR("add")) || str_eq(name, STR("replace")))
		return value != NULL && put(t, &to, tree_copy(value), str_eq(name, STR("replace")));
	if (!str_eq(name, STR("copy")) && !str_eq(name, STR("move")))
		return false;
	if (!find(*t, tree_str_at(op, "from"), &from) || (v = tree_copy(value_at(*t, &from))) == NULL)
		return false;
	if (str_eq(name, STR("move")) && (!drop(&from) || !find(*t, tree_str_at(op, "path"), &to))) {
		tree_free(v);
		return false;
	}
	return put(t, &to, v, false);
}

bool
json_patch(struct tree **t, const struct tree *patch, const char **why)
{
	if (!tree_is(patch, TREE_ARRAY)) {
		*why = "a JSON patch is a list of operations";
		return false;
	}
	TREE_EACH(op, patch)
		if (!step(t, op)) {
			*why = "an operation of the JSON patch cannot be carried out";
			return false;
		}
	return true;
}
