/* want.c - the objects of a cluster: which there are, their names, and what they share. */
#include "ais/want.h"

#include "ais/want_inner.h"
#include "kernel/check.h"

static const struct {
	const struct kind *kind;
	enum role          role;
	void             (*write)(struct body *b);
} wants[WANT_COUNT] = {
	[WANT_ACCOUNT]        = { &kind_serviceaccount, ROLE_PROXY, want_account },
	[WANT_ROLE]           = { &kind_role, ROLE_PROXY, want_role },
	[WANT_BINDING]        = { &kind_rolebinding, ROLE_PROXY, want_binding },
	[WANT_GLOBAL_CONFIG]  = { &kind_configmap, ROLE_PROXY, want_config_map },
	[WANT_PROXY_CONFIG]   = { &kind_configmap, ROLE_PROXY, want_config_map },
	[WANT_PROXY_SERVICE]  = { &kind_service, ROLE_PROXY, want_service },
	[WANT_TARGET_CONFIG]  = { &kind_configmap, ROLE_TARGET, want_config_map },
	[WANT_TARGET_SERVICE] = { &kind_service, ROLE_TARGET, want_service },
	[WANT_PROXY_SET]      = { &kind_statefulset, ROLE_PROXY, want_set },
	[WANT_TARGET_SET]     = { &kind_statefulset, ROLE_TARGET, want_set },
};

const struct kind *
want_kind_of(enum want_kind k)
{
	CHECK(k < WANT_COUNT);
	return wants[k].kind;
}

struct str
want_name(enum want_kind k, const struct want *w, struct arena *a)
{
	switch (k) {
	case WANT_ACCOUNT:
		return name_account(a, w->cluster.name);
	case WANT_ROLE:
		return name_role(a, w->cluster.name);
	case WANT_BINDING:
		return name_binding(a, w->cluster.name);
	case WANT_GLOBAL_CONFIG:
		return name_global(a, w->cluster.name);
	case WANT_PROXY_CONFIG:
	case WANT_PROXY_SERVICE:
	case WANT_PROXY_SET:
	case WANT_TARGET_CONFIG:
	case WANT_TARGET_SERVICE:
	case WANT_TARGET_SET:
		return name_set(a, w->cluster.name, wants[k].role);
	case WANT_COUNT:
		break;
	}
	check_failed("a known object", __FILE__, __LINE__);
}

/* A claim is named after the cluster and the path: /ais/disk1 of ais is ais-ais-disk1. */
static const struct str *
claim_names(const struct want *w, struct arena *a)
{
	struct str *names = ARENA_ARRAY(a, struct str, w->spec->mount_count);

	for (int i = 0; names != NULL && i < w->spec->mount_count; i++) {
		struct str path = w->spec->mounts[i].path;
		struct out o = out_in(a);

		out_str(&o, w->cluster.name);
		for (size_t c = 0; c < path.len; c++)
			out_char(&o, path.at[c] == '/' ? '-' : path.at[c]);
		names[i] = out_keep(&o, a);
	}
	return names;
}

struct str
want_body(enum want_kind k, const struct want *w, struct arena *a)
{
	struct str  prefix = w->spec->state_prefix;
	struct body b = { .w = w, .role = wants[k].role, .name = want_name(k, w, a) };
	struct out  o;

	b.set = name_set(a, w->cluster.name, b.role);
	b.global = name_global(a, w->cluster.name);
	b.account = name_account(a, w->cluster.name);
	b.for_account = name_role(a, w->cluster.name);
	b.state_path = JOIN(a, str_eq(prefix, STR("/")) ? STR_NONE : prefix, STR("/"), w->cluster.ns, STR("/"),
	    w->cluster.name, STR("/"), role_text(b.role));
	b.claims = claim_names(w, a);
	if (k == WANT_GLOBAL_CONFIG)
		b.value = want_config(w, a);
	else if (wants[k].kind == &kind_configmap)
		b.value = want_local(w, b.role, a);
	if (!arena_ok(a))
		return STR_NONE;
	o = out_in(a);
	b.j = json_out(&o);
	jo_obj(&b.j);
	wants[k].write(&b);
	jo_obj_end(&b.j);
	return out_keep(&o, a);
}

const struct role_spec *
want_role_spec(const struct body *b)
{
	return &b->w->spec->role[b->role];
}

void
want_begin(struct body *b, const struct kind *k)
{
	struct json_out *j = &b->j;
	char             room[64];
	struct out       version = out_over(room, sizeof(room));

	kind_api_version(k, &version);
	jo_key_str(j, STR("apiVersion"), out_view(&version));
	jo_key_str(j, STR("kind"), k->name);
	jo_key_obj(j, STR("metadata"));
	jo_key_str(j, STR("name"), b->name);
	jo_key_str(j, STR("namespace"), b->w->cluster.ns);
	jo_key_arr(j, STR("ownerReferences"));
	jo_obj(j);
	jo_key_str(j, STR("apiVersion"), STR("ais.nvidia.com/v1beta1"));
	jo_key_str(j, STR("kind"), kind_aistore.name);
	jo_key_str(j, STR("name"), b->w->cluster.name);
	if (b->w->cluster.uid.len > 0)
		jo_key_str(j, STR("uid"), b->w->cluster.uid);
	jo_key_bool(j, STR("controller"), true);
	jo_key_bool(j, STR("blockOwnerDeletion"), true);
	jo_obj_end(j);
	jo_arr_end(j);
}

/* Kinds that the Go operator leaves without labels: ours are watched by this one. */
void
want_managed(struct body *b)
{
	jo_key_obj(&b->j, STR("labels"));
	jo_key_str(&b->j, STR("app.kubernetes.io/managed-by"), STR("ais-operator"));
	jo_obj_end(&b->j);
}

void
want_selector(struct body *b, struct str key)
{
	jo_key_obj(&b->j, key);
	jo_key_str(&b->j, STR("app.kubernetes.io/name"), b->w->cluster.name);
	jo_key_str(&b->j, STR("app.kubernetes.io/component"), role_text(b->role));
	jo_obj_end(&b->j);
}

void
want_set_labels(struct body *b)
{
	jo_key_obj(&b->j, STR("labels"));
	jo_key_str(&b->j, STR("app"), b->w->cluster.name);
	jo_key_str(&b->j, STR("app.kubernetes.io/name"), b->w->cluster.name);
	jo_key_str(&b->j, STR("component"), role_text(b->role));
	jo_key_str(&b->j, STR("app.kubernetes.io/component"), role_text(b->role));
	jo_key_str(&b->j, STR("app.kubernetes.io/managed-by"), STR("ais-operator"));
	jo_obj_end(&b->j);
}

void
want_restart_note(struct body *b)
{
	jo_key_obj(&b->j, STR("annotations"));
	jo_key_str(&b->j, STR("config.aistore.nvidia.com/restart-hash"), b->w->restart_hash);
	jo_obj_end(&b->j);
}

/* What the pods may do: AIS reads its own Pod and the Services. */
void
want_account(struct body *b)
{
	want_begin(b, &kind_serviceaccount);
	want_managed(b);
	jo_obj_end(&b->j);
}

void
want_role(struct body *b)
{
	want_begin(b, &kind_role);
	want_managed(b);
	jo_obj_end(&b->j);
	jo_key_raw(&b->j, STR("rules"), STR("["
	    "{\"apiGroups\":[\"\"],\"resources\":[\"pods\",\"services\"],"
	    "\"verbs\":[\"get\",\"list\",\"watch\",\"create\",\"update\",\"delete\"]},"
	    "{\"apiGroups\":[\"\"],\"resources\":[\"pods/log\"],\"verbs\":[\"get\"]}]"));
}

void
want_binding(struct body *b)
{
	struct json_out *j = &b->j;

	want_begin(b, &kind_rolebinding);
	want_managed(b);
	jo_obj_end(j);
	jo_key_obj(j, STR("roleRef"));
	jo_key_str(j, STR("apiGroup"), STR("rbac.authorization.k8s.io"));
	jo_key_str(j, STR("kind"), STR("Role"));
	jo_key_str(j, STR("name"), b->for_account);
	jo_obj_end(j);
	jo_key_arr(j, STR("subjects"));
	jo_obj(j);
	jo_key_str(j, STR("kind"), STR("ServiceAccount"));
	jo_key_str(j, STR("namespace"), b->w->cluster.ns);
	jo_key_str(j, STR("name"), b->account);
	jo_obj_end(j);
	jo_arr_end(j);
}

enum want_kind
want_set_of(enum role r)
{
	return r == ROLE_PROXY ? WANT_PROXY_SET : WANT_TARGET_SET;
}
