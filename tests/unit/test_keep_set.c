/* test_keep_set.c - StatefulSets: what is kept, and which change of a template counts. */
#include "sample.h"

#include "test.h"

static char kept_room[8 << 10];

static struct set_view
set_of_text(struct str raw)
{
	struct out      o = out_over(kept_room, sizeof(kept_room));
	struct object   obj;
	struct record   r;
	struct set_view v;

	CU_ASSERT_FATAL(object_scan(raw, &obj));
	watched_views[WATCHED_SET].keep(&obj, sample_arena(), &o);
	r = (struct record){ .kept = arena_copy(sample_arena(), out_view(&o)) };
	set_view(&r, &v);
	return v;
}

/* Which groups differ between two; "" when none does. */
static struct str
difference(const uint64_t a[GROUP_COUNT], const uint64_t b[GROUP_COUNT])
{
	struct str text = STR_NONE;

	for (enum set_group g = 0; g < GROUP_COUNT; g++) {
		CU_ASSERT_NOT_EQUAL(a[g], 0);
		if (a[g] != b[g])
			text = JOIN(sample_arena(), text, text.len > 0 ? STR("; ") : STR_NONE, set_group_text(g));
	}
	return text;
}

static void
expect_same(struct str live, const struct want *w, enum role role)
{
	enum want_kind k = role == ROLE_PROXY ? WANT_PROXY_SET : WANT_TARGET_SET;
	uint64_t       wanted[GROUP_COUNT];

	digest_of(&kind_statefulset, want_body(k, w, sample_arena()), sample_arena(), wanted);
	EXPECT_TEXT(difference(wanted, set_of_text(live).digest), "");
}

static void
counts_and_revisions_are_kept(void)
{
	struct set_view v;
	struct str      text;

	sample_begin();
	text = sample_replace(sample_live_set(ROLE_TARGET), "'replicas':1,'revisionHistoryLimit'",
	    "'replicas':5,'revisionHistoryLimit'");
	text = sample_replace(text, "'readyReplicas':1", "'readyReplicas':3");
	text = sample_replace(text, "'updatedReplicas':1", "'updatedReplicas':2");
	text = sample_replace(text, "'updateRevision':'ais-target-6974'", "'updateRevision':'ais-target-next'");
	v = set_of_text(text);
	EXPECT_TEXT(v.component, "target");
	CU_ASSERT_EQUAL(v.replicas, 5);
	CU_ASSERT_EQUAL(v.status_replicas, 1);
	CU_ASSERT_EQUAL(v.ready, 3);
	CU_ASSERT_EQUAL(v.updated, 2);
	CU_ASSERT_EQUAL(v.current, 1);
	CU_ASSERT_EQUAL(v.observed_generation, 1);
	EXPECT_TEXT(v.current_revision, "ais-target-6974");
	EXPECT_TEXT(v.update_revision, "ais-target-next");
}

static void
a_set_without_status_has_nothing_ready(void)
{
	struct set_view v;

	sample_begin();
	v = set_of_text(sample_json("{'metadata':{'name':'x'},'spec':{}}"));
	CU_ASSERT_EQUAL(v.replicas, 1);
	CU_ASSERT_EQUAL(v.ready, 0);
	EXPECT_TEXT(v.current_revision, "");
}

static void
what_the_api_server_adds_makes_no_difference(void)
{
	struct want w;

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	expect_same(sample_live_set(ROLE_PROXY), &w, ROLE_PROXY);
	expect_same(sample_live_set(ROLE_TARGET), &w, ROLE_TARGET);
}

/* From the live targets, one change: these groups differ. */
static void
expect_change(const char *from, const char *to, const char *groups)
{
	struct set_view before, after;

	sample_begin();
	before = set_of_text(sample_live_set(ROLE_TARGET));
	after = set_of_text(sample_replace(sample_live_set(ROLE_TARGET), from, to));
	EXPECT_TEXT(difference(before.digest, after.digest), groups);
}

static void
what_makes_the_go_operator_roll_pods_is_seen(void)
{
	expect_change("'image':'aisnode:v4.9'", "'image':'aisnode:v5.0'", "images");
	expect_change("'image':'ais-init:v4.9'", "'image':'ais-init:v5.0'", "images");
	expect_change("'name':'MY_NODE'", "'name':'MINE'", "environment");
	expect_change("'requests':{'ephemeral-storage'", "'limits':{'cpu':'1'},'requests':{'ephemeral-storage'",
	    "resources");
	expect_change("'656Mi'", "'657Mi'", "resources");
	expect_change("'failureThreshold':30", "'failureThreshold':60", "probes");
	expect_change("'path':'/v1/health'", "'path':'/health'", "probes");
	expect_change("'initialDelaySeconds':60,", "", "probes");
	expect_change("'runAsNonRoot':false", "'runAsNonRoot':true", "security context");
	expect_change("'drop':['ALL']", "'add':['ALL']", "security context");
	expect_change("'readOnlyRootFilesystem':true", "'readOnlyRootFilesystem':false", "security context");
	expect_change("'path':'/etc/ais/ns/ais/target'", "'path':'/other'", "volumes");
	expect_change("{'emptyDir':{},'name':'logs-dir'},", "", "volumes");
	expect_change("'template':{'metadata':{'annotations':{'config.aistore.nvidia.com/restart-hash':''},"
	    "'labels':{'app':'ais'", "'template':{'metadata':{'annotations':{"
	    "'config.aistore.nvidia.com/restart-hash':''},'labels':{'app':'other'", "labels");
	expect_change("'restartPolicy':'Always'", "'tolerations':[{'key':'x'}],'restartPolicy':'Always'",
	    "ports, volume claims, priority class or tolerations");
	expect_change("'restartPolicy':'Always'", "'priorityClassName':'high','restartPolicy':'Always'",
	    "ports, volume claims, priority class or tolerations");
	expect_change("'storage':'10Gi'", "'storage':'11Gi'", "ports, volume claims, priority class or tolerations");
	expect_change("'containerPort':51081", "'containerPort':8081",
	    "ports, volume claims, priority class or tolerations");
}

static void
what_drifts_there_is_not_looked_at(void)
{
	expect_change("'-role=target'],'command'", "'-role=target','-x'],'command'", "");
	expect_change("'name':'HOST_IPS'", "'name':'OTHER'", "");
	expect_change("'cpu':'1','memory':'1Gi'", "'cpu':'2','memory':'1Gi'", "");
	expect_change("'topologyKey':'kubernetes.io/hostname'", "'topologyKey':'zone'", "");
	expect_change("'terminationGracePeriodSeconds':30", "'terminationGracePeriodSeconds':60", "");
	expect_change("'volumeMounts':[", "'volumeMounts':[{'mountPath':'/x','name':'y'},", "");
	expect_change("'annotations':{'config.aistore.nvidia.com/restart-hash':''},'labels'",
	    "'annotations':{'kubectl.kubernetes.io/restartedAt':'now',"
	    "'config.aistore.nvidia.com/restart-hash':''},'labels'", "");
}

/* Older operators' pods lack this label; none is restarted for it. */
static void
a_missing_managed_by_is_no_difference(void)
{
	struct str      text;
	struct set_view before;

	sample_begin();
	before = set_of_text(sample_live_set(ROLE_TARGET));
	text = sample_live_set(ROLE_TARGET);
	for (int i = 0; i < 2; i++)
		text = sample_replace(text, "'app.kubernetes.io/managed-by':'ais-operator',", "");
	EXPECT_TEXT(difference(before.digest, set_of_text(text).digest), "");
}

static void
only_a_hash_that_is_not_initial_restarts(void)
{
	struct want w;
	uint64_t    wanted[GROUP_COUNT];

	sample_begin();
	w = sample_want(sample_spec("", "", ""));
	w.restart_hash = STR("abc.initial");
	expect_same(sample_live_set(ROLE_TARGET), &w, ROLE_TARGET);
	w.restart_hash = STR("abc");
	digest_of(&kind_statefulset, want_body(WANT_TARGET_SET, &w, sample_arena()), sample_arena(), wanted);
	EXPECT_TEXT(difference(wanted, set_of_text(sample_live_set(ROLE_TARGET)).digest), "annotations");
}

static void
quantities_are_compared_by_value(void)
{
	expect_change("'656Mi'", "'687865856'", "");
	expect_change("'storage':'10Gi'", "'storage':'10240Mi'", "");
}

static void
the_order_of_volumes_and_claims_does_not_count(void)
{
	struct want w;
	struct str  live;

	sample_begin();
	w = sample_want(sample_spec("", "",
	    "'mounts':[{'path':'/b','size':'1Gi','storageClass':'fast'},"
	    "{'path':'/ais1','size':'10Gi','storageClass':'fast'}]"));
	live = sample_replace(sample_live_set(ROLE_TARGET), "'volumeClaimTemplates':[{'apiVersion'",
	    "'volumeClaimTemplates':[{'metadata':{'name':'ais-b'},'spec':{'accessModes':['ReadWriteOnce'],"
	    "'storageClassName':'fast','resources':{'requests':{'storage':'1Gi'}}}},{'apiVersion'");
	expect_same(live, &w, ROLE_TARGET);
	w = sample_want(sample_spec("", "",
	    "'mounts':[{'path':'/ais1','size':'10Gi','storageClass':'fast'},"
	    "{'path':'/b','size':'1Gi','storageClass':'fast'}]"));
	expect_same(live, &w, ROLE_TARGET);
	expect_change("{'emptyDir':{},'name':'config-mount'},", "", "volumes");
}

/* The Go operator compares these as they stand, and never comes to rest. */
static void
what_a_user_left_out_makes_no_difference(void)
{
	struct want w;
	struct str  live;

	sample_begin();
	w = sample_want(sample_spec("", "", "'env':[{'name':'A','value':''},"
	    "{'name':'N','valueFrom':{'fieldRef':{'fieldPath':'spec.nodeName'}}},"
	    "{'name':'M','valueFrom':{'resourceFieldRef':{'resource':'limits.memory'}}}],"
	    "'resources':{'requests':{'cpu':0.5,'memory':'1.5Gi'}}"));
	live = sample_replace(sample_live_set(ROLE_TARGET), "'env':[", "'env':[{'name':'A'},"
	    "{'name':'N','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'spec.nodeName'}}},"
	    "{'name':'M','valueFrom':{'resourceFieldRef':{'divisor':'0','resource':'limits.memory'}}},");
	live = sample_replace(live, "{'ephemeral-storage':'656Mi'}",
	    "{'cpu':'500m','ephemeral-storage':'656Mi','memory':'1536Mi'}");
	expect_same(live, &w, ROLE_TARGET);
}

/* Sorted they would take as long as their square. */
static void
many_members_take_no_time(void)
{
	static char to[512 << 10];
	struct out  o = out_over(to, sizeof(to) - 1);

	sample_begin();
	out_str(&o, STR("/restart-hash':''},'labels':{"));
	for (int i = 0; i < 20000; i++) {
		OUT(&o, STR("'l"));
		out_int(&o, i);
		out_str(&o, STR("':'x',"));
	}
	CU_ASSERT_FATAL(out_ok(&o));
	set_of_text(sample_replace(sample_live_set(ROLE_TARGET), "/restart-hash':''},'labels':{", to));
	CU_ASSERT(arena_ok(sample_arena()));
}

SUITE(test_keep_set,
    { "counts and revisions are kept", counts_and_revisions_are_kept },
    { "a set without status has nothing ready", a_set_without_status_has_nothing_ready },
    { "what the API server adds makes no difference", what_the_api_server_adds_makes_no_difference },
    { "what makes the Go operator roll pods is seen", what_makes_the_go_operator_roll_pods_is_seen },
    { "what drifts there is not looked at", what_drifts_there_is_not_looked_at },
    { "a missing managed-by is no difference", a_missing_managed_by_is_no_difference },
    { "only a hash that is not initial restarts", only_a_hash_that_is_not_initial_restarts },
    { "quantities are compared by value", quantities_are_compared_by_value },
    { "the order of volumes and claims does not count", the_order_of_volumes_and_claims_does_not_count },
    { "what a user left to the API server makes no difference", what_a_user_left_out_makes_no_difference },
    { "many members take no time", many_members_take_no_time });
