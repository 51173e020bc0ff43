/*
 * plan.c - the reconcile, as a list of questions in order.
 *
 * Each step either is content and lets the next one look, or writes what it
 * wants into the plan and ends it.  The table below is the whole behaviour.
 */
#include "ais/plan.h"

#include "ais/plan_inner.h"
#include "kernel/check.h"

static plan_step *const steps[] = {
	plan_refused,                /* has the API server said no to what we did last? */
	plan_leave,                  /* is it being deleted? */
	plan_accept,                 /* do we understand all of what it asks? */
	plan_finalizer,              /* will its deletion wait for us? */
	plan_proven,                 /* do we know whether its StatefulSets exist? */
	plan_initialized,            /* have we said that we look after it? */
	plan_unclaimed,              /* does any of its names belong to somebody else? */
	plan_objects,                /* do its objects say what they should? */
	plan_proxies_exist,
	plan_primary_runs,           /* the primary first, then all the others */
	plan_created,
	plan_sets_same,              /* has the spec moved away from what runs? */
	plan_pods_ready,
	plan_settled,                /* nothing more to ask AIS for? */
	plan_ais_up,
	plan_members_joined,
	plan_rebalance_allowed,
	plan_configured,
	NULL,
};

void
plan_make(const struct world *w, struct arena *arena, struct plan *p)
{
	*p = (struct plan){ .arena = arena, .verdict = VERDICT_SETTLED, .reason = STR("as asked") };
	plan_walk(steps, w, p);
}

enum step
plan_walk(plan_step *const *step, const struct world *w, struct plan *p)
{
	for (; *step != NULL; step++)
		if ((*step)(w, p) == STEP_STOP)
			return STEP_STOP;
	return STEP_NEXT;
}

bool
plan_act(struct plan *p, struct act act)
{
	p->more = p->more || p->act_count == ACTS_MAX;
	if (p->more)
		return false;
	p->acts[p->act_count++] = act;
	return true;
}

enum step
plan_asked(struct plan *p, struct str reason)
{
	CHECK(p->act_count > 0);
	p->verdict = VERDICT_ASKED;
	p->reason = reason;
	return STEP_STOP;
}

enum step
plan_changed(struct plan *p, struct str reason)
{
	CHECK(p->act_count > 0);
	p->verdict = VERDICT_CHANGED;
	p->reason = reason;
	return STEP_STOP;
}

/* Said once, on the CR and in an event; then the same is tried again. */
enum step
plan_refused(const struct world *w, struct plan *p)
{
	struct status s = status_of(w);

	if (w->refused.len == 0)
		return STEP_NEXT;
	status_condition(&s, w, p, STR("Ready"), false, STR("Refused"), w->refused);
	if (!s.differs)
		return STEP_NEXT;
	plan_event(w, p, STR("Failed"), STR("Reconciled"), w->refused, WANT_COUNT);
	if (p->act_count > 0) {
		p->acts[p->act_count - 1].event.warning = true;
		p->acts[p->act_count - 1].event.once = JOIN(p->arena, w->id.uid, w->refused);
	}
	status_act(w, p, &s, w->refused);
	return plan_changed(p, w->refused);
}

void
plan_event(const struct world *w, struct plan *p, struct str reason, struct str action, struct str note,
    enum want_kind related)
{
	struct event e = {
		.reason = reason, .action = action, .note = note, .once = w->id.uid,
		.regarding = { STR("ais.nvidia.com/v1beta1"), kind_aistore.name, w->id.ns, w->id.name, w->id.uid,
		    STR_NONE },
	};

	if (related != WANT_COUNT) {
		struct want want = plan_want(w);

		e.related = (struct event_ref){ .api_version = STR("apps/v1"), .kind = want_kind_of(related)->name,
			.ns = w->id.ns, .name = want_name(related, &want, p->arena) };
	}
	plan_act(p, (struct act){ .kind = ACT_EVENT, .of = &kind_event, .name = reason, .event = e, .why = note });
}

struct want
plan_want(const struct world *w)
{
	/* The first hash is never carried into the pods: it would restart them for nothing (objects.md A6). */
	bool initial = str_ends(w->cr.restart_hash, STR(".initial"));

	return (struct want){
		.cluster = w->id,
		.spec = &w->spec,
		.rebalance = status_says(w, STR("ReadyRebalance")),
		.restart_hash = initial ? STR_NONE : w->cr.restart_hash,
		.replicas = { w->spec.role[ROLE_PROXY].size, w->spec.role[ROLE_TARGET].size },
	};
}
