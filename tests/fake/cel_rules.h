/* cel_rules.h - the operator's own table of rules, asked with trees. */
#ifndef TESTS_FAKE_CEL_RULES_H
#define TESTS_FAKE_CEL_RULES_H

#include "tests/fake/tree.h"

/* Each broken rule of one of our resources; of others none.  old NULL: a create.
 * One that was broken before is no error. */
void cel_broken(const struct tree *object, const struct tree *old,
    void (*each)(struct str path, struct str text, bool error, void *owner), void *owner);

#endif
