/*
 * controller_schedule.c - the scheduler: a node for every pod, or why there is none.
 *
 * The words are those of kube-scheduler 1.36, odd ones included: people and
 * programs search for them.
 */
#include "tests/fake/controller_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct registry_write by_us = { .manager = STR_INIT("kube-scheduler") };

#define SEEN_MAX 32

struct tally {                   /* how many nodes had which reason */
	const char *reason[SEEN_MAX];
	int         count[SEEN_MAX], kinds;
};

static void
tally_add(struct tally *t, const char *reason)
{
	int i = 0;

	while (i < t->kinds && strcmp(t->reason[i], reason) != 0)
		i++;
	if (i == SEEN_MAX)
		return;
	if (i == t->kinds) {
		t->reason[i] = reason;
		t->count[i] = 0;
		t->kinds++;
	}
	t->count[i]++;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* "1 Insufficient cpu, 2 node(s) had untolerated taint(s)": sorted as texts. */
static void
tally_print(const struct tally *t, struct out *o)
{
	char lines[SEEN_MAX][128];

	for (int i = 0; i < t->kinds; i++)
		snprintf(lines[i], sizeof(lines[i]), "%d %s", t->count[i], t->reason[i]);
	qsort(lines, (size_t)t->kinds, sizeof(lines[0]), by_text);
	for (int i = 0; i < t->kinds; i++)
		OUT(o, i > 0 ? STR(", ") : STR(""), str_of(lines[i]));
}

static void
refuse(struct controllers *c, const struct tree *pod, struct str message)
{
	struct tree *status = tree_object(), *list, *cond = tree_object();
	const struct tree *old = condition(pod, STR("PodScheduled"));

	list = tree_set(status, STR("conditions"), tree_array());
	tree_set(cond, STR("lastProbeTime"), tree_null());
	if (tree_str_is(old, "status", STR("False")))
		tree_set(cond, STR("lastTransitionTime"), tree_copy(tree_get(old, STR("lastTransitionTime"))));
	else
		set_time(cond, "lastTransitionTime");
	tree_set_str(cond, "message", message);
	tree_set_str(cond, "reason", STR("Unschedulable"));
	tree_set_str(cond, "status", STR("False"));
	tree_set_str(cond, "type", STR("PodScheduled"));
	tree_push(list, cond);
	put_status(c, c->pod, pod, status, by_us.manager);
}

/* Why no node is even looked at; empty: nothing stands against it. */
static void
check_claims(struct controllers *c, const struct tree *pod, bool *waits, struct out *why)
{
	struct str ns = meta(pod, "namespace");

	*waits = false;
	TREE_EACH(v, tree_at(pod, "spec.volumes")) {
		struct str name = tree_str_at(v, "persistentVolumeClaim.claimName");
		const struct tree *claim, *class;

		if (name.len == 0)
			continue;
		claim = registry_find(c->registry, c->claim, ns, name);
		class = registry_find(c->registry, c->storage_class, STR_NONE, tree_str_at(claim, "spec.storageClassName"));
		if (claim == NULL)
			OUT(why, STR("persistentvolumeclaim \""), name, STR("\" not found"));
		else if (is_deleting(claim))
			OUT(why, STR("persistentvolumeclaim \""), name, STR("\" is being deleted"));
		else if (tree_str_is(claim, "status.phase", STR("Bound")))
			continue;
		else if (!tree_str_is(class, "volumeBindingMode", STR("WaitForFirstConsumer")))
			OUT(why, STR("pod has unbound immediate PersistentVolumeClaims"));
		else {
			*waits = true;
			continue;
		}
		return;
	}
}

/* The volumes are to be made for this node; the pod follows when they are bound. */
static void
select_node(struct controllers *c, const struct tree *pod, struct str node)
{
	struct str ns = meta(pod, "namespace");

	TREE_EACH(v, tree_at(pod, "spec.volumes")) {
		struct str name = tree_str_at(v, "persistentVolumeClaim.claimName");
		const struct tree *claim = registry_find(c->registry, c->claim, ns, name);
		struct tree *patch;

		if (claim == NULL || tree_str_is(claim, "status.phase", STR("Bound")) ||
		    tree_get(tree_at(claim, "metadata.annotations"), STR("volume.kubernetes.io/selected-node")) != NULL)
			continue;
		patch = tree_object();
		tree_set(tree_want(patch, "metadata.annotations"), STR("volume.kubernetes.io/selected-node"),
		    tree_text(node));
		registry_merge(c->registry, c->claim, ns, name, patch, &by_us);
	}
}

static struct str
selected_node(struct controllers *c, const struct tree *pod)
{
	TREE_EACH(v, tree_at(pod, "spec.volumes")) {
		const struct tree *claim = registry_find(c->registry, c->claim, meta(pod, "namespace"),
		    tree_str_at(v, "persistentVolumeClaim.claimName"));
		struct str node = tree_str(tree_get(tree_at(claim, "metadata.annotations"),
		    STR("volume.kubernetes.io/selected-node")));

		if (node.len > 0)
			return node;
	}
	return STR_NONE;
}

static int
load_of(const struct tree *node, const struct list *pods)
{
	int n = 0;

	for (int i = 0; i < pods->count; i++)
		n += tree_str_is(pods->at[i], "spec.nodeName", meta(node, "name"));
	return n;
}

/* The emptiest of those that fit; NULL: `why` says it for all. */
static const struct tree *
choose(struct controllers *c, const struct tree *pod, const struct list *nodes, const struct list *pods,
    struct out *why)
{
	struct str selected = selected_node(c, pod);
	struct tally reasons = { 0 }, help = { 0 };
	const struct tree *best = NULL;

	for (int i = 0; i < nodes->count; i++) {
		struct fit f;

		fit_check(c, pod, nodes->at[i], pods, &f);
		for (int k = 0; k < f.count; k++)
			tally_add(&reasons, f.reasons[k]);
		if (f.count > 0)
			tally_add(&help, f.hopeless ? "Preemption is not helpful for scheduling" :
			    "No preemption victims found for incoming pod");
		else if (best == NULL || str_eq(meta(nodes->at[i], "name"), selected) ||
		    (!str_eq(meta(best, "name"), selected) && load_of(nodes->at[i], pods) < load_of(best, pods)))
			best = nodes->at[i];
	}
	if (best != NULL)
		return best;
	tally_print(&reasons, why);
	OUT(why, STR(". no new claims to deallocate, preemption: 0/"));
	out_int(why, nodes->count);
	OUT(why, STR(" nodes are available: "));
	tally_print(&help, why);
	OUT(why, STR("."));
	return NULL;
}

static void
schedule(struct controllers *c, const struct tree *pod, const struct list *nodes, const struct list *pods)
{
	char text[2048], claims[512];
	struct out why = out_over(text, sizeof(text)), unbound = out_over(claims, sizeof(claims));
	const struct tree *node;
	bool waits;

	if (nodes->count == 0) {
		refuse(c, pod, STR("no nodes available to schedule pods"));
		return;
	}
	OUT(&why, STR("0/"));
	out_int(&why, nodes->count);
	OUT(&why, STR(" nodes are available: "));
	check_claims(c, pod, &waits, &unbound);
	if (unbound.len > 0) {
		OUT(&why, out_view(&unbound), STR(". not found"));
		refuse(c, pod, out_view(&why));
		return;
	}
	node = choose(c, pod, nodes, pods, &why);
	if (node == NULL)
		refuse(c, pod, out_view(&why));
	else if (waits)
		select_node(c, pod, meta(node, "name"));
	else
		registry_bind(c->registry, meta(pod, "namespace"), meta(pod, "name"), meta(node, "name"));
}

void
pod_look(struct controllers *c, struct str ns, struct str name)
{
	const struct tree *pod = registry_find(c->registry, c->pod, ns, name);
	struct list nodes, pods;

	if (pod == NULL || is_deleting(pod) || tree_str_at(pod, "spec.nodeName").len > 0 ||
	    tree_item(tree_at(pod, "spec.schedulingGates"), 0) != NULL)
		return;
	list_read(c, c->node, STR_NONE, &nodes);
	list_read(c, c->pod, STR_NONE, &pods);
	schedule(c, pod, &nodes, &pods);
	list_free(&nodes);
	list_free(&pods);
}
