/*
 * own_certs.h - serving certificates without anybody's help: made, kept in a
 * Secret that all replicas share, vouched for in the caBundles, renewed.
 *
 * For who has no certificate mounted; where one is, this is not started, and
 * files are never touched.  Runs on every replica, leader or not: what two of
 * them do at once is settled by the API server, and the loser takes what
 * stands there.
 *
 * Written are the Secret, and by server-side apply, as `ais-operator-ca`,
 * the caBundles of the ValidatingWebhookConfiguration and of the CRD, and
 * nothing else of these.  All three are watched; what somebody takes out is
 * put back.  An object that is not there is not missed.  Deleting the Secret
 * makes everything anew, without an overlap: so one gets rid of a leaked key.
 */
#ifndef WEBHOOK_OWN_CERTS_H
#define WEBHOOK_OWN_CERTS_H

#include "k8s/reflector.h"
#include "net/tls.h"

#define OWN_CERTS_SECRET  "ais-operator-webhook-cert"
#define OWN_CERTS_MANAGER "ais-operator-ca"
#define OWN_CERTS_CALM_MS (2 * 60 * 1000)    /* writes of one object that are closer make one wait */
#define OWN_CERTS_OBJECTS 3

struct own_certs {
	/* Set by the owner; texts must stay. */
	struct api       *api;
	struct str        service, ns;    /* at most 63 bytes each; the Secret is in that namespace too */
	struct str        domain;         /* of the cluster; may be empty */
	struct str        secret, configuration, crd;      /* names */
	void            (*serve)(struct own_certs *, struct tls_identity *id);    /* from now on; lent */
	void             *owner;

	/* To be read. */
	bool              shown;          /* every caBundle vouches for what is served */
	int64_t           until_s;        /* when what is served expires; 0: nothing is */

	/* Inner. */
	struct store      store;
	struct reflector  reflectors[OWN_CERTS_OBJECTS];
	struct request    request;
	int               writing;        /* which object */
	struct loop_task  soon;
	struct loop_timer timer;
	struct arena      arena;
	struct certs_pair *pair;          /* what was judged last, and of which Secret */
	uint64_t          pair_of;
	struct own_certs_tried { int tries; int64_t at_ms, rests_ms; } tried[OWN_CERTS_OBJECTS];
	uint64_t          served;
	char              said[256];
};

void own_certs_start(struct own_certs *c);
void own_certs_stop(struct own_certs *c);

#endif
