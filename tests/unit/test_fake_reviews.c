/* test_fake_reviews.c - questions about users, and what kubectl must know before it applies. */
#include "test.h"
#include "tests/fake/apiserver.h"
#include "tests/world/world.h"

#include <stdio.h>

static struct registry   *r;
static struct apiserver  *s;
static struct world_peer *peer;

static void
begin(void)
{
	static const struct apiserver_token known[] = { { "secret", "ada" } };
	struct apiserver_config c = { .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = 8080 } };
	const char             *why;

	world_reset();
	c.registry = r = registry_open();
	c.tokens = known;
	c.token_count = 1;
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

/* body with ' for " */
static struct str
ask(const char *line, const char *body)
{
	char text[2048];
	int  len = snprintf(text, sizeof(text), "%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", line, strlen(body)), from = len;

	len += snprintf(text + len, sizeof(text) - (size_t)len, "%s", body);
	for (int i = from; i < len; i++)
		text[i] = text[i] == '\'' ? '"' : text[i];
	world_taken(peer, world_got(peer).len);
	world_send(peer, (struct str){ text, (size_t)len });
	world_settle();
	return world_got(peer);
}

#define ACCESS "POST /apis/authorization.k8s.io/v1/subjectaccessreviews"
#define SELF   "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
#define TOKENS "POST /apis/authentication.k8s.io/v1/tokenreviews"
#define SECRET "'resourceAttributes':{'verb':'get','resource':'secrets','namespace':'a','name':'b'}"

static void
one_learns_who_one_is(void)
{
	struct str got;

	begin();
	got = ask("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
	CU_ASSERT_TRUE(str_starts(got, STR("HTTP/1.1 201 ")));
	CU_ASSERT_TRUE(str_has(got, STR("\"userInfo\":{\"username\":\"ada\",\"uid\":\"ada\","
	    "\"groups\":[\"system:authenticated\"]}")));
	end();
}

static void
known_users_may_and_others_may_not(void)
{
	begin();
	CU_ASSERT_TRUE(str_has(ask(SELF, "{'spec':{" SECRET "}}"), STR("\"status\":{\"allowed\":true}")));
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'ada'," SECRET "}}"), STR("\"allowed\":true")));
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'bob'," SECRET "}}"), STR("\"allowed\":false")));
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'bob','groups':['system:masters']," SECRET "}}"),
	    STR("\"allowed\":true")));
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'system:serviceaccount:a:b','nonResourceAttributes':"
	    "{'path':'/metrics','verb':'get'}}}"), STR("\"allowed\":true")));
	end();
}

static void
a_test_may_take_a_right_away(void)
{
	begin();
	ask("POST /devcluster/deny?user=ada&resource=secrets", "");
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'ada'," SECRET "}}"), STR("\"allowed\":false")));
	CU_ASSERT_TRUE(str_has(ask(SELF, "{'spec':{'resourceAttributes':{'resource':'pods'}}}"),
	    STR("\"allowed\":true")));
	ask("POST /devcluster/deny", "");
	CU_ASSERT_TRUE(str_has(ask(ACCESS, "{'spec':{'user':'ada'," SECRET "}}"), STR("\"allowed\":true")));
	end();
}

static void
half_a_question_is_invalid(void)
{
	struct str got;

	begin();
	got = ask(ACCESS, "{'spec':{'user':'ada'}}");
	CU_ASSERT_TRUE(str_starts(got, STR("HTTP/1.1 422 ")));
	CU_ASSERT_TRUE(str_has(got, STR("exactly one of nonResourceAttributes or resourceAttributes must be "
	    "specified")));
	got = ask(ACCESS, "{'spec':{" SECRET "}}");
	CU_ASSERT_TRUE(str_has(got, STR("at least one of user or group must be specified")));
	CU_ASSERT_TRUE(str_starts(ask(ACCESS, "[]"), STR("HTTP/1.1 400 ")));
	end();
}

static void
tokens_are_known_or_not(void)
{
	struct str got;

	begin();
	got = ask(TOKENS, "{'spec':{'token':'secret'}}");
	CU_ASSERT_TRUE(str_has(got, STR("\"authenticated\":true,\"user\":{\"username\":\"ada\"")));
	got = ask(TOKENS, "{'spec':{'token':'wrong'}}");
	CU_ASSERT_TRUE(str_has(got, STR("\"status\":{\"user\":{},\"error\":\"invalid bearer token\"}")));
	CU_ASSERT_TRUE(str_starts(ask(TOKENS, "{'spec':{}}"), STR("HTTP/1.1 400 ")));
	end();
}

static void
fields_are_validated_by_the_server_says_openapi(void)
{
	struct str got;

	begin();
	got = ask("GET /openapi/v3", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"apis/apps/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/apps/"
	    "v1?hash=0\"}")));
	got = ask("GET /openapi/v3/api/v1?hash=0", "");
	CU_ASSERT_TRUE(str_has(got, STR("\"/api/v1/namespaces/{namespace}/configmaps/{name}\":{\"patch\":{")));
	CU_ASSERT_TRUE(str_has(got, STR("\"name\":\"fieldValidation\"")));
	CU_ASSERT_TRUE(str_starts(ask("GET /openapi/v2", ""), STR("HTTP/1.1 404 ")));
	end();
}

SUITE(test_fake_reviews,
    { "one learns who one is", one_learns_who_one_is },
    { "known users may and others may not", known_users_may_and_others_may_not },
    { "a test may take a right away", a_test_may_take_a_right_away },
    { "half a question is invalid", half_a_question_is_invalid },
    { "tokens are known or not", tokens_are_known_or_not },
    { "fields are validated by the server, says openapi", fields_are_validated_by_the_server_says_openapi });
