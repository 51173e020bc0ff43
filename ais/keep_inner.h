/* keep_inner.h - what the files that keep and compare objects share. */
#ifndef AIS_KEEP_INNER_H
#define AIS_KEEP_INNER_H

#include "ais/keep.h"
#include "kernel/json.h"

void keep_cr(const struct object *o, struct arena *scratch, struct out *kept);
void keep_set(const struct object *o, struct arena *scratch, struct out *kept);
void keep_pod(const struct object *o, struct arena *scratch, struct out *kept);

/* A canonical text in the making: equal texts, equal digests. */
struct digest {
	struct arena *a;
	struct out    text;
};

/* A walk in the order of keys, so that order does not count.  Of more than
 * SORTED_MAX, which are none of ours, in the order in which they stand. */
#define SORTED_MAX 256

struct sorted {
	struct str       key;
	struct json      val;
	struct json      of;
	const char      *name;           /* where the key of an item stands; NULL: members of an object */
	bool             begun;
	struct json_iter in_order;
};

struct sorted sorted_members(struct json v);
struct sorted sorted_items(struct json v, const char *name);
bool          sorted_next(struct sorted *s);

/* Canonical is rarely longer than what it is made from; a quantity may grow. */
#define DIGEST_ROOM(len) (2 * (len) + 1024)

struct digest digest_begin(struct arena *a, size_t most);
uint64_t      digest_end(struct digest *d);      /* and ready for the next one; 0: no room */

/* Members sorted; null, "", {} and [] are as good as absent, and so is what
 * the API server puts in beside a value of ours. */
void digest_value(struct digest *d, struct json v);
void digest_text(struct digest *d, struct str s);
/* A key and its value; nothing when that is as good as absent. */
void digest_pair(struct digest *d, struct str key, struct json v);
void digest_member(struct digest *d, struct json of, struct str key);
void digest_quantity(struct digest *d, struct json v);

/* digest_set.c: the comparison groups of a StatefulSet's spec. */
void digest_groups(struct json spec, struct digest *d, uint64_t groups[GROUP_COUNT]);

#endif
