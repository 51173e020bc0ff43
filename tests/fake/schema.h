/*
 * schema.h - structural schemas of custom resources: defaults, pruning, validation.
 *
 * Says what a kube-apiserver says, word for word, for: type, required, enum,
 * minimum and maximum, lengths, items, pattern (as POSIX extended),
 * int-or-string, nullable, preserve-unknown-fields.  Rules in CEL are not
 * looked at.
 */
#ifndef TESTS_FAKE_SCHEMA_H
#define TESTS_FAKE_SCHEMA_H

#include "tests/fake/registry.h"

/* null where it is not allowed is taken as absent. */
void schema_default(struct tree *v, const struct tree *schema);
/* Drops what the schema does not know; `unknown` gathers the paths, `spec.x`, separated by ", ". */
void schema_prune(struct tree *object, const struct tree *schema, struct out *unknown);
void schema_validate(const struct tree *object, const struct tree *schema, struct reply *r);

#endif
