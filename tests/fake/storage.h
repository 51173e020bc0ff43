/*
 * storage.h - versions of objects, and the history of changes.
 *
 * A version of an object never changes and is counted: the shelf, the history
 * and readers hold it.  Every change has one version number and one place
 * in the history, so "everything after version v" is a range.
 */
#ifndef TESTS_FAKE_STORAGE_H
#define TESTS_FAKE_STORAGE_H

#include "kernel/loop.h"
#include "tests/fake/registry.h"

#define STORAGE_HISTORY_MAX   20000      /* changes; older ones are compacted away */
#define STORAGE_LISTENERS_MAX 64

struct object {                          /* one version of one object */
	int                    refs;
	const struct resource *k;
	struct tree           *tree;
	struct str             ns, name;     /* views of the tree */
	struct str             json;         /* printed once, when first asked for */
	struct tree           *views[RESOURCE_VERSIONS_MAX];    /* as other versions show it, once made */
	uint64_t               views_of;     /* the definition that they are of */
};

struct change {
	enum registry_event event;
	struct object      *old, *new;       /* old NULL: added */
};

struct snapshot {                        /* of one resource, in order of namespace and name */
	struct object **at;
	int             count;
	uint64_t        version;
};

struct registry {
	struct resource_list resources;
	uint64_t             version;        /* of the latest change */
	struct change       *history;        /* of versions (compacted, version] */
	uint64_t             compacted;
	uint64_t             told;           /* listeners know up to here */
	bool                 telling;
	struct { registry_listener *fn; void *owner; } listeners[STORAGE_LISTENERS_MAX];
	int                  listener_count;
	struct loop_task     collect;        /* background deletion is due */
	struct str           root_ca;        /* for ConfigMap kube-root-ca.crt; from malloc */
	struct tree         *dry, *dry_view; /* what the last dry run would have stored, and shown */
};

void           object_hold(struct object *o);
void           object_drop(struct object *o);
struct str     object_json(struct object *o);

struct object *storage_find(const struct registry *r, const struct resource *k, struct str ns,
    struct str name);

/* Members in the API server's order: of typed objects the head first, of custom ones by name. */
void           storage_order(const struct resource *k, struct tree *tree);
/* Gives the tree its resourceVersion, puts it in place and tells the listeners. `tree` is taken over. */
struct object *storage_put(struct registry *r, const struct resource *k, struct tree *tree);
/* Takes it away; `tree` is its last state. */
void           storage_remove(struct registry *r, const struct resource *k, struct tree *tree);

/* As it was at that version; 0: now.  False: that version is compacted. */
bool           snapshot_take(const struct registry *r, const struct resource *k, uint64_t version,
    struct snapshot *s);
void           snapshot_drop(struct snapshot *s);

const struct change *storage_change(const struct registry *r, uint64_t version);
void           storage_compact(struct registry *r);    /* forget all that listeners were told */
void           storage_free(struct registry *r);

#endif
