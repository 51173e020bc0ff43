/* managed_inner.h - entries of managedFields, for managed.c and apply.c. */
#ifndef TESTS_FAKE_MANAGED_INNER_H
#define TESTS_FAKE_MANAGED_INNER_H

#include "tests/fake/fields.h"
#include "tests/fake/managed.h"

/* A copy of an object's entries; never NULL. */
struct tree *managed_entries(const struct tree *object);
/* That of this manager and subresource.  operation: "Apply" or "Update". */
struct tree *managed_entry(const struct tree *entries, const char *operation, const struct registry_write *w);
/* The writer owns exactly `set` (taken over) from now on. */
void         managed_note(struct tree *entries, const struct resource *k, const char *operation,
                 const struct registry_write *w, struct tree *set);
/* Nobody but `except` owns anything of `set` any more. */
void         managed_release(struct tree *entries, const struct tree *except, const struct tree *set);
/* Puts the entries (taken over) into the object. */
void         managed_keep(struct tree *object, struct tree *entries);

#endif
