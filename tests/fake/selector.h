/* selector.h - label and field selectors, as they stand in a query. */
#ifndef TESTS_FAKE_SELECTOR_H
#define TESTS_FAKE_SELECTOR_H

#include "tests/fake/resource.h"

/* "a=b,c in (d,e),!f,g!=h,i notin (j)".  False: is no selector; *bad is the part that is wrong. */
bool selector_parses(struct str text, struct str *bad);
bool selector_matches(struct str text, const struct tree *labels);

/* A LabelSelector object: matchLabels and matchExpressions.  NULL matches nothing, {} everything. */
bool selector_object_matches(const struct tree *selector, const struct tree *labels);

/* "metadata.name=x,status.phase!=Running".  False: a field that this kind is not selected by. */
bool selector_fields_parse(struct str text, const struct resource *k, struct str *bad);
bool selector_has_fields(const struct resource *k);    /* more than name and namespace */
bool selector_fields_match(struct str text, const struct tree *object);

#endif
