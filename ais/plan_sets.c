/*
 * plan_sets.c - the two StatefulSets: the primary first, then the other proxies and all targets.
 */
#include "ais/plan_inner.h"
#include "kernel/check.h"

static bool
bootstrapping(const struct world *w)
{
	return w->cr.state.len == 0 || str_eq(w->cr.state, STR("Initialized"));
}

static void
create(const struct world *w, struct plan *p, enum role r, int64_t replicas)
{
	struct want want = plan_want(w);

	want.replicas[r] = replicas;
	plan_act(p, (struct act){ .kind = ACT_CREATE, .of = want_kind_of(want_set_of(r)),
	    .name = want_name(want_set_of(r), &want, p->arena), .number = replicas,
	    .body = want_body(want_set_of(r), &want, p->arena), .why = STR("proven absent") });
}

/* A new cluster begins with one proxy: it becomes the primary, and there is
 * never a doubt which.  A set that somebody has deleted comes back whole. */
enum step
plan_proxies_exist(const struct world *w, struct plan *p)
{
	if (w->owned[WANT_PROXY_SET].known == KNOWN_OURS)
		return STEP_NEXT;
	CHECK(w->owned[WANT_PROXY_SET].known == KNOWN_ABSENT);
	create(w, p, ROLE_PROXY, bootstrapping(w) ? 1 : w->spec.role[ROLE_PROXY].size);
	return plan_changed(p, STR("starting the primary proxy"));
}

static const struct member *
primary_pod(const struct world *w)
{
	for (int i = 0; i < w->member_count; i++)
		if (w->members[i].role == ROLE_PROXY && w->members[i].ordinal == 0)
			return &w->members[i];
	return NULL;
}

struct str
member_trouble(const struct member *m, struct arena *a)
{
	const struct pod_view *pod = &m->pod;

	if (m->deleting)
		return STR("is ending");
	if (pod->trouble.len == 0)
		return JOIN(a, STR("is "), pod->phase.len > 0 ? pod->phase : STR("Pending"),
		    str_eq(pod->phase, STR("Running")) ? STR(", not ready yet") : STR_NONE);
	return JOIN(a, STR("is "), pod->phase.len > 0 ? pod->phase : STR("Pending"), STR(", "), pod->trouble,
	    pod->trouble_text.len > 0 ? STR(": ") : STR_NONE, pod->trouble_text);
}

static bool
said(const struct world *w, struct str reason)
{
	for (int i = 0; i < w->cr.condition_count; i++)
		if (str_eq(w->cr.conditions[i].type, STR("Ready")))
			return str_eq(w->cr.conditions[i].reason, reason);
	return false;
}

/* Running is enough: it listens at once, and the others keep trying to join. */
enum step
plan_primary_runs(const struct world *w, struct plan *p)
{
	const struct member *m = primary_pod(w);
	struct str           name = name_pod(p->arena, w->id.name, ROLE_PROXY, 0);

	if (!bootstrapping(w) || (m != NULL && str_eq(m->pod.phase, STR("Running"))))
		return STEP_NEXT;
	if (!said(w, STR("WaitingForPrimary")))
		plan_event(w, p, STR("Waiting"), STR("InitProxies"), STR("Waiting for primary proxy to come up"),
		    WANT_PROXY_SET);
	return plan_unready(w, p, VERDICT_WAIT, 0, STR("WaitingForPrimary"), JOIN(p->arena,
	    STR("waiting for the primary proxy: pod "), name, STR(" "),
	    m == NULL ? STR("is not there yet") : member_trouble(m, p->arena)));
}

static void
say_created(const struct world *w, struct plan *p)
{
	struct status s = status_of(w);

	plan_event(w, p, STR("Created"), STR("Create"), STR("Successfully created AIS cluster"), WANT_COUNT);
	status_state(&s, STR("Created"));
	status_condition(&s, w, p, STR("Created"), true, STR("Created"), STR("Success creating AIS cluster"));
	status_condition(&s, w, p, STR("Ready"), false, STR("PodsNotReady"),
	    STR("waiting for pods to become ready"));
	status_act(w, p, &s, STR("all of it exists"));
}

static void
scale_proxies(const struct world *w, struct plan *p)
{
	int64_t     size = w->spec.role[ROLE_PROXY].size;
	struct want want = plan_want(w);

	if (w->set[ROLE_PROXY].replicas < size)
		plan_act(p, (struct act){ .kind = ACT_SCALE, .of = want_kind_of(WANT_PROXY_SET),
		    .name = want_name(WANT_PROXY_SET, &want, p->arena), .uid = w->owned[WANT_PROXY_SET].uid,
		    .number = size, .why = STR("the primary runs") });
	if (size > 1)
		plan_event(w, p, STR("Initialized"), STR("InitProxies"), STR("Successfully initialized proxy nodes"),
		    WANT_PROXY_SET);
}

/* All events again, whatever is there already: who died between an act and
 * its event has said nothing, and one that was said has the same name. */
enum step
plan_created(const struct world *w, struct plan *p)
{
	bool targets = w->owned[WANT_TARGET_SET].known == KNOWN_OURS;

	if (!bootstrapping(w) && targets)
		return STEP_NEXT;
	if (bootstrapping(w))
		scale_proxies(w, p);
	if (!targets)
		create(w, p, ROLE_TARGET, w->spec.role[ROLE_TARGET].size);
	if (bootstrapping(w)) {
		plan_event(w, p, STR("Initialized"), STR("InitTargets"), STR("Successfully initialized target nodes"),
		    WANT_TARGET_SET);
		say_created(w, p);
	}
	return plan_changed(p, STR("starting all proxies and targets"));
}

static enum step
moved_away(const struct world *w, struct plan *p, enum role r, struct str what)
{
	return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("NotSupported"), JOIN(p->arena,
	    STR("the spec asks for other "), what, STR(" than StatefulSet "), name_set(p->arena, w->id.name, r),
	    STR(" has: changing a running cluster is not supported by this version; nothing was changed")));
}

/* Says so and changes nothing: no pod restarts that nobody asked for. */
enum step
plan_sets_same(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++)
		if (w->set[r].replicas != w->spec.role[r].size)
			return moved_away(w, p, r, STR("replicas"));
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		uint64_t wanted[GROUP_COUNT];

		digest_of(want_kind_of(want_set_of(r)), want_body(want_set_of(r), &want, p->arena), p->arena, wanted);
		for (enum set_group g = 0; g < GROUP_COUNT; g++)
			if (wanted[g] != w->set[r].digest[g])
				return moved_away(w, p, r, set_group_text(g));
	}
	return STEP_NEXT;
}
