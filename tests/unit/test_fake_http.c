/* test_fake_http.c - the stand-in's answers over HTTP, and its switches. */
#include <stdio.h>

#include "test.h"
#include "tests/fake/apiserver.h"
#include "tests/fake/target.h"
#include "tests/world/world.h"

static struct registry   *r;
static struct apiserver  *s;
static struct world_peer *peer;

static void
begin(bool tokens)
{
	static const struct apiserver_token known[] = { { "secret", "ada" } };
	struct apiserver_config c = { .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = 8080 } };
	const char             *why;

	world_reset();
	c.registry = r = registry_open();
	c.tokens = tokens ? known : NULL;
	c.token_count = tokens ? 1 : 0;
	s = apiserver_open(&c, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	peer = world_connect(apiserver_addr(s));
}

static void
end(void)
{
	apiserver_close(s);
	registry_close(r);
}

static struct str
ask(const char *line, const char *fields, const char *body)
{
	char head[512];
	int  len = snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n", line,
	    fields,
	    strlen(body));

	world_taken(peer, world_got(peer).len);
	world_send(peer, (struct str){ head, (size_t)len });
	world_send(peer, str_of(body));
	world_settle();
	return world_got(peer);
}

static bool
is(struct str got, int status)
{
	char want[32];

	snprintf(want, sizeof(want), "HTTP/1.1 %d ", status);
	return str_starts(got, str_of(want));
}

#define MAPS "/api/v1/namespaces/default/configmaps"
#define JSON "Content-Type: application/json\r\n"
#define MERGE "Content-Type: application/merge-patch+json\r\n"
#define APPLY "Content-Type: application/apply-patch+yaml\r\n"

static void
an_object_lives_from_post_to_delete(void)
{
	struct str got;

	begin(false);
	got = ask("POST " MAPS, JSON,
	    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}");
	CU_ASSERT_TRUE(is(got, 201));
	CU_ASSERT_TRUE(is(ask("GET " MAPS "/a", "", ""), 200));
	got = ask("PATCH " MAPS "/a", MERGE, "{\"data\":{\"x\":\"1\"}}");
	CU_ASSERT_TRUE(is(got, 200));
	CU_ASSERT_TRUE(str_has(got, STR("\"data\":{\"x\":\"1\"}")));
	got = ask("DELETE " MAPS "/a", "", "");
	CU_ASSERT_TRUE(is(got, 200));
	CU_ASSERT_TRUE(str_has(got, STR("\"status\":\"Success\"")));
	got = ask("GET " MAPS "/a", "", "");
	CU_ASSERT_TRUE(is(got, 404));
	CU_ASSERT_TRUE(str_has(got,
	    STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
	    "\"message\":\"configmaps \\\"a\\\" not found\",\"reason\":\"NotFound\",\"details\":{\"name\":\"a\","
	    "\"kind\":\"configmaps\"},\"code\":404}\n")));
	end();
}

static void
yaml_is_applied_as_well(void)
{
	begin(false);
	CU_ASSERT_TRUE(is(ask("PATCH " MAPS "/a?fieldManager=m&force=true", APPLY,
	    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: \"1\"\n"), 201));
	CU_ASSERT_TRUE(tree_str_is(registry_find(r, registry_resource(r, STR(""), STR("configmaps")), STR("default"),
	    STR("a")), "data.k", STR("1")));
	CU_ASSERT_TRUE(is(ask("PATCH " MAPS "/a", APPLY, "apiVersion: v1\nkind: ConfigMap\n"), 422));
	end();
}

static void
what_is_not_json_is_refused(void)
{
	begin(false);
	CU_ASSERT_TRUE(is(ask("POST " MAPS, JSON, "{nope"), 400));
	CU_ASSERT_TRUE(is(ask("POST " MAPS, JSON, "[]"), 400));
	CU_ASSERT_TRUE(is(ask("POST " MAPS, JSON, "{\"metadata\":7}"), 400));
	CU_ASSERT_TRUE(is(ask("PATCH " MAPS "/a", "Content-Type: text/plain\r\n", "{}"), 415));
	CU_ASSERT_TRUE(is(ask("PUT " MAPS, JSON, "{}"), 405));
	CU_ASSERT_TRUE(is(ask("GET /api/v1/nothings", "", ""), 404));
	end();
}

static void
strangers_are_401(void)
{
	begin(true);
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "", ""), 401));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "Authorization: Bearer wrong\r\n", ""), 401));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "Authorization: Bearer secret\r\n", ""), 200));
	CU_ASSERT_TRUE(is(ask("GET /readyz", "", ""), 200));
	CU_ASSERT_TRUE(is(ask("POST /devcluster/rotate?old=secret&new=fresh", "", ""), 200));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "Authorization: Bearer secret\r\n", ""), 401));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "Authorization: Bearer fresh\r\n", ""), 200));
	end();
}

static void
answers_are_injected_as_often_as_asked(void)
{
	struct str got;

	begin(false);
	ask("POST /devcluster/inject?code=429&count=2&retry-after=3&verb=list", "", "");
	CU_ASSERT_TRUE(is(ask("GET " MAPS "/kube-root-ca.crt", "", ""), 200));
	got = ask("GET " MAPS, "", "");
	CU_ASSERT_TRUE(is(got, 429));
	CU_ASSERT_TRUE(str_has(got, STR("Retry-After: 3\r\n")));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "", ""), 429));
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "", ""), 200));
	end();
}

static void
held_requests_are_neither_answered_nor_carried_out(void)
{
	struct str got;

	begin(false);
	ask("POST /devcluster/hold?after=1", "", "");
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "", ""), 200));
	got = ask("POST " MAPS, JSON, "{\"metadata\":{\"name\":\"a\"}}");
	CU_ASSERT_EQUAL(got.len, 0);
	CU_ASSERT_PTR_NULL(registry_find(r, registry_resource(r, STR(""), STR("configmaps")), STR("default"),
	    STR("a")));
	end();
}

static void
a_refusing_server_comes_back(void)
{
	begin(false);
	ask("POST /devcluster/refuse?ms=1000&compact=1", "", "");
	world_pass_ms(100);
	CU_ASSERT_TRUE(world_ended(peer));
	CU_ASSERT_PTR_NULL(world_connect(apiserver_addr(s)));
	world_pass_ms(2000);
	peer = world_connect(apiserver_addr(s));
	CU_ASSERT_PTR_NOT_NULL_FATAL(peer);
	CU_ASSERT_TRUE(is(ask("GET " MAPS, "", ""), 200));
	end();
}

static void
kubectl_gets_tables(void)
{
	struct str got;

	begin(false);
	got = ask("GET " MAPS, "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json\r\n", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"kind\":\"Table\"")));
	CU_ASSERT_TRUE(str_has(got, STR("\"cells\":[\"kube-root-ca.crt\",1,\"0s\"]")));
	end();
}

static void
targets_are_taken_apart(void)
{
	static struct target t;

	CU_ASSERT_TRUE(target_parse(STR("/apis/apps/v1/namespaces/n/statefulsets/s/status?a=b%2Cc&d=e+f"), &t));
	EXPECT_TEXT(t.group, "apps");
	EXPECT_TEXT(t.ns, "n");
	EXPECT_TEXT(t.plural, "statefulsets");
	EXPECT_TEXT(t.name, "s");
	EXPECT_TEXT(t.sub, "status");
	EXPECT_TEXT(target_query(&t, "a"), "b,c");
	EXPECT_TEXT(target_query(&t, "d"), "e f");
	CU_ASSERT_TRUE(target_parse(STR("/api/v1/namespaces/n/status"), &t));
	EXPECT_TEXT(t.plural, "namespaces");
	EXPECT_TEXT(t.sub, "status");
	CU_ASSERT_TRUE(target_parse(STR("/api/v1/namespaces/n"), &t));
	EXPECT_TEXT(t.name, "n");
	EXPECT_TEXT(t.ns, "");
	CU_ASSERT_FALSE(target_parse(STR("/api/v1/pods?a=%2"), &t));
	CU_ASSERT_FALSE(target_parse(STR("/api/v1/pods?a=%zz"), &t));
}

SUITE(test_fake_http,
    { "an object lives from POST to DELETE", an_object_lives_from_post_to_delete },
    { "YAML is applied as well", yaml_is_applied_as_well },
    { "what is not JSON is refused", what_is_not_json_is_refused },
    { "strangers are 401", strangers_are_401 },
    { "answers are injected as often as asked", answers_are_injected_as_often_as_asked },
    { "held requests are neither answered nor carried out",
    held_requests_are_neither_answered_nor_carried_out },
    { "a refusing server comes back", a_refusing_server_comes_back },
    { "kubectl gets tables", kubectl_gets_tables },
    { "targets are taken apart", targets_are_taken_apart });
