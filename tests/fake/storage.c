/* storage.c - versions of objects on shelves, and the history of changes. */
#include "tests/fake/storage.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"

struct shelf {
	struct object **at;      /* in order of namespace and name */
	int             count, size;
};

void
object_hold(struct object *o)
{
	o->refs++;
}

void
object_drop(struct object *o)
{
	if (o == NULL || --o->refs > 0)
		return;
	tree_free(o->tree);
	for (int i = 0; i < RESOURCE_VERSIONS_MAX; i++)
		tree_free(o->views[i]);
	free((void *)(uintptr_t)o->json.at);
	free(o);
}

struct str
object_json(struct object *o)
{
	if (o->json.at == NULL)
		o->json = tree_text_of(o->tree);
	return o->json;
}

static struct object *
object_of(const struct resource *k, struct tree *tree)
{
	struct object *o = calloc(1, sizeof(*o));

	CHECK(o != NULL);
	*o = (struct object){ .refs = 1, .k = k, .tree = tree };
	o->ns = tree_str_at(tree, "metadata.namespace");
	o->name = tree_str_at(tree, "metadata.name");
	CHECK(o->name.len > 0);
	return o;
}

/* The first place that is not before ns/name; *found: it is that one. */
static int
place(struct object *const *at, int count, struct str ns, struct str name, bool *found)
{
	int low = 0, high = count;

	*found = false;
	while (low < high) {
		int mid = low + (high - low) / 2;
		int d = str_cmp(at[mid]->ns, ns);

		d = d != 0 ? d : str_cmp(at[mid]->name, name);
		if (d < 0)
			low = mid + 1;
		else
			high = mid;
		*found = *found || d == 0;
	}
	return low;
}

static void
insert_at(struct object **at, int *count, int i, struct object *o)
{
	memmove(at + i + 1, at + i, (size_t)(*count - i) * sizeof(struct object *));
	at[i] = o;
	++*count;
}

static void
remove_at(struct object **at, int *count, int i)
{
	--*count;
	memmove(at + i, at + i + 1, (size_t)(*count - i) * sizeof(struct object *));
}

static struct shelf *
shelf_of(const struct resource *k)
{
	if (k->shelf == NULL) {
		((struct resource *)(uintptr_t)k)->shelf = calloc(1, sizeof(struct shelf));
		CHECK(k->shelf != NULL);
	}
	return k->shelf;
}

struct object *
storage_find(const struct registry *r, const struct resource *k, struct str ns, struct str name)
{
	struct shelf *s = shelf_of(k);
	bool          found;
	int           i = place(s->at, s->count, ns, name, &found);

	(void)r;
	return found ? s->at[i] : NULL;
}

/* Forgets the older half of what everyone was told. */
static void
shorten(struct registry *r, uint64_t upto)
{
	uint64_t count = upto - r->compacted;

	for (uint64_t i = 0; i < count; i++) {
		object_drop(r->history[i].old);
		object_drop(r->history[i].new);
	}
	memmove(r->history, r->history + count, (r->version - upto) * sizeof(struct change));
	r->compacted = upto;
}

/* One listener at a time, one change at a time; what a listener writes comes after. */
static void
tell(struct registry *r)
{
	if (r->telling)
		return;
	r->telling = true;
	while (r->told < r->version) {
		struct change c = r->history[r->told - r->compacted];

		r->told++;
		for (int i = 0; i < r->listener_count; i++)
			r->listeners[i].fn(c.new->k, c.event, c.old == NULL ? NULL : c.old->tree,
			    c.new->tree, r->listeners[i].owner);
	}
	r->telling = false;
}

static void
record(struct registry *r, enum registry_event event, struct object *old, struct object *new)
{
	if (r->history == NULL) {
		r->history = calloc(2 * STORAGE_HISTORY_MAX, sizeof(struct change));
		CHECK(r->history != NULL);
	}
	if (r->version - r->compacted >= STORAGE_HISTORY_MAX && r->told - r->compacted > STORAGE_HISTORY_MAX / 2)
		shorten(r, r->compacted + STORAGE_HISTORY_MAX / 2);
	CHECK(r->version - r->compacted < 2 * STORAGE_HISTORY_MAX);
	r->history[r->version - r->compacted] = (struct change){ event, old, new };
	r->version++;
}

static void
set_version(struct tree *tree, uint64_t version)
{
	char       text[24];
	struct out o = out_over(text, sizeof(text));

	out_u64(&o, version);
	tree_set_str(tree, "metadata.resourceVersion", out_view(&o));
}

void
storage_order(const struct resource *k, struct tree *tree)
{
	if (k->crd != NULL) {
		tree_sort(tree);
		return;
	}
	tree_to_front(tree, STR("metadata"));
	tree_to_front(tree, STR("apiVersion"));
	tree_to_front(tree, STR("kind"));
}

struct object *
storage_put(struct registry *r, const struct resource *k, struct tree *tree)
{
	struct shelf  *s = shelf_of(k);
	struct object *o, *old = NULL;
	bool           found;
	int            i;

	set_version(tree, r->version + 1);
	storage_order(k, tree);
	o = object_of(k, tree);
	i = place(s->at, s->count, o->ns, o->name, &found);
	if (found) {
		old = s->at[i];
		s->at[i] = o;
	} else {
		if (s->count == s->size) {
			s->size = s->size == 0 ? 16 : 2 * s->size;
			s->at = realloc(s->at, (size_t)s->size * sizeof(struct object *));
			CHECK(s->at != NULL);
		}
		insert_at(s->at, &s->count, i, o);
	}
	object_hold(o);
	/* The shelf's hold on the old one becomes the history's. */
	record(r, found ? REGISTRY_MODIFIED : REGISTRY_ADDED, old, o);
	tell(r);
	return o;
}

void
storage_remove(struct registry *r, const struct resource *k, struct tree *tree)
{
	struct shelf  *s = shelf_of(k);
	struct object *o, *old;
	bool           found;
	int            i;

	set_version(tree, r->version + 1);
	o = object_of(k, tree);
	i = place(s->at, s->count, o->ns, o->name, &found);
	CHECK(found);
	old = s->at[i];
	remove_at(s->at, &s->count, i);
	record(r, REGISTRY_DELETED, old, o);
	tell(r);
}

/* Takes back one change that came later. */
static void
undo(struct snapshot *s, const struct change *c)
{
	bool found;
	int  i = place(s->at, s->count, c->new->ns, c->new->name, &found);

	switch (c->event) {
	case REGISTRY_ADDED:
		CHECK(found);
		remove_at(s->at, &s->count, i);
		return;
	case REGISTRY_MODIFIED:
		CHECK(found);
		s->at[i] = c->old;
		return;
	case REGISTRY_DELETED:
		CHECK(!found);
		insert_at(s->at, &s->count, i, c->old);
		return;
	}
}

bool
snapshot_take(const struct registry *r, const struct resource *k, uint64_t version, struct snapshot *s)
{
	const struct shelf *shelf = shelf_of(k);
	size_t              most;

	if (version == 0 || version > r->version)
		version = r->version;
	if (version < r->compacted)
		return false;
	most = (size_t)shelf->count + (size_t)(r->version - version) + 1;
	*s = (struct snapshot){ .count = shelf->count, .version = version };
	s->at = calloc(most, sizeof(struct object *));
	CHECK(s->at != NULL);
	if (shelf->count > 0)
		memcpy(s->at, shelf->at, (size_t)shelf->count * sizeof(struct object *));
	for (uint64_t v = r->version; v > version; v--) {
		const struct change *c = &r->history[v - 1 - r->compacted];

		if (c->new->k == k)
			undo(s, c);
	}
	for (int i = 0; i < s->count; i++)
		object_hold(s->at[i]);
	return true;
}

void
snapshot_drop(struct snapshot *s)
{
	for (int i = 0; i < s->count; i++)
		object_drop(s->at[i]);
	free(s->at);
	*s = (struct snapshot){ 0 };
}

const struct change *
storage_change(const struct registry *r, uint64_t version)
{
	CHECK(version > r->compacted && version <= r->version);
	return &r->history[version - 1 - r->compacted];
}

void
storage_compact(struct registry *r)
{
	if (r->told > r->compacted)
		shorten(r, r->told);
}

void
storage_free(struct registry *r)
{
	r->told = r->version;
	storage_compact(r);
	free(r->history);
	for (struct resource *k = r->resources.first; k != NULL; k = k->next) {
		struct shelf *s = k->shelf;

		for (int i = 0; s != NULL && i < s->count; i++)
			object_drop(s->at[i]);
		if (s != NULL)
			free(s->at);
		free(s);
	}
}
