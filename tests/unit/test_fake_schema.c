/* test_fake_schema.c - custom resources against their schemas, in a kube-apiserver's words. */
#include "test.h"
#include "tests/fake/cel.h"
#include "tests/fake/schema.h"
#include "tests/world/world.h"

static const char schema_text[] =
    "{'type':'object','properties':{'spec':{'type':'object','required':['size'],'properties':{"
    "'size':{'type':'integer','format':'int32','minimum':-1},'big':{'type':'integer','format':'int64'},"
    "'count':{'type':'integer'},'part':{'type':'number'},'port':{'x-kubernetes-int-or-string':true},"
    "'name':{'type':'string','minLength':2,'maxLength':4,'pattern':'^[a-z]+$'},'when':{'type':'string',"
    "'format':'date-time'},'mode':{'type':'string','enum':['slow','fast']},'maps':{'type':'object',"
    "'additionalProperties':{'type':'string'}},'list':{'type':'array','maxItems':3,"
    "'x-kubernetes-list-type':'map',"
    "'x-kubernetes-list-map-keys':['key'],'items':{'type':'object','required':['key'],'properties':"
    "{'key':{'type':'string'},'n':{'type':'integer','minimum':0}}}}}}}}";

/* "field: message" lines. */
static struct str
judge(const char *object, const char *old)
{
	static char         text[8192];
	static struct reply r;
	struct tree        *schema = tree_of(schema_text), *is = tree_of(object),
	    *was = old == NULL ? NULL : tree_of(old);
	struct out          o = out_over(text, sizeof(text));

	r = (struct reply){ .code = 200 };
	schema_validate(is, was, schema, &r);
	for (int i = 0; i < r.cause_count; i++)
		OUT(&o, o.len > 0 ? STR("\n") : STR(""), str_of(r.causes[i].field), STR(": "), str_of(r.causes[i].message));
	tree_free(schema);
	tree_free(is);
	tree_free(was);
	return out_view(&o);
}

static void
each_fault_has_its_words(void)
{
	EXPECT_TEXT(judge("{'spec':{'size':1}}", NULL), "");
	EXPECT_TEXT(judge("{'spec':{}}", NULL), "spec.size: Required value");
	EXPECT_TEXT(judge("{'spec':{'size':-2}}", NULL),
	    "spec.size: Invalid value: -2: spec.size in body should be greater than or equal to -1");
	EXPECT_TEXT(judge("{'spec':{'size':'x'}}", NULL),
	    "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"");
	EXPECT_TEXT(judge("{'spec':[]}", NULL),
	    "spec: Invalid value: \"array\": spec in body must be of type object: \"array\"");
	EXPECT_TEXT(judge("{'spec':{'size':1,'mode':'odd'}}", NULL),
	    "spec.mode: Unsupported value: \"odd\": supported values: \"slow\", \"fast\"");
	EXPECT_TEXT(judge("{'spec':{'size':1,'name':'a'}}", NULL),
	    "spec.name: Invalid value: \"a\": spec.name in body should be at least 2 chars long");
	EXPECT_TEXT(judge("{'spec':{'size':1,'name':'aB'}}", NULL),
	    "spec.name: Invalid value: \"aB\": spec.name in body should match '^[a-z]+$'");
	EXPECT_TEXT(judge("{'spec':{'size':1,'port':true}}", NULL),
	    "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"");
	EXPECT_TEXT(judge("{'spec':{'size':1,'maps':{'a':1}}}", NULL),
	    "spec.maps.a: Invalid value: \"integer\": spec.maps.a in body must be of type string: \"integer\"");
	EXPECT_TEXT(judge("{'spec':{'size':1,'when':'nope'}}", NULL),
	    "spec.when: Invalid value: \"nope\": spec.when in body must be of type date-time: \"nope\"");
}

static void
numbers_have_the_range_of_their_format(void)
{
	EXPECT_TEXT(judge("{'spec':{'size':2147483647,'big':9223372036854775807,'part':0.5}}", NULL), "");
	EXPECT_TEXT(judge("{'spec':{'size':2147483648}}", NULL),
	    "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec.size");
	EXPECT_TEXT(judge("{'spec':{'size':1.5}}", NULL),
	    "spec.size: Invalid value: \"float64\": spec.size in body must be of type int32: \"float64\"\n"
	    "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec.size");
	EXPECT_TEXT(judge("{'spec':{'size':1,'big':9223372036854775808}}", NULL),
	    "spec.big: Invalid value: \"float64\": spec.big in body must be of type int64: \"float64\"\n"
	    "<nil>: Invalid value: \"\": Checked value must be of type integer with format int64 in spec.big");
	EXPECT_TEXT(judge("{'spec':{'size':1,'count':1.5}}", NULL),
	    "spec.count: Invalid value: \"number\": spec.count in body must be of type integer: \"number\"");
}

static void
elements_that_are_told_apart_by_keys_come_once(void)
{
	EXPECT_TEXT(judge("{'spec':{'size':1,'list':[{'key':'a'},{'key':'b'},{'key':'a'}]}}", NULL),
	    "spec.list[2]: Duplicate value: {\"key\":\"a\"}");
	EXPECT_TEXT(judge("{'spec':{'size':1,'list':[{'key':'a'},{'key':'b'},{'key':'c'},{'key':'d'}]}}", NULL),
	    "spec.list: Too many: 4: must have at most 3 items");
}

static void
what_stands_there_unchanged_is_not_judged_again(void)
{
	static const char old[] = "{'spec':{'size':-5,'mode':'odd','list':[{'key':'a','n':-1},{'key':'b','n':-1}]}}";

	EXPECT_TEXT(judge(old, old), "");
	EXPECT_TEXT(judge("{'spec':{'size':-5,'mode':'odd','name':'ab','list':[{'key':'b','n':-1}]}}", old), "");
	EXPECT_TEXT(judge("{'spec':{'size':-6,'mode':'odd'}}", old),
	    "spec.size: Invalid value: -6: spec.size in body should be greater than or equal to -1");
	EXPECT_TEXT(judge("{'spec':{'mode':'odd'}}", old), "spec.size: Required value");
}

static void
unknown_fields_are_dropped_and_named(void)
{
	struct tree *schema = tree_of(schema_text), *t = tree_of("{'kind':'X','metadata':{'name':'a'},'odd':1,"
	    "'spec':{'odd':{},'list':[{'key':'a','odd':2}]}}"), *want;
	char         text[512];
	struct out   o = out_over(text, sizeof(text));

	schema_prune(t, schema, &o);
	EXPECT_TEXT(out_view(&o), "unknown field \"odd\"\nunknown field \"spec.odd\"\nunknown field "
	    "\"spec.list[0].odd\"\n");
	want = tree_of("{'kind':'X','metadata':{'name':'a'},'spec':{'list':[{'key':'a'}]}}");
	CU_ASSERT_TRUE(tree_eq(t, want));
	tree_free(schema);
	tree_free(t);
	tree_free(want);
}

/* The definition's words, the operator's verdict; nothing where the schema has found too much already. */
static void
broken_rules_are_told_in_the_words_of_the_definition(void)
{
	struct resource     k = { .kind = STR("AIStore"), .schemas = { tree_of("{'type':'object','properties':{"
	    "'spec':"
	    "{'type':'object','x-kubernetes-validations':[{'rule':'x','message':'Invalid cluster size: in these "
	    "words'}]}}}") } };
	struct tree        *t = tree_of("{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore','metadata':{"
	    "'name':'a'},"
	    "'spec':{'nodeImage':'a','initImage':'b','proxySpec':{'servicePort':1,'portPublic':1,"
	    "'portIntraControl':1,"
	    "'portIntraData':1},'targetSpec':{'servicePort':1,'portPublic':1,'portIntraControl':1,'portIntraData':1,"
	    "'mounts':[]}}}");
	static struct reply r;

	r = (struct reply){ .code = 200 };
	cel_validate(&k, 0, t, NULL, &r);
	CU_ASSERT_EQUAL_FATAL(r.cause_count, 1);
	EXPECT_TEXT(str_of(r.causes[0].field), "spec");
	EXPECT_TEXT(str_of(r.causes[0].message), "Invalid value: Invalid cluster size: in these words");
	r = (struct reply){ .code = 200 };
	reply_cause(&r, "FieldValueRequired", "spec.x", "Required value");
	cel_validate(&k, 0, t, NULL, &r);
	CU_ASSERT_EQUAL(r.cause_count, 2);
	CU_ASSERT_TRUE(str_starts(str_of(r.causes[1].message), STR("Invalid value: null: some validation rules "
	    "were not")));
	r = (struct reply){ .code = 200 };
	cel_validate(&k, 0, t, t, &r);
	CU_ASSERT_EQUAL(r.cause_count, 0);
	tree_free(t);
	tree_free(k.schemas[0]);
}

SUITE(test_fake_schema,
    { "each fault has its words", each_fault_has_its_words },
    { "numbers have the range of their format", numbers_have_the_range_of_their_format },
    { "elements that are told apart by keys come once", elements_that_are_told_apart_by_keys_come_once },
    { "what stands there unchanged is not judged again", what_stands_there_unchanged_is_not_judged_again },
    { "unknown fields are dropped and named", unknown_fields_are_dropped_and_named },
    { "broken rules are told in the words of the definition",
    broken_rules_are_told_in_the_words_of_the_definition });
