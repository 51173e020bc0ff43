/*
 * convert_ride.c - what one version cannot say, as a rider on the other.
 *
 * Members stand in the order of their keys, so three objects are walked side
 * by side, each once.
 */
#include "ais/convert_inner.h"

/* Data mounts are told apart by their paths: a client may add and remove some. */
#define MOUNTS     STR("spec.targetSpec.mounts")
#define MOUNTS_MAX 256                   /* more of them are one value */

#define WAS        STR("was")
#define PARTS      STR("together")       /* units and mounts, by their whole paths */

struct pair {                            /* a rider that is being made: each of both grows at its end */
	struct arena *arena;
	struct node  *then, *was, **then_end, **was_end;
};

static struct pair
pair_in(struct arena *a)
{
	struct pair p = { .arena = a, .then = node_object(a), .was = node_object(a) };

	if (p.then != NULL && p.was != NULL) {
		p.then_end = &p.then->first;
		p.was_end = &p.was->first;
	}
	return p;
}

static void
grow(struct node ***end, struct str key, struct node *n)
{
	if (*end == NULL || n == NULL)
		return;
	n->key = key;
	**end = n;
	*end = &n->next;
}

static struct node *
wanted(struct arena *a, const struct node *n)
{
	return node_there(n) ? node_copy(n) : node_made(a, STR("null"));
}

/* Making --------------------------------------------------------------------*/

static void differ(struct pair *p, struct node *from, struct node *to);

/* Of the members of one key, each maybe not there. */
static void
differ_member(struct pair *p, struct str key, struct node *f, struct node *t)
{
	struct pair in;

	if (node_alike(f, t))
		return;
	if (node_is_object(f) && node_is_object(t)) {
		in = pair_in(p->arena);
		differ(&in, f, t);
		if (node_first(in.then) != NULL)
			grow(&p->then_end, key, in.then);
		if (node_first(in.was) != NULL)
			grow(&p->was_end, key, in.was);
		return;
	}
	grow(&p->then_end, key, wanted(p->arena, t));
	if (node_there(f))
		grow(&p->was_end, key, node_copy(f));
}

static void
differ(struct pair *p, struct node *from, struct node *to)
{
	struct node *f = node_first(from), *t = node_first(to);

	while (f != NULL || t != NULL) {
		int order = f == NULL ? 1 : t == NULL ? -1 : str_cmp(f->key, t->key);

		differ_member(p, order <= 0 ? f->key : t->key, order <= 0 ? f : NULL, order >= 0 ? t : NULL);
		f = order <= 0 ? f->next : f;
		t = order >= 0 ? t->next : t;
	}
}

static int
unit_size(const struct unit *u)
{
	int n = 0;

	while (n < UNIT_PATHS && u->paths[n].len > 0)
		n++;
	return n;
}

/* What was there is noted for all of the unit: an edit of one of them is an edit of it. */
static void
differ_unit(struct pair *p, const struct unit *u, struct node *from, struct node *to)
{
	struct node *f[UNIT_PATHS], *t[UNIT_PATHS];
	int          size = unit_size(u);
	bool         same = true;

	for (int i = 0; i < size; i++) {
		f[i] = node_path(from, u->paths[i]);
		t[i] = node_path(to, u->paths[i]);
		same = same && node_alike(f[i], t[i]);
	}
	for (int i = 0; i < size && !same; i++) {
		if (node_there(f[i]))
			node_set(p->was, u->paths[i], node_copy(f[i]));
		if (!node_alike(f[i], t[i]))
			node_set(p->then, u->paths[i], wanted(p->arena, t[i]));
	}
}

static struct str
mount_path(struct node *mount)
{
	struct node *path = node_get(mount, STR("path"));

	return path == NULL ? STR_NONE : json_str(node_scalar(path), path->arena);
}

/* Are these lists of mounts with the same paths, each once? */
static bool
mounts_match(struct node *f, struct node *t)
{
	struct str paths[MOUNTS_MAX];
	int        count = 0;

	if (!node_is_list(f) || !node_is_list(t))
		return false;
	f = node_first(f);
	t = node_first(t);
	for (; f != NULL && t != NULL; f = f->next, t = t->next, count++) {
		if (count == MOUNTS_MAX || !node_is_object(f) || !node_is_object(t))
			return false;
		paths[count] = mount_path(f);
		if (paths[count].len == 0 || !str_eq(paths[count], mount_path(t)))
			return false;
		for (int i = 0; i < count; i++)
			if (str_eq(paths[i], paths[count]))
				return false;
	}
	return f == t;
}

static void
keep_if_any(struct node *rider, struct str key, struct node *part)
{
	if (node_first(part) != NULL)
		node_set(rider, key, part);
}

/* Of two lists that are not alike. */
static void
differ_mounts(struct pair *p, struct node *f, struct node *t)
{
	struct node *then, *was;
	struct pair  in;

	if (!mounts_match(f, t)) {
		node_set(p->then, MOUNTS, wanted(p->arena, t));
		if (node_there(f))
			node_set(p->was, MOUNTS, node_copy(f));
		return;
	}
	then = node_object(p->arena);
	was = node_object(p->arena);
	for (f = node_first(f), t = node_first(t); f != NULL; f = f->next, t = t->next) {
		in = pair_in(p->arena);
		differ(&in, f, t);
		keep_if_any(then, mount_path(f), in.then);
		keep_if_any(was, mount_path(f), in.was);
	}
	keep_if_any(p->then, MOUNTS, then);
	keep_if_any(p->was, MOUNTS, was);
}

/* A copy without what is not one value by itself. */
static struct node *
plain_part(struct node *root, const struct unit *units)
{
	root = node_copy(root);
	for (; unit_size(units) > 0; units++)
		for (int i = 0; i < unit_size(units); i++)
			node_take(root, units->paths[i]);
	node_take(root, MOUNTS);
	return root;
}

struct node *
ride_make(struct node *from, struct node *to, const struct unit *units)
{
	struct pair  plain, parts;
	struct node *f, *t;

	if (from == NULL || to == NULL)
		return NULL;
	plain = pair_in(from->arena);
	parts = pair_in(from->arena);
	differ(&plain, plain_part(from, units), plain_part(to, units));
	for (; unit_size(units) > 0; units++)
		differ_unit(&parts, units, from, to);
	f = node_path(from, MOUNTS);
	t = node_path(to, MOUNTS);
	if (!node_alike(f, t))
		differ_mounts(&parts, f, t);
	keep_if_any(plain.was, PARTS, parts.was);
	keep_if_any(plain.then, PARTS, parts.then);
	keep_if_any(plain.then, WAS, plain.was);
	return plain.then;
}

/* Applying ------------------------------------------------------------------*/

static void apply(struct node *x, struct node *then, struct node *was);

/* On to a key that is not before the last one; NULL: no such member. */
static struct node *
seek(struct node ***at, struct str key)
{
	while (**at != NULL && str_cmp((**at)->key, key) < 0)
		*at = &(**at)->next;
	return **at != NULL && str_eq((**at)->key, key) ? **at : NULL;
}

/* What a member becomes; NULL: it goes.  A null is as good as absent. */
static struct node *
applied(struct node *v, struct node *then, struct node *was)
{
	struct node *fresh;

	if (!node_there(v) && !node_there(was))
		return node_there(then) ? node_copy(then) : NULL;
	if (node_is_object(then) && (node_is_object(v) || !node_there(v)) &&
	    (node_is_object(was) || !node_there(was))) {
		fresh = node_there(v) ? v : node_object(then->arena);
		if (fresh != NULL)
			apply(fresh, then, was);
		return node_there(v) || node_first(fresh) != NULL ? fresh : NULL;
	}
	if (!node_alike(v, was))
		return v;
	return node_there(then) ? node_copy(then) : NULL;
}

/* To all members of x, an object. */
static void
apply(struct node *x, struct node *then, struct node *was)
{
	struct node *none = NULL, **x_at, **was_at = &none, *v, *n;

	node_first(x);
	x_at = &x->first;
	if (node_first(was) != NULL)
		was_at = &was->first;
	for (then = node_first(then); then != NULL && arena_ok(x->arena); then = then->next) {
		v = seek(&x_at, then->key);
		n = applied(v, then, seek(&was_at, then->key));
		if (n == v)
			continue;
		if (n != NULL) {
			n->key = then->key;
			n->next = v != NULL ? v->next : *x_at;
		}
		*x_at = n != NULL ? n : v->next;
	}
}

static void
apply_unit(struct node *out, struct node *x, struct node *then, struct node *was, const struct unit *u)
{
	struct node *now[UNIT_PATHS], *t[UNIT_PATHS], *w[UNIT_PATHS];
	int          size = unit_size(u);
	bool         rides = false, edited = false;

	for (int i = 0; i < size; i++) {
		now[i] = node_path(x, u->paths[i]);
		t[i] = node_get(then, u->paths[i]);
		w[i] = node_get(was, u->paths[i]);
		rides = rides || t[i] != NULL;
		edited = edited || !node_alike(now[i], w[i]);
	}
	for (int i = 0; i < size && rides && !edited; i++)
		now[i] = t[i] != NULL ? t[i] : now[i];
	if (rides && edited && u->edited != NULL)
		u->edited(now, t, w);
	for (int i = 0; i < size; i++)
		if (node_there(now[i]))
			node_put(out, u->paths[i], node_copy(now[i]));
}

static void
apply_mounts(struct node *out, struct node *x, struct node *then, struct node *was)
{
	struct node *list = node_copy(node_path(x, MOUNTS));

	then = node_get(then, MOUNTS);
	was = node_get(was, MOUNTS);
	if (node_is_object(then) && node_is_list(list)) {
		for (struct node *m = node_first(list); m != NULL; m = m->next)
			if (node_is_object(m))
				apply(m, node_get(then, mount_path(m)), node_get(was, mount_path(m)));
	} else if (then != NULL && node_alike(list, was))
		list = node_copy(then);
	if (node_there(list))
		node_put(out, MOUNTS, list);
}

struct node *
ride_apply(struct node *x, struct node *rider, const struct unit *units)
{
	struct node *then = node_copy(rider), *out = plain_part(x, units);
	struct node *was = node_take(then, WAS), *parts = node_take(then, PARTS);
	struct node *parts_was = node_take(was, PARTS);

	if (then == NULL || out == NULL)
		return NULL;
	apply(out, then, was);
	for (; unit_size(units) > 0; units++)
		apply_unit(out, x, parts, parts_was, units);
	apply_mounts(out, x, parts, parts_was);
	return out;
}
