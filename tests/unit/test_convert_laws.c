/*
 * test_convert_laws.c - what holds for any AIStore.
 *
 * The objects are made by chance, the same ones each time: fields of both
 * versions that the map knows, and many that only one has.
 */
#include "ais/validate.h"
#include "versions.h"

#define OBJECTS 150

static uint64_t seed;

static unsigned
chance(unsigned of)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % of;
}

struct choice {
	const char *path, *values[4];
	bool        beta_only;
};

#define ROLE_CHOICES(role) \
	{ role ".servicePort", { "51080", "'51080'" }, false }, { role ".portPublic", { "51081" }, false }, \
	{ role ".capabilities", { "{'privileged':true}", "{}", "{'runAsUser':7}" }, false }, \
	{ role ".nodeSelector", { "{'a':'b','c.d/e':'f'}", "{}" }, false }, \
	{ role ".tolerations", { "[]", "[{'key':'x'}]" }, false }, \
	{ role ".securityContext", { "{'fsGroup':1000}" }, false }

static const struct choice alphas[] = {
	{ "size", { "1", "3", "-1", "12" }, false },
	{ "nodeImage", { "'a'", "'b'", "''" }, false },
	{ "hostpathPrefix", { "''", "'/x'", "'/y'" }, false },
	{ "enableExternalLB", { "true", "false", "true" }, false },
	{ "cleanupData", { "true", "false" }, false },
	{ "clusterDomain", { "'cluster.local'", "''" }, false },
	{ "disablePodAntiAffinity", { "true", "false" }, false },
	{ "imagePullSecrets", { "[{'name':'x'}]", "[]" }, false },
	ROLE_CHOICES("proxySpec"), ROLE_CHOICES("targetSpec"),
	{ "targetSpec.mounts", { "[]", "[{'path':'/a','size':'1Gi'}]",
	    "[{'path':'/b','size':'2Gi','storageClass':'c'},{'path':'/a','size':'0'}]",
	    "[{'path':'/a','size':'1'},{'path':'/a','size':'2'}]" }, false },
	{ "configToUpdate.mirror.copies", { "2", "3" }, false },
	{ "configToUpdate.log.level", { "'3'", "'4'" }, false },
	{ "configToUpdate.log.max_size", { "0", "4194304", "7" }, false },
	{ "configToUpdate.lru.lowwm", { "0", "100", "101", "-1" }, false },
	{ "configToUpdate.lru.enabled", { "true", "false" }, false },
	{ "configToUpdate.lru.dont_evict_time", { "'2h'", "'2 h'", "''" }, false },
	{ "configToUpdate.rebalance.multiplier", { "1", "2" }, false },
	{ "configToUpdate.rebalance.quiescent", { "'10s'", "'x'" }, false },
	{ "configToUpdate.timeout.startup_time", { "'1m'", "'soon'" }, false },
	{ "configToUpdate.client.features", { "'0'", "'8'" }, false },
	{ "configToUpdate.compression.checksum", { "true" }, false },
	{ "configToUpdate.md_write", { "'never'", "''" }, false },
	{ "configToUpdate.net.http.use_https", { "true", "false" }, false },
	{ "configToUpdate.keepalivetracker.proxy.interval", { "'10s'", "'10'" }, false },
	/* Only alpha has these. */
	{ "targetSpec.nodiskio", { "{'enabled':true,'dryobjsize':'8M'}",
	    "{'enabled':false,'dryobjsize':'0'}" }, false },
	{ "configToUpdate.log_level", { "'3'", "'5'" }, false },
	{ "configToUpdate.log.dir", { "'/tmp'" }, false },
	{ "configToUpdate.confdir", { "'/c'" }, false },
	{ "configToUpdate.net.l4.proto", { "'tcp'" }, false },
	{ "configToUpdate.replication", { "{'on_put':true}", "{}" }, false },
	{ "configToUpdate.auth.secret", { "'<s&e>'", "'\\u00e9\\\"'" }, false },
};

static const struct choice betas[] = {
	{ "size", { "1", "3", "-1", "0" }, false },
	{ "nodeImage", { "'a'", "'b'" }, false },
	{ "hostpathPrefix", { "''", "'/x'" }, false },
	{ "stateStorage", { "{'hostPath':{'prefix':'/z'}}", "{'pvc':{'storageClass':'c'}}", "{'emptyDir':{}}",
	    "{}" }, false },
	{ "stateStorageClass", { "''", "'fast'" }, false },
	{ "enableExternalLB", { "true", "false" }, false },
	{ "cleanupData", { "true", "false" }, false },
	{ "cleanupMetadata", { "true", "false" }, false },
	{ "imagePullSecrets", { "[{'name':'x'}]" }, false },
	{ "proxySpec.size", { "1", "2", "-1" }, false },
	{ "targetSpec.size", { "1", "3", "-1" }, false },
	ROLE_CHOICES("proxySpec"), ROLE_CHOICES("targetSpec"),
	{ "proxySpec.aisContainerSecurityContext", { "{'privileged':true}", "{'runAsUser':8}" }, false },
	{ "targetSpec.disablePodAntiAffinity", { "true", "false" }, false },
	{ "targetSpec.mounts", { "[]", "[{'path':'/a','size':'1Gi','label':'x'}]",
	    "[{'path':'/b','useHostPath':true},{'path':'/a','size':'1Gi','selector':{'matchLabels':{'q':'r'}}}]",
	    "[{'path':'/a','label':'x'},{'path':'/a'}]" }, false },
	{ "configToUpdate.log.level", { "'3'", "'4'" }, false },
	{ "configToUpdate.log.max_size", { "'4MiB'", "'0'", "'many'", "''" }, false },
	{ "configToUpdate.space.lowwm", { "0", "80" }, false },
	{ "configToUpdate.lru.dont_evict_time", { "'2h'", "'x'" }, false },
	{ "configToUpdate.rebalance.bundle_multiplier", { "1", "2" }, false },
	{ "configToUpdate.transport.quiescent", { "'10s'" }, false },
	{ "configToUpdate.features", { "'0'" }, false },
	{ "configToUpdate.write_policy.md", { "'never'" }, false },
	/* Only beta has these. */
	{ "proxySpec.hostPort", { "51080" }, true },
	{ "targetSpec.env", { "[{'name':'A','value':'<b>'}]", "[]" }, true },
	{ "targetSpec.labels", { "{'a.b/c':'d'}", "{}" }, true },
	{ "targetSpec.scaleDownMode", { "'retain'", "'safe_decommission'" }, true },
	{ "tls", { "{}", "{'secretName':''}", "{'certificate':{'issuerRef':{'name':'n'}}}" }, true },
	{ "hostnameMap", { "{'10.0.0.1':'10.0.0.2'}" }, true },
	{ "shutdownCluster", { "true", "false" }, true },
	{ "publicNetDNSMode", { "'IP'", "'Node'" }, true },
	{ "configToUpdate.tracing", { "{'enabled':true,'attributes':{'k':'v'}}" }, true },
	{ "configToUpdate.lru.batch_size", { "1024" }, true },
	{ "configToUpdate.log.flush_time", { "'1s'" }, true },
	{ "configToUpdate.space.cleanupwm", { "60" }, true },
	{ "configToUpdate.write_policy.data", { "'immediate'" }, true },
};

#define ALPHAS ((int)(sizeof(alphas) / sizeof(alphas[0])))
#define BETAS  ((int)(sizeof(betas) / sizeof(betas[0])))

static struct str
spec_path(const struct choice *c)
{
	return JOIN(sample_arena(), STR("spec."), str_of(c->path));
}

static void
choose(struct node *object, const struct choice *c)
{
	int count = 0;

	while (count < 4 && c->values[count] != NULL)
		count++;
	node_put(object, spec_path(c), node_made(sample_arena(), sample_json(c->values[chance((unsigned)count)])));
}

/* One of some size: a few fields, or nearly all. */
static struct str
any_object(const char *version, const struct choice *choices, int count)
{
	struct node *object = tree(sample_json("{'kind':'AIStore','metadata':{'name':'ais'},'spec':{}}"));
	unsigned     odds = 1 + chance(8);

	node_put(object, STR("apiVersion"), node_made(sample_arena(), sample_json(version)));
	for (int i = 0; i < count; i++)
		if (chance(odds) == 0)
			choose(object, &choices[i]);
	return printed(object);
}

static struct str
any_alpha(void)
{
	struct node *object = tree(any_object("'ais.nvidia.com/v1alpha1'", alphas, ALPHAS));

	/* What the schema demands: it is filled in where somebody left it out. */
	if (node_path(object, STR("spec.targetSpec")) == NULL)
		node_put(object, STR("spec.targetSpec"), node_object(sample_arena()));
	map_fill(object);
	if (node_path(object, STR("spec.hostpathPrefix")) == NULL)
		node_put(object, STR("spec.hostpathPrefix"), node_made(sample_arena(), STR("\"\"")));
	return printed(object);
}

static void
alpha_comes_back_as_it_was(void)
{
	seed = 2021;
	for (int i = 0; i < OBJECTS; i++) {
		struct str alpha;

		sample_begin();
		alpha = any_alpha();
		CU_ASSERT_FATAL(same(down(2, up(1, alpha)), alpha));
		CU_ASSERT(rider(up(1, alpha), BETA_RIDES).len == 0);
	}
}

static void
beta_comes_back_as_it_was(void)
{
	seed = 2026;
	for (int i = 0; i < OBJECTS; i++) {
		struct str beta;

		sample_begin();
		beta = any_object("'ais.nvidia.com/v1beta1'", betas, BETAS);
		CU_ASSERT_FATAL(same(up(2, down(1, beta)), beta));
		/* Twice the same bytes, and what was converted is a fixed point. */
		CU_ASSERT(str_eq(down(1, beta), down(3, beta)));
		CU_ASSERT_FATAL(same(down(3, up(2, down(1, beta))), down(1, beta)));
	}
}

static struct str
spec_of(struct str object)
{
	return json_text(json_get(parsed(object), STR("spec")));
}

static void
an_edit_counts_and_the_rest_is_kept(void)
{
	seed = 7;
	for (int i = 0; i < OBJECTS; i++) {
		struct str   beta, edited, after;
		struct node *view;

		sample_begin();
		beta = any_object("'ais.nvidia.com/v1beta1'", betas, BETAS);
		/* Some of them were alpha once. */
		if (chance(2) == 0)
			beta = up(1, any_alpha());
		view = tree(down(2, beta));
		for (unsigned edits = 1 + chance(3); edits > 0; edits--) {
			const struct choice *c = &alphas[chance(ALPHAS)];

			if (chance(4) == 0)
				node_take(view, spec_path(c));
			else
				choose(view, c);
		}
		map_fill(view);
		if (node_path(view, STR("spec.hostpathPrefix")) == NULL)
			node_put(view, STR("spec.hostpathPrefix"), node_made(sample_arena(), STR("\"\"")));
		edited = printed(view);
		after = up(3, edited);
		for (int k = 0; k < BETAS; k++)
			if (betas[k].beta_only)
				CU_ASSERT(node_alike(node_path(tree(after), spec_path(&betas[k])),
				    node_path(tree(beta), spec_path(&betas[k]))));
		CU_ASSERT_FATAL(same(spec_of(down(0, after)), spec_of(edited)));
	}
}

/* What the schema says, errors and unknown fields alike. */
static int
found_by_schema(enum resource r, struct str object, struct str *first)
{
	static struct findings f;
	int                    count = 0;

	f = (struct findings){ .count = 0 };
	validate_schema(r, parsed(object), sample_arena(), &f);
	for (int i = 0; i < f.count; i++) {
		/* Alpha allows no image and any size, and beta's schema does not. */
		if (str_eq(f.list[i].path, STR("spec.nodeImage")) || str_eq(f.list[i].path, STR("spec.size")))
			continue;
		if (count++ == 0)
			*first = JOIN(sample_arena(), f.list[i].path, STR(": "), f.list[i].text);
	}
	return count;
}

static void
what_fits_one_schema_fits_the_other(void)
{
	int alpha_sound = 0, beta_sound = 0;

	seed = 1;
	for (int i = 0; i < 2 * OBJECTS; i++) {
		const bool   is_alpha = i % 2 == 0;
		struct node *object;
		struct str   first = STR_NONE;

		sample_begin();
		object = tree(is_alpha ? alpha_with("", "") : beta_with(",'size':1", "", ",'mounts':[]"));
		for (int edits = 0; edits < 5; edits++)
			choose(object, is_alpha ? &alphas[chance(ALPHAS)] : &betas[chance(BETAS)]);
		if (found_by_schema(is_alpha ? RESOURCE_AISTORE_ALPHA : RESOURCE_AISTORE_BETA, printed(object), &first) > 0)
			continue;
		*(is_alpha ? &alpha_sound : &beta_sound) += 1;
		if (is_alpha)
			found_by_schema(RESOURCE_AISTORE_BETA, up(0, printed(object)), &first);
		else
			found_by_schema(RESOURCE_AISTORE_ALPHA, down(0, printed(object)), &first);
		EXPECT_TEXT(first, "");
	}
	CU_ASSERT(alpha_sound > OBJECTS / 4 && beta_sound > OBJECTS / 4);
}

SUITE(test_convert_laws,
    { "alpha comes back as it was", alpha_comes_back_as_it_was },
    { "beta comes back as it was", beta_comes_back_as_it_was },
    { "an edit counts and the rest is kept", an_edit_counts_and_the_rest_is_kept },
    { "what fits one schema fits the other", what_fits_one_schema_fits_the_other });
