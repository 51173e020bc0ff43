/* test_fake_scheduler.c - the stand-in's scheduler says what kube-scheduler 1.36 said to the same pods. */
#include <stdio.h>

#include "fake_cluster.h"
#include "test.h"

static struct fake_cluster f;

static void
pod(const char *name, const char *more)
{
	char json[2048];

	snprintf(json, sizeof(json), "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s','labels':{'a':'b'}},"
	    "'spec':{%s'containers':[{'name':'c','image':'x'%s}]}}", name, more[0] == ',' ? "" : more,
	    more[0] == ',' ? more : "");
	fake_create(&f, "", "pods", json);
}

static struct str
why(const char *name)
{
	return tree_str_at(tree_item(tree_at(fake_find(&f, "", "pods", name), "status.conditions"), 0), "message");
}

static struct str
node(const char *name)
{
	return tree_str_at(fake_find(&f, "", "pods", name), "spec.nodeName");
}

/* As at the real one: node-1 is free, node-2 has a taint. */
static void
begin(void)
{
	fake_open(&f);
	fake_node(&f, "node-1", "{}");
	fake_node(&f, "node-2", "{'taints':[{'key':'dedicated','value':'x','effect':'NoSchedule'}]}");
}

#define APART "'affinity':{'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[" \
	"{'labelSelector':{'matchLabels':{'a':'b'}},'topologyKey':'kubernetes.io/hostname'}]}},"

static void
pods_that_want_to_be_apart_do_not_meet(void)
{
	begin();
	pod("a0", APART);
	EXPECT_TEXT(node("a0"), "node-1");
	pod("a1", APART);
	EXPECT_TEXT(why("a1"), "0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, "
	    "1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: "
	    "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.");
	CU_ASSERT(tree_str_is(tree_item(tree_at(fake_find(&f, "", "pods", "a1"), "status.conditions"), 0), "reason",
	    STR("Unschedulable")));
	fake_delete(&f, "", "pods", "a0", 0);
	EXPECT_TEXT(node("a1"), "node-1");
	fake_close(&f);
}

static void
a_selector_that_no_node_has_is_said(void)
{
	begin();
	pod("sel", "'nodeSelector':{'x':'y'},");
	EXPECT_TEXT(why("sel"), "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
	    "1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: "
	    "2 Preemption is not helpful for scheduling.");
	fake_close(&f);
}

static void
a_request_that_no_node_has_is_said(void)
{
	begin();
	pod("big", ",'resources':{'requests':{'cpu':'10'}}");
	EXPECT_TEXT(why("big"), "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). "
	    "no new claims to deallocate, preemption: 0/2 nodes are available: "
	    "2 Preemption is not helpful for scheduling.");
	fake_close(&f);
}

static void
a_claim_that_is_not_there_is_said(void)
{
	begin();
	pod("cnone", "'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'nope'}}],");
	EXPECT_TEXT(why("cnone"),
	    "0/2 nodes are available: persistentvolumeclaim \"nope\" not found. not found");
	fake_close(&f);
}

static void
a_toleration_opens_the_tainted_node(void)
{
	begin();
	pod("a0", APART);
	pod("a1", APART "'tolerations':[{'key':'dedicated','operator':'Exists'}],");
	EXPECT_TEXT(node("a1"), "node-2");
	fake_close(&f);
}

static void
without_nodes_pods_wait(void)
{
	fake_open(&f);
	pod("p", "");
	EXPECT_TEXT(why("p"), "no nodes available to schedule pods");
	fake_node(&f, "node-1", "{}");
	EXPECT_TEXT(node("p"), "node-1");
	fake_close(&f);
}

static void
a_waiting_claim_is_told_its_node(void)
{
	const struct tree *claim;

	begin();
	fake_create(&f, "storage.k8s.io", "storageclasses", "{'kind':'StorageClass',"
	    "'apiVersion':'storage.k8s.io/v1','metadata':{'name':'late'},'provisioner':'p',"
	    "'volumeBindingMode':'WaitForFirstConsumer'}");
	fake_create(&f, "", "persistentvolumeclaims", "{'apiVersion':'v1','kind':'PersistentVolumeClaim',"
	    "'metadata':{'name':'c'},'spec':{'accessModes':['ReadWriteOnce'],'storageClassName':'late',"
	    "'resources':{'requests':{'storage':'1Gi'}}}}");
	claim = fake_find(&f, "", "persistentvolumeclaims", "c");
	CU_ASSERT_PTR_NULL(tree_get(tree_at(claim, "metadata.annotations"),
	    STR("volume.kubernetes.io/storage-provisioner")));
	pod("p", "'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}],");
	claim = fake_find(&f, "", "persistentvolumeclaims", "c");
	EXPECT_TEXT(tree_str(tree_get(tree_at(claim, "metadata.annotations"),
	    STR("volume.kubernetes.io/selected-node"))), "node-1");
	EXPECT_TEXT(tree_str(tree_get(tree_at(claim, "metadata.annotations"),
	    STR("volume.kubernetes.io/storage-provisioner"))), "p");
	EXPECT_TEXT(node("p"), "");
	fake_close(&f);
}

SUITE(test_fake_scheduler,
    { "pods that want to be apart do not meet", pods_that_want_to_be_apart_do_not_meet },
    { "a selector that no node has is said", a_selector_that_no_node_has_is_said },
    { "a request that no node has is said", a_request_that_no_node_has_is_said },
    { "a claim that is not there is said", a_claim_that_is_not_there_is_said },
    { "a toleration opens the tainted node", a_toleration_opens_the_tainted_node },
    { "without nodes pods wait", without_nodes_pods_wait },
    { "a waiting claim is told its node", a_waiting_claim_is_told_its_node });
