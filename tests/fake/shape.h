/*
 * shape.h - what server-side apply takes for one field at a place in an object.
 *
 * Objects are taken apart (granular) and lists are one field (atomic), unless
 * the kind says otherwise: by x-kubernetes-list-type and -map-type in a custom
 * resource's schema, by a small table for the built-in kinds.
 */
#ifndef TESTS_FAKE_SHAPE_H
#define TESTS_FAKE_SHAPE_H

#include "tests/fake/resource.h"

enum shape_how { SHAPE_PARTS, SHAPE_ATOMIC, SHAPE_SET, SHAPE_KEYED };

struct shape {
	enum shape_how     how;
	struct str         keys[3];      /* SHAPE_KEYED: what tells elements apart */
	int                key_count;
	struct str         field;        /* its name in the object that holds it */
	const struct tree *schema;       /* of a custom resource; else NULL */
	bool               custom;
};

struct shape shape_root(const struct resource *k, int version);
struct shape shape_member(const struct shape *of, struct str key);
struct shape shape_element(const struct shape *of);

/* An element of a keyed list as `k:{"name":"x"}`, of a set as `v:"x"`. */
void         shape_print_element(const struct shape *of, const struct tree *element, struct out *o);
struct tree *shape_find(const struct shape *of, const struct tree *list, struct str element);

#endif
