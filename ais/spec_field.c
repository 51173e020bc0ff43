/* spec_field.c - members of an object by a table, and the sentences that say what is wrong. */
#include "ais/spec_inner.h"
#include "kernel/check.h"

static bool
given(struct json v)
{
	return json_there(v) && !json_is_null(v);
}

static bool
is_nothing(struct json v)
{
	int64_t number;

	return (json_is_bool(v) && !json_true(v)) || json_str_is(v, STR("")) ||
	    ((json_is_obj(v) || json_is_arr(v)) && json_size(v) == 0) || (json_i64(v, &number) && number == 0);
}

struct str
spec_shown(struct str s)
{
	size_t len = SHOWN_MAX;

	if (s.len <= len)
		return s;
	while (len > 0 && ((unsigned char)s.at[len] & 0xc0) == 0x80)
		len--;
	return str_upto(s, len);
}

bool
spec_invalid(struct reader *r, struct str path, struct json v, struct str allowed)
{
	struct str text = json_text(v);

	if (r->out->invalid.len > 0)
		return false;
	if (!given(v))
		r->out->invalid = JOIN(r->a, path, STR(" is missing: "), allowed);
	else if (json_is_obj(v) || json_is_arr(v))
		r->out->invalid = JOIN(r->a, path, json_is_obj(v) ? STR(" is an object: ") : STR(" is a list: "), allowed);
	else
		r->out->invalid = JOIN(r->a, path, STR(" is "), spec_shown(text),
		    text.len > SHOWN_MAX ? STR("...") : STR_NONE, STR(": "), allowed);
	return false;
}

bool
spec_unsupported(struct reader *r, struct str path)
{
	if (r->out->unsupported.len == 0)
		r->out->unsupported = path;
	return false;
}

static bool
means_something(const struct field *f, struct json v)
{
	bool enabled, said = json_bool(json_get(v, STR("enabled")), &enabled);

	switch (f->use) {
	case USE_READ:
	case USE_LATER:
		return !is_nothing(v);
	case USE_LATER_PRESENT:
		return true;
	case USE_LATER_ENABLED:
		return said && enabled;
	case USE_LATER_NOT_DISABLED:
		return !said || enabled;
	}
	check_failed("a known use", __FILE__, __LINE__);
}

static bool
is_known(struct str name, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, fields[i].name))
			return true;
	return false;
}

void
spec_fields(struct reader *r, struct json v, struct str path, const struct field *fields, size_t count)
{
	struct json_iter it;

	if (!json_is_obj(v)) {
		spec_invalid(r, path, v, STR("an object is needed"));
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		struct json         member = json_get(v, f->name);

		if (!given(member))
			continue;
		if (f->use == USE_READ)
			f->read(r, member, JOIN(r->a, path, STR("."), f->name));
		else if (means_something(f, member))
			spec_unsupported(r, JOIN(r->a, path, STR("."), f->name));
	}
	for (it = json_each(v); json_next(&it);)
		if (given(it.val) && !is_known(it.key, fields, count))
			spec_unsupported(r, JOIN(r->a, path, STR("."), spec_shown(it.key)));
}

bool
spec_text(struct reader *r, struct json v, struct str path, struct str *out)
{
	*out = json_str(v, r->a);
	return out->len > 0 || spec_invalid(r, path, v, STR("a text is needed"));
}

bool
spec_number(struct reader *r, struct json v, struct str path, int64_t *out)
{
	return json_i64(v, out) || spec_invalid(r, path, v, STR("a whole number is needed"));
}

bool
spec_list(struct reader *r, struct json v, struct str path)
{
	return json_is_arr(v) || spec_invalid(r, path, v, STR("a list is needed"));
}

/* -1 asks for as many as there are nodes. */
void
spec_size(struct reader *r, struct json v, struct str path, int64_t *out)
{
	if (!spec_number(r, v, path, out))
		return;
	if (*out == -1)
		spec_unsupported(r, path);
	else if (*out < 0 || *out > SPEC_SIZE_MAX)
		spec_invalid(r, path, v, STR("the number of daemons is from 1 to 10000"));
}

struct str
spec_item(struct reader *r, struct str path, int index)
{
	struct out o = out_in(r->a);

	OUT(&o, path, STR("["));
	out_int(&o, index);
	out_char(&o, ']');
	return out_keep(&o, r->a);
}
