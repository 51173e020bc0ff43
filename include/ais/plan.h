/*
 * plan.h - what to do next, as data.
 *
 * plan_make() reads a snapshot and writes a plan.  It does no I/O, reads no
 * clock, and keeps nothing: the same snapshot always gives the same plan.
 * A plan owns its bytes: bodies are rendered into the arena of the pass, so
 * the store may change while the plan is carried out.
 */
#ifndef AIS_PLAN_H
#define AIS_PLAN_H

#include "ais/keep.h"
#include "ais/smap.h"
#include "ais/want.h"
#include "k8s/recorder.h"

#define ACTS_MAX 24            /* a longer plan is made in parts: see plan.more */
#define PODS_SHOWN_MAX 8       /* unready pods that a message may name */

/* What the store knows of one object that should exist. */
enum known {
	KNOWN_NOTHING,         /* the watch does not show it: it may exist */
	KNOWN_ABSENT,          /* a GET answered 404, and nothing came since */
	KNOWN_OURS,            /* controlled by this CR */
	KNOWN_FOREIGN,         /* controlled by somebody else: never touched */
};

struct seen {
	enum known known;
	struct str uid;
	uint64_t   version;
	bool       deleting;
	uint64_t   digest;               /* owned kinds */
	struct str owner;                /* FOREIGN: kind/name of its controller; empty: nobody's */
};

struct member {                      /* a pod of the cluster */
	enum role       role;
	int64_t         ordinal;
	struct str      name;
	struct pod_view pod;
	bool            deleting;
};

/* What AIS told us last, and when.  Asked only while awaited. */
enum heard {
	HEARD_NOTHING,         /* not asked yet, or too long ago */
	HEARD_YES,
	HEARD_NO,              /* it answered, and said not yet */
	HEARD_FAILED,          /* asked, no usable answer: unknown, never "absent" */
};

struct fact {
	enum heard heard;
	int64_t    at_ms;                /* when the answer came */
	struct str why;                  /* NO and FAILED: in words */
};

struct ais_facts {
	struct fact        ready;        /* GET /v1/health?prr=true */
	struct fact        map;          /* GET /v1/daemon?what=smap */
	const struct smap *smap;         /* map.heard == HEARD_YES */
	struct fact        config;       /* PUT set-config */
	struct str         config_hash;  /* that it was about */
	struct fact        stop;         /* PUT shutdown */
	int64_t            ask_again_ms; /* not before this time: backs off 250 ms to 2 s */
	bool               asking;       /* a question is on its way */
};

/* Everything a plan may depend on. */
struct world {
	int64_t          now_ms;
	int64_t          wall_us;        /* for stamps only: lastTransitionTime */
	int64_t          status_ms;      /* when we last wrote its status; words alone wait a second */

	struct cluster_id id;
	uint64_t         version;        /* of the CR */
	int64_t          generation;
	bool             deleting;
	struct cr_view   cr;
	struct spec      spec;

	struct seen      owned[WANT_COUNT];
	struct set_view  set[ROLES];     /* when owned[..._SET] is OURS */
	const struct member *members;    /* sorted by role, then ordinal */
	int              member_count;
	struct ais_facts ais;

	struct str       refused;        /* what the API server said no to last, as a sentence; empty: nothing */
};

enum act_kind {
	/* These only ask. */
	ACT_PROVE_ABSENT,      /* GET an object: is it there? */
	ACT_ASK_READY,         /* AIS: may it rebalance, is it up? */
	ACT_ASK_MAP,           /* AIS: the cluster map */
	/* These change objects. */
	ACT_ADD_FINALIZER,
	ACT_APPLY,             /* server-side apply */
	ACT_CREATE,            /* POST: it is proven absent */
	ACT_SCALE,             /* replicas of a StatefulSet */
	ACT_DELETE,            /* with its uid as precondition */
	ACT_ANNOTATE,          /* the CR's hashes */
	ACT_STATUS,
	ACT_EVENT,
	ACT_DROP_FINALIZER,
	/* These tell AIS. */
	ACT_SET_CONFIG,
	ACT_STOP_AIS,
};

struct act {
	enum act_kind      kind;
	const struct kind *of;           /* of the object */
	struct str         name;
	struct str         body;         /* rendered */
	struct str         uid;          /* preconditions */
	uint64_t           version;
	int64_t            number;       /* replicas */
	struct event       event;        /* ACT_EVENT */
	bool               beside;       /* the next acts need not wait for this one */
	struct str         why;
};

#define STATUS_WORDS_MS 1000           /* a changed message alone is written at most so often */

enum verdict {
	VERDICT_SETTLED,       /* nothing to do until something changes */
	VERDICT_ASKED,         /* acts only ask: look again with the answers */
	VERDICT_CHANGED,       /* acts change things: look again when they are done */
	VERDICT_WAIT,          /* someone else is working: an event wakes us, or again_at_ms if > 0 */
	VERDICT_BLOCKED,       /* not safe to go on: a person must act, reason says why */
};

struct plan {
	struct arena *arena;
	struct act    acts[ACTS_MAX];
	int           act_count;
	bool          more;              /* it was full: look again when these are done */
	enum verdict  verdict;
	int64_t       again_at_ms;       /* 0: only an event wakes us */
	struct str    reason;
};

/* `arena`: where what it writes is rendered; arena_ok() says whether it fit. */
void plan_make(const struct world *w, struct arena *arena, struct plan *p);

/* A line per act and one for the verdict: the story in tests, the debug log,
 * and what `ais-operator plan` shows. */
void plan_print(const struct plan *p, struct out *o);

struct str act_kind_text(enum act_kind k);
struct str verdict_text(enum verdict v);

#endif
