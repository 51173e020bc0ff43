/* keep_set.c - a StatefulSet: its counts and revisions, and a digest of each comparison group. */
#include "ais/keep_inner.h"
#include "kernel/check.h"

static uint64_t
count_of(struct json of, struct str key, uint64_t otherwise)
{
	int64_t n;

	return json_i64(json_get(of, key), &n) && n >= 0 ? (uint64_t)n : otherwise;
}

static void
keep_status(struct str text, struct arena *scratch, struct out *kept)
{
	static const struct str counts[] = {
		STR_INIT("replicas"), STR_INIT("readyReplicas"), STR_INIT("updatedReplicas"),
		STR_INIT("currentReplicas"), STR_INIT("observedGeneration"),
	};
	struct json_doc doc;
	struct json     status = { NULL, -1 };

	if (json_parse_in(&doc, text, scratch) == JSON_OK)
		status = json_root(&doc);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		pack_u64(kept, count_of(status, counts[i], 0));
	pack_str(kept, json_str(json_get(status, STR("currentRevision")), scratch));
	pack_str(kept, json_str(json_get(status, STR("updateRevision")), scratch));
}

void
keep_set(const struct object *o, struct arena *scratch, struct out *kept)
{
	uint64_t        groups[GROUP_COUNT] = { 0 };
	struct json_doc doc;
	struct json     spec = { NULL, -1 };
	struct digest   d;

	if (json_parse_in(&doc, o->spec, scratch) == JSON_OK) {
		spec = json_root(&doc);
		d = digest_begin(scratch, DIGEST_ROOM(o->spec.len));
		digest_groups(spec, &d, groups);
	}
	pack_str(kept, object_label(o, STR("app.kubernetes.io/component")));
	pack_u64(kept, count_of(spec, STR("replicas"), 1));
	keep_status(o->status, scratch, kept);
	for (int g = 0; g < GROUP_COUNT; g++)
		pack_u64(kept, groups[g]);
}

void
set_view(const struct record *r, struct set_view *out)
{
	struct unpack u = unpack_over(r->kept);

	out->component = unpack_str(&u);
	out->replicas = (int64_t)unpack_u64(&u);
	out->status_replicas = (int64_t)unpack_u64(&u);
	out->ready = (int64_t)unpack_u64(&u);
	out->updated = (int64_t)unpack_u64(&u);
	out->current = (int64_t)unpack_u64(&u);
	out->observed_generation = (int64_t)unpack_u64(&u);
	out->current_revision = unpack_str(&u);
	out->update_revision = unpack_str(&u);
	for (int g = 0; g < GROUP_COUNT; g++)
		out->digest[g] = unpack_u64(&u);
	CHECK(!u.broken);
}
