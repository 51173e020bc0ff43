/* node_inner.h - what the files of the node side share. */
#ifndef TESTS_FAKE_NODE_INNER_H
#define TESTS_FAKE_NODE_INNER_H

#include "k8s/reflector.h"
#include "k8s/store.h"
#include "kernel/loop.h"
#include "tests/fake/ais_face.h"
#include "tests/fake/node.h"

enum { NODE_PODS, NODE_CLAIMS, NODE_VOLUMES, NODE_VIEWS };

#define NODE_WRITERS 8           /* requests in flight */

struct write {                   /* one request to the API server, waiting or in flight */
	struct write      *next;
	struct node_side  *side;
	enum verb          verb;
	const struct kind *kind;
	char               ns[256], name[256], sub[16];
	struct str         body;             /* from malloc */
	void             (*done)(struct node_side *, const struct write *, const struct answer *);    /* or NULL */
	char               about[64];        /* uid of the pod that waits for it */
	int                tries;
};

struct writer { struct request request; struct write *write; };

struct folder {                  /* of a volume; lives until the volume is deleted */
	struct folder    *next;
	char              key[1024];
	struct ais_folder folder;
};

struct node_side {
	struct node_options options;
	struct api         *api;
	struct addr         base;            /* of the CIDR */
	struct ais_world    ais;
	struct loop_timer   ais_timer;
	struct store        store;
	struct view         views[NODE_VIEWS];
	struct reflector    reflectors[NODE_VIEWS];
	struct writer       writers[NODE_WRITERS];
	struct write       *first, *last;
	struct loop_timer   again;           /* writes that failed are tried again */
	struct pod         *pods;
	struct folder      *folders;
	uint32_t            addresses;       /* given out */
	bool                closing;
};

enum probe_kind { PROBE_STARTUP, PROBE_READINESS, PROBE_LIVENESS, PROBES };

struct probe {
	struct container  *container;
	enum probe_kind    kind;
	const struct tree *spec;             /* NULL: there is none */
	struct loop_timer  due, late;
	struct loop_io     io;               /* fd -1: none under way */
	char               text[512];        /* request, then the head of the answer */
	size_t             len;
	bool               sent;
	int                fails, successes;
};

enum container_state { CONTAINER_WAITING, CONTAINER_RUNNING, CONTAINER_ENDED };

struct ending { int code; char why[512]; int64_t began_us, ended_us; };

struct container {
	struct pod        *pod;
	const struct tree *spec;             /* in the pod's object */
	bool               init;
	enum container_state state;
	char               reason[64], message[768];    /* while waiting */
	int64_t            began_us, began_ms;
	struct ending      now, before;      /* of this run when it has ended; of the run before it */
	bool               has_before, ready, started, stopping;
	int                restarts;
	int64_t            backoff_ms;
	struct ais_daemon *daemon;           /* aisnode: NULL while it does not run */
	struct ais_face    face;
	struct probe       probes[PROBES];
	struct loop_timer  timer;            /* its next start; SIGKILL after SIGTERM */
};

enum pod_stage {
	POD_VOLUMES,         /* waits for its claims to be bound */
	POD_CONFIG,          /* reads its ConfigMaps */
	POD_INIT,
	POD_RUN,
	POD_END,             /* SIGTERM has been sent */
	POD_OVER,            /* nothing runs; its DELETE is on the way */
};

#define POD_CONDITIONS 5

struct pod {
	struct pod        *next;
	struct node_side  *side;
	struct tree       *object;           /* as first seen: what runs */
	struct tree       *latest;           /* as last seen: images, annotations */
	char               ns[256], name[256], uid[64], node[64], address[64], host[64], killed[64];
	enum pod_stage     stage;
	struct container  *containers;       /* init ones first */
	int                count, inits;
	struct tree       *files;            /* {path: text} in its emptyDir */
	struct tree       *configs;          /* {ConfigMap: its data} */
	int                configs_asked;
	int64_t            started_us;
	struct { bool known, status; int64_t since_us; } conditions[POD_CONDITIONS];
	bool               status_due, status_busy, has_address;
	struct loop_timer  timer;            /* its next step; the end of its grace */
};

int64_t node_wait(const struct node_side *n, int64_t ms);     /* at this speed */
int     node_number(const struct node_side *n, struct str name);     /* 1..N; 0: not one of ours */

/* node_write.c: body is taken over. */
void node_write(struct node_side *n, enum verb verb, const struct kind *k, struct str ns, struct str name,
         const char *sub, struct tree *body, struct str about,
         void (*done)(struct node_side *, const struct write *, const struct answer *));
void node_write_stop(struct node_side *n);

/* node_pod.c */
void pod_seen(struct node_side *n, const struct record *r);
void pod_vanished(struct node_side *n, struct str uid);
void pod_volumes_moved(struct node_side *n);
struct pod *pod_find(struct node_side *n, struct str uid);
void pod_free(struct pod *p);
void pod_container_moved(struct pod *p);         /* one of its containers has changed its state */
struct str pod_env(const struct pod *p, const struct container *c, const char *name);
struct str pod_file(const struct pod *p, const struct container *c, struct str path);

/* node_status.c */
void pod_report(struct pod *p);                  /* writes its status, soon and once */

/* node_container.c */
void container_run(struct container *c);
void container_stop(struct container *c, bool at_once);      /* SIGTERM or SIGKILL; it does not come back */
void container_kill(struct container *c, bool at_once);      /* it does */
void container_free(struct container *c);
void container_manner(struct container *c, enum ais_manner m);
void node_ais_moved(struct ais_daemon *d);
void node_ais_schedule(struct node_side *n);

/* node_program.c: aisinit and aisnode as programs of a container. */
bool program_is(const struct container *c, const char *option);
bool program_init(struct container *c, char *why, size_t why_size);      /* false: exit 1 */
struct ais_daemon *program_start(struct container *c);

/* node_probe.c */
void probes_start(struct container *c);
void probes_stop(struct container *c);

/* node_volume.c */
void volume_claim_seen(struct node_side *n, const struct record *r);
void volume_seen(struct node_side *n, const struct record *r);
void volume_gone(struct node_side *n, const struct record *r);
/* False: not bound. */
bool volume_of_claim(struct node_side *n, struct str ns, struct str claim, char name[256]);
struct ais_folder *volume_folder(struct node_side *n, struct str key);               /* made if new */
void volume_forget(struct node_side *n, struct str prefix);      /* folders whose key begins so */
/* The folder that a container sees at that path; NULL: nothing is mounted there. */
struct ais_folder *volume_mounted(const struct container *c, const struct tree *mount);

#endif
