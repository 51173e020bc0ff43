/*
 * scene.h - a world to plan in: one AIStore, and how far it has come.
 *
 * Each function takes a scene one step on the way from "just created" to
 * "Ready", as the cluster would.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "ais/plan.h"

struct scene {
	struct world  world;
	struct member members[32];
	struct smap   smap;
	struct smap_node nodes[32];
	char          hash[65];
	struct arena  arena;
	char          memory[512 << 10];
};

struct scene *scene_new(int proxies, int targets);       /* applied a moment ago */
struct scene *scene_proven(int proxies, int targets);    /* finalizer there, no sets, Initialized */
struct scene *scene_primary(int proxies, int targets);   /* objects there, one proxy pod, Pending */
struct scene *scene_created(int proxies, int targets);   /* all exists, state Created, pods Running */
struct scene *scene_pods(int proxies, int targets);      /* all pods ready */
struct scene *scene_joined(int proxies, int targets);    /* AIS says yes, all are in its map */
struct scene *scene_ready(int proxies, int targets);     /* settled */

/* What the objects' digests are when they are as wanted now. */
void scene_as_wanted(struct scene *s);

/* The plan of this scene is this text. */
void scene_expect(struct scene *s, const char *story, const char *file, int line);
#define STORY(scene, text) scene_expect((scene), (text), __FILE__, __LINE__)

#endif
