/* defaults.c - defaults and admission, kind by kind. */
#include "tests/fake/defaults.h"

#include "kernel/check.h"
#include "kernel/random.h"

#define PORT_FIRST 30000u
#define PORT_COUNT 2768u

void
defaults_set(struct tree *t, const char *dotted, const char *json)
{
	if (tree_at(t, dotted) == NULL)
		tree_set_at(t, dotted, tree_of(json));
}

static void
fill_claim(struct tree *claim)
{
	struct tree *storage = tree_at(claim, "spec.resources.requests.storage");
	char         text[64];
	struct out   o = out_over(text, sizeof(text));

	defaults_set(claim, "spec.volumeMode", "'Filesystem'");
	if (storage != NULL && storage->text.at != NULL && quantity_canonical(storage->text, &o))
		tree_set_str(claim, "spec.resources.requests.storage", out_view(&o));
}

static void
fill_set(struct tree *set)
{
	struct tree *spec = tree_want(set, "spec");

	if (tree_at(spec, "template.spec") != NULL)
		defaults_pod_spec(tree_at(spec, "template.spec"), false);
	defaults_set(spec, "podManagementPolicy", "'OrderedReady'");
	defaults_set(spec, "updateStrategy.type", "'RollingUpdate'");
	if (tree_str_is(spec, "updateStrategy.type", STR("RollingUpdate")))
		defaults_set(spec, "updateStrategy.rollingUpdate.partition", "0");
	defaults_set(spec, "persistentVolumeClaimRetentionPolicy.whenDeleted", "'Retain'");
	defaults_set(spec, "persistentVolumeClaimRetentionPolicy.whenScaled", "'Retain'");
	defaults_set(spec, "replicas", "1");
	defaults_set(spec, "revisionHistoryLimit", "10");
	TREE_EACH(claim, tree_get(spec, STR("volumeClaimTemplates"))) {
		defaults_set(claim, "apiVersion", "'v1'");
		defaults_set(claim, "kind", "'PersistentVolumeClaim'");
		fill_claim(claim);
		defaults_set(claim, "status.phase", "'Pending'");
		tree_to_front(claim, STR("metadata"));
		tree_to_front(claim, STR("apiVersion"));
		tree_to_front(claim, STR("kind"));
	}
}

static void
fill_deployment(struct tree *d)
{
	struct tree *spec = tree_want(d, "spec");

	if (tree_at(spec, "template.spec") != NULL)
		defaults_pod_spec(tree_at(spec, "template.spec"), false);
	defaults_set(spec, "replicas", "1");
	defaults_set(spec, "strategy.type", "'RollingUpdate'");
	if (tree_str_is(spec, "strategy.type", STR("RollingUpdate"))) {
		defaults_set(spec, "strategy.rollingUpdate.maxUnavailable", "'25%'");
		defaults_set(spec, "strategy.rollingUpdate.maxSurge", "'25%'");
	}
	defaults_set(spec, "revisionHistoryLimit", "10");
	defaults_set(spec, "progressDeadlineSeconds", "600");
}

static void
set_port(struct tree *port)
{
	defaults_set(port, "protocol", "'TCP'");
	if (tree_get(port, STR("targetPort")) == NULL && tree_get(port, STR("port")) != NULL)
		tree_set(port, STR("targetPort"), tree_copy(tree_get(port, STR("port"))));
}

static void
give_address(struct tree *spec)
{
	char         text[32];
	struct out   o = out_over(text, sizeof(text));
	uint64_t     n = random_u64();
	struct tree *list;
	bool         both;

	if (tree_str_at(spec, "clusterIP").len == 0) {
		out_str(&o, STR("10.43."));
		out_u64(&o, n % 256);
		out_char(&o, '.');
		out_u64(&o, 1 + n / 256 % 254);
		tree_set_str(spec, "clusterIP", out_view(&o));
	}
	list = tree_array();
	tree_push(list, tree_text(tree_str_at(spec, "clusterIP")));
	tree_set(spec, STR("clusterIPs"), list);
	/* Headless and for nobody in particular: whoever writes its endpoints may want both. */
	both = tree_str_is(spec, "clusterIP", STR("None")) && tree_get(spec, STR("selector")) == NULL;
	defaults_set(spec, "ipFamilies", both ? "['IPv4','IPv6']" : "['IPv4']");
	defaults_set(spec, "ipFamilyPolicy", both ? "'RequireDualStack'" : "'SingleStack'");
}

static void
fill_service(struct tree *service)
{
	struct tree *spec = tree_want(service, "spec");
	bool         balanced, outside;

	defaults_set(spec, "type", "'ClusterIP'");
	defaults_set(spec, "sessionAffinity", "'None'");
	balanced = tree_str_is(spec, "type", STR("LoadBalancer"));
	outside = balanced || tree_str_is(spec, "type", STR("NodePort"));
	if (!tree_str_is(spec, "type", STR("ExternalName")))
		defaults_set(spec, "internalTrafficPolicy", "'Cluster'");
	if (outside)
		defaults_set(spec, "externalTrafficPolicy", "'Cluster'");
	if (balanced)
		defaults_set(spec, "allocateLoadBalancerNodePorts", "true");
	TREE_EACH(port, tree_get(spec, STR("ports")))
		set_port(port);
	defaults_set(service, "status.loadBalancer", "{}");
}

void
defaults_allocate(const struct resource *k, struct tree *object)
{
	struct tree *spec = tree_get(object, STR("spec"));
	bool         outside = tree_str_is(spec, "type", STR("LoadBalancer")) ||
	    tree_str_is(spec, "type", STR("NodePort"));

	if (k->crd != NULL || !str_eq(k->kind, STR("Service")))
		return;
	if (!tree_str_is(spec, "type", STR("ExternalName")))
		give_address(spec);
	TREE_EACH(port, tree_get(spec, STR("ports"))) {
		if (!outside)
			tree_drop(port, STR("nodePort"));
		else if (tree_int_at(port, "nodePort", 0) == 0)
			tree_set_int(port, "nodePort", PORT_FIRST + (int64_t)(random_u64() % PORT_COUNT));
	}
}

static void
fill_binding(struct tree *b)
{
	defaults_set(b, "roleRef.apiGroup", "'rbac.authorization.k8s.io'");
	TREE_EACH(s, tree_get(b, STR("subjects")))
		if (!tree_str_is(s, "kind", STR("ServiceAccount")))
			defaults_set(s, "apiGroup", "'rbac.authorization.k8s.io'");
}

static void
fill_volume(struct tree *v)
{
	defaults_set(v, "spec.persistentVolumeReclaimPolicy", "'Retain'");
	defaults_set(v, "spec.volumeMode", "'Filesystem'");
	if (tree_at(v, "spec.hostPath") != NULL)
		defaults_set(v, "spec.hostPath.type", "''");
}

static void
fill_definition(struct tree *crd)
{
	struct str kind = tree_str_at(crd, "spec.names.kind");
	char       text[128];
	struct out o = out_over(text, sizeof(text));

	OUT(&o, kind, STR("List"));
	if (tree_at(crd, "spec.names.listKind") == NULL)
		tree_set_str(crd, "spec.names.listKind", out_view(&o));
	if (tree_at(crd, "spec.names.singular") == NULL) {
		o = out_over(text, sizeof(text));
		for (size_t i = 0; i < kind.len; i++)
			out_char(&o, kind.at[i] >= 'A' && kind.at[i] <= 'Z' ? (char)(kind.at[i] + 32) : kind.at[i]);
		tree_set_str(crd, "spec.names.singular", out_view(&o));
	}
	defaults_set(crd, "spec.conversion.strategy", "'None'");
	if (tree_at(crd, "spec.conversion.webhook.clientConfig.service") != NULL)
		defaults_set(crd, "spec.conversion.webhook.clientConfig.service.port", "443");
}

static void
fill_webhooks(struct tree *configuration)
{
	TREE_EACH(w, tree_get(configuration, STR("webhooks"))) {
		if (tree_at(w, "clientConfig.service") != NULL)
			defaults_set(w, "clientConfig.service.port", "443");
		TREE_EACH(rule, tree_get(w, STR("rules")))
			defaults_set(rule, "scope", "'*'");
		defaults_set(w, "failurePolicy", "'Fail'");
		defaults_set(w, "matchPolicy", "'Equivalent'");
		defaults_set(w, "namespaceSelector", "{}");
		defaults_set(w, "objectSelector", "{}");
		defaults_set(w, "timeoutSeconds", "10");
	}
}

void
defaults_fill(const struct resource *k, struct tree *object)
{
	struct str kind = k->crd != NULL ? STR("") : k->kind;

	if (str_eq(kind, STR("Pod")))
		defaults_pod_spec(tree_want(object, "spec"), true);
	else if (str_eq(kind, STR("StatefulSet")))
		fill_set(object);
	else if (str_eq(kind, STR("Deployment")))
		fill_deployment(object);
	else if (str_eq(kind, STR("Service")))
		fill_service(object);
	else if (str_eq(kind, STR("PersistentVolumeClaim")))
		fill_claim(object);
	else if (str_eq(kind, STR("PersistentVolume")))
		fill_volume(object);
	else if (str_eq(kind, STR("RoleBinding")) || str_eq(kind, STR("ClusterRoleBinding")))
		fill_binding(object);
	else if (str_eq(kind, STR("CustomResourceDefinition")))
		fill_definition(object);
	else if (str_eq(kind, STR("ValidatingWebhookConfiguration")))
		fill_webhooks(object);
	else if (str_eq(kind, STR("Secret")))
		defaults_set(object, "type", "'Opaque'");
	else if (str_eq(k->group, STR("events.k8s.io"))) {
		defaults_set(object, "deprecatedSource", "{}");
		defaults_set(object, "deprecatedFirstTimestamp", "null");
		defaults_set(object, "deprecatedLastTimestamp", "null");
	} else if (str_eq(kind, STR("Event"))) {
		defaults_set(object, "source", "{}");
		defaults_set(object, "firstTimestamp", "null");
		defaults_set(object, "lastTimestamp", "null");
	} else if (str_eq(kind, STR("Node")) && tree_at(object, "status.capacity") != NULL &&
	    tree_at(object, "status.allocatable") == NULL)
		tree_set_at(object, "status.allocatable", tree_copy(tree_at(object, "status.capacity")));
	else if (str_eq(kind, STR("StorageClass"))) {
		defaults_set(object, "reclaimPolicy", "'Delete'");
		defaults_set(object, "volumeBindingMode", "'Immediate'");
	} else if (str_eq(kind, STR("EndpointSlice"))) {
		TREE_EACH(port, tree_get(object, STR("ports"))) {
			defaults_set(port, "name", "''");
			defaults_set(port, "protocol", "'TCP'");
		}
	}
}

static bool
is_default_class(const struct tree *class, void *owner)
{
	if (!str_eq(tree_str(tree_get(tree_at(class, "metadata.annotations"),
	    STR("storageclass.kubernetes.io/is-default-class"))), STR("true")))
		return true;
	*(struct str *)owner = tree_str_at(class, "metadata.name");
	return false;
}

static void
protect(struct tree *object, struct str finalizer)
{
	struct tree *list = tree_at(object, "metadata.finalizers");

	TREE_EACH(f, list)
		if (str_eq(tree_str(f), finalizer))
			return;
	if (list == NULL)
		list = tree_set_at(object, "metadata.finalizers", tree_array());
	tree_push(list, tree_text(finalizer));
}

static void
admit_claim(struct registry *r, struct tree *claim)
{
	struct str class = STR_NONE;

	if (tree_at(claim, "spec.storageClassName") == NULL) {
		registry_list(r, registry_resource(r, STR("storage.k8s.io"), STR("storageclasses")), STR_NONE,
		    STR_NONE, STR_NONE, is_default_class, &class);
		if (class.len > 0)
			tree_set_str(claim, "spec.storageClassName", class);
	}
	protect(claim, STR("kubernetes.io/pvc-protection"));
	defaults_set(claim, "status.phase", "'Pending'");
}

static void
admit_namespace(struct tree *ns)
{
	tree_set(tree_want(ns, "metadata.labels"), STR("kubernetes.io/metadata.name"),
	    tree_text(tree_str_at(ns, "metadata.name")));
	defaults_set(ns, "spec.finalizers", "['kubernetes']");
	defaults_set(ns, "status.phase", "'Active'");
}

static struct reply
admit_pod(struct registry *r, struct str ns, struct tree *pod)
{
	struct str account = tree_str_at(pod, "spec.serviceAccountName"), name = tree_str_at(pod, "metadata.name");
	struct reply bad;

	account = account.len == 0 ? STR("default") : account;
	if (registry_find(r, registry_resource(r, STR(""), STR("serviceaccounts")), ns, account) == NULL) {
		bad = reply_bad(403, "Forbidden", "pods \"" STR_FMT "\" is forbidden: error looking up service account "
		    STR_FMT "/" STR_FMT ": serviceaccount \"" STR_FMT "\" not found", STR_ARG(name), STR_ARG(ns),
		    STR_ARG(account), STR_ARG(account));
		reply_about(&bad, registry_resource(r, STR(""), STR("pods")), name);
		return bad;
	}
	defaults_pod_admit(r, ns, pod);
	return (struct reply){ .code = 200 };
}

struct reply
defaults_admit(struct registry *r, const struct resource *k, struct str ns, struct tree *object)
{
	struct str kind = k->crd != NULL ? STR("") : k->kind;

	if (str_eq(kind, STR("Pod")))
		return admit_pod(r, ns, object);
	if (str_eq(kind, STR("PersistentVolumeClaim")))
		admit_claim(r, object);
	else if (str_eq(kind, STR("PersistentVolume"))) {
		protect(object, STR("kubernetes.io/pv-protection"));
		defaults_set(object, "status.phase", "'Pending'");
		if (tree_at(object, "status.lastPhaseTransitionTime") == NULL)
			tree_set(tree_want(object, "status"), STR("lastPhaseTransitionTime"),
			    tree_copy(tree_at(object, "metadata.creationTimestamp")));
	} else if (str_eq(kind, STR("Namespace")))
		admit_namespace(object);
	else if (str_eq(kind, STR("StatefulSet"))) {
		defaults_set(object, "status.replicas", "0");
		defaults_set(object, "status.availableReplicas", "0");
	} else if (str_eq(kind, STR("Deployment")))
		defaults_set(object, "status", "{}");
	return (struct reply){ .code = 200 };
}
