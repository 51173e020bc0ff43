/* plan_inner.h - what the plan*.c files share and nobody else sees. */
#ifndef AIS_PLAN_INNER_H
#define AIS_PLAN_INNER_H

#include "ais/plan.h"

enum step {
	STEP_NEXT,       /* content, or wrote acts that do not hinder the next step */
	STEP_STOP,
};

typedef enum step plan_step(const struct world *, struct plan *);

plan_step plan_refused;
plan_step plan_leave, plan_accept, plan_finalizer, plan_initialized;
plan_step plan_proven, plan_unclaimed, plan_objects;
plan_step plan_proxies_exist, plan_primary_runs, plan_created, plan_sets_same;
plan_step plan_pods_ready, plan_ais_up, plan_members_joined, plan_rebalance_allowed;
plan_step plan_configured, plan_settled;

enum step plan_walk(plan_step *const *steps, const struct world *w, struct plan *p);

/* False when the plan is full: then the step ends, and goes on at the next look. */
bool      plan_act(struct plan *p, struct act act);
enum step plan_asked(struct plan *p, struct str reason);
enum step plan_changed(struct plan *p, struct str reason);

/* A normal event about the CR. */
void plan_event(const struct world *w, struct plan *p, struct str reason, struct str action, struct str note,
                enum want_kind related);

/* The wanted state of the objects, as far as the plan has come. */
struct want plan_want(const struct world *w);

/* plan_status.c - what .status should say. */
struct status {
	struct str       state, intra_url, cluster_id;
	struct condition conditions[CONDITIONS_MAX];
	int              count;
	bool             differs;        /* from what stands there */
	bool             words_only;     /* in messages alone */
};

struct status status_of(const struct world *w);
void status_state(struct status *s, struct str state);
void status_condition(struct status *s, const struct world *w, struct plan *p, struct str type, bool is,
                      struct str reason, struct str message);
void status_act(const struct world *w, struct plan *p, const struct status *s, struct str why);

bool status_says(const struct world *w, struct str type);

/* Not ready, and this is why: says so in condition Ready, then waits for an
 * event, or until again_at_ms if that is not 0. */
enum step plan_unready(const struct world *w, struct plan *p, enum verdict verdict, int64_t again_at_ms,
                       struct str reason, struct str message);

/* "Pending, Unschedulable: 0/3 nodes are available: ..." */
struct str member_trouble(const struct member *m, struct arena *a);

#endif
