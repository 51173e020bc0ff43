/* test_smap.c - the AIS cluster map. */
#include "ais/smap.h"

#include "sample.h"

#include "test.h"

#define NODE(id, type, host, flags) \
	"'" id "':{'public_net':{'node_ip_addr':'10.4.0.1','daemon_port':'51080'," \
	"'direct_url':'http://10.4.0.1:51080'},'intra_data_net':{'node_ip_addr':'" host "'}," \
	"'intra_control_net':{'node_ip_addr':'" host "','daemon_port':'51082','direct_url':'http://" host "'}," \
	"'daemon_type':'" type "','daemon_id':'" id "','flags':" flags ",'id_digest':15205037123456789012}"
#define DOMAIN(set) "." set ".ns.svc.cluster.local"
#define MAP "{'pmap':{" NODE("pB", "proxy", "ais-proxy-1" DOMAIN("ais-proxy"), "0") "," \
	NODE("pA", "proxy", "ais-proxy-0" DOMAIN("ais-proxy"), "2") "},'proxy_si':{'daemon_id':'pA'}," \
	"'tmap':{" NODE("tZ", "target", "ais-target-1" DOMAIN("ais-target"), "4") "," \
	NODE("tY", "target", "ais-target-10" DOMAIN("ais-target"), "0") "," \
	NODE("tX", "target", "ais-target-0" DOMAIN("ais-target"), "8") "}," \
	"'uuid':'hPq3vT8dX','creation_time':'2026-08-05 13:40:02 +0000 UTC','version':'17'}"

static void
a_map_is_read_and_sorted(void)
{
	static const char *const ids[] = { "pA", "pB", "tX", "tZ", "tY" };
	struct arena *a = sample_begin();
	struct smap   map;

	CU_ASSERT_FATAL(smap_parse(sample_json(MAP), a, &map));
	EXPECT_TEXT(map.uuid, "hPq3vT8dX");
	EXPECT_TEXT(map.primary, "pA");
	CU_ASSERT_EQUAL(map.version, 17);
	CU_ASSERT_EQUAL(map.count[ROLE_PROXY], 2);
	CU_ASSERT_EQUAL(map.count[ROLE_TARGET], 3);
	CU_ASSERT_EQUAL_FATAL(map.node_count, 5);
	for (int i = 0; i < 5; i++)
		EXPECT_TEXT(map.nodes[i].id, ids[i]);
	CU_ASSERT_EQUAL(map.nodes[3].role, ROLE_TARGET);
	CU_ASSERT_EQUAL(map.nodes[3].flags, SMAP_MAINTENANCE);
	EXPECT_TEXT(map.nodes[3].host, "ais-target-1.ais-target.ns.svc.cluster.local");
	EXPECT_TEXT(map.nodes[3].public_url, "http://10.4.0.1:51080");
}

static void
a_node_runs_in_the_pod_that_its_host_name_names(void)
{
	struct smap_node n = { .host = STR("ais-target-1.ais-target.ns.svc") };

	CU_ASSERT(smap_is_pod(&n, STR("ais-target-1")));
	CU_ASSERT(!smap_is_pod(&n, STR("ais-target-10")));
	CU_ASSERT(!smap_is_pod(&n, STR("ais-target")));
	CU_ASSERT(!smap_is_pod(&n, STR("")));
	n.host = STR("ais-target-10.ais-target.ns.svc");
	CU_ASSERT(!smap_is_pod(&n, STR("ais-target-1")));
	n.host = STR("ais-target-1");
	CU_ASSERT(smap_is_pod(&n, STR("ais-target-1")));
}

static void
half_a_map_is_none(void)
{
	struct arena *a = sample_begin();
	struct str    text = sample_json(MAP);
	struct smap   map;

	for (size_t len = 0; len < text.len; len++)
		CU_ASSERT(!smap_parse(str_upto(text, len), a, &map));
}

static void
what_is_not_a_map_in_all_its_parts_is_none(void)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "'uuid':'hPq3vT8dX'", "'uuid':''" },
		{ "'uuid':'hPq3vT8dX'", "'uuid':5" },
		{ "'uuid':'hPq3vT8dX',", "" },
		{ "'version':'17'", "'version':17" },
		{ "'version':'17'", "'version':'x'" },
		{ "'pmap'", "'map'" },
		{ "'tmap'", "'map'" },
		{ "'tmap':{", "'tmap':[],'x':{" },
		{ "'proxy_si':{'daemon_id':'pA'}", "'proxy_si':null" },
		{ "'proxy_si':{'daemon_id':'pA'}", "'proxy_si':{'daemon_id':'tX'}" },
		{ "'daemon_id':'tX'", "'daemon_id':'tQ'" },
		{ "'daemon_type':'target'", "'daemon_type':'proxy'" },
		{ "'flags':4", "'flags':'4'" },
		{ "'flags':4", "'flags':4.5" },
		{ "'intra_control_net'", "'other_net'" },
		{ "'pB':{", "'pB':5,'pC':{" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *a = sample_begin();
		struct smap   map;

		CU_ASSERT(!smap_parse(sample_replace(sample_json(MAP), cases[i].from, cases[i].to), a, &map));
	}
}

static struct str
map_of(int targets)
{
	struct arena *a = sample_arena();
	struct str    before = sample_json("{'pmap':{" NODE("pA", "proxy", "p", "0") "},"
	    "'proxy_si':{'daemon_id':'pA'},'uuid':'u','version':'1','tmap':{");
	struct out    o = out_in(a);

	out_str(&o, before);
	for (int i = 0; i < targets; i++) {
		OUT(&o, i > 0 ? STR(",") : STR_NONE, STR("\"t"));
		out_int(&o, i);
		out_str(&o, STR("\":{\"daemon_type\":\"target\",\"daemon_id\":\"t"));
		out_int(&o, i);
		out_str(&o, STR("\",\"intra_control_net\":{\"node_ip_addr\":\"h"));
		out_int(&o, i * 7919 % targets);
		out_str(&o, STR("\"}}"));
	}
	out_str(&o, STR("}}"));
	return out_keep(&o, a);
}

static void
there_is_a_limit_to_nodes(void)
{
	struct arena *a = sample_begin();
	struct smap   map;

	CU_ASSERT_FATAL(smap_parse(map_of(SMAP_NODES_MAX - 1), a, &map));
	CU_ASSERT_EQUAL(map.node_count, SMAP_NODES_MAX);
	for (int i = 2; i < map.node_count; i++)
		CU_ASSERT_FATAL(str_cmp(map.nodes[i - 1].host, map.nodes[i].host) <= 0);
	sample_begin();
	CU_ASSERT(!smap_parse(map_of(SMAP_NODES_MAX), a, &map));
}

static void
no_room_is_no_map(void)
{
	struct str   text;
	struct smap  map;
	char         room[100];
	struct arena tiny;

	sample_begin();
	text = sample_json(MAP);
	arena_init(&tiny, room, sizeof(room));
	CU_ASSERT(!smap_parse(text, &tiny, &map));
	CU_ASSERT(!arena_ok(&tiny));
}

SUITE(test_smap,
    { "a map is read and sorted", a_map_is_read_and_sorted },
    { "a node runs in the pod that its host name names", a_node_runs_in_the_pod_that_its_host_name_names },
    { "half a map is none", half_a_map_is_none },
    { "what is not a map in all its parts is none", what_is_not_a_map_in_all_its_parts_is_none },
    { "there is a limit to nodes", there_is_a_limit_to_nodes },
    { "no room is no map", no_room_is_no_map });
