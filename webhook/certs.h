/*
 * certs.h - certificates of our own: what stands in the cluster, and what
 * should be done about it.  Pure.
 *
 * One Secret holds the newest authority with its key, the authorities before
 * it that are still valid, and the serving certificate with its key:
 *
 *	ca.crt    the bundle, newest first: what each caBundle should hold
 *	ca.key    of the newest
 *	tls.crt   signed by the newest, or during an overlap by one before it
 *	tls.key
 *
 * Progress lives there and in the caBundles.  A new authority first enters
 * the bundle; it signs when every caBundle shows it and it has rested for an
 * hour; and a replica goes over to a new certificate only then, unless what
 * it serves is of no use any more.
 */
#ifndef WEBHOOK_CERTS_H
#define WEBHOOK_CERTS_H

#include "k8s/store.h"
#include "webhook/certify.h"

#define CERTS_PLACES_MAX 32                  /* webhooks in one configuration that get a bundle */
#define CERTS_BUNDLE_MAX 4                   /* authorities that are kept */
#define CERTS_REST_S     3600                /* from the making of an authority to its first certificate */
#define CERTS_LOOK_MS    (10 * 60 * 1000)    /* how long nothing may be looked at: the clock may step */
#define CERTS_ARENA      (1u << 20)

enum certs_object { CERTS_SECRET, CERTS_HOOKS, CERTS_CRD, CERTS_OBJECTS };

extern const struct view certs_views[CERTS_OBJECTS];

/* What the Secret's record holds: base64, as it stands there. */
struct certs_secret {
	bool       ours;                 /* carries our label */
	struct str bundle, authority_key, cert, key;
};

void certs_secret_view(const struct record *r, struct certs_secret *s);

/* A place for a caBundle: the webhook's name (empty in the CRD) and what it holds. */
struct certs_place {
	struct str name, bundle;
};

/* How many there are; at most CERTS_PLACES_MAX. */
int certs_places(const struct record *r, struct certs_place places[CERTS_PLACES_MAX]);

/* World ---------------------------------------------------------------------- */

enum certs_known { CERTS_UNKNOWN, CERTS_ABSENT, CERTS_THERE };

/* What the Secret holds, judged. */
struct certs_pair {
	const char *authority_wrong;     /* why it can sign nothing; NULL: it can */
	const char *serving_wrong;       /* why nobody can serve with the certificate; NULL: one can */
	int64_t     authority_from_s, authority_until_s;     /* the newest */
	int64_t     serving_from_s, serving_until_s;
	bool        by_newest;           /* signed the serving certificate */
	uint64_t    id;                  /* of the serving certificate */
};

struct certs_holder {                /* of caBundles */
	enum certs_known known;
	int              wrong;          /* places that do not hold the bundle */
};

struct certs_world {
	int64_t             now_s;                       /* since 1970 */
	int64_t             now_ms;                      /* that only grows */
	enum certs_known    secret;
	bool                ours;                        /* the Secret */
	struct certs_pair   pair;
	struct certs_holder holders[CERTS_OBJECTS];      /* all but the Secret */
	int64_t             rests_ms[CERTS_OBJECTS];     /* not written before: refused, or others write too */
	uint64_t            served;                      /* pair.id of what is served; 0: nothing */
	int64_t             served_until_s;
};

void certs_pair_read(const struct certs_secret *s, const struct certify_names *names, struct arena *a,
                     struct certs_pair *p);

/* Plan ----------------------------------------------------------------------- */

enum certs_act {
	CERTS_NOTHING,
	CERTS_CREATE,          /* the Secret, with all that belongs in it */
	CERTS_REPLACE,         /* all of it */
	CERTS_ADD_AUTHORITY,   /* a new one before the others */
	CERTS_SIGN,            /* a new serving certificate */
	CERTS_WRITE_HOOKS,     /* the bundle into each webhook of the configuration */
	CERTS_WRITE_CRD,       /* and into the conversion of the CRD */
};

struct certs_plan {
	bool           serve;            /* what the Secret holds, from now on */
	bool           shown;            /* every caBundle holds the bundle */
	enum certs_act act;
	int64_t        again_ms;         /* without an act: look again so long from now at the latest */
	struct str     why;              /* static text */
};

void               certs_plan(const struct certs_world *w, struct certs_plan *p);
void               certs_plan_print(const struct certs_plan *p, struct out *o);
enum certs_object  certs_act_object(enum certs_act act);      /* the object that it writes */

/* Acts ----------------------------------------------------------------------- */

/* The body of a request; empty: it has no room, or the authority in the
 * Secret cannot sign.  `seed`: 2 * CERTIFY_SEED random bytes. */
struct str certs_secret_print(enum certs_act act, const struct record *secret, struct str name,
                              const struct certify_names *names, const unsigned char *seed, int64_t now_s,
                              struct arena *a);
struct str certs_holder_print(enum certs_object object, const struct record *holder, struct str bundle,
                              struct arena *a);

#endif
