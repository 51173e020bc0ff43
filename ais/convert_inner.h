/* convert_inner.h - what the files that convert an AIStore share. */
#ifndef AIS_CONVERT_INNER_H
#define AIS_CONVERT_INNER_H

#include "ais/convert.h"
#include "kernel/json_out.h"

#define ALPHA_GROUP_VERSION "ais.nvidia.com/v1alpha1"
#define BETA_GROUP_VERSION  "ais.nvidia.com/v1beta1"

/* convert_node.c ------------------------------------------------------------
 *
 * A tree that can be changed, over JSON that cannot.  A value that was read
 * stays closed, one token, until somebody looks into it; so what is only
 * carried over costs a node.  Members stand in the order of their keys.
 * Everything takes NULL for "not there", and gives it when there is no room:
 * the arena says so once, at the end.
 */
#define MEMBERS_MAX (64 << 10)           /* in one object that is looked into: over it, there is no room */

struct node {
	struct node  *next;
	struct str    key;
	struct json   value;             /* while closed */
	struct node  *first;             /* of what is opened */
	struct arena *arena;
	bool          opened, list;
};

struct node *node_of(struct arena *a, struct json v);        /* NULL: of nothing */
struct node *node_made(struct arena *a, struct str json);    /* from text that is JSON */
struct node *node_object(struct arena *a);                   /* empty ones */
struct node *node_list(struct arena *a);
struct node *node_copy(const struct node *n);                /* shares nothing that can change */

bool         node_there(const struct node *n);               /* a null is as good as absent */
bool         node_is_object(const struct node *n);
bool         node_is_list(const struct node *n);
struct json  node_scalar(const struct node *n);              /* of nothing when it is none */
struct node *node_first(struct node *n);                     /* member or item */
struct node *node_get(struct node *object, struct str key);
struct node *node_path(struct node *root, struct str dotted);
bool         node_same(struct node *x, struct node *y);
bool         node_alike(struct node *x, struct node *y);     /* the same, or both not there */

/* The node becomes part of the object: give a copy of what stands elsewhere. */
void         node_set(struct node *object, struct str key, struct node *n);
void         node_put(struct node *root, struct str dotted, struct node *n);  /* makes what is on the way */
struct node *node_take(struct node *root, struct str dotted);                    /* takes it out */

void         node_print(struct node *n, struct json_out *j);         /* what is closed, as it was read */
void         node_print_sorted(struct node *n, struct json_out *j);  /* the same bytes for the same value */

/* convert_map.c: the map alone.  A document is {"spec": ..., "status": ...}; each makes a new one. */
struct node *map_up(struct node *alpha);
struct node *map_down(struct node *beta);
/* What v1alpha1 demands and nobody said: put in, and left out again. */
void         map_fill(struct node *alpha);
void         map_unfill(struct node *alpha);

/* convert_ride.c ------------------------------------------------------------
 *
 * A rider says what makes `to` of `from`: values in their places, a null for
 * "not there", and in "was" what stood in `from` there.  Later it is applied
 * to a `from` that somebody may have edited: where this no longer says what
 * it said, the edit wins.
 */
#define UNIT_PATHS 3

struct unit {                            /* fields that have a meaning only together */
	struct str paths[UNIT_PATHS];
	/* Called when somebody edited them: `now`, what the rider wants (NULL: the
	 * same as before), what it was.  May be NULL: the edit wins as it is. */
	void     (*edited)(struct node **now, struct node **then, struct node **was);
};
extern const struct unit alpha_units[], beta_units[];        /* convert_map.c; the last one has no paths */

struct node *ride_make(struct node *from, struct node *to, const struct unit *units);   /* empty: the same */
struct node *ride_apply(struct node *x, struct node *rider, const struct unit *units);   /* a new document */

#endif
