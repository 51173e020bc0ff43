/* test_fake_apply.c - server-side apply: who owns which field. */
#include "test.h"
#include "tests/fake/registry.h"
#include "tests/world/world.h"

static struct registry       *r;
static const struct resource *k;

static void
begin(void)
{
	world_reset();
	r = registry_open();
	k = registry_resource(r, STR(""), STR("configmaps"));
}

static struct reply
apply_to(const struct resource *kind, const char *manager, const char *json, bool force)
{
	struct registry_write w = { .manager = str_of(manager), .force = force };

	return registry_apply(r, kind, STR("default"), STR("a"), tree_of(json), &w);
}

static struct reply
apply(const char *manager, const char *json, bool force)
{
	return apply_to(k, manager, json, force);
}

static void
applying_what_is_not_there_creates_it(void)
{
	struct reply x;

	begin();
	x = apply("one", "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':{'x':'1'}}", true);
	CU_ASSERT_EQUAL(x.code, 201);
	CU_ASSERT_TRUE(tree_str_is(tree_item(tree_at(x.object, "metadata.managedFields"), 0), "operation",
	    STR("Apply")));
	CU_ASSERT_PTR_NOT_NULL(tree_at(tree_item(tree_at(x.object, "metadata.managedFields"), 0),
	    "fieldsV1.f:data.f:x"));
	registry_close(r);
}

static void
applying_the_same_again_is_no_change(void)
{
	uint64_t version;

	begin();
	apply("one", "{'metadata':{'name':'a','labels':{'l':'m'}},'data':{'x':'1'}}", true);
	version = registry_version(r);
	world_pass_ms(5000);
	CU_ASSERT_EQUAL(apply("one", "{'metadata':{'name':'a','labels':{'l':'m'}},'data':{'x':'1'}}", true).code,
	    200);
	CU_ASSERT_EQUAL(registry_version(r), version);
	registry_close(r);
}

static void
what_is_applied_no_more_goes(void)
{
	struct reply x;

	begin();
	apply("one", "{'metadata':{'name':'a','labels':{'l':'m'}},'data':{'x':'1','y':'2'}}", true);
	x = apply("one", "{'metadata':{'name':'a'},'data':{'y':'2'}}", true);
	CU_ASSERT_PTR_NULL(tree_at(x.object, "data.x"));
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.y", STR("2")));
	CU_ASSERT_PTR_NULL(tree_at(x.object, "metadata.labels"));
	registry_close(r);
}

static void
what_another_owns_too_stays(void)
{
	struct reply x;

	begin();
	apply("one", "{'metadata':{'name':'a'},'data':{'x':'1','y':'2'}}", true);
	apply("two", "{'metadata':{'name':'a'},'data':{'x':'1'}}", true);
	x = apply("one", "{'metadata':{'name':'a'},'data':{'y':'2'}}", true);
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.x", STR("1")));
	x = apply("two", "{'metadata':{'name':'a'}}", true);
	CU_ASSERT_PTR_NULL(tree_at(x.object, "data.x"));
	registry_close(r);
}

static void
another_managers_field_is_taken_only_by_force(void)
{
	struct reply x;

	begin();
	apply("one", "{'metadata':{'name':'a'},'data':{'x':'1'}}", true);
	x = apply("two", "{'metadata':{'name':'a'},'data':{'x':'2'}}", false);
	CU_ASSERT_EQUAL(x.code, 409);
	EXPECT_TEXT(str_of(x.message), "Apply failed with 1 conflict: conflict with \"one\": .data.x");
	x = apply("two", "{'metadata':{'name':'a'},'data':{'x':'2'}}", true);
	CU_ASSERT_EQUAL(x.code, 200);
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.x", STR("2")));
	x = apply("one", "{'metadata':{'name':'a'}}", true);
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.x", STR("2")));
	registry_close(r);
}

static void
an_update_takes_ownership_of_what_it_changes(void)
{
	struct reply x;

	begin();
	apply("one", "{'metadata':{'name':'a'},'data':{'x':'1','y':'1'}}", true);
	registry_merge(r, k, STR("default"), STR("a"), tree_of("{'data':{'x':'7'}}"),
	    &(struct registry_write){ .manager = STR("hand") });
	x = apply("one", "{'metadata':{'name':'a'},'data':{'y':'1'}}", true);
	CU_ASSERT_TRUE(tree_str_is(x.object, "data.x", STR("7")));
	registry_close(r);
}

static void
elements_of_a_list_have_owners_of_their_own(void)
{
	const struct resource *services;
	struct reply           x;

	begin();
	services = registry_resource(r, STR(""), STR("services"));
	x = apply_to(services, "one", "{'metadata':{'name':'a'},'spec':{'ports':[{'name':'p','port':80},"
	    "{'name':'q','port':81}]}}", true);
	CU_ASSERT_EQUAL(x.code, 201);
	CU_ASSERT_TRUE(tree_str_is(tree_item(tree_at(x.object, "spec.ports"), 1), "protocol", STR("TCP")));
	x = apply_to(services, "two", "{'metadata':{'name':'a'},'spec':{'ports':[{'name':'z','port':82}]}}", true);
	CU_ASSERT_EQUAL(tree_at(x.object, "spec.ports")->count, 3);
	x = apply_to(services, "one", "{'metadata':{'name':'a'},'spec':{'ports':[{'name':'q','port':81}]}}", true);
	CU_ASSERT_EQUAL(tree_at(x.object, "spec.ports")->count, 2);
	CU_ASSERT_EQUAL(tree_int_at(tree_item(tree_at(x.object, "spec.ports"), 0), "port", 0), 81);
	CU_ASSERT_EQUAL(tree_int_at(tree_item(tree_at(x.object, "spec.ports"), 1), "port", 0), 82);
	registry_close(r);
}

SUITE(test_fake_apply,
    { "applying what is not there creates it", applying_what_is_not_there_creates_it },
    { "applying the same again is no change", applying_the_same_again_is_no_change },
    { "what is applied no more goes", what_is_applied_no_more_goes },
    { "what another owns too stays", what_another_owns_too_stays },
    { "another manager's field is taken only by force", another_managers_field_is_taken_only_by_force },
    { "an update takes ownership of what it changes", an_update_takes_ownership_of_what_it_changes },
    { "elements of a list have owners of their own", elements_of_a_list_have_owners_of_their_own });
