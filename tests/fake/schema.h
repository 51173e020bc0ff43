/*
 * schema.h - structural schemas of custom resources: defaults, pruning, validation.
 *
 * Says what a kube-apiserver says, word for word, for: type, required, enum,
 * minimum and maximum, lengths, items, pattern (as POSIX extended),
 * int-or-string, nullable, preserve-unknown-fields.  Of an update, what stands
 * there unchanged is not looked at.  Rules in CEL: see cel.h.
 */
#ifndef TESTS_FAKE_SCHEMA_H
#define TESTS_FAKE_SCHEMA_H

#include "tests/fake/registry.h"

/* null where it is not allowed is taken as absent. */
void schema_default(struct tree *v, const struct tree *schema);
void schema_drop_null(struct tree *v, const struct tree *schema);    /* the same without defaults */
/* Drops what the schema does not know; `unknown` gathers lines, `unknown field "spec.x"`. */
void schema_prune(struct tree *object, const struct tree *schema, struct out *unknown);
/* old NULL: a create. */
void schema_validate(const struct tree *object, const struct tree *old, const struct tree *schema,
    struct reply *r);

#endif
