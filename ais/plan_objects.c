/*
 * plan_objects.c - everything but the StatefulSets: applied when it is not as wanted.
 *
 * An apply creates or mends, so these need no proof of absence; the
 * StatefulSets do, because what a filtered watch does not show may exist.
 */
#include "ais/plan_inner.h"
#include "kernel/check.h"

/* Both at once, and only while one of them is unknown. */
enum step
plan_proven(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++)
		if (w->owned[want_set_of(r)].known == KNOWN_NOTHING)
			plan_act(p, (struct act){ .kind = ACT_PROVE_ABSENT, .of = want_kind_of(want_set_of(r)),
			    .name = want_name(want_set_of(r), &want, p->arena),
			    .why = STR("the watch does not show it, which proves nothing") });
	return p->act_count == 0 ? STEP_NEXT : plan_asked(p, STR("what is there already?"));
}

enum step
plan_unclaimed(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		const struct seen *s = &w->owned[k];
		struct str         what;

		if (s->known != KNOWN_FOREIGN && !(s->known == KNOWN_OURS && s->deleting))
			continue;
		what = JOIN(p->arena, want_kind_of(k)->name, STR(" "), want_name(k, &want, p->arena));
		if (s->known == KNOWN_OURS)
			return plan_unready(w, p, VERDICT_WAIT, 0, STR("Terminating"),
			    JOIN(p->arena, what, STR(" is being deleted: waiting for it to go")));
		return plan_unready(w, p, VERDICT_BLOCKED, 0, STR("NameTaken"), JOIN(p->arena, what,
		    STR(" exists and belongs to "), s->owner.len > 0 ? s->owner : STR("nobody"),
		    STR(", not to this AIStore: delete it or choose another name")));
	}
	return STEP_NEXT;
}

/* The API server needs 100 ms for a new RoleBinding (its Role must first be
 * seen by the escalation check): nothing that follows waits for it. */
enum step
plan_objects(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	for (enum want_kind k = WANT_ACCOUNT; k < WANT_PROXY_SET; k++) {
		const struct seen *s = &w->owned[k];
		struct str         body = want_body(k, &want, p->arena);
		uint64_t           digest;

		digest_of(want_kind_of(k), body, p->arena, &digest);
		if (s->known == KNOWN_OURS && s->digest == digest)
			continue;
		plan_act(p, (struct act){ .kind = ACT_APPLY, .of = want_kind_of(k),
		    .name = want_name(k, &want, p->arena), .body = body, .beside = k == WANT_BINDING,
		    .why = s->known == KNOWN_OURS ? STR("not as wanted") : STR("not there") });
	}
	/* A new cluster goes on with its proxies in the same plan. */
	if (p->act_count == 0 || w->owned[WANT_PROXY_SET].known == KNOWN_ABSENT)
		return STEP_NEXT;
	return plan_changed(p, STR("bringing its objects in order"));
}
