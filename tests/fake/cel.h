/*
 * cel.h - the rules that our definitions state in CEL.
 *
 * Nothing here reads CEL: the operator's own table says which rules of our
 * resources are broken, the definition gives the words.
 */
#ifndef TESTS_FAKE_CEL_H
#define TESTS_FAKE_CEL_H

#include "tests/fake/registry.h"

/* Adds to what the schema found, where that leaves sense in it.  old NULL: a create;
 * else what was broken before is a warning. */
void cel_validate(const struct resource *k, int version, const struct tree *object, const struct tree *old,
    struct reply *r);

#endif
