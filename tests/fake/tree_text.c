/* tree_text.c - trees and JSON text; merge patches. */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/json.h"
#include "kernel/json_out.h"
#include "tests/fake/tree.h"

static struct tree *
unescaped(struct json v, char *room, size_t size)
{
	struct arena a;

	arena_init(&a, room, size);
	return tree_text(json_str(v, &a));
}

/* `room`: as long as the whole text, for unescaping. */
static struct tree *
grow(struct json v, char *room, size_t size)
{
	struct json_iter it = json_each(v);
	struct tree     *t;

	if (json_is_str(v))
		return unescaped(v, room, size);
	if (json_is_num(v)) {
		t = tree_text(json_raw(v));
		t->kind = TREE_NUMBER;
		return t;
	}
	if (json_is_bool(v))
		return tree_bool(json_true(v));
	if (!json_is_obj(v) && !json_is_arr(v))
		return tree_null();
	t = json_is_obj(v) ? tree_object() : tree_array();
	while (json_next(&it)) {
		struct tree *c = grow(it.val, room, size);

		if (json_is_obj(v))
			tree_set(t, it.key, c);
		else
			tree_push(t, c);
	}
	return t;
}

/* Keys come raw: those with escapes are rare and unescaped here. */
static void
unescape_keys(struct tree *t, char *room, size_t size)
{
	TREE_EACH(c, t) {
		if (c->key.len > 0 && memchr(c->key.at, '\\', c->key.len) != NULL) {
			struct json_token token[2];
			struct json_doc   d;
			struct out        o = out_over(room, size);
			struct tree      *plain;

			OUT(&o, STR("\""), c->key, STR("\""));
			CHECK(json_parse(&d, out_view(&o), token, 2) == JSON_OK);
			plain = unescaped(json_root(&d), room + o.len, size - o.len);
			free((void *)(uintptr_t)c->key.at);
			c->key = plain->text;
			plain->text = STR_NONE;
			tree_free(plain);
		}
		unescape_keys(c, room, size);
	}
}

struct tree *
tree_parse(struct str json, const char **why)
{
	size_t             most = json.len / 2 + 16, size = 2 * json.len + 64;
	struct json_token *tokens = malloc(most * sizeof(*tokens));
	char              *room = malloc(size);
	struct json_doc    d;
	struct tree       *t = NULL;
	enum json_result   r;

	CHECK(tokens != NULL && room != NULL);
	r = json_parse(&d, json, tokens, (int)most);
	if (r == JSON_OK) {
		t = grow(json_root(&d), room, size);
		if (memchr(json.at, '\\', json.len) != NULL)
			unescape_keys(t, room, size);
	} else if (why != NULL)
		*why = json_result_text(r);
	free(room);
	free(tokens);
	return t;
}

struct tree *
tree_of(const char *json)
{
	size_t       len = strlen(json);
	char        *text = malloc(len + 1);
	struct tree *t;

	CHECK(text != NULL);
	for (size_t i = 0; i < len; i++)
		text[i] = json[i] == '\'' ? '"' : json[i];
	t = tree_parse((struct str){ text, len }, NULL);
	CHECK(t != NULL);
	free(text);
	return t;
}

static void
print(struct json_out *j, const struct tree *t)
{
	switch (t->kind) {
	case TREE_NULL:
		jo_null(j);
		return;
	case TREE_BOOL:
		jo_bool(j, t->truth);
		return;
	case TREE_NUMBER:
		jo_raw(j, t->text);
		return;
	case TREE_TEXT:
		jo_str(j, t->text);
		return;
	case TREE_ARRAY:
	case TREE_OBJECT:
		break;
	}
	if (t->kind == TREE_ARRAY)
		jo_arr(j);
	else
		jo_obj(j);
	TREE_EACH(c, t) {
		if (t->kind == TREE_OBJECT)
			jo_key(j, c->key);
		print(j, c);
	}
	if (t->kind == TREE_ARRAY)
		jo_arr_end(j);
	else
		jo_obj_end(j);
}

void
tree_print(struct out *o, const struct tree *t)
{
	struct json_out j = json_out(o);

	CHECK(t != NULL);
	print(&j, t);
}

struct str
tree_text_of(const struct tree *t)
{
	for (size_t size = 4096;; size *= 4) {
		char      *at = malloc(size);
		struct out o = out_over(at, size);

		CHECK(at != NULL);
		tree_print(&o, t);
		if (out_ok(&o))
			return out_view(&o);
		free(at);
	}
}

static void
put_in_order(struct tree *t, struct tree *c)
{
	struct tree **at = &t->first;

	while (*at != NULL && str_cmp((*at)->key, c->key) <= 0)
		at = &(*at)->next;
	c->next = *at;
	*at = c;
	if (c->next == NULL)
		t->last = c;
}

void
tree_sort(struct tree *t)
{
	struct tree *c = t->first;

	if (t->kind == TREE_OBJECT) {
		t->first = t->last = NULL;
		for (struct tree *next; c != NULL; c = next) {
			next = c->next;
			put_in_order(t, c);
		}
	}
	TREE_EACH(v, t)
		tree_sort(v);
}

/* A patch's member that goes where nothing was: nulls inside it mean nothing. */
static struct tree *
without_nulls(const struct tree *patch)
{
	struct tree *t = NULL;

	if (patch->kind != TREE_OBJECT)
		return tree_copy(patch);
	t = tree_object();
	tree_merge(&t, patch);
	return t;
}

void
tree_merge(struct tree **target, const struct tree *patch)
{
	if (patch->kind != TREE_OBJECT || !tree_is(*target, TREE_OBJECT)) {
		struct str   key = *target == NULL ? STR_NONE : (*target)->key;
		struct tree *v = without_nulls(patch);

		CHECK(key.at == NULL);
		tree_free(*target);
		*target = v;
		return;
	}
	TREE_EACH(p, patch) {
		struct tree *old = tree_get(*target, p->key);

		if (p->kind == TREE_NULL)
			tree_drop(*target, p->key);
		else if (p->kind == TREE_OBJECT && tree_is(old, TREE_OBJECT))
			tree_merge(&old, p);
		else
			tree_set(*target, p->key, without_nulls(p));
	}
}
