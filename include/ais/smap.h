/* smap.h - pure: the AIS cluster map (behaviour.md A4.1, aisnode.md 3.2). */
#ifndef AIS_SMAP_H
#define AIS_SMAP_H

#include "ais/spec.h"
#include "kernel/arena.h"

#define SMAP_NODES_MAX 20000

enum smap_flag {                 /* bits of a node's flags */
	SMAP_NON_ELECTABLE  = 1,
	SMAP_IC             = 2,     /* member of the information centre */
	SMAP_MAINTENANCE    = 4,
	SMAP_DECOMMISSION   = 8,
	SMAP_POST_REBALANCE = 16,    /* in maintenance, and its data has moved */
};

struct smap_node {
	struct str id, host;         /* daemon id; intra_control_net.node_ip_addr */
	struct str public_url;
	int64_t    flags;
	enum role  role;
};

struct smap {
	struct str        uuid;
	uint64_t          version;
	struct str        primary;           /* daemon id */
	struct smap_node *nodes;             /* sorted by role, then host, then id */
	int               node_count;
	int               count[ROLES];
};

/* False: not a cluster map.  Strings live in the arena or in `json`. */
bool smap_parse(struct str json, struct arena *a, struct smap *out);

/* Does this node run in that pod?  Exactly its name or its first DNS label. */
bool smap_is_pod(const struct smap_node *n, struct str pod);

#endif
