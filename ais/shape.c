/* shape.c - walking tables of fields, naming places, comparing values. */
#include "ais/shape.h"

#include "ais/quantity.h"
#include "kernel/check.h"

const struct member *
shape_next(struct shape_iter *it)
{
	while (it->at->kind == AS_MORE) {
		CHECK(it->back == NULL);
		it->back = it->at + 1;
		it->at = it->at->in;
	}
	if (it->at->kind == AS_NOTHING && it->back != NULL) {
		it->at = it->back;
		it->back = NULL;
		return shape_next(it);
	}
	return it->at->kind == AS_NOTHING ? NULL : it->at++;
}

const struct member *
shape_member(const struct member *table, struct str name)
{
	struct shape_iter    it = { table, NULL };
	const struct member *m;

	while ((m = shape_next(&it)) != NULL)
		if (str_eq(m->name, name))
			return m;
	return NULL;
}

const struct member *
shape_of(enum resource r)
{
	switch (r) {
	case RESOURCE_AISTORE_BETA:  return &shape_beta;
	case RESOURCE_AISTORE_ALPHA: return &shape_alpha;
	case RESOURCE_AUTH:          return &shape_auth;
	case RESOURCE_AUTH_PROFILE:  return &shape_profile;
	case RESOURCE_UNKNOWN:       break;
	}
	check_failed("a known resource", __FILE__, __LINE__);
}

struct str
place_text(const struct place *p, struct arena *a)
{
	struct str before = p->up == NULL ? STR_NONE : place_text(p->up, a);
	struct out o = out_in(a);

	out_str(&o, before);
	if (p->name.len > 0)
		OUT(&o, before.len > 0 ? STR(".") : STR_NONE, p->name);
	else {
		out_char(&o, '[');
		out_int(&o, p->index);
		out_char(&o, ']');
	}
	return out_keep(&o, a);
}

bool
json_set(struct json v)
{
	return json_there(v) && !json_is_null(v);
}

bool
json_whole(struct json v, int64_t *out)
{
	struct quantity q;

	if (json_i64(v, out))
		return true;
	if (!json_is_num(v) || !quantity_parse(json_raw(v), &q) || q.nano > 0)
		return false;
	*out = q.minus ? -(int64_t)q.units : (int64_t)q.units;
	return true;
}

/* Any JSON ------------------------------------------------------------------*/

static int
count_set(struct json v)
{
	struct json_iter it;
	int              count = 0;

	for (it = json_each(v); json_next(&it);)
		count += json_set(it.val);
	return count;
}

static bool
same_members(struct json a, struct json b)
{
	struct json_iter it;

	if (count_set(a) != count_set(b))
		return false;
	for (it = json_each(a); json_next(&it);)
		if (json_set(it.val) && !json_same(it.val, json_get(b, it.key)))
			return false;
	return true;
}

static bool
same_items(struct json a, struct json b)
{
	struct json_iter of_a = json_each(a), of_b = json_each(b);

	if (json_size(a) != json_size(b))
		return false;
	while (json_next(&of_a) && json_next(&of_b))
		if (!json_same(of_a.val, of_b.val))
			return false;
	return true;
}

/* Texts are compared as they are written: what the API server hands out is written one way. */
bool
json_same(struct json a, struct json b)
{
	int64_t one, other;

	if (!json_set(a) || !json_set(b))
		return !json_set(a) && !json_set(b);
	if (str_eq(json_text(a), json_text(b)))
		return true;
	if (json_is_obj(a))
		return json_is_obj(b) && same_members(a, b);
	if (json_is_arr(a))
		return json_is_arr(b) && same_items(a, b);
	if (json_whole(a, &one) && json_whole(b, &other))
		return one == other;
	return json_is_str(a) == json_is_str(b) && !json_is_obj(b) && !json_is_arr(b) &&
	    str_eq(json_raw(a), json_raw(b));
}
