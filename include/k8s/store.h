/*
 * store.h - the last known state of what we watch.
 *
 * A record per object: key, uid, version, owner, and what its kind's `keep`
 * function packed from the raw object (pack.h).  An event whose record has
 * the same bytes wakes nobody.  Our own writes enter at once; after that an
 * event of the same object with a lower version is dropped, and so is
 * the answer to a write that comes after the object's DELETED event.
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
#define STORE_KEPT_MAX  (2u << 20)   /* what is kept of one object */
#define STORE_GONE_MAX  64           /* deletions that are remembered */

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
	uint32_t           seen;         /* the latest listing when it came */
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
	/* After a change; `r` is the new record, for STORED_GONE the one that
	 * goes away after this; so too for STORED_FULL, when a record had to
	 * go because what has become of its object has no room.  Must not
	 * put anything into the store. */
	void             (*changed)(struct store *, enum stored, const struct record *r);
	void              *owner;
	uint64_t           full_count;

	/* Inner. */
	size_t             objects_max;
	char              *kept;             /* STORE_KEPT_MAX: where `keep` writes */
	struct { uint64_t uid, version; } gone[STORE_GONE_MAX];
	int                gone_next;
};

void store_init(struct store *s, const struct view *views, int count, size_t objects_max, size_t bytes_max);

/* An ADDED or MODIFIED event, the body of a GET, or the answer to our own write. */
enum stored store_put(struct store *s, const struct view *v, struct str raw);
enum stored store_put_object(struct store *s, const struct view *v, const struct object *o);    /* scanned */
enum stored store_delete(struct store *s, const struct view *v, struct str raw);     /* DELETED event */
enum stored store_delete_object(struct store *s, const struct view *v, const struct object *o);
/* 404 to a GET.  Changes nothing when the object is known: if it is gone, its event will come. */
void        store_absent(struct store *s, const struct view *v, struct str ns, struct str name);

/* NULL: unknown.  A record with `absent` set has no object. */
const struct record *store_find(const struct store *s, const struct view *v, struct str ns, struct str name);
/* Walk by next_of_view; not sorted; absent ones are not in it. */
const struct record *store_first(const struct store *s, const struct view *v);

/* A listing: begun before its first request is sent; its items one by one;
 * at its end what was not in it, and was not written since it began, is gone.
 * What it says beats what is known, whatever the versions (a cluster that was
 * restored from a backup goes back in time), except what came since it began.
 * `ns`: of that listing; empty: all.  `version`: of the listing; 0: no number. */
uint32_t    store_list_begin(struct store *s, const struct view *v);
enum stored store_list_item(struct store *s, const struct view *v, struct str raw, uint32_t listing);
void        store_list_end(struct store *s, const struct view *v, struct str ns, uint32_t listing,
                           uint64_t version);

#endif
