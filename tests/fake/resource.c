/* resource.c - the table of kinds, and the kinds that definitions add. */
#include "tests/fake/resource.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"

#define N true,            /* namespaced */
#define C false,
#define S true,            /* has a status subresource */
#define _ false,
#define G true             /* counts generations */
#define O false

static const struct known {
	const char *group, *version, *plural, *singular, *kind, *short_names, *categories;
	bool        namespaced, has_status, has_generation;
} known[] = {
	{ "", "v1", "namespaces", "namespace", "Namespace", "ns", "", C S O },
	{ "", "v1", "nodes", "node", "Node", "no", "", C S O },
	{ "", "v1", "persistentvolumes", "persistentvolume", "PersistentVolume", "pv", "", C S O },
	{ "", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", "pvc", "", N S O },
	{ "", "v1", "pods", "pod", "Pod", "po", "all", N S G },
	{ "", "v1", "services", "service", "Service", "svc", "all", N S O },
	{ "", "v1", "configmaps", "configmap", "ConfigMap", "cm", "", N _ O },
	{ "", "v1", "secrets", "secret", "Secret", "", "", N _ O },
	{ "", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", "sa", "", N _ O },
	{ "", "v1", "events", "event", "Event", "ev", "", N _ O },
	{ "", "v1", "endpoints", "endpoints", "Endpoints", "ep", "", N _ O },
	{ "apps", "v1", "statefulsets", "statefulset", "StatefulSet", "sts", "all", N S G },
	{ "apps", "v1", "deployments", "deployment", "Deployment", "deploy", "all", N S G },
	{ "apps", "v1", "controllerrevisions", "controllerrevision", "ControllerRevision", "", "", N _ O },
	{ "batch", "v1", "jobs", "job", "Job", "", "all", N S G },
	{ "policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", "pdb", "", N S G },
	{ "rbac.authorization.k8s.io", "v1", "roles", "role", "Role", "", "", N _ O },
	{ "rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "RoleBinding", "", "", N _ O },
	{ "rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "ClusterRole", "", "", C _ O },
	{ "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding",
	    "", "", C _ O },
	{ "discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", "", "", N _ G },
	{ "storage.k8s.io", "v1", "storageclasses", "storageclass", "StorageClass", "sc", "", C _ O },
	{ "coordination.k8s.io", "v1", "leases", "lease", "Lease", "", "", N _ O },
	{ "events.k8s.io", "v1", "events", "event", "Event", "ev", "", N _ O },
	{ "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "validatingwebhookconfiguration",
	    "ValidatingWebhookConfiguration", "", "api-extensions", C _ G },
	{ "apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition",
	    "CustomResourceDefinition", "crd,crds", "api-extensions", C S G },
};

#undef N
#undef C
#undef S
#undef _
#undef G
#undef O

static struct resource *
add(struct resource_list *l)
{
	struct resource *r = calloc(1, sizeof(*r));

	CHECK(r != NULL);
	if (l->last == NULL)
		l->first = r;
	else
		l->last->next = r;
	return l->last = r;
}

static bool
is_one_of(const char *s, const char *a, const char *b, const char *c)
{
	return strcmp(s, a) == 0 || strcmp(s, b) == 0 || strcmp(s, c) == 0;
}

void
resource_list_init(struct resource_list *l)
{
	*l = (struct resource_list){ NULL, NULL };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct known *k = &known[i];
		struct resource    *r = add(l);

		r->group = str_of(k->group);
		r->versions[0] = str_of(k->version);
		r->version_count = 1;
		r->plural = str_of(k->plural);
		r->singular = str_of(k->singular);
		r->kind = str_of(k->kind);
		r->short_names = str_of(k->short_names);
		r->categories = str_of(k->categories);
		r->namespaced = k->namespaced;
		r->has_status = k->has_status;
		r->has_generation = k->has_generation;
		r->needs_version = is_one_of(k->plural, "leases", "customresourcedefinitions", "poddisruptionbudgets");
		r->update_creates = is_one_of(k->plural, "leases", "roles", "rolebindings");
	}
}

void
resource_list_free(struct resource_list *l)
{
	for (struct resource *r = l->first, *next; r != NULL; r = next) {
		next = r->next;
		tree_free((struct tree *)(uintptr_t)r->crd);
		free((void *)(uintptr_t)(r->crd != NULL ? r->short_names.at : NULL));
		free((void *)(uintptr_t)(r->crd != NULL ? r->categories.at : NULL));
		free(r);
	}
	*l = (struct resource_list){ NULL, NULL };
}

struct resource *
resource_by_plural(const struct resource_list *l, struct str group, struct str plural)
{
	for (struct resource *r = l->first; r != NULL; r = r->next)
		if (str_eq(r->plural, plural) && (group.at == NULL || str_eq(r->group, group)) && r->version_count > 0)
			return r;
	return NULL;
}

struct resource *
resource_by_kind(const struct resource_list *l, struct str group, struct str kind)
{
	for (struct resource *r = l->first; r != NULL; r = r->next)
		if (str_eq(r->kind, kind) && (group.at == NULL || str_eq(r->group, group)) && r->version_count > 0)
			return r;
	return NULL;
}

int
resource_version(const struct resource *r, struct str version)
{
	for (int i = 0; i < r->version_count; i++)
		if (str_eq(r->versions[i], version))
			return i;
	return -1;
}

/* A list of names as one text with commas, from malloc. */
static struct str
joined(const struct tree *names)
{
	size_t     size = 1;
	struct out o;

	TREE_EACH(n, names)
		size += n->text.len + 1;
	o = out_over(malloc(size), size);
	CHECK(o.at != NULL);
	TREE_EACH(n, names) {
		if (o.len > 0)
			out_char(&o, ',');
		out_str(&o, tree_str(n));
	}
	return out_view(&o);
}

static void
add_version(struct resource *r, const struct tree *v, bool stored)
{
	int at = r->version_count;

	if (at == RESOURCE_VERSIONS_MAX || tree_true_at(v, "storage") != stored || !tree_true_at(v, "served"))
		return;
	r->versions[at] = tree_str_at(v, "name");
	r->schemas[at] = tree_at(v, "schema.openAPIV3Schema");
	r->has_status = r->has_status || tree_at(v, "subresources.status") != NULL;
	r->version_count++;
}

bool
resource_define(struct resource_list *l, const struct tree *crd)
{
	struct str       group = tree_str_at(crd, "spec.group"), plural = tree_str_at(crd, "spec.names.plural");
	struct resource *r;
	bool             fresh = true;

	for (r = l->first; r != NULL; r = r->next)
		if (str_eq(r->plural, plural) && str_eq(r->group, group))
			break;
	if (r == NULL)
		r = add(l);
	else {
		fresh = r->version_count == 0;
		tree_free((struct tree *)(uintptr_t)r->crd);
		free((void *)(uintptr_t)r->short_names.at);
		free((void *)(uintptr_t)r->categories.at);
	}
	*r = (struct resource){ .next = r->next, .shelf = r->shelf, .crd = tree_copy(crd),
	    .definition = r->definition + 1, .has_generation = true, .needs_version = true };
	crd = r->crd;
	r->group = tree_str_at(crd, "spec.group");
	r->plural = tree_str_at(crd, "spec.names.plural");
	r->singular = tree_str_at(crd, "spec.names.singular");
	r->kind = tree_str_at(crd, "spec.names.kind");
	r->short_names = joined(tree_at(crd, "spec.names.shortNames"));
	r->categories = joined(tree_at(crd, "spec.names.categories"));
	r->namespaced = tree_str_is(crd, "spec.scope", STR("Namespaced"));
	TREE_EACH(v, tree_at(crd, "spec.versions"))
		add_version(r, v, true);
	TREE_EACH(v, tree_at(crd, "spec.versions"))
		add_version(r, v, false);
	return fresh;
}

/* It stays in the list (others may point at it) but is served no more. */
void
resource_remove(struct resource_list *l, const struct tree *crd)
{
	struct resource *r = resource_by_plural(l, tree_str_at(crd, "spec.group"), tree_str_at(crd,
	    "spec.names.plural"));

	if (r != NULL)
		r->version_count = 0;
}

void
resource_api_version(const struct resource *r, int version, struct out *o)
{
	if (r->group.len > 0)
		OUT(o, r->group, STR("/"));
	out_str(o, r->versions[version]);
}

void
resource_print(const struct resource *r, struct out *o)
{
	out_str(o, r->plural);
	if (r->group.len > 0)
		OUT(o, STR("."), r->group);
}
