/*
 * controller_revision.c - ControllerRevisions: the templates that a StatefulSet has had.
 *
 * Names are those that Kubernetes gives: a hash of the template as JSON with
 * sorted keys, in letters that make no words.
 */
#include "tests/fake/controller_inner.h"

#include <stdio.h>
#include <stdlib.h>

static const struct registry_write by_us = { .manager = STR_INIT("kube-controller-manager") };

/* FNV-1 of the text and of the collision count 0. */
static void
hash_name(struct str json, char name[16])
{
	uint32_t h = 2166136261u;
	char     digits[16];
	int      len;

	for (size_t i = 0; i <= json.len; i++)
		h = h * 16777619u ^ (unsigned char)(i < json.len ? json.at[i] : '0');
	len = snprintf(digits, sizeof(digits), "%u", h);
	for (int i = 0; i <= len; i++)
		name[i] = i < len ? "bcdfghjklmnpqrstvwxz2456789"[digits[i] % 27] : 0;
}

static struct tree *
patch_of(const struct tree *set)
{
	struct tree *data = tree_object();
	struct tree *t = tree_set_at(data, "spec.template", tree_copy(tree_at(set, "spec.template")));

	tree_drop_at(t, "metadata.creationTimestamp");
	tree_set(t, STR("$patch"), tree_text(STR("replace")));
	tree_sort(data);
	return data;
}

static bool
create(struct controllers *c, const struct tree *set, struct tree *data, const char *name, const char *hash,
    int64_t number)
{
	struct tree *r = tree_of("{'apiVersion':'apps/v1','kind':'ControllerRevision'}");
	struct tree *m = tree_want(r, "metadata");
	struct reply reply;

	tree_set(r, STR("data"), data);
	tree_set_str(m, "name", str_of(name));
	set_labels(tree_want(m, "labels"), tree_at(set, "spec.template.metadata.labels"));
	tree_set(tree_want(m, "labels"), STR("controller.kubernetes.io/hash"), tree_text(str_of(hash)));
	if (tree_at(set, "metadata.annotations") != NULL)
		set_labels(tree_want(m, "annotations"), tree_at(set, "metadata.annotations"));
	tree_push(tree_set(m, STR("ownerReferences"), tree_array()),
	    owner_reference(set, STR("apps/v1"), STR("StatefulSet")));
	tree_set_int(r, "revision", number);
	reply = registry_create(c->registry, c->revision, meta(set, "namespace"), r, &by_us);
	return REPLY_OK(reply);
}

static int64_t
latest(struct controllers *c, const struct tree *set)
{
	struct list l;
	int64_t n = 0;

	list_read(c, c->revision, meta(set, "namespace"), &l);
	for (int i = 0; i < l.count; i++)
		if (is_owned(l.at[i], meta(set, "uid")) && tree_int_at(l.at[i], "revision", 0) > n)
			n = tree_int_at(l.at[i], "revision", 0);
	list_free(&l);
	return n;
}

bool
revisions_of(struct controllers *c, const struct tree *set, struct revisions *r)
{
	struct tree *data = patch_of(set);
	struct str   json = tree_text_of(data), ns = meta(set, "namespace");
	const struct tree *old;
	char hash[16];
	int64_t number = latest(c, set);

	hash_name(json, hash);
	free((void *)(uintptr_t)json.at);
	snprintf(r->update, sizeof(r->update), STR_FMT "-%s", STR_ARG(meta(set, "name")), hash);
	snprintf(r->current, sizeof(r->current), STR_FMT, STR_ARG(tree_str_at(set, "status.currentRevision")));
	if (r->current[0] == 0)
		snprintf(r->current, sizeof(r->current), "%s", r->update);
	old = registry_find(c->registry, c->revision, ns, str_of(r->update));
	if (old == NULL)
		return create(c, set, data, r->update, hash, number + 1);
	tree_free(data);
	if (tree_int_at(old, "revision", 0) < number) {       /* back to a template of before */
		struct tree *patch = tree_object();

		tree_set_int(patch, "revision", number + 1);
		registry_merge(c->registry, c->revision, ns, str_of(r->update), patch, &by_us);
	}
	return true;
}

struct tree *
revision_template(struct controllers *c, const struct tree *set, struct str revision)
{
	struct tree *t = tree_copy(tree_at(registry_find(c->registry, c->revision, meta(set, "namespace"), revision),
	    "data.spec.template"));

	if (t != NULL)
		tree_drop(t, STR("$patch"));
	return t;
}
