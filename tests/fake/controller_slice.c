/* controller_slice.c - one EndpointSlice for each Service with a selector. */
#include "tests/fake/controller_inner.h"

#include <stdio.h>
#include <string.h>

#include "kernel/random.h"

static const struct registry_write by_us = { .manager = STR_INIT("kube-controller-manager") };

static bool
selects(const struct tree *service, const struct tree *pod)
{
	TREE_EACH(want, tree_at(service, "spec.selector"))
		if (!str_eq(tree_str(tree_get(tree_at(pod, "metadata.labels"), want->key)), tree_str(want)))
			return false;
	return true;
}

static struct tree *
endpoint(const struct tree *service, const struct tree *pod)
{
	bool ready = condition_is(pod, STR("Ready"), STR("True")), gone = is_deleting(pod);
	bool always = tree_true_at(service, "spec.publishNotReadyAddresses");
	struct tree *e = tree_object();

	tree_push(tree_set(e, STR("addresses"), tree_array()), tree_text(tree_str_at(pod, "status.podIP")));
	tree_set_at(e, "conditions.ready", tree_bool(always || (ready && !gone)));
	tree_set_at(e, "conditions.serving", tree_bool(ready));
	tree_set_at(e, "conditions.terminating", tree_bool(gone));
	if (tree_str_is(pod, "spec.subdomain", meta(service, "name")))
		tree_set_str(e, "hostname", tree_str_at(pod, "spec.hostname"));
	tree_set_str(e, "nodeName", tree_str_at(pod, "spec.nodeName"));
	tree_set_str(e, "targetRef.kind", STR("Pod"));
	tree_set_str(e, "targetRef.name", meta(pod, "name"));
	tree_set_str(e, "targetRef.namespace", meta(pod, "namespace"));
	tree_set_str(e, "targetRef.uid", meta(pod, "uid"));
	return e;
}

static struct tree *
endpoints(struct controllers *c, const struct tree *service)
{
	struct tree *all = tree_array();
	struct list  pods;

	list_read(c, c->pod, meta(service, "namespace"), &pods);
	for (int i = 0; i < pods.count; i++)
		if (selects(service, pods.at[i]) && tree_str_at(pods.at[i], "status.podIP").len > 0 &&
		    !is_finished(pods.at[i]))
			tree_push(all, endpoint(service, pods.at[i]));
	list_free(&pods);
	return all;
}

static struct tree *
ports(const struct tree *service)
{
	struct tree *all = tree_array();

	TREE_EACH(p, tree_at(service, "spec.ports")) {
		struct tree *port = tree_push(all, tree_object());
		const struct tree *target = tree_get(p, STR("targetPort"));

		tree_set_str(port, "name", tree_str_at(p, "name"));
		/* Names of container ports are not looked up: the operator uses numbers. */
		tree_set(port, STR("port"), tree_copy(tree_is(target, TREE_NUMBER) ? target : tree_get(p, STR("port"))));
		tree_set_str(port, "protocol", tree_get(p, STR("protocol")) == NULL ? STR("TCP") :
		    tree_str_at(p, "protocol"));
	}
	return all;
}

static const struct tree *
find(struct controllers *c, const struct tree *service)
{
	const struct tree *found = NULL;
	struct list l;

	list_read(c, c->slice, meta(service, "namespace"), &l);
	for (int i = 0; i < l.count && found == NULL; i++)
		if (is_owned(l.at[i], meta(service, "uid")))
			found = l.at[i];
	list_free(&l);
	return found;
}

static void
create(struct controllers *c, const struct tree *service, struct tree *all)
{
	struct tree *s = tree_of("{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','addressType':'IPv4'}");
	struct tree *m = tree_want(s, "metadata"), *labels;
	char prefix[256], name[272];
	uint64_t r = random_u64();
	size_t at;

	snprintf(prefix, sizeof(prefix), STR_FMT "-", STR_ARG(meta(service, "name")));
	at = (size_t)snprintf(name, sizeof(name), "%s", prefix);
	for (int i = 0; i < 5; i++, r /= 27)
		name[at++] = "bcdfghjklmnpqrstvwxz2456789"[r % 27];
	name[at] = 0;
	tree_set_str(m, "name", str_of(name));
	tree_set_str(m, "generateName", str_of(prefix));
	labels = tree_want(m, "labels");
	set_labels(labels, tree_at(service, "metadata.labels"));
	tree_set(labels, STR("endpointslice.kubernetes.io/managed-by"),
	    tree_text(STR("endpointslice-controller.k8s.io")));
	tree_set(labels, STR("kubernetes.io/service-name"), tree_text(meta(service, "name")));
	if (tree_str_is(service, "spec.clusterIP", STR("None")))
		tree_set(labels, STR("service.kubernetes.io/headless"), tree_text(STR("")));
	tree_push(tree_set(m, STR("ownerReferences"), tree_array()),
	    owner_reference(service, STR("v1"), STR("Service")));
	tree_set(s, STR("endpoints"), all);
	tree_set(s, STR("ports"), ports(service));
	registry_create(c->registry, c->slice, meta(service, "namespace"), s, &by_us);
}

void
slice_look(struct controllers *c, struct str ns, struct str name)
{
	const struct tree *service = registry_find(c->registry, c->service, ns, name), *old;
	struct tree *all, *patch, *port_list;

	if (service == NULL || is_deleting(service) || tree_at(service, "spec.selector") == NULL)
		return;
	all = endpoints(c, service);
	old = find(c, service);
	if (old == NULL) {
		create(c, service, all);
		return;
	}
	port_list = ports(service);
	if (tree_eq(all, tree_get(old, STR("endpoints"))) && tree_eq(port_list, tree_get(old, STR("ports")))) {
		tree_free(all);
		tree_free(port_list);
		return;
	}
	patch = tree_object();
	tree_set(patch, STR("endpoints"), all);
	tree_set(patch, STR("ports"), port_list);
	registry_merge(c->registry, c->slice, ns, meta(old, "name"), patch, &by_us);
}
