/* test_ais_sim.c - the simulated AIS behaves as aisnode was seen to behave. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "tests/fake/ais.h"

#define NS "g01"

static struct ais_world  world;
static struct ais_folder states[8], mounts[8];
static struct ais_daemon *daemons[8];
static int64_t now;
static char    last_why[512];
static int     last_code;

/* Slots 0..3 are proxies, 4..7 are targets. */
static void
moved(struct ais_daemon *d)
{
	if (d->proc != AIS_GONE)
		return;
	last_code = d->code;
	snprintf(last_why, sizeof(last_why), "%s", d->why);
	for (int i = 0; i < 8; i++)
		if (daemons[i] == d)
			daemons[i] = NULL;
	ais_free(d);
}

static void
begin(void)
{
	world = (struct ais_world){ .speed = 1, .seed = 7, .moved = moved };
	memset(daemons, 0, sizeof(daemons));
	now = 1000;
	last_code = -1;
	last_why[0] = 0;
}

static void
end(void)
{
	ais_world_free(&world);
	for (int i = 0; i < 8; i++) {
		ais_folder_wipe(&states[i]);
		ais_folder_wipe(&mounts[i]);
	}
}

static void
pass(int64_t ms)
{
	int64_t until = now + ms, due;

	while ((due = ais_due_ms(&world)) >= 0 && due <= until)
		ais_tick(&world, now = due > now ? due : now);
	ais_tick(&world, now = until);
}

static bool
init(int slot, struct tree **local, struct tree **global, const char *patch)
{
	char pod[32], template[512];
	bool target = slot >= 4;
	struct ais_init in = { .role = target ? AIS_TARGET : AIS_PROXY, .ns = STR(NS), .pod = STR_NONE };

	snprintf(pod, sizeof(pod), "gold-%s-%d", target ? "target" : "proxy", slot % 4);
	snprintf(template, sizeof(template), "{\"fspaths\":%s,\"confdir\":\"/etc/ais\",\"log_dir\":\"/var/log/ais\","
	    "\"test_fspaths\":{\"root\":\"\",\"count\":0,\"instance\":0},\"host_net\":{\"hostname\":\"\","
	    "\"hostname_intra_control\":\"x\",\"hostname_intra_data\":\"x\",\"port\":\"%d\","
	    "\"port_intra_control\":\"51082\",\"port_intra_data\":\"51083\"}}",
	    target ? "{\"/ais1\":\"disk1\"}" : "null", target ? 51081 : 51080);
	in.pod = str_of(pod);
	in.service = target ? STR("gold-target") : STR("gold-proxy");
	in.template = str_of(template);
	in.override = str_of(patch);
	if (ais_init_run(&in)) {
		*local = in.local;
		*global = in.global;
		return true;
	}
	snprintf(last_why, sizeof(last_why), "%s", in.why);
	tree_free(in.local);
	tree_free(in.global);
	return false;
}

#define URL(host) "\"http://" host "." NS ".svc.cluster.local:51082\""
#define PATCH(more) "{" more "\"proxy\":{\"primary_url\":" URL("gold-proxy-0.gold-proxy") \
	",\"original_url\":" URL("gold-proxy-0.gold-proxy") ",\"discovery_url\":" URL("gold-proxy") "}}"

static void
start_with(int slot, int ntargets, const char *patch)
{
	struct tree *local, *global;
	struct str a, b;
	char pod[32], node[32], address[16];

	CU_ASSERT_FATAL(init(slot, &local, &global, patch));
	a = tree_text_of(local);
	b = tree_text_of(global);
	snprintf(pod, sizeof(pod), "gold-%s-%d", slot >= 4 ? "target" : "proxy", slot % 4);
	snprintf(node, sizeof(node), "node-%d", slot % 4 + 1);
	snprintf(address, sizeof(address), "10.0.0.%d", slot);
	daemons[slot] = ais_start(&world, &(struct ais_launch){ .role = slot >= 4 ? AIS_TARGET : AIS_PROXY,
	    .ntargets = ntargets, .pod = str_of(pod), .node = str_of(node), .address = str_of(address), .local = a,
	    .global = b, .state = &states[slot], .mounts = { { STR("/ais1"), &mounts[slot] } },
	    .mount_count = 1 }, now);
	free((void *)(uintptr_t)a.at);
	free((void *)(uintptr_t)b.at);
	tree_free(local);
	tree_free(global);
}

static void
start(int slot)
{
	start_with(slot, 1, PATCH(""));
}

static int
ask(int slot, const char *method, const char *target, const char *body, char *text, size_t size)
{
	struct ais_answer a;

	ais_ask(daemons[slot], str_of(method), str_of(target), str_of(body), STR("10.0.0.1:1"), &a, now);
	if (text != NULL)
		snprintf(text, size, "%.*s", (int)a.size, a.body != NULL ? a.body : "");
	if (text != NULL && a.location[0] != 0)
		snprintf(text, size, "%s", a.location);
	free(a.body);
	return a.cut ? -1 : a.hold ? 0 : a.status;
}

static int
code(int slot, const char *method, const char *target, const char *body)
{
	return ask(slot, method, target, body, NULL, 0);
}

static struct ais_cluster *
cluster(void)
{
	return ais_cluster_find(&world, STR("gold-proxy." NS ".svc.cluster.local"));
}

static void
bring_up(int proxies, int targets)
{
	begin();
	for (int i = 0; i < proxies; i++)
		start(i);
	for (int i = 0; i < targets; i++)
		start(4 + i);
	pass(60000);
	CU_ASSERT_EQUAL_FATAL(cluster()->phase, AIS_READY);
}

/* Through the proxy to the target that it names: daemons[i] has address 10.0.0.i. */
static int
object(const char *method, const char *name, const char *body)
{
	char at[1024], path[128];
	int  slot;

	snprintf(path, sizeof(path), "/v1/objects/b1/%s", name);
	ask(0, method, path, "", at, sizeof(at));
	if (sscanf(at, "http://10.0.0.%d:", &slot) != 1 || daemons[slot] == NULL)
		return -1;
	return code(slot, method, strstr(at, "/v1/"), body);
}

static void
ids_of_proxies_are_those_of_the_real_ones(void)
{
	char id[AIS_ID_SIZE];

	ais_proxy_id(STR("node-1"), id);
	CU_ASSERT_STRING_EQUAL(id, "tir87via7dv0z");
}

static void
durations_are_go_s(void)
{
	int64_t ns;

	CU_ASSERT(ais_duration(STR("1m30s"), &ns) && ns == 90000000000);
	CU_ASSERT(ais_duration(STR("1.5s"), &ns) && ns == 1500000000);
	CU_ASSERT(ais_duration(STR("0"), &ns) && ns == 0);
	CU_ASSERT(ais_duration(STR("-2h"), &ns) && ns < 0);
	CU_ASSERT_FALSE(ais_duration(STR(""), &ns));
	CU_ASSERT_FALSE(ais_duration(STR("10"), &ns));
	CU_ASSERT_FALSE(ais_duration(STR("1d"), &ns));
	CU_ASSERT_FALSE(ais_duration(STR("s"), &ns));
	CU_ASSERT_FALSE(ais_duration(STR("1s "), &ns));
	CU_ASSERT_FALSE(ais_duration(STR("9999999999h"), &ns));
}

static void
aisinit_refuses_what_aisnode_would(void)
{
	struct tree *local, *global;

	begin();
	CU_ASSERT_FALSE(init(0, &local, &global, PATCH("\"rebalanse\":{},")));
	CU_ASSERT_PTR_NOT_NULL(strstr(last_why, "unknown field \"rebalanse\""));
	CU_ASSERT_FALSE(init(0, &local, &global, PATCH("\"rebalance\":{\"enabled\":\"yes\"},")));
	CU_ASSERT_PTR_NOT_NULL(strstr(last_why, "wrong type"));
	CU_ASSERT_FALSE(init(0, &local, &global, PATCH("\"timeout\":{\"startup_time\":\"1 minute\"},")));
	CU_ASSERT_PTR_NOT_NULL(strstr(last_why, "timeout.startup_time"));
	CU_ASSERT_FALSE(init(0, &local, &global, PATCH("\"timeout\":{\"startup_time\":\"5s\"},")));
	CU_ASSERT_FALSE(init(0, &local, &global, PATCH("\"auth\":{\"enabled\":true},")));
	CU_ASSERT_FALSE(init(0, &local, &global, ""));
	CU_ASSERT(init(0, &local, &global, PATCH("\"backend\":{\"aws\":{}},")));
	CU_ASSERT(tree_str_is(local, "host_net.hostname_intra_control",
	    STR("gold-proxy-0.gold-proxy.g01.svc.cluster.local")));
	tree_free(local);
	tree_free(global);
	end();
}

static void
a_daemon_without_its_mount_exits_1(void)
{
	begin();
	start(4);
	ais_kill(daemons[4], now);
	daemons[4] = ais_start(&world, &(struct ais_launch){ .role = AIS_TARGET, .state = &states[4],
	    .global = STR("{}"), .local = STR("{\"fspaths\":{\"/ais1\":\"\"},\"host_net\":{\"port\":\"1\","
	    "\"port_intra_control\":\"2\",\"port_intra_data\":\"3\"}}") }, now);
	pass(1000);
	CU_ASSERT_EQUAL(last_code, 1);
	CU_ASSERT_STRING_EQUAL(last_why, "mountpath \"/ais1\" does not exist");
	end();
}

static void
a_cluster_starts_in_phases(void)
{
	begin();
	start(0);
	pass(10);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/health", ""), 200);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/health?readiness=true", ""), 200);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/health?prr=true", ""), 503);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/daemon?what=smap", ""), 0);
	start(4);
	CU_ASSERT_FALSE(ais_listens(daemons[4]));
	pass(10);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health", ""), 200);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health?readiness=true", ""), 503);
	pass(11000);
	CU_ASSERT_EQUAL(cluster()->phase, AIS_WAITING);
	pass(5000);
	CU_ASSERT_EQUAL(cluster()->phase, AIS_STARTED);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", "{\"action\":\"set-config\",\"value\":{}}"), 503);
	pass(5000);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/health?prr=true", ""), 200);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health?readiness=true", ""), 200);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/daemon?what=smap", ""), 200);
	end();
}

static void
a_primary_without_targets_exits_1(void)
{
	begin();
	start(0);
	pass(61000);
	CU_ASSERT_EQUAL(last_code, 1);
	CU_ASSERT_STRING_EQUAL(last_why, "cannot create cluster with no targets");
	end();
}

static void
who_finds_no_primary_exits_1(void)
{
	begin();
	start(4);
	pass(14000);
	CU_ASSERT_PTR_NOT_NULL(daemons[4]);
	pass(2000);
	CU_ASSERT_EQUAL(last_code, 1);
	end();
}

static void
the_map_says_who_is_who(void)
{
	char text[8192];
	struct tree *t;

	bring_up(2, 2);
	CU_ASSERT_EQUAL(ask(1, "GET", "/v1/daemon?what=smap", "", text, sizeof(text)), 200);
	t = tree_parse(str_of(text), NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(tree_at(t, "pmap")->count, 2);
	CU_ASSERT_EQUAL(tree_at(t, "tmap")->count, 2);
	CU_ASSERT(tree_str_is(t, "proxy_si.daemon_id", STR("tir87via7dv0z")));
	CU_ASSERT(tree_str_is(t, "proxy_si.intra_control_net.node_ip_addr",
	    STR("gold-proxy-0.gold-proxy.g01.svc.cluster.local")));
	CU_ASSERT(tree_str_is(t, "proxy_si.public_net.direct_url", STR("http://10.0.0.0:51080")));
	CU_ASSERT_EQUAL(tree_str_at(t, "uuid").len, 9);
	CU_ASSERT(tree_is(tree_at(t, "version"), TREE_TEXT));
	tree_free(t);
	end();
}

static void
set_config_is_strict(void)
{
	char text[1024];
	int64_t version;

	bring_up(1, 1);
	version = cluster()->config_version;
	CU_ASSERT_EQUAL(ask(0, "PUT", "/v1/cluster",
	    "{\"action\":\"set-config\",\"value\":{\"lru\":{\"nonsense\":1}}}",
	    text, sizeof(text)), 400);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "unknown field \\\"lru.nonsense\\\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"status\":400"));
	CU_ASSERT_EQUAL(cluster()->config_version, version);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster",
	    "{\"action\":\"set-config\",\"name\":\"\",\"value\":{\"rebalance\":{\"enabled\":false}}}"), 200);
	CU_ASSERT_EQUAL(cluster()->config_version, version + 1);
	CU_ASSERT_FALSE(tree_true_at(cluster()->config, "rebalance.enabled"));
	end();
}

static void
a_terminated_target_leaves_a_killed_one_is_dropped_late(void)
{
	bring_up(1, 3);
	ais_terminate(daemons[4], now);
	CU_ASSERT_EQUAL(code(0, "GET", "/v1/health?prr=true", ""), 200);
	pass(600);
	CU_ASSERT_EQUAL(last_code, 143);
	ais_kill(daemons[5], now);
	CU_ASSERT_EQUAL(last_code, 137);
	pass(30000);
	CU_ASSERT_PTR_NOT_NULL(cluster()->members->next->next);
	pass(10000);
	CU_ASSERT_PTR_NULL(cluster()->members->next->next);
	end();
}

static void
maintenance_survives_a_kill_but_not_a_term(void)
{
	char body[256], id[AIS_ID_SIZE];

	bring_up(1, 2);
	snprintf(id, sizeof(id), "%s", daemons[4]->id);
	snprintf(body, sizeof(body), "{\"action\":\"start-maintenance\",\"value\":{\"sid\":\"%s\","
	    "\"skip_rebalance\":true}}", id);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 200);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health?readiness=true", ""), 503);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health", ""), 200);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 400);
	ais_kill(daemons[4], now);
	pass(60000);
	start(4);
	pass(10000);
	CU_ASSERT_STRING_EQUAL(daemons[4]->id, id);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health?readiness=true", ""), 503);
	ais_terminate(daemons[4], now);
	pass(1000);
	start(4);
	pass(10000);
	CU_ASSERT_EQUAL(code(4, "GET", "/v1/health?readiness=true", ""), 200);
	end();
}

static void
a_drained_target_leaves_its_objects_behind(void)
{
	char body[256], name[16], text[64];
	int held = 0;

	bring_up(1, 3);
	CU_ASSERT_EQUAL(code(0, "POST", "/v1/buckets/b1", "{\"action\":\"create-bck\"}"), 200);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "o%d", i);
		CU_ASSERT_EQUAL(object("PUT", name, "data"), 200);
	}
	held = ais_object_count(cluster());
	CU_ASSERT_EQUAL(held, 50);
	snprintf(body, sizeof(body), "{\"action\":\"decommission-node\",\"value\":{\"sid\":\"%s\","
	    "\"skip_rebalance\":false,\"rm_user_data\":true}}", daemons[4]->id);
	CU_ASSERT_EQUAL(ask(0, "PUT", "/v1/cluster", body, text, sizeof(text)), 200);
	CU_ASSERT_EQUAL(text[0], 'g');
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 400);
	pass(60000);
	CU_ASSERT_PTR_NULL(daemons[4]);
	CU_ASSERT_EQUAL(last_code, 0);
	CU_ASSERT_EQUAL(ais_object_count(cluster()), 50);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "o%d", i);
		CU_ASSERT_EQUAL(object("GET", name, ""), 200);
	}
	end();
}

static void
a_target_wiped_without_a_rebalance_is_a_loss_that_shows(void)
{
	char body[256], name[16];

	bring_up(1, 2);
	CU_ASSERT_EQUAL(code(0, "POST", "/v1/buckets/b1", "{\"action\":\"create-bck\"}"), 200);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "o%d", i);
		object("PUT", name, "data");
	}
	/* Spread over both: the owner of each has it. */
	snprintf(body, sizeof(body), "{\"action\":\"decommission-node\",\"value\":{\"sid\":\"%s\","
	    "\"skip_rebalance\":true,\"rm_user_data\":true}}", daemons[4]->id);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 200);
	pass(2000);
	CU_ASSERT(ais_object_count(cluster()) < 50);
	end();
}

static void
two_drains_at_once_leave_the_first_one_stuck(void)
{
	char body[2][256], first[AIS_ID_SIZE];

	bring_up(1, 3);
	code(0, "POST", "/v1/buckets/b1", "{\"action\":\"create-bck\"}");
	snprintf(first, sizeof(first), "%s", daemons[6]->id);
	for (int i = 0; i < 2; i++) {
		snprintf(body[i], sizeof(body[i]), "{\"action\":\"decommission-node\",\"value\":{\"sid\":\"%s\"}}",
		    daemons[6 - i]->id);
		CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body[i]), 200);
	}
	pass(120000);
	CU_ASSERT_PTR_NULL(daemons[5]);
	CU_ASSERT_PTR_NOT_NULL(daemons[6]);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body[0]), 200);
	pass(2000);
	CU_ASSERT_PTR_NULL(daemons[6]);
	end();
}

static void
the_last_target_needs_two_calls(void)
{
	char body[256];

	bring_up(1, 1);
	snprintf(body, sizeof(body), "{\"action\":\"decommission-node\",\"value\":{\"sid\":\"%s\"}}",
	    daemons[4]->id);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 200);
	pass(60000);
	CU_ASSERT_PTR_NOT_NULL(daemons[4]);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", body), 200);
	pass(2000);
	CU_ASSERT_PTR_NULL(daemons[4]);
	end();
}

static void
a_primary_that_goes_is_followed_by_another(void)
{
	int64_t version;

	bring_up(2, 1);
	version = cluster()->version;
	ais_terminate(daemons[0], now);
	pass(600);
	CU_ASSERT_PTR_NULL(daemons[0]);
	CU_ASSERT_EQUAL(code(1, "PUT", "/v1/cluster", "{\"action\":\"shutdown\"}"), 503);
	pass(5000);
	CU_ASSERT(cluster()->version > version + 99);
	CU_ASSERT_EQUAL(code(1, "GET", "/v1/health?prr=true", ""), 200);
	start(0);
	pass(10000);
	CU_ASSERT_STRING_NOT_EQUAL(cluster()->primary, daemons[0]->id);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster/proxy/tir87via7dv0z?can=http://x&frc=true", ""), 200);
	CU_ASSERT_STRING_EQUAL(cluster()->primary, daemons[0]->id);
	end();
}

static void
a_shutdown_keeps_what_a_decommission_wipes(void)
{
	char uuid[AIS_ID_SIZE];

	bring_up(1, 1);
	snprintf(uuid, sizeof(uuid), "%s", cluster()->uuid);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", "{\"action\":\"shutdown\",\"value\":null}"), 200);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", "{\"action\":\"shutdown\",\"value\":null}"), 200);
	pass(3000);
	CU_ASSERT_EQUAL(last_code, 0);
	CU_ASSERT(daemons[0] == NULL && daemons[4] == NULL);
	start(0);
	start(4);
	pass(60000);
	CU_ASSERT_STRING_EQUAL(cluster()->uuid, uuid);
	CU_ASSERT_EQUAL(code(0, "PUT", "/v1/cluster", "{\"action\":\"decommission\",\"value\":null}"), 200);
	pass(3000);
	CU_ASSERT(daemons[0] == NULL && daemons[4] == NULL);
	start(0);
	start(4);
	pass(60000);
	CU_ASSERT_STRING_NOT_EQUAL(cluster()->uuid, uuid);
	end();
}

static void
waits_are_divided_by_the_speed(void)
{
	begin();
	world.speed = 20;
	start(0);
	start(4);
	pass(1300);
	CU_ASSERT_EQUAL(cluster()->phase, AIS_READY);
	end();
}

SUITE(test_ais_sim,
    { "ids of proxies are those of the real ones", ids_of_proxies_are_those_of_the_real_ones },
    { "durations are Go's", durations_are_go_s },
    { "aisinit refuses what aisnode would", aisinit_refuses_what_aisnode_would },
    { "a daemon without its mount exits 1", a_daemon_without_its_mount_exits_1 },
    { "a cluster starts in phases", a_cluster_starts_in_phases },
    { "a primary without targets exits 1", a_primary_without_targets_exits_1 },
    { "who finds no primary exits 1", who_finds_no_primary_exits_1 },
    { "the map says who is who", the_map_says_who_is_who },
    { "set-config is strict", set_config_is_strict },
    { "a terminated target leaves, a killed one is dropped late",
      a_terminated_target_leaves_a_killed_one_is_dropped_late },
    { "maintenance survives a kill, but not a term", maintenance_survives_a_kill_but_not_a_term },
    { "a drained target leaves its objects behind", a_drained_target_leaves_its_objects_behind },
    { "a target wiped without a rebalance is a loss that shows",
      a_target_wiped_without_a_rebalance_is_a_loss_that_shows },
    { "two drains at once leave the first one stuck (4.9)", two_drains_at_once_leave_the_first_one_stuck },
    { "the last target needs two calls (4.9)", the_last_target_needs_two_calls },
    { "a primary that goes is followed by another", a_primary_that_goes_is_followed_by_another },
    { "a shutdown keeps what a decommission wipes", a_shutdown_keeps_what_a_decommission_wipes },
    { "waits are divided by the speed", waits_are_divided_by_the_speed });
