/* controller_tools.c - looking at objects, and writing status only when it differs. */
#include "tests/fake/controller_inner.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/time_text.h"

static bool
take(const struct tree *object, void *owner)
{
	struct list *l = owner;

	if (l->count == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		l->at = realloc(l->at, sizeof(*l->at) * (size_t)l->room);
	}
	l->at[l->count++] = object;
	return true;
}

void
list_read(struct controllers *c, const struct resource *k, struct str ns, struct list *l)
{
	*l = (struct list){ 0 };
	registry_list(c->registry, k, ns, STR_NONE, STR_NONE, take, l);
}

void
list_free(struct list *l)
{
	free(l->at);
	*l = (struct list){ 0 };
}

struct str
meta(const struct tree *o, const char *field)
{
	return tree_str(tree_get(tree_get(o, STR("metadata")), str_of(field)));
}

bool
is_deleting(const struct tree *o)
{
	return meta(o, "deletionTimestamp").len > 0;
}

bool
is_owned(const struct tree *o, struct str uid)
{
	TREE_EACH(r, tree_at(o, "metadata.ownerReferences"))
		if (tree_true_at(r, "controller"))
			return tree_str_is(r, "uid", uid);
	return false;
}

const struct tree *
condition(const struct tree *o, struct str type)
{
	TREE_EACH(c, tree_at(o, "status.conditions"))
		if (tree_str_is(c, "type", type))
			return c;
	return NULL;
}

bool
condition_is(const struct tree *o, struct str type, struct str status)
{
	return tree_str_is(condition(o, type), "status", status);
}

bool
phase_is(const struct tree *pod, struct str phase)
{
	return tree_str_is(pod, "status.phase", phase);
}

bool
is_finished(const struct tree *pod)
{
	return phase_is(pod, STR("Succeeded")) || phase_is(pod, STR("Failed"));
}

void
set_labels(struct tree *into, const struct tree *labels)
{
	TREE_EACH(l, labels)
		tree_set(into, l->key, tree_copy(l));
}

struct tree *
owner_reference(const struct tree *owner, struct str api_version, struct str kind)
{
	struct tree *t = tree_object();

	tree_set_str(t, "apiVersion", api_version);
	tree_set(t, STR("blockOwnerDeletion"), tree_bool(true));
	tree_set(t, STR("controller"), tree_bool(true));
	tree_set_str(t, "kind", kind);
	tree_set_str(t, "name", meta(owner, "name"));
	tree_set_str(t, "uid", meta(owner, "uid"));
	return t;
}

void
set_time(struct tree *t, const char *dotted)
{
	char text[40];
	struct out o = out_over(text, sizeof(text));

	time_print(&o, clock_wall_us());
	tree_set_str(t, dotted, out_view(&o));
}

void
put_status(struct controllers *c, const struct resource *k, const struct tree *object, struct tree *status,
    struct str manager)
{
	struct tree *merged = tree_copy(tree_get(object, STR("status")));
	struct tree *patch;
	bool same;

	if (merged == NULL)
		merged = tree_object();
	tree_merge(&merged, status);
	same = tree_eq(merged, tree_get(object, STR("status")));
	tree_free(merged);
	if (same) {
		tree_free(status);
		return;
	}
	patch = tree_object();
	tree_set(patch, STR("status"), status);
	registry_patch_status(c->registry, k, meta(object, "namespace"), meta(object, "name"), patch, manager);
}
