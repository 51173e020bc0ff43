/*
 * object.c - the metadata of any object, in one pass over its text.
 *
 * Steps over managedFields and everything else that nobody asked for.
 */
#include "k8s/object.h"

static bool
is_null(struct str val)
{
	return str_eq(val, STR("null"));
}

static struct str
plain(struct str val)
{
	struct str s;

	return scan_plain(val, &s) ? s : STR_NONE;
}

/* The one owner that is the controller. */
static bool
scan_owners(struct str raw, struct object *o)
{
	struct scan list = scan_arr(raw);

	while (scan_next(&list)) {
		struct scan s = scan_obj(list.val);
		struct str  kind = STR_NONE, name = STR_NONE, uid = STR_NONE;
		bool        controls = false;

		while (scan_next(&s)) {
			if (str_eq(s.key, STR("kind")))
				kind = plain(s.val);
			else if (str_eq(s.key, STR("name")))
				name = plain(s.val);
			else if (str_eq(s.key, STR("uid")))
				uid = plain(s.val);
			else if (str_eq(s.key, STR("controller")))
				controls = str_eq(s.val, STR("true"));
		}
		if (s.broken)
			return false;
		if (controls) {
			o->owner_kind = kind;
			o->owner_name = name;
			o->owner_uid = uid;
		}
	}
	return !list.broken;
}

/* One member of metadata. */
static bool
take_member(struct object *o, struct str key, struct str val)
{
	if (is_null(val))
		return true;
	if (str_eq(key, STR("name")))
		o->name = plain(val);
	else if (str_eq(key, STR("namespace")))
		o->ns = plain(val);
	else if (str_eq(key, STR("uid")))
		o->uid = plain(val);
	else if (str_eq(key, STR("resourceVersion")))
		o->version = plain(val);
	else if (str_eq(key, STR("generation")))
		return str_i64(val, &o->generation);
	else if (str_eq(key, STR("deletionTimestamp")))
		o->deleting = true;
	else if (str_eq(key, STR("labels")))
		o->labels = val;
	else if (str_eq(key, STR("annotations")))
		o->annotations = val;
	else if (str_eq(key, STR("finalizers")))
		o->finalizers = val;
	else if (str_eq(key, STR("ownerReferences")))
		return scan_owners(val, o);
	return true;
}

static bool
scan_metadata(struct str raw, struct object *o)
{
	struct scan s = scan_obj(raw);

	while (scan_next(&s))
		if (!take_member(o, s.key, s.val))
			return false;
	return !s.broken;
}

bool
object_scan(struct str raw, struct object *o)
{
	struct scan s = scan_obj(raw);
	bool        sound = true;

	*o = (struct object){ .raw = raw };
	while (scan_next(&s)) {
		if (is_null(s.val))
			continue;
		if (str_eq(s.key, STR("metadata")))
			sound = scan_metadata(s.val, o) && sound;
		else if (str_eq(s.key, STR("spec")))
			o->spec = s.val;
		else if (str_eq(s.key, STR("status")))
			o->status = s.val;
	}
	if (!str_u64(o->version, &o->version_number))
		o->version_number = 0;
	return sound && !s.broken && o->name.len > 0;
}

struct str
object_label(const struct object *o, struct str key)
{
	struct scan s = scan_obj(o->labels);

	while (o->labels.len > 0 && scan_next(&s))
		if (str_eq(s.key, key))
			return plain(s.val);
	return STR_NONE;
}
