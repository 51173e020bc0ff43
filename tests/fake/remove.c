/* remove.c - deleting: grace, finalizers, preconditions. */
#include <stdio.h>

#include "kernel/clock.h"
#include "tests/fake/admit.h"
#include "tests/fake/registry_inner.h"
#include "tests/fake/versions.h"

void
remove_now(struct registry *r, struct object *o)
{
	const struct resource *k = o->k;
	struct tree           *last = tree_copy(o->tree);

	/* Held: the removal drops the shelf's hold. */
	object_hold(o);
	storage_remove(r, k, last);
	kinds_removed(r, k, o->tree);
	object_drop(o);
	collect_soon(r);
}

static struct reply
check(const struct object *o, const struct registry_delete *d)
{
	struct str uid = tree_str_at(o->tree, "metadata.uid"), version = tree_str_at(o->tree,
	    "metadata.resourceVersion");
	/* Said of the kind, not of the resource, for once. */
	struct resource as = { .plural = o->k->kind, .group = o->k->group };
	char            text[300];

	if (d->uid.len > 0 && !str_eq(d->uid, uid)) {
		snprintf(text, sizeof(text), "the UID in the precondition (" STR_FMT ") does not match the UID in record ("
		    STR_FMT "). The object might have been deleted and then recreated", STR_ARG(d->uid), STR_ARG(uid));
		return reply_on(&as, o->name, 409, "Conflict", text);
	}
	if (d->version.len > 0 && !str_eq(d->version, version)) {
		snprintf(text, sizeof(text), "the ResourceVersion in the precondition (" STR_FMT ") does not match the "
		    "ResourceVersion in record (" STR_FMT "). The object might have been modified", STR_ARG(d->version),
		    STR_ARG(version));
		return reply_on(&as, o->name, 409, "Conflict", text);
	}
	return (struct reply){ .code = 200 };
}

/* Only pods end in their own time, and only those that run somewhere. */
static int64_t
grace_of(const struct object *o, const struct registry_delete *d)
{
	struct str phase = tree_str_at(o->tree, "status.phase");

	if (!str_eq(o->k->kind, STR("Pod")) || o->k->crd != NULL || tree_str_at(o->tree, "spec.nodeName").len == 0 ||
	    str_eq(phase, STR("Succeeded")) || str_eq(phase, STR("Failed")))
		return 0;
	if (d->has_grace)
		return d->grace_s < 0 ? 1 : d->grace_s;
	return tree_int_at(o->tree, "spec.terminationGracePeriodSeconds", 30);
}

static void
add_finalizer(struct tree *t, struct str name)
{
	struct tree *list = tree_at(t, "metadata.finalizers");

	TREE_EACH(f, list)
		if (str_eq(tree_str(f), name))
			return;
	if (list == NULL)
		list = tree_set_at(t, "metadata.finalizers", tree_array());
	tree_push(list, tree_text(name));
}

/* Marked as going: from now on only finalizers and the kubelet keep it. */
static struct reply
mark(struct registry *r, struct object *o, const struct registry_delete *d, int64_t grace_s)
{
	const struct resource *k = o->k;
	struct tree           *t = tree_copy(o->tree);
	struct reply           reply = { .code = 200 };

	if (str_eq(d->propagation, STR("Foreground")))
		add_finalizer(t, STR("foregroundDeletion"));
	else if (str_eq(d->propagation, STR("Orphan")))
		add_finalizer(t, STR("orphan"));
	write_stamp(t, "metadata.deletionTimestamp", clock_wall_us() + grace_s * 1000000);
	if (!str_eq(k->plural, STR("namespaces")))
		tree_set_int(t, "metadata.deletionGracePeriodSeconds", grace_s);
	if (k->has_generation)
		tree_set_int(t, "metadata.generation", tree_int_at(t, "metadata.generation", 0) + 1);
	if (str_eq(k->plural, STR("namespaces")))
		tree_set_str(t, "status.phase", STR("Terminating"));
	reply.object = storage_put(r, k, t)->tree;
	collect_soon(r);
	return reply;
}

static bool
is_held(const struct object *o, const struct registry_delete *d)
{
	const struct tree *f = tree_at(o->tree, "metadata.finalizers");

	return (f != NULL && f->count > 0) || str_eq(o->k->plural, STR("namespaces")) ||
	    str_eq(d->propagation, STR("Foreground")) || str_eq(d->propagation, STR("Orphan"));
}

/* Webhooks may say no; the writer's version must be had. */
static struct reply
ask_webhooks(struct registry *r, struct object *o, const struct registry_delete *d)
{
	struct admission a = { .registry = r, .k = o->k, .version = d->speaks, .operation = ADMIT_DELETE,
	    .ns = o->ns, .name = o->name, .dry_run = d->dry_run, .consult = d->consult };
	struct reply     reply;
	struct tree     *view;
	uint64_t         version = 0;

	if (d->consult == NULL)
		return (struct reply){ .code = 200 };
	str_u64(tree_str_at(o->tree, "metadata.resourceVersion"), &version);
	consult_about(d->consult, version);
	view = view_of(o, d->speaks) != NULL ? tree_copy(view_of(o, d->speaks))
	    : version_of(o->k, o->tree, 0, d->speaks, d->consult, &reply);
	if (view == NULL)
		return reply;
	a.old = view;
	reply = admit(&a);
	tree_free(view);
	return reply;
}

struct reply
registry_delete(struct registry *r, const struct resource *k, struct str ns, struct str name,
    const struct registry_delete *d)
{
	struct object *o = storage_find(r, k, k->namespaced ? ns : STR(""), name);
	struct reply   reply;
	bool           going;
	int64_t        grace_s;

	if (o == NULL)
		return reply_not_found(k, name);
	reply = check(o, d);
	if (REPLY_OK(reply))
		reply = ask_webhooks(r, o, d);
	reply.object = o->tree;
	if (!REPLY_OK(reply) || d->dry_run)
		return reply;
	grace_s = grace_of(o, d);
	going = tree_at(o->tree, "metadata.deletionTimestamp") != NULL;
	if (going && !(grace_s == 0 && !is_held(o, d)) &&
	    (!d->has_grace || grace_s >= tree_int_at(o->tree, "metadata.deletionGracePeriodSeconds", 0)))
		return reply;
	if (grace_s > 0 || is_held(o, d))
		return mark(r, o, d, grace_s);
	remove_now(r, o);
	return reply;
}
