/* test_fake_registry.c - the stand-in keeps objects as a kube-apiserver does. */
#include <stdlib.h>

#include "test.h"
#include "tests/fake/registry.h"
#include "tests/world/world.h"

static struct registry *r;
static const struct registry_write by_me = { .manager = STR_INIT("me") };

static const struct resource *
core(const char *plural)
{
	return registry_resource(r, STR(""), str_of(plural));
}

static void
begin(void)
{
	world_reset();
	r = registry_open();
}

static void
end(void)
{
	registry_close(r);
}

static struct reply
make(const char *plural, const char *json)
{
	return registry_create(r, core(plural), STR("default"), tree_of(json), &by_me);
}

static const char config[] = "{'metadata':{'name':'a'},'data':{'k':'1'}}";

static void
a_new_object_gets_what_the_server_gives(void)
{
	struct reply x;

	begin();
	x = make("configmaps", config);
	CU_ASSERT_EQUAL(x.code, 201);
	CU_ASSERT_EQUAL(tree_str_at(x.object, "metadata.uid").len, 36);
	CU_ASSERT_TRUE(tree_str_is(x.object, "metadata.creationTimestamp", STR("2026-11-24T12:00:00Z")));
	CU_ASSERT_TRUE(tree_str_is(x.object, "metadata.namespace", STR("default")));
	CU_ASSERT_TRUE(tree_str_is(x.object, "apiVersion", STR("v1")));
	x = make("configmaps", config);
	CU_ASSERT_EQUAL(x.code, 409);
	EXPECT_TEXT(str_of(x.reason), "AlreadyExists");
	EXPECT_TEXT(str_of(x.message), "configmaps \"a\" already exists");
	end();
}

static void
an_update_with_an_old_version_is_a_conflict(void)
{
	struct reply x;
	struct tree *t;

	begin();
	t = tree_copy(make("configmaps", config).object);
	tree_set_str(t, "data.k", STR("2"));
	x = registry_update(r, core("configmaps"), STR("default"), STR("a"), tree_copy(t), &by_me);
	CU_ASSERT_EQUAL(x.code, 200);
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.k", STR("2")));
	x = registry_update(r, core("configmaps"), STR("default"), STR("a"), t, &by_me);
	CU_ASSERT_EQUAL(x.code, 409);
	EXPECT_TEXT(str_of(x.message), "Operation cannot be fulfilled on configmaps \"a\": the object has been "
	    "modified; please apply your changes to the latest version and try again");
	end();
}

static void
a_write_that_changes_nothing_moves_no_version(void)
{
	uint64_t before;

	begin();
	make("configmaps", config);
	before = registry_version(r);
	CU_ASSERT_EQUAL(registry_merge(r, core("configmaps"), STR("default"), STR("a"),
	    tree_of("{'data':{'k':'1'}}"),
	    &by_me).code, 200);
	CU_ASSERT_EQUAL(registry_version(r), before);
	end();
}

static const char set[] = "{'metadata':{'name':'s'},'spec':{'serviceName':'s',"
    "'selector':{'matchLabels':{'a':'b'}},"
    "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}";

static struct reply
make_set(void)
{
	return registry_create(r, registry_resource(r, STR("apps"), STR("statefulsets")), STR("default"),
	    tree_of(set), &by_me);
}

static void
generations_count_what_was_asked_for(void)
{
	const struct resource *k;
	struct reply           x;

	begin();
	k = registry_resource(r, STR("apps"), STR("statefulsets"));
	CU_ASSERT_EQUAL(tree_int_at(make_set().object, "metadata.generation", 0), 1);
	x = registry_patch_status(r, k, STR("default"), STR("s"), tree_of("{'status':{'replicas':1}}"), STR("me"));
	CU_ASSERT_EQUAL(tree_int_at(x.object, "metadata.generation", 0), 1);
	CU_ASSERT_EQUAL(tree_int_at(x.object, "status.replicas", 0), 1);
	x = registry_merge(r, k, STR("default"), STR("s"), tree_of("{'metadata':{'labels':{'x':'y'}}}"), &by_me);
	CU_ASSERT_EQUAL(tree_int_at(x.object, "metadata.generation", 0), 1);
	x = registry_merge(r, k, STR("default"), STR("s"),
	    tree_of("{'spec':{'replicas':2},'status':{'replicas':9}}"),
	    &by_me);
	CU_ASSERT_EQUAL(tree_int_at(x.object, "metadata.generation", 0), 2);
	CU_ASSERT_EQUAL(tree_int_at(x.object, "status.replicas", 0), 1);
	end();
}

static void
a_stateful_set_is_defaulted_and_mostly_fixed(void)
{
	struct reply x;

	begin();
	x = make_set();
	CU_ASSERT_TRUE(tree_str_is(x.object, "spec.podManagementPolicy", STR("OrderedReady")));
	CU_ASSERT_TRUE(tree_str_is(x.object, "spec.template.spec.dnsPolicy", STR("ClusterFirst")));
	CU_ASSERT_EQUAL(tree_int_at(x.object, "spec.replicas", 0), 1);
	x = registry_merge(r, registry_resource(r, STR("apps"), STR("statefulsets")), STR("default"), STR("s"),
	    tree_of("{'spec':{'serviceName':'other'}}"), &by_me);
	CU_ASSERT_EQUAL(x.code, 422);
	EXPECT_TEXT(str_of(x.causes[0].field), "spec");
	EXPECT_TEXT(str_of(x.kind), "StatefulSet");
	end();
}

static void
finalizers_hold_an_object(void)
{
	const struct resource *k;
	struct reply           x;

	begin();
	k = core("configmaps");
	make("configmaps", "{'metadata':{'name':'a','finalizers':['x/y']}}");
	x = registry_delete(r, k, STR("default"), STR("a"), &(struct registry_delete){ 0 });
	CU_ASSERT_EQUAL(x.code, 200);
	CU_ASSERT_PTR_NOT_NULL(tree_at(x.object, "metadata.deletionTimestamp"));
	x = registry_merge(r, k, STR("default"), STR("a"), tree_of("{'metadata':{'finalizers':['x/y','z/z']}}"),
	    &by_me);
	CU_ASSERT_EQUAL(x.code, 422);
	x = registry_merge(r, k, STR("default"), STR("a"), tree_of("{'metadata':{'finalizers':null}}"), &by_me);
	CU_ASSERT_EQUAL(x.code, 200);
	CU_ASSERT_PTR_NULL(registry_find(r, k, STR("default"), STR("a")));
	end();
}

static void
a_delete_may_name_whom_it_means(void)
{
	struct registry_delete d = { .uid = STR("someone-else") };
	struct reply           x;

	begin();
	make("configmaps", config);
	x = registry_delete(r, core("configmaps"), STR("default"), STR("a"), &d);
	CU_ASSERT_EQUAL(x.code, 409);
	x = registry_delete(r, core("configmaps"), STR("default"), STR("b"), &d);
	CU_ASSERT_EQUAL(x.code, 404);
	EXPECT_TEXT(str_of(x.message), "configmaps \"b\" not found");
	end();
}

static const char pod[] = "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}";

static void
a_running_pod_ends_in_its_own_time(void)
{
	struct registry_delete now = { .has_grace = true };
	struct reply           x;

	begin();
	CU_ASSERT_EQUAL(make("pods", pod).code, 201);
	CU_ASSERT_EQUAL(registry_bind(r, STR("default"), STR("p"), STR("node-1")).code, 201);
	x = registry_delete(r, core("pods"), STR("default"), STR("p"), &(struct registry_delete){ 0 });
	CU_ASSERT_EQUAL(x.code, 200);
	CU_ASSERT_TRUE(tree_str_is(x.object, "metadata.deletionTimestamp", STR("2026-11-24T12:00:30Z")));
	CU_ASSERT_EQUAL(tree_int_at(x.object, "metadata.deletionGracePeriodSeconds", 0), 30);
	CU_ASSERT_EQUAL(registry_delete(r, core("pods"), STR("default"), STR("p"), &now).code, 200);
	CU_ASSERT_PTR_NULL(registry_find(r, core("pods"), STR("default"), STR("p")));
	end();
}

static void
a_pod_that_runs_nowhere_is_gone_at_once(void)
{
	begin();
	make("pods", pod);
	registry_delete(r, core("pods"), STR("default"), STR("p"), &(struct registry_delete){ 0 });
	CU_ASSERT_PTR_NULL(registry_find(r, core("pods"), STR("default"), STR("p")));
	end();
}

static void
a_pod_without_its_account_is_refused(void)
{
	struct reply x;

	begin();
	x = make("pods", "{'metadata':{'name':'p'},'spec':{'serviceAccountName':'s','containers':[{'name':'c'}]}}");
	CU_ASSERT_EQUAL(x.code, 403);
	EXPECT_TEXT(str_of(x.message), "pods \"p\" is forbidden: error looking up service account default/s: "
	    "serviceaccount \"s\" not found");
	end();
}

static void
own(struct tree *t, const struct tree *owner)
{
	struct tree *refs = tree_set_at(t, "metadata.ownerReferences", tree_array());
	struct tree *ref = tree_push(refs,
	    tree_of("{'apiVersion':'v1','kind':'ConfigMap','blockOwnerDeletion':true}"));

	tree_set_str(ref, "name", tree_str_at(owner, "metadata.name"));
	tree_set_str(ref, "uid", tree_str_at(owner, "metadata.uid"));
}

static void
make_owned(void)
{
	const struct tree *owner = make("configmaps", config).object;
	struct tree       *t = tree_of("{'metadata':{'name':'b'}}");

	own(t, owner);
	registry_create(r, core("configmaps"), STR("default"), t, &by_me);
}

static void
what_nobody_owns_any_more_is_collected(void)
{
	begin();
	make_owned();
	world_settle();
	CU_ASSERT_PTR_NOT_NULL(registry_find(r, core("configmaps"), STR("default"), STR("b")));
	registry_delete(r, core("configmaps"), STR("default"), STR("a"), &(struct registry_delete){ 0 });
	CU_ASSERT_PTR_NOT_NULL(registry_find(r, core("configmaps"), STR("default"), STR("b")));
	world_settle();
	CU_ASSERT_PTR_NULL(registry_find(r, core("configmaps"), STR("default"), STR("b")));
	end();
}

static void
in_the_foreground_the_owner_goes_last(void)
{
	struct registry_delete d = { .propagation = STR("Foreground") };

	begin();
	make_owned();
	registry_merge(r, core("configmaps"), STR("default"), STR("b"),
	    tree_of("{'metadata':{'finalizers':['x/y']}}"),
	    &by_me);
	registry_delete(r, core("configmaps"), STR("default"), STR("a"), &d);
	world_settle();
	CU_ASSERT_PTR_NOT_NULL(registry_find(r, core("configmaps"), STR("default"), STR("a")));
	registry_merge(r, core("configmaps"), STR("default"), STR("b"), tree_of("{'metadata':{'finalizers':null}}"),
	    &by_me);
	world_settle();
	CU_ASSERT_PTR_NULL(registry_find(r, core("configmaps"), STR("default"), STR("a")));
	end();
}

static void
a_namespace_takes_what_is_in_it_along(void)
{
	const struct resource *ns;
	struct reply           x;

	begin();
	ns = core("namespaces");
	registry_create(r, ns, STR_NONE, tree_of("{'metadata':{'name':'n'}}"), &by_me);
	CU_ASSERT_PTR_NOT_NULL(registry_find(r, core("serviceaccounts"), STR("n"), STR("default")));
	registry_create(r, core("configmaps"), STR("n"), tree_of(config), &by_me);
	x = registry_delete(r, ns, STR_NONE, STR("n"), &(struct registry_delete){ 0 });
	CU_ASSERT_TRUE(tree_str_is(x.object, "status.phase", STR("Terminating")));
	x = registry_create(r, core("configmaps"), STR("n"), tree_of("{'metadata':{'name':'late'}}"), &by_me);
	CU_ASSERT_EQUAL(x.code, 403);
	world_settle();
	CU_ASSERT_PTR_NULL(registry_find(r, ns, STR_NONE, STR("n")));
	CU_ASSERT_PTR_NULL(registry_find(r, core("configmaps"), STR("n"), STR("a")));
	x = registry_create(r, core("configmaps"), STR("n"), tree_of(config), &by_me);
	CU_ASSERT_EQUAL(x.code, 404);
	EXPECT_TEXT(str_of(x.message), "namespaces \"n\" not found");
	end();
}

static const char crd[] = "{'metadata':{'name':'wells.x.io'},'spec':{'group':'x.io','scope':'Namespaced',"
    "'names':{'plural':'wells','kind':'Well'},'versions':[{'name':'v1','served':true,'storage':true,"
    "'subresources':{'status':{}},'schema':{'openAPIV3Schema':{'type':'object','properties':{"
    "'spec':{'type':'object','required':['depth'],'properties':{'depth':{'type':'integer','minimum':1},"
    "'mode':{'type':'string','default':'slow','enum':['slow','fast']}}},"
    "'status':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}}}]}}";

static void
a_definition_makes_a_resource(void)
{
	const struct resource *k;
	struct reply           x;

	begin();
	registry_create(r, registry_resource(r, STR("apiextensions.k8s.io"), STR("customresourcedefinitions")),
	    STR_NONE,
	    tree_of(crd), &by_me);
	k = registry_resource(r, STR("x.io"), STR("wells"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	x = registry_create(r, k, STR("default"),
	    tree_of("{'metadata':{'name':'w'},'spec':{'depth':0,'mode':'odd'}}"),
	    &by_me);
	CU_ASSERT_EQUAL(x.code, 422);
	EXPECT_TEXT(str_of(x.message), "Well.x.io \"w\" is invalid: [spec.depth: Invalid value: 0: spec.depth in "
	    "body "
	    "should be greater than or equal to 1, spec.mode: Unsupported value: \"odd\": supported values: "
	    "\"slow\", "
	    "\"fast\"]");
	x = registry_create(r, k, STR("default"), tree_of("{'metadata':{'name':'w'},'spec':{}}"), &by_me);
	EXPECT_TEXT(str_of(x.message), "Well.x.io \"w\" is invalid: spec.depth: Required value");
	x = registry_create(r, k, STR("default"), tree_of("{'metadata':{'name':'w'},'spec':{'depth':1,'odd':2}}"),
	    &by_me);
	CU_ASSERT_EQUAL(x.code, 201);
	EXPECT_TEXT(str_of(x.warning), "unknown field \"spec.odd\"\n");
	CU_ASSERT_PTR_NULL(tree_at(x.object, "spec.odd"));
	CU_ASSERT_TRUE(tree_str_is(x.object, "spec.mode", STR("slow")));
	x = registry_update(r, k, STR("default"), STR("w"), tree_of("{'metadata':{'name':'w'},'spec':{'depth':1}}"),
	    &by_me);
	CU_ASSERT_EQUAL(x.code, 422);
	EXPECT_TEXT(str_of(x.message), "wells.x.io \"w\" is invalid: metadata.resourceVersion: Invalid value: 0: "
	    "must be "
	    "specified for an update");
	end();
}

static int told;

static void
listener(const struct resource *k, enum registry_event e, const struct tree *old, const struct tree *new,
    void *owner)
{
	(void)owner;
	if (!str_eq(k->plural, STR("configmaps")))
		return;
	/* Each change is told once, in order, though we write in between. */
	told = told * 10 + (int)e + 1;
	CU_ASSERT_EQUAL(old == NULL, e == REGISTRY_ADDED);
	if (e == REGISTRY_ADDED)
		registry_merge(r, k, STR("default"), tree_str_at(new, "metadata.name"), tree_of("{'data':{'k':'9'}}"),
		    &by_me);
}

static void
listeners_hear_every_change_in_order(void)
{
	begin();
	told = 0;
	registry_on_change(r, listener, NULL);
	make("configmaps", config);
	registry_delete(r, core("configmaps"), STR("default"), STR("a"), &(struct registry_delete){ 0 });
	CU_ASSERT_EQUAL(told, 123);
	end();
}

static void
an_event_is_seen_in_both_groups(void)
{
	const struct resource *k;
	struct reply           x;

	begin();
	k = registry_resource(r, STR("events.k8s.io"), STR("events"));
	x = registry_create(r, k, STR("default"), tree_of("{'metadata':{'name':'e'},"
	    "'eventTime':'2026-11-24T12:00:00.000000Z','reportingController':'c','reportingInstance':'i',"
	    "'action':'a','reason':'r','type':'Normal','note':'hello',"
	    "'regarding':{'kind':'Pod','name':'p','namespace':'default'}}"),
	    &by_me);
	CU_ASSERT_EQUAL(x.code, 201);
	CU_ASSERT_TRUE(tree_str_is(registry_find(r, core("events"), STR("default"), STR("e")), "message",
	    STR("hello")));
	CU_ASSERT_TRUE(tree_str_is(registry_find(r, core("events"), STR("default"), STR("e")), "involvedObject.name",
	    STR("p")));
	x = registry_create(r, k, STR("default"), tree_of("{'metadata':{'name':'f'},'type':'Odd'}"), &by_me);
	CU_ASSERT_EQUAL(x.code, 422);
	end();
}

SUITE(test_fake_registry,
    { "a new object gets what the server gives", a_new_object_gets_what_the_server_gives },
    { "an update with an old version is a conflict", an_update_with_an_old_version_is_a_conflict },
    { "a write that changes nothing moves no version", a_write_that_changes_nothing_moves_no_version },
    { "generations count what was asked for", generations_count_what_was_asked_for },
    { "a StatefulSet is defaulted and mostly fixed", a_stateful_set_is_defaulted_and_mostly_fixed },
    { "finalizers hold an object", finalizers_hold_an_object },
    { "a delete may name whom it means", a_delete_may_name_whom_it_means },
    { "a running pod ends in its own time", a_running_pod_ends_in_its_own_time },
    { "a pod that runs nowhere is gone at once", a_pod_that_runs_nowhere_is_gone_at_once },
    { "a pod without its account is refused", a_pod_without_its_account_is_refused },
    { "what nobody owns any more is collected", what_nobody_owns_any_more_is_collected },
    { "in the foreground the owner goes last", in_the_foreground_the_owner_goes_last },
    { "a namespace takes what is in it along", a_namespace_takes_what_is_in_it_along },
    { "a definition makes a resource", a_definition_makes_a_resource },
    { "listeners hear every change in order", listeners_hear_every_change_in_order },
    { "an event is seen in both groups", an_event_is_seen_in_both_groups });
