/* kind.h - kinds of objects: their names and their paths. */
#ifndef K8S_KIND_H
#define K8S_KIND_H

#include "kernel/out.h"

struct kind {
	struct str group;        /* empty: core */
	struct str version, plural, name;
	bool       namespaced;
};

extern const struct kind kind_pod, kind_service, kind_configmap, kind_serviceaccount,
    kind_node, kind_persistentvolume, kind_persistentvolumeclaim, kind_secret, kind_namespace,
    kind_statefulset, kind_role, kind_rolebinding, kind_event, kind_lease,
    kind_endpointslice, kind_storageclass;

/* "apps/v1", "v1" */
void kind_api_version(const struct kind *k, struct out *o);

/* /apis/apps/v1/namespaces/NS/statefulsets/NAME: ns and name may be empty
 * (all namespaces; the collection); `sub`: "status" or empty. */
void kind_path(const struct kind *k, struct str ns, struct str name, struct str sub, struct out *o);

/* Percent-escaped for a path segment or a value in a query. */
void kind_escape(struct out *o, struct str s);

#endif
