/* registry.c - the objects of a cluster: looking, and the ways to write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "tests/fake/consult.h"
#include "tests/fake/managed.h"
#include "tests/fake/registry_inner.h"
#include "tests/fake/selector.h"
#include "tests/fake/versions.h"

static void
make_namespace(struct registry *r, struct str name)
{
	struct tree *ns = tree_of("{'metadata':{}}");

	tree_set_str(ns, "metadata.name", name);
	registry_create(r, registry_resource(r, STR(""), STR("namespaces")), STR_NONE, ns,
	    &(struct registry_write){ .manager = STR("kube-apiserver") });
}

struct registry *
registry_open(void)
{
	struct registry *r = calloc(1, sizeof(*r));

	CHECK(r != NULL);
	resource_list_init(&r->resources);
	r->collect = (struct loop_task){ .run = collect_run, .owner = r };
	make_namespace(r, STR("kube-system"));
	make_namespace(r, STR("kube-public"));
	make_namespace(r, STR("kube-node-lease"));
	make_namespace(r, STR("default"));
	return r;
}

void
registry_close(struct registry *r)
{
	loop_soon_cancel(&r->collect);
	storage_free(r);
	resource_list_free(&r->resources);
	tree_free(r->dry);
	tree_free(r->dry_view);
	free((void *)(uintptr_t)r->root_ca.at);
	free(r);
}

void
registry_root_ca(struct registry *r, struct str pem)
{
	char *at = malloc(pem.len + 1);

	CHECK(at != NULL);
	memcpy(at, pem.at, pem.len);
	free((void *)(uintptr_t)r->root_ca.at);
	r->root_ca = (struct str){ at, pem.len };
}

const struct resource *
registry_resource(const struct registry *r, struct str group, struct str plural)
{
	return resource_by_plural(&r->resources, group, plural);
}

const struct resource_list *
registry_resources(const struct registry *r)
{
	return &r->resources;
}

uint64_t
registry_version(const struct registry *r)
{
	return r->version;
}

void
registry_compact(struct registry *r)
{
	storage_compact(r);
}

void
registry_on_change(struct registry *r, registry_listener *fn, void *owner)
{
	CHECK(r->listener_count < STORAGE_LISTENERS_MAX);
	r->listeners[r->listener_count].fn = fn;
	r->listeners[r->listener_count++].owner = owner;
}

void
registry_forget(struct registry *r, const void *owner)
{
	int kept = 0;

	for (int i = 0; i < r->listener_count; i++)
		if (r->listeners[i].owner != owner)
			r->listeners[kept++] = r->listeners[i];
	r->listener_count = kept;
}

const struct tree *
registry_find(const struct registry *r, const struct resource *k, struct str ns, struct str name)
{
	const struct object *o = storage_find(r, k, k->namespaced ? ns : STR(""), name);

	return o == NULL ? NULL : o->tree;
}

const struct tree *
registry_find_uid(const struct registry *r, struct str uid)
{
	for (const struct resource *k = r->resources.first; k != NULL; k = k->next) {
		const struct tree *found = NULL;
		struct snapshot    s;

		CHECK(snapshot_take(r, k, 0, &s));
		for (int i = 0; found == NULL && i < s.count; i++)
			if (tree_str_is(s.at[i]->tree, "metadata.uid", uid))
				found = s.at[i]->tree;
		snapshot_drop(&s);
		if (found != NULL)
			return found;
	}
	return NULL;
}

void
registry_list(const struct registry *r, const struct resource *k, struct str ns, struct str labels,
    struct str fields, bool (*each)(const struct tree *, void *), void *owner)
{
	struct snapshot s;
	bool            more = true;

	CHECK(snapshot_take(r, k, 0, &s));
	for (int i = 0; more && i < s.count; i++) {
		const struct object *o = s.at[i];

		if ((ns.len == 0 || str_eq(o->ns, ns)) &&
		    selector_matches(labels, tree_at(o->tree, "metadata.labels")) &&
		    selector_fields_match(fields, o->tree))
			more = each(o->tree, owner);
	}
	snapshot_drop(&s);
}

/* What was asked about another version of the object is forgotten. */
static void
about(const struct registry_write *w, const struct object *old)
{
	uint64_t version = 0;

	if (w->consult == NULL)
		return;
	if (old != NULL)
		str_u64(tree_str_at(old->tree, "metadata.resourceVersion"), &version);
	consult_about(w->consult, version);
}

struct reply
registry_create(struct registry *r, const struct resource *k, struct str ns, struct tree *object,
    const struct registry_write *w)
{
	about(w, NULL);
	return write_create(r, k, k->namespaced ? ns : STR(""), object, w, false);
}

/* The one that is to be changed, or why not. */
static struct object *
find(struct registry *r, const struct resource *k, struct str ns, struct str name, struct reply *bad)
{
	struct object *o = storage_find(r, k, k->namespaced ? ns : STR(""), name);

	if (o == NULL)
		*bad = reply_not_found(k, name);
	return o;
}

/* Said of the resource, not of the kind, for once. */
static struct reply
needs_version(const struct resource *k, struct str name)
{
	struct resource as = { .kind = k->plural, .group = k->group };
	struct reply    r = { 0 };

	reply_cause(&r, "FieldValueInvalid", "metadata.resourceVersion",
	    "Invalid value: 0: must be specified for an update");
	reply_invalid(&r, &as, name);
	return r;
}

/* The old object in the writer's version; NULL: *bad.  What was shown to lists and watches will do. */
static struct tree *
view_for(struct object *old, const struct registry_write *w, struct reply *bad)
{
	const struct tree *known = view_of(old, w->version);

	about(w, old);
	return known != NULL ? tree_copy(known) : version_of(old->k, old->tree, 0, w->version, w->consult, bad);
}

struct tree *
registry_view(struct registry *r, const struct resource *k, struct str ns, struct str name,
    const struct registry_write *w, struct reply *bad)
{
	const struct object *o = find(r, k, ns, name, bad);

	if (o == NULL)
		return NULL;
	about(w, o);
	return version_of(k, o->tree, 0, w->version, w->consult, bad);
}

static struct reply
change(struct registry *r, struct object *old, struct tree *object, const struct registry_write *w)
{
	struct reply reply;
	struct tree *view = view_for(old, w, &reply);

	if (view == NULL) {
		tree_free(object);
		return reply;
	}
	reply = write_change(r, old, view, object, w, false);
	tree_free(view);
	return reply;
}

struct reply
registry_update(struct registry *r, const struct resource *k, struct str ns, struct str name,
    struct tree *object, const struct registry_write *w)
{
	struct reply   bad;
	struct object *old = find(r, k, ns, name, &bad);

	if (old == NULL && w->create && k->update_creates)
		return registry_create(r, k, ns, object, w);
	if (old != NULL && k->needs_version && tree_str_at(object, "metadata.resourceVersion").len == 0) {
		bad = needs_version(k, name);
		old = NULL;
	}
	if (old == NULL) {
		tree_free(object);
		return bad;
	}
	return change(r, old, object, w);
}

/* Unlike an update, a patch may not even name another uid. */
static bool
changes_uid(const struct object *old, const struct tree *patch, struct reply *bad)
{
	struct str uid = tree_str_at(patch, "metadata.uid");

	if (uid.len == 0 || tree_str_is(old->tree, "metadata.uid", uid))
		return false;
	*bad = (struct reply){ 0 };
	for (int i = 0; i < 2; i++)
		reply_cause(bad, "FieldValueInvalid", "metadata.uid", "Invalid value: \"" STR_FMT
		    "\": field is immutable", STR_ARG(uid));
	reply_invalid(bad, old->k, old->name);
	return true;
}

struct reply
registry_merge(struct registry *r, const struct resource *k, struct str ns, struct str name,
    struct tree *patch, const struct registry_write *w)
{
	struct reply   bad;
	struct object *old = find(r, k, ns, name, &bad);
	struct tree   *view = old == NULL || changes_uid(old, patch, &bad) ? NULL : view_for(old, w, &bad), *object;

	if (view == NULL) {
		tree_free(patch);
		return bad;
	}
	object = tree_copy(view);
	tree_merge(&object, patch);
	tree_free(patch);
	bad = write_change(r, old, view, object, w, false);
	tree_free(view);
	return bad;
}

struct reply
registry_patch_status(struct registry *r, const struct resource *k, struct str ns, struct str name,
    struct tree *patch, struct str manager)
{
	return registry_merge(r, k, ns, name, patch,
	    &(struct registry_write){ .manager = manager, .sub = STR("status") });
}

static struct reply
refuse_undeclared(const struct resource *k, const struct tree *object, int version)
{
	char       path[256], text[160];
	struct out o = out_over(text, sizeof(text));

	if (k->crd == NULL || !version_undeclared(k, object, version, path))
		return (struct reply){ 0 };
	resource_api_version(k, version, &o);
	return reply_bad(500, "", "failed to create typed patch object (" STR_FMT "/" STR_FMT "; " STR_FMT ", Kind="
	    STR_FMT "): .%s: field not declared in schema", STR_ARG(tree_str_at(object, "metadata.namespace")),
	    STR_ARG(tree_str_at(object, "metadata.name")), STR_ARG(out_view(&o)), STR_ARG(k->kind), path);
}

struct reply
registry_apply(struct registry *r, const struct resource *k, struct str ns, struct str name,
    struct tree *object, const struct registry_write *w)
{
	struct object *old = storage_find(r, k, k->namespaced ? ns : STR(""), name);
	struct tree   *merged, *view;
	struct reply   bad = { 0 };

	if (tree_item(tree_at(object, "metadata.managedFields"), 0) != NULL)
		bad = reply_bad(400, "BadRequest", "metadata.managedFields must be nil");
	else if (old == NULL && w->sub.len > 0)
		bad = reply_not_found(k, name);
	else
		bad = refuse_undeclared(k, object, w->version);
	if (bad.code != 0) {
		tree_free(object);
		return bad;
	}
	tree_drop_at(object, "metadata.managedFields");
	tree_drop_at(object, "metadata.creationTimestamp");
	if (k->has_status && w->sub.len == 0)
		tree_drop(object, STR("status"));
	if (old == NULL)
		about(w, NULL);
	view = old == NULL ? NULL : view_for(old, w, &bad);
	merged = old != NULL && view == NULL ? NULL : managed_apply(k, view, object, w, &bad);
	tree_free(object);
	if (merged != NULL)
		bad = old == NULL ? write_create(r, k, k->namespaced ? ns : STR(""), merged, w, true)
		    : write_change(r, old, view, merged, w, true);
	tree_free(view);
	return bad;
}

/* Beside the rules of an update: nobody owns what binding writes. */
struct reply
registry_bind(struct registry *r, struct str ns, struct str pod, struct str node)
{
	const struct resource *k = registry_resource(r, STR(""), STR("pods"));
	const struct object   *old = storage_find(r, k, ns, pod);
	struct tree           *t, *list, *c;
	char                   text[400];

	if (old == NULL)
		return reply_not_found(k, pod);
	if (tree_str_at(old->tree, "spec.nodeName").len > 0) {
		snprintf(text, sizeof(text), "pod " STR_FMT " is already assigned to node \"" STR_FMT "\"", STR_ARG(pod),
		    STR_ARG(tree_str_at(old->tree, "spec.nodeName")));
		return reply_on(k, pod, 409, "Conflict", text);
	}
	t = tree_copy(old->tree);
	tree_set_str(t, "spec.nodeName", node);
	list = tree_get(tree_want(t, "status"), STR("conditions"));
	if (list == NULL)
		list = tree_set_at(t, "status.conditions", tree_array());
	for (c = list->first; c != NULL && !tree_str_is(c, "type", STR("PodScheduled"));)
		c = c->next;
	if (c != NULL)
		tree_drop_child(list, c);
	c = tree_push(list, tree_of("{'type':'PodScheduled','status':'True','lastProbeTime':null}"));
	write_stamp(c, "lastTransitionTime", 0);
	return (struct reply){ .code = 201, .object = storage_put(r, k, t)->tree };
}
