/* managed_inner.h - entries of managedFields, for managed.c, compared.c and apply.c. */
#ifndef TESTS_FAKE_MANAGED_INNER_H
#define TESTS_FAKE_MANAGED_INNER_H

#include "tests/fake/fields.h"
#include "tests/fake/managed.h"

/* A copy of an object's entries; never NULL. */
struct tree *managed_entries(const struct tree *object);
/* That of this manager and subresource; of updates, in this version.  operation: "Apply" or "Update". */
struct tree *managed_entry(const struct tree *entries, const struct resource *k, const char *operation,
                 const struct registry_write *w);
/* The index of the version that an entry speaks; -1: one that is not served. */
int          managed_version(const struct resource *k, const struct tree *entry);
/* The writer owns exactly `set` (taken over) from now on. */
void         managed_note(struct tree *entries, const struct resource *k, const char *operation,
                 const struct registry_write *w, struct tree *set);
/* Puts the entries (taken over) into the object. */
void         managed_keep(struct tree *object, struct tree *entries);

/* What a write changes, as each version that an entry speaks sees it. */
struct compared {
	struct tree *changed[RESOURCE_VERSIONS_MAX], *removed[RESOURCE_VERSIONS_MAX];    /* NULL: nobody asks */
};
/* Of the writer's version always; of others for entries but `mine`.  False: *bad. */
bool compared_make(struct compared *c, const struct resource *k, const struct tree *entries,
         const struct tree *mine, const struct tree *old, const struct tree *new,
         const struct registry_write *w, struct reply *bad);
void compared_free(struct compared *c);
/* Nobody but `except` owns what was changed (`removed`: or removed) any more.  Entries of versions
 * that are not served go. */
void compared_release(const struct compared *c, const struct resource *k, struct tree *entries,
         const struct tree *except, bool removed);

#endif
