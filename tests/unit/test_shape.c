/* test_shape.c - tables of fields: what is the same, what a number is. */
#include "ais/shape.h"

#include "sample.h"

#include "test.h"

static struct json
value(const char *quoted)
{
	struct json_doc *d = ARENA_NEW(sample_arena(), struct json_doc);

	CU_ASSERT_FATAL(json_parse_in(d, sample_json(quoted), sample_arena()) == JSON_OK);
	return json_root(d);
}

/* Target roles; the path of the first difference, or nothing. */
static struct str
difference(const char *now, const char *then, bool exact)
{
	static const struct member target = OBJECT("t", shape_target);
	const struct place         at = { NULL, STR("t"), 0 };
	struct str                 where = STR_NONE;
	struct json                was;

	if (shape_same(&target, value(now), value(then), exact, &at, sample_arena(), &where, &was))
		return STR_NONE;
	CU_ASSERT(where.len > 0);
	return where;
}

static void
what_may_change_is_not_looked_at(void)
{
	sample_begin();
	EXPECT_TEXT(difference("{'size':3,'env':[{'name':'A'}],'pdb':{},'unknown':1}", "{'size':1}", false), "");
	EXPECT_TEXT(difference("{'hostPort':1}", "{'hostPort':2}", false), "t.hostPort");
}

static void
equality_is_that_of_go(void)
{
	static const struct {
		const char *now, *then, *loose, *exact;
	} pairs[] = {
		{ "{'nodeSelector':{}}", "{}", "", "t.nodeSelector" },
		{ "{'nodeSelector':null}", "{}", "", "" },
		{ "{'nodeSelector':{'b':'2','a':'1'}}", "{'nodeSelector':{'a':'1','b':'2'}}", "", "" },
		{ "{'mounts':[]}", "{}", "", "t.mounts" },
		{ "{'externalAccess':{}}", "{}", "t.externalAccess", "t.externalAccess" },
		{ "{'externalAccess':{'annotations':{}}}", "{'externalAccess':{}}", "", "t.externalAccess.annotations" },
		{ "{'hostNetwork':false}", "{}", "t.hostNetwork", "t.hostNetwork" },
		{ "{'servicePort':51080}", "{'servicePort':'51080'}", "t.servicePort", "t.servicePort" },
		{ "{'servicePort':51080.0}", "{'servicePort':51080}", "", "" },
		{ "{'mounts':[{'path':'/a','size':'1Gi'}]}", "{'mounts':[{'path':'/a','size':'1024Mi'}]}", "",
		    "t.mounts[0].size" },
		{ "{'mounts':[{'path':'/a','size':0}]}", "{'mounts':[{'path':'/a'}]}", "", "t.mounts[0].size" },
		{ "{'mounts':[{'path':'/a','label':''}]}", "{'mounts':[{'path':'/a'}]}", "t.mounts[0].label",
		    "t.mounts[0].label" },
		{ "{'mounts':[{'path':'/a'}]}", "{'mounts':[{'path':'/a'},{'path':'/b'}]}", "t.mounts", "t.mounts" },
		{ "{'affinity':{'nodeAffinity':{}}}", "{}", "t.affinity", "t.affinity" },
		{ "{'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
		    "[{'topologyKey':'a','namespaces':[]}]}}}", "{'affinity':{'podAffinity':"
		    "{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'a'}]}}}", "",
		    "t.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces" },
	};

	sample_begin();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		EXPECT_TEXT(difference(pairs[i].now, pairs[i].then, false), pairs[i].loose);
		EXPECT_TEXT(difference(pairs[i].then, pairs[i].now, false), pairs[i].loose);
		EXPECT_TEXT(difference(pairs[i].now, pairs[i].then, true), pairs[i].exact);
		EXPECT_TEXT(difference(pairs[i].then, pairs[i].now, true), pairs[i].exact);
	}
}

static void
a_whole_number_may_be_written_in_several_ways(void)
{
	int64_t n;

	sample_begin();
	CU_ASSERT(json_whole(value("3"), &n) && n == 3);
	CU_ASSERT(json_whole(value("-3.0"), &n) && n == -3);
	CU_ASSERT(json_whole(value("2e3"), &n) && n == 2000);
	CU_ASSERT(!json_whole(value("3.5"), &n));
	CU_ASSERT(!json_whole(value("'3'"), &n));
	CU_ASSERT(!json_whole(value("99999999999999999999"), &n));
	CU_ASSERT(!json_whole(value("true"), &n));
}

static void
json_is_compared_without_order_and_nulls(void)
{
	sample_begin();
	CU_ASSERT(json_same(value("{'a':1,'b':[{'c':null}]}"), value("{'b':[{}],'a':1.0,'d':null}")));
	CU_ASSERT(!json_same(value("{'a':1}"), value("{'a':'1'}")));
	CU_ASSERT(!json_same(value("{'a':true}"), value("{'a':'true'}")));
	CU_ASSERT(!json_same(value("[1,2]"), value("[2,1]")));
	CU_ASSERT(!json_same(value("{}"), value("[]")));
	CU_ASSERT(!json_same(value("{}"), value("null")));
}

SUITE(test_shape,
    { "what may change is not looked at", what_may_change_is_not_looked_at },
    { "equality is that of Go", equality_is_that_of_go },
    { "a whole number may be written in several ways", a_whole_number_may_be_written_in_several_ways },
    { "JSON is compared without order and nulls", json_is_compared_without_order_and_nulls });
