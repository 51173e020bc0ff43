/* target.h - pure: what a request's target asks for. */
#ifndef TESTS_FAKE_TARGET_H
#define TESTS_FAKE_TARGET_H

#include "kernel/out.h"

#define TARGET_MAX       8192
#define TARGET_PARTS_MAX 10
#define TARGET_QUERY_MAX 24

struct target {
	struct str parts[TARGET_PARTS_MAX];     /* of the path, decoded */
	int        part_count;
	struct str keys[TARGET_QUERY_MAX], values[TARGET_QUERY_MAX];    /* decoded */
	int        query_count;

	/* /api/VERSION or /apis/GROUP/VERSION, then what follows; views of the above. */
	bool       is_resource;
	struct str group, version, ns, plural, name, sub;
	char       room[TARGET_MAX];
};

/* false: bad escapes, too long, too many parts */
bool       target_parse(struct str text, struct target *t);
struct str target_query(const struct target *t, const char *key);    /* empty: none */
bool       target_has(const struct target *t, const char *key);
bool       target_true(const struct target *t, const char *key);     /* "true" or "1" */
int64_t    target_int(const struct target *t, const char *key, int64_t otherwise);

#endif
