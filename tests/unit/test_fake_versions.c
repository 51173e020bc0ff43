/* test_fake_versions.c - custom resources in several versions, turned into one another by a webhook. */
#include <stdio.h>
#include <stdlib.h>

#include "fake_door.h"
#include "kernel/yaml.h"
#include "test.h"

#define DOWN \
	"Post \\\"https://kubernetes.default.svc:443/convert?timeout=30s\\\": dial tcp 127.0.0.1:9443: connect: " \
	"connection refused"

static const struct tree *
stored(const char *name)
{
	return registry_find(door.registry, registry_resource(door.registry, STR("x.io"), STR("wells")),
	    STR("default"), str_of(name));
}

static struct str
managers(const char *name)
{
	static char text[256];
	struct out  o = out_over(text, sizeof(text));

	TREE_EACH(e, tree_at(stored(name), "metadata.managedFields"))
		OUT(&o, o.len > 0 ? STR(" ") : STR(""), tree_str_at(e, "manager"), STR(":"),
		    str_from(tree_str_at(e, "apiVersion"), 5));
	return out_view(&o);
}

static void
what_is_written_in_one_version_is_read_in_the_other(void)
{
	struct str got;

	door_open();
	got = door_ask("POST " WELLS_1, JSON_IN, WELL_1("a", "'depth':4"));
	CU_ASSERT_TRUE(door_is(got, 201));
	CU_ASSERT_TRUE(str_has(got, STR("\"apiVersion\":\"x.io/v1\"")));
	CU_ASSERT_TRUE(str_has(got, STR("\"spec\":{\"depth\":4}")));
	EXPECT_TEXT(tree_str_at(stored("a"), "apiVersion"), "x.io/v2");
	CU_ASSERT_EQUAL(tree_int_at(stored("a"), "spec.deep", 0), 4);
	EXPECT_TEXT(tree_str_at(stored("a"), "spec.mode"), "slow");
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"spec\":{\"depth\":4}")));
	got = door_ask("PATCH " WELLS_1 "/a", MERGE_IN, "{'spec':{'depth':5}}");
	CU_ASSERT_TRUE(door_is(got, 200));
	CU_ASSERT_EQUAL(tree_int_at(stored("a"), "spec.deep", 0), 5);
	CU_ASSERT_EQUAL(tree_int_at(stored("a"), "metadata.generation", 0), 2);
	got = door_ask("GET " WELLS_1, "", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"kind\":\"WellList\"")));
	CU_ASSERT_TRUE(str_has(got, STR("\"spec\":{\"depth\":5}")));
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_1 "/a", "", ""), 200));
	CU_ASSERT_PTR_NULL(stored("a"));
	door_close();
}

static void
each_version_has_its_own_schema(void)
{
	door_open();
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_1, JSON_IN, WELL_1("a", "'note':'n'")), 422));
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_1 "?fieldValidation=Strict", JSON_IN,
	    WELL_1("a", "'depth':1,'deep':1")), 400));
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL_1("a", "'depth':1")), 400));
	CU_ASSERT_EQUAL(door.conversions, 0);
	/* What comes out of a conversion is not judged. */
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_1, JSON_IN, WELL_1("a", "'depth':-1")), 201));
	door_close();
}

static void
the_stored_version_needs_no_webhook(void)
{
	door_open();
	door_down();
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	CU_ASSERT_TRUE(door_is(door_ask("GET " WELLS_2 "/a", "", ""), 200));
	CU_ASSERT_TRUE(door_is(door_ask("GET " WELLS_2, "", ""), 200));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'deep':2}}"), 200));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a?fieldManager=m&force=true", APPLY_IN,
	    WELL("a", "'deep':3")), 200));
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_2 "/a", "", ""), 200));
	door_up();
	door_close();
}

static void
without_the_webhook_other_versions_fail_with_its_name(void)
{
	struct str got;

	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door_down();
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
	    "\"status\":\"Failure\","
	    "\"message\":\"conversion webhook for x.io/v2, Kind=Well failed: " DOWN "\",\"code\":500}")));
	got = door_ask("GET " WELLS_1, "", "");
	CU_ASSERT_TRUE(door_is(got, 429));
	CU_ASSERT_TRUE(str_has(got, STR("storage is (re)initializing: failed to list x.io/v1, Kind=Well: conversion "
	    "webhook for x.io/v2, Kind=Well failed: " DOWN)));
	CU_ASSERT_TRUE(str_has(got, STR("Retry-After: 1\r\n")));
	CU_ASSERT_TRUE(door_is(door_ask("GET " WELLS_1 "?watch=true", "", ""), 429));
	got = door_ask("POST " WELLS_1, JSON_IN, WELL_1("b", "'depth':1"));
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("conversion webhook for x.io/v1, Kind=Well failed: " DOWN)));
	CU_ASSERT_PTR_NULL(stored("b"));
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_1 "/a", "", ""), 500));
	CU_ASSERT_TRUE(door_is(door_ask("GET " WELLS_1 "/nobody", "", ""), 404));
	door_up();
	CU_ASSERT_TRUE(door_is(door_ask("GET " WELLS_1, "", ""), 200));
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_1 "/a", "", ""), 200));
	door_close();
}

static void
a_service_without_ready_addresses_is_named(void)
{
	const struct resource *k;
	struct str             got;

	door_open();
	k = registry_resource(door.registry, STR("discovery.k8s.io"), STR("endpointslices"));
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	registry_delete(door.registry, k, STR("default"), STR("one"), &(struct registry_delete){ .grace_s = 0 });
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("no endpoints available for service \\\"kubernetes\\\"")));
	k = registry_resource(door.registry, STR(""), STR("services"));
	registry_delete(door.registry, k, STR("default"), STR("kubernetes"),
	    &(struct registry_delete){ .grace_s = 0 });
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("service \\\"kubernetes\\\" not found")));
	door_close();
}

static void
a_watch_in_another_version_shows_what_changes(void)
{
	struct world_peer *watcher;
	struct str         got;

	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	got = door_ask("GET " WELLS_1 "?watch=true&resourceVersion=0", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"type\":\"ADDED\"")) && str_has(got, STR("\"depth\":1")));
	watcher = door.peer;
	door.peer = world_connect(apiserver_addr(door.apiserver));
	door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'deep':2}}");
	got = world_got(watcher);
	CU_ASSERT_TRUE(str_has(got, STR("\"type\":\"MODIFIED\"")) && str_has(got, STR("\"depth\":2")));
	world_taken(watcher, got.len);
	door_ask("DELETE " WELLS_2 "/a", "", "");
	got = world_got(watcher);
	CU_ASSERT_TRUE(str_has(got, STR("\"type\":\"DELETED\"")) && str_has(got, STR("\"depth\":2")));
	world_taken(watcher, got.len);
	/* What cannot be shown ends it. */
	door_down();
	door_ask("POST " WELLS_2, JSON_IN, WELL("b", "'deep':1"));
	EXPECT_TEXT(world_got(watcher), "0\r\n\r\n");
	door_up();
	door_close();
}

static void
a_watch_of_the_stored_version_asks_nobody(void)
{
	struct world_peer *watcher;

	door_open();
	door_ask("GET " WELLS_2 "?watch=true", "", "");
	watcher = door.peer;
	door.peer = world_connect(apiserver_addr(door.apiserver));
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(str_has(world_got(watcher), STR("\"deep\":1")));
	CU_ASSERT_EQUAL(door.conversions, 0);
	door_close();
}

/* Down: a merge patch goes through and drops who owned what, an apply fails; after its return all works. */
static void
owners_of_another_version_are_lost_without_the_webhook(void)
{
	struct str got;

	door_open();
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_1 "/a?fieldManager=old", APPLY_IN, WELL_1("a",
	    "'depth':1")), 201));
	EXPECT_TEXT(managers("a"), "old:v1");
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a/status?fieldManager=op", MERGE_IN,
	    "{'status':{'state':'x'}}"), 200));
	EXPECT_TEXT(managers("a"), "old:v1 op:v2");
	door_down();
	got = door_ask("PATCH " WELLS_2 "/a?fieldManager=new&force=true", APPLY_IN, WELL("a", "'deep':2"));
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("\"message\":\"conversion webhook for x.io/v2, Kind=Well failed: " DOWN)));
	EXPECT_TEXT(managers("a"), "old:v1 op:v2");
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a/status?fieldManager=op", MERGE_IN,
	    "{'status':{'state':'y'}}"), 200));
	EXPECT_TEXT(tree_str_at(stored("a"), "status.state"), "y");
	EXPECT_TEXT(managers("a"), "");
	door_up();
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a?fieldManager=new&force=true", APPLY_IN,
	    WELL("a", "'deep':2")), 200));
	EXPECT_TEXT(managers("a"), "new:v2 before-first-apply:v2");
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a/status?fieldManager=op", MERGE_IN,
	    "{'status':{'state':'z'}}"), 200));
	door_close();
}

static void
a_field_that_is_owned_in_another_version_conflicts(void)
{
	struct str got;

	door_open();
	door_ask("PATCH " WELLS_1 "/a?fieldManager=old", APPLY_IN, WELL_1("a", "'depth':1,'note':'n'"));
	got = door_ask("PATCH " WELLS_2 "/a?fieldManager=new", APPLY_IN, WELL("a", "'deep':2"));
	CU_ASSERT_TRUE(door_is(got, 409));
	CU_ASSERT_TRUE(str_has(got, STR("Apply failed with 1 conflict: conflict with \\\"old\\\": .spec.depth")));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a?fieldManager=new&force=true", APPLY_IN,
	    WELL("a", "'deep':2")), 200));
	EXPECT_TEXT(managers("a"), "new:v2 old:v1");
	/* And the old one gives up no more than it still owns. */
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_1 "/a?fieldManager=old&force=true", APPLY_IN,
	    WELL_1("a", "'depth':2")), 200));
	CU_ASSERT_EQUAL(tree_int_at(stored("a"), "spec.deep", 0), 2);
	CU_ASSERT_PTR_NULL(tree_at(stored("a"), "spec.note"));
	door_close();
}

static void
one_who_applies_in_a_newer_version_keeps_what_he_applies(void)
{
	door_open();
	door_ask("PATCH " WELLS_1 "/a?fieldManager=m", APPLY_IN, WELL_1("a", "'depth':1,'note':'n'"));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a?fieldManager=m", APPLY_IN, WELL("a", "'deep':1")),
	    200));
	CU_ASSERT_EQUAL(tree_int_at(stored("a"), "spec.deep", 0), 1);
	CU_ASSERT_PTR_NULL(tree_at(stored("a"), "spec.note"));
	EXPECT_TEXT(managers("a"), "m:v2");
	door_close();
}

static void
say_other_name(struct tree *t)
{
	tree_set_str(t, "metadata.name", STR("other"));
}

static void
say_other_uid(struct tree *t)
{
	tree_set_str(t, "metadata.uid", STR("other"));
}

static void
say_other_version(struct tree *t)
{
	tree_set_str(t, "apiVersion", STR("x.io/v9"));
}

static void
say_other_kind(struct tree *t)
{
	tree_set_str(t, "kind", STR("Hole"));
}

static void
drop_metadata(struct tree *t)
{
	tree_set(t, STR("metadata"), tree_of("{'name':'a','namespace':'default'}"));
}

static void
a_conversion_changes_no_more_than_it_may(void)
{
	static const struct { void (*spoil)(struct tree *); const char *says; } bad[] = {
		{ say_other_name, "returned invalid object: must have the same name: a != other" },
		{ say_other_uid, "returned invalid object: must have the same UID: " },
		{ say_other_version, "returned invalid object at index 0: invalid groupVersion (expected x.io/v1, received "
		    "x.io/v9)" },
		{ say_other_kind, "returned invalid object at index 0: invalid kind (expected Well, received Hole)" },
		{ drop_metadata, "returned invalid object: must have the same UID: " },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str got;

		door_open();
		door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
		door.spoil = bad[i].spoil;
		got = door_ask("GET " WELLS_1 "/a", "", "");
		CU_ASSERT_TRUE(door_is(got, 500));
		CU_ASSERT_TRUE(str_has(got, str_of(bad[i].says)));
		door_close();
	}
}

static void
add_much(struct tree *t)
{
	tree_set(tree_want(t, "metadata.labels"), STR("seen"), tree_text(STR("yes")));
	tree_set_str(t, "metadata.creationTimestamp", STR("1999-01-01T00:00:00Z"));
	tree_set_str(t, "spec.odd", STR("x"));
	tree_set(tree_want(t, "spec"), STR("note"), tree_null());
}

static void
labels_may_change_other_metadata_not_and_unknown_fields_are_dropped(void)
{
	struct str got;

	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door.spoil = add_much;
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(door_is(got, 200));
	CU_ASSERT_TRUE(str_has(got, STR("\"labels\":{\"seen\":\"yes\"}")));
	CU_ASSERT_FALSE(str_has(got, STR("1999")));
	CU_ASSERT_TRUE(str_has(got, STR("\"spec\":{\"depth\":1}")));
	door_close();
}

/* Whoever tells fields apart does not drop them: a converter must know the schema. */
static void
fields_that_a_schema_does_not_know_spoil_ownership(void)
{
	struct str got;

	door_open();
	door_ask("PATCH " WELLS_1 "/a?fieldManager=old", APPLY_IN, WELL_1("a", "'depth':1"));
	door.spoil = add_much;
	got = door_ask("PATCH " WELLS_2 "/a?fieldManager=new&force=true", APPLY_IN, WELL("a", "'deep':2"));
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("\"message\":\".spec.odd: field not declared in schema\"")));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'deep':2}}"), 200));
	EXPECT_TEXT(managers("a"), "");
	door_close();
}

static void
what_a_webhook_says_of_its_failure_is_shown(void)
{
	struct str got;

	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door.instead = "{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\"}";
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("conversion webhook for x.io/v2, Kind=Well failed: no response provided")));
	door.instead = "{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\",\"response\":{}}";
	got = door_ask("GET " WELLS_1 "/a", "", "");
	CU_ASSERT_TRUE(str_has(got, STR("failed: expected response.uid=")));
	door_close();
}

static void
tables_of_another_version_are_shown_too(void)
{
	struct str got;

	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	got = door_ask("GET " WELLS_1, "Accept: application/json;as=Table;v=v1;g=meta.k8s.io\r\n", "");
	CU_ASSERT_TRUE(door_is(got, 200));
	CU_ASSERT_TRUE(str_has(got, STR("\"cells\":[\"a\",")));
	door_close();
}

/* deploy/ ------------------------------------------------------------------*/

static char memory[32 << 20];

static struct tree *
read_definition(const char *path)
{
	struct yaml_error error = { 0 };
	struct arena      a;
	struct str        json;
	char             *text;
	FILE             *f = fopen(path, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	arena_init(&a, memory, sizeof(memory));
	text = arena_take(&a, 1 << 20, 1);
	CU_ASSERT_TRUE_FATAL(yaml_to_json((struct str){ text, fread(text, 1, 1 << 20, f) }, 0, &a, &json, &error));
	fclose(f);
	return tree_parse(json, NULL);
}

static void
the_stored_version_is_the_same_with_the_other_beside_it(void)
{
	struct tree *one = read_definition("deploy/crd/ais.nvidia.com_aistores.yaml");
	struct tree *both = read_definition("deploy/conversion/ais.nvidia.com_aistores.yaml");

	CU_ASSERT_TRUE(tree_eq(tree_at(one, "spec.versions")->first, tree_at(both, "spec.versions")->first));
	CU_ASSERT_EQUAL(tree_at(both, "spec.versions")->count, 2);
	EXPECT_TEXT(tree_str_at(tree_at(both, "spec.versions")->last, "name"), "v1alpha1");
	EXPECT_TEXT(tree_str_at(both, "spec.conversion.webhook.clientConfig.service.name"),
	    "ais-operator-webhook-service");
	tree_drop_at(both, "spec.conversion");
	tree_drop_at(both, "spec.versions");
	tree_drop_at(one, "spec.versions");
	CU_ASSERT_TRUE(tree_eq(tree_at(one, "spec"), tree_at(both, "spec")));
	tree_free(one);
	tree_free(both);
}

SUITE(test_fake_versions,
    { "what is written in one version is read in the other",
    what_is_written_in_one_version_is_read_in_the_other },
    { "each version has its own schema", each_version_has_its_own_schema },
    { "the stored version needs no webhook", the_stored_version_needs_no_webhook },
    { "without the webhook other versions fail with its name",
    without_the_webhook_other_versions_fail_with_its_name },
    { "a service without ready addresses is named", a_service_without_ready_addresses_is_named },
    { "a watch in another version shows what changes", a_watch_in_another_version_shows_what_changes },
    { "a watch of the stored version asks nobody", a_watch_of_the_stored_version_asks_nobody },
    { "owners of another version are lost without the webhook",
    owners_of_another_version_are_lost_without_the_webhook },
    { "a field that is owned in another version conflicts",
    a_field_that_is_owned_in_another_version_conflicts },
    { "one who applies in a newer version keeps what he applies",
    one_who_applies_in_a_newer_version_keeps_what_he_applies },
    { "a conversion changes no more than it may", a_conversion_changes_no_more_than_it_may },
    { "labels may change, other metadata not, and unknown fields are dropped",
    labels_may_change_other_metadata_not_and_unknown_fields_are_dropped },
    { "fields that a schema does not know spoil ownership",
    fields_that_a_schema_does_not_know_spoil_ownership },
    { "what a webhook says of its failure is shown", what_a_webhook_says_of_its_failure_is_shown },
    { "tables of another version are shown too", tables_of_another_version_are_shown_too },
    { "the stored version is the same with the other beside it",
    the_stored_version_is_the_same_with_the_other_beside_it });
