/* controller_pod.c - the pods and claims of a StatefulSet. */
#include "tests/fake/controller_inner.h"

#include <inttypes.h>
#include <stdio.h>

static const struct registry_write by_us = { .manager = STR_INIT("kube-controller-manager") };

static void
claim_name(const struct tree *set, const struct tree *template, int64_t ordinal, char *name, size_t size)
{
	snprintf(name, size, STR_FMT "-" STR_FMT "-%" PRId64, STR_ARG(meta(template, "name")),
	    STR_ARG(meta(set, "name")), ordinal);
}

void
set_make_claims(struct controllers *c, const struct tree *set, int64_t ordinal)
{
	TREE_EACH(template, tree_at(set, "spec.volumeClaimTemplates")) {
		struct tree *claim;
		char name[512];

		claim_name(set, template, ordinal, name, sizeof(name));
		if (registry_find(c->registry, c->claim, meta(set, "namespace"), str_of(name)) != NULL)
			continue;
		claim = tree_copy(template);
		tree_drop(claim, STR("status"));
		tree_set_str(claim, "apiVersion", STR("v1"));
		tree_set_str(claim, "kind", STR("PersistentVolumeClaim"));
		tree_set_str(claim, "metadata.name", str_of(name));
		set_labels(tree_want(claim, "metadata.labels"), tree_at(set, "spec.selector.matchLabels"));
		registry_create(c->registry, c->claim, meta(set, "namespace"), claim, &by_us);
	}
}

/* Those of the claims first, in place of others of the same name. */
static struct tree *
volumes(const struct tree *set, const struct tree *given, int64_t ordinal)
{
	struct tree *all = tree_array();

	TREE_EACH(template, tree_at(set, "spec.volumeClaimTemplates")) {
		struct tree *v = tree_push(all, tree_object());
		char name[512];

		claim_name(set, template, ordinal, name, sizeof(name));
		tree_set_str(v, "name", meta(template, "name"));
		tree_set_str(v, "persistentVolumeClaim.claimName", str_of(name));
	}
	TREE_EACH(v, given) {
		bool taken = false;

		TREE_EACH(template, tree_at(set, "spec.volumeClaimTemplates"))
			taken |= str_eq(meta(template, "name"), tree_str_at(v, "name"));
		if (!taken)
			tree_push(all, tree_copy(v));
	}
	return all;
}

void
set_make_pod(struct controllers *c, const struct tree *set, int64_t ordinal, struct str revision)
{
	struct tree *pod = revision_template(c, set, revision), *m, *labels, *all;
	char name[512], prefix[512], index[24];

	if (pod == NULL)
		return;
	snprintf(name, sizeof(name), STR_FMT "-%" PRId64, STR_ARG(meta(set, "name")), ordinal);
	snprintf(prefix, sizeof(prefix), STR_FMT "-", STR_ARG(meta(set, "name")));
	snprintf(index, sizeof(index), "%" PRId64, ordinal);
	tree_set_str(pod, "apiVersion", STR("v1"));
	tree_set_str(pod, "kind", STR("Pod"));
	m = tree_want(pod, "metadata");
	tree_set_str(m, "name", str_of(name));
	tree_set_str(m, "generateName", str_of(prefix));
	labels = tree_want(m, "labels");
	tree_set(labels, STR("controller-revision-hash"), tree_text(revision));
	tree_set(labels, STR("statefulset.kubernetes.io/pod-name"), tree_text(str_of(name)));
	tree_set(labels, STR("apps.kubernetes.io/pod-index"), tree_text(str_of(index)));
	tree_push(tree_set(m, STR("ownerReferences"), tree_array()),
	    owner_reference(set, STR("apps/v1"), STR("StatefulSet")));
	tree_set_str(pod, "spec.hostname", str_of(name));
	if (tree_str_at(set, "spec.serviceName").len > 0)
		tree_set_str(pod, "spec.subdomain", tree_str_at(set, "spec.serviceName"));
	all = volumes(set, tree_at(pod, "spec.volumes"), ordinal);
	tree_set(tree_want(pod, "spec"), STR("volumes"), all);
	registry_create(c->registry, c->pod, meta(set, "namespace"), pod, &by_us);
}
