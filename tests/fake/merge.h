/* merge.h - strategic merge patches: RFC 7386, but lists with keys are merged by element. */
#ifndef TESTS_FAKE_MERGE_H
#define TESTS_FAKE_MERGE_H

#include "tests/fake/resource.h"

/* `$patch: delete` and `$patch: replace` are known, `$setElementOrder` is passed over,
 * `$deleteFromPrimitiveList` too. */
void merge_strategic(const struct resource *k, struct tree *live, const struct tree *patch);

#endif
