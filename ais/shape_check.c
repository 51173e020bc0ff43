/*
 * shape_check.c - an object against its table, as the API server does by a schema.
 *
 * A member that is null counts as absent.  What stands unchanged since
 * before an update is not blamed.
 */
#include "ais/shape.h"
#include "ais/spec_inner.h"

static void
blame(struct look *l, struct json v, struct json old, const struct place *p, bool blinds, struct str text)
{
	if (json_set(old) && json_same(v, old))
		return;
	l->blind = l->blind || blinds;
	finding_put(l->f, (struct finding){ true, BY_SCHEMA, place_text(p, l->a), text });
}

static struct str
number_text(struct arena *a, int64_t n)
{
	struct out o = out_in(a);

	out_int(&o, n);
	return out_keep(&o, a);
}

/* Types ---------------------------------------------------------------------*/

static struct str
type_text(struct json v)
{
	int64_t n;

	if (json_is_obj(v))
		return STR("object");
	if (json_is_arr(v))
		return STR("array");
	if (json_is_str(v))
		return STR("string");
	if (json_is_bool(v))
		return STR("boolean");
	if (json_is_null(v))
		return STR("null");
	return json_whole(v, &n) ? STR("integer") : STR("number");
}

static const struct str wanted[] = {
	[AS_TEXT] = STR_INIT("string"), [AS_TIME] = STR_INIT("string"), [AS_SIZE] = STR_INIT("string"),
	[AS_BOOL] = STR_INIT("boolean"), [AS_INT] = STR_INIT("integer"), [AS_INT32] = STR_INIT("integer"),
	[AS_BYTE] = STR_INIT("integer"), [AS_BITS] = STR_INIT("integer"),
	[AS_PORT] = STR_INIT("integer or string"), [AS_AMOUNT] = STR_INIT("integer or string"),
	[AS_OBJECT] = STR_INIT("object"), [AS_LIST] = STR_INIT("array"), [AS_MAP] = STR_INIT("object"),
	[AS_ANY] = STR_INIT(""),
};

static bool
is_of_type(const struct member *m, struct json v)
{
	struct str type = type_text(v);

	if (m->kind == AS_PORT || m->kind == AS_AMOUNT)
		return str_eq(type, STR("string")) || str_eq(type, STR("integer"));
	return m->kind == AS_ANY || str_eq(type, wanted[m->kind]);
}

/* Values are not repeated: they may be secrets that stand in the wrong place. */
static void
blame_type(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct str type = type_text(v);

	blame(l, v, old, p, true, JOIN(l->a, STR("Invalid value: \""), type, STR("\": must be of type "),
	    wanted[m->kind], STR(": \""), type, STR("\"")));
}

/* Bounds --------------------------------------------------------------------*/

static void
check_number(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct str raw = spec_shown(json_raw(v));
	int64_t    n = 0;

	json_whole(v, &n);
	if (m->kind == AS_INT32 && (n > INT32_MAX || n < INT32_MIN))
		blame(l, v, old, p, false, JOIN(l->a, STR("Invalid value: "), raw,
		    STR(": must be of type integer with format int32: from -2147483648 to 2147483647")));
	if (m->max != 0 && n < m->min)
		blame(l, v, old, p, false, JOIN(l->a, STR("Invalid value: "), raw,
		    STR(": should be greater than or equal to "), number_text(l->a, m->min)));
	if (m->max != 0 && n > m->max)
		blame(l, v, old, p, false, JOIN(l->a, STR("Invalid value: "), raw,
		    STR(": should be less than or equal to "), number_text(l->a, m->max)));
}

static int64_t
characters(struct str s)
{
	int64_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return count;
}

static bool
is_choice(const char *choices, struct str s)
{
	struct str rest = str_of(choices), one;

	while (str_cut(&rest, ' ', &one))
		if (str_eq(one, s))
			return true;
	return false;
}

static struct str
choices_text(struct arena *a, const char *choices)
{
	struct str rest = str_of(choices), one, all = STR_NONE;

	while (str_cut(&rest, ' ', &one))
		all = JOIN(a, all, all.len > 0 ? STR(", \"") : STR("\""), one, STR("\""));
	return all;
}

static void
check_text(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct str text = json_str(v, l->a), shown = JOIN(l->a, STR("\""), spec_shown(json_raw(v)), STR("\": "));

	if (m->max != 0 && characters(text) < m->min)
		blame(l, v, old, p, false, JOIN(l->a, STR("Invalid value: "), shown, STR("should be at least "),
		    number_text(l->a, m->min), STR(" chars long")));
	if (m->max != 0 && characters(text) > m->max)
		blame(l, v, old, p, true, JOIN(l->a, STR("Too long: may not be more than "),
		    number_text(l->a, m->max), STR(" bytes")));
	if (m->choices != NULL && !is_choice(m->choices, text))
		blame(l, v, old, p, true, JOIN(l->a, STR("Unsupported value: "), shown, STR("supported values: "),
		    choices_text(l->a, m->choices)));
}

static struct str
skip_digits(struct str s)
{
	while (s.len > 0 && s.at[0] >= '0' && s.at[0] <= '9')
		s = str_from(s, 1);
	return s;
}

/* Digits with at most one point, taken off *s. */
static bool
take_decimal(struct str *s)
{
	struct str whole = *s, rest = skip_digits(whole), fraction;

	if (rest.len == 0 || rest.at[0] != '.') {
		*s = rest;
		return rest.len < whole.len;
	}
	fraction = str_from(rest, 1);
	*s = skip_digits(fraction);
	return rest.len < whole.len || s->len < fraction.len;
}

static struct str
skip_sign(struct str s)
{
	return s.len > 0 && (s.at[0] == '+' || s.at[0] == '-') ? str_from(s, 1) : s;
}

/* The pattern of a quantity, whose exponent may have a fraction. */
static bool
is_amount(struct str s)
{
	s = skip_sign(s);
	if (!take_decimal(&s))
		return false;
	if (s.len == 2 && s.at[1] == 'i' && memchr("KMGTPE", s.at[0], 6) != NULL)
		return true;
	if (s.len <= 1)
		return s.len == 0 || memchr("numkMGTPE", s.at[0], 9) != NULL;
	if (s.at[0] != 'e' && s.at[0] != 'E')
		return false;
	s = skip_sign(str_from(s, 1));
	return take_decimal(&s) && s.len == 0;
}

static void
check_amount(struct look *l, struct json v, struct json old, const struct place *p)
{
	if (json_is_str(v) && !is_amount(json_raw(v)))
		blame(l, v, old, p, false, JOIN(l->a, STR("Invalid value: \""), spec_shown(json_raw(v)),
		    STR("\": should match the form of a quantity, such as 500m, 2 or 1.5Gi")));
}

/* The walk ------------------------------------------------------------------*/

static void
check_known(struct look *l, const struct member *m, struct json v, const struct place *p)
{
	struct json_iter it;

	for (it = json_each(v); json_next(&it);) {
		struct place at = { p, spec_shown(it.key), 0 };
		struct str   path;

		if (shape_member(m->in, it.key) != NULL)
			continue;
		path = place_text(&at, l->a);
		finding_put(l->f, (struct finding){ false, BY_STRICT, path, JOIN(l->a, STR("unknown field \""), path,
		    STR("\": it is dropped, or refused where the client asks for strict validation, as kubectl does")) });
	}
}

static void
check_object(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	struct shape_iter    it = { m->in, NULL };
	const struct member *one;

	if (m->max != 0 && json_size(v) < m->min)
		blame(l, v, old, p, false, STR("Invalid value: {}: should have at least 1 properties"));
	while ((one = shape_next(&it)) != NULL) {
		struct json  member = json_get(v, one->name);
		struct place at = { p, one->name, 0 };

		if (json_set(member))
			shape_check(l, one, member, json_get(old, one->name), &at);
		else if ((one->flags & REQUIRED) && !(json_set(old) && json_same(v, old)))
			blame(l, v, (struct json){ NULL, -1 }, &at, true, STR("Required value"));
	}
	check_known(l, m, v, p);
}

/* Items of a list are compared with older ones only when the whole list is the same. */
static void
check_items(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	const bool       same = json_set(old) && json_same(v, old);
	struct json_iter it;
	int              i = 0;

	for (it = json_each(v); json_next(&it); i++) {
		struct place at = { p, it.key, i };

		if (m->kind == AS_LIST)
			shape_check(l, m->in, it.val, same ? it.val : (struct json){ NULL, -1 }, &at);
		else if (json_set(it.val))
			shape_check(l, m->in, it.val, json_get(old, it.key), &at);
	}
}

void
shape_check(struct look *l, const struct member *m, struct json v, struct json old, const struct place *p)
{
	if (!is_of_type(m, v)) {
		blame_type(l, m, v, old, p);
		return;
	}
	switch (m->kind) {
	case AS_OBJECT:
		check_object(l, m, v, old, p);
		return;
	case AS_LIST:
	case AS_MAP:
		check_items(l, m, v, old, p);
		return;
	case AS_TEXT:
		check_text(l, m, v, old, p);
		return;
	case AS_AMOUNT:
		check_amount(l, v, old, p);
		return;
	case AS_INT:
	case AS_INT32:
		check_number(l, m, v, old, p);
		return;
	case AS_TIME:
	case AS_SIZE:
	case AS_BYTE:
	case AS_BITS:
	case AS_PORT:
	case AS_BOOL:
	case AS_ANY:
	case AS_MORE:
	case AS_NOTHING:
		return;
	}
}
