#include "k8s/kind.h"
#include "test.h"

static struct str
path(const struct kind *k, struct str ns, struct str name, struct str sub)
{
	static char text[1024];
	struct out  o = out_over(text, sizeof(text));

	kind_path(k, ns, name, sub, &o);
	CU_ASSERT_TRUE(out_ok(&o));
	return out_view(&o);
}

static void
core_kinds_stand_under_api(void)
{
	EXPECT_TEXT(path(&kind_pod, STR("ais"), STR("a-0"), STR_NONE), "/api/v1/namespaces/ais/pods/a-0");
	EXPECT_TEXT(path(&kind_pod, STR("ais"), STR_NONE, STR_NONE), "/api/v1/namespaces/ais/pods");
	EXPECT_TEXT(path(&kind_pod, STR_NONE, STR_NONE, STR_NONE), "/api/v1/pods");
}

static void
groups_stand_under_apis(void)
{
	EXPECT_TEXT(path(&kind_statefulset, STR("ais"), STR("a"), STR("status")),
	    "/apis/apps/v1/namespaces/ais/statefulsets/a/status");
	EXPECT_TEXT(path(&kind_lease, STR("x"), STR("y"), STR_NONE),
	    "/apis/coordination.k8s.io/v1/namespaces/x/leases/y");
}

static void
kinds_without_namespaces_have_none(void)
{
	EXPECT_TEXT(path(&kind_node, STR("ais"), STR("n1"), STR_NONE), "/api/v1/nodes/n1");
	EXPECT_TEXT(path(&kind_persistentvolume, STR_NONE, STR("v"), STR_NONE), "/api/v1/persistentvolumes/v");
}

static void
a_name_cannot_leave_its_segment(void)
{
	EXPECT_TEXT(path(&kind_role, STR("a"), STR("../x?y#z:\xff"), STR_NONE),
	    "/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles/..%2Fx%3Fy%23z%3A%FF");
}

static void
api_versions_have_their_group(void)
{
	char       text[64];
	struct out o = out_over(text, sizeof(text));

	kind_api_version(&kind_statefulset, &o);
	out_char(&o, ' ');
	kind_api_version(&kind_service, &o);
	EXPECT_TEXT(out_view(&o), "apps/v1 v1");
}

SUITE(test_kind,
    { "core kinds stand under /api", core_kinds_stand_under_api },
    { "groups stand under /apis", groups_stand_under_apis },
    { "kinds without namespaces have none in their path", kinds_without_namespaces_have_none },
    { "a name cannot leave its segment", a_name_cannot_leave_its_segment },
    { "apiVersion has the group, if there is one", api_versions_have_their_group });
