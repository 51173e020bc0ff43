/* test_api_names.c - the names of an API server, over TLS. */
#include <stdio.h>

#include "net/server.h"
#include "script.h"

static struct access  access;
static struct api     api;
static struct server  server;
static struct request r;
static int            answers;
static struct answer  last;
static const char    *ca = "build/certs/ca.crt";     /* whom we trust at first */

static struct str
file(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "rb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	size = fread(buf, 1, size, f);
	fclose(f);
	return (struct str){ buf, size };
}

static void
handle(struct exchange *x)
{
	server_answer(x, 200, STR("application/json"), STR_NONE, STR("{}"));
}

static void
done(struct request *request, const struct answer *a)
{
	(void)request;
	last = *a;
	answers++;
}

/* In the cluster: called at 10.0.0.5, which no certificate carries. */
static void
begin(const char *crt, const char *key)
{
	char        pem[2][8192];
	const char *why;

	world_reset();
	server = (struct server){ .handle = handle, .conns_max = 8, .body_max = 1024, .pending_max = 65536,
		.idle_ms = 60000 };
	CU_ASSERT_TRUE(addr_ip(STR("10.0.0.5"), &server.at));
	server.at.port = 443;
	server.identity = tls_identity_parse(file(crt, pem[0], sizeof(pem[0])), file(key, pem[1], sizeof(pem[1])),
	    &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(server.identity);
	CU_ASSERT_TRUE_FATAL(server_open(&server, &why));
	access = (struct access){ .server = STR("https://10.0.0.5:443"), .host = STR("10.0.0.5"), .port = 443,
		.tls = true, .name = STR("10.0.0.5"), .other_name = STR("kubernetes.default.svc"), .in_cluster = true };
	access.trust = tls_trust_parse(file(ca, pem[0], sizeof(pem[0])), &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(access.trust);
	api_open(&api, &access, STR("test/1"));
	answers = 0;
}

static void
get(void)
{
	r = (struct request){ .verb = VERB_GET, .kind = &kind_node, .name = STR("n"), .done = done, .into = r.into };
	api_send(&api, &r);
	world_settle();
}

static void
end(void)
{
	api_close(&api);
	server_close(&server);
	world_settle();
	tls_identity_drop(server.identity);
	tls_trust_drop(access.trust);
}

static void
a_server_that_carries_the_other_name_is_found_by_it(void)
{
	begin("build/certs/server.crt", "build/certs/server.key");
	get();
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_TRUE(last.ok);
	EXPECT_TEXT(access.name, "kubernetes.default.svc");
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 2);
	get();
	CU_ASSERT_TRUE(last.ok);
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 3);
	end();
}

static void
a_server_that_carries_neither_is_refused(void)
{
	begin("build/certs/server-wrongname.crt", "build/certs/server-wrongname.key");
	get();
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_TLS);
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 2);
	end();
}

static void
outside_of_a_cluster_there_is_one_name(void)
{
	begin("build/certs/server.crt", "build/certs/server.key");
	access.other_name = STR_NONE;
	get();
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_TLS);
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 1);
	end();
}

/* The CA's file changes first or the server's certificate does: either way the next call goes through. */
static void
a_ca_that_was_replaced_is_read_when_it_is_missed(void)
{
	char pem[8192];

	ca = "build/certs/other-ca.crt";
	begin("build/certs/server.crt", "build/certs/server.key");
	ca = "build/certs/ca.crt";
	access.ca_file = STR("/ca.crt");
	access.name = access.other_name;
	access.other_name = STR_NONE;
	get();
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_TLS);
	world_file("/ca.crt", file("build/certs/ca.crt", pem, sizeof(pem)));
	get();
	CU_ASSERT_TRUE(last.ok);
	CU_ASSERT_EQUAL(answers, 2);
	CU_ASSERT_EQUAL(api.renewals, 1);
	end();
}

SUITE(test_api_names,
    { "a server that carries the other name is found by it",
      a_server_that_carries_the_other_name_is_found_by_it },
    { "a server that carries neither is refused", a_server_that_carries_neither_is_refused },
    { "outside of a cluster there is one name", outside_of_a_cluster_there_is_one_name },
    { "a CA that was replaced is read when it is missed", a_ca_that_was_replaced_is_read_when_it_is_missed });
