/* test_keep.c - what the store keeps of each kind: CRs, Pods, and the smaller owned ones. */
#include "sample.h"

#include "test.h"

static char kept_room[64 << 10];

/* What the store would hold of it. */
static struct record
kept(enum watched k, struct str raw)
{
	struct out    o = out_over(kept_room, sizeof(kept_room));
	struct object obj;

	CU_ASSERT_FATAL(object_scan(raw, &obj));
	watched_views[k].keep(&obj, sample_arena(), &o);
	CU_ASSERT_FATAL(out_ok(&o));
	return (struct record){ .kept = arena_copy(sample_arena(), out_view(&o)) };
}

static void
watches_are_filtered_by_the_server(void)
{
	static const char *const want[WATCHED_COUNT] = {
		"AIStore ", "StatefulSet app.kubernetes.io/component in (proxy,target)",
		"Pod app.kubernetes.io/component in (proxy,target)",
		"Service app.kubernetes.io/component in (proxy-svc,target-svc,proxy-lb,target-lb)",
		"ConfigMap app.kubernetes.io/managed-by=ais-operator",
		"ServiceAccount app.kubernetes.io/managed-by=ais-operator",
		"Role app.kubernetes.io/managed-by=ais-operator",
		"RoleBinding app.kubernetes.io/managed-by=ais-operator",
	};
	struct arena *a = sample_begin();

	for (int i = 0; i < WATCHED_COUNT; i++)
		EXPECT_TEXT(JOIN(a, watched_views[i].kind->name, STR(" "), watched_views[i].selector), want[i]);
}

/* AIStores ---------------------------------------------------------------------*/

#define CR \
	"{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore','metadata':{'name':'ais','namespace':'ns'," \
	"'uid':'u','annotations':{'config.aistore.nvidia.com/hash':'aa'," \
	"'config.aistore.nvidia.com/restart-hash':'bb.initial','other':'\\'x\\''}," \
	"'finalizers':['other/one','finalize.ais'],'managedFields':[{'a':1}]},'spec':{'size':1}," \
	"'status':{'state':'Ready','clusterID':'gB9','intraClusterURL':'http://x','autoscaleStatus':{}," \
	"'conditions':[{'lastTransitionTime':'2026-11-23T07:09:26Z','message':'not \\u0022now\\''," \
	"'observedGeneration':4,'reason':'Upgrading','status':'False','type':'Ready'}]}}"

static void
a_cr_is_kept_with_what_a_plan_reads(void)
{
	struct arena  *a = sample_begin();
	struct record  r = kept(WATCHED_AISTORE, sample_json(CR));
	struct cr_view v;

	cr_view(&r, a, &v);
	CU_ASSERT(v.finalizer && v.other_finalizers);
	EXPECT_TEXT(v.finalizers, "[\"other/one\",\"finalize.ais\"]");
	EXPECT_TEXT(v.config_hash, "aa");
	EXPECT_TEXT(v.restart_hash, "bb.initial");
	EXPECT_TEXT(v.paused, "");
	EXPECT_TEXT(v.spec, "{\"size\":1}");
	EXPECT_TEXT(v.state, "Ready");
	EXPECT_TEXT(v.cluster_id, "gB9");
	EXPECT_TEXT(v.intra_url, "http://x");
	EXPECT_TEXT(v.api_version, "ais.nvidia.com/v1beta1");
	CU_ASSERT_EQUAL_FATAL(v.condition_count, 1);
	EXPECT_TEXT(v.conditions[0].type, "Ready");
	EXPECT_TEXT(v.conditions[0].status, "False");
	EXPECT_TEXT(v.conditions[0].reason, "Upgrading");
	EXPECT_TEXT(v.conditions[0].message, "not \"now\"");
	EXPECT_TEXT(v.conditions[0].since, "2026-11-23T07:09:26Z");
	CU_ASSERT_EQUAL(v.conditions[0].observed_generation, 4);
}

static void
a_cr_may_be_new_and_bare(void)
{
	struct arena  *a = sample_begin();
	struct record  r = kept(WATCHED_AISTORE, sample_json("{'metadata':{'name':'ais'}}"));
	struct cr_view v;

	cr_view(&r, a, &v);
	CU_ASSERT(!v.finalizer && !v.other_finalizers && v.condition_count == 0);
	EXPECT_TEXT(v.spec, "");
	EXPECT_TEXT(v.status, "");
	EXPECT_TEXT(v.state, "");
}

static void
there_is_a_limit_to_conditions(void)
{
	struct arena  *a = sample_begin();
	struct str     text = sample_json("{'metadata':{'name':'ais'},'status':{'conditions':[{'type':'x'}");
	struct record  r;
	struct cr_view v;

	for (int i = 0; i < CONDITIONS_MAX + 3; i++)
		text = JOIN(a, text, sample_json(",{'type':'y'}"));
	r = kept(WATCHED_AISTORE, JOIN(a, text, STR("]}}")));
	cr_view(&r, a, &v);
	CU_ASSERT_EQUAL(v.condition_count, CONDITIONS_MAX);
}

static void
what_is_not_read_changes_nothing(void)
{
	struct record one, other;

	sample_begin();
	one = kept(WATCHED_AISTORE, sample_json(CR));
	other = kept(WATCHED_AISTORE, sample_replace(sample_json(CR), "'managedFields':[{'a':1}]",
	    "'managedFields':[]"));
	CU_ASSERT(str_eq(one.kept, other.kept));
	other = kept(WATCHED_AISTORE, sample_replace(sample_json(CR), "'size':1", "'size':2"));
	CU_ASSERT(!str_eq(one.kept, other.kept));
}

/* Pods ---------------------------------------------------------------------------*/

#define POD(status) "{'kind':'Pod','metadata':{'labels':{'app.kubernetes.io/component':'target'," \
	"'app.kubernetes.io/name':'ais'},'name':'ais-target-0','namespace':'ns','ownerReferences':[{" \
	"'controller':true,'kind':'StatefulSet','name':'ais-target','uid':'uid-s'}],'uid':'uid-0'}," \
	"'spec':{'containers':[{'name':'ais-node','nodeName':'no'}],'nodeName':'node-1'},'status':{" status "}}"
#define SCHEDULED "{'status':'True','type':'PodScheduled'}"
#define RUNNING "'phase':'Running','podIP':'10.1.2.3','conditions':[{'lastProbeTime':null,'status':'True'," \
	"'type':'Ready'}," SCHEDULED "],'containerStatuses':[{'name':'ais-node','restartCount':2," \
	"'state':{'running':{}}}],'initContainerStatuses':[{'restartCount':1," \
	"'state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]"

static struct pod_view
pod_of(const char *quoted)
{
	struct record   r;
	struct pod_view v;

	sample_begin();
	r = kept(WATCHED_POD, sample_json(quoted));
	pod_view(&r, &v);
	return v;
}

static void
a_running_pod_says_where_it_is(void)
{
	struct pod_view v = pod_of(POD(RUNNING));

	EXPECT_TEXT(v.cluster, "ais");
	EXPECT_TEXT(v.component, "target");
	EXPECT_TEXT(v.set_uid, "uid-s");
	EXPECT_TEXT(v.phase, "Running");
	EXPECT_TEXT(v.node, "node-1");
	EXPECT_TEXT(v.ip, "10.1.2.3");
	CU_ASSERT(v.ready && v.scheduled);
	EXPECT_TEXT(v.trouble, "");
	CU_ASSERT_EQUAL(v.restarts, 3);
}

static void
expect_trouble(struct pod_view v, const char *reason, const char *text)
{
	EXPECT_TEXT(v.trouble, reason);
	EXPECT_TEXT(v.trouble_text, text);
	CU_ASSERT(!v.ready);
}

#define WAITING(in, reason, message) \
	"'phase':'Pending','conditions':[" SCHEDULED "],'" in "':[{'restartCount':0," \
	"'state':{'waiting':{'message':'" message "','reason':'" reason "'}}}]"

static void
a_pod_that_does_not_start_says_why(void)
{
	expect_trouble(pod_of(POD("'phase':'Pending','conditions':[{'message':'0/3 nodes are available: 3 node(s) "
	    "had untolerated taint(s).','reason':'Unschedulable','status':'False','type':'PodScheduled'}]")),
	    "Unschedulable", "0/3 nodes are available: 3 node(s) had untolerated taint(s).");
	expect_trouble(pod_of(POD(WAITING("containerStatuses", "ImagePullBackOff", "Back-off pulling image"))),
	    "ImagePullBackOff", "Back-off pulling image");
	expect_trouble(pod_of(POD(WAITING("initContainerStatuses", "CreateContainerConfigError", "no configmap"))),
	    "CreateContainerConfigError", "no configmap");
	expect_trouble(pod_of(POD(WAITING("containerStatuses", "CrashLoopBackOff", "back-off 10s"))),
	    "CrashLoopBackOff", "back-off 10s");
	expect_trouble(pod_of(POD("'phase':'Running','containerStatuses':[{'state':{'terminated':{'exitCode':1,"
	    "'reason':'Error'}}}]")), "Error", "");
	expect_trouble(pod_of(POD("'phase':'Failed','reason':'Evicted','message':'low on resource'")),
	    "Evicted", "low on resource");
}

static void
the_normal_course_of_things_is_no_trouble(void)
{
	expect_trouble(pod_of(POD("'phase':'Pending'")), "", "");
	expect_trouble(pod_of(POD(WAITING("containerStatuses", "PodInitializing", ""))), "", "");
	expect_trouble(pod_of(POD(WAITING("initContainerStatuses", "ContainerCreating", ""))), "", "");
	expect_trouble(pod_of("{'metadata':{'name':'p'}}"), "", "");
}

static void
a_message_is_cut_at_a_whole_character(void)
{
	struct arena   *a = sample_begin();
	struct str      text = sample_json(POD(WAITING("containerStatuses", "ErrImagePull", "MESSAGE")));
	struct str      message = STR("say \\\"hi\\\" ");
	struct record   r;
	struct pod_view v;

	while (message.len < 270)
		message = JOIN(a, message, STR("\xe2\x82\xac"));
	r = kept(WATCHED_POD, sample_replace(text, "MESSAGE", JOIN(a, message, (struct str){ "", 1 }).at));
	pod_view(&r, &v);
	CU_ASSERT(str_starts(v.trouble_text, STR("say \"hi\" \xe2\x82\xac")));
	CU_ASSERT(v.trouble_text.len <= 256 && v.trouble_text.len > 252);
	CU_ASSERT((v.trouble_text.len - 9) % 3 == 0);
}

static void
half_a_pod_does_no_harm(void)
{
	static const char text[] = POD(RUNNING);

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct out    o = out_over(kept_room, sizeof(kept_room));
		struct object obj;

		sample_begin();
		if (object_scan(str_upto(sample_json(text), len), &obj))
			watched_views[WATCHED_POD].keep(&obj, sample_arena(), &o);
	}
}

/* The smaller owned kinds --------------------------------------------------------*/

static uint64_t
digest(const struct kind *k, struct str body)
{
	uint64_t d = 0;

	digest_of(k, body, sample_arena(), &d);
	CU_ASSERT_NOT_EQUAL(d, 0);
	return d;
}

/* The wanted body with one change, which the API server's side shows. */
static void
expect_change(enum want_kind k, const char *from, const char *to, bool matters)
{
	struct want w;
	struct str  body;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	body = want_body(k, &w, sample_arena());
	CU_ASSERT_EQUAL(digest(want_kind_of(k), body) !=
	    digest(want_kind_of(k), sample_replace(body, from, to)), matters);
}

static void
a_change_of_what_we_set_is_seen(void)
{
	expect_change(WANT_GLOBAL_CONFIG, "false", "true", true);
	expect_change(WANT_TARGET_CONFIG, "disk1", "disk2", true);
	expect_change(WANT_PROXY_SERVICE, "'port':51080", "'port':51081", true);
	expect_change(WANT_PROXY_SERVICE, "'targetPort':51080", "'targetPort':51081", true);
	expect_change(WANT_PROXY_SERVICE, "'clusterIP':'None'", "'clusterIP':'10.0.0.1'", true);
	expect_change(WANT_PROXY_SERVICE, "'publishNotReadyAddresses':true",
	    "'publishNotReadyAddresses':false", true);
	expect_change(WANT_PROXY_SERVICE, "'app':'ais'", "'app':'x'", true);
	expect_change(WANT_PROXY_SERVICE, "'prometheus.io/scrape':'true'", "'prometheus.io/scrape':'no'", true);
	expect_change(WANT_TARGET_SERVICE, "'app.kubernetes.io/component':'target'}",
	    "'app.kubernetes.io/component':'x'}", true);
	expect_change(WANT_ROLE, "'pods/log'", "'secrets'", true);
	expect_change(WANT_BINDING, "'name':'ais-sa'", "'name':'other'", true);
	expect_change(WANT_BINDING, "'name':'ais-role'", "'name':'admin'", true);
	expect_change(WANT_ACCOUNT, "'app.kubernetes.io/managed-by':'ais-operator'", "", true);
}

/* An apply would leave these as they are: to see them would mean to apply for ever. */
static void
what_others_add_is_not_looked_at(void)
{
	expect_change(WANT_GLOBAL_CONFIG, "'data':{", "'data':{'more':'x',", false);
	expect_change(WANT_ACCOUNT, "'labels':{", "'labels':{'team':'x',", false);
	expect_change(WANT_PROXY_SERVICE, "'labels':{", "'labels':{'team':'x',", false);
	expect_change(WANT_PROXY_SERVICE, "'annotations':{", "'annotations':{'team':'x',", false);
	expect_change(WANT_PROXY_SERVICE, "'ports':[", "'ports':[{'name':'more','port':1},", false);
	expect_change(WANT_PROXY_SERVICE, "'spec':{", "'spec':{'sessionAffinity':'None','type':'ClusterIP',"
	    "'clusterIPs':['None'],'ipFamilies':['IPv4'],'internalTrafficPolicy':'Cluster',", false);
	expect_change(WANT_PROXY_SERVICE, "'protocol':'TCP',", "", false);
	expect_change(WANT_PROXY_SERVICE, ",'targetPort':51080", "", false);
	expect_change(WANT_BINDING, "'subjects':[{", "'subjects':[{'apiGroup':'',", false);
}

static void
the_order_of_members_does_not_count(void)
{
	expect_change(WANT_PROXY_SERVICE,
	    "'app.kubernetes.io/name':'ais','app.kubernetes.io/component':'proxy'}",
	    "'app.kubernetes.io/component':'proxy','app.kubernetes.io/name':'ais'}", false);
	expect_change(WANT_ROLE, "'apiGroups':[''],'resources':['pods/log']",
	    "'resources':['pods/log'],'apiGroups':['']", false);
	/* That of lists does. */
	expect_change(WANT_ROLE, "'get','list'", "'list','get'", true);
}

static void
the_digest_is_what_the_store_keeps(void)
{
	static const enum watched views[WANT_PROXY_SET] = { WATCHED_ACCOUNT, WATCHED_ROLE, WATCHED_BINDING,
		WATCHED_CONFIGMAP, WATCHED_CONFIGMAP, WATCHED_SERVICE, WATCHED_CONFIGMAP, WATCHED_SERVICE };
	struct arena *a = sample_begin();
	struct want   w = sample_want(sample_spec("", "", ""));

	for (enum want_kind k = 0; k < WANT_PROXY_SET; k++) {
		struct str        body = want_body(k, &w, a);
		struct record     r = kept(views[k], body);
		struct owned_view v;

		owned_view(&r, &v);
		CU_ASSERT_PTR_EQUAL(watched_views[views[k]].kind, want_kind_of(k));
		CU_ASSERT_EQUAL(v.digest, digest(want_kind_of(k), body));
	}
}

static void
what_is_no_object_has_no_digest(void)
{
	struct arena *a = sample_begin();
	uint64_t      d = 1;

	digest_of(&kind_configmap, STR("{"), a, &d);
	CU_ASSERT_EQUAL(d, 0);
}

SUITE(test_keep,
    { "watches are filtered by the server", watches_are_filtered_by_the_server },
    { "a CR is kept with what a plan reads", a_cr_is_kept_with_what_a_plan_reads },
    { "a CR may be new and bare", a_cr_may_be_new_and_bare },
    { "there is a limit to conditions", there_is_a_limit_to_conditions },
    { "what is not read changes nothing", what_is_not_read_changes_nothing },
    { "a running pod says where it is", a_running_pod_says_where_it_is },
    { "a pod that does not start says why", a_pod_that_does_not_start_says_why },
    { "the normal course of things is no trouble", the_normal_course_of_things_is_no_trouble },
    { "a message is unescaped and cut at a whole character", a_message_is_cut_at_a_whole_character },
    { "half a pod does no harm", half_a_pod_does_no_harm },
    { "a change of what we set is seen", a_change_of_what_we_set_is_seen },
    { "what others add is not looked at", what_others_add_is_not_looked_at },
    { "the order of members does not count", the_order_of_members_does_not_count },
    { "the digest is what the store keeps", the_digest_is_what_the_store_keeps },
    { "what is no object has no digest", what_is_no_object_has_no_digest });
