/*
 * lease.h - leader election by a Lease, as client-go does it.
 *
 * 15 s lease, 10 s to renew it, a try every 2 s.  Whether another's lease has
 * expired is judged by our own clock from when we last saw it change.  The
 * holder that has not renewed within the renew time stops (lost()) before
 * anyone else may begin.  lease_held() is asked again right before each
 * destructive act.  A clean stop releases it, so that the successor begins
 * at once: who waits watches the Lease, and asks only while that is silent.
 *
 * Renewals have a connection of their own: they never wait behind other calls.
 */
#ifndef K8S_LEASE_H
#define K8S_LEASE_H

#include "k8s/api.h"

#define LEASE_MS         15000
#define LEASE_RENEW_MS   10000
#define LEASE_RETRY_MS    2000
#define LEASE_CALL_MS     3000           /* deadline of one call */
#define LEASE_RELEASE_MS  3000           /* for the whole release */
#define LEASE_WATCH_S      300
#define LEASE_LINE_MAX   (64u << 10)     /* one event of the watch */

enum lease_state { LEASE_WAITING, LEASE_HELD, LEASE_RELEASING, LEASE_OVER };

struct lease {
	/* Set by the owner. */
	struct api *api;
	struct str  ns, name, identity;
	void      (*gained)(struct lease *);
	void      (*lost)(struct lease *);       /* all writing must have stopped when this returns */
	/* After lease_release(), never from inside it; also when that failed. */
	void      (*released)(struct lease *);
	void       *owner;

	/* To be read. */
	enum lease_state state;
	char        holder[256];                 /* who has it, as last seen */

	/* Inner. */
	struct request    request, watch;
	struct buf        line;
	struct loop_timer timer, limit;          /* next try; end of what is held, or of the release */
	char              version[32], body[2048], query[512];
	uint64_t          seen;                  /* hash of the spec, as last seen */
	int64_t           seen_ms, renewed_ms, acquired_us, sent_ms, heard_ms;
	int64_t           watch_after_ms;        /* no new watch before */
	int64_t           transitions, holder_ms;
	bool              asked_again;           /* after a conflict */
};

void lease_start(struct lease *l);
bool lease_held(const struct lease *l);      /* by our own clock, now */
void lease_release(struct lease *l);
void lease_stop(struct lease *l);            /* no more calls; nothing is released */

#endif
