/* versions_inner.h - one ConversionReview, for versions.c and views.c. */
#ifndef TESTS_FAKE_VERSIONS_INNER_H
#define TESTS_FAKE_VERSIONS_INNER_H

#include "tests/fake/versions.h"

struct tree *version_review(const struct resource *k, const struct tree *object, int to, const char *uid);
/* What came of it; NULL: *bad. */
struct tree *version_read(const struct resource *k, const struct tree *object, int from, int to,
                 const struct hook_call *call, const char *uid, struct reply *bad);
/* Without what the version's schema does not know; gives t back. */
struct tree *version_trim(const struct resource *k, struct tree *t, int version);

#endif
