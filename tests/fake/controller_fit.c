/* controller_fit.c - does a pod fit on a node?  The first plugin that says no decides. */
#include "tests/fake/controller_inner.h"

#include <string.h>

#include "tests/fake/selector.h"

static void
no(struct fit *f, const char *reason, bool hopeless)
{
	f->reasons[f->count++] = reason;
	f->hopeless = hopeless;
}

static bool
tolerates(const struct tree *pod, const struct tree *taint)
{
	TREE_EACH(t, tree_at(pod, "spec.tolerations")) {
		struct str key = tree_str_at(t, "key"), effect = tree_str_at(t, "effect");
		bool exists = tree_str_is(t, "operator", STR("Exists"));

		if ((effect.len == 0 || tree_str_is(taint, "effect", effect)) &&
		    ((key.len == 0 && exists) || tree_str_is(taint, "key", key)) &&
		    (exists || str_eq(tree_str_at(t, "value"), tree_str_at(taint, "value"))))
			return true;
	}
	return false;
}

static bool
taints_are_fine(const struct tree *pod, const struct tree *node)
{
	TREE_EACH(taint, tree_at(node, "spec.taints"))
		if (!tree_str_is(taint, "effect", STR("PreferNoSchedule")) && !tolerates(pod, taint))
			return false;
	return true;
}

static bool
expression_holds(const struct tree *e, struct str value, bool there)
{
	struct str how = tree_str_at(e, "operator");
	int64_t a, b;
	bool in = false;

	if (str_eq(how, STR("Exists")))
		return there;
	if (str_eq(how, STR("DoesNotExist")))
		return !there;
	if (str_eq(how, STR("Gt")) || str_eq(how, STR("Lt")))
		return there && str_i64(value, &a) && str_i64(tree_str(tree_item(tree_get(e, STR("values")), 0)), &b) &&
		    (str_eq(how, STR("Gt")) ? a > b : a < b);
	TREE_EACH(v, tree_get(e, STR("values")))
		in |= there && str_eq(tree_str(v), value);
	return str_eq(how, STR("NotIn")) ? !in : in;
}

static bool
term_holds(const struct tree *term, const struct tree *node)
{
	const struct tree *labels = tree_at(node, "metadata.labels");
	bool any = false;

	TREE_EACH(e, tree_get(term, STR("matchExpressions"))) {
		const struct tree *l = tree_get(labels, tree_str_at(e, "key"));

		any = true;
		if (!expression_holds(e, tree_str(l), l != NULL))
			return false;
	}
	TREE_EACH(e, tree_get(term, STR("matchFields"))) {
		any = true;
		if (!expression_holds(e, meta(node, "name"), true))
			return false;
	}
	return any;
}

static bool
terms_hold(const struct tree *terms, const struct tree *node)
{
	if (terms == NULL)
		return true;
	TREE_EACH(term, terms)
		if (term_holds(term, node))
			return true;
	return false;
}

static bool
node_is_wanted(const struct tree *pod, const struct tree *node)
{
	TREE_EACH(l, tree_at(pod, "spec.nodeSelector")) {
		const struct tree *have = tree_get(tree_at(node, "metadata.labels"), l->key);

		if (have == NULL || !str_eq(tree_str(have), tree_str(l)))
			return false;
	}
	return terms_hold(tree_at(pod,
	    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"), node);
}

static int64_t
request_of(const struct tree *containers, const char *resource, bool most)
{
	int64_t total = 0;

	TREE_EACH(c, containers) {
		const struct tree *q = tree_get(tree_at(c, "resources.requests"), str_of(resource));
		int64_t v = 0;

		if (q == NULL || !quantity_value(q->text, &v))
			continue;
		total = !most ? total + v : v > total ? v : total;
	}
	return total;
}

static int64_t
request(const struct tree *pod, const char *resource)
{
	int64_t run = request_of(tree_at(pod, "spec.containers"), resource, false);
	int64_t init = request_of(tree_at(pod, "spec.initContainers"), resource, true);

	return run > init ? run : init;
}

static bool
runs_on(const struct tree *pod, const struct tree *node)
{
	return str_eq(tree_str_at(pod, "spec.nodeName"), meta(node, "name")) && !is_finished(pod);
}

static void
resources_fit(const struct tree *pod, const struct tree *node, const struct list *pods, struct fit *f)
{
	static const char *const what[][2] = {
		{ "cpu", "Insufficient cpu" }, { "memory", "Insufficient memory" },
		{ "ephemeral-storage", "Insufficient ephemeral-storage" },
	};
	const struct tree *room = tree_at(node, "status.allocatable");
	int64_t most, used, count = 0;
	bool hopeless = false;

	for (int i = 0; i < pods->count; i++)
		count += runs_on(pods->at[i], node);
	if (tree_get(room, STR("pods")) != NULL && quantity_value(tree_get(room, STR("pods"))->text, &most) &&
	    (count + 1) * 1000 > most)
		no(f, "Too many pods", false);
	for (size_t k = 0; k < sizeof(what) / sizeof(what[0]); k++) {
		const struct tree *q = tree_get(room, str_of(what[k][0]));
		int64_t want = request(pod, what[k][0]);

		if (want == 0)
			continue;
		most = used = 0;
		if (q != NULL)
			quantity_value(q->text, &most);
		for (int i = 0; i < pods->count; i++)
			used += runs_on(pods->at[i], node) ? request(pods->at[i], what[k][0]) : 0;
		if (used + want > most) {
			hopeless |= want > most;
			no(f, what[k][1], hopeless);
		}
	}
}

static struct str
domain(const struct tree *node, struct str key)
{
	return tree_str(tree_get(tree_at(node, "metadata.labels"), key));
}

static bool
term_selects(const struct tree *term, struct str home, const struct tree *other)
{
	bool here = tree_get(term, STR("namespaces")) == NULL && str_eq(meta(other, "namespace"), home);

	TREE_EACH(ns, tree_get(term, STR("namespaces")))
		here |= str_eq(tree_str(ns), meta(other, "namespace"));
	return here &&
	    selector_object_matches(tree_get(term, STR("labelSelector")), tree_at(other, "metadata.labels"));
}

#define REQUIRED "requiredDuringSchedulingIgnoredDuringExecution"

/* Is a pod that this term selects in the node's domain? */
static bool
someone_near(struct controllers *c, const struct tree *term, struct str home, const struct tree *node,
    const struct list *pods)
{
	struct str key = tree_str_at(term, "topologyKey"), here = domain(node, key);

	for (int i = 0; here.len > 0 && i < pods->count; i++) {
		const struct tree *other = registry_find(c->registry, c->node, STR_NONE,
		    tree_str_at(pods->at[i], "spec.nodeName"));

		if (other != NULL && !is_finished(pods->at[i]) && str_eq(domain(other, key), here) &&
		    term_selects(term, home, pods->at[i]))
			return true;
	}
	return false;
}

/* Does a pod of the node's domain want nobody like this one near? */
static bool
someone_objects(struct controllers *c, const struct tree *pod, const struct tree *node,
    const struct list *pods)
{
	for (int i = 0; i < pods->count; i++) {
		const struct tree *other = pods->at[i];
		const struct tree *at = registry_find(c->registry, c->node, STR_NONE,
		    tree_str_at(other, "spec.nodeName"));

		TREE_EACH(term, at == NULL || is_finished(other) ? NULL :
		    tree_at(other, "spec.affinity.podAntiAffinity." REQUIRED)) {
			struct str key = tree_str_at(term, "topologyKey");

			if (domain(at, key).len > 0 && str_eq(domain(at, key), domain(node, key)) &&
			    term_selects(term, meta(other, "namespace"), pod))
				return true;
		}
	}
	return false;
}

/* The first pod of a group that wants to be together may go anywhere. */
static bool
is_first_of(const struct tree *term, const struct tree *pod, const struct list *pods)
{
	struct str home = meta(pod, "namespace");

	for (int i = 0; i < pods->count; i++)
		if (tree_str_at(pods->at[i], "spec.nodeName").len > 0 && term_selects(term, home, pods->at[i]))
			return false;
	return term_selects(term, home, pod);
}

static void
pods_agree(struct controllers *c, const struct tree *pod, const struct tree *node, const struct list *pods,
    struct fit *f)
{
	struct str home = meta(pod, "namespace");

	TREE_EACH(term, tree_at(pod, "spec.affinity.podAffinity." REQUIRED))
		if (f->count == 0 && !is_first_of(term, pod, pods) && !someone_near(c, term, home, node, pods))
			no(f, "node(s) didn't match pod affinity rules", true);
	TREE_EACH(term, tree_at(pod, "spec.affinity.podAntiAffinity." REQUIRED))
		if (f->count == 0 && someone_near(c, term, home, node, pods))
			no(f, "node(s) didn't match pod anti-affinity rules", false);
	if (f->count == 0 && someone_objects(c, pod, node, pods))
		no(f, "node(s) didn't satisfy existing pods anti-affinity rules", false);
}

static bool
ports_are_free(const struct tree *pod, const struct tree *node, const struct list *pods)
{
	TREE_EACH(c, tree_at(pod, "spec.containers"))
		TREE_EACH(p, tree_get(c, STR("ports"))) {
			int64_t port = tree_int_at(p, "hostPort", 0);

			for (int i = 0; port > 0 && i < pods->count; i++)
				TREE_EACH(oc, runs_on(pods->at[i], node) ? tree_at(pods->at[i], "spec.containers") : NULL)
					TREE_EACH(op, tree_get(oc, STR("ports")))
						if (tree_int_at(op, "hostPort", 0) == port)
							return false;
		}
	return true;
}

/* Volumes that are bound already may be on some nodes only. */
static bool
volumes_are_here(struct controllers *c, const struct tree *pod, const struct tree *node)
{
	TREE_EACH(v, tree_at(pod, "spec.volumes")) {
		const struct tree *claim = registry_find(c->registry, c->claim, meta(pod, "namespace"),
		    tree_str_at(v, "persistentVolumeClaim.claimName"));
		const struct tree *volume = registry_find(c->registry, c->volume, STR_NONE,
		    tree_str_at(claim, "spec.volumeName"));

		if (!terms_hold(tree_at(volume, "spec.nodeAffinity.required.nodeSelectorTerms"), node))
			return false;
	}
	return true;
}

void
fit_check(struct controllers *c, const struct tree *pod, const struct tree *node, const struct list *pods,
    struct fit *f)
{
	*f = (struct fit){ 0 };
	if (tree_true_at(node, "spec.unschedulable"))
		no(f, "node(s) were unschedulable", true);
	else if (!taints_are_fine(pod, node))
		no(f, "node(s) had untolerated taint(s)", true);
	else if (!node_is_wanted(pod, node))
		no(f, "node(s) didn't match Pod's node affinity/selector", true);
	else if (!ports_are_free(pod, node, pods))
		no(f, "node(s) didn't have free ports for the requested pod ports", false);
	if (f->count == 0)
		resources_fit(pod, node, pods, f);
	if (f->count == 0 && !volumes_are_here(c, pod, node))
		no(f, "node(s) didn't match PersistentVolume's node affinity", true);
	if (f->count == 0)
		pods_agree(c, pod, node, pods, f);
}
