/*
 * pass.c - one reconcile in flight.
 *
 * The plan owns its bytes, so the store may change while its acts are in
 * flight.  The single way back from the network is answered().
 */
#include "ais/pass.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/hash.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"

#define SAME_ACTS_MAX 5          /* the same acts in a row: something undoes them, or they have no effect */
#define ARENA_KEPT    (128u << 10)

static void go_on(struct pass *p);

struct pass *
pass_free(struct control *c)
{
	for (int i = 0; i < PASSES_MAX; i++)
		if (c->pass_slots[i].cluster == NULL)
			return &c->pass_slots[i];
	return NULL;
}

static struct str
key_of(const struct cluster *cl)
{
	return str_of(cl->key);
}

static void
arena_rest(struct arena *a)
{
	if (a->peak > ARENA_KEPT)
		memory_give_back(a->base + ARENA_KEPT, a->peak - ARENA_KEPT);
	a->peak = 0;
	arena_reset(a);
}

/* When to look again. */
static void
end(struct pass *p)
{
	struct cluster *cl = p->cluster;

	_Static_assert(METRIC_COUNT(PASS) == VERDICT_BLOCKED + 2, "a label a verdict, and one for failed");
	metric_add(METRIC_PASSES + (p->failed ? VERDICT_BLOCKED + 1 : p->plan.verdict), 1);
	if (p->failed || cl->same_acts >= SAME_ACTS_MAX)
		queue_failed(&cl->entry, p->retry_after_ms);
	else if (p->plan.verdict == VERDICT_CHANGED || p->asked_api)
		queue_now(&cl->entry);
	else if (p->plan.again_at_ms > 0)
		queue_at(&cl->entry, p->plan.again_at_ms);
	if (!p->failed && !p->saying)
		cl->refused[0] = '\0';
	if (!p->failed && p->plan.verdict != VERDICT_CHANGED)
		cl->entry.failures = 0;
	if (p->plan.verdict == VERDICT_SETTLED && !cl->side.asking)
		side_rest(&cl->side);
	cl->pass = NULL;
	p->cluster = NULL;
	arena_rest(&p->arena);
	queue_done(&cl->entry);
	control_pass_ended(cl->control, cl);
}

static enum verb
verb_of(enum act_kind k)
{
	switch (k) {
	case ACT_PROVE_ABSENT:
		return VERB_GET;
	case ACT_APPLY:
		return VERB_APPLY;
	case ACT_CREATE: case ACT_EVENT:
		return VERB_CREATE;
	case ACT_DELETE:
		return VERB_DELETE;
	case ACT_SCALE: case ACT_ANNOTATE: case ACT_STATUS: case ACT_ADD_FINALIZER: case ACT_DROP_FINALIZER:
		return VERB_MERGE;
	case ACT_ASK_READY: case ACT_ASK_MAP: case ACT_SET_CONFIG: case ACT_STOP_AIS:
		break;
	}
	check_failed("an act for the API server", __FILE__, __LINE__);
}

/* What it said no to, for the next plan to say it on the CR. */
static void
refused(struct pass *p, const struct act *act, const struct answer *a)
{
	struct cluster *cl = p->cluster;
	struct out      o = out_over(cl->refused, sizeof(cl->refused) - 1);
	char            before[sizeof(cl->refused)];

	memcpy(before, cl->refused, sizeof(before));
	OUT(&o, STR("the API server refused to "), act_kind_text(act->kind), STR(" "),
	    act->of != NULL ? act->of->name : STR("the AIStore"), STR(" "), act->name, STR(": "));
	out_str(&o, str_upto(a->message, o.size - o.len));
	cl->refused[o.len] = '\0';
	LOG(LOG_WARN, "refused", LOG_STR("key", key_of(cl)), LOG_STR("act", act_kind_text(act->kind)),
	    LOG_STR("name", act->name), LOG_INT("status", a->status), LOG_STR("why", a->message));
	if (strcmp(before, cl->refused) != 0)
		queue_now(&cl->entry);
}

/* Which refusals are part of the design: the world has moved on (an event's
 * first one has been cleared away), or the server is busy. */
static bool
is_passing(const struct act *act, const struct answer *a)
{
	if (act->kind == ACT_EVENT && a->status == 404)
		return true;
	return a->outcome != OUTCOME_ANSWERED || a->status == 409 || a->status == 429 || a->status >= 500;
}

static bool
is_done_already(const struct act *act, const struct answer *a)
{
	return (act->kind == ACT_EVENT && a->status == 409) ||
	    ((act->kind == ACT_DELETE || act->kind == ACT_DROP_FINALIZER) && a->status == 404);
}

/* Our own writes are known at once: the next plan is never older than they are. */
static void
learn(struct pass *p, const struct act *act, const struct answer *a)
{
	struct cluster    *cl = p->cluster;
	struct store      *store = &cl->control->store;
	const struct view *view = watched_view(act->of != NULL ? act->of : &kind_aistore);

	if (act->kind == ACT_PROVE_ABSENT && a->status == 404) {
		store_absent(store, view, cl->ns, act->name);
		return;
	}
	if (is_done_already(act, a))
		return;
	if (!a->ok) {
		if (act->kind == ACT_EVENT)
			recorder_forget(&cl->control->recorder, &act->event);
		p->failed = true;
		if (a->retry_after_ms > p->retry_after_ms)
			p->retry_after_ms = a->retry_after_ms;
		if (!is_passing(act, a))
			refused(p, act, a);
		else
			LOG(LOG_INFO, "act failed", LOG_STR("key", key_of(cl)), LOG_STR("act", act_kind_text(act->kind)),
			    LOG_STR("name", act->name), LOG_INT("status", a->status), LOG_STR("why", a->message));
		return;
	}
	if (act->kind == ACT_STATUS)
		cl->status_ms = clock_mono_ms();
	if (view != NULL && act->kind != ACT_DELETE && act->kind != ACT_DROP_FINALIZER)
		store_put(store, view, a->body);
}

static void
answered(struct request *r, const struct answer *a)
{
	struct pass_call *call = r->owner;
	struct pass      *p = call->pass;
	const struct act *act = call->act;

	call->act = NULL;
	learn(p, act, a);
	go_on(p);
}

static struct str
scale_body(const struct act *act, struct arena *a)
{
	struct out o = out_in(a);

	OUT(&o, STR("{\"metadata\":{\"uid\":\""), act->uid, STR("\"},\"spec\":{\"replicas\":"));
	out_int(&o, act->number);
	out_str(&o, STR("}}"));
	return out_keep(&o, a);
}

/* A new event, or the next of a series.  False: no room for it. */
static bool
event_request(struct pass *p, const struct act *act, struct request *r)
{
	struct control *c = p->cluster->control;
	char            name_text[320];
	struct out      name = out_over(name_text, sizeof(name_text)), body;
	int             count = recorder_count(&c->recorder, &act->event, clock_mono_ms());

	body = out_in(&p->arena);
	event_print(&act->event, STR("ais-controller"), c->instance, clock_wall_us(), &name, &body);
	if (count > 1) {
		body.len = 0;
		event_series_print(count, clock_wall_us(), &body);
		r->verb = VERB_MERGE;
	}
	r->kind = &kind_event;
	r->body = out_keep(&body, &p->arena);
	r->name = r->verb == VERB_MERGE ? arena_copy(&p->arena, out_view(&name)) : STR_NONE;
	return arena_ok(&p->arena);
}

static void
begin(struct pass *p, struct pass_call *call, const struct act *act)
{
	struct cluster *cl = p->cluster;
	struct request *r = &call->request;

	call->act = act;
	call->pass = p;
	r->verb = verb_of(act->kind);
	r->kind = act->of != NULL ? act->of : &kind_aistore;
	r->ns = cl->ns;
	r->name = r->verb == VERB_CREATE ? STR_NONE : act->of != NULL ? act->name : cl->name;
	r->sub = act->kind == ACT_STATUS ? STR("status") : STR_NONE;
	r->query = STR_NONE;
	r->body = act->kind == ACT_SCALE ? scale_body(act, &p->arena) : act->body;
	r->done = answered;
	r->owner = call;
	r->deadline_ms = 0;
	if (act->kind == ACT_EVENT && !event_request(p, act, r)) {
		p->failed = true;
		call->act = NULL;
		return;
	}
	api_send(cl->control->api, r);
}

static bool
is_for_ais(enum act_kind k)
{
	return k == ACT_ASK_READY || k == ACT_ASK_MAP || k == ACT_SET_CONFIG || k == ACT_STOP_AIS;
}

static void
ask_ais(struct pass *p, const struct act *act)
{
	struct addr proxy;

	if (observe_proxy(p->cluster, &p->arena, &proxy))
		side_ask(&p->cluster->side, act, &proxy);
	else {
		side_cannot(&p->cluster->side, act, STR("no proxy pod has an address"));
		queue_now(&p->cluster->entry);
	}
}

static bool
may_act(const struct pass *p)
{
	const struct control *c = p->cluster->control;

	return !p->failed && arena_ok(&p->arena) && c->working && (c->lease == NULL || lease_held(c->lease));
}

/* Start what can be started; when nothing is in flight any more, end. */
static void
go_on(struct pass *p)
{
	while (p->calls[0].act == NULL && p->next < p->plan.act_count && may_act(p)) {
		const struct act *act = &p->plan.acts[p->next];

		if (act->beside && p->calls[1].act != NULL)
			break;
		p->next++;
		if (is_for_ais(act->kind))
			ask_ais(p, act);
		else
			begin(p, &p->calls[act->beside ? 1 : 0], act);
	}
	if (p->calls[0].act != NULL || p->calls[1].act != NULL)
		return;
	if (!arena_ok(&p->arena)) {
		LOG(LOG_ERROR, "pass too big", LOG_STR("key", key_of(p->cluster)), LOG_INT("bytes", PASS_ARENA));
		p->failed = true;
	}
	end(p);
}

/* The same acts again and again mean that something undoes them. */
static void
count_same(struct pass *p, struct str text)
{
	struct cluster *cl = p->cluster;
	uint64_t        acts = p->plan.act_count == 0 ? 0 : sha256_u64(text);

	if (acts == 0 || acts != cl->last_acts)
		cl->same_acts = 0;
	else if (++cl->same_acts == SAME_ACTS_MAX)
		LOG(LOG_WARN, "the same acts over and over: something undoes them; slowing down",
		    LOG_STR("key", key_of(cl)), LOG_STR("plan", text));
	cl->last_acts = acts;
}

static void
report(struct pass *p)
{
	struct control *c = p->cluster->control;
	char            text[2048];
	struct out      o = out_over(text, sizeof(text));

	plan_print(&p->plan, &o);
	count_same(p, out_view(&o));
	if (c->passes++ == 0)
		LOG(LOG_INFO, "first plan", LOG_STR("key", key_of(p->cluster)), LOG_INT("acts", p->plan.act_count));
	LOG(LOG_DEBUG, "plan", LOG_STR("key", key_of(p->cluster)), LOG_STR("plan", out_view(&o)));
	if (p->plan.act_count > 0 || p->plan.verdict == VERDICT_BLOCKED)
		LOG(LOG_INFO, "pass", LOG_STR("key", key_of(p->cluster)), LOG_INT("acts", p->plan.act_count),
		    LOG_STR("verdict", verdict_text(p->plan.verdict)), LOG_STR("why", p->plan.reason));
}

/* Look and think, with no interruption; then start on the first act. */
void
pass_begin(struct pass *p, struct cluster *cl)
{
	struct world *w;

	CHECK(p->cluster == NULL && cl->pass == NULL);
	p->cluster = cl;
	cl->pass = p;
	p->next = 0;
	p->failed = p->asked_api = p->saying = false;
	p->retry_after_ms = 0;
	p->plan = (struct plan){ .act_count = 0 };
	w = ARENA_NEW(&p->arena, struct world);
	if (w != NULL && observe(cl, &p->arena, w)) {
		plan_make(w, &p->arena, &p->plan);
		p->saying = w->refused.len > 0 && str_eq(p->plan.reason, w->refused);
		report(p);
	}
	for (int i = 0; i < p->plan.act_count; i++)
		p->asked_api = p->asked_api || p->plan.acts[i].kind == ACT_PROVE_ABSENT;
	go_on(p);
}
