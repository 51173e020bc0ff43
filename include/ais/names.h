/* names.h - names and URLs of what belongs to a cluster (objects.md A8). */
#ifndef AIS_NAMES_H
#define AIS_NAMES_H

#include "ais/spec.h"
#include "k8s/kind.h"

extern const struct kind kind_aistore;

struct cluster_id {              /* whose */
	struct str ns, name, uid;
};

/* ais-proxy: StatefulSet, Service, ConfigMap */
struct str name_set(struct arena *a, struct str cluster, enum role r);
struct str name_pod(struct arena *a, struct str cluster, enum role r, int64_t i);    /* ais-proxy-0 */
struct str name_global(struct arena *a, struct str cluster);                         /* ais-global-cm */
struct str name_account(struct arena *a, struct str cluster);                        /* ais-sa */
struct str name_role(struct arena *a, struct str cluster);                           /* ais-role */
struct str name_binding(struct arena *a, struct str cluster);                        /* ais-rb */
/* For status.intraClusterURL. */
struct str url_intra(struct arena *a, const struct cluster_id *c, const struct spec *s);

/* Ordinal of a pod of that set; -1: not one of its pods. */
int64_t name_ordinal(struct str pod, struct str set);

#endif
