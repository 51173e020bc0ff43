/*
 * test_fake_node.c - the node side against the stand-in's API server, all in
 * memory and in driven time: pods come up, fail, come back and end as a
 * kubelet lets them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fake_cluster.h"
#include "test.h"
#include "tests/fake/apiserver.h"
#include "tests/fake/node.h"
#include "tests/world/world.h"

#define POD(name) fake_find(&f, "", "pods", (name))

static struct fake_cluster f;
static struct apiserver   *server;
static struct access       access_here;
static struct api          api;
static struct node_side   *nodes;

static void
begin(int speed)
{
	struct apiserver_config c = { .at = { .ip = { 10, 42, 0, 1 }, .ip_len = 4, .port = 6443 } };
	const char *why;

	fake_open(&f);
	c.registry = f.registry;
	server = apiserver_open(&c, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(server);
	access_here = (struct access){ .server = STR("http://10.42.0.1:6443"), .host = STR("10.42.0.1"),
	    .port = 6443 };
	api_open(&api, &access_here, STR("nodes"));
	nodes = node_open(&(struct node_options){ .api = &api, .nodes = 2, .speed = speed,
	    .pod_cidr = STR("10.42.0.0/16") }, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(nodes);
	world_pass_ms(1000);
}

static void
end(void)
{
	node_close(nodes);
	api_close(&api);
	apiserver_close(server);
	fake_close(&f);
}

#define LOCAL(fspaths, port) "{\\\"fspaths\\\":" fspaths ",\\\"confdir\\\":\\\"/etc/ais\\\"," \
	"\\\"log_dir\\\":\\\"/var/log/ais\\\",\\\"host_net\\\":{\\\"port\\\":\\\"" port "\\\"," \
	"\\\"port_intra_control\\\":\\\"51082\\\",\\\"port_intra_data\\\":\\\"51083\\\"}}"
#define URL(host) "\\\"http://" host ".default.svc.cluster.local:51082\\\""

static void
make_configs(const char *more)
{
	char json[4096];

	fake_create(&f, "", "configmaps", "{'metadata':{'name':'proxy'},'data':{'ais_local.json':'"
	    LOCAL("null", "51080") "'}}");
	fake_create(&f, "", "configmaps", "{'metadata':{'name':'target'},'data':{'ais_local.json':'"
	    LOCAL("{\\\"/ais1\\\":\\\"d\\\"}", "51081") "'}}");
	snprintf(json, sizeof(json), "{'metadata':{'name':'global'},'data':{'ais.json':'{%s\\\"proxy\\\":{"
	    "\\\"primary_url\\\":" URL("proxy-0.proxy") ",\\\"discovery_url\\\":" URL("proxy") "}}'}}", more);
	fake_create(&f, "", "configmaps", json);
}

/* As the operator makes them, with less around. */
static void
make_set(const char *role, const char *port, const char *image, const char *mounts, const char *claims)
{
	char json[8192];

	snprintf(json, sizeof(json), "{'metadata':{'name':'%s'},'spec':{'replicas':1,'serviceName':'%s',"
	    "'podManagementPolicy':'Parallel','selector':{'matchLabels':{'role':'%s'}},%s"
	    "'template':{'metadata':{'labels':{'role':'%s'}},'spec':{"
	    "'initContainers':[{'name':'init','image':'i','args':['-role=%s',"
	    "'-local_config_template=/tmpl/ais_local.json','-output_local_config=/cfg/ais_local.json',"
	    "'-cluster_config_override=/global/ais.json','-output_cluster_config=/cfg/ais.json'],"
	    "'env':[{'name':'MY_SERVICE','value':'%s'},"
	    "{'name':'MY_POD','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}},"
	    "{'name':'K8S_NS','valueFrom':{'fieldRef':{'fieldPath':'metadata.namespace'}}}],"
	    "'volumeMounts':[{'name':'tmpl','mountPath':'/tmpl'},{'name':'global','mountPath':'/global'}]}],"
	    "'containers':[{'name':'ais','image':'%s','args':['-role=%s','-config=/cfg/ais.json',"
	    "'-local_config=/cfg/ais_local.json','-ntargets=1'],"
	    "'startupProbe':{'httpGet':{'path':'/v1/health?readiness=true','port':%s},'periodSeconds':5,"
	    "'failureThreshold':30},"
	    "'readinessProbe':{'httpGet':{'path':'/v1/health?readiness=true','port':%s},'periodSeconds':5},"
	    "'volumeMounts':[{'name':'state','mountPath':'/etc/ais'}%s]}],"
	    "'volumes':[{'name':'tmpl','configMap':{'name':'%s'}},{'name':'global','configMap':{'name':'global'}},"
	    "{'name':'state','hostPath':{'path':'/state/%s'}}]}}}}",
	    role, role, role, claims, role, role, role, image, role, port, port, mounts, role, role);
	fake_create(&f, "apps", "statefulsets", json);
}

#define CLAIMS "'volumeClaimTemplates':[{'metadata':{'name':'v'},'spec':{'accessModes':['ReadWriteOnce']," \
	"'storageClassName':'" NODE_CLASS "','resources':{'requests':{'storage':'1Gi'}}}}],"

static void
make_cluster(void)
{
	make_configs("");
	make_set("proxy", "51080", "aisnode", "", "");
	make_set("target", "51081", "aisnode", ",{'name':'v','mountPath':'/ais1'}", CLAIMS);
}

static bool
is_ready(const char *pod)
{
	TREE_EACH(c, tree_at(POD(pod), "status.conditions"))
		if (tree_str_is(c, "type", STR("Ready")))
			return tree_str_is(c, "status", STR("True"));
	return false;
}

static const struct tree *
container(const char *pod)
{
	return tree_item(tree_at(POD(pod), "status.containerStatuses"), 0);
}

static const struct ais_cluster *
cluster(void)
{
	return ais_cluster_find(node_ais(nodes), STR("proxy.default.svc.cluster.local"));
}

static void
nodes_are_registered_and_ready(void)
{
	begin(1);
	EXPECT_TEXT(fake_names(&f, "", "nodes"), "node-1 node-2");
	CU_ASSERT(tree_str_is(tree_item(tree_at(fake_find(&f, "", "nodes", "node-1"), "status.conditions"), 3),
	    "type", STR("Ready")));
	end();
}

static void
a_cluster_comes_up_as_fast_as_the_real_one(void)
{
	begin(1);
	make_cluster();
	world_pass_ms(3000);
	CU_ASSERT(tree_str_is(POD("proxy-0"), "status.phase", STR("Running")));
	CU_ASSERT(tree_str_at(POD("proxy-0"), "status.podIP").len > 0);
	CU_ASSERT_FALSE(is_ready("target-0"));
	world_pass_ms(12000);
	CU_ASSERT(is_ready("proxy-0"));
	CU_ASSERT_FALSE(is_ready("target-0"));
	world_pass_ms(12000);
	CU_ASSERT(is_ready("target-0"));
	CU_ASSERT_EQUAL(cluster()->phase, AIS_READY);
	CU_ASSERT(tree_true_at(container("target-0"), "started"));
	end();
}

static void
a_bad_configuration_is_said_by_the_init_container(void)
{
	const struct tree *init;

	begin(20);
	make_configs("\\\"rebalanse\\\":{},");
	make_set("proxy", "51080", "aisnode", "", "");
	world_pass_ms(2000);
	init = tree_item(tree_at(POD("proxy-0"), "status.initContainerStatuses"), 0);
	CU_ASSERT(tree_str_is(POD("proxy-0"), "status.phase", STR("Pending")));
	CU_ASSERT(tree_str_is(init, "state.waiting.reason", STR("CrashLoopBackOff")));
	CU_ASSERT_EQUAL(tree_int_at(init, "lastState.terminated.exitCode", 0), 1);
	CU_ASSERT(str_has(tree_str_at(init, "lastState.terminated.message"), STR("unknown field \"rebalanse\"")));
	end();
}

static void
an_image_that_is_not_there_is_waited_for(void)
{
	begin(20);
	make_configs("");
	make_set("proxy", "51080", "aisnode:missing", "", "");
	world_pass_ms(100);
	CU_ASSERT(tree_str_is(container("proxy-0"), "state.waiting.reason", STR("ErrImagePull")));
	world_pass_ms(1000);
	CU_ASSERT(tree_str_is(container("proxy-0"), "state.waiting.reason", STR("ImagePullBackOff")));
	end();
}

static void
what_is_killed_comes_back_with_its_data(void)
{
	char id[AIS_ID_SIZE];

	begin(20);
	make_cluster();
	world_pass_ms(3000);
	CU_ASSERT_FATAL(is_ready("target-0"));
	for (struct ais_member *m = cluster()->members; m != NULL; m = m->next)
		if (m->role == AIS_TARGET)
			snprintf(id, sizeof(id), "%s", m->id);
	fake_merge(&f, "", "pods", "target-0", "{'metadata':{'annotations':{'devcluster/kill':'1'}}}");
	world_pass_ms(3000);
	CU_ASSERT(is_ready("target-0"));
	CU_ASSERT_EQUAL(tree_int_at(container("target-0"), "restartCount", 0), 1);
	CU_ASSERT_EQUAL(tree_int_at(container("target-0"), "lastState.terminated.exitCode", 0), 137);
	fake_delete(&f, "", "pods", "target-0", -1);
	world_pass_ms(5000);
	CU_ASSERT(is_ready("target-0"));
	CU_ASSERT_EQUAL(tree_int_at(container("target-0"), "restartCount", -1), 0);
	for (struct ais_member *m = cluster()->members; m != NULL; m = m->next)
		if (m->role == AIS_TARGET)
			CU_ASSERT_STRING_EQUAL(m->id, id);
	end();
}

static void
one_that_hangs_becomes_unready_and_heals(void)
{
	begin(20);
	make_cluster();
	world_pass_ms(3000);
	fake_merge(&f, "", "pods", "target-0", "{'metadata':{'annotations':{'devcluster/ais':'hang'}}}");
	world_pass_ms(3000);
	CU_ASSERT_FALSE(is_ready("target-0"));
	fake_merge(&f, "", "pods", "target-0", "{'metadata':{'annotations':{'devcluster/ais':'serve'}}}");
	world_pass_ms(2000);
	CU_ASSERT(is_ready("target-0"));
	fake_merge(&f, "", "pods", "target-0", "{'metadata':{'annotations':{'devcluster/ais':'refuse'}}}");
	world_pass_ms(2000);
	CU_ASSERT_FALSE(is_ready("target-0"));
	end();
}

static void
a_deleted_pod_ends_within_its_grace(void)
{
	begin(1);
	make_cluster();
	world_pass_ms(30000);
	fake_merge(&f, "apps", "statefulsets", "target", "{'spec':{'replicas':0}}");
	world_pass_ms(200);
	CU_ASSERT_PTR_NOT_NULL(POD("target-0"));
	CU_ASSERT_FALSE(is_ready("target-0"));
	world_pass_ms(1000);
	CU_ASSERT_PTR_NULL(POD("target-0"));
	end();
}

SUITE(test_fake_node,
    { "nodes are registered and ready", nodes_are_registered_and_ready },
    { "a cluster comes up as fast as the real one", a_cluster_comes_up_as_fast_as_the_real_one },
    { "a bad configuration is said by the init container",
      a_bad_configuration_is_said_by_the_init_container },
    { "an image that is not there is waited for", an_image_that_is_not_there_is_waited_for },
    { "what is killed comes back with its data", what_is_killed_comes_back_with_its_data },
    { "one that hangs becomes unready, and heals", one_that_hangs_becomes_unready_and_heals },
    { "a deleted pod ends within its grace", a_deleted_pod_ends_within_its_grace });
