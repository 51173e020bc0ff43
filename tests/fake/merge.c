/* merge.c - strategic merge patches, on the same keys as server-side apply. */
#include "tests/fake/merge.h"

#include "tests/fake/grain.h"

#define ELEMENT_MAX 512

static void merge(struct tree *live, const struct tree *patch, const struct grain *s);

static struct tree *
plain(const struct tree *patch, const struct grain *s)
{
	struct tree *t = patch->kind == TREE_OBJECT ? tree_object() : NULL;

	if (t == NULL)
		return tree_copy(patch);
	merge(t, patch, s);
	return t;
}

static void
merge_elements(struct tree *live, const struct tree *patch, const struct grain *s)
{
	struct grain e = grain_element(s);

	TREE_EACH(c, patch) {
		char         text[ELEMENT_MAX];
		struct out   o = out_over(text, sizeof(text));
		struct tree *mine;

		grain_print_element(s, c, &o);
		mine = grain_find(s, live, out_view(&o));
		if (tree_str_is(c, "$patch", STR("delete"))) {
			if (mine != NULL)
				tree_drop_child(live, mine);
		} else if (mine == NULL)
			tree_push(live, plain(c, &e));
		else if (c->kind == TREE_OBJECT)
			merge(mine, c, &e);
	}
}

static void
merge(struct tree *live, const struct tree *patch, const struct grain *s)
{
	bool replace = tree_str_is(patch, "$patch", STR("replace"));

	while (replace && live->first != NULL)
		tree_drop_child(live, live->first);
	TREE_EACH(c, patch) {
		struct grain m = grain_member(s, c->key);
		struct tree *mine = tree_get(live, c->key);

		if (c->key.len > 0 && c->key.at[0] == '$')
			continue;
		if (c->kind == TREE_NULL)
			tree_drop(live, c->key);
		else if (c->kind == TREE_OBJECT && tree_is(mine, TREE_OBJECT))
			merge(mine, c, &m);
		else if (c->kind == TREE_ARRAY && tree_is(mine, TREE_ARRAY) && (m.how == GRAIN_KEYED || m.how == GRAIN_SET))
			merge_elements(mine, c, &m);
		else
			tree_set(live, c->key, plain(c, &m));
	}
}

void
merge_strategic(const struct resource *k, struct tree *live, const struct tree *patch)
{
	struct grain s = grain_root(k, 0);

	merge(live, patch, &s);
}
