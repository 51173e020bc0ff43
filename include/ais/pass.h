/*
 * pass.h - one reconcile in flight: look, think, do, let go.
 *
 * Acts are carried out one after another; one that may go beside the others
 * has a second call of its own.  The first refusal ends the pass: the queue
 * decides when to look again.  What AIS is asked goes to the cluster's side
 * and is not waited for.
 */
#ifndef AIS_PASS_H
#define AIS_PASS_H

#include "ais/control.h"

struct pass {
	struct cluster *cluster;             /* NULL: idle */
	struct arena    arena;
	struct plan     plan;
	int             next;
	struct pass_call {
		struct request    request;
		const struct act *act;       /* NULL: idle */
		struct pass      *pass;
	} calls[2];                          /* in order; beside */
	bool            failed;
	bool            asked_api;           /* whether an object is there: look again with the answer */
	bool            saying;              /* this plan only tells of a refusal */
	int64_t         retry_after_ms;
};

struct pass *pass_free(struct control *c);   /* NULL: all are in flight */
void         pass_begin(struct pass *p, struct cluster *cl);

/* observe.c: everything a plan may depend on, from the store and the side. */
bool observe(struct cluster *cl, struct arena *a, struct world *w);      /* false: no such AIStore */
/* Where to ask AIS: a proxy's address, a ready one first. */
bool observe_proxy(struct cluster *cl, struct arena *a, struct addr *out);

#endif
