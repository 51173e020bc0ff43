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

static void
scan_owner(struct scan *s, struct object *o)
{
	struct str kind = STR_NONE, name = STR_NONE, uid = STR_NONE;
	bool       controls = false;

	while (scan_next(s)) {
		if (str_eq(s->key, STR("kind")))
			kind = plain(s->val);
		else if (str_eq(s->key, STR("name")))
			name = plain(s->val);
		else if (str_eq(s->key, STR("uid")))
			uid = plain(s->val);
		else if (str_eq(s->key, STR("controller")))
			controls = str_eq(s->val, STR("true"));
	}
	if (!controls)
		return;
	o->owner_kind = kind;
	o->owner_name = name;
	o->owner_uid = uid;
}

/* Of all owners the one that is the controller. */
static void
scan_owners(struct scan *list, struct object *o)
{
	while (scan_key(list)) {
		struct scan owner = scan_into(list);

		scan_owner(&owner, o);
		scan_back(list, &owner);
	}
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
	return true;
}

static bool
scan_metadata(struct scan *s, struct object *o)
{
	bool sound = true;

	while (scan_key(s)) {
		if (str_eq(s->key, STR("ownerReferences"))) {
			struct scan list = scan_into(s);

			scan_owners(&list, o);
			scan_back(s, &list);
		} else if (scan_val(s))
			sound = take_member(o, s->key, s->val) && sound;
	}
	return sound;
}

static void
scan_spec(struct scan *s, struct object *o)
{
	while (scan_key(s))
		if (str_eq(s->key, STR("nodeName")) && scan_val(s))
			o->node = plain(s->val);
}

bool
object_walk(struct scan *in, struct object *o)
{
	bool sound = true;

	*o = (struct object){ .raw = STR_NONE };
	while (scan_key(in)) {
		if (str_eq(in->key, STR("metadata"))) {
			struct scan metadata = scan_into(in);

			sound = scan_metadata(&metadata, o) && sound;
			scan_back(in, &metadata);
		} else if (str_eq(in->key, STR("spec"))) {
			struct scan spec = scan_into(in);

			scan_spec(&spec, o);
			scan_back(in, &spec);
			if (!is_null(in->val))
				o->spec = in->val;
		} else if (!scan_val(in) || is_null(in->val))
			continue;
		else if (str_eq(in->key, STR("status")))
			o->status = in->val;
	}
	if (!str_u64(o->version, &o->version_number))
		o->version_number = 0;
	return sound && !in->broken && o->name.len > 0;
}

bool
object_scan(struct str raw, struct object *o)
{
	struct scan s = scan_obj(raw);
	bool        sound = object_walk(&s, o);

	o->raw = raw;
	return sound;
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
