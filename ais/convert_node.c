/* convert_node.c - a tree that can be changed, over JSON that cannot. */
#include "ais/convert_inner.h"

struct node *
node_of(struct arena *a, struct json v)
{
	struct node *n = json_there(v) ? ARENA_NEW(a, struct node) : NULL;

	if (n != NULL)
		*n = (struct node){ .value = v, .arena = a };
	return n;
}

struct node *
node_made(struct arena *a, struct str json)
{
	struct json_doc *d = ARENA_NEW(a, struct json_doc);

	return d != NULL && json_parse_in(d, json, a) == JSON_OK ? node_of(a, json_root(d)) : NULL;
}

static struct node *
empty(struct arena *a, bool list)
{
	struct node *n = ARENA_NEW(a, struct node);

	if (n != NULL)
		*n = (struct node){ .arena = a, .value = { NULL, -1 }, .opened = true, .list = list };
	return n;
}

struct node *node_object(struct arena *a) { return empty(a, false); }
struct node *node_list(struct arena *a)   { return empty(a, true); }

bool
node_there(const struct node *n)
{
	return n != NULL && (n->opened || !json_is_null(n->value));
}

bool
node_is_object(const struct node *n)
{
	return n != NULL && (n->opened ? !n->list : json_is_obj(n->value));
}

bool
node_is_list(const struct node *n)
{
	return n != NULL && (n->opened ? n->list : json_is_arr(n->value));
}

struct json
node_scalar(const struct node *n)
{
	return !node_there(n) || node_is_object(n) || node_is_list(n) ? (struct json){ NULL, -1 } : n->value;
}

/* Opening -------------------------------------------------------------------*/

static struct node *
merge(struct node *x, struct node *y)
{
	struct node *first = NULL, **end = &first, **from;

	while (x != NULL && y != NULL) {
		from = str_cmp(y->key, x->key) < 0 ? &y : &x;
		*end = *from;
		*from = (*from)->next;
		end = &(*end)->next;
	}
	*end = x != NULL ? x : y;
	return first;
}

/* Takes `count` off the list; of equal keys the earlier stays first. */
static struct node *
sort(struct node **list, int count)
{
	struct node *x = *list, *y;

	if (count == 1) {
		*list = x->next;
		x->next = NULL;
		return x;
	}
	x = sort(list, count / 2);
	y = sort(list, count - count / 2);
	return merge(x, y);
}

/* Of equal keys the last one counts. */
static void
drop_doubles(struct node **at)
{
	while (*at != NULL && (*at)->next != NULL) {
		if (str_eq((*at)->key, (*at)->next->key))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
}

/* False: no room for all of them. */
static bool
read_children(struct node *n, bool *sorted)
{
	struct node     **end = &n->first, *last = NULL, *child;
	struct json_iter  it = json_each(n->value);

	for (*sorted = true; json_next(&it); last = child) {
		child = node_of(n->arena, it.val);
		if (child == NULL)
			return false;
		if (!n->list)
			child->key = json_str((struct json){ it.val.doc, it.val.at - 1 }, n->arena);
		*sorted = *sorted && (last == NULL || str_cmp(last->key, child->key) < 0);
		*end = child;
		end = &child->next;
	}
	return true;
}

static void
open_node(struct node *n)
{
	bool sorted;

	n->opened = true;
	n->list = json_is_arr(n->value);
	if (!n->list && json_size(n->value) > MEMBERS_MAX)
		n->arena->overflowed = true;
	if (!read_children(n, &sorted))
		n->first = NULL;
	else if (!n->list && !sorted) {
		n->first = sort(&n->first, json_size(n->value));
		drop_doubles(&n->first);
	}
}

struct node *
node_first(struct node *n)
{
	if (!node_is_object(n) && !node_is_list(n))
		return NULL;
	if (!n->opened)
		open_node(n);
	return n->first;
}

/* Looking and changing ------------------------------------------------------*/

/* Where a member of that key stands, or would. */
static struct node **
place_of(struct node *object, struct str key)
{
	struct node **at = &object->first;

	node_first(object);
	while (*at != NULL && str_cmp((*at)->key, key) < 0)
		at = &(*at)->next;
	return at;
}

struct node *
node_get(struct node *object, struct str key)
{
	struct node *n;

	if (!node_is_object(object))
		return NULL;
	n = *place_of(object, key);
	return n != NULL && str_eq(n->key, key) ? n : NULL;
}

struct node *
node_path(struct node *root, struct str dotted)
{
	struct str key;

	while (str_cut(&dotted, '.', &key))
		root = node_get(root, key);
	return root;
}

void
node_set(struct node *object, struct str key, struct node *n)
{
	struct node **at;

	if (!node_is_object(object) || n == NULL)
		return;
	at = place_of(object, key);
	n->key = key;
	n->next = *at != NULL && str_eq((*at)->key, key) ? (*at)->next : *at;
	*at = n;
}

void
node_put(struct node *root, struct str dotted, struct node *n)
{
	struct str key;

	if (n == NULL)
		return;
	while (str_cut(&dotted, '.', &key) && dotted.at != NULL) {
		if (!node_is_object(node_get(root, key)))
			node_set(root, key, node_object(n->arena));
		root = node_get(root, key);
	}
	node_set(root, key, n);
}

struct node *
node_take(struct node *root, struct str dotted)
{
	struct node **at, *n;
	struct str    key;

	while (str_cut(&dotted, '.', &key) && dotted.at != NULL)
		root = node_get(root, key);
	n = node_get(root, key);
	if (n == NULL)
		return NULL;
	at = place_of(root, key);
	*at = n->next;
	n->next = NULL;
	return n;
}

struct node *
node_copy(const struct node *n)
{
	struct node *copy = n == NULL ? NULL : ARENA_NEW(n->arena, struct node), **end;

	if (copy == NULL)
		return NULL;
	*copy = *n;
	copy->next = NULL;
	end = &copy->first;
	for (const struct node *child = n->first; child != NULL && arena_ok(n->arena); child = child->next) {
		*end = node_copy(child);
		if (*end != NULL)
			end = &(*end)->next;
	}
	return copy;
}

/* Comparing -----------------------------------------------------------------*/

static struct node *
next_there(struct node *n)
{
	while (n != NULL && !node_there(n))
		n = n->next;
	return n;
}

static bool
same_members(struct node *x, struct node *y)
{
	x = next_there(node_first(x));
	y = next_there(node_first(y));
	for (; x != NULL && y != NULL; x = next_there(x->next), y = next_there(y->next))
		if (!str_eq(x->key, y->key) || !node_same(x, y))
			return false;
	return x == y;
}

static bool
same_items(struct node *x, struct node *y)
{
	x = node_first(x);
	y = node_first(y);
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!node_same(x, y))
			return false;
	return x == y;
}

static bool
same_scalar(const struct node *x, const struct node *y)
{
	if (json_is_str(x->value) || json_is_str(y->value))
		return json_is_str(x->value) && json_is_str(y->value) &&
		    str_eq(json_str(x->value, x->arena), json_str(y->value, y->arena));
	return str_eq(json_raw(x->value), json_raw(y->value));
}

bool
node_same(struct node *x, struct node *y)
{
	if (!x->opened && !y->opened && x->value.doc == y->value.doc && x->value.at == y->value.at)
		return true;
	if (node_is_object(x) || node_is_object(y))
		return node_is_object(x) && node_is_object(y) && same_members(x, y);
	if (node_is_list(x) || node_is_list(y))
		return node_is_list(x) && node_is_list(y) && same_items(x, y);
	return same_scalar(x, y);
}

bool
node_alike(struct node *x, struct node *y)
{
	return node_there(x) && node_there(y) ? node_same(x, y) : node_there(x) == node_there(y);
}

/* Printing ------------------------------------------------------------------*/

static void
print_children(struct node *n, struct json_out *j, void (*print)(struct node *, struct json_out *))
{
	struct node *child = node_first(n);

	if (n->list)
		jo_arr(j);
	else
		jo_obj(j);
	for (; child != NULL; child = child->next) {
		if (!n->list)
			jo_key(j, child->key);
		print(child, j);
	}
	if (n->list)
		jo_arr_end(j);
	else
		jo_obj_end(j);
}

void
node_print(struct node *n, struct json_out *j)
{
	if (n->opened)
		print_children(n, j, node_print);
	else
		jo_raw(j, json_text(n->value));
}

void
node_print_sorted(struct node *n, struct json_out *j)
{
	if (node_is_object(n) || node_is_list(n))
		print_children(n, j, node_print_sorted);
	else if (json_is_str(n->value))
		jo_str(j, json_str(n->value, n->arena));
	else
		jo_raw(j, json_text(n->value));
}
