/*
 * probe.h - is the way through our own webhooks free?
 *
 * Our patches of an AIStore pass through our own admission, and those of one
 * that v1alpha1 has touched through our own conversion.  Before the first of
 * them an AIStore is created for show (dryRun=All), as v1alpha1 where that is
 * served, so that conversion counts too.  Any answer that is not about the
 * way itself is an answer: a denial proves it as well.  Who waits for a
 * minute goes on: status is written past all webhooks, and says more than we
 * could by doing nothing.
 */
#ifndef WEBHOOK_PROBE_H
#define WEBHOOK_PROBE_H

#include "k8s/api.h"

#define PROBE_FIRST_MS   50
#define PROBE_LAST_MS  2000
#define PROBE_WAIT_MS 60000

struct probe {
	/* Set by the owner. */
	struct api *api;
	struct str  ns;                      /* of our own: it exists */
	void      (*passed)(struct probe *); /* once */
	void       *owner;

	/* Inner. */
	struct request    request;
	struct loop_timer timer;
	int64_t           began_ms, pause_ms;
	bool              beta;              /* v1alpha1 is not served */
};

void probe_start(struct probe *p);
void probe_stop(struct probe *p);

#endif
