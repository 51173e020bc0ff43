/* plan_print.c - a plan as text: a line per act, and what comes of it. */
#include "ais/plan.h"
#include "kernel/check.h"

struct str
act_kind_text(enum act_kind k)
{
	switch (k) {
	case ACT_PROVE_ABSENT:   return STR("look for");
	case ACT_ASK_READY:      return STR("ask AIS whether it is up");
	case ACT_ASK_MAP:        return STR("ask AIS for its cluster map");
	case ACT_ADD_FINALIZER:  return STR("add finalizer");
	case ACT_APPLY:          return STR("apply");
	case ACT_CREATE:         return STR("create");
	case ACT_SCALE:          return STR("scale");
	case ACT_DELETE:         return STR("delete");
	case ACT_ANNOTATE:       return STR("annotate");
	case ACT_STATUS:         return STR("status");
	case ACT_EVENT:          return STR("event");
	case ACT_DROP_FINALIZER: return STR("drop finalizer");
	case ACT_SET_CONFIG:     return STR("tell AIS its configuration");
	case ACT_STOP_AIS:       return STR("tell AIS to shut down");
	}
	check_failed("a known kind of act", __FILE__, __LINE__);
}

struct str
verdict_text(enum verdict v)
{
	switch (v) {
	case VERDICT_SETTLED: return STR("settled");
	case VERDICT_ASKED:   return STR("asked");
	case VERDICT_CHANGED: return STR("changed");
	case VERDICT_WAIT:    return STR("wait");
	case VERDICT_BLOCKED: return STR("blocked");
	}
	check_failed("a known verdict", __FILE__, __LINE__);
}

static void
act_print(const struct act *a, struct out *o)
{
	out_str(o, act_kind_text(a->kind));
	if (a->of != NULL && a->kind != ACT_EVENT)
		OUT(o, STR(" "), a->of->name);
	if (a->name.len > 0)
		OUT(o, STR(" "), a->name);
	if (a->kind == ACT_SCALE) {
		out_str(o, STR(" to "));
		out_int(o, a->number);
	}
	OUT(o, STR(": "), a->why, STR("\n"));
}

void
plan_print(const struct plan *p, struct out *o)
{
	for (int i = 0; i < p->act_count; i++)
		act_print(&p->acts[i], o);
	out_str(o, verdict_text(p->verdict));
	if (p->more)
		out_str(o, STR(", more to do"));
	OUT(o, STR(": "), p->reason, STR("\n"));
}
