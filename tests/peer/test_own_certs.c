/* test_own_certs.c - our own certificates against an API server, word by word. */
#include "webhook/own_certs.h"

#include <stdio.h>

#include "kernel/clock.h"
#include "tests/unit/replica.h"
#include "webhook/certs.h"

#define SECRETS "/api/v1/namespaces/ops/secrets"
#define HOOKS   "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
#define CRDS    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define LIST(path, name) "GET " path "?fieldSelector=metadata.name%3D" name "&limit=250"
#define EMPTY STR("{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}")
#define REFUSED(reason, code) \
	STR("{\"kind\":\"Status\",\"reason\":\"" reason "\",\"message\":\"no\",\"code\":" code "}")

static char secret_made[16 << 10];
static int  hooks_watch;             /* its connection */

/* What was posted, as the API server would show it. */
static struct str
shown(const char *version)
{
	static char text[sizeof(secret_made) + 64];
	struct str  body = str_of(secret_made);
	const char *mark = strstr(secret_made, "\"name\":");
	int         len = snprintf(text, sizeof(text), "%.*s\"resourceVersion\":\"%s\",\"uid\":\"u\",%s",
	    (int)(mark - body.at), body.at, version, mark);

	return (struct str){ text, (size_t)len };
}

/* The next request that is no watch; watches are opened and say nothing. */
static struct str
next_asked(void)
{
	struct str asked = script_asked();

	while (str_has(asked, STR("watch=true"))) {
		if (str_has(asked, STR("validating")))
			hooks_watch = script_conn();
		script_stream();
		asked = script_asked();
	}
	return asked;
}
#define EXPECT_NEXT(want) EXPECT_TEXT(next_asked(), (want))

static void
expect_post(void)
{
	EXPECT_NEXT("POST " SECRETS "?fieldManager=ais-operator-ca");
	snprintf(secret_made, sizeof(secret_made), STR_FMT, STR_ARG(script_body()));
}

/* None of the three is there; the Secret is asked to be made. */
static void
begin(uint64_t seed)
{
	int post;

	script_open();
	world_seed(seed);
	replica_start(0);
	EXPECT_ASKED(LIST(SECRETS, "cert"));
	script_answer(200, "", EMPTY);
	EXPECT_ASKED(LIST(HOOKS, "hooks"));
	script_answer(200, "", EMPTY);
	EXPECT_ASKED(LIST(CRDS, REPLICA_CRD));
	script_answer(200, "", EMPTY);
	expect_post();
	post = script_conn();
	EXPECT_NEXT("");
	script_to(post);
}

static void
where_there_is_no_secret_one_is_made_and_served(void)
{
	begin(1);
	CU_ASSERT_EQUAL(replicas[0].served, 0);
	CU_ASSERT_TRUE(str_starts(str_of(secret_made), STR("{\"apiVersion\":\"v1\",\"kind\":\"Secret\","
	    "\"type\":\"kubernetes.io/tls\",\"metadata\":{\"name\":\"cert\",\"namespace\":\"ops\","
	    "\"labels\":{\"app.kubernetes.io/managed-by\":\"ais-operator\"}},\"data\":{\"ca.crt\":\"")));
	script_answer(201, "", shown("2"));
	EXPECT_NEXT("");
	CU_ASSERT_EQUAL(replicas[0].served, 1);
	CU_ASSERT_TRUE(replicas[0].certs.shown);
	CU_ASSERT_EQUAL(replicas[0].certs.until_s, clock_wall_us() / 1000000 - CERTIFY_EARLY_S + CERTIFY_SERVING_S);
	replica_stop(0);
}

static void
who_comes_second_takes_what_stands_there(void)
{
	char theirs[sizeof(secret_made)];

	begin(1);                        /* somebody else's */
	memcpy(theirs, secret_made, sizeof(theirs));
	replica_stop(0);
	begin(2);
	CU_ASSERT_FALSE(str_eq(str_of(theirs), str_of(secret_made)));
	script_answer(409, "", REFUSED("AlreadyExists", "409"));
	EXPECT_NEXT("GET " SECRETS "/cert");
	CU_ASSERT_EQUAL(replicas[0].served, 0);
	memcpy(secret_made, theirs, sizeof(theirs));
	script_answer(200, "", shown("9"));
	EXPECT_NEXT("");
	CU_ASSERT_EQUAL(replicas[0].served, 1);
	replica_stop(0);
}

static void
the_bundle_goes_into_each_webhook_onto_what_was_seen(void)
{
	struct str bundle;
	char       want[4096];

	begin(1);
	bundle = str_of(strstr(secret_made, "\"ca.crt\":\"") + 10);
	bundle = str_upto(bundle, (size_t)(strchr(bundle.at, '"') - bundle.at));
	script_answer(201, "", shown("2"));
	EXPECT_NEXT("");
	script_to(hooks_watch);
	script_piece(STR("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"hooks\",\"uid\":\"u\","
	    "\"resourceVersion\":\"33\"},\"webhooks\":[{\"name\":\"a.kb.io\","
	    "\"clientConfig\":{\"caBundle\":\"b2xk\"}},{\"name\":\"b.kb.io\"}]}}\n"));
	EXPECT_NEXT("PATCH " HOOKS "/hooks?fieldManager=ais-operator-ca&force=true");
	snprintf(want, sizeof(want), "{\"apiVersion\":\"admissionregistration.k8s.io/v1\","
	    "\"kind\":\"ValidatingWebhookConfiguration\","
	    "\"metadata\":{\"name\":\"hooks\",\"resourceVersion\":\"33\"},\"webhooks\":["
	    "{\"name\":\"a.kb.io\",\"clientConfig\":{\"caBundle\":\"" STR_FMT "\"}},"
	    "{\"name\":\"b.kb.io\",\"clientConfig\":{\"caBundle\":\"" STR_FMT "\"}}]}",
	    STR_ARG(bundle), STR_ARG(bundle));
	EXPECT_TEXT(script_body(), want);
	replica_stop(0);
}

static void
what_is_refused_is_tried_again_later_and_later(void)
{
	int64_t least_ms = 800;

	begin(1);
	for (int i = 0; i < 5; i++, least_ms *= 2) {
		script_answer(403, "", REFUSED("Forbidden", "403"));
		EXPECT_NEXT("");
		world_pass_ms(least_ms - 1);
		EXPECT_NEXT("");
		world_pass_ms(least_ms + 1);
		expect_post();
	}
	replica_stop(0);
}

static void
nothing_of_it_is_heard_after_its_end(void)
{
	begin(1);
	replica_stop(0);
	script_pass_ms(3600000);
	CU_ASSERT_EQUAL(replicas[0].served, 0);
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
	CU_ASSERT_EQUAL(world_connections(), 0);
}

SUITE(test_own_certs,
    { "where there is no Secret one is made, and served", where_there_is_no_secret_one_is_made_and_served },
    { "who comes second takes what stands there", who_comes_second_takes_what_stands_there },
    { "the bundle goes into each webhook, onto what was seen",
      the_bundle_goes_into_each_webhook_onto_what_was_seen },
    { "what is refused is tried again, later and later", what_is_refused_is_tried_again_later_and_later },
    { "nothing of it is heard after its end", nothing_of_it_is_heard_after_its_end });
