/*
 * tree.h - JSON that can be changed: what the stand-in API server keeps.
 *
 * A tree is owned by exactly one holder.  Functions that put a tree into
 * another take it over; texts are copied.  Members keep the order in which
 * they came.  Like the cursor of kernel/json.h, looking is sticky: a NULL tree
 * has no members, no text and is no kind of value.
 */
#ifndef TESTS_FAKE_TREE_H
#define TESTS_FAKE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/out.h"

enum tree_kind { TREE_NULL, TREE_BOOL, TREE_NUMBER, TREE_TEXT, TREE_ARRAY, TREE_OBJECT };

struct tree {
	enum tree_kind kind;
	bool           truth;            /* TREE_BOOL */
	int            count;            /* of children */
	struct str     text;             /* TREE_TEXT, and a number as it was written */
	struct str     key;              /* in an object */
	struct tree   *first, *last;     /* children, in order */
	struct tree   *next;             /* sibling */
};

/* Making.  Every one of these gives a tree of the caller's. */
struct tree *tree_null(void);
struct tree *tree_bool(bool v);
struct tree *tree_int(int64_t v);
struct tree *tree_text(struct str s);
struct tree *tree_array(void);
struct tree *tree_object(void);
struct tree *tree_copy(const struct tree *t);              /* NULL gives NULL */
struct tree *tree_parse(struct str json, const char **why);/* NULL: *why (may be NULL) is static text */
struct tree *tree_of(const char *json);                    /* of our own making: must parse; ' stands for " */
void         tree_free(struct tree *t);                    /* NULL is fine */

/* Looking.  `dotted`: "spec.template.metadata", for keys without dots. */
struct tree *tree_get(const struct tree *t, struct str key);       /* NULL: none */
struct tree *tree_at(const struct tree *t, const char *dotted);
struct tree *tree_item(const struct tree *t, int index);
bool         tree_is(const struct tree *t, enum tree_kind kind);
struct str   tree_str(const struct tree *t);                       /* empty if no text */
struct str   tree_str_at(const struct tree *t, const char *dotted);
bool         tree_str_is(const struct tree *t, const char *dotted, struct str want);
int64_t      tree_int_at(const struct tree *t, const char *dotted, int64_t otherwise);
bool         tree_true_at(const struct tree *t, const char *dotted);
#define TREE_EACH(child, t) \
	for (struct tree *child = (t) == NULL ? NULL : (t)->first; child != NULL; child = child->next)

/* Members in any order; 1 and 1.0 differ. */
bool         tree_eq(const struct tree *a, const struct tree *b);

/*
 * Changing.  `t` is an object (an array for _push); `v` is taken over and given back.
 *
 *	_set        in place of the old one
 *	_set_at     makes the objects on the way
 *	_want       the object there, made if absent
 *	_take       out of t, now the caller's; NULL: it was not there
 *	_drop       false: it was not there
 *	_sort       members by key, all the way down
 */
struct tree *tree_set(struct tree *t, struct str key, struct tree *v);
struct tree *tree_set_at(struct tree *t, const char *dotted, struct tree *v);
void         tree_set_str(struct tree *t, const char *dotted, struct str s);
void         tree_set_int(struct tree *t, const char *dotted, int64_t v);
struct tree *tree_want(struct tree *t, const char *dotted);
struct tree *tree_push(struct tree *t, struct tree *v);
struct tree *tree_take(struct tree *t, struct str key);
bool         tree_drop(struct tree *t, struct str key);
bool         tree_drop_at(struct tree *t, const char *dotted);
bool         tree_drop_child(struct tree *t, struct tree *child);   /* by identity */
void         tree_to_front(struct tree *t, struct str key);         /* nothing if it is not there */
void         tree_sort(struct tree *t);

/* RFC 7386: `patch` into *target, which may become another kind of value. */
void         tree_merge(struct tree **target, const struct tree *patch);

/* Printing. */
void         tree_print(struct out *o, const struct tree *t);
struct str   tree_text_of(const struct tree *t);     /* as JSON, from malloc: free((void *)s.at) */

/* Quantities: "0.5" is "500m", "1024Mi" is "1Gi", 1 is "1".  False: is none, *out is untouched. */
bool         quantity_canonical(struct str s, struct out *out);
bool         quantity_value(struct str s, int64_t *milli);    /* saturating */

#endif
