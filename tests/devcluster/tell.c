/* tell.c - how the cluster comes up: one line for every fact, with the seconds since the start. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "tests/devcluster/devcluster.h"
#include "tests/fake/registry.h"

void
dev_tell_line(struct dev_tell *t, const char *format, ...)
{
	va_list args;

	printf("%7.3f s  ", (double)(loop_now_ms() - t->began_ms) / 1000);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static const struct tree *
condition(const struct tree *o, struct str type)
{
	TREE_EACH(c, tree_at(o, "status.conditions"))
		if (tree_str_is(c, "type", type))
			return c;
	return NULL;
}

static bool
is_true(const struct tree *o, struct str type)
{
	return tree_str_is(condition(o, type), "status", STR("True"));
}

static struct str
ns_of(const struct tree *o)
{
	return tree_str_at(o, "metadata.namespace");
}

static struct str
name_of(const struct tree *o)
{
	return tree_str_at(o, "metadata.name");
}

/* True: this text is there now and was not before. */
static bool
is_new(const struct tree *old, const struct tree *new, const char *at)
{
	return tree_str_at(new, at).len > 0 && !str_eq(tree_str_at(old, at), tree_str_at(new, at));
}

static void
tell_waiting(struct dev_tell *t, const struct tree *old, const struct tree *new, const char *statuses)
{
	const struct tree *was = tree_at(old, statuses);
	int i = 0;

	TREE_EACH(c, tree_at(new, statuses)) {
		struct str why = tree_str_at(c, "state.waiting.reason");

		if (why.len > 0 && !str_eq(why, tree_str_at(tree_item(was, i), "state.waiting.reason")) &&
		    !str_eq(why, STR("PodInitializing")) && !str_eq(why, STR("ContainerCreating")))
			dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " waits: " STR_FMT ": " STR_FMT, STR_ARG(ns_of(new)),
			    STR_ARG(name_of(new)), STR_ARG(why), STR_ARG(tree_str_at(c, "state.waiting.message")));
		i++;
	}
}

static void
tell_pod(struct dev_tell *t, const struct tree *old, const struct tree *new)
{
	struct str ns = ns_of(new), name = name_of(new);
	const struct tree *scheduled = condition(new, STR("PodScheduled"));

	if (is_new(old, new, "spec.nodeName"))
		dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " scheduled to " STR_FMT, STR_ARG(ns), STR_ARG(name),
		    STR_ARG(tree_str_at(new, "spec.nodeName")));
	else if (tree_str_is(scheduled, "status", STR("False")) &&
	    !str_eq(tree_str_at(scheduled, "message"), tree_str_at(condition(old, STR("PodScheduled")), "message")))
		dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " waits: " STR_FMT, STR_ARG(ns), STR_ARG(name),
		    STR_ARG(tree_str_at(scheduled, "message")));
	if (is_new(old, new, "status.phase") && tree_str_is(new, "status.phase", STR("Running")))
		dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " running at " STR_FMT, STR_ARG(ns), STR_ARG(name),
		    STR_ARG(tree_str_at(new, "status.podIP")));
	if (is_true(new, STR("Ready")) != is_true(old, STR("Ready")))
		dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " %s", STR_ARG(ns), STR_ARG(name),
		    is_true(new, STR("Ready")) ? "ready" : "not ready");
	tell_waiting(t, old, new, "status.initContainerStatuses");
	tell_waiting(t, old, new, "status.containerStatuses");
	if (tree_at(old, "metadata.deletionTimestamp") == NULL && tree_at(new, "metadata.deletionTimestamp") != NULL)
		dev_tell_line(t, "pod " STR_FMT "/" STR_FMT " is being ended", STR_ARG(ns), STR_ARG(name));
}

static void
tell_cluster(struct dev_tell *t, enum registry_event e, const struct tree *old, const struct tree *new)
{
	if (is_new(old, new, "status.state"))
		dev_tell_line(t, "AIStore " STR_FMT "/" STR_FMT " state " STR_FMT, STR_ARG(ns_of(new)),
		    STR_ARG(name_of(new)), STR_ARG(tree_str_at(new, "status.state")));
	TREE_EACH(c, tree_at(new, "status.conditions")) {
		const struct tree *was = condition(old, tree_str_at(c, "type"));

		if (tree_str_is(was, "status", tree_str_at(c, "status")) &&
		    tree_str_is(was, "reason", tree_str_at(c, "reason")) &&
		    tree_str_is(was, "message", tree_str_at(c, "message")))
			continue;
		dev_tell_line(t, "AIStore " STR_FMT "/" STR_FMT " condition " STR_FMT "=" STR_FMT " " STR_FMT ": " STR_FMT,
		    STR_ARG(ns_of(new)), STR_ARG(name_of(new)), STR_ARG(tree_str_at(c, "type")),
		    STR_ARG(tree_str_at(c, "status")), STR_ARG(tree_str_at(c, "reason")),
		    STR_ARG(tree_str_at(c, "message")));
	}
	t->clusters += (e == REGISTRY_ADDED) - (e == REGISTRY_DELETED);
	t->ready += (e != REGISTRY_DELETED && is_true(new, STR("Ready"))) - is_true(old, STR("Ready"));
	t->moved(t);
}

static void
tell_event(struct dev_tell *t, const struct tree *e)
{
	const struct tree *about = tree_get(e, STR("regarding"));

	if (about == NULL)
		about = tree_get(e, STR("involvedObject"));
	dev_tell_line(t, "event " STR_FMT " " STR_FMT " for " STR_FMT " " STR_FMT ": " STR_FMT,
	    STR_ARG(tree_str_at(e, "type")), STR_ARG(tree_str_at(e, "reason")), STR_ARG(tree_str_at(about, "kind")),
	    STR_ARG(tree_str_at(about, "name")),
	    STR_ARG(tree_get(e, STR("note")) != NULL ? tree_str_at(e, "note") : tree_str_at(e, "message")));
}

/* What nobody would miss. */
static bool
is_noise(const struct resource *k, const struct tree *o)
{
	static const char *const kinds[] = { "Lease", "EndpointSlice", "ControllerRevision", "Namespace",
		"CustomResourceDefinition", "StorageClass", "PersistentVolume" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(k->kind, str_of(kinds[i])))
			return true;
	return str_eq(name_of(o), STR("kube-root-ca.crt")) || str_eq(name_of(o), STR("default"));
}

static void
changed(const struct resource *k, enum registry_event e, const struct tree *old, const struct tree *new,
    void *owner)
{
	struct dev_tell *t = owner;

	/* Events are there twice, in core and in their own group. */
	if (str_eq(k->kind, STR("Event"))) {
		if (e == REGISTRY_ADDED && k->group.len > 0)
			tell_event(t, new);
		return;
	}
	if (is_noise(k, new))
		return;
	if (e != REGISTRY_MODIFIED)
		dev_tell_line(t, STR_FMT " " STR_FMT "%s" STR_FMT " %s", STR_ARG(k->kind), STR_ARG(ns_of(new)),
		    k->namespaced ? "/" : "", STR_ARG(name_of(new)), e == REGISTRY_ADDED ? "created" : "deleted");
	if (str_eq(k->kind, STR("AIStore")))
		tell_cluster(t, e, old, new);
	else if (str_eq(k->kind, STR("Pod")) && e != REGISTRY_DELETED)
		tell_pod(t, old, new);
	else if (str_eq(k->kind, STR("PersistentVolumeClaim")) && is_new(old, new, "status.phase") &&
	    tree_str_is(new, "status.phase", STR("Bound")))
		dev_tell_line(t, "PersistentVolumeClaim " STR_FMT "/" STR_FMT " bound", STR_ARG(ns_of(new)),
		    STR_ARG(name_of(new)));
}

void
dev_tell_begin(struct dev_tell *t)
{
	t->began_ms = loop_now_ms();
	registry_on_change(t->registry, changed, t);
}

static bool
has_kubectl(void)
{
	struct str rest = str_of(getenv("PATH")), part;
	char path[1024];

	while (str_cut(&rest, ':', &part)) {
		snprintf(path, sizeof(path), STR_FMT "/kubectl", STR_ARG(part));
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

struct hint { struct str ns, name, address; };

static bool
note_first(const struct tree *o, void *owner)
{
	struct hint *h = owner;

	if (!str_ends(name_of(o), STR("-proxy-0")))
		return true;
	h->ns = ns_of(o);
	h->name = str_upto(name_of(o), name_of(o).len - STR("-proxy-0").len);
	h->address = tree_str_at(o, "status.podIP");
	return false;
}

void
dev_tell_hints(struct dev_tell *t, const char *kubeconfig)
{
	struct hint h = { STR("default"), STR("NAME"), STR("IP") };
	char *path = realpath(kubeconfig, NULL);

	registry_list(t->registry, registry_resource(t->registry, STR(""), STR("pods")), STR_NONE, STR_NONE,
	    STR_NONE, note_first, &h);
	printf("\nTry, in another terminal:\n\n  export KUBECONFIG=%s\n"
	    "  kubectl get aistores,statefulsets,pods,pvc -n " STR_FMT "\n"
	    "  kubectl get aistore " STR_FMT " -n " STR_FMT " -o yaml\n"
	    "  build/devcluster do kill-pod " STR_FMT "/" STR_FMT "-target-0      (hang-ais, refuse-ais, heal-ais)\n"
	    "  curl 'http://" STR_FMT ":51080/v1/daemon?what=smap'\n",
	    path != NULL ? path : kubeconfig, STR_ARG(h.ns), STR_ARG(h.name), STR_ARG(h.ns),
	    STR_ARG(h.ns), STR_ARG(h.name), STR_ARG(h.address));
	free(path);
	if (!has_kubectl())
		printf("\nkubectl is not installed here: https://kubernetes.io/docs/tasks/tools/ says how to get it.\n");
	printf("\n^C ends all of it.\n");
	fflush(stdout);
}
