/*
 * store.h - the last known state of what we watch.
 *
 * A record per object: key, uid, version, owner, and what its kind's `keep`
 * function packed from the raw object (pack.h).  An event whose record has
 * the same bytes wakes nobody.  Our own writes enter at once; after that an
 * event of the same object with a lower version is dropped.
 *
 * An object that is not here is *unknown*: the watch is filtered.  Only a
 * GET that answered 404 says absent; that is remembered here too
 * (store_absent) until an event of that key comes.
 */
#ifndef K8S_STORE_H
#define K8S_STORE_H

#include "k8s/kind.h"
#include "k8s/object.h"
#include "kernel/pack.h"
#include "kernel/table.h"

#define STORE_KINDS_MAX 16

struct view {                        /* one kind as this program sees it */
	const struct kind *kind;
	struct str         selector;     /* label selector; empty: all */
	/* Pack what plans read.  Must not depend on anything but the object. */
	void             (*keep)(const struct object *o, struct arena *scratch, struct out *kept);
};

struct record {
	struct table_link  link;
	const struct view *view;
	struct str         ns, name, uid, owner_kind, owner_name, owner_uid;
	uint64_t           version;
	int64_t            generation;
	bool               deleting;
	bool               absent;       /* a GET said 404 at some time since the last event */
	uint32_t           seen;         /* in which listing */
	struct str         kept;
	struct record     *prev_of_view, *next_of_view;
	size_t             size;         /* of the block this stands in */
};

enum stored {
	STORED_NEW,
	STORED_CHANGED,
	STORED_SAME,         /* what we keep is the same: nobody needs to look */
	STORED_OLD,          /* a lower version than we have: dropped */
	STORED_GONE,
	STORED_FULL,         /* no room: the object is unknown to us; a metric and a condition */
	STORED_BAD,          /* not an object */
};

struct store {
	const struct view *views;
	int                view_count;
	struct table       table;
	struct pool        pool;
	uint64_t           seed;
	struct record     *first_of_view[STORE_KINDS_MAX];
	uint32_t           listing[STORE_KINDS_MAX];
	struct arena       scratch;
	/* After a change; `r` is the new record, for STORED_GONE the one that goes away after this. */
	void             (*changed)(struct store *, enum stored, const struct record *r);
	void              *owner;
	uint64_t           full_count;
};

void store_init(struct store *s, const struct view *views, int count, size_t objects_max, size_t bytes_max);

enum stored store_put(struct store *s, const struct view *v, struct str raw);
enum stored store_delete(struct store *s, const struct view *v, struct str raw);     /* DELETED event */
void        store_absent(struct store *s, const struct view *v, struct str ns, struct str name);    /* 404 to a GET */

/* NULL: unknown.  A record with `absent` set has no object. */
const struct record *store_find(const struct store *s, const struct view *v, struct str ns, struct str name);
const struct record *store_first(const struct store *s, const struct view *v);    /* walk; not sorted */

/* A new listing has begun; at its end what was not in it is gone.  `ns`: of
 * that listing; empty: all. */
void store_list_begin(struct store *s, const struct view *v);
void store_list_end(struct store *s, const struct view *v, struct str ns);

#endif
