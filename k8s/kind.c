/* kind.c - the kinds that this program speaks of. */
#include "k8s/kind.h"

#define CORE(constant, plural_text, name_text, in_namespace) \
	const struct kind constant = \
	    { { NULL, 0 }, STR_INIT("v1"), STR_INIT(plural_text), STR_INIT(name_text), in_namespace }
#define V1(constant, group_text, plural_text, name_text, in_namespace) \
	const struct kind constant = \
	    { STR_INIT(group_text), STR_INIT("v1"), STR_INIT(plural_text), STR_INIT(name_text), in_namespace }

CORE(kind_pod, "pods", "Pod", true);
CORE(kind_service, "services", "Service", true);
CORE(kind_configmap, "configmaps", "ConfigMap", true);
CORE(kind_serviceaccount, "serviceaccounts", "ServiceAccount", true);
CORE(kind_secret, "secrets", "Secret", true);
CORE(kind_persistentvolumeclaim, "persistentvolumeclaims", "PersistentVolumeClaim", true);
CORE(kind_persistentvolume, "persistentvolumes", "PersistentVolume", false);
CORE(kind_node, "nodes", "Node", false);
CORE(kind_namespace, "namespaces", "Namespace", false);
V1(kind_statefulset, "apps", "statefulsets", "StatefulSet", true);
V1(kind_role, "rbac.authorization.k8s.io", "roles", "Role", true);
V1(kind_rolebinding, "rbac.authorization.k8s.io", "rolebindings", "RoleBinding", true);
V1(kind_event, "events.k8s.io", "events", "Event", true);
V1(kind_lease, "coordination.k8s.io", "leases", "Lease", true);
V1(kind_endpointslice, "discovery.k8s.io", "endpointslices", "EndpointSlice", true);
V1(kind_storageclass, "storage.k8s.io", "storageclasses", "StorageClass", false);

void
kind_api_version(const struct kind *k, struct out *o)
{
	if (k->group.len > 0)
		OUT(o, k->group, STR("/"));
	out_str(o, k->version);
}

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

void
kind_escape(struct out *o, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_plain(s.at[i])) {
			out_char(o, s.at[i]);
			continue;
		}
		out_char(o, '%');
		out_char(o, digits[c >> 4]);
		out_char(o, digits[c & 15]);
	}
}

void
kind_path(const struct kind *k, struct str ns, struct str name, struct str sub, struct out *o)
{
	out_str(o, k->group.len > 0 ? STR("/apis/") : STR("/api/"));
	kind_api_version(k, o);
	if (k->namespaced && ns.len > 0) {
		out_str(o, STR("/namespaces/"));
		kind_escape(o, ns);
	}
	OUT(o, STR("/"), k->plural);
	if (name.len > 0) {
		out_str(o, STR("/"));
		kind_escape(o, name);
	}
	if (sub.len > 0)
		OUT(o, STR("/"), sub);
}
