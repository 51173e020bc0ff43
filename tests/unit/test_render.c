/* test_render.c - every object as text. */
#include "ais/render.h"

#include "sample.h"

#include "test.h"

static char room[64 << 10];

static struct str
rendered(const char *meta, const char *cluster, bool yaml, struct str *why)
{
	struct arena *a = sample_arena();
	struct out    o = out_over(room, sizeof(room));
	struct str    cr = JOIN(a,
	    sample_json("{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore','metadata':"),
	    sample_json(meta), sample_json(",'spec':"), sample_spec_text(cluster, "", ""), STR("}"));

	*why = STR_NONE;
	if (!render(cr, STR("somewhere"), STR("cluster.local"), yaml, a, &o, why))
		CU_ASSERT_EQUAL(o.len, 0);
	return out_view(&o);
}

static void
objects_come_in_the_order_in_which_they_are_made(void)
{
	static const char *const kinds[] = { "ServiceAccount", "Role", "RoleBinding", "ConfigMap", "ConfigMap",
		"Service", "ConfigMap", "Service", "StatefulSet", "StatefulSet" };
	struct str text, line, why;
	size_t     lines = 0;

	sample_begin();
	text = rendered("{'name':'ais','namespace':'ns','uid':'u'}", "", false, &why);
	for (; str_cut(&text, '\n', &line) && line.len > 0; lines++) {
		CU_ASSERT_FATAL(lines < 10);
		CU_ASSERT(str_has(line, JOIN(sample_arena(), STR("\"kind\":\""), str_of(kinds[lines]), STR("\""))));
		CU_ASSERT_EQUAL(json_check(line, NULL), JSON_OK);
	}
	CU_ASSERT_EQUAL(lines, 10);
}

static void
they_stand_as_once_the_cluster_is_ready(void)
{
	struct str text, why;

	sample_begin();
	text = rendered("{'name':'ais','namespace':'ns'}", "'size':3", false, &why);
	CU_ASSERT(str_has(text, sample_json("'replicas':3")));
	CU_ASSERT(!str_has(text, sample_json("'replicas':1")));
	CU_ASSERT(str_has(text, STR("{\\\"rebalance\\\":{\\\"enabled\\\":true}")));
}

static void
the_given_namespace_is_used(void)
{
	struct str text, why;

	sample_begin();
	text = rendered("{'name':'ais'}", "", false, &why);
	CU_ASSERT(str_has(text, sample_json("'namespace':'somewhere'")));
	CU_ASSERT(!str_has(text, sample_json("'uid'")));
}

static void
yaml_has_a_document_an_object(void)
{
	struct str text, why, line;
	int        documents = 0;

	sample_begin();
	text = rendered("{'name':'ais','namespace':'ns'}", "", true, &why);
	CU_ASSERT(str_starts(text, STR("---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ais-sa\n")));
	while (str_cut(&text, '\n', &line))
		documents += str_eq(line, STR("---"));
	CU_ASSERT_EQUAL(documents, 10);
}

static void
what_cannot_be_made_is_refused_with_a_sentence(void)
{
	struct arena *a = sample_begin();
	struct out    o = out_over(room, sizeof(room));
	struct str    why;

	rendered("{'name':'ais'}", "'tls':{}", false, &why);
	EXPECT_TEXT(why, "spec.tls is not supported by this version: leave it out");
	rendered("{'name':'ais'}", "'size':0", false, &why);
	EXPECT_TEXT(why, "spec.size is 0: the number of daemons of each role is at least 1");
	rendered("{}", "", false, &why);
	EXPECT_TEXT(why, "metadata.name is missing: the objects are named after it");
	CU_ASSERT(!render(STR("{"), STR("ns"), STR("d"), false, a, &o, &why));
	EXPECT_TEXT(why, "is not JSON");
	CU_ASSERT(!render(STR("[]"), STR("ns"), STR("d"), false, a, &o, &why));
	EXPECT_TEXT(why, "is not an AIStore of ais.nvidia.com/v1beta1");
}

static void
too_little_room_is_said(void)
{
	struct arena *a = sample_begin();
	struct str    cr = JOIN(a, sample_json("{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore',"
	    "'metadata':{'name':'ais'},'spec':"), sample_spec_text("", "", ""), STR("}"));
	static char   small[20000];
	struct arena  tight;
	struct out    o = out_over(room, 100);
	struct str    why;

	CU_ASSERT(!render(cr, STR("ns"), STR("d"), false, a, &o, &why));
	EXPECT_TEXT(why, "the objects need more room than there is");
	for (size_t size = 100; size < sizeof(small); size += 501) {
		o = out_over(room, sizeof(room));
		arena_init(&tight, small, size);
		CU_ASSERT(!render(cr, STR("ns"), STR("d"), true, &tight, &o, &why));
	}
}

SUITE(test_render,
    { "objects come in the order in which they are made", objects_come_in_the_order_in_which_they_are_made },
    { "they stand as once the cluster is Ready", they_stand_as_once_the_cluster_is_ready },
    { "where no namespace is named the given one is used", the_given_namespace_is_used },
    { "YAML has a document an object", yaml_has_a_document_an_object },
    { "what cannot be made is refused with a sentence", what_cannot_be_made_is_refused_with_a_sentence },
    { "too little room is said", too_little_room_is_said });
