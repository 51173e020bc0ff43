/*
 * certs_plan.c - what should be done next about our own certificates.
 *
 * Wishes in the order of their urgency; the first whose object may be written
 * now is the act.
 */
#include "webhook/certs.h"

#include "kernel/check.h"

enum certs_object
certs_act_object(enum certs_act act)
{
	switch (act) {
	case CERTS_CREATE:
	case CERTS_REPLACE:
	case CERTS_ADD_AUTHORITY:
	case CERTS_SIGN:
		return CERTS_SECRET;
	case CERTS_WRITE_HOOKS:
		return CERTS_HOOKS;
	case CERTS_WRITE_CRD:
		return CERTS_CRD;
	case CERTS_NOTHING:
		break;
	}
	check_failed("an act that writes", __FILE__, __LINE__);
}

static void
not_later(struct certs_plan *p, int64_t ms)
{
	if (ms < 0)
		ms = 0;
	if (ms < p->again_ms)
		p->again_ms = ms;
}

static void
not_later_than(const struct certs_world *w, struct certs_plan *p, int64_t at_s)
{
	if (at_s - w->now_s < CERTS_LOOK_MS / 1000)
		not_later(p, (at_s - w->now_s) * 1000);
}

static void
wish(const struct certs_world *w, struct certs_plan *p, enum certs_act act, struct str why)
{
	int64_t rests_ms = w->rests_ms[certs_act_object(act)];

	if (p->act != CERTS_NOTHING)
		return;
	p->why = why;
	if (rests_ms > w->now_ms)
		not_later(p, rests_ms - w->now_ms);
	else
		p->act = act;
}

/* Clocks differ: what ends within the hour has ended somewhere. */
static int64_t
end_of(int64_t until_s)
{
	return until_s - CERTIFY_EARLY_S;
}

static int64_t
two_thirds(int64_t from_s, int64_t until_s)
{
	return from_s + (until_s - from_s) / 3 * 2;
}

/* Nobody asks where there is no place; what is not known is not shown. */
static bool
is_shown(const struct certs_world *w)
{
	for (int i = CERTS_SECRET + 1; i < CERTS_OBJECTS; i++)
		if (w->holders[i].known == CERTS_UNKNOWN || w->holders[i].wrong > 0)
			return false;
	return true;
}

/* False: there is nothing yet that one could serve with. */
static bool
plan_pair(const struct certs_world *w, struct certs_plan *p)
{
	const struct certs_pair *pair = &w->pair;

	if (w->secret == CERTS_UNKNOWN)
		p->why = STR("the Secret is not listed yet");
	else if (w->secret == CERTS_ABSENT)
		wish(w, p, CERTS_CREATE, STR("there is none"));
	else if (!w->ours)
		p->why = STR("a Secret of that name exists and is not ours (label app.kubernetes.io/managed-by): "
		    "delete it, or mount a certificate");
	else if (pair->authority_wrong != NULL)
		wish(w, p, CERTS_REPLACE, str_of(pair->authority_wrong));
	else if (w->now_s >= end_of(pair->authority_until_s))
		wish(w, p, CERTS_REPLACE, STR("its authority has expired"));
	else if (pair->serving_wrong != NULL)
		wish(w, p, CERTS_SIGN, str_of(pair->serving_wrong));
	else if (w->now_s >= end_of(pair->serving_until_s))
		wish(w, p, CERTS_SIGN, STR("the certificate has expired"));
	else
		return true;
	return false;
}

/* Who asks must trust it first; but what has expired nobody trusts at all. */
static void
plan_serve(const struct certs_world *w, struct certs_plan *p)
{
	int64_t ends_s = end_of(w->served_until_s);

	if (w->served == w->pair.id)
		return;
	p->serve = w->served == 0 || w->now_s >= ends_s || p->shown;
	if (!p->serve)
		not_later_than(w, p, ends_s);
}

static void
plan_renewal(const struct certs_world *w, struct certs_plan *p)
{
	const struct certs_pair *pair = &w->pair;
	int64_t add_s = two_thirds(pair->authority_from_s, pair->authority_until_s);
	int64_t sign_s = two_thirds(pair->serving_from_s, pair->serving_until_s);
	int64_t rested_s = pair->authority_from_s + CERTIFY_EARLY_S + CERTS_REST_S;

	if (w->now_s >= add_s)
		wish(w, p, CERTS_ADD_AUTHORITY, STR("two thirds of its authority's life are over"));
	else
		not_later_than(w, p, add_s);
	if (pair->by_newest && w->now_s >= sign_s)
		wish(w, p, CERTS_SIGN, STR("two thirds of its life are over"));
	else if (pair->by_newest)
		not_later_than(w, p, sign_s);
	else if (p->shown && w->now_s >= rested_s)
		wish(w, p, CERTS_SIGN, STR("every caBundle holds the new authority"));
	else if (w->now_s < rested_s)
		not_later_than(w, p, rested_s);
}

void
certs_plan(const struct certs_world *w, struct certs_plan *p)
{
	*p = (struct certs_plan){ .again_ms = CERTS_LOOK_MS, .why = STR("all is as it should be") };
	if (!plan_pair(w, p))
		return;
	p->shown = is_shown(w);
	if (!p->shown)
		p->why = STR("who should hold the bundle is not listed yet");
	plan_serve(w, p);
	plan_renewal(w, p);
	if (w->holders[CERTS_HOOKS].wrong > 0)
		wish(w, p, CERTS_WRITE_HOOKS, STR("it holds another"));
	if (w->holders[CERTS_CRD].wrong > 0)
		wish(w, p, CERTS_WRITE_CRD, STR("it holds another"));
}

static struct str
act_text(enum certs_act act)
{
	switch (act) {
	case CERTS_NOTHING:       return STR("wait");
	case CERTS_CREATE:        return STR("create the Secret");
	case CERTS_REPLACE:       return STR("replace the Secret");
	case CERTS_ADD_AUTHORITY: return STR("add an authority");
	case CERTS_SIGN:          return STR("sign a certificate");
	case CERTS_WRITE_HOOKS:   return STR("write caBundle into the webhooks");
	case CERTS_WRITE_CRD:     return STR("write caBundle into the CRD");
	}
	check_failed("a known act", __FILE__, __LINE__);
}

void
certs_plan_print(const struct certs_plan *p, struct out *o)
{
	if (p->serve)
		out_str(o, STR("serve; "));
	OUT(o, act_text(p->act), STR(": "), p->why);
}
