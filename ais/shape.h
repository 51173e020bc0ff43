/*
 * shape.h - the fields of our resources, as tables.
 *
 * A table lists the members of an object in the order of the CRD and ends
 * with END.  Checking the schema, decoding what 3.4.0's webhook decodes, and
 * comparing what may not change all walk the same tables.
 */
#ifndef AIS_SHAPE_H
#define AIS_SHAPE_H

#include "ais/validate.h"

enum shape_kind {
	AS_NOTHING,              /* the end of a table */
	AS_MORE,                 /* and all of another table */
	AS_TEXT,
	AS_TIME,                 /* text: a Go duration */
	AS_SIZE,                 /* text: bytes as AIS writes them */
	AS_BOOL,
	AS_INT,
	AS_INT32,
	AS_BYTE,                 /* decoded as uint8 */
	AS_BITS,                 /* decoded as uint64 */
	AS_PORT,                 /* integer or text, Kubernetes' IntOrString */
	AS_AMOUNT,               /* a quantity */
	AS_OBJECT,
	AS_LIST,
	AS_MAP,
	AS_ANY,
};

enum shape_flags {
	REQUIRED = 1,
	POINTER  = 2,            /* a scalar: absent differs from false, 0 and "" */
	MUTABLE  = 4,            /* where the object around it may not change, this may */
};

struct member {
	struct str           name;
	enum shape_kind      kind;
	unsigned             flags;
	int64_t              min, max;   /* of a number, a text's characters, an object's members; max 0: none */
	const char          *choices;    /* of a text: "IP Node Pod" */
	const struct member *in;         /* OBJECT, MORE: its table; LIST, MAP: what an item is */
};

#define END                  { .kind = AS_NOTHING }
#define MORE(table)          { .kind = AS_MORE, .in = (table) }
#define FIELD(n, k)          { .name = STR_INIT(n), .kind = (k) }
#define FIELD_IF(n, k, ...)  { .name = STR_INIT(n), .kind = (k), __VA_ARGS__ }
#define OBJECT(n, table)     { .name = STR_INIT(n), .kind = AS_OBJECT, .in = (table) }
#define OBJECT_IF(n, t, ...) { .name = STR_INIT(n), .kind = AS_OBJECT, .in = (t), __VA_ARGS__ }
#define LIST(n, item)        { .name = STR_INIT(n), .kind = AS_LIST, .in = (item) }
#define LIST_IF(n, i, ...)   { .name = STR_INIT(n), .kind = AS_LIST, .in = (i), __VA_ARGS__ }
#define MAP(n, item)         { .name = STR_INIT(n), .kind = AS_MAP, .in = (item) }
#define MAP_IF(n, i, ...)    { .name = STR_INIT(n), .kind = AS_MAP, .in = (i), __VA_ARGS__ }
#define BETWEEN(a, b)        .min = (a), .max = (b)
#define FROM(a)              .min = (a), .max = INT64_MAX
#define NOT_EMPTY            FROM(1)
#define MUST                 .flags = REQUIRED

/* Core types, shared by the tables. */
extern const struct member shape_text, shape_amount, shape_env, shape_toleration, shape_reference;
extern const struct member shape_resources[], shape_affinity[], shape_selector[], shape_probe[];
extern const struct member shape_pod_security[], shape_security[];

/* What a role of v1beta1 has; of our resources, their spec. */
extern const struct member shape_proxy[], shape_target[], shape_config[], shape_certificate[];
extern const struct member shape_beta, shape_alpha, shape_auth, shape_profile;

const struct member *shape_of(enum resource r);
const struct member *shape_member(const struct member *table, struct str name);   /* NULL: none */

/* struct shape_iter it = { table, NULL }; while ((m = shape_next(&it)) != NULL) ...  Steps into AS_MORE. */
struct shape_iter { const struct member *at, *back; };
const struct member *shape_next(struct shape_iter *it);

/* Where a value stands, NULL for the whole; printed only when there is something to say. */
struct place {
	const struct place *up;
	struct str          name;        /* empty: an item */
	int                 index;
};
struct str place_text(const struct place *p, struct arena *a);

/* A look at one object by its schema. */
struct look {
	struct arena    *a;
	struct findings *f;
	bool             blind;          /* what was found keeps the API server from its CEL rules */
};

void shape_check(struct look *l, const struct member *m, struct json v, struct json old,
                 const struct place *p);

/* What 3.4.0 cannot decode, though the schema lets it pass. */
void shape_decode(const struct member *m, struct json v, const struct place *p, struct arena *a,
                  struct findings *f);

/* May an update turn `old` into `v`?  `exact`: as the 2021 version compares:
 * absent is not empty, and quantities are compared as they are written.
 * False: *where is the first difference, and *was the old value there. */
bool shape_same(const struct member *m, struct json v, struct json old, bool exact, const struct place *p,
                struct arena *a, struct str *where, struct json *was);

bool json_set(struct json v);                        /* there, and not null */
bool json_same(struct json a, struct json b);        /* in any order of keys, without what is null */
bool json_whole(struct json v, int64_t *out);        /* 3, 3.0 and 3e0 */

#endif
