/*
 * collect.c - the garbage collector and the namespace controller.
 *
 * From loop_soon(), after something was deleted or marked: dependents whose
 * owners are all gone are deleted; owners that wait for their dependents
 * (foregroundDeletion) or give them up (orphan) are released; the contents of
 * a namespace that is going are deleted, and then it.
 */
#include "kernel/check.h"
#include "tests/fake/registry_inner.h"

void
collect_soon(struct registry *r)
{
	loop_soon(&r->collect);
}

static struct str
group_of(struct str api_version)
{
	struct str group;

	if (!str_has(api_version, STR("/")))
		return STR("");
	str_cut(&api_version, '/', &group);
	return group;
}

/* *known: of a kind that is served, so that absence means something. */
static const struct object *
owner_of(const struct registry *r, const struct object *o, const struct tree *ref, bool *known)
{
	const struct resource *k = resource_by_kind(&r->resources, group_of(tree_str_at(ref, "apiVersion")),
	    tree_str_at(ref, "kind"));
	const struct object   *owner = k == NULL ? NULL : storage_find(r, k, k->namespaced ? o->ns : STR(""),
	    tree_str_at(ref, "name"));

	*known = k != NULL;
	return owner != NULL && tree_str_is(owner->tree, "metadata.uid", tree_str_at(ref, "uid")) ? owner : NULL;
}

static bool
has_finalizer(const struct tree *t, struct str name)
{
	TREE_EACH(f, tree_at(t, "metadata.finalizers"))
		if (str_eq(tree_str(f), name))
			return true;
	return false;
}

static void
drop_finalizer(struct registry *r, const struct object *o, struct str name)
{
	struct tree *t = tree_copy(o->tree), *list = tree_at(t, "metadata.finalizers");

	for (struct tree *f = list->first, *next; f != NULL; f = next) {
		next = f->next;
		if (str_eq(tree_str(f), name))
			tree_drop_child(list, f);
	}
	registry_update(r, o->k, o->ns, o->name, t,
	    &(struct registry_write){ .manager = STR("kube-controller-manager") });
}

/* An owner that is known and gone, or going in the foreground. */
enum owners { OWNERS_NONE, OWNERS_STAY, OWNERS_WAIT, OWNERS_GONE };

static enum owners
owners_of(const struct registry *r, const struct object *o)
{
	enum owners e = OWNERS_NONE;

	TREE_EACH(ref, tree_at(o->tree, "metadata.ownerReferences")) {
		bool                 known;
		const struct object *owner = owner_of(r, o, ref, &known);

		if (!known || (owner != NULL && !(tree_at(owner->tree, "metadata.deletionTimestamp") != NULL &&
		    has_finalizer(owner->tree, STR("foregroundDeletion")))))
			return OWNERS_STAY;
		e = owner != NULL ? OWNERS_WAIT : e == OWNERS_NONE ? OWNERS_GONE : e;
	}
	return e;
}

static bool
blocks(const struct object *o, const struct object *owner)
{
	TREE_EACH(ref, tree_at(o->tree, "metadata.ownerReferences"))
		if (tree_str_is(owner->tree, "metadata.uid", tree_str_at(ref, "uid")))
			return tree_true_at(ref, "blockOwnerDeletion");
	return false;
}

static void
abandon(struct registry *r, const struct object *o, const struct object *owner)
{
	struct tree *t = tree_copy(o->tree), *list = tree_at(t, "metadata.ownerReferences");

	for (struct tree *ref = list == NULL ? NULL : list->first, *next; ref != NULL; ref = next) {
		next = ref->next;
		if (tree_str_is(owner->tree, "metadata.uid", tree_str_at(ref, "uid")))
			tree_drop_child(list, ref);
	}
	registry_update(r, o->k, o->ns, o->name, t,
	    &(struct registry_write){ .manager = STR("kube-controller-manager") });
}

typedef void collect_each(struct registry *r, struct object *o, const struct object *about, int *n);

/* Calls back for everything there is; the walk stands still while it works. */
static void
everything(struct registry *r, collect_each *each,
    const struct object *about, int *n)
{
	for (const struct resource *k = r->resources.first; k != NULL; k = k->next) {
		struct snapshot s;

		CHECK(snapshot_take(r, k, 0, &s));
		for (int i = 0; i < s.count; i++)
			if (storage_find(r, k, s.at[i]->ns, s.at[i]->name) == s.at[i])
				each(r, s.at[i], about, n);
		snapshot_drop(&s);
	}
}

static void
release_dependent(struct registry *r, struct object *o, const struct object *owner, int *n)
{
	if (!blocks(o, owner) && !has_finalizer(owner->tree, STR("orphan")))
		return;
	if (has_finalizer(owner->tree, STR("orphan")))
		abandon(r, o, owner);
	else
		++*n;
}

static void
release_owner(struct registry *r, struct object *o)
{
	bool orphan = has_finalizer(o->tree, STR("orphan"));
	bool wait = has_finalizer(o->tree, STR("foregroundDeletion"));
	int  left = 0;

	if (tree_at(o->tree, "metadata.deletionTimestamp") == NULL || (!orphan && !wait))
		return;
	everything(r, release_dependent, o, &left);
	if (left == 0)
		drop_finalizer(r, o, orphan ? STR("orphan") : STR("foregroundDeletion"));
}

static void
collect_one(struct registry *r, struct object *o, const struct object *about, int *n)
{
	struct registry_delete d = { .uid = tree_str_at(o->tree, "metadata.uid") };
	enum owners            e = owners_of(r, o);
	bool                   going = tree_at(o->tree, "metadata.deletionTimestamp") != NULL;

	(void)about, (void)n;
	if (!going && (e == OWNERS_GONE || e == OWNERS_WAIT)) {
		d.propagation = e == OWNERS_WAIT ? STR("Foreground") : STR("Background");
		registry_delete(r, o->k, o->ns, o->name, &d);
	} else
		release_owner(r, o);
}

static void
empty_namespace(struct registry *r, struct object *o, const struct object *ns, int *n)
{
	if (!str_eq(o->ns, ns->name))
		return;
	++*n;
	if (tree_at(o->tree, "metadata.deletionTimestamp") == NULL)
		registry_delete(r, o->k, o->ns, o->name, &(struct registry_delete){ 0 });
	if (storage_find(r, o->k, o->ns, o->name) == NULL)
		--*n;
}

static void
end_namespace(struct registry *r, struct object *ns)
{
	int left = 0;

	if (tree_at(ns->tree, "metadata.deletionTimestamp") == NULL)
		return;
	everything(r, empty_namespace, ns, &left);
	if (left == 0)
		remove_now(r, ns);
}

void
collect_run(struct loop_task *t)
{
	struct registry       *r = t->owner;
	const struct resource *k = registry_resource(r, STR(""), STR("namespaces"));
	struct snapshot        s;

	everything(r, collect_one, NULL, NULL);
	CHECK(snapshot_take(r, k, 0, &s));
	for (int i = 0; i < s.count; i++)
		end_namespace(r, s.at[i]);
	snapshot_drop(&s);
}
