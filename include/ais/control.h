/*
 * control.h - the operator itself: watches to keys, keys to passes.
 *
 * One reflector per watched kind (and namespace), one store, one queue with a
 * key per AIStore, a bounded number of passes.  Passes begin once every kind
 * has been listed and the lease is ours; the watch connections are opened
 * behind the first plans.
 */
#ifndef AIS_CONTROL_H
#define AIS_CONTROL_H

#include "ais/side.h"
#include "k8s/lease.h"
#include "k8s/queue.h"
#include "k8s/reflector.h"

#define CLUSTERS_MAX   1000
#define OBJECTS_MAX    (64u << 10)           /* in the store */
#define STORE_BYTES    (128u << 20)
#define PASSES_MAX     4                     /* at once: each has its Kubernetes writes in flight */
#define PASS_ARENA     (4u << 20)
#define NAMESPACES_MAX 32
#define WATCHES_LATE_MS 250                  /* after the lists, if no pass has ended before */

struct control;
struct pass;

struct cluster {                             /* one AIStore */
	struct queue_entry entry;
	struct table_link  link;
	struct control    *control;
	struct cluster    *next_free;
	struct pass       *pass;             /* in flight */
	struct side        side;
	char               key[2 * 256];     /* namespace/name */
	struct str         ns, name;
	bool               used, gone;
	int64_t            status_ms;        /* last status write; 0: none */
	char               refused[512];     /* what the API server said no to last */
	uint64_t           last_acts;        /* hash of the last plan's acts, and how often in a row */
	int                same_acts;
};

struct control {
	/* Set by the owner before control_start(). */
	struct api *api;
	struct str  namespaces[NAMESPACES_MAX];
	int         namespace_count;         /* 0: all */
	struct str  domain;                  /* of the Kubernetes cluster */
	struct str  instance;                /* for events */
	struct lease *lease;                 /* NULL: no election */
	void      (*hopeless)(struct control *, struct str why);    /* the API server was never trusted */

	/* To be read. */
	bool     synced, working;
	uint64_t passes;

	/* Inner. */
	struct store     store;
	struct reflector reflectors[WATCHED_COUNT * NAMESPACES_MAX];
	int              reflector_count;
	struct loop_timer watches_due;       /* set: the watches are not open yet */
	struct queue     queue;
	struct table     clusters;
	struct cluster  *slots, *free_slots;
	size_t           slots_used;
	struct pass     *pass_slots;
	struct recorder  recorder;
	void           (*stopped)(struct control *);
};

void control_start(struct control *c);       /* lists and watches; works when control_work() was called too */
void control_work(struct control *c);        /* the lease is ours */
/* No more acts are begun; stopped() once none is in flight. */
void control_stop(struct control *c, void (*stopped)(struct control *));

/* pass.c: a pass has ended and its key is done. */
void control_pass_ended(struct control *c, struct cluster *cl);

struct cluster *control_cluster(struct control *c, struct str ns, struct str name);      /* NULL: none */

#endif
