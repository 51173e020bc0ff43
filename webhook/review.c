/*
 * review.c - pure: reads an AdmissionReview.
 *
 * Its skeleton is found by the scanner; the objects are copied without what
 * nobody reads, and only that is tokenised.  What the scanner steps over has
 * been seen to be text whose brackets and strings close; if any byte of the
 * body is not ASCII all of it is checked.
 */
#include "webhook/review.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/scan.h"

#define UID_MAX   128
#define V1        STR("admission.k8s.io/v1")
#define V1BETA1   STR("admission.k8s.io/v1beta1")
#define TOO_LARGE "the object is too large to be judged"

/* The kinds that are judged, as the API server names them. */
static const struct kind_served {
	struct str group, version, kind, api_version;
} kinds[] = {
	[RESOURCE_AISTORE_BETA] = { STR_INIT("ais.nvidia.com"), STR_INIT("v1beta1"), STR_INIT("AIStore"),
	    STR_INIT("ais.nvidia.com/v1beta1") },
	[RESOURCE_AISTORE_ALPHA] = { STR_INIT("ais.nvidia.com"), STR_INIT("v1alpha1"), STR_INIT("AIStore"),
	    STR_INIT("ais.nvidia.com/v1alpha1") },
	[RESOURCE_AUTH] = { STR_INIT("auth.ais.nvidia.com"), STR_INIT("v1alpha1"), STR_INIT("AIStoreAuth"),
	    STR_INIT("auth.ais.nvidia.com/v1alpha1") },
	[RESOURCE_AUTH_PROFILE] = { STR_INIT("auth.ais.nvidia.com"), STR_INIT("v1alpha1"),
	    STR_INIT("AIStoreAuthProfile"), STR_INIT("auth.ais.nvidia.com/v1alpha1") },
};

/* The raw parts. */
struct parts {
	struct str api_version, kind;                    /* of the review; plain */
	struct str group, version, object_kind;          /* request.kind; plain */
	struct str operation, dry_run, object, old;
	bool       request;
};

static bool
refuse(struct review *r, int code, struct str why)
{
	if (r->refusal == 0) {
		r->refusal = code;
		r->why = why;
	}
	return false;
}

/* A member may come once: of two, readers take different ones. */
static void
once(struct review *r, struct str *at, struct str val)
{
	if (at->at != NULL)
		refuse(r, 400, STR("a member of the review comes twice"));
	*at = val;
}

static void
once_plain(struct review *r, struct str *at, struct str val)
{
	struct str text;

	if (!scan_plain(val, &text))
		text = (struct str){ val.at, 0 };
	once(r, at, text);
}

/* Only what can be repeated as it is: printable ASCII, nothing that JSON escapes. */
static bool
uid_is_good(struct str uid)
{
	for (size_t i = 0; i < uid.len; i++)
		if (uid.at[i] <= ' ' || uid.at[i] > '~' || memchr("\"\\<>&", uid.at[i], 5) != NULL)
			return false;
	return uid.len > 0 && uid.len <= UID_MAX;
}

/* Objects ------------------------------------------------------------------ */

static void
put_key(struct out *o, struct str key, bool *more)
{
	OUT(o, *more ? STR(",\"") : STR("\""), key, STR("\":"));
	*more = true;
}

static void
put_member(struct out *o, struct scan *s, bool *more)
{
	put_key(o, s->key, more);
	if (scan_val(s))
		out_str(o, s->val);
}

typedef void put_members(struct out *o, struct scan *in);

/* The value that the scan has come to, by its members if it is an object. */
static void
put_object(struct out *o, struct scan *s, put_members *members)
{
	struct scan in = scan_into(s);

	if (in.close != '}') {
		if (scan_val(s))
			out_str(o, s->val);
		return;
	}
	out_char(o, '{');
	members(o, &in);
	out_char(o, '}');
	scan_back(s, &in);
}

static void
put_annotations(struct out *o, struct scan *in)
{
	bool more = false;

	while (scan_key(in))
		if (!str_eq(in->key, STR("kubectl.kubernetes.io/last-applied-configuration")))
			put_member(o, in, &more);
}

static void
put_metadata(struct out *o, struct scan *in)
{
	bool more = false;

	while (scan_key(in)) {
		if (str_eq(in->key, STR("annotations"))) {
			put_key(o, in->key, &more);
			put_object(o, in, put_annotations);
		} else if (!str_eq(in->key, STR("managedFields")))
			put_member(o, in, &more);
	}
}

static void
put_all(struct out *o, struct scan *in)
{
	bool more = false;

	while (scan_key(in)) {
		if (str_eq(in->key, STR("metadata"))) {
			put_key(o, in->key, &more);
			put_object(o, in, put_metadata);
		} else
			put_member(o, in, &more);
	}
}

/* The object that the scan has come to, without what no rule reads. */
static struct str
thin(struct scan *s, struct arena *a)
{
	struct out o = out_in(a);

	put_object(&o, s, put_all);
	return out_keep(&o, a);
}

/* Parts -------------------------------------------------------------------- */

static void
read_kind(struct review *r, struct str raw, struct parts *p)
{
	struct scan s = scan_obj(raw);

	while (scan_next(&s)) {
		if (str_eq(s.key, STR("group")))
			once_plain(r, &p->group, s.val);
		else if (str_eq(s.key, STR("version")))
			once_plain(r, &p->version, s.val);
		else if (str_eq(s.key, STR("kind")))
			once_plain(r, &p->object_kind, s.val);
	}
	if (s.broken)
		refuse(r, 400, STR("request.kind is not an object"));
}

static void
read_request(struct review *r, struct scan *in, struct arena *a, struct parts *p)
{
	while (scan_key(in)) {
		if (str_eq(in->key, STR("object")))
			once(r, &p->object, thin(in, a));
		else if (str_eq(in->key, STR("oldObject")))
			once(r, &p->old, thin(in, a));
		else if (!scan_val(in))
			break;
		else if (str_eq(in->key, STR("uid")))
			once_plain(r, &r->uid, in->val);
		else if (str_eq(in->key, STR("kind")))
			read_kind(r, in->val, p);
		else if (str_eq(in->key, STR("operation")))
			once_plain(r, &p->operation, in->val);
		else if (str_eq(in->key, STR("userInfo")))
			once(r, &r->user_info, in->val);
		else if (str_eq(in->key, STR("dryRun")))
			once(r, &p->dry_run, in->val);
	}
}

static void
read_parts(struct review *r, struct str body, struct arena *a, struct parts *p)
{
	struct scan s = scan_obj(body), in;

	while (scan_key(&s)) {
		if (str_eq(s.key, STR("request"))) {
			if (p->request)
				refuse(r, 400, STR("a member of the review comes twice"));
			in = scan_into(&s);
			p->request = in.close == '}';
			read_request(r, &in, a, p);
			scan_back(&s, &in);
		} else if (scan_val(&s) && str_eq(s.key, STR("apiVersion")))
			once_plain(r, &p->api_version, s.val);
		else if (str_eq(s.key, STR("kind")))
			once_plain(r, &p->kind, s.val);
	}
	if (!arena_ok(a))
		refuse(r, 413, STR(TOO_LARGE));
	if (s.broken)
		refuse(r, 400, STR("the review or its object is not JSON"));
}

static bool
json_is_good(struct review *r, enum json_result result)
{
	switch (result) {
	case JSON_OK:
		return true;
	case JSON_BAD_SYNTAX:
		return refuse(r, 400, STR("the review or its object is not JSON"));
	case JSON_BAD_UTF8:
		return refuse(r, 400, STR("the review or its object is not UTF-8"));
	case JSON_TOO_DEEP:
		return refuse(r, 400, STR("the review or its object is nested too deeply"));
	case JSON_TOO_MANY:
		return refuse(r, 413, STR(TOO_LARGE));
	}
	check_failed("a known result", __FILE__, __LINE__);
}

/* Text beyond ASCII is rare: then all of it is looked at. */
static bool
text_is_good(struct review *r, struct str body)
{
	uint64_t x, high = 0;
	size_t   i = 0;

	for (; i + sizeof(x) <= body.len; i += sizeof(x)) {
		memcpy(&x, body.at + i, sizeof(x));
		high |= x;
	}
	for (; i < body.len; i++)
		high |= (uint64_t)(unsigned char)body.at[i];
	if ((high & 0x8080808080808080u) == 0)
		return true;
	return json_is_good(r, json_check(body, NULL));
}

/* The review --------------------------------------------------------------- */

static bool
read_object(struct review *r, struct str text, struct arena *a, struct json_doc *d, struct json *v)
{
	bool good;

	if (text.len == 0 || text.at[0] != '{')
		return refuse(r, 400, STR("the object of the request is missing"));
	good = json_is_good(r, json_parse_in(d, text, a));
	*v = json_root(d);
	return good;
}

static bool
object_fits(struct review *r, struct json object)
{
	if (json_str_is(json_get(object, STR("apiVersion")), kinds[r->served].api_version) &&
	    json_str_is(json_get(object, STR("kind")), kinds[r->served].kind))
		return true;
	return refuse(r, 400, STR("the object is of another version or kind than this path judges"));
}

static bool
read_operation(struct review *r, struct str text)
{
	if (str_eq(text, STR("CREATE")))
		r->operation = REVIEW_CREATE;
	else if (str_eq(text, STR("UPDATE")))
		r->operation = REVIEW_UPDATE;
	else if (str_eq(text, STR("DELETE")))
		r->operation = REVIEW_DELETE;
	else
		return refuse(r, 400, STR("the operation is not CREATE, UPDATE or DELETE"));
	return true;
}

static bool
head_fits(struct review *r, const struct parts *p)
{
	const struct kind_served *k = &kinds[r->served];

	if (!str_eq(p->kind, STR("AdmissionReview")) || !str_eq(p->api_version, r->api_version))
		return refuse(r, 400, STR("an AdmissionReview of admission.k8s.io/v1 is wanted here"));
	if (!p->request)
		return refuse(r, 400, STR("the review has no request"));
	if (r->uid.len == 0)
		return refuse(r, 400, STR("the request has no uid that can be repeated"));
	if (!str_eq(p->group, k->group) || !str_eq(p->version, k->version) || !str_eq(p->object_kind, k->kind))
		return refuse(r, 400, STR("the request is about another version or kind than this path judges"));
	return read_operation(r, p->operation);
}

bool
review_read(struct str body, enum resource served, struct arena *a, struct review *r)
{
	struct parts p = { .request = false };

	*r = (struct review){ .served = served, .group = kinds[served].group, .kind = kinds[served].kind };
	read_parts(r, body, a, &p);
	r->api_version = str_eq(p.api_version, V1BETA1) ? V1BETA1 : V1;
	if (!uid_is_good(r->uid))
		r->uid = STR_NONE;
	if (r->refusal != 0 || !head_fits(r, &p) || !text_is_good(r, body))
		return false;
	r->dry_run = str_eq(p.dry_run, STR("true"));
	if (r->operation == REVIEW_DELETE)
		return true;
	if (!read_object(r, p.object, a, &r->docs[0], &r->object) || !object_fits(r, r->object))
		return false;
	r->name = json_str(json_path(r->object, "metadata.name"), a);
	return r->operation == REVIEW_CREATE ||
	    (read_object(r, p.old, a, &r->docs[1], &r->old) && object_fits(r, r->old));
}
