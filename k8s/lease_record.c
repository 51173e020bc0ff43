/* lease_record.c - a Lease read and written. */
#include "k8s/lease_record.h"

#include "k8s/object.h"
#include "kernel/json_out.h"
#include "kernel/time_text.h"

/* A name with escapes in it is still somebody's: it must not look like nobody's. */
static struct str
inside(struct str val)
{
	if (val.len < 2 || val.at[0] != '"')
		return STR_NONE;
	return str_upto(str_from(val, 1), val.len - 2);
}

static bool
number(struct str val, int64_t *out)
{
	return str_eq(val, STR("null")) || (str_i64(val, out) && *out >= 0 && *out <= INT32_MAX);
}

static bool
take_member(struct lease_record *r, struct str key, struct str val)
{
	if (str_eq(key, STR("holderIdentity")))
		r->holder = inside(val);
	else if (str_eq(key, STR("leaseDurationSeconds")))
		return number(val, &r->seconds);
	else if (str_eq(key, STR("leaseTransitions")))
		return number(val, &r->transitions);
	else if (str_eq(key, STR("acquireTime")) && !time_parse(inside(val), &r->acquired_us))
		r->acquired_us = 0;
	return true;
}

bool
lease_record_parse(struct str raw, struct lease_record *r)
{
	struct object o;
	struct scan   s;

	*r = (struct lease_record){ .seconds = 0 };
	if (!object_scan(raw, &o))
		return false;
	r->version = o.version;
	r->spec = o.spec;
	if (o.spec.len == 0)
		return true;
	s = scan_obj(o.spec);
	while (scan_next(&s))
		if (!take_member(r, s.key, s.val))
			return false;
	return !s.broken;
}

static void
print_time(struct json_out *j, struct str key, int64_t wall_us)
{
	char       text[40];
	struct out o = out_over(text, sizeof(text));

	time_print_micro(&o, wall_us);
	jo_key_str(j, key, out_view(&o));
}

void
lease_record_print(const struct lease_to_write *w, struct out *o)
{
	struct json_out j = json_out(o);

	jo_obj(&j);
	jo_key_str(&j, STR("apiVersion"), STR("coordination.k8s.io/v1"));
	jo_key_str(&j, STR("kind"), STR("Lease"));
	jo_key_obj(&j, STR("metadata"));
	jo_key_str(&j, STR("name"), w->name);
	jo_key_str(&j, STR("namespace"), w->ns);
	if (w->version.len > 0)
		jo_key_str(&j, STR("resourceVersion"), w->version);
	jo_obj_end(&j);
	jo_key_obj(&j, STR("spec"));
	jo_key_str(&j, STR("holderIdentity"), w->holder);
	jo_key_int(&j, STR("leaseDurationSeconds"), w->seconds);
	print_time(&j, STR("acquireTime"), w->acquired_us);
	print_time(&j, STR("renewTime"), w->renewed_us);
	jo_key_int(&j, STR("leaseTransitions"), w->transitions);
	jo_obj_end(&j);
	jo_obj_end(&j);
}
