/* test_certs_years.c - our own certificates in a cluster, over the years and against others. */
#include <stdio.h>

#include "kernel/base64.h"
#include "kernel/clock.h"
#include "kernel/hash.h"
#include "net/der.h"
#include "net/tls_inner.h"
#include "replica.h"
#include "tests/fake/apiserver.h"
#include "webhook/certs.h"

static struct registry  *registry;
static struct apiserver *server;
static char              verdict[128];

static const struct registry_delete at_once = { .has_grace = true };
static const struct registry_write by_user = { .manager = STR_INIT("kubectl"), .force = true };

static const struct resource *
kind(const char *group, const char *plural)
{
	const struct resource *k = registry_resource(registry, str_of(group), str_of(plural));

	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

static const struct resource *
hooks(void)
{
	return kind("admissionregistration.k8s.io", "validatingwebhookconfigurations");
}

static const struct resource *
crds(void)
{
	return kind("apiextensions.k8s.io", "customresourcedefinitions");
}

static const struct resource *
secrets(void)
{
	return kind("", "secrets");
}

static const struct tree *
secret_now(void)
{
	return registry_find(registry, secrets(), STR("ops"), STR("cert"));
}

static void
well(struct reply r)
{
	if (!REPLY_OK(r))
		fprintf(stderr, "\nrefused: %d %s\n", r.code, r.message);
	CU_ASSERT_FATAL(REPLY_OK(r));
	world_settle();
}

static void
apply_hooks(void)
{
	well(registry_apply(registry, hooks(), STR_NONE, STR("hooks"), tree_of("{'apiVersion':"
	    "'admissionregistration.k8s.io/v1','kind':'ValidatingWebhookConfiguration','metadata':{'name':'hooks'},"
	    "'webhooks':[{'name':'a.kb.io','sideEffects':'None','admissionReviewVersions':['v1'],'clientConfig':"
	    "{'service':{'name':'hooks','namespace':'ops','path':'/a'}}},"
	    "{'name':'b.kb.io','sideEffects':'None','admissionReviewVersions':['v1'],'clientConfig':"
	    "{'service':{'name':'hooks','namespace':'ops','path':'/b'}}}]}"), &by_user));
}

/* Where the stand-in has no webhooks of its own yet, a kind like them. */
static void
define_hooks(void)
{
	if (registry_resource(registry, STR("admissionregistration.k8s.io"),
	    STR("validatingwebhookconfigurations")) != NULL)
		return;
	well(registry_create(registry, crds(), STR_NONE, tree_of("{'apiVersion':'apiextensions.k8s.io/v1',"
	    "'kind':'CustomResourceDefinition','metadata':{'name':"
	    "'validatingwebhookconfigurations.admissionregistration.k8s.io'},'spec':{'group':"
	    "'admissionregistration.k8s.io','scope':'Cluster','names':{'plural':'validatingwebhookconfigurations',"
	    "'kind':'ValidatingWebhookConfiguration','singular':'validatingwebhookconfiguration'},"
	    "'versions':[{'name':'v1','served':true,'storage':true,"
	    "'schema':{'openAPIV3Schema':{'type':'object','properties':{'webhooks':{'type':'array',"
	    "'x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name'],'items':{'type':"
	    "'object','x-kubernetes-preserve-unknown-fields':true,'required':['name'],'properties':{'name':{'type':"
	    "'string'}}}}}}}}]}}"), &by_user));
}

static void
begin_years(void)
{
	struct apiserver_config c = { .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = SCRIPT_PORT } };
	const char             *why;

	world_reset();
	c.registry = registry = registry_open();
	server = apiserver_open(&c, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(server);
	well(registry_create(registry, kind("", "namespaces"), STR_NONE,
	    tree_of("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'ops'}}"), &by_user));
	define_hooks();
	apply_hooks();
	well(registry_create(registry, crds(), STR_NONE, tree_of("{'apiVersion':'apiextensions.k8s.io/v1',"
	    "'kind':'CustomResourceDefinition','metadata':{'name':'" REPLICA_CRD "'},"
	    "'spec':{'group':'ais.nvidia.com','scope':'Namespaced',"
	    "'names':{'plural':'aistores','kind':'AIStore','singular':'aistore'},"
	    "'conversion':{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],"
	    "'clientConfig':{'service':{'name':'hooks','namespace':'ops','path':'/convert'}}}},"
	    "'versions':[{'name':'v1beta1','served':true,"
	    "'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}"), &by_user));
}

static void
end_years(void)
{
	for (int i = 0; i < REPLICAS; i++)
		replica_stop(i);
	apiserver_close(server);
	registry_close(registry);
	world_settle();
}

struct check {
	int replica, wrong, places;
};

/* The authority in that bundle that has signed the leaf; the same question is answered from memory. */
static bool
signer(struct str leaf_der, struct str text, struct cert *leaf, struct cert *authority)
{
	static char        block[2][CERTIFY_ARENA];
	static struct { uint64_t key; bool found; struct cert leaf, authority; } known[2];
	static int         next;
	uint64_t           key = sha256_u64(leaf_der) ^ sha256_u64(text);
	struct arena       a;
	struct str         bundle, name, der;
	const char        *why;

	if (known[0].key != key && known[1].key != key) {
		next = !next;
		known[next].key = key;
		known[next].found = false;
		arena_init(&a, block[next], sizeof(block[next]));
		CU_ASSERT_TRUE(base64_parse(text, &a, &bundle));
		CU_ASSERT_TRUE(cert_read(arena_copy(&a, leaf_der), &known[next].leaf));
		while (!known[next].found && pem_next(&bundle, &a, &name, &der, &why))
			known[next].found = cert_read(der, &known[next].authority) &&
			    cert_signed_by(&known[next].leaf, &known[next].authority);
	}
	*leaf = known[known[1].key == key].leaf;
	*authority = known[known[1].key == key].authority;
	return known[known[1].key == key].found;
}

/* Would whoever has this caBundle believe that replica?  `text`: a caBundle in base64. */
static bool
believes(struct check *c, struct str text)
{
	struct tls_identity *id = replicas[c->replica].serving;
	struct cert          leaf, authority;
	struct str           der;
	int64_t              now_s = clock_wall_us() / 1000000;

	if (id == NULL || text.len == 0)
		return false;
	der = (struct str){ (const char *)id->chain[0].data, id->chain[0].data_len };
	return signer(der, text, &leaf, &authority) && now_s >= leaf.from_s && now_s <= leaf.until_s &&
	    now_s >= authority.from_s && now_s <= authority.until_s;
}

static void
ask(struct check *c, const struct tree *client_config)
{
	c->places++;
	c->wrong += !believes(c, tree_str_at(client_config, "caBundle"));
}

/* "3 of 3 believe the first, 3 of 3 the second" */
static struct str
who_is_believed(int count)
{
	struct out         o = out_over(verdict, sizeof(verdict));
	const struct tree *h = registry_find(registry, hooks(), STR_NONE, STR("hooks"));
	const struct tree *d = registry_find(registry, crds(), STR_NONE, STR(REPLICA_CRD));

	for (int i = 0; i < count; i++) {
		struct check c = { .replica = i };

		TREE_EACH(w, tree_get(h, STR("webhooks")))
			ask(&c, tree_get(w, STR("clientConfig")));
		ask(&c, tree_at(d, "spec.conversion.webhook.clientConfig"));
		out_int(&o, c.places - c.wrong);
		out_str(&o, STR(" of "));
		out_int(&o, c.places);
		out_str(&o, STR(" "));
	}
	return str_trim(out_view(&o));
}

static void
two_replicas_that_race_agree(void)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		begin_years();
		world_seed(seed);
		replica_start(0);
		replica_start(1);
		world_pass_ms(3000);
		EXPECT_TEXT(who_is_believed(2), "3 of 3 3 of 3");
		CU_ASSERT_TRUE(replicas[0].certs.shown && replicas[1].certs.shown);
		CU_ASSERT_EQUAL(replicas[0].certs.until_s, replicas[1].certs.until_s);
		CU_ASSERT_EQUAL(replicas[0].served, 1);
		CU_ASSERT_EQUAL(replicas[1].served, 1);
		end_years();
	}
}

static void
what_is_taken_out_is_put_back(void)
{
	begin_years();
	replica_start(0);
	world_pass_ms(1000);
	EXPECT_TEXT(who_is_believed(1), "3 of 3");
	well(registry_merge(registry, crds(), STR_NONE, STR(REPLICA_CRD), tree_of("{'spec':{'conversion':{'webhook':"
	    "{'clientConfig':{'caBundle':null}}}}}"), &by_user));
	well(registry_delete(registry, hooks(), STR_NONE, STR("hooks"), &at_once));
	world_pass_ms(3000);
	CU_ASSERT_TRUE(replicas[0].certs.shown);
	apply_hooks();
	world_pass_ms(3000);
	EXPECT_TEXT(who_is_believed(1), "3 of 3");
	end_years();
}

static void
an_apply_of_the_same_leaves_our_bundle(void)
{
	uint64_t version;

	begin_years();
	replica_start(0);
	world_pass_ms(1000);
	version = registry_version(registry);
	apply_hooks();
	world_pass_ms(1000);
	EXPECT_TEXT(who_is_believed(1), "3 of 3");
	CU_ASSERT_EQUAL(registry_version(registry), version);
	end_years();
}

/* Another manager's field is taken each time; but not at full speed. */
static void
one_who_writes_against_us_makes_no_storm(void)
{
	uint64_t sent;

	begin_years();
	replica_start(0);
	world_pass_ms(1000);
	sent = replicas[0].api.counts[VERB_APPLY];
	for (int i = 0; i < 240; i++) {
		well(registry_merge(registry, crds(), STR_NONE, STR(REPLICA_CRD), tree_of("{'spec':{"
		    "'conversion':{'webhook':{'clientConfig':{'caBundle':'aGVsbG8='}}}}}"), &by_user));
		world_pass_ms(500);
	}
	CU_ASSERT_TRUE(replicas[0].api.counts[VERB_APPLY] - sent >= 3);
	CU_ASSERT_TRUE(replicas[0].api.counts[VERB_APPLY] - sent <= 12);
	world_pass_ms(60000);
	EXPECT_TEXT(who_is_believed(1), "3 of 3");
	end_years();
}

static void
a_secret_that_is_deleted_is_made_anew(void)
{
	begin_years();
	replica_start(0);
	replica_start(1);
	world_pass_ms(3000);
	well(registry_delete(registry, secrets(), STR("ops"), STR("cert"), &at_once));
	world_pass_ms(5000);
	CU_ASSERT_PTR_NOT_NULL(secret_now());
	EXPECT_TEXT(who_is_believed(2), "3 of 3 3 of 3");
	CU_ASSERT_EQUAL(replicas[0].served, 2);
	CU_ASSERT_EQUAL(replicas[1].served, 2);
	end_years();
}

static void
a_secret_of_somebody_else_stays_as_it_is(void)
{
	uint64_t version;

	begin_years();
	well(registry_create(registry, secrets(), STR("ops"), tree_of("{'apiVersion':'v1','kind':'Secret',"
	    "'metadata':{'name':'cert'},'data':{'tls.crt':'eA=='}}"), &by_user));
	version = registry_version(registry);
	replica_start(0);
	world_pass_ms(60000);
	CU_ASSERT_EQUAL(registry_version(registry), version);
	CU_ASSERT_EQUAL(replicas[0].served, 0);
	CU_ASSERT_FALSE(replicas[0].certs.shown);
	end_years();
}

static void
what_others_put_beside_ours_stays(void)
{
	begin_years();
	replica_start(0);
	world_pass_ms(1000);
	well(registry_merge(registry, secrets(), STR("ops"), STR("cert"), tree_of("{'metadata':{'annotations':"
	    "{'a':'b'}},'data':{'tls.crt':'eA=='}}"), &by_user));
	world_pass_ms(1000);
	EXPECT_TEXT(tree_str_at(secret_now(), "metadata.annotations.a"), "b");
	EXPECT_TEXT(who_is_believed(1), "3 of 3");
	CU_ASSERT_EQUAL(replicas[0].served, 2);
	end_years();
}

/* Two months at a time, until the third authority signs: nobody is ever not believed. */
static void
it_is_believed_at_every_moment_of_fourteen_years(void)
{
	begin_years();
	replica_start(0);
	replica_start(1);
	world_pass_ms(3000);
	for (int i = 0; i < 6 * 14; i++) {
		world_step_wall_us(60 * CERTIFY_DAY_S * 1000000);
		EXPECT_TEXT(who_is_believed(2), "3 of 3 3 of 3");
		world_pass_ms(CERTS_LOOK_MS + 1000);
		EXPECT_TEXT(who_is_believed(2), "3 of 3 3 of 3");
		if (i % 10 != 9)
			continue;
		replica_stop(1);                         /* and who comes anew takes what stands there */
		replica_start(1);
		world_pass_ms(3000);
		EXPECT_TEXT(who_is_believed(2), "3 of 3 3 of 3");
	}
	CU_ASSERT_TRUE(replicas[0].served > 14);
	CU_ASSERT_TRUE(replicas[0].served < 30);
	end_years();
}

SUITE(test_certs_years,
    { "two replicas that race agree", two_replicas_that_race_agree },
    { "what is taken out is put back", what_is_taken_out_is_put_back },
    { "an apply of the same leaves our bundle", an_apply_of_the_same_leaves_our_bundle },
    { "one who writes against us makes no storm", one_who_writes_against_us_makes_no_storm },
    { "a Secret that is deleted is made anew", a_secret_that_is_deleted_is_made_anew },
    { "a Secret of somebody else stays as it is", a_secret_of_somebody_else_stays_as_it_is },
    { "what others put beside ours stays", what_others_put_beside_ours_stays },
    { "it is believed at every moment of fourteen years", it_is_believed_at_every_moment_of_fourteen_years });
