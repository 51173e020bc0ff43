/*
 * keep.h - what the store keeps of each kind, and how plans read it: pure.
 *
 * keep_*() are the `keep` functions of the views; *_view() read such a record
 * back.  For owned objects a record holds a digest per comparison group, made
 * from the fields that we set (want.h) as they stand in the live object.
 * digest_of() makes the same digests from a wanted body, so equal means: the
 * API server has what we want.  Maps are compared without order, lists with,
 * quantities by value, and what the API server adds by default is not looked
 * at.
 */
#ifndef AIS_KEEP_H
#define AIS_KEEP_H

#include "ais/names.h"
#include "k8s/store.h"

/* The kinds that this operator watches, in the order in which they are listed. */
enum watched {
	WATCHED_AISTORE, WATCHED_SET, WATCHED_POD, WATCHED_SERVICE, WATCHED_CONFIGMAP,
	WATCHED_ACCOUNT, WATCHED_ROLE, WATCHED_BINDING,
	WATCHED_COUNT,
};
extern const struct view watched_views[WATCHED_COUNT];
const struct view *watched_view(const struct kind *k);       /* NULL: not watched */

#define CONDITIONS_MAX 16

struct condition {
	struct str type, status, reason, message;
	struct str since;                    /* lastTransitionTime as it stands */
	int64_t    observed_generation;
};

struct cr_view {                         /* an AIStore */
	bool       finalizer;                /* finalize.ais is there */
	bool       other_finalizers;
	struct str finalizers;               /* raw JSON list, empty: none */
	struct str config_hash, restart_hash, paused;    /* annotations; empty: none */
	struct str spec;                     /* raw JSON */
	struct str state, cluster_id, intra_url;
	struct str status;                   /* raw JSON, empty: none */
	struct str api_version;              /* that it was read in */
	struct condition conditions[CONDITIONS_MAX];
	int        condition_count;
};

/* Comparison groups of a StatefulSet (objects.md A7.2). */
enum set_group {
	GROUP_IMAGES, GROUP_ENV, GROUP_RESOURCES, GROUP_PROBES, GROUP_SECURITY,
	GROUP_VOLUMES, GROUP_LABELS, GROUP_ANNOTATIONS, GROUP_REST,
	GROUP_COUNT,
};
struct str set_group_text(enum set_group g);         /* "images", "environment", ... */

struct set_view {                        /* a StatefulSet */
	int64_t  replicas;                   /* wanted by its spec */
	int64_t  status_replicas, ready, updated, current;
	int64_t  observed_generation;
	struct str current_revision, update_revision;
	struct str component;                /* proxy, target */
	uint64_t digest[GROUP_COUNT];
};

struct pod_view {
	struct str cluster, component;       /* labels app.kubernetes.io/name and /component */
	struct str set_uid;                  /* of its controller */
	struct str phase, node, ip;
	bool       ready, scheduled;
	struct str trouble;                  /* why it is not ready, in Kubernetes's word; empty: none known */
	struct str trouble_text;             /* its message, cut at 256 bytes */
	int64_t    restarts;
};

struct owned_view {                      /* ConfigMap, Service, ServiceAccount, Role, RoleBinding */
	uint64_t digest;
};

void cr_view(const struct record *r, struct arena *a, struct cr_view *out);
void set_view(const struct record *r, struct set_view *out);
void pod_view(const struct record *r, struct pod_view *out);
void owned_view(const struct record *r, struct owned_view *out);

/* Of a wanted body.  `groups`: GROUP_COUNT for StatefulSets, else 1. */
void digest_of(const struct kind *k, struct str body, struct arena *a, uint64_t *groups);

#endif
