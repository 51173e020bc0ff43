/*
 * plan_status.c - what .status should say.
 *
 * Begins with what stands there, takes changes, and becomes one act when the
 * result differs.  A merge patch replaces the list of conditions, so all of
 * them are sent, those of others too.
 */
#include "ais/plan_inner.h"
#include "kernel/check.h"
#include "kernel/json_out.h"
#include "kernel/time_text.h"

struct status
status_of(const struct world *w)
{
	struct status s = { .state = w->cr.state, .intra_url = w->cr.intra_url,
		.cluster_id = w->cr.cluster_id, .count = w->cr.condition_count };

	CHECK(s.count <= CONDITIONS_MAX);
	for (int i = 0; i < s.count; i++)
		s.conditions[i] = w->cr.conditions[i];
	return s;
}

static void
differs(struct status *s, bool words)
{
	s->words_only = words && (!s->differs || s->words_only);
	s->differs = true;
}

void
status_state(struct status *s, struct str state)
{
	if (str_eq(s->state, state))
		return;
	s->state = state;
	differs(s, false);
}

static struct condition *
condition_named(struct status *s, struct str type)
{
	for (int i = 0; i < s->count; i++)
		if (str_eq(s->conditions[i].type, type))
			return &s->conditions[i];
	if (s->count == CONDITIONS_MAX)
		return NULL;
	s->conditions[s->count] = (struct condition){ .type = type };
	return &s->conditions[s->count++];
}

void
status_condition(struct status *s, const struct world *w, struct plan *p, struct str type, bool is,
    struct str reason, struct str message)
{
	struct condition *c = condition_named(s, type);
	struct str        status = is ? STR("True") : STR("False");

	if (c == NULL)
		return;          /* somebody has filled the list: theirs stay */
	if (!str_eq(c->status, status)) {
		struct out o = out_in(p->arena);

		time_print(&o, w->wall_us);
		c->since = out_keep(&o, p->arena);
		differs(s, false);
	} else if (!str_eq(c->reason, reason) || c->observed_generation != w->generation)
		differs(s, false);
	else if (!str_eq(c->message, message))
		differs(s, true);
	c->status = status;
	c->reason = reason;
	c->message = message;
	c->observed_generation = w->generation;
}

static void
condition_print(struct json_out *j, const struct condition *c)
{
	jo_obj(j);
	jo_key_str(j, STR("type"), c->type);
	jo_key_str(j, STR("status"), c->status);
	jo_key_str(j, STR("reason"), c->reason);
	jo_key_str(j, STR("message"), c->message);
	jo_key_str(j, STR("lastTransitionTime"), c->since);
	jo_key_int(j, STR("observedGeneration"), c->observed_generation);
	jo_obj_end(j);
}

static struct str
status_body(const struct world *w, const struct status *s, struct arena *a)
{
	struct out      o = out_in(a);
	struct json_out j = json_out(&o);

	jo_obj(&j);
	jo_key_obj(&j, STR("metadata"));
	jo_key(&j, STR("resourceVersion"));
	out_char(&o, '"');
	out_u64(&o, w->version);
	out_char(&o, '"');
	jo_obj_end(&j);
	j.comma = true;
	jo_key_obj(&j, STR("status"));
	jo_key_str(&j, STR("state"), s->state);
	jo_key_arr(&j, STR("conditions"));
	for (int i = 0; i < s->count; i++)
		condition_print(&j, &s->conditions[i]);
	jo_arr_end(&j);
	jo_key_obj(&j, STR("autoscaleStatus"));
	jo_obj_end(&j);
	jo_key_str(&j, STR("intraClusterURL"), s->intra_url);
	if (s->cluster_id.len > 0)
		jo_key_str(&j, STR("clusterID"), s->cluster_id);
	jo_obj_end(&j);
	jo_obj_end(&j);
	return out_keep(&o, a);
}

void
status_act(const struct world *w, struct plan *p, const struct status *s, struct str why)
{
	plan_act(p, (struct act){ .kind = ACT_STATUS, .name = s->state, .version = w->version,
	    .body = status_body(w, s, p->arena), .why = why });
}

bool
status_says(const struct world *w, struct str type)
{
	for (int i = 0; i < w->cr.condition_count; i++)
		if (str_eq(w->cr.conditions[i].type, type))
			return str_eq(w->cr.conditions[i].status, STR("True"));
	return false;
}

/* Where the state says that it serves, and it does not, it is on its way back. */
static struct str
state_unready(struct str state)
{
	return str_eq(state, STR("Ready")) ? STR("Upgrading") : state;
}

enum step
plan_unready(const struct world *w, struct plan *p, enum verdict verdict, int64_t again_at_ms,
    struct str reason, struct str message)
{
	struct status s = status_of(w);

	p->verdict = verdict;
	p->again_at_ms = again_at_ms;
	p->reason = message;
	status_state(&s, state_unready(s.state));
	status_condition(&s, w, p, STR("Ready"), false, reason, message);
	if (!s.differs)
		return STEP_STOP;
	if (s.words_only && w->now_ms < w->status_ms + STATUS_WORDS_MS) {
		int64_t then = w->status_ms + STATUS_WORDS_MS;

		p->again_at_ms = again_at_ms == 0 || then < again_at_ms ? then : again_at_ms;
		return STEP_STOP;
	}
	status_act(w, p, &s, message);
	return plan_changed(p, message);
}
