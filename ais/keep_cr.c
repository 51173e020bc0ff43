/* keep_cr.c - an AIStore: its spec and status as they stand, and the few annotations that matter. */
#include "ais/keep_inner.h"
#include "kernel/check.h"

#define FINALIZER "\"finalize.ais\""

static void
keep_finalizers(struct str finalizers, struct out *kept)
{
	struct scan s = scan_arr(finalizers);
	bool        ours = false, others = false;

	while (finalizers.len > 0 && scan_next(&s)) {
		if (str_eq(s.val, STR(FINALIZER)))
			ours = true;
		else
			others = true;
	}
	pack_u64(kept, ours);
	pack_u64(kept, others);
	pack_str(kept, finalizers);
}

/* Empty: not there. */
static struct str
plain_member(struct str obj, struct str key)
{
	struct scan s = scan_obj(obj);
	struct str  text;

	while (obj.len > 0 && scan_next(&s))
		if (str_eq(s.key, key))
			return scan_plain(s.val, &text) ? text : STR_NONE;
	return STR_NONE;
}

void
keep_cr(const struct object *o, struct arena *scratch, struct out *kept)
{
	(void)scratch;
	keep_finalizers(o->finalizers, kept);
	pack_str(kept, plain_member(o->annotations, STR("config.aistore.nvidia.com/hash")));
	pack_str(kept, plain_member(o->annotations, STR("config.aistore.nvidia.com/restart-hash")));
	pack_str(kept, plain_member(o->annotations, STR("ais.nvidia.com/pause")));
	pack_str(kept, plain_member(o->raw, STR("apiVersion")));
	pack_str(kept, o->spec);
	pack_str(kept, o->status);
}

static void
view_conditions(struct json list, struct arena *a, struct cr_view *out)
{
	struct json_iter it = json_each(list);

	while (json_is_arr(list) && json_next(&it) && out->condition_count < CONDITIONS_MAX) {
		struct condition *c = &out->conditions[out->condition_count++];

		*c = (struct condition){
			.type = json_str(json_get(it.val, STR("type")), a),
			.status = json_str(json_get(it.val, STR("status")), a),
			.reason = json_str(json_get(it.val, STR("reason")), a),
			.message = json_str(json_get(it.val, STR("message")), a),
			.since = json_str(json_get(it.val, STR("lastTransitionTime")), a),
		};
		json_i64(json_get(it.val, STR("observedGeneration")), &c->observed_generation);
	}
}

static void
view_status(struct arena *a, struct cr_view *out)
{
	struct json_doc doc;
	struct json     status;

	if (out->status.len == 0 || json_parse_in(&doc, out->status, a) != JSON_OK)
		return;
	status = json_root(&doc);
	out->state = json_str(json_get(status, STR("state")), a);
	out->cluster_id = json_str(json_get(status, STR("clusterID")), a);
	out->intra_url = json_str(json_get(status, STR("intraClusterURL")), a);
	view_conditions(json_get(status, STR("conditions")), a, out);
}

void
cr_view(const struct record *r, struct arena *a, struct cr_view *out)
{
	struct unpack u = unpack_over(r->kept);

	*out = (struct cr_view){ .finalizer = unpack_u64(&u) };
	out->other_finalizers = unpack_u64(&u);
	out->finalizers = unpack_str(&u);
	out->config_hash = unpack_str(&u);
	out->restart_hash = unpack_str(&u);
	out->paused = unpack_str(&u);
	out->api_version = unpack_str(&u);
	out->spec = unpack_str(&u);
	out->status = unpack_str(&u);
	CHECK(!u.broken);
	view_status(a, out);
}
