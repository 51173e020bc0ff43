/* valid.h - what makes an object invalid (422), apart from the schemas of custom resources. */
#ifndef TESTS_FAKE_VALID_H
#define TESTS_FAKE_VALID_H

#include "tests/fake/registry.h"

void valid_create(const struct resource *k, const struct tree *object, struct reply *r);
void valid_update(const struct resource *k, const struct tree *old, const struct tree *new,
    struct reply *r);

#endif
