/* want_set.c - a StatefulSet a role, as it is created; its pods are in want_pod.c. */
#include "ais/want_inner.h"

static void
template(struct body *b)
{
	jo_key_obj(&b->j, STR("template"));
	jo_key_obj(&b->j, STR("metadata"));
	want_set_labels(b);
	want_restart_note(b);
	jo_obj_end(&b->j);
	jo_key_obj(&b->j, STR("spec"));
	want_pod_spec(b);
	jo_obj_end(&b->j);
	jo_obj_end(&b->j);
}

static void
claim(struct body *b, const struct mount *m, struct str name)
{
	struct json_out *j = &b->j;

	jo_obj(j);
	jo_key_str(j, STR("apiVersion"), STR("v1"));
	jo_key_str(j, STR("kind"), kind_persistentvolumeclaim.name);
	jo_key_obj(j, STR("metadata"));
	jo_key_str(j, STR("name"), name);
	jo_obj_end(j);
	jo_key_obj(j, STR("spec"));
	jo_key_raw(j, STR("accessModes"), STR("[\"ReadWriteOnce\"]"));
	if (m->storage_class.len > 0)
		jo_key_str(j, STR("storageClassName"), m->storage_class);
	jo_key_obj(j, STR("resources"));
	jo_key_obj(j, STR("requests"));
	jo_key_str(j, STR("storage"), m->size);
	jo_obj_end(j);
	jo_obj_end(j);
	jo_obj_end(j);
	jo_obj_end(j);
}

void
want_set(struct body *b)
{
	struct json_out   *j = &b->j;
	const struct spec *s = b->w->spec;

	want_begin(b, &kind_statefulset);
	want_set_labels(b);
	if (b->role == ROLE_TARGET)
		want_restart_note(b);
	jo_obj_end(j);
	jo_key_obj(j, STR("spec"));
	jo_key_str(j, STR("serviceName"), b->set);
	jo_key_str(j, STR("podManagementPolicy"), STR("Parallel"));
	jo_key_int(j, STR("replicas"), b->w->replicas[b->role]);
	jo_key_obj(j, STR("selector"));
	want_selector(b, STR("matchLabels"));
	jo_obj_end(j);
	/* No target is stopped but by us, one at a time. */
	if (b->role == ROLE_TARGET)
		jo_key_raw(j, STR("updateStrategy"), STR("{\"type\":\"OnDelete\"}"));
	template(b);
	if (b->role == ROLE_TARGET && s->mount_count > 0) {
		jo_key_arr(j, STR("volumeClaimTemplates"));
		for (int i = 0; i < s->mount_count; i++)
			claim(b, &s->mounts[i], b->claims[i]);
		jo_arr_end(j);
	}
	jo_obj_end(j);
}
