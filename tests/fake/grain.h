/*
 * grain.h - what server-side apply takes for one field at a place in an object.
 *
 * Objects are taken apart (granular) and lists are one field (atomic), unless
 * the kind says otherwise: by x-kubernetes-list-type and -map-type in a custom
 * resource's schema, by a small table for the built-in kinds.
 */
#ifndef TESTS_FAKE_GRAIN_H
#define TESTS_FAKE_GRAIN_H

#include "tests/fake/resource.h"

enum grain_how { GRAIN_PARTS, GRAIN_ATOMIC, GRAIN_SET, GRAIN_KEYED };

struct grain {
	enum grain_how     how;
	struct str         keys[3];      /* GRAIN_KEYED: what tells elements apart */
	int                key_count;
	struct str         field;        /* its name in the object that holds it */
	const struct tree *schema;       /* of a custom resource; else NULL */
	bool               custom;
};

struct grain grain_root(const struct resource *k, int version);
struct grain grain_member(const struct grain *of, struct str key);
struct grain grain_element(const struct grain *of);

/* An element of a keyed list as `k:{"name":"x"}`, of a set as `v:"x"`. */
void         grain_print_element(const struct grain *of, const struct tree *element, struct out *o);
struct tree *grain_find(const struct grain *of, const struct tree *list, struct str element);

#endif
