/* keep.c - which kinds are watched, and what is kept of the smaller ones. */
#include "ais/keep.h"

#include "ais/keep_inner.h"
#include "kernel/check.h"

static void
keep_owned(const struct kind *k, const struct object *o, struct arena *scratch, struct out *kept)
{
	uint64_t digest;

	digest_of(k, o->raw, scratch, &digest);
	pack_u64(kept, digest);
}

static void
keep_service(const struct object *o, struct arena *scratch, struct out *kept)
{
	keep_owned(&kind_service, o, scratch, kept);
}

static void
keep_config_map(const struct object *o, struct arena *scratch, struct out *kept)
{
	keep_owned(&kind_configmap, o, scratch, kept);
}

static void
keep_account(const struct object *o, struct arena *scratch, struct out *kept)
{
	keep_owned(&kind_serviceaccount, o, scratch, kept);
}

static void
keep_role(const struct object *o, struct arena *scratch, struct out *kept)
{
	keep_owned(&kind_role, o, scratch, kept);
}

static void
keep_binding(const struct object *o, struct arena *scratch, struct out *kept)
{
	keep_owned(&kind_rolebinding, o, scratch, kept);
}

void
owned_view(const struct record *r, struct owned_view *out)
{
	struct unpack u = unpack_over(r->kept);

	out->digest = unpack_u64(&u);
	CHECK(!u.broken);
}

#define OF_OURS  STR_INIT("app.kubernetes.io/managed-by=ais-operator")
#define OF_ROLES STR_INIT("app.kubernetes.io/component in (proxy,target)")

/* StatefulSets and Pods of older operators have no managed-by. */
const struct view watched_views[WATCHED_COUNT] = {
	[WATCHED_AISTORE]   = { &kind_aistore, STR_INIT(""), keep_cr },
	[WATCHED_SET]       = { &kind_statefulset, OF_ROLES, keep_set },
	[WATCHED_POD]       = { &kind_pod, OF_ROLES, keep_pod },
	[WATCHED_SERVICE]   = { &kind_service,
	    STR_INIT("app.kubernetes.io/component in (proxy-svc,target-svc,proxy-lb,target-lb)"), keep_service },
	[WATCHED_CONFIGMAP] = { &kind_configmap, OF_OURS, keep_config_map },
	[WATCHED_ACCOUNT]   = { &kind_serviceaccount, OF_OURS, keep_account },
	[WATCHED_ROLE]      = { &kind_role, OF_OURS, keep_role },
	[WATCHED_BINDING]   = { &kind_rolebinding, OF_OURS, keep_binding },
};

const struct view *
watched_view(const struct kind *k)
{
	for (int i = 0; i < WATCHED_COUNT; i++)
		if (watched_views[i].kind == k)
			return &watched_views[i];
	return NULL;
}
