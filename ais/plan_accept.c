/*
 * plan_accept.c - the way in: is the wish understood, and will its end wait for us?
 */
#include "ais/image.h"
#include "ais/plan_inner.h"

/* Half a wish is worse than none: a field that we do not act on stops everything, by name. */
enum step
plan_accept(const struct world *w, struct plan *p)
{
	if (w->spec.invalid.len > 0)
		return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("InvalidSpec"), w->spec.invalid);
	if (image_support(w->spec.node_image) == IMAGE_OTHER)
		return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("UnsupportedAISVersion"), JOIN(p->arena,
		    STR("spec.nodeImage "), w->spec.node_image, STR(" holds another AIS than this operator speaks with: "
		    "use an image of " IMAGE_VERSIONS)));
	if (w->spec.unsupported.len > 0)
		return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("NotSupported"), JOIN(p->arena,
		    w->spec.unsupported, STR(" is not supported by this version of ais-operator: remove it")));
	return STEP_NEXT;
}

enum step
plan_finalizer(const struct world *w, struct plan *p)
{
	struct out      o;
	struct str      others = w->cr.finalizers;

	if (w->cr.finalizer)
		return STEP_NEXT;
	o = out_in(p->arena);
	out_str(&o, STR("{\"metadata\":{\"resourceVersion\":\""));
	out_u64(&o, w->version);
	out_str(&o, STR("\",\"finalizers\":"));
	if (w->cr.other_finalizers)
		OUT(&o, str_upto(others, others.len - 1), STR(",\"finalize.ais\"]"));
	else
		out_str(&o, STR("[\"finalize.ais\"]"));
	out_str(&o, STR("}}"));
	plan_act(p, (struct act){ .kind = ACT_ADD_FINALIZER, .version = w->version,
	    .body = out_keep(&o, p->arena), .why = STR("its deletion must wait for an orderly shutdown") });
	return plan_changed(p, STR("taking charge"));
}

enum step
plan_initialized(const struct world *w, struct plan *p)
{
	struct status s = status_of(w);

	if (s.state.len > 0)
		return STEP_NEXT;
	status_state(&s, STR("Initialized"));
	s.intra_url = url_intra(p->arena, &w->id, &w->spec);
	status_condition(&s, w, p, STR("Initialized"), true, STR("Initialized"),
	    STR("Success initializing cluster"));
	status_condition(&s, w, p, STR("Ready"), false, STR("Creating"), STR("creating the cluster"));
	status_act(w, p, &s, STR("we look after it"));
	return plan_changed(p, STR("taking charge"));
}
