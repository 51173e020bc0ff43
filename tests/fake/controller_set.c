/*
 * controller_set.c - StatefulSets: pods by number, in order or all at once.
 *
 * One look goes as far as it may: in order, a pod that is missing, not ready
 * or on its way out stops it; the event that changes this brings it back.
 */
#include "tests/fake/controller_inner.h"

#include <stdlib.h>
#include <string.h>

#define ORDINALS_MAX 20000

struct set {
	const struct tree  *tree;
	struct revisions    revisions;
	const struct tree **pods;        /* by ordinal; NULL: not there */
	int64_t             want, start, end;    /* ordinals [start, start+want) belong, [.., end) exist */
	bool                in_order, rolling;
	int64_t             partition;
};

static bool
is_ready(const struct tree *pod)
{
	return pod != NULL && phase_is(pod, STR("Running")) && condition_is(pod, STR("Ready"), STR("True"));
}

static bool
is_healthy(const struct tree *pod)
{
	return is_ready(pod) && !is_deleting(pod);
}

static struct str
revision_of(const struct tree *pod)
{
	return tree_str(tree_get(tree_at(pod, "metadata.labels"), STR("controller-revision-hash")));
}

static int64_t
ordinal_of(const struct tree *set, const struct tree *pod)
{
	struct str name = meta(pod, "name"), base = meta(set, "name");
	uint64_t n;

	if (!str_starts(name, base) || name.len <= base.len + 1 || name.at[base.len] != '-' ||
	    !str_u64(str_from(name, base.len + 1), &n) || n >= ORDINALS_MAX)
		return -1;
	return (int64_t)n;
}

static void
gather(struct controllers *c, struct set *s)
{
	struct list l;

	list_read(c, c->pod, meta(s->tree, "namespace"), &l);
	s->end = s->start + s->want;
	for (int i = 0; i < l.count; i++)
		if (is_owned(l.at[i], meta(s->tree, "uid")) && ordinal_of(s->tree, l.at[i]) >= s->end)
			s->end = ordinal_of(s->tree, l.at[i]) + 1;
	s->pods = calloc((size_t)s->end + 1, sizeof(*s->pods));
	for (int i = 0; i < l.count; i++)
		if (is_owned(l.at[i], meta(s->tree, "uid")) && ordinal_of(s->tree, l.at[i]) >= 0)
			s->pods[ordinal_of(s->tree, l.at[i])] = l.at[i];
	list_free(&l);
}

static bool
read_set(struct controllers *c, const struct tree *t, struct set *s)
{
	*s = (struct set){ .tree = t };
	s->want = tree_int_at(t, "spec.replicas", 1);
	s->start = tree_int_at(t, "spec.ordinals.start", 0);
	s->in_order = !tree_str_is(t, "spec.podManagementPolicy", STR("Parallel"));
	s->rolling = !tree_str_is(t, "spec.updateStrategy.type", STR("OnDelete"));
	s->partition = tree_int_at(t, "spec.updateStrategy.rollingUpdate.partition", 0);
	if (s->want < 0 || s->start < 0 || s->start + s->want > ORDINALS_MAX || !revisions_of(c, t, &s->revisions))
		return false;
	gather(c, s);
	return true;
}

/* All pods of it, also those that are to go. */
static void
report(struct controllers *c, const struct set *s)
{
	struct tree *status = tree_object();
	int64_t replicas = 0, ready = 0, current = 0, updated = 0;
	const char *now = s->revisions.current;

	for (int64_t i = 0; i < s->end; i++) {
		if (s->pods[i] == NULL)
			continue;
		replicas++;
		ready += is_ready(s->pods[i]);
		if (is_deleting(s->pods[i]))
			continue;
		current += str_eq(revision_of(s->pods[i]), str_of(s->revisions.current));
		updated += str_eq(revision_of(s->pods[i]), str_of(s->revisions.update));
	}
	if (s->rolling && updated == replicas && ready == replicas && updated == s->want && s->partition == 0) {
		now = s->revisions.update;
		current = updated;
	}
	tree_set_int(status, "observedGeneration", tree_int_at(s->tree, "metadata.generation", 0));
	tree_set_int(status, "replicas", replicas);
	tree_set(status, STR("readyReplicas"), ready > 0 ? tree_int(ready) : tree_null());
	tree_set_int(status, "availableReplicas", ready);
	tree_set(status, STR("currentReplicas"), current > 0 ? tree_int(current) : tree_null());
	tree_set(status, STR("updatedReplicas"), updated > 0 ? tree_int(updated) : tree_null());
	tree_set_str(status, "currentRevision", str_of(now));
	tree_set_str(status, "updateRevision", str_of(s->revisions.update));
	tree_set_int(status, "collisionCount", 0);
	put_status(c, c->set, s->tree, status, STR("kube-controller-manager"));
}

/* Its tree is not to be looked at any more. */
static void
remove_pod(struct controllers *c, const struct set *s, int64_t i)
{
	struct registry_delete d = { .uid = meta(s->pods[i], "uid") };

	registry_delete(c->registry, c->pod, meta(s->pods[i], "namespace"), meta(s->pods[i], "name"), &d);
	s->pods[i] = NULL;
}

static struct str
revision_for(const struct set *s, int64_t ordinal)
{
	bool before = s->rolling && tree_at(s->tree, "spec.updateStrategy.rollingUpdate.partition") != NULL &&
	    ordinal < s->start + s->partition;

	return str_of(before ? s->revisions.current : s->revisions.update);
}

/* False: the look ends here. */
static bool
tend(struct controllers *c, const struct set *s, int64_t i)
{
	const struct tree *pod = s->pods[i];

	if (pod == NULL) {
		set_make_claims(c, s->tree, i);
		set_make_pod(c, s->tree, i, revision_for(s, i));
		return !s->in_order;
	}
	if (is_finished(pod)) {
		if (!is_deleting(pod))
			remove_pod(c, s, i);
		return !s->in_order;
	}
	if (phase_is(pod, STR("Pending")))
		set_make_claims(c, s->tree, i);
	return !s->in_order || is_healthy(pod);
}

static const struct tree *
first_unhealthy(const struct set *s)
{
	for (int64_t i = s->start; i < s->end; i++)
		if (s->pods[i] != NULL && !is_healthy(s->pods[i]))
			return s->pods[i];
	return NULL;
}

/* From the highest down; in order: one at a time, and only while the others are healthy. */
static bool
condemn(struct controllers *c, const struct set *s, int64_t i)
{
	const struct tree *pod = s->pods[i];

	if (pod == NULL)
		return true;
	if (is_deleting(pod))
		return !s->in_order;
	if (s->in_order && !is_ready(pod) && pod != first_unhealthy(s))
		return false;
	remove_pod(c, s, i);
	return !s->in_order;
}

/* The highest pod of an old revision goes, when all above are well. */
static void
roll(struct controllers *c, const struct set *s)
{
	for (int64_t i = s->start + s->want - 1; i >= s->start + s->partition; i--) {
		const struct tree *pod = s->pods[i];

		if (pod != NULL && !is_deleting(pod) && !str_eq(revision_of(pod), str_of(s->revisions.update))) {
			remove_pod(c, s, i);
			return;
		}
		if (!is_healthy(pod))
			return;
	}
}

static void
tend_all(struct controllers *c, const struct set *s)
{
	for (int64_t i = s->start; i < s->start + s->want; i++)
		if (!tend(c, s, i))
			return;
	for (int64_t i = s->end - 1; i >= s->start + s->want; i--)
		if (!condemn(c, s, i))
			return;
	if (s->rolling)
		roll(c, s);
}

void
set_look(struct controllers *c, struct str ns, struct str name)
{
	const struct tree *t = registry_find(c->registry, c->set, ns, name);
	struct tree *own;
	struct set   s;

	if (t == NULL)
		return;
	/* What the registry gives is valid until the next write, and this writes. */
	own = tree_copy(t);
	if (read_set(c, own, &s)) {
		if (!is_deleting(own))
			tend_all(c, &s);
		free(s.pods);
		gather(c, &s);
		report(c, &s);
		free(s.pods);
	}
	tree_free(own);
}
