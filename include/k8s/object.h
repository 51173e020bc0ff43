/* object.h - what every object has: its metadata, as views of the JSON. */
#ifndef K8S_OBJECT_H
#define K8S_OBJECT_H

#include "kernel/scan.h"

struct object {
	struct str ns, name, uid;
	struct str version;              /* resourceVersion, as text */
	uint64_t   version_number;       /* the same as a number; 0 if it is none */
	int64_t    generation;
	bool       deleting;             /* has a deletionTimestamp */
	struct str owner_kind, owner_name, owner_uid;    /* the controller's */
	struct str labels, annotations, finalizers;      /* raw JSON; empty: none */
	struct str spec, status;                         /* raw JSON; empty: none */
	struct str node;                                 /* spec.nodeName: found on the way through spec */
	struct str raw;                                  /* the whole object */
};

/* False: not an object with a name.  What was found is filled in all the same
 * (a bookmark has a version and nothing else). */
bool object_scan(struct str raw, struct object *o);
/* The same for a scan that has stepped in; raw stays empty: scan_back() tells it. */
bool object_walk(struct scan *in, struct object *o);
struct str object_label(const struct object *o, struct str key);    /* empty: none */

#endif
