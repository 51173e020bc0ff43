/*
 * shape_same.c - did what may not change stay the same?
 *
 * As Go compares what it decoded: an absent object differs from an empty one;
 * an absent list or map is as good as an empty one (not in the 2021 version);
 * a quantity is compared by its value (not in the 2021 version); 51080
 * differs from "51080"; the order of a list counts.
 */
#include "ais/quantity.h"
#include "ais/shape.h"

struct pair {
	bool          exact;
	struct arena *a;
	struct str   *where;
	struct json  *was;
};

static bool same(struct pair *c, const struct member *m, struct json v, struct json old,
    const struct place *p);

static bool
differs(struct pair *c, struct json old, const struct place *p)
{
	*c->where = place_text(p, c->a);
	*c->was = old;
	return false;
}

static bool
same_object(struct pair *c, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct shape_iter    it = { m->in, NULL };
	const struct member *one;

	while ((one = shape_next(&it)) != NULL) {
		struct place at = { p, one->name, 0 };

		if (!(one->flags & MUTABLE) && !same(c, one, json_get(v, one->name), json_get(old, one->name), &at))
			return false;
	}
	return true;
}

static bool
same_list(struct pair *c, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct json_iter now = json_each(v), then = json_each(old);

	if (json_size(v) != json_size(old))
		return differs(c, old, p);
	for (int i = 0; json_next(&now) && json_next(&then); i++) {
		struct place at = { p, STR_NONE, i };

		if (!same(c, m->in, now.val, then.val, &at))
			return false;
	}
	return true;
}

static bool
same_amount(const struct pair *c, struct json v, struct json old)
{
	struct quantity now = { .units = 0 }, then = { .units = 0 };

	if (c->exact)
		return json_same(v, old);
	if ((json_set(v) && !quantity_parse(json_raw(v), &now)) ||
	    (json_set(old) && !quantity_parse(json_raw(old), &then)))
		return json_same(v, old);
	return now.units == then.units && now.nano == then.nano &&
	    (now.minus == then.minus || (now.units == 0 && now.nano == 0));
}

static bool
is_zero(struct json v)
{
	int64_t n;

	return !json_set(v) || json_str_is(v, STR("")) || (json_is_bool(v) && !json_true(v)) ||
	    (json_whole(v, &n) && n == 0);
}

static bool
same(struct pair *c, const struct member *m, struct json v, struct json old, const struct place *p)
{
	bool both = json_set(v) && json_set(old);

	if (both && str_eq(json_text(v), json_text(old)))
		return true;
	if (m->kind == AS_LIST || m->kind == AS_MAP) {
		if (both ? json_is_arr(v) != json_is_arr(old) : c->exact && json_set(v) != json_set(old))
			return differs(c, old, p);
		if (m->kind == AS_LIST)
			return same_list(c, m, v, old, p);
		return (!both && json_size(v) == json_size(old)) || json_same(v, old) || differs(c, old, p);
	}
	if (m->kind == AS_OBJECT && both && json_is_obj(v) && json_is_obj(old))
		return same_object(c, m, v, old, p);
	if (m->kind == AS_AMOUNT)
		return same_amount(c, v, old) || differs(c, old, p);
	if (m->kind != AS_OBJECT && m->kind != AS_ANY && !(m->flags & POINTER) && is_zero(v) && is_zero(old) &&
	    m->kind != AS_PORT)
		return true;
	return json_same(v, old) || differs(c, old, p);
}

bool
shape_same(const struct member *m, struct json v, struct json old, bool exact, const struct place *p,
    struct arena *a, struct str *where, struct json *was)
{
	struct pair c = { exact, a, where, was };

	return same(&c, m, v, old, p);
}
