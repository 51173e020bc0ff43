/*
 * managed.h - who owns which field: metadata.managedFields, and server-side apply on top of it.
 */
#ifndef TESTS_FAKE_MANAGED_H
#define TESTS_FAKE_MANAGED_H

#include "tests/fake/registry.h"

/* After an update (old NULL: a create) by w->manager: what it changed is its own now.
 * Makes metadata.managedFields of `new` from those of `old`. */
void managed_update(const struct resource *k, const struct tree *old, struct tree *new,
         const struct registry_write *w);

/* The writer says himself who owns what: other entries than there were. */
bool managed_given(const struct tree *old, const struct tree *new);

/* What applying `applied` makes of `live` (NULL: nothing is there), managedFields included.
 * NULL: another manager owns a field and w->force is off; *bad says it. */
struct tree *managed_apply(const struct resource *k, const struct tree *live, const struct tree *applied,
                 const struct registry_write *w, struct reply *bad);

#endif
