/* scene.c - the steps from "just created" to "Ready". */
#include "scene.h"

#include <stdio.h>

#include "ais/plan_inner.h"
#include "test.h"

static const char spec_text[] =
    "{\"size\":1,\"nodeImage\":\"aisnode:v4.9\",\"initImage\":\"ais-init:v4.9\","
    "\"stateStorage\":{\"hostPath\":{\"prefix\":\"/etc/ais\"}},"
    "\"proxySpec\":{\"servicePort\":51080,\"portPublic\":51080,"
    "\"portIntraControl\":51082,\"portIntraData\":51083},"
    "\"targetSpec\":{\"servicePort\":51081,\"portPublic\":51081,"
    "\"portIntraControl\":51082,\"portIntraData\":51083,"
    "\"mounts\":[{\"path\":\"/ais1\",\"size\":\"10Gi\",\"storageClass\":\"local\",\"label\":\"d1\"}]}}";

static void
condition(struct scene *s, const char *type, const char *status, const char *reason, const char *message)
{
	struct cr_view *cr = &s->world.cr;
	int             i = 0;

	while (i < cr->condition_count && !str_eq(cr->conditions[i].type, str_of(type)))
		i++;
	if (i == cr->condition_count)
		cr->condition_count++;
	cr->conditions[i] = (struct condition){ str_of(type), str_of(status), str_of(reason), str_of(message),
		STR("2026-11-24T12:00:00Z"), 1 };
}

struct scene *
scene_new(int proxies, int targets)
{
	static struct scene    s;
	static struct json_doc doc;

	memset(&s, 0, offsetof(struct scene, memory));
	arena_init(&s.arena, s.memory, sizeof(s.memory));
	s.world = (struct world){ .now_ms = 100000, .wall_us = 1795521600000000, .id = { STR("ns"), STR("ais"),
		STR("uid-1") }, .version = 7, .generation = 1, .members = s.members };
	CU_ASSERT_EQUAL_FATAL(json_parse_in(&doc, str_of(spec_text), &s.arena), JSON_OK);
	spec_parse(json_root(&doc), STR("cluster.local"), &s.arena, &s.world.spec);
	CU_ASSERT_EQUAL(s.world.spec.invalid.len, 0);
	CU_ASSERT_EQUAL(s.world.spec.unsupported.len, 0);
	s.world.spec.role[ROLE_PROXY].size = proxies;
	s.world.spec.role[ROLE_TARGET].size = targets;
	return &s;
}

struct scene *
scene_proven(int proxies, int targets)
{
	struct scene *s = scene_new(proxies, targets);

	s->world.cr.finalizer = true;
	s->world.cr.state = STR("Initialized");
	s->world.cr.intra_url = STR("http://ais-proxy.ns.svc.cluster.local:51080");
	condition(s, "Initialized", "True", "Initialized", "Success initializing cluster");
	condition(s, "Ready", "False", "Creating", "creating the cluster");
	s->world.owned[WANT_PROXY_SET].known = KNOWN_ABSENT;
	s->world.owned[WANT_TARGET_SET].known = KNOWN_ABSENT;
	return s;
}

static void
ours(struct scene *s, enum want_kind k)
{
	s->world.owned[k] = (struct seen){ .known = KNOWN_OURS, .uid = STR("uid-o"), .version = 9 };
}

void
scene_as_wanted(struct scene *s)
{
	struct want want = plan_want(&s->world);

	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		uint64_t *groups = k == WANT_PROXY_SET ? s->world.set[ROLE_PROXY].digest
		    : k == WANT_TARGET_SET ? s->world.set[ROLE_TARGET].digest : &s->world.owned[k].digest;

		digest_of(want_kind_of(k), want_body(k, &want, &s->arena), &s->arena, groups);
	}
}

static void
member(struct scene *s, enum role role, int64_t ordinal, const char *phase)
{
	s->members[s->world.member_count++] = (struct member){ .role = role, .ordinal = ordinal,
		.name = name_pod(&s->arena, STR("ais"), role, ordinal),
		.pod = { .phase = str_of(phase), .ip = STR("10.0.0.1"), .node = STR("node-1") } };
}

struct scene *
scene_primary(int proxies, int targets)
{
	struct scene *s = scene_proven(proxies, targets);

	for (enum want_kind k = 0; k < WANT_TARGET_SET; k++)
		ours(s, k);
	s->world.set[ROLE_PROXY].replicas = 1;
	scene_as_wanted(s);
	member(s, ROLE_PROXY, 0, "Pending");
	return s;
}

struct scene *
scene_created(int proxies, int targets)
{
	struct scene *s = scene_proven(proxies, targets);
	struct world *w = &s->world;

	for (enum want_kind k = 0; k < WANT_COUNT; k++)
		ours(s, k);
	w->cr.state = STR("Created");
	condition(s, "Created", "True", "Created", "Success creating AIS cluster");
	condition(s, "Ready", "False", "PodsNotReady", "waiting for pods to become ready");
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		w->set[r].replicas = w->set[r].status_replicas = w->spec.role[r].size;
		for (int64_t i = 0; i < w->spec.role[r].size; i++)
			member(s, r, i, "Running");
	}
	scene_as_wanted(s);
	return s;
}

struct scene *
scene_pods(int proxies, int targets)
{
	struct scene *s = scene_created(proxies, targets);

	for (int i = 0; i < s->world.member_count; i++)
		s->members[i].pod.ready = true;
	s->world.set[ROLE_PROXY].ready = proxies;
	s->world.set[ROLE_TARGET].ready = targets;
	return s;
}

struct scene *
scene_joined(int proxies, int targets)
{
	struct scene *s = scene_pods(proxies, targets);
	struct world *w = &s->world;

	w->ais.ready.heard = HEARD_YES;
	w->ais.map.heard = HEARD_YES;
	s->smap = (struct smap){ .uuid = STR("Zx9kQp1aB"), .version = 5, .nodes = s->nodes,
		.node_count = w->member_count };
	for (int i = 0; i < w->member_count; i++)
		s->nodes[i] = (struct smap_node){ .role = s->members[i].role, .id = STR("id"),
			.host = JOIN(&s->arena, s->members[i].name, STR(".svc.ns")) };
	w->ais.smap = &s->smap;
	return s;
}

struct scene *
scene_ready(int proxies, int targets)
{
	struct scene *s = scene_joined(proxies, targets);
	struct world *w = &s->world;
	struct want   want;

	condition(s, "ReadyRebalance", "True", "ReadyRebalance", "Cluster is ready to rebalance");
	condition(s, "Ready", "True", "Ready", "Cluster is ready");
	w->cr.state = STR("Ready");
	w->cr.cluster_id = STR("Zx9kQp1aB");
	want = plan_want(w);
	w->cr.config_hash = want_config_hash(&want, &s->arena);
	w->cr.restart_hash = JOIN(&s->arena, want_restart_hash(&want, &s->arena), STR(".initial"));
	w->ais = (struct ais_facts){ .asking = false };
	scene_as_wanted(s);
	return s;
}

void
scene_expect(struct scene *s, const char *story, const char *file, int line)
{
	static char        memory[1 << 20], text[8192];
	struct arena       arena;
	struct plan        p;
	struct out         o = out_over(text, sizeof(text));

	arena_init(&arena, memory, sizeof(memory));
	plan_make(&s->world, &arena, &p);
	plan_print(&p, &o);
	CU_ASSERT(arena_ok(&arena));
	expect_text(out_view(&o), story, file, line);
}
