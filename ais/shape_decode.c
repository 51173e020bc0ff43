/*
 * shape_decode.c - what 3.4.0's webhook cannot decode: times, sizes and small
 * numbers, which the schema takes for any text and any number.
 */
#include "ais/amount.h"
#include "ais/shape.h"
#include "ais/spec_inner.h"

static void
decode(const struct member *m, struct json v, const struct place *p, struct arena *a, struct findings *f)
{
	struct str why = STR_NONE;
	int64_t    n = 0;

	if (m->kind == AS_TIME)
		duration_parse(json_str(v, a), &n, a, &why);
	else if (m->kind == AS_SIZE)
		size_parse(json_str(v, a), &n, &why);
	else if (!json_whole(v, &n) || n < 0 || (m->kind == AS_BYTE && n > UINT8_MAX))
		why = m->kind == AS_BYTE ? STR("it is decoded as uint8: from 0 to 255")
		    : STR("it is decoded as uint64: not negative");
	if (why.len > 0)
		finding_put(f, (struct finding){ true, BY_DECODE, place_text(p, a),
		    JOIN(a, spec_shown(json_text(v)), STR(": "), why) });
}

/* Members of an object, items of a list or map.  A type that is wrong was the schema's to blame. */
static void
decode_all(const struct member *m, struct json v, const struct place *p, struct arena *a, struct findings *f)
{
	struct json_iter it;
	int              i = 0;

	for (it = json_each(v); json_next(&it); i++) {
		const struct member *one = m->kind == AS_OBJECT ? shape_member(m->in, it.key) : m->in;
		struct place         at = { p, it.key, i };

		if (one != NULL && json_set(it.val))
			shape_decode(one, it.val, &at, a, f);
	}
}

void
shape_decode(const struct member *m, struct json v, const struct place *p, struct arena *a,
    struct findings *f)
{
	switch (m->kind) {
	case AS_OBJECT:
	case AS_MAP:
		if (json_is_obj(v))
			decode_all(m, v, p, a, f);
		return;
	case AS_LIST:
		if (json_is_arr(v))
			decode_all(m, v, p, a, f);
		return;
	case AS_TIME:
	case AS_SIZE:
		if (json_is_str(v))
			decode(m, v, p, a, f);
		return;
	case AS_BYTE:
	case AS_BITS:
		decode(m, v, p, a, f);
		return;
	case AS_TEXT:
	case AS_BOOL:
	case AS_INT:
	case AS_INT32:
	case AS_PORT:
	case AS_AMOUNT:
	case AS_ANY:
	case AS_MORE:
	case AS_NOTHING:
		return;
	}
}
