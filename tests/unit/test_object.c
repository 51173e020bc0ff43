#include "k8s/object.h"
#include "test.h"

#define POD "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a-0\",\"namespace\":\"ais\"," \
	"\"uid\":\"u1\",\"resourceVersion\":\"123\",\"generation\":4,\"labels\":{\"app\":\"x\",\"n\":\"\"}," \
	"\"annotations\":{\"k\":\"v\\n\"},\"finalizers\":[\"f\"],\"managedFields\":[{\"name\":\"no\"}]," \
	"\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"o\",\"uid\":\"ou\"}," \
	"{\"kind\":\"StatefulSet\",\"name\":\"a\",\"uid\":\"su\",\"controller\":true}]}," \
	"\"spec\":{\"nodeName\":\"n\"},\"status\":{}}"

static void
all_of_the_metadata_is_found(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR(POD), &o));
	EXPECT_TEXT(o.ns, "ais");
	EXPECT_TEXT(o.name, "a-0");
	EXPECT_TEXT(o.uid, "u1");
	EXPECT_TEXT(o.version, "123");
	CU_ASSERT_EQUAL(o.version_number, 123);
	CU_ASSERT_EQUAL(o.generation, 4);
	CU_ASSERT_FALSE(o.deleting);
	EXPECT_TEXT(o.labels, "{\"app\":\"x\",\"n\":\"\"}");
	EXPECT_TEXT(o.annotations, "{\"k\":\"v\\n\"}");
	EXPECT_TEXT(o.finalizers, "[\"f\"]");
	EXPECT_TEXT(o.spec, "{\"nodeName\":\"n\"}");
	EXPECT_TEXT(o.status, "{}");
}

static void
the_owner_is_the_controller(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR(POD), &o));
	EXPECT_TEXT(o.owner_kind, "StatefulSet");
	EXPECT_TEXT(o.owner_name, "a");
	EXPECT_TEXT(o.owner_uid, "su");
	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\","
	    "\"ownerReferences\":[{\"uid\":\"x\"}]}}"), &o));
	CU_ASSERT_EQUAL(o.owner_uid.len, 0);
}

static void
labels_are_looked_up_by_their_key(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR(POD), &o));
	EXPECT_TEXT(object_label(&o, STR("app")), "x");
	CU_ASSERT_EQUAL(object_label(&o, STR("ap")).len, 0);
	CU_ASSERT_EQUAL(object_label(&o, STR("n")).len, 0);
	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\"}}"), &o));
	CU_ASSERT_EQUAL(object_label(&o, STR("app")).len, 0);
}

static void
null_is_as_good_as_absent(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\",\"labels\":null,\"deletionTimestamp\":null,"
	    "\"ownerReferences\":null,\"generation\":null},\"status\":null}"), &o));
	CU_ASSERT_FALSE(o.deleting);
	CU_ASSERT_EQUAL(o.labels.len + o.status.len, 0);
}

static void
a_deletion_timestamp_means_deleting(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\","
	    "\"deletionTimestamp\":\"2026-11-24T12:00:00Z\"}}"), &o));
	CU_ASSERT_TRUE(o.deleting);
}

static void
what_has_no_name_is_no_object_but_its_version_is_read(void)
{
	struct object o;

	CU_ASSERT_FALSE(object_scan(STR("{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"77\"}}"), &o));
	EXPECT_TEXT(o.version, "77");
	CU_ASSERT_FALSE(object_scan(STR("[1]"), &o));
	CU_ASSERT_FALSE(object_scan(STR(""), &o));
	CU_ASSERT_FALSE(object_scan(STR("{\"metadata\":{\"name\":\"a\",\"generation\":\"x\"}}"), &o));
}

static void
a_version_that_is_no_number_counts_as_zero(void)
{
	struct object o;

	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"a7\"}}"), &o));
	CU_ASSERT_EQUAL(o.version_number, 0);
	CU_ASSERT_TRUE(object_scan(STR("{\"metadata\":{\"name\":\"a\","
	    "\"resourceVersion\":\"99999999999999999999\"}}"), &o));
	CU_ASSERT_EQUAL(o.version_number, 0);
}

static void
no_part_of_an_object_is_an_object(void)
{
	struct object o;

	for (size_t i = 0; i < sizeof(POD) - 1; i++)
		CU_ASSERT_FALSE(object_scan(str_upto(STR(POD), i), &o));
}

SUITE(test_object,
    { "all of the metadata is found", all_of_the_metadata_is_found },
    { "the owner is the controller, nobody else", the_owner_is_the_controller },
    { "labels are looked up by their key", labels_are_looked_up_by_their_key },
    { "null is as good as absent", null_is_as_good_as_absent },
    { "a deletionTimestamp means: being deleted", a_deletion_timestamp_means_deleting },
    { "what has no name is no object, but its version is read",
      what_has_no_name_is_no_object_but_its_version_is_read },
    { "a version that is no number counts as 0", a_version_that_is_no_number_counts_as_zero },
    { "no part of an object is an object", no_part_of_an_object_is_an_object });
