/* fake_cluster.h - a registry with its controllers, for tests of the stand-in: objects in, objects out. */
#ifndef TESTS_UNIT_FAKE_CLUSTER_H
#define TESTS_UNIT_FAKE_CLUSTER_H

#include "tests/fake/controller.h"

struct fake_cluster {
	struct registry    *registry;
	struct controllers *controllers;
};

void fake_open(struct fake_cluster *f);      /* also resets the world */
void fake_close(struct fake_cluster *f);

/* In namespace default where the kind has one; `json` with ' for ".  Then everything settles. */
void fake_create(struct fake_cluster *f, const char *group, const char *plural, const char *json);
void fake_merge(struct fake_cluster *f, const char *group, const char *plural, const char *name,
         const char *json);
void fake_status(struct fake_cluster *f, const char *group, const char *plural, const char *name,
         const char *json);
void fake_delete(struct fake_cluster *f, const char *group, const char *plural, const char *name,
         int64_t grace_s);    /* -1: as the object says */
const struct tree *fake_find(struct fake_cluster *f, const char *group, const char *plural, const char *name);

void fake_node(struct fake_cluster *f, const char *name, const char *spec);    /* Ready, with room */
void fake_ready(struct fake_cluster *f, const char *pod);    /* as its kubelet would say */
void fake_end(struct fake_cluster *f, const char *pod);      /* a deleted pod has stopped */

/* "a b c" of all names of that kind. */
struct str fake_names(struct fake_cluster *f, const char *group, const char *plural);

#endif
