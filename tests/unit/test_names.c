/* test_names.c - names and URLs of what belongs to a cluster. */
#include "sample.h"

#include "test.h"

static void
everything_is_named_after_its_cluster(void)
{
	struct arena *a = sample_begin();
	struct str    c = STR("ais");

	EXPECT_TEXT(name_set(a, c, ROLE_PROXY), "ais-proxy");
	EXPECT_TEXT(name_set(a, c, ROLE_TARGET), "ais-target");
	EXPECT_TEXT(name_pod(a, c, ROLE_TARGET, 10), "ais-target-10");
	EXPECT_TEXT(name_global(a, c), "ais-global-cm");
	EXPECT_TEXT(name_account(a, c), "ais-sa");
	EXPECT_TEXT(name_role(a, c), "ais-role");
	EXPECT_TEXT(name_binding(a, c), "ais-rb");
}

static void
the_url_is_that_of_the_proxies_service(void)
{
	struct arena     *a = sample_begin();
	struct spec      *s = sample_spec("'clusterDomain':'k8s.example'", "'portPublic':8080", "");
	struct cluster_id c = { STR("ns"), STR("ais"), STR("u") };

	EXPECT_TEXT(url_intra(a, &c, s), "http://ais-proxy.ns.svc.k8s.example:8080");
}

static void
target_1_is_not_target_10(void)
{
	CU_ASSERT_EQUAL(name_ordinal(STR("ais-target-1"), STR("ais-target")), 1);
	CU_ASSERT_EQUAL(name_ordinal(STR("ais-target-10"), STR("ais-target")), 10);
	CU_ASSERT_EQUAL(name_ordinal(STR("ais-target-10"), STR("ais-target-1")), -1);
	CU_ASSERT_EQUAL(name_ordinal(STR("ais-target-1-0"), STR("ais-target")), -1);
}

static void
what_is_no_ordinal_is_none_of_its_pods(void)
{
	static const char *const names[] = { "", "ais-target", "ais-target-", "ais-target--1", "ais-target-01",
		"ais-target-x", "ais-target-1x", "ais-targets-1", "ais-proxy-1", "ais-target-99999999999999999999" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CU_ASSERT_EQUAL(name_ordinal(str_of(names[i]), STR("ais-target")), -1);
	CU_ASSERT_EQUAL(name_ordinal(STR("ais-target-0"), STR("ais-target")), 0);
}

SUITE(test_names,
    { "everything is named after its cluster", everything_is_named_after_its_cluster },
    { "the URL is that of the proxies' Service", the_url_is_that_of_the_proxies_service },
    { "target-1 is not target-10", target_1_is_not_target_10 },
    { "what is no ordinal is none of its pods", what_is_no_ordinal_is_none_of_its_pods });
