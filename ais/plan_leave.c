/*
 * plan_leave.c - deletion with both cleanup flags off: AIS is shut down, the
 * objects go, data stays, and last of all the finalizer.
 *
 * Progress is in status.state: Decommissioning, then CleaningResources.
 */
#include "ais/plan_inner.h"
#include "kernel/json_out.h"

static void
state_with_event(const struct world *w, struct plan *p, struct str state, struct str reason,
    struct str action, struct str note)
{
	struct status s = status_of(w);

	plan_event(w, p, reason, action, note, WANT_COUNT);
	status_state(&s, state);
	status_condition(&s, w, p, STR("Ready"), false, STR("Decommissioning"), note);
	status_act(w, p, &s, note);
}

/* What it asks for on deletion must be known, and be what we can do. */
static enum step
leave_consent(const struct world *w, struct plan *p)
{
	const char *flag = w->spec.cleanup_data ? "spec.cleanupData" : "spec.cleanupMetadata";

	if (!w->spec.cleanup_data && !w->spec.cleanup_metadata)
		return STEP_NEXT;
	return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("NotSupported"), JOIN(p->arena, str_of(flag),
	    STR(" is not supported by this version of ais-operator, so nothing was deleted: "
	        "set it to false to delete the cluster and keep its data")));
}

static enum step
leave_begin(const struct world *w, struct plan *p)
{
	if (str_eq(w->cr.state, STR("Decommissioning")) || str_eq(w->cr.state, STR("CleaningResources")) ||
	    str_eq(w->cr.state, STR("HostCleanup")) || str_eq(w->cr.state, STR("Finalized")))
		return STEP_NEXT;
	state_with_event(w, p, STR("Decommissioning"), STR("CRDeleted"), STR("Decommissioning"),
	    STR("Decommissioning..."));
	return plan_changed(p, STR("leaving"));
}

static bool
proxy_answers(const struct world *w)
{
	for (int i = 0; i < w->member_count; i++)
		if (w->members[i].role == ROLE_PROXY && w->members[i].pod.ready && !w->members[i].deleting)
			return true;
	return false;
}

/* Told once.  Whatever comes of it, the StatefulSets go next: their pods then
 * end in order by SIGTERM, and no data is touched either way. */
static enum step
leave_stop(const struct world *w, struct plan *p)
{
	if (!str_eq(w->cr.state, STR("Decommissioning")))
		return STEP_NEXT;
	if (w->ais.asking) {
		p->verdict = VERDICT_WAIT;
		p->reason = STR("a question to AIS is on its way");
		return STEP_STOP;
	}
	if (proxy_answers(w) && w->ais.stop.heard == HEARD_NOTHING) {
		plan_act(p, (struct act){ .kind = ACT_STOP_AIS, .why = STR("the AIStore is being deleted") });
		return plan_asked(p, STR("shutting AIS down"));
	}
	state_with_event(w, p, STR("CleaningResources"), STR("DecommissionCompleted"), STR("Delete"),
	    STR("Decommission completed"));
	return plan_changed(p, STR("AIS is down"));
}

static struct str
delete_body(struct str uid, struct arena *a)
{
	struct out      o = out_in(a);
	struct json_out j = json_out(&o);

	jo_obj(&j);
	jo_key_str(&j, STR("kind"), STR("DeleteOptions"));
	jo_key_str(&j, STR("apiVersion"), STR("v1"));
	jo_key_str(&j, STR("propagationPolicy"), STR("Background"));
	jo_key_obj(&j, STR("preconditions"));
	jo_key_str(&j, STR("uid"), uid);
	jo_obj_end(&j);
	jo_obj_end(&j);
	return out_keep(&o, a);
}

static void
delete(const struct world *w, struct plan *p, enum want_kind k)
{
	struct want        want = plan_want(w);
	const struct seen *s = &w->owned[k];

	if (s->known == KNOWN_OURS && !s->deleting)
		plan_act(p, (struct act){ .kind = ACT_DELETE, .of = want_kind_of(k),
		    .name = want_name(k, &want, p->arena), .uid = s->uid,
		    .body = delete_body(s->uid, p->arena), .why = STR("the AIStore is being deleted") });
}

static enum step
pods_gone(const struct world *w, struct plan *p, enum role r)
{
	for (int i = 0; i < w->member_count; i++)
		if (w->members[i].role == r)
			return plan_unready(w, p, VERDICT_WAIT, 0, STR("Decommissioning"), JOIN(p->arena,
			    STR("waiting for pod "), w->members[i].name, STR(" to end on node "),
			    w->members[i].pod.node));
	return STEP_NEXT;
}

/* Before the proxies: a target that is told to end says goodbye to the
 * primary, and waits ten seconds for one that is not there (measured). */
static enum step
leave_targets(const struct world *w, struct plan *p)
{
	delete(w, p, WANT_TARGET_SET);
	return p->act_count > 0 ? plan_changed(p, STR("ending the targets")) : pods_gone(w, p, ROLE_TARGET);
}

/* The set first: nothing that its pods need goes before them. */
static enum step
leave_objects(const struct world *w, struct plan *p)
{
	static const enum want_kind order[] = {
		WANT_PROXY_SET, WANT_TARGET_SERVICE, WANT_TARGET_CONFIG, WANT_PROXY_SERVICE, WANT_PROXY_CONFIG,
		WANT_GLOBAL_CONFIG, WANT_BINDING, WANT_ROLE, WANT_ACCOUNT,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		delete(w, p, order[i]);
	return p->act_count > 0 ? plan_changed(p, STR("deleting its objects")) : pods_gone(w, p, ROLE_PROXY);
}

static enum step
leave_gone(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	for (enum want_kind k = 0; k < WANT_COUNT; k++)
		if (w->owned[k].known == KNOWN_OURS)
			return plan_unready(w, p, VERDICT_WAIT, 0, STR("Decommissioning"), JOIN(p->arena,
			    STR("waiting for "), want_kind_of(k)->name, STR(" "), want_name(k, &want, p->arena),
			    STR(" to be gone")));
	return STEP_NEXT;
}

/* All but ours, as they stand. */
static void
print_other_finalizers(const struct world *w, struct arena *a, struct json_out *j)
{
	struct json_doc  d;
	struct json_iter it;

	jo_arr(j);
	if (json_parse_in(&d, w->cr.finalizers, a) == JSON_OK)
		for (it = json_each(json_root(&d)); json_next(&it);)
			if (!json_str_is(it.val, STR("finalize.ais")))
				jo_raw(j, json_text(it.val));
	jo_arr_end(j);
}

static enum step
leave_finalizer(const struct world *w, struct plan *p)
{
	char            text[4096];
	struct out      others = out_over(text, sizeof(text));
	struct json_out j = json_out(&others);
	struct out      o;

	print_other_finalizers(w, p->arena, &j);
	o = out_in(p->arena);
	out_str(&o, STR("{\"metadata\":{\"resourceVersion\":\""));
	out_u64(&o, w->version);
	OUT(&o, STR("\",\"finalizers\":"), out_view(&others), STR("}}"));
	if (!out_ok(&others))
		return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("Decommissioning"),
		    STR("its list of finalizers is over 4096 bytes: remove finalize.ais by hand"));
	plan_act(p, (struct act){ .kind = ACT_DROP_FINALIZER, .version = w->version,
	    .body = out_keep(&o, p->arena), .why = STR("nothing of it is left") });
	return plan_changed(p, STR("letting go"));
}

static plan_step *const leave[] = {
	leave_consent,
	plan_proven,
	leave_begin,
	leave_stop,
	leave_targets,
	leave_objects,
	leave_gone,
	leave_finalizer,
	NULL,
};

enum step
plan_leave(const struct world *w, struct plan *p)
{
	if (!w->deleting)
		return STEP_NEXT;
	if (!w->cr.finalizer) {
		p->reason = STR("its deletion waits for others");
		return STEP_STOP;
	}
	return plan_walk(leave, w, p);
}
