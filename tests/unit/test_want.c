/* test_want.c - the objects of a cluster. */
#include "sample.h"

#include "test.h"

#define HEAD(version, kind, name) \
	"{'apiVersion':'" version "','kind':'" kind "','metadata':{'name':'" name "'," \
	"'namespace':'ns','ownerReferences':[{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore','name':'ais'," \
	"'uid':'uid-1','controller':true,'blockOwnerDeletion':true}]"
#define MANAGED ",'labels':{'app.kubernetes.io/managed-by':'ais-operator'}}"

static void
expect_json(struct str got, const char *quoted)
{
	struct str want = sample_json(quoted);

	EXPECT_TEXT(got, want.len == 0 ? "" : JOIN(sample_arena(), want, (struct str){ "", 1 }).at);
}

/* A value inside a wanted body. */
static struct json
part(enum want_kind k, const struct want *w, const char *path)
{
	struct json_doc *doc = ARENA_NEW(sample_arena(), struct json_doc);

	CU_ASSERT_EQUAL_FATAL(json_parse_in(doc, want_body(k, w, sample_arena()), sample_arena()), JSON_OK);
	return json_path(json_root(doc), path);
}

static struct json
node_of(enum want_kind k, const struct want *w)
{
	return json_item(part(k, w, "spec.template.spec.containers"), 0);
}

static void
pods_may_read_themselves_and_services(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_json(want_body(WANT_ACCOUNT, &w, sample_arena()), HEAD("v1", "ServiceAccount", "ais-sa") MANAGED "}");
	expect_json(want_body(WANT_ROLE, &w, sample_arena()),
	    HEAD("rbac.authorization.k8s.io/v1", "Role", "ais-role") MANAGED
	    ",'rules':[{'apiGroups':[''],'resources':['pods','services'],"
	    "'verbs':['get','list','watch','create','update','delete']},"
	    "{'apiGroups':[''],'resources':['pods/log'],'verbs':['get']}]}");
	expect_json(want_body(WANT_BINDING, &w, sample_arena()),
	    HEAD("rbac.authorization.k8s.io/v1", "RoleBinding", "ais-rb") MANAGED
	    ",'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','name':'ais-role'},"
	    "'subjects':[{'kind':'ServiceAccount','namespace':'ns','name':'ais-sa'}]}");
}

static void
services_show_pods_that_are_not_ready(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", "'servicePort':8081"));
	expect_json(want_body(WANT_TARGET_SERVICE, &w, sample_arena()), HEAD("v1", "Service", "ais-target")
	    ",'annotations':{'prometheus.io/scrape':'true'},'labels':{'app':'ais','app.kubernetes.io/name':'ais',"
	    "'app.kubernetes.io/component':'target-svc'}},'spec':{'clusterIP':'None',"
	    "'publishNotReadyAddresses':true,"
	    "'selector':{'app.kubernetes.io/name':'ais','app.kubernetes.io/component':'target'},"
	    "'ports':[{'name':'pub','protocol':'TCP','port':8081,'targetPort':8081},"
	    "{'name':'control','protocol':'TCP','port':51082,'targetPort':51082},"
	    "{'name':'data','protocol':'TCP','port':51083,'targetPort':51083}]}}");
}

/* The bytes and their hashes are those of the Go operator: a difference pushes a configuration. */
static void
the_configuration_is_the_same_to_the_byte(void)
{
	struct arena *a = sample_begin();
	struct want   w = sample_want(sample_spec("", "", ""));

	w.cluster.ns = STR("ais");
	expect_json(want_config(&w, a), "{'rebalance':{'enabled':false},'proxy':{"
	    "'primary_url':'http://ais-proxy-0.ais-proxy.ais.svc.cluster.local:51082',"
	    "'original_url':'http://ais-proxy-0.ais-proxy.ais.svc.cluster.local:51082',"
	    "'discovery_url':'http://ais-proxy.ais.svc.cluster.local:51082'}}");
	EXPECT_TEXT(want_config_hash(&w, a), "7481c5c5c709a2d38d192e1967598a5ec5090b26b31da95cb90c6c968014e49b");
	w.rebalance = true;
	EXPECT_TEXT(want_config_hash(&w, a), "180c37de75d955fa78ea61ec15ea9ebb01534426ad376e1a4a649abb5d24f07d");
	EXPECT_TEXT(want_restart_hash(&w, a), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
azure_is_turned_on_by_its_variables(void)
{
	struct arena *a = sample_begin();
	struct want   w = sample_want(sample_spec("", "", "'env':[{'name':'AZURE_STORAGE_KEY','value':'k'}]"));

	CU_ASSERT(str_starts(want_config(&w, a),
	    sample_json("{'backend':{'azure':{}},'rebalance':{'enabled':false},'proxy':{")));
	w = sample_want(sample_spec("", "'env':[{'name':'AZURE_STORAGE_KEY','value':'k'}]", ""));
	CU_ASSERT(!str_has(want_config(&w, a), STR("azure")));
}

static void
the_configuration_stands_in_its_config_map(void)
{
	struct arena *a = sample_begin();
	struct want   w = sample_want(sample_spec("", "", ""));
	struct str    text = json_str(json_get(part(WANT_GLOBAL_CONFIG, &w, "data"), STR("ais.json")), a);

	CU_ASSERT(str_eq(text, want_config(&w, a)));
	CU_ASSERT(str_starts(want_body(WANT_GLOBAL_CONFIG, &w, a),
	    sample_json(HEAD("v1", "ConfigMap", "ais-global-cm") MANAGED)));
}

#define LOCAL(paths, port) "{'fspaths':" paths ",'confdir':'/etc/ais','log_dir':'/var/log/ais'," \
	"'test_fspaths':{'root':'','count':0,'instance':0},'host_net':{'hostname':'${AIS_PUBLIC_HOSTNAME}'," \
	"'hostname_intra_control':'${AIS_INTRA_HOSTNAME}','hostname_intra_data':'${AIS_DATA_HOSTNAME}'," \
	"'port':'" port "','port_intra_control':'51082','port_intra_data':'51083'}}"

static struct str
local_of(enum want_kind k, const struct want *w)
{
	return json_str(json_get(part(k, w, "data"), STR("ais_local.json")), sample_arena());
}

static void
data_paths_are_sorted_and_have_their_labels(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_json(local_of(WANT_PROXY_CONFIG, &w), LOCAL("null", "51080"));
	expect_json(local_of(WANT_TARGET_CONFIG, &w), LOCAL("{'/ais1':'disk1'}", "51081"));
	w = sample_want(sample_spec("", "", "'mounts':[{'path':'/b','size':'1Gi','label':'<&>'},"
	    "{'path':'/a2','size':'1Gi'},{'path':'/a10','size':'1Gi'}]"));
	expect_json(local_of(WANT_TARGET_CONFIG, &w), LOCAL("{'/a10':'','/a2':'','/b':'<&>'}", "51081"));
	w = sample_want(sample_spec("", "", "'mounts':[]"));
	expect_json(local_of(WANT_TARGET_CONFIG, &w), LOCAL("null", "51081"));
}

static void
only_proxies_are_told_how_many_targets_there_are(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("'size':3", "", "'size':5"));
	w.replicas[ROLE_PROXY] = 1;
	expect_json(json_text(json_get(node_of(WANT_PROXY_SET, &w), STR("args"))),
	    "['-config=/var/ais_config/ais.json','-local_config=/var/ais_config/ais_local.json',"
	    "'-role=proxy','-ntargets=5']");
	expect_json(json_text(json_get(node_of(WANT_TARGET_SET, &w), STR("args"))),
	    "['-config=/var/ais_config/ais.json','-local_config=/var/ais_config/ais_local.json','-role=target']");
	expect_json(json_text(part(WANT_PROXY_SET, &w, "spec.replicas")), "1");
	expect_json(json_text(part(WANT_TARGET_SET, &w, "spec.replicas")), "5");
}

static void
no_target_is_stopped_by_a_change_of_its_template(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_json(json_text(part(WANT_TARGET_SET, &w, "spec.updateStrategy")), "{'type':'OnDelete'}");
	expect_json(json_text(part(WANT_PROXY_SET, &w, "spec.updateStrategy")), "");
}

static void
the_users_environment_comes_first_and_wins(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "'env':[{'name':'A','value':'1'},{'name':'MY_POD','value':'x'}]", ""));
	expect_json(json_text(json_get(node_of(WANT_PROXY_SET, &w), STR("env"))),
	    "[{'name':'A','value':'1'},{'name':'MY_POD','value':'x'},"
	    "{'name':'MY_NODE','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'spec.nodeName'}}},"
	    "{'name':'K8S_NS','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.namespace'}}}]");
}

static void
an_indented_cr_makes_the_same_bytes(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "'env' : [ {\n  'name' : 'A b',\r\n\t'value' : 'x \\' {\\\\'\n} ]", ""));
	expect_json(str_upto(json_text(json_get(node_of(WANT_PROXY_SET, &w), STR("env"))), 40),
	    "[{'name':'A b','value':'x \\' {\\\\'},{'nam");
}

static struct str
resources_with(const char *given)
{
	struct want w = sample_want(sample_spec("", given, ""));

	return json_text(json_get(node_of(WANT_PROXY_SET, &w), STR("resources")));
}

static void
resources_are_canonical_and_have_room_for_logs(void)
{
	sample_begin();
	expect_json(resources_with(""), "{'requests':{'ephemeral-storage':'656Mi'}}");
	expect_json(resources_with("'resources':{'requests':{'cpu':0.5,'memory':'1.5Gi'},'limits':{'cpu':2}}"),
	    "{'limits':{'cpu':'2'},'requests':{'cpu':'500m','memory':'1536Mi','ephemeral-storage':'656Mi'}}");
	expect_json(resources_with("'resources':{'requests':{'ephemeral-storage':'2Gi'}}"),
	    "{'requests':{'ephemeral-storage':'2Gi'}}");
	expect_json(resources_with("'resources':{'requests':{'ephemeral-storage':'0'}}"),
	    "{'requests':{'ephemeral-storage':'656Mi'}}");
}

static void
a_claim_is_named_after_its_path(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", "'mounts':[{'path':'/ais/disk1','size':'1.5Gi','storageClass':'fast'},"
	    "{'path':'/b','size':'1Gi'}]"));
	expect_json(json_text(part(WANT_TARGET_SET, &w, "spec.volumeClaimTemplates")),
	    "[{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'ais-ais-disk1'},"
	    "'spec':{'accessModes':['ReadWriteOnce'],'storageClassName':'fast',"
	    "'resources':{'requests':{'storage':'1536Mi'}}}},"
	    "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'ais-b'},"
	    "'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]");
	expect_json(json_text(json_item(json_get(node_of(WANT_TARGET_SET, &w), STR("volumeMounts")), 3)),
	    "{'name':'ais-ais-disk1','mountPath':'/ais/disk1'}");
	expect_json(json_text(part(WANT_PROXY_SET, &w, "spec.volumeClaimTemplates")), "");
}

static void
state_lies_in_a_place_of_its_own_on_the_host(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_json(json_text(json_item(part(WANT_TARGET_SET, &w, "spec.template.spec.volumes"), 4)),
	    "{'name':'state-mount','hostPath':{'path':'/etc/ais/ns/ais/target','type':'DirectoryOrCreate'}}");
	w = sample_want(sample_spec("'stateStorage':{'hostPath':{'prefix':'/'}}", "", ""));
	expect_json(json_text(json_item(part(WANT_PROXY_SET, &w, "spec.template.spec.volumes"), 4)),
	    "{'name':'state-mount','hostPath':{'path':'/ns/ais/proxy','type':'DirectoryOrCreate'}}");
}

static void
the_template_carries_the_restart_hash_of_the_cr(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_json(json_text(part(WANT_PROXY_SET, &w, "spec.template.metadata.annotations")),
	    "{'config.aistore.nvidia.com/restart-hash':''}");
	expect_json(json_text(part(WANT_PROXY_SET, &w, "metadata.annotations")), "");
	w.restart_hash = STR("abc.initial");
	expect_json(json_text(part(WANT_TARGET_SET, &w, "metadata.annotations")),
	    "{'config.aistore.nvidia.com/restart-hash':'abc.initial'}");
}

static void
every_object_has_its_kind_and_name(void)
{
	static const char *const names[WANT_COUNT] = { "ServiceAccount ais-sa", "Role ais-role",
		"RoleBinding ais-rb", "ConfigMap ais-global-cm", "ConfigMap ais-proxy", "Service ais-proxy",
		"ConfigMap ais-target", "Service ais-target", "StatefulSet ais-proxy", "StatefulSet ais-target" };
	struct arena *a = sample_begin();
	struct want   w = sample_want(sample_spec("", "", ""));

	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		EXPECT_TEXT(JOIN(a, want_kind_of(k)->name, STR(" "), want_name(k, &w, a)), names[k]);
		CU_ASSERT(str_eq(json_str(part(k, &w, "kind"), a), want_kind_of(k)->name));
		CU_ASSERT(str_eq(json_str(part(k, &w, "metadata.name"), a), want_name(k, &w, a)));
		CU_ASSERT(str_eq(json_str(part(k, &w, "metadata.namespace"), a), STR("ns")));
	}
}

static void
a_body_that_does_not_fit_is_empty(void)
{
	struct want  w;
	static char  room[9000];
	struct arena small;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	for (size_t size = 1; size < 9000; size += 7) {
		struct str body;

		arena_init(&small, room, size);
		body = want_body(WANT_TARGET_SET, &w, &small);
		CU_ASSERT((body.len == 0) == !arena_ok(&small));
	}
	CU_ASSERT(arena_ok(&small));
}

SUITE(test_want,
    { "pods may read themselves and Services", pods_may_read_themselves_and_services },
    { "Services are headless and show pods that are not ready", services_show_pods_that_are_not_ready },
    { "the configuration is the same to the byte", the_configuration_is_the_same_to_the_byte },
    { "azure is turned on by its variables", azure_is_turned_on_by_its_variables },
    { "the configuration stands in its ConfigMap", the_configuration_stands_in_its_config_map },
    { "data paths are sorted and have their labels", data_paths_are_sorted_and_have_their_labels },
    { "only proxies are told how many targets there are", only_proxies_are_told_how_many_targets_there_are },
    { "no target is stopped by a change of its template", no_target_is_stopped_by_a_change_of_its_template },
    { "the user's environment comes first and wins", the_users_environment_comes_first_and_wins },
    { "an indented CR makes the same bytes", an_indented_cr_makes_the_same_bytes },
    { "resources are canonical and have room for logs", resources_are_canonical_and_have_room_for_logs },
    { "a claim is named after its path", a_claim_is_named_after_its_path },
    { "state lies in a place of its own on the host", state_lies_in_a_place_of_its_own_on_the_host },
    { "the template carries the restart hash of the CR", the_template_carries_the_restart_hash_of_the_cr },
    { "every object has its kind and name", every_object_has_its_kind_and_name },
    { "a body that does not fit is empty and marks the arena", a_body_that_does_not_fit_is_empty });
