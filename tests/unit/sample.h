/*
 * sample.h - one AIStore and its objects, for the tests of what is wanted and kept.
 *
 * JSON in tests is written with ' for ".  All of it lives until the next
 * sample_begin().
 */
#ifndef TESTS_UNIT_SAMPLE_H
#define TESTS_UNIT_SAMPLE_H

#include "ais/keep.h"
#include "ais/want.h"

struct arena *sample_begin(void);
struct arena *sample_arena(void);

struct str sample_json(const char *quoted);
/* `from` must be in it; the first one is replaced. */
struct str sample_replace(struct str text, const char *from, const char *to);

/* The smallest cluster, ais in ns, with these members added to spec,
 * spec.proxySpec and spec.targetSpec; the last of equal keys counts. */
struct str   sample_spec_text(const char *cluster, const char *proxy, const char *target);
struct spec *sample_spec(const char *cluster, const char *proxy, const char *target);
struct want  sample_want(const struct spec *s);

/* Its StatefulSets as an API server shows them. */
struct str sample_live_set(enum role r);

#endif
