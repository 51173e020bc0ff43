/* controller.c - which change makes which controller look at what. */
#include "tests/fake/controller_inner.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/fake/selector.h"

void
work_add(struct work *w, struct str ns, struct str name)
{
	struct work_key *k;

	for (k = w->first; k != NULL; k = k->next)
		if (str_eq(str_of(k->ns), ns) && str_eq(str_of(k->name), name))
			return;
	k = calloc(1, sizeof(*k));
	snprintf(k->ns, sizeof(k->ns), STR_FMT, STR_ARG(ns));
	snprintf(k->name, sizeof(k->name), STR_FMT, STR_ARG(name));
	if (w->first == NULL)
		w->first = k;
	else
		w->last->next = k;
	w->last = k;
	loop_soon(&w->task);
}

/* A look may add keys, its own too: those wait for the next turn. */
static void
work_run(struct loop_task *t)
{
	struct work     *w = t->owner;
	struct work_key *k = w->first, *next;

	w->first = w->last = NULL;
	for (; k != NULL; k = next) {
		next = k->next;
		w->look(w->all, str_of(k->ns), str_of(k->name));
		free(k);
	}
}

static void
work_init(struct controllers *c, struct work *w, void (*look)(struct controllers *, struct str, struct str))
{
	w->all = c;
	w->look = look;
	w->task = (struct loop_task){ .run = work_run, .owner = w };
}

static void
work_end(struct work *w)
{
	loop_soon_cancel(&w->task);
	while (w->first != NULL) {
		struct work_key *k = w->first;

		w->first = k->next;
		free(k);
	}
}

static void
note_owner(struct controllers *c, const struct tree *o)
{
	TREE_EACH(owner, tree_at(o, "metadata.ownerReferences"))
		if (tree_true_at(owner, "controller") && tree_str_is(owner, "kind", STR("StatefulSet")))
			work_add(&c->sets, meta(o, "namespace"), tree_str_at(owner, "name"));
}

/* Services that select it now or did before. */
static void
note_services(struct controllers *c, const struct tree *pod)
{
	struct list l;

	list_read(c, c->service, meta(pod, "namespace"), &l);
	for (int i = 0; i < l.count; i++) {
		bool all = tree_at(l.at[i], "spec.selector") != NULL;

		TREE_EACH(want, tree_at(l.at[i], "spec.selector"))
			all = all && str_eq(tree_str(tree_get(tree_at(pod, "metadata.labels"), want->key)), tree_str(want));
		if (all)
			work_add(&c->slices, meta(l.at[i], "namespace"), meta(l.at[i], "name"));
	}
	list_free(&l);
}

static void
note_pending(struct controllers *c)
{
	struct list l;

	list_read(c, c->pod, STR_NONE, &l);
	for (int i = 0; i < l.count; i++)
		if (tree_str_at(l.at[i], "spec.nodeName").len == 0)
			work_add(&c->pods, meta(l.at[i], "namespace"), meta(l.at[i], "name"));
	list_free(&l);
}

static void
note_claims_of(struct controllers *c, const struct tree *pod)
{
	TREE_EACH(v, tree_at(pod, "spec.volumes"))
		if (tree_get(v, STR("persistentVolumeClaim")) != NULL)
			work_add(&c->claims, meta(pod, "namespace"), tree_str_at(v, "persistentVolumeClaim.claimName"));
}

static void
pod_changed(struct controllers *c, enum registry_event event, const struct tree *old, const struct tree *new)
{
	struct str ns = meta(new, "namespace"), name = meta(new, "name");

	note_owner(c, new);
	note_services(c, new);
	if (old != NULL)
		note_services(c, old);
	if (event == REGISTRY_DELETED || is_finished(new)) {
		note_claims_of(c, new);
		note_pending(c);
	} else if (tree_str_at(new, "spec.nodeName").len == 0)
		work_add(&c->pods, ns, name);
}

static void
changed(const struct resource *k, enum registry_event event, const struct tree *old, const struct tree *new,
    void *owner)
{
	struct controllers *c = owner;
	struct str ns = meta(new, "namespace"), name = meta(new, "name");

	if (k == c->pod)
		pod_changed(c, event, old, new);
	else if (k == c->set)
		work_add(&c->sets, ns, name);
	else if (k == c->revision)
		note_owner(c, new);
	else if (k == c->service || k == c->slice)
		work_add(&c->slices, ns, k == c->service ? name :
		    tree_str(tree_get(tree_at(new, "metadata.labels"), STR("kubernetes.io/service-name"))));
	else if (k == c->node || k == c->storage_class)
		note_pending(c);
	else if (k == c->claim) {
		work_add(&c->claims, ns, name);
		work_add(&c->volumes, STR_NONE, tree_str_at(new, "spec.volumeName"));
		note_pending(c);
	} else if (k == c->volume) {
		work_add(&c->volumes, STR_NONE, name);
		work_add(&c->claims, tree_str_at(new, "spec.claimRef.namespace"), tree_str_at(new, "spec.claimRef.name"));
	}
}

struct controllers *
controllers_open(struct registry *r)
{
	struct controllers *c = calloc(1, sizeof(*c));

	c->registry = r;
	c->pod = registry_resource(r, STR(""), STR("pods"));
	c->claim = registry_resource(r, STR(""), STR("persistentvolumeclaims"));
	c->volume = registry_resource(r, STR(""), STR("persistentvolumes"));
	c->service = registry_resource(r, STR(""), STR("services"));
	c->node = registry_resource(r, STR(""), STR("nodes"));
	c->set = registry_resource(r, STR("apps"), STR("statefulsets"));
	c->revision = registry_resource(r, STR("apps"), STR("controllerrevisions"));
	c->slice = registry_resource(r, STR("discovery.k8s.io"), STR("endpointslices"));
	c->storage_class = registry_resource(r, STR("storage.k8s.io"), STR("storageclasses"));
	work_init(c, &c->sets, set_look);
	work_init(c, &c->slices, slice_look);
	work_init(c, &c->claims, claim_look);
	work_init(c, &c->volumes, volume_look);
	work_init(c, &c->pods, pod_look);
	registry_on_change(r, changed, c);
	return c;
}

void
controllers_close(struct controllers *c)
{
	work_end(&c->sets);
	work_end(&c->slices);
	work_end(&c->claims);
	work_end(&c->volumes);
	work_end(&c->pods);
	free(c);
}
