/*
 * managed.h - who owns which field: metadata.managedFields, and server-side apply on top of it.
 */
#ifndef TESTS_FAKE_MANAGED_H
#define TESTS_FAKE_MANAGED_H

#include "tests/fake/registry.h"

/* After an update (old NULL: a create) by w->manager: what it changed is its own now.
 * Makes metadata.managedFields of `new` from those of `old`.  Entries of other
 * versions are compared in their version; when the objects cannot be had in it,
 * nobody owns anything any more.  False: REPLY_WAITS. */
bool managed_update(const struct resource *k, const struct tree *old, struct tree *new,
         const struct registry_write *w);

/* What applying `applied` makes of `live` (NULL: nothing is there), managedFields included.
 * NULL: *bad says why: another manager owns a field and w->force is off, or a version cannot be had. */
struct tree *managed_apply(const struct resource *k, const struct tree *live, const struct tree *applied,
                 const struct registry_write *w, struct reply *bad);

#endif
