/*
 * versions.h - AIStores in both versions, for the tests of what converts them.
 *
 * JSON is written with ' for ".  Results live until the room is used again.
 */
#ifndef TESTS_UNIT_VERSIONS_H
#define TESTS_UNIT_VERSIONS_H

#include "ais/convert_inner.h"
#include "sample.h"
#include "test.h"

#define ROOMS 4

/* Converted, or the sentence why not. */
struct str up(int room, struct str object);
struct str down(int room, struct str object);

struct json  parsed(struct str text);
struct node *tree(struct str text);
struct str   printed(struct node *n);                /* in the arena of the sample */
bool         same(struct str a, struct str b);       /* in any order of keys; shows both when not */

/* The object of 2021, and one of today, with these members added to its spec and roles. */
struct str alpha_with(const char *spec, const char *targets);
struct str beta_with(const char *spec, const char *proxies, const char *targets);

/* The value at that path, with sorted keys; empty: none. */
struct str at(struct str object, const char *path);
void       expect_at(struct str object, const char *path, const char *quoted, const char *file, int line);
#define AT(object, path, want) expect_at((object), (path), (want), __FILE__, __LINE__)

/* What an annotation says; empty: there is none. */
#define ALPHA_RIDES "conversion.ais.nvidia.com/v1alpha1"
#define BETA_RIDES  "conversion.ais.nvidia.com/v1beta1"
struct str rider(struct str object, const char *key);
void       expect_rider(struct str object, const char *key, const char *quoted, const char *file, int line);
#define RIDES(object, key, want) expect_rider((object), (key), (want), __FILE__, __LINE__)

#endif
