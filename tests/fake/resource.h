/*
 * resource.h - what the stand-in serves: kinds, their names and their habits.
 *
 * The table grows when a CustomResourceDefinition is created.  One resource
 * is one storage: versions of it are views (versions.h).
 */
#ifndef TESTS_FAKE_RESOURCE_H
#define TESTS_FAKE_RESOURCE_H

#include "tests/fake/tree.h"

#define RESOURCE_VERSIONS_MAX 4

struct resource {
	struct str  group;                   /* empty: core */
	struct str  versions[RESOURCE_VERSIONS_MAX];    /* served ones; the stored one first */
	int         version_count;
	struct str  plural, singular, kind;
	struct str  short_names;             /* separated by commas; may be empty */
	struct str  categories;              /* the same */
	bool        namespaced;
	bool        has_status;              /* as a subresource: either write leaves the other's part alone */
	bool        has_generation;          /* counted up when anything but metadata and status changes */
	bool        needs_version;           /* an update must say a resourceVersion (custom resources, Leases) */
	bool        update_creates;          /* a PUT of what is not there creates it */
	const struct tree *crd;              /* the definition, for custom ones; else NULL */
	uint64_t    definition;              /* counts them: views made by an older one are stale */
	struct tree *schemas[RESOURCE_VERSIONS_MAX];    /* openAPIV3Schema by version, for custom ones */
	void       *shelf;                   /* the registry's */
	struct resource *next;
};

/* Of one registry.  By plural ("statefulsets") or by kind ("StatefulSet"); a group that is nowhere
 * (STR_NONE) is any.  NULL: not served. */
struct resource_list { struct resource *first, *last; };

void             resource_list_init(struct resource_list *l);
void             resource_list_free(struct resource_list *l);
struct resource *resource_by_plural(const struct resource_list *l, struct str group, struct str plural);
struct resource *resource_by_kind(const struct resource_list *l, struct str group, struct str kind);
/* Its index; -1: not served. */
int              resource_version(const struct resource *r, struct str version);
bool             resource_define(struct resource_list *l, const struct tree *crd);  /* new, or defined anew */
void             resource_remove(struct resource_list *l, const struct tree *crd);

/* "apps/v1", "v1" */
void             resource_api_version(const struct resource *r, int version, struct out *o);
/* "statefulsets.apps", "pods": as messages name it. */
void             resource_print(const struct resource *r, struct out *o);

#endif
