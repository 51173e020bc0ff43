/* json_patch.h - RFC 6902: add, remove, replace, test, copy, move. */
#ifndef TESTS_FAKE_JSON_PATCH_H
#define TESTS_FAKE_JSON_PATCH_H

#include "tests/fake/tree.h"

/* Changes *t; on failure it may be half changed.  False: *why is static text. */
bool json_patch(struct tree **t, const struct tree *patch, const char **why);

#endif
