/* test_convert_node.c - a tree that can be changed, over JSON that cannot. */
#include "versions.h"

static struct node *
quoted(const char *json)
{
	return tree(sample_json(json));
}

static void
expect_tree(struct node *n, const char *want, int line)
{
	char       text[512];
	struct out o = out_over(text, sizeof(text) - 1);

	out_str(&o, sample_json(want));
	text[o.len] = '\0';
	expect_text(printed(n), text, __FILE__, line);
}

#define TREE(n, want) expect_tree((n), (want), __LINE__)

static void
members_stand_in_the_order_of_their_keys(void)
{
	struct node *n;

	sample_begin();
	n = quoted("{'c':1,'a':2,'b':{'z':1,'y':2},'aa':3}");
	node_first(n);
	TREE(n, "{'a':2,'aa':3,'b':{'z':1,'y':2},'c':1}");
	n = quoted("{'b':1,'\\u0061':2,'b':3,'b':4}");
	node_first(n);
	TREE(n, "{'a':2,'b':4}");
}

static void
what_nobody_looks_into_stays_as_it_was_read(void)
{
	sample_begin();
	TREE(quoted("{'b' : [ 1 ],\t'a':null}"), "{'b' : [ 1 ],\t'a':null}");
}

static void
a_path_is_made_on_the_way(void)
{
	struct node *n;

	sample_begin();
	n = quoted("{'a':5,'b':{'x':1}}");
	node_put(n, STR("a.b.c"), quoted("7"));
	node_put(n, STR("b.y"), quoted("8"));
	node_put(n, STR("b.x"), quoted("9"));
	TREE(n, "{'a':{'b':{'c':7}},'b':{'x':9,'y':8}}");
	TREE(node_take(n, STR("b.x")), "9");
	CU_ASSERT_PTR_NULL(node_take(n, STR("b.x")));
	CU_ASSERT_PTR_NULL(node_take(n, STR("q.r.s")));
	CU_ASSERT_PTR_NULL(node_path(n, STR("a.b.c.d")));
	TREE(n, "{'a':{'b':{'c':7}},'b':{'y':8}}");
}

static void
a_copy_shares_nothing_that_can_change(void)
{
	struct node *n, *copy;

	sample_begin();
	n = quoted("{'a':{'b':1}}");
	node_path(n, STR("a.b"));
	copy = node_copy(n);
	node_put(copy, STR("a.b"), quoted("2"));
	node_put(n, STR("a.c"), quoted("3"));
	TREE(n, "{'a':{'b':1,'c':3}}");
	TREE(copy, "{'a':{'b':2}}");
}

static void
the_same_value_may_be_written_in_many_ways(void)
{
	sample_begin();
	CU_ASSERT(node_same(quoted("{'a':[1,{'c':'\\u00e9','d':2}],'b':null}"),
	    quoted("{ 'a' : [1, {'d':2,'c':'\xc3\xa9'}] }")));
	CU_ASSERT_FALSE(node_same(quoted("[1,2]"), quoted("[2,1]")));
	CU_ASSERT_FALSE(node_same(quoted("[1,2]"), quoted("[1]")));
	CU_ASSERT_FALSE(node_same(quoted("{}"), quoted("[]")));
	CU_ASSERT_FALSE(node_same(quoted("'1'"), quoted("1")));
	CU_ASSERT_FALSE(node_same(quoted("{'a':1}"), quoted("{'a':1,'b':false}")));
	CU_ASSERT(node_alike(NULL, quoted("null")));
	CU_ASSERT_FALSE(node_alike(NULL, quoted("{}")));
}

static void
sorted_print_gives_the_same_bytes(void)
{
	char            text[256];
	struct out      o = out_over(text, sizeof(text));
	struct json_out j = json_out(&o);

	sample_begin();
	node_print_sorted(quoted("{'b': [ {'y':1, 'x':'<\\u0041'} ], 'a':null}"), &j);
	EXPECT_TEXT(out_view(&o), "{\"a\":null,\"b\":[{\"x\":\"\\u003cA\",\"y\":1}]}");
}

static void
too_many_members_are_no_room(void)
{
	struct arena *a = sample_begin();
	struct out    o = out_in(a);

	out_str(&o, STR("{\"a\":0"));
	for (int i = 1; i <= MEMBERS_MAX; i++) {
		out_str(&o, STR(",\""));
		out_int(&o, i);
		out_str(&o, i < MEMBERS_MAX ? STR("\":0") : STR("\":0}"));
	}
	CU_ASSERT_PTR_NOT_NULL(tree(out_keep(&o, a)));
	CU_ASSERT(arena_ok(a));
	node_first(tree(out_view(&o)));
	CU_ASSERT_FALSE(arena_ok(a));
}

SUITE(test_convert_node,
    { "members stand in the order of their keys", members_stand_in_the_order_of_their_keys },
    { "what nobody looks into stays as it was read", what_nobody_looks_into_stays_as_it_was_read },
    { "a path is made on the way", a_path_is_made_on_the_way },
    { "a copy shares nothing that can change", a_copy_shares_nothing_that_can_change },
    { "the same value may be written in many ways", the_same_value_may_be_written_in_many_ways },
    { "sorted print gives the same bytes", sorted_print_gives_the_same_bytes },
    { "too many members are no room", too_many_members_are_no_room });
