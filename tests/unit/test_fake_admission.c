/* test_fake_admission.c - validating webhooks as the stand-in asks them. */
#include "fake_door.h"
#include "test.h"

#define CALLED "failed calling webhook \\\"guard.x.io\\\": "

static bool
exists(const char *name)
{
	return registry_find(door.registry, registry_resource(door.registry, STR("x.io"), STR("wells")),
	    STR("default"), str_of(name)) != NULL;
}

static void
a_webhook_is_asked_what_a_kube_apiserver_asks(void)
{
	struct tree *want;

	door_open();
	door_guard("guard", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2 "?fieldManager=me&fieldValidation=Strict", JSON_IN,
	    WELL("a", "'deep':1")), 201));
	CU_ASSERT_EQUAL(door.reviews, 1);
	EXPECT_TEXT(str_of(door.path), "/judge?timeout=10s");
	EXPECT_TEXT(tree_str_at(door.asked, "request.operation"), "CREATE");
	EXPECT_TEXT(tree_str_at(door.asked, "request.name"), "a");
	EXPECT_TEXT(tree_str_at(door.asked, "request.namespace"), "default");
	EXPECT_TEXT(tree_str_at(door.asked, "request.userInfo.username"), "system:admin");
	want = tree_of("{'group':'x.io','version':'v2','kind':'Well'}");
	CU_ASSERT_TRUE(tree_eq(tree_at(door.asked, "request.kind"), want));
	CU_ASSERT_TRUE(tree_eq(tree_at(door.asked, "request.requestKind"), want));
	tree_free(want);
	EXPECT_TEXT(tree_str_at(door.asked, "request.resource.resource"), "wells");
	CU_ASSERT_TRUE(tree_is(tree_at(door.asked, "request.oldObject"), TREE_NULL));
	CU_ASSERT_TRUE(tree_is(tree_at(door.asked, "request.dryRun"), TREE_BOOL));
	CU_ASSERT_FALSE(tree_true_at(door.asked, "request.dryRun"));
	want = tree_of("{'kind':'CreateOptions','apiVersion':'meta.k8s.io/v1','fieldManager':'me',"
	    "'fieldValidation':'Strict'}");
	CU_ASSERT_TRUE(tree_eq(tree_at(door.asked, "request.options"), want));
	tree_free(want);
	/* Defaults are there, and the uid is the one that is stored. */
	EXPECT_TEXT(tree_str_at(door.asked, "request.object.spec.mode"), "slow");
	CU_ASSERT_PTR_NOT_NULL(registry_find_uid(door.registry, tree_str_at(door.asked,
	    "request.object.metadata.uid")));
	door_close();
}

static void
a_denial_is_told_in_its_own_words(void)
{
	struct str got;

	door_open();
	door_guard("guard", "{}");
	door.answer = "'allowed':false,'status':{'code':403,'reason':'Forbidden','message':'too deep'}";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 403));
	CU_ASSERT_TRUE(str_has(got, STR("\"message\":\"admission webhook \\\"guard.x.io\\\" denied the request: "
	    "too deep\","
	    "\"reason\":\"Forbidden\",\"code\":403}")));
	CU_ASSERT_FALSE(exists("a"));
	door.answer = "'allowed':false";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 400));
	CU_ASSERT_TRUE(str_has(got, STR("denied the request without explanation\"")));
	door.answer = "'allowed':false,'status':{'code':422,'reason':'Invalid','message':'bad','details':{"
	    "'name':'a',"
	    "'causes':[{'reason':'FieldValueInvalid','message':'m','field':'spec.deep'}]}}";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 422));
	CU_ASSERT_TRUE(str_has(got, STR("\"details\":{\"name\":\"a\",\"causes\":[{\"reason\":\"FieldValueInvalid\","
	    "\"message\":\"m\",\"field\":\"spec.deep\"}]}")));
	door_close();
}

static void
an_update_shows_both_objects_also_when_nothing_changes(void)
{
	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door_guard("guard", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'deep':2}}"), 200));
	EXPECT_TEXT(tree_str_at(door.asked, "request.operation"), "UPDATE");
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.object.spec.deep", 0), 2);
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.object.metadata.generation", 0), 2);
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.oldObject.spec.deep", 0), 1);
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'deep':2}}"), 200));
	CU_ASSERT_EQUAL(door.reviews, 2);
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/b?fieldManager=m", APPLY_IN, WELL("b", "'deep':3")),
	    201));
	EXPECT_TEXT(tree_str_at(door.asked, "request.options.kind"), "CreateOptions");
	/* A subresource is another resource; deleting was not asked for. */
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a/status", MERGE_IN, "{'status':{'state':'x'}}"), 200));
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_2 "/a", "", ""), 200));
	CU_ASSERT_EQUAL(door.reviews, 3);
	door_close();
}

static void
a_delete_shows_the_old_object(void)
{
	door_open();
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door_guard("guard", "{'rules':[{'apiGroups':['*'],'apiVersions':['*'],'operations':['*'],"
	    "'resources':['*/*']}]}");
	door.answer = "'allowed':false,'status':{'code':409,'message':'stay'}";
	CU_ASSERT_TRUE(door_is(door_ask("DELETE " WELLS_2 "/a", "", ""), 409));
	CU_ASSERT_TRUE(tree_is(tree_at(door.asked, "request.object"), TREE_NULL));
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.oldObject.spec.deep", 0), 1);
	CU_ASSERT_TRUE(exists("a"));
	CU_ASSERT_TRUE(door_is(door_ask("PATCH " WELLS_2 "/a/status", MERGE_IN, "{'status':{'state':'x'}}"), 409));
	EXPECT_TEXT(tree_str_at(door.asked, "request.subResource"), "status");
	door_close();
}

static void
warnings_are_headers_once_each_also_beside_a_denial(void)
{
	struct str got;

	door_open();
	door_guard("guard", "{}");
	door.answer = "'allowed':true,'warnings':['one','two \\\"2\\\"','one','with\\na line']";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1,'odd':2"));
	CU_ASSERT_TRUE(door_is(got, 201));
	CU_ASSERT_TRUE(str_has(got, STR("Warning: 299 - \"unknown field \\\"spec.odd\\\"\"\r\nWarning: 299 - "
	    "\"one\"\r\n"
	    "Warning: 299 - \"two \\\"2\\\"\"\r\n")));
	CU_ASSERT_FALSE(str_has(got, STR("line")));
	door.answer = "'allowed':false,'warnings':['mind'],'status':{'code':403,'message':'no'}";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("b", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 403));
	CU_ASSERT_TRUE(str_has(got, STR("Warning: 299 - \"mind\"\r\n")));
	door_close();
}

static void
only_what_its_rules_and_selectors_mean_is_asked(void)
{
	static const char *const not_asked[] = {
		"{'rules':[{'apiGroups':['y.io'],'apiVersions':['*'],'operations':['*'],'resources':['*']}]}",
		"{'rules':[{'apiGroups':['x.io'],'apiVersions':['v3'],'operations':['*'],'resources':['*']}]}",
		"{'rules':[{'apiGroups':['x.io'],'apiVersions':['v2'],'operations':['UPDATE'],'resources':['*']}]}",
		"{'rules':[{'apiGroups':['x.io'],'apiVersions':['v2'],'operations':['*'],'resources':['wells/status']}]}",
		"{'rules':[{'apiGroups':['*'],'apiVersions':['*'],'operations':['*'],'resources':['*'],"
		    "'scope':'Cluster'}]}",
		"{'namespaceSelector':{'matchLabels':{'a':'b'}}}",
		"{'objectSelector':{'matchLabels':{'a':'b'}}}",
		"{'rules':[]}",
	};

	for (size_t i = 0; i < sizeof(not_asked) / sizeof(not_asked[0]); i++) {
		door_open();
		door_guard("guard", not_asked[i]);
		CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
		CU_ASSERT_EQUAL(door.reviews, 0);
		door_close();
	}
	door_open();
	door_guard("guard", "{'rules':[{'apiGroups':['*'],'apiVersions':['*'],'operations':['CREATE'],"
	    "'resources':['wells/*'],'scope':'Namespaced'}],'namespaceSelector':{'matchLabels':"
	    "{'kubernetes.io/metadata.name':'default'}}}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	CU_ASSERT_EQUAL(door.reviews, 1);
	door_close();
}

static void
another_version_is_shown_in_the_one_that_was_asked_for_unless_exact(void)
{
	door_open();
	door_guard("guard", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_1, JSON_IN, WELL_1("a", "'depth':4")), 201));
	CU_ASSERT_EQUAL(door.reviews, 1);
	EXPECT_TEXT(tree_str_at(door.asked, "request.kind.version"), "v2");
	EXPECT_TEXT(tree_str_at(door.asked, "request.requestKind.version"), "v1");
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.object.spec.deep", 0), 4);
	/* What was converted is not given defaults. */
	CU_ASSERT_PTR_NULL(tree_at(door.asked, "request.object.spec.mode"));
	door_close();
	door_open();
	door_guard("guard", "{'matchPolicy':'Exact'}");
	door_guard("other", "{'matchPolicy':'Exact','rules':[{'apiGroups':['x.io'],'apiVersions':['v1'],"
	    "'operations':['CREATE'],'resources':['wells']}]}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_1, JSON_IN, WELL_1("a", "'depth':4")), 201));
	CU_ASSERT_EQUAL(door.reviews, 1);
	EXPECT_TEXT(tree_str_at(door.asked, "request.kind.version"), "v1");
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.object.spec.depth", 0), 4);
	door_close();
}

static void
two_webhooks_are_both_asked_and_the_first_refusal_counts(void)
{
	struct str got;

	door_open();
	door_guard("b", "{}");
	door_guard("a", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	CU_ASSERT_EQUAL(door.reviews, 2);
	door.answer = "'allowed':false";
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("b", "'deep':1"));
	CU_ASSERT_TRUE(str_has(got, STR("webhook \\\"a.x.io\\\" denied")));
	CU_ASSERT_EQUAL(door.reviews, 4);
	door_close();
}

static void
a_webhook_that_is_not_there_stops_the_write_or_is_ignored(void)
{
	struct str got;

	door_open();
	door_guard("guard", "{}");
	door_down();
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("\"message\":\"Internal error occurred: " CALLED "failed to call webhook: "
	    "Post "
	    "\\\"https://kubernetes.default.svc:443/judge?timeout=10s\\\": dial tcp 127.0.0.1:9443: connect: "
	    "connection "
	    "refused\",\"reason\":\"InternalError\",\"details\":{\"causes\":[{\"message\":\"" CALLED)));
	CU_ASSERT_FALSE(exists("a"));
	door_up();
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	door_close();
	door_open();
	door_guard("guard", "{'failurePolicy':'Ignore'}");
	door_down();
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	door_up();
	door_close();
}

static void
a_webhook_has_so_long_and_no_longer(void)
{
	struct str got;

	door_open();
	door_guard("guard", "{'timeoutSeconds':3}");
	door.silent = true;
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_EQUAL(got.len, 0);
	world_pass_ms(2900);
	CU_ASSERT_EQUAL(world_got(door.peer).len, 0);
	world_pass_ms(200);
	got = world_got(door.peer);
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("/judge?timeout=3s\\\": context deadline exceeded\"")));
	door_close();
}

static void
an_answer_that_is_none_is_a_failure_never_a_yes(void)
{
	static const struct { const char *instead; int status; const char *says; } bad[] = {
		{ "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"response\":{\"uid\":\"x\","
		    "\"allowed\":true}}", 200, "received invalid webhook response: expected response.uid=" },
		{ "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}", 200,
		    "received invalid webhook response: webhook response was absent" },
		{ "{\"kind\":\"Odd\",\"apiVersion\":\"admission.k8s.io/v1\"}", 200, "no kind \\\"Odd\\\" is registered" },
		{ "", 200, "0-length response with status code: 200" },
		{ "<html>", 200, "couldn't get version/kind; json parse error: " },
		{ "<html>", 502, "an error on the server (\\\"\\u003chtml\\u003e\\\") has prevented the request from "
		    "succeeding" },
		{ "nothing", 404, "the server could not find the requested resource" },
		{ "{\"kind\":\"Status\",\"message\":\"I refuse\"}", 400, "failed to call webhook: I refuse" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str got;

		door_open();
		door_guard("guard", "{}");
		door.instead = bad[i].instead;
		door.status = bad[i].status;
		got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
		CU_ASSERT_TRUE(door_is(got, 500));
		CU_ASSERT_TRUE(str_has(got, str_of(bad[i].says)));
		CU_ASSERT_FALSE(exists("a"));
		door_close();
	}
}

static void
whom_a_configuration_does_not_name_is_not_believed(void)
{
	static const struct { const char *config, *says; } bad[] = {
		{ "{'clientConfig':{'service':{'name':'nobody'}}}",
		    "https://nobody.default.svc:443/judge?timeout=10s\\\": service \\\"nobody\\\" not found" },
		{ "{'clientConfig':{'service':{'port':444}}}", "no service port 444 found for service \\\"kubernetes\\\"" },
		{ "{'clientConfig':{'service':null,'url':'https://127.0.0.1:9444/j'}}",
		    "https://127.0.0.1:9444/j?timeout=10s\\\": dial tcp 127.0.0.1:9444: connect: connection refused" },
		{ "{'clientConfig':{'service':null,'url':'https://elsewhere/j'}}", "lookup elsewhere: no such host" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str got;

		door_open();
		door_guard("guard", bad[i].config);
		got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
		CU_ASSERT_TRUE(door_is(got, 500));
		CU_ASSERT_TRUE(str_has(got, str_of(bad[i].says)));
		door_close();
	}
	door_open();
	door_guard("guard", "{'clientConfig':{'service':null,'url':'https://localhost:9443/there'}}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 201));
	EXPECT_TEXT(str_of(door.path), "/there?timeout=10s");
	door_close();
}

static void
who_is_not_trusted_is_not_asked(void)
{
	struct tree *patch = tree_of("{'webhooks':[{'name':'guard.x.io','sideEffects':'None',"
	    "'admissionReviewVersions':"
	    "['v1'],'clientConfig':{'service':{'name':'kubernetes','namespace':'default'}},'rules':[{"
	    "'apiGroups':['*'],"
	    "'apiVersions':['*'],'operations':['*'],'resources':['*']}]}]}");
	struct str   got;

	door_open();
	door_guard("guard", "{}");
	registry_merge(door.registry, registry_resource(door.registry, STR("admissionregistration.k8s.io"),
	    STR("validatingwebhookconfigurations")), STR(""), STR("guard"), patch,
	    &(struct registry_write){ .manager = STR("me") });
	got = door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 500));
	CU_ASSERT_TRUE(str_has(got, STR("x509: certificate signed by unknown authority")));
	CU_ASSERT_EQUAL(door.reviews, 0);
	door_close();
}

static void
what_the_schema_refuses_is_not_shown_to_webhooks(void)
{
	door_open();
	door_guard("guard", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':-1")), 422));
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2 "?fieldValidation=Strict", JSON_IN, WELL("a", "'x':1")),
	    400));
	CU_ASSERT_EQUAL(door.reviews, 0);
	/* But that it exists is found last. */
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1")), 409));
	CU_ASSERT_EQUAL(door.reviews, 2);
	door_close();
}

static void
a_dry_run_is_asked_too_but_not_where_that_has_effects(void)
{
	struct str got;

	door_open();
	door_guard("guard", "{}");
	CU_ASSERT_TRUE(door_is(door_ask("POST " WELLS_2 "?dryRun=All", JSON_IN, WELL("a", "'deep':1")), 201));
	CU_ASSERT_TRUE(tree_true_at(door.asked, "request.dryRun"));
	CU_ASSERT_FALSE(exists("a"));
	door_guard("more", "{'sideEffects':'Some'}");
	got = door_ask("POST " WELLS_2 "?dryRun=All", JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_TRUE(door_is(got, 400));
	CU_ASSERT_TRUE(str_has(got, STR("\\\"more.x.io\\\" does not support dry run")));
	door_close();
}

static void
who_goes_away_while_a_webhook_thinks_has_written_nothing(void)
{
	door_open();
	door_guard("guard", "{}");
	door.silent = true;
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	CU_ASSERT_EQUAL(door.reviews, 1);
	world_cut(door.peer);
	world_pass_ms(60000);
	CU_ASSERT_FALSE(exists("a"));
	door_close();
}

/* The webhook answers when the object has changed already. */
static void
an_object_that_changes_meanwhile_is_shown_anew(void)
{
	const struct resource *k;
	struct world_peer     *first;
	struct reply           r;

	door_open();
	k = registry_resource(door.registry, STR("x.io"), STR("wells"));
	door_ask("POST " WELLS_2, JSON_IN, WELL("a", "'deep':1"));
	door_guard("guard", "{'timeoutSeconds':3,'failurePolicy':'Ignore'}");
	door.silent = true;
	door_ask("PATCH " WELLS_2 "/a", MERGE_IN, "{'spec':{'note':'n'}}");
	first = door.peer;
	r = registry_merge(door.registry, k, STR("default"), STR("a"), tree_of("{'spec':{'deep':7}}"),
	    &(struct registry_write){ .manager = STR("me") });
	CU_ASSERT_TRUE(REPLY_OK(r));
	door.silent = false;
	world_pass_ms(3100);
	CU_ASSERT_TRUE(door_is(world_got(first), 200));
	CU_ASSERT_EQUAL(door.reviews, 2);
	CU_ASSERT_EQUAL(tree_int_at(door.asked, "request.oldObject.spec.deep", 0), 7);
	CU_ASSERT_EQUAL(tree_int_at(registry_find(door.registry, k, STR("default"), STR("a")), "spec.deep", 0), 7);
	door_close();
}

SUITE(test_fake_admission,
    { "a webhook is asked what a kube-apiserver asks", a_webhook_is_asked_what_a_kube_apiserver_asks },
    { "a denial is told in its own words", a_denial_is_told_in_its_own_words },
    { "an update shows both objects, also when nothing changes",
    an_update_shows_both_objects_also_when_nothing_changes },
    { "a delete shows the old object", a_delete_shows_the_old_object },
    { "warnings are headers, once each, also beside a denial",
    warnings_are_headers_once_each_also_beside_a_denial },
    { "only what its rules and selectors mean is asked", only_what_its_rules_and_selectors_mean_is_asked },
    { "another version is shown in the one that was asked for, unless exact",
    another_version_is_shown_in_the_one_that_was_asked_for_unless_exact },
    { "two webhooks are both asked and the first refusal counts",
    two_webhooks_are_both_asked_and_the_first_refusal_counts },
    { "a webhook that is not there stops the write, or is ignored",
    a_webhook_that_is_not_there_stops_the_write_or_is_ignored },
    { "a webhook has so long and no longer", a_webhook_has_so_long_and_no_longer },
    { "an answer that is none is a failure, never a yes", an_answer_that_is_none_is_a_failure_never_a_yes },
    { "whom a configuration does not name is not believed",
    whom_a_configuration_does_not_name_is_not_believed },
    { "who is not trusted is not asked", who_is_not_trusted_is_not_asked },
    { "what the schema refuses is not shown to webhooks", what_the_schema_refuses_is_not_shown_to_webhooks },
    { "a dry run is asked too, but not where that has effects",
    a_dry_run_is_asked_too_but_not_where_that_has_effects },
    { "who goes away while a webhook thinks has written nothing",
    who_goes_away_while_a_webhook_thinks_has_written_nothing },
    { "an object that changes meanwhile is shown anew", an_object_that_changes_meanwhile_is_shown_anew });
