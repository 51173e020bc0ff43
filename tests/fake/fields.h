/*
 * fields.h - sets of fields in the notation of managedFields.
 *
 * A set is a tree as in fieldsV1: {"f:spec":{"f:replicas":{},"f:ports":{"k:{\"port\":80}":{".":{}}}}}.
 * A node is in the set itself when it is empty or has ".".
 */
#ifndef TESTS_FAKE_FIELDS_H
#define TESTS_FAKE_FIELDS_H

#include "tests/fake/grain.h"

#define FIELDS_ELEMENT_MAX 512

/* All fields of a value.  `whole`: also the objects that hold them (".", as an update owns them). */
struct tree *fields_of(const struct tree *value, const struct grain *s, bool whole);

/* What differs, into *changed (new and modified ones) and *removed: sets, never NULL afterwards. */
void         fields_compare(const struct tree *old, const struct tree *new, const struct grain *s,
                 struct tree **changed, struct tree **removed);

void         fields_add(struct tree *a, const struct tree *b);          /* a = a or b */
void         fields_subtract(struct tree *a, const struct tree *b);     /* a = a without b */
bool         fields_meet(const struct tree *a, const struct tree *b);   /* have a member in common */
bool         fields_none(const struct tree *a);                         /* nothing in it, at the top */
/* What nobody can own: names, versions, managedFields. */
void         fields_strip(struct tree *set);

/* The child of a set for a member ("f:KEY") or an element; NULL: none. */
struct tree *fields_child(const struct tree *set, struct str key);

#endif
