/* test_foresee.c - what an accepted AIStore will do. */
#include "ais/foresee.h"

#include "sample.h"

#include "test.h"

static struct findings found;

static struct str
said(int i)
{
	struct out o = out_in(sample_arena());

	finding_print(&found.list[i], &o);
	return out_keep(&o, sample_arena());
}

static void
look(const struct spec *old, const struct spec *new)
{
	found = (struct findings){ .count = 0 };
	foresee(old, new, sample_arena(), &found);
	CU_ASSERT_EQUAL(found.errors, 0);
	for (int i = 0; i < found.count; i++)
		CU_ASSERT(found.list[i].by == BY_ADVICE);
}

static void
what_is_only_made_needs_no_words(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("", "", "");
	look(NULL, s);
	CU_ASSERT_EQUAL(found.count, 0);
	look(s, sample_spec("", "", ""));
	CU_ASSERT_EQUAL(found.count, 0);
}

static void
each_wish_for_a_running_cluster_is_said_to_wait(void)
{
	struct spec *old;

	sample_begin();
	old = sample_spec("", "'env':[{'name':'A','value':'1'}]", "");
	look(old, sample_spec("'size':3,'nodeImage':'aisnode:v5.0'", "'env':[{'value':'1','name':'A'}]",
	    "'resources':{'limits':{'cpu':'1'}}"));
	CU_ASSERT_EQUAL_FATAL(found.count, 4);
	EXPECT_TEXT(said(0), "spec.proxySpec.size: proxies 1 to 3: this version does not change a running cluster: "
	    "no pod restarts, no data moves, and condition Ready will say NotSupported");
	CU_ASSERT(str_starts(said(1), STR("spec.targetSpec.size: targets 1 to 3: ")));
	CU_ASSERT(str_starts(said(2), STR("spec.nodeImage: aisnode:v4.9 to aisnode:v5.0: ")));
	CU_ASSERT(str_starts(said(3), STR("spec.targetSpec.resources: this version")));
}

static void
a_spec_that_is_not_acted_on_is_said_to_do_nothing(void)
{
	sample_begin();
	look(NULL, sample_spec("'priorityClassName':'x'", "", ""));
	CU_ASSERT_EQUAL_FATAL(found.count, 1);
	EXPECT_TEXT(said(0), "spec.priorityClassName: this version does not act on it: nothing will be created, "
	    "and condition Ready will say NotSupported");
	look(sample_spec("", "", ""), sample_spec("'clusterDomain':'-'", "", ""));
	CU_ASSERT_EQUAL_FATAL(found.count, 1);
	CU_ASSERT(str_starts(said(0),
	    STR("spec: nothing will be changed, and condition Ready will say InvalidSpec: ")));
}

SUITE(test_foresee,
    { "what is only made needs no words", what_is_only_made_needs_no_words },
    { "each wish for a running cluster is said to wait", each_wish_for_a_running_cluster_is_said_to_wait },
    { "a spec that is not acted on is said to do nothing",
        a_spec_that_is_not_acted_on_is_said_to_do_nothing });
