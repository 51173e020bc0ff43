/*
 * ais.h - simulated AIS clusters: what aisnode 4.9 and aisinit do, as far as an operator and its user see it.
 *
 * A model without sockets and clocks: time is handed in, ais_due_ms() says
 * when it wants to be looked at again, requests and answers are texts.
 * ais_face.h puts daemons on the network.
 *
 * One world holds all daemons of a process.  Daemons find each other by the
 * names in their configuration, as real ones do: who is told a primary URL
 * that nobody answers to joins nothing and exits 1.  What all members of a
 * cluster agree on (map, configuration, buckets) is kept once, in struct
 * ais_cluster; a member that lags behind is not modelled.
 *
 * AIS's own waits are divided by the world's speed; 1 is real time.
 */
#ifndef TESTS_FAKE_AIS_H
#define TESTS_FAKE_AIS_H

#include "tests/fake/tree.h"

#define AIS_ID_SIZE     16
#define AIS_NAME_SIZE   256
#define AIS_MOUNTS_MAX  32
#define AIS_OBJECT_MAX  (1u << 20)       /* bytes of one object */

enum ais_role { AIS_PROXY, AIS_TARGET };
enum ais_net  { AIS_PUBLIC, AIS_CONTROL, AIS_DATA, AIS_NETS };

/* Flags of a member, as the cluster map has them. */
enum { AIS_IC = 2, AIS_MAINTENANCE = 4, AIS_DECOMMISSION = 8, AIS_POST_REBALANCE = 16 };
#define AIS_LEAVING (AIS_MAINTENANCE | AIS_DECOMMISSION)

/* A directory that outlives its daemon: the state, or one mount.  Zeroed is empty. */
struct ais_folder {
	char               uuid[AIS_ID_SIZE];    /* of the cluster that it belongs to */
	char               id[AIS_ID_SIZE];      /* of the daemon that it belongs to */
	struct tree       *config;               /* state: the configuration that counts from now on */
	bool               was_primary;          /* state */
	struct ais_object *objects;
};
void ais_folder_wipe(struct ais_folder *f);      /* empty again; frees what it held */

struct ais_object {
	struct ais_object *next;
	char               bucket[AIS_NAME_SIZE], name[AIS_NAME_SIZE];
	char              *data;
	size_t             size;
};

/* What aisinit reads and writes. */
struct ais_init {
	enum ais_role role;
	struct str    template, override;        /* ais_local.json, ais.json; empty: not there */
	struct str    ns, service, pod, domain;
	struct str    public_host;               /* AIS_PUBLIC_HOSTNAME */
	struct str    dns_mode;                  /* IP (empty), Node, Pod */
	bool          host_network;
	struct tree  *local, *global;            /* its two files, the caller's */
	char          why[512];                  /* after a failure: what it prints before it exits 1 */
};
bool ais_init_run(struct ais_init *in);

/* The cluster's configuration.  Patches are decoded strictly: keys that AIS
 * does not know, other types and values that fail its validation change
 * nothing and give a sentence. */
struct tree *ais_config_default(void);
bool ais_config_patch(struct tree **config, const struct tree *patch, char *why, size_t why_size);
bool ais_config_check(const struct tree *config, char *why, size_t why_size);
bool ais_duration(struct str s, int64_t *ns);        /* as Go's time.ParseDuration */
int64_t ais_config_ms(const struct tree *config, const char *dotted);

/* xxh64 with AIS's seed; a proxy's id is made of its node's name. */
uint64_t ais_hash(struct str s);
void     ais_proxy_id(struct str node, char id[AIS_ID_SIZE]);

enum ais_proc {
	AIS_REFUSING,        /* runs, has joined nothing, listens on nothing */
	AIS_JOINED,          /* listens; not ready yet */
	AIS_SERVING,
	AIS_ENDING,          /* on its way out */
	AIS_GONE,            /* exited: code and why say how */
};

struct ais_launch {              /* one `aisnode` command line and what stands around it */
	enum ais_role role;
	int           ntargets;
	struct str    pod, node, address;        /* the address of its pod */
	struct str    local, global;             /* texts of the two files; empty: not there */
	struct ais_folder *state;                /* at confdir; NULL: not mounted */
	struct { struct str path; struct ais_folder *folder; } mounts[AIS_MOUNTS_MAX];
	int           mount_count;
	void         *owner;
};

struct ais_daemon {
	struct ais_world   *world;
	struct ais_cluster *cluster;             /* NULL: its configuration was refused */
	struct ais_daemon  *next;
	void               *owner;
	enum ais_role role;
	enum ais_proc proc;
	char          id[AIS_ID_SIZE], pod[AIS_NAME_SIZE], address[64];
	char          host[AIS_NETS][AIS_NAME_SIZE];
	uint16_t      port[AIS_NETS];
	char          primary_url[2 * AIS_NAME_SIZE], discovery_url[2 * AIS_NAME_SIZE];
	int           ntargets, rounds, polls;
	struct ais_folder *state, *mounts[AIS_MOUNTS_MAX];
	int           mount_count;
	struct tree  *config;                    /* what it brought along; the cluster's once it is primary */
	int64_t       step_ms;                   /* what it does next; -1: nothing */
	int64_t       started_ms;
	bool          files_gone;                /* it deleted its two configuration files */
	int           code;                      /* AIS_GONE: exit code */
	char          why[512];                  /* AIS_GONE: last words, may be empty */
};

struct ais_member {              /* of the cluster map */
	struct ais_member *next;
	struct ais_daemon *daemon;               /* NULL: does not run */
	enum ais_role role;
	unsigned      flags;
	char          id[AIS_ID_SIZE], address[64], host[AIS_NETS][AIS_NAME_SIZE];
	uint16_t      port[AIS_NETS];
	int64_t       given_up_ms;               /* when keepalive drops it; -1: never */
};

enum ais_phase {
	AIS_DOWN,            /* no primary runs */
	AIS_WAITING,         /* a primary waits for joins */
	AIS_STARTED,         /* not rebalance-ready: management is 503 */
	AIS_READY,
	AIS_ELECTING,        /* the primary is gone, another one is being elected */
	AIS_STOPPING,
};

struct ais_rebalance {
	int64_t id;                              /* g<id> */
	int64_t end_ms;
	bool    running, aborted;
	char    leaving[AIS_ID_SIZE];            /* who goes when it has ended; empty: nobody */
	bool    wipe;                            /* with its data */
};
#define AIS_REBALANCES_MAX 32

struct ais_bucket { struct ais_bucket *next; char name[AIS_NAME_SIZE]; };

struct ais_cluster {
	struct ais_world   *world;
	struct ais_cluster *next;
	char     key[AIS_NAME_SIZE];             /* host of its discovery URL */
	char     uuid[AIS_ID_SIZE], primary[AIS_ID_SIZE];
	int64_t  version, config_version, created_us;
	struct ais_member *members;
	struct tree       *config;
	struct ais_rebalance past[AIS_REBALANCES_MAX];    /* the latest ones, a ring */
	int64_t  rebalances;                     /* how many there have been */
	enum ais_phase phase;
	int64_t  phase_ms;                       /* when it goes on; -1 */
	int64_t  waiting_since_ms;
	int      quiet, targets_seen;            /* polls of the waiting primary */
	struct ais_bucket *buckets;
};

struct ais_world {
	/* Set by the owner. */
	int      speed;                          /* 1 and up */
	uint64_t seed;                           /* of ids */
	void   (*moved)(struct ais_daemon *);    /* proc has changed; freed by the owner after AIS_GONE */
	/* Inner. */
	int64_t  now_ms, wall_us;
	struct ais_cluster *clusters;
	struct ais_daemon  *daemons;
};

/* Each of these may call moved(); time never goes back. */
struct ais_daemon *ais_start(struct ais_world *w, const struct ais_launch *l, int64_t now_ms);
void    ais_terminate(struct ais_daemon *d, int64_t now_ms);      /* SIGTERM */
void    ais_kill(struct ais_daemon *d, int64_t now_ms);           /* SIGKILL */
void    ais_free(struct ais_daemon *d);                           /* after AIS_GONE */
void    ais_tick(struct ais_world *w, int64_t now_ms);            /* does what is due */
int64_t ais_due_ms(const struct ais_world *w);                    /* -1: nothing */
void    ais_world_free(struct ais_world *w);

bool    ais_listens(const struct ais_daemon *d);

/* One request to a daemon's public port. */
struct ais_answer {
	int         status;
	const char *type;            /* of the content; NULL: none */
	char        location[1024];  /* of a redirect; empty: none */
	char       *body;            /* from malloc, the caller's; NULL: empty */
	size_t      size;
	bool        hold;            /* no answer yet: ask again when something moved, at most AIS_HOLD_MS */
	bool        cut;             /* end the connection instead */
};
#define AIS_HOLD_MS 16000        /* before speed */

void ais_ask(struct ais_daemon *d, struct str method, struct str target, struct str body, struct str peer,
         struct ais_answer *a, int64_t now_ms);

/* How many objects all running targets of a cluster hold; disks of others are not counted. */
int  ais_object_count(const struct ais_cluster *c);
struct ais_cluster *ais_cluster_find(const struct ais_world *w, struct str key);    /* NULL: none */

#endif
