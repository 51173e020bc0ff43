/* test_fake_statefulset.c - StatefulSets, claims and EndpointSlices of the stand-in, as the real ones. */
#include <stdio.h>

#include "fake_cluster.h"
#include "test.h"

#define APPS "apps", "statefulsets"

static struct fake_cluster f;

static void
make(const char *more)
{
	char json[2048];

	fake_open(&f);
	fake_node(&f, "node-1", "{}");
	snprintf(json, sizeof(json), "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'s'},'spec':{"
	    "'replicas':3,'serviceName':'s','selector':{'matchLabels':{'a':'b'}},%s'template':{"
	    "'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'one'}]}}}}", more);
	fake_create(&f, APPS, json);
}

static int64_t
status(const char *field)
{
	char path[64];

	snprintf(path, sizeof(path), "status.%s", field);
	return tree_int_at(fake_find(&f, APPS, "s"), path, 0);
}

static struct str
revision(const char *pod)
{
	return tree_str(tree_get(tree_at(fake_find(&f, "", "pods", pod), "metadata.labels"),
	    STR("controller-revision-hash")));
}

static void
in_order_the_next_pod_waits_for_the_one_before(void)
{
	make("");
	EXPECT_TEXT(fake_names(&f, "", "pods"), "s-0");
	fake_ready(&f, "s-0");
	EXPECT_TEXT(fake_names(&f, "", "pods"), "s-0 s-1");
	fake_ready(&f, "s-1");
	fake_ready(&f, "s-2");
	CU_ASSERT_EQUAL(status("readyReplicas"), 3);
	CU_ASSERT_EQUAL(status("currentReplicas"), 3);
	CU_ASSERT_EQUAL(status("updatedReplicas"), 3);
	CU_ASSERT_EQUAL(status("availableReplicas"), 3);
	CU_ASSERT_EQUAL(status("observedGeneration"), 1);
	fake_close(&f);
}

static void
in_parallel_all_come_at_once(void)
{
	const struct tree *pod;

	make("'podManagementPolicy':'Parallel',");
	EXPECT_TEXT(fake_names(&f, "", "pods"), "s-0 s-1 s-2");
	CU_ASSERT_EQUAL(status("replicas"), 3);
	pod = fake_find(&f, "", "pods", "s-1");
	CU_ASSERT(tree_str_is(pod, "spec.hostname", STR("s-1")));
	CU_ASSERT(tree_str_is(pod, "spec.subdomain", STR("s")));
	CU_ASSERT(tree_str_is(pod, "metadata.generateName", STR("s-")));
	EXPECT_TEXT(tree_str(tree_get(tree_at(pod, "metadata.labels"), STR("apps.kubernetes.io/pod-index"))), "1");
	EXPECT_TEXT(tree_str(tree_get(tree_at(pod, "metadata.labels"),
	    STR("statefulset.kubernetes.io/pod-name"))), "s-1");
	fake_close(&f);
}

static void
fewer_replicas_take_the_highest_away(void)
{
	make("'podManagementPolicy':'Parallel',");
	for (int i = 0; i < 3; i++)
		fake_ready(&f, (const char *[]){ "s-0", "s-1", "s-2" }[i]);
	fake_merge(&f, APPS, "s", "{'spec':{'replicas':1}}");
	CU_ASSERT_PTR_NOT_NULL(tree_at(fake_find(&f, "", "pods", "s-1"), "metadata.deletionTimestamp"));
	CU_ASSERT_PTR_NULL(tree_at(fake_find(&f, "", "pods", "s-0"), "metadata.deletionTimestamp"));
	fake_end(&f, "s-1");
	fake_end(&f, "s-2");
	EXPECT_TEXT(fake_names(&f, "", "pods"), "s-0");
	CU_ASSERT_EQUAL(status("replicas"), 1);
	CU_ASSERT_EQUAL(status("observedGeneration"), 2);
	fake_close(&f);
}

static void
a_rolling_update_begins_at_the_top_and_waits(void)
{
	make("'podManagementPolicy':'Parallel',");
	for (int i = 0; i < 3; i++)
		fake_ready(&f, (const char *[]){ "s-0", "s-1", "s-2" }[i]);
	fake_merge(&f, APPS, "s", "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'two'}]}}}}");
	CU_ASSERT_PTR_NOT_NULL(tree_at(fake_find(&f, "", "pods", "s-2"), "metadata.deletionTimestamp"));
	CU_ASSERT_PTR_NULL(tree_at(fake_find(&f, "", "pods", "s-1"), "metadata.deletionTimestamp"));
	fake_end(&f, "s-2");
	CU_ASSERT_FALSE(str_eq(revision("s-2"), revision("s-1")));
	CU_ASSERT_PTR_NULL(tree_at(fake_find(&f, "", "pods", "s-1"), "metadata.deletionTimestamp"));
	CU_ASSERT_EQUAL(status("updatedReplicas"), 1);
	CU_ASSERT_EQUAL(status("currentReplicas"), 2);
	fake_ready(&f, "s-2");
	CU_ASSERT_PTR_NOT_NULL(tree_at(fake_find(&f, "", "pods", "s-1"), "metadata.deletionTimestamp"));
	fake_end(&f, "s-1");
	fake_ready(&f, "s-1");
	fake_end(&f, "s-0");
	fake_ready(&f, "s-0");
	CU_ASSERT(str_eq(tree_str_at(fake_find(&f, APPS, "s"), "status.currentRevision"),
	    tree_str_at(fake_find(&f, APPS, "s"), "status.updateRevision")));
	CU_ASSERT_EQUAL(status("currentReplicas"), 3);
	fake_close(&f);
}

static void
a_partition_keeps_the_lower_ones(void)
{
	make("'podManagementPolicy':'Parallel','updateStrategy':{'type':'RollingUpdate',"
	    "'rollingUpdate':{'partition':3}},");
	for (int i = 0; i < 3; i++)
		fake_ready(&f, (const char *[]){ "s-0", "s-1", "s-2" }[i]);
	fake_merge(&f, APPS, "s", "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'two'}]}}}}");
	CU_ASSERT_PTR_NULL(tree_at(fake_find(&f, "", "pods", "s-2"), "metadata.deletionTimestamp"));
	fake_delete(&f, "", "pods", "s-1", 0);
	CU_ASSERT(str_eq(revision("s-1"), revision("s-0")));
	fake_close(&f);
}

static void
on_delete_changes_only_pods_that_others_delete(void)
{
	make("'podManagementPolicy':'Parallel','updateStrategy':{'type':'OnDelete'},");
	for (int i = 0; i < 3; i++)
		fake_ready(&f, (const char *[]){ "s-0", "s-1", "s-2" }[i]);
	fake_merge(&f, APPS, "s", "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'two'}]}}}}");
	CU_ASSERT_PTR_NULL(tree_at(fake_find(&f, "", "pods", "s-2"), "metadata.deletionTimestamp"));
	fake_delete(&f, "", "pods", "s-0", 0);
	CU_ASSERT(str_eq(revision("s-0"), tree_str_at(fake_find(&f, APPS, "s"), "status.updateRevision")));
	fake_ready(&f, "s-0");
	CU_ASSERT_EQUAL(status("updatedReplicas"), 1);
	CU_ASSERT_FALSE(str_eq(tree_str_at(fake_find(&f, APPS, "s"), "status.currentRevision"),
	    tree_str_at(fake_find(&f, APPS, "s"), "status.updateRevision")));
	fake_close(&f);
}

static void
claims_are_bound_when_a_volume_names_them(void)
{
	const struct tree *claim;
	char json[1024];

	fake_open(&f);
	fake_node(&f, "node-1", "{}");
	fake_create(&f, "storage.k8s.io", "storageclasses", "{'kind':'StorageClass',"
	    "'apiVersion':'storage.k8s.io/v1','metadata':{'name':'fast'},'provisioner':'p',"
	    "'volumeBindingMode':'Immediate'}");
	fake_create(&f, APPS, "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'s'},'spec':{"
	    "'replicas':1,'serviceName':'s','selector':{'matchLabels':{'a':'b'}},"
	    "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'one'}]}},"
	    "'volumeClaimTemplates':[{'metadata':{'name':'v'},'spec':{'accessModes':['ReadWriteOnce'],"
	    "'storageClassName':'fast','resources':{'requests':{'storage':'1Gi'}}}}]}}");
	claim = fake_find(&f, "", "persistentvolumeclaims", "v-s-0");
	EXPECT_TEXT(tree_str(tree_get(tree_at(claim, "metadata.annotations"),
	    STR("volume.kubernetes.io/storage-provisioner"))), "p");
	EXPECT_TEXT(tree_str_at(tree_item(tree_at(fake_find(&f, "", "pods", "s-0"), "status.conditions"), 0),
	    "message"), "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found");
	snprintf(json, sizeof(json), "{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'pv'},'spec':{"
	    "'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],'hostPath':{'path':'/x'},"
	    "'storageClassName':'fast','claimRef':{'namespace':'default','name':'v-s-0','uid':'" STR_FMT "'}}}",
	    STR_ARG(tree_str_at(claim, "metadata.uid")));
	fake_create(&f, "", "persistentvolumes", json);
	claim = fake_find(&f, "", "persistentvolumeclaims", "v-s-0");
	CU_ASSERT(tree_str_is(claim, "status.phase", STR("Bound")));
	CU_ASSERT(tree_str_is(claim, "spec.volumeName", STR("pv")));
	CU_ASSERT(tree_str_is(fake_find(&f, "", "persistentvolumes", "pv"), "status.phase", STR("Bound")));
	CU_ASSERT(tree_str_is(fake_find(&f, "", "pods", "s-0"), "spec.nodeName", STR("node-1")));
	fake_delete(&f, "", "persistentvolumeclaims", "v-s-0", -1);
	CU_ASSERT_PTR_NOT_NULL(fake_find(&f, "", "persistentvolumeclaims", "v-s-0"));
	fake_delete(&f, APPS, "s", -1);
	fake_delete(&f, "", "pods", "s-0", 0);
	CU_ASSERT_PTR_NULL(fake_find(&f, "", "persistentvolumeclaims", "v-s-0"));
	CU_ASSERT(tree_str_is(fake_find(&f, "", "persistentvolumes", "pv"), "status.phase", STR("Released")));
	fake_close(&f);
}

static bool
first(const struct tree *o, void *owner)
{
	*(const struct tree **)owner = o;
	return false;
}

static void
slices_of_headless_services_show_pods_that_are_not_ready(void)
{
	const struct tree *slice = NULL;

	make("'podManagementPolicy':'Parallel',");
	fake_create(&f, "", "services", "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{"
	    "'clusterIP':'None','publishNotReadyAddresses':true,'selector':{'a':'b'},"
	    "'ports':[{'name':'http','port':80}]}}");
	fake_status(&f, "", "pods", "s-1", "{'status':{'podIP':'10.0.0.7'}}");
	registry_list(f.registry, registry_resource(f.registry, STR("discovery.k8s.io"), STR("endpointslices")),
	    STR_NONE, STR("kubernetes.io/service-name=s"), STR_NONE, first, &slice);
	CU_ASSERT_PTR_NOT_NULL_FATAL(slice);
	CU_ASSERT_EQUAL(tree_at(slice, "endpoints")->count, 1);
	CU_ASSERT(tree_true_at(tree_item(tree_at(slice, "endpoints"), 0), "conditions.ready"));
	CU_ASSERT(tree_str_is(tree_item(tree_at(slice, "endpoints"), 0), "targetRef.name", STR("s-1")));
	fake_close(&f);
}

SUITE(test_fake_statefulset,
    { "in order the next pod waits for the one before", in_order_the_next_pod_waits_for_the_one_before },
    { "in parallel all come at once", in_parallel_all_come_at_once },
    { "fewer replicas take the highest away", fewer_replicas_take_the_highest_away },
    { "a rolling update begins at the top and waits", a_rolling_update_begins_at_the_top_and_waits },
    { "a partition keeps the lower ones", a_partition_keeps_the_lower_ones },
    { "OnDelete changes only pods that others delete", on_delete_changes_only_pods_that_others_delete },
    { "claims are bound when a volume names them", claims_are_bound_when_a_volume_names_them },
    { "slices of headless Services show pods that are not ready",
      slices_of_headless_services_show_pods_that_are_not_ready });
