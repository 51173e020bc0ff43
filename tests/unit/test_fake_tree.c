/* test_fake_tree.c - the trees that the stand-in API server keeps. */
#include <stdlib.h>

#include "test.h"
#include "tests/fake/selector.h"

static void
expect_json(struct tree *t, const char *want)
{
	struct tree *w = tree_of(want);
	struct str   got = tree_text_of(t), wanted = tree_text_of(w);
	char         text[4096];
	struct out   o = out_over(text, sizeof(text) - 1);

	out_str(&o, wanted);
	text[o.len] = '\0';
	EXPECT_TEXT(got, text);
	free((void *)(uintptr_t)got.at);
	free((void *)(uintptr_t)wanted.at);
	tree_free(w);
	tree_free(t);
}

static void
what_was_read_prints_as_it_was(void)
{
	static const char json[] = "{\"a\":[1,-2.50,true,null,\"x\\\"\\n\\u00e9\"],\"b\\\"c\":{},\"d\":[]}";
	struct tree      *t = tree_parse(str_of(json), NULL);
	struct str        text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	text = tree_text_of(t);
	EXPECT_TEXT(text, "{\"a\":[1,-2.50,true,null,\"x\\\"\\n\xc3\xa9\"],\"b\\\"c\":{},\"d\":[]}");
	CU_ASSERT_PTR_NOT_NULL(tree_get(t, STR("b\"c")));
	free((void *)(uintptr_t)text.at);
	tree_free(t);
}

static void
a_text_cut_anywhere_is_refused(void)
{
	static const char json[] = "{\"a\":[1,true,{\"b\":\"x\"}]}";

	for (size_t len = 0; len < sizeof(json) - 1; len++) {
		const char *why = NULL;

		CU_ASSERT_PTR_NULL(tree_parse((struct str){ json, len }, &why));
		CU_ASSERT_PTR_NOT_NULL(why);
	}
}

static void
a_path_makes_the_objects_on_its_way(void)
{
	struct tree *t = tree_object();

	tree_set_int(t, "spec.replicas", 3);
	tree_set_str(t, "spec.name", STR("a"));
	CU_ASSERT_EQUAL(tree_int_at(t, "spec.replicas", 0), 3);
	CU_ASSERT_EQUAL(tree_int_at(t, "spec.nothing.here", 7), 7);
	CU_ASSERT_TRUE(tree_str_is(t, "spec.name", STR("a")));
	CU_ASSERT_TRUE(tree_drop_at(t, "spec.name"));
	CU_ASSERT_FALSE(tree_drop_at(t, "spec.name"));
	expect_json(t, "{'spec':{'replicas':3}}");
}

static void
a_member_is_replaced_in_its_place(void)
{
	struct tree *t = tree_of("{'a':1,'b':2,'c':3}");

	tree_set_int(t, "b", 9);
	tree_set_int(t, "c", 8);
	tree_set_int(t, "d", 7);
	expect_json(t, "{'a':1,'b':9,'c':8,'d':7}");
}

static void
the_order_of_members_does_not_matter_to_equality(void)
{
	struct tree *a = tree_of("{'a':1,'b':[1,2]}"), *b = tree_of("{'b':[1,2],'a':1}"),
	    *c = tree_of("{'b':[2,1],'a':1}");

	CU_ASSERT_TRUE(tree_eq(a, b));
	CU_ASSERT_FALSE(tree_eq(a, c));
	tree_free(a);
	tree_free(b);
	tree_free(c);
}

static void
merges(const char *target, const char *patch, const char *want)
{
	struct tree *t = tree_of(target), *p = tree_of(patch);

	tree_merge(&t, p);
	tree_free(p);
	expect_json(t, want);
}

static void
merge_patches_do_what_rfc_7386_says(void)
{
	merges("{'a':'b'}", "{'a':'c'}", "{'a':'c'}");
	merges("{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}");
	merges("{'a':'b'}", "{'a':null}", "{}");
	merges("{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}");
	merges("{'a':['b']}", "{'a':'c'}", "{'a':'c'}");
	merges("{'a':'c'}", "{'a':['b']}", "{'a':['b']}");
	merges("{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}");
	merges("{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}");
	merges("['a','b']", "['c','d']", "['c','d']");
	merges("{'a':'b'}", "['c']", "['c']");
	merges("{'e':null}", "{'a':1}", "{'e':null,'a':1}");
	merges("[1,2]", "{'a':'b','c':null}", "{'a':'b'}");
	merges("{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}");
}

static void
amount(const char *in, const char *want)
{
	char       text[64];
	struct out o = out_over(text, sizeof(text));

	CU_ASSERT_TRUE(quantity_canonical(str_of(in), &o));
	EXPECT_TEXT(out_view(&o), want);
}

static void
quantities_have_one_form(void)
{
	struct out o = out_over(NULL, 0);

	amount("0.5", "500m");
	amount("1024Mi", "1Gi");
	amount("1.5Gi", "1536Mi");
	amount("1000m", "1");
	amount("1500m", "1500m");
	amount("1000", "1k");
	amount("1024", "1024");
	amount("10Gi", "10Gi");
	amount("-1", "-1");
	amount("0", "0");
	CU_ASSERT_FALSE(quantity_canonical(STR("ten"), &o));
	CU_ASSERT_FALSE(quantity_canonical(STR(""), &o));
}

static void
label_selectors_select(void)
{
	struct tree *l = tree_of("{'app':'gold','tier':'x'}");
	struct str   bad;

	CU_ASSERT_TRUE(selector_matches(STR(""), l));
	CU_ASSERT_TRUE(selector_matches(STR("app=gold"), l));
	CU_ASSERT_TRUE(selector_matches(STR("app==gold,tier in (x, y)"), l));
	CU_ASSERT_FALSE(selector_matches(STR("app!=gold"), l));
	CU_ASSERT_TRUE(selector_matches(STR("other!=gold"), l));
	CU_ASSERT_TRUE(selector_matches(STR("app,!other"), l));
	CU_ASSERT_FALSE(selector_matches(STR("tier notin (x,z)"), l));
	CU_ASSERT_FALSE(selector_matches(STR("app"), NULL));
	CU_ASSERT_TRUE(selector_parses(STR("a in (b,c),!d,e=f,g!=h,i notin (j)"), &bad));
	CU_ASSERT_FALSE(selector_parses(STR("a in b"), &bad));
	CU_ASSERT_FALSE(selector_parses(STR("a near (b)"), &bad));
	tree_free(l);
}

SUITE(test_fake_tree,
    { "what was read prints as it was", what_was_read_prints_as_it_was },
    { "a text cut anywhere is refused", a_text_cut_anywhere_is_refused },
    { "a path makes the objects on its way", a_path_makes_the_objects_on_its_way },
    { "a member is replaced in its place", a_member_is_replaced_in_its_place },
    { "the order of members does not matter to equality", the_order_of_members_does_not_matter_to_equality },
    { "merge patches do what RFC 7386 says", merge_patches_do_what_rfc_7386_says },
    { "quantities have one form", quantities_have_one_form },
    { "label selectors select", label_selectors_select });
