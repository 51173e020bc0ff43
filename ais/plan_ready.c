/*
 * plan_ready.c - from "all of it exists" to Ready: pods, then AIS itself, then its configuration.
 *
 * Pods are seen on the watch.  AIS is asked, and only while its answer is
 * awaited; once settled, the readiness of the pods is the signal.
 */
#include "ais/plan_inner.h"
#include "kernel/check.h"
#include "kernel/json_out.h"

static bool
set_ready(const struct world *w, enum role r)
{
	const struct set_view *s = &w->set[r];

	return s->ready >= s->replicas && s->status_replicas == s->replicas;
}

/* The first few that are not ready, and why. */
static struct str
unready_text(const struct world *w, struct plan *p, int *unready)
{
	struct str text = STR_NONE;
	int64_t    wanted = w->spec.role[ROLE_PROXY].size + w->spec.role[ROLE_TARGET].size, ready = 0;

	for (int i = 0; i < w->member_count; i++) {
		const struct member *m = &w->members[i];

		if (m->pod.ready && !m->deleting) {
			ready++;
			continue;
		}
		if (++*unready > PODS_SHOWN_MAX)
			continue;
		text = JOIN(p->arena, text, text.len > 0 ? STR("; ") : STR_NONE, STR("pod "), m->name, STR(" "),
		    member_trouble(m, p->arena));
	}
	if (*unready == 0 && ready < wanted) {
		*unready = 1;
		text = STR("not all pods exist yet");
	}
	return text;
}

enum step
plan_pods_ready(const struct world *w, struct plan *p)
{
	int        unready = 0;
	struct str text = unready_text(w, p, &unready);

	if (unready == 0 && set_ready(w, ROLE_PROXY) && set_ready(w, ROLE_TARGET))
		return STEP_NEXT;
	return plan_unready(w, p, VERDICT_WAIT, 0, STR("PodsNotReady"), JOIN(p->arena,
	    STR("waiting for pods to become ready: "),
	    text.len > 0 ? text : STR("their controller has not seen it yet")));
}

static struct str
config_hash(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);

	return want_config_hash(&want, p->arena);
}

enum step
plan_settled(const struct world *w, struct plan *p)
{
	bool ready = status_says(w, STR("Ready")) && status_says(w, STR("ReadyRebalance")) &&
	    str_eq(w->cr.state, STR("Ready"));

	return ready && str_eq(w->cr.config_hash, config_hash(w, p)) ? STEP_STOP : STEP_NEXT;
}

/* NOTHING: ask when it is time.  NO and FAILED: say why and ask again later. */
static enum step
fact_awaited(const struct world *w, struct plan *p, const struct fact *f, enum act_kind ask, struct str name,
    struct str body, struct str why)
{
	switch (f->heard) {
	case HEARD_YES:
		return STEP_NEXT;
	case HEARD_NO:
	case HEARD_FAILED:
		if (w->now_ms < w->ais.ask_again_ms)
			return plan_unready(w, p, VERDICT_WAIT, w->ais.ask_again_ms,
			    f->heard == HEARD_NO ? STR("AISNotReady") : STR("AISUnreachable"), f->why);
		break;
	case HEARD_NOTHING:
		break;
	}
	if (w->ais.asking) {
		p->verdict = VERDICT_WAIT;
		p->reason = STR("a question to AIS is on its way");
		return STEP_STOP;
	}
	plan_act(p, (struct act){ .kind = ask, .name = name, .body = body, .why = why });
	return plan_asked(p, why);
}

enum step
plan_ais_up(const struct world *w, struct plan *p)
{
	return fact_awaited(w, p, &w->ais.ready, ACT_ASK_READY, STR_NONE, STR_NONE, STR("all pods are ready"));
}

static bool
in_map(const struct smap *map, const struct member *m)
{
	for (int i = 0; i < map->node_count; i++)
		if (map->nodes[i].role == m->role && smap_is_pod(&map->nodes[i], m->name))
			return (map->nodes[i].flags & (SMAP_MAINTENANCE | SMAP_DECOMMISSION)) == 0;
	return false;
}

/* Identity, not counts: each pod must be there itself, and on duty. */
enum step
plan_members_joined(const struct world *w, struct plan *p)
{
	enum step step = fact_awaited(w, p, &w->ais.map, ACT_ASK_MAP, STR_NONE, STR_NONE, STR("who has joined?"));

	if (step == STEP_STOP)
		return step;
	CHECK(w->ais.smap != NULL);
	for (int i = 0; i < w->member_count; i++) {
		if (in_map(w->ais.smap, &w->members[i]))
			continue;
		if (w->now_ms >= w->ais.ask_again_ms) {
			plan_act(p, (struct act){ .kind = ACT_ASK_MAP, .why = STR("not all had joined") });
			return plan_asked(p, STR("who has joined?"));
		}
		return plan_unready(w, p, VERDICT_WAIT, w->ais.ask_again_ms, STR("MembersMissing"), JOIN(p->arena,
		    STR("pod "), w->members[i].name, STR(" is ready but not an active member of the AIS cluster map")));
	}
	return STEP_NEXT;
}

enum step
plan_rebalance_allowed(const struct world *w, struct plan *p)
{
	struct status s = status_of(w);

	if (!str_eq(s.cluster_id, w->ais.smap->uuid)) {
		s.cluster_id = w->ais.smap->uuid;
		s.differs = true;
	}
	status_condition(&s, w, p, STR("ReadyRebalance"), true, STR("ReadyRebalance"),
	    STR("Cluster is ready to rebalance"));
	if (!s.differs)
		return STEP_NEXT;
	status_act(w, p, &s, STR("all members are there"));
	return plan_changed(p, STR("allowing rebalance"));
}

/* objects.md A6: absent -> h.initial; x.initial -> stays while x == h, else h; plain -> h. */
static struct str
restart_hash_next(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);
	struct str  h = want_restart_hash(&want, p->arena);
	struct str  was = w->cr.restart_hash;
	struct str  initial = JOIN(p->arena, h, STR(".initial"));

	return was.len == 0 || str_eq(was, initial) ? initial : h;
}

static void
annotate(const struct world *w, struct plan *p, struct str hash)
{
	struct str      restart = restart_hash_next(w, p);
	struct out      o = out_in(p->arena);
	struct json_out j = json_out(&o);

	out_str(&o, STR("{\"metadata\":{\"resourceVersion\":\""));
	out_u64(&o, w->version);
	out_str(&o, STR("\",\"annotations\":"));
	jo_obj(&j);
	jo_key_str(&j, STR("config.aistore.nvidia.com/hash"), hash);
	jo_key_str(&j, STR("config.aistore.nvidia.com/restart-hash"), restart);
	jo_obj_end(&j);
	out_str(&o, STR("}}"));
	plan_act(p, (struct act){ .kind = ACT_ANNOTATE, .version = w->version,
	    .body = out_keep(&o, p->arena), .why = STR("AIS has this configuration now") });
}

/* When it became unready: makes each return to Ready an event of its own. */
static struct str
unready_since(const struct world *w)
{
	for (int i = 0; i < w->cr.condition_count; i++)
		if (str_eq(w->cr.conditions[i].type, STR("Ready")))
			return w->cr.conditions[i].since;
	return STR_NONE;
}

static enum step
say_ready(const struct world *w, struct plan *p)
{
	struct status s = status_of(w);

	status_state(&s, STR("Ready"));
	status_condition(&s, w, p, STR("Ready"), true, STR("Ready"), STR("Cluster is ready"));
	if (!s.differs)
		return STEP_NEXT;
	plan_event(w, p, STR("Ready"), STR("Reconciled"), STR("Successfully reconciled AIStore cluster"),
	    WANT_COUNT);
	if (p->act_count > 0)
		p->acts[p->act_count - 1].event.once = JOIN(p->arena, w->id.uid, unready_since(w));
	status_act(w, p, &s, STR("everything is as asked"));
	return plan_changed(p, STR("the cluster is ready"));
}

static bool
first_is_primary(const struct world *w, struct plan *p)
{
	const struct smap *map = w->ais.smap;
	struct str         first = name_pod(p->arena, w->id.name, ROLE_PROXY, 0);

	for (int i = 0; i < map->node_count; i++)
		if (map->nodes[i].role == ROLE_PROXY && str_eq(map->nodes[i].id, map->primary))
			return smap_is_pod(&map->nodes[i], first);
	return false;
}

enum step
plan_configured(const struct world *w, struct plan *p)
{
	struct want want = plan_want(w);
	struct str  hash = config_hash(w, p);
	bool        told = w->ais.config.heard == HEARD_YES && str_eq(w->ais.config_hash, hash);

	if (str_eq(w->cr.config_hash, hash))
		return say_ready(w, p);
	if (!told) {
		static const struct fact nothing = { .heard = HEARD_NOTHING };
		bool                     same = str_eq(w->ais.config_hash, hash);

		return fact_awaited(w, p, same ? &w->ais.config : &nothing, ACT_SET_CONFIG, hash,
		    want_told(&want, first_is_primary(w, p), p->arena), STR("AIS does not have this configuration yet"));
	}
	annotate(w, p, hash);
	return plan_changed(p, STR("noting what AIS was told"));
}
