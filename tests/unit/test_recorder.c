#include "k8s/recorder.h"

#include "kernel/json.h"
#include "test.h"

static char name_text[512], body_text[8192];

static struct event
sample(void)
{
	return (struct event){ .reason = STR("Created"), .action = STR("Reconciled"), .note = STR("it is \"there\""),
		.once = STR("x"), .regarding = { STR("ais.nvidia.com/v1beta1"), STR("AIStore"), STR("ais"), STR("demo"),
		    STR("u-1"), STR("12") } };
}

static struct str
print(const struct event *e, struct str *body)
{
	struct out name = out_over(name_text, sizeof(name_text)), o = out_over(body_text, sizeof(body_text));

	event_print(e, STR("ais-controller"), STR("ais-controller-host"), 1795521600000123, &name, &o);
	CU_ASSERT_TRUE(out_ok(&name));
	CU_ASSERT_TRUE(out_ok(&o));
	*body = out_view(&o);
	return out_view(&name);
}

static void
the_body_is_an_event_of_events_k8s_io(void)
{
	struct event e = sample();
	struct str   body;
	char         want[1024];
	struct out   o = out_over(want, sizeof(want) - 1);
	struct str   name = print(&e, &body);

	OUT(&o, STR("{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\",\"metadata\":{\"name\":\""), name,
	    STR("\",\"namespace\":\"ais\"},\"eventTime\":\"2026-11-24T12:00:00.000123Z\",\"type\":\"Normal\","
	    "\"reason\":\"Created\",\"action\":\"Reconciled\",\"note\":\"it is \\\"there\\\"\","
	    "\"reportingController\":\"ais-controller\",\"reportingInstance\":\"ais-controller-host\","
	    "\"regarding\":{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\",\"namespace\":\"ais\","
	    "\"name\":\"demo\",\"uid\":\"u-1\",\"resourceVersion\":\"12\"}}"));
	want[o.len] = '\0';
	EXPECT_TEXT(body, want);
}

static void
the_name_is_that_of_the_object_and_sixteen_digits(void)
{
	struct event e = sample();
	struct str   body, name = print(&e, &body);

	CU_ASSERT_EQUAL(name.len, 5 + 16);
	EXPECT_TEXT(str_upto(name, 5), "demo.");
	for (size_t i = 5; i < name.len; i++)
		CU_ASSERT_TRUE((name.at[i] >= '0' && name.at[i] <= '9') || (name.at[i] >= 'a' && name.at[i] <= 'f'));
}

static uint64_t
last_digits(const struct event *e)
{
	struct str body, name = print(e, &body);
	uint64_t   v = 0;

	for (size_t i = name.len - 16; i < name.len; i++)
		v = v << 4 | (uint64_t)(name.at[i] <= '9' ? name.at[i] - '0' : name.at[i] - 'a' + 10);
	return v;
}

static void
the_same_event_has_the_same_name_and_no_other_has(void)
{
	struct event e = sample(), same = sample();
	uint64_t     id = last_digits(&e);

	same.regarding.version = STR("13");
	CU_ASSERT_EQUAL(last_digits(&same), id);
	e.once = STR("y");
	CU_ASSERT_NOT_EQUAL(last_digits(&e), id);
	e = sample();
	e.note = STR("it is not");
	CU_ASSERT_NOT_EQUAL(last_digits(&e), id);
	e = sample();
	e.warning = true;
	CU_ASSERT_NOT_EQUAL(last_digits(&e), id);
	e = sample();
	e.reason = STR("CreatedR");
	e.action = STR("econciled");
	CU_ASSERT_NOT_EQUAL(last_digits(&e), id);
}

static void
long_texts_are_cut_on_a_characters_border(void)
{
	static char long_text[3000];
	struct event    e = sample();
	struct str      body, name;
	struct json_doc doc;
	struct json_token tokens[64];

	for (size_t i = 0; i + 1 < sizeof(long_text); i += 2)
		memcpy(long_text + i, "\xc3\xa4", 2);
	long_text[0] = 'x';
	long_text[1] = 'x';
	long_text[2] = 'x';
	memmove(long_text + 3, long_text + 4, sizeof(long_text) - 4);
	e.note = (struct str){ long_text, 2001 };
	e.action = (struct str){ long_text, 301 };
	e.regarding.name = (struct str){ "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 246 };
	name = print(&e, &body);
	CU_ASSERT_EQUAL(name.len, 253);
	CU_ASSERT_EQUAL_FATAL(json_parse(&doc, body, tokens, 64), JSON_OK);
	CU_ASSERT_EQUAL(json_raw(json_path(json_root(&doc), "note")).len, 1023);
	CU_ASSERT_EQUAL(json_raw(json_path(json_root(&doc), "action")).len, 127);
}

static void
an_object_without_a_namespace_has_its_events_in_default(void)
{
	struct event e = sample();
	struct str   body;

	e.regarding.ns = STR_NONE;
	print(&e, &body);
	CU_ASSERT_TRUE(str_has(body, STR("\"namespace\":\"default\"},\"eventTime\"")));
}

static void
related_says_what_is_known_of_it(void)
{
	struct event e = sample();
	struct str   body;

	e.related = (struct event_ref){ .api_version = STR("apps/v1"), .kind = STR("StatefulSet"), .ns = STR("ais"),
		.name = STR("demo-proxy") };
	print(&e, &body);
	CU_ASSERT_TRUE(str_ends(body, STR("\"related\":{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\","
	    "\"namespace\":\"ais\",\"name\":\"demo-proxy\"}}")));
}

static void
repeated_within_six_minutes_it_is_a_series(void)
{
	static struct recorder r;
	struct event           e = sample(), other = sample();

	other.once = STR("z");
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 1000), 0);
	CU_ASSERT_EQUAL(recorder_count(&r, &other, 1000), 0);
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 2000), 2);
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 2000 + 6 * 60000 - 1), 3);
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 2000 + 12 * 60000 - 1), 0);
}

static void
the_longest_unsaid_makes_room(void)
{
	static struct recorder r;
	static char            names[RECORDER_SLOTS + 1][8];
	struct event           e = sample();

	for (int i = 0; i <= RECORDER_SLOTS; i++) {
		names[i][0] = (char)('0' + i % 10);
		names[i][1] = (char)('a' + i / 10);
		e.once = (struct str){ names[i], 2 };
		CU_ASSERT_EQUAL(recorder_count(&r, &e, 1000 + i), 0);
	}
	e.once = (struct str){ names[1], 2 };
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 2000), 2);
	e.once = (struct str){ names[0], 2 };
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 2000), 0);
}

static void
a_series_is_told_by_its_count(void)
{
	struct out o = out_over(body_text, sizeof(body_text));

	event_series_print(3, 1795521600000000, &o);
	EXPECT_TEXT(out_view(&o), "{\"series\":{\"count\":3,\"lastObservedTime\":\"2026-11-24T12:00:00.000000Z\"}}");
}

static void
what_did_not_arrive_is_said_anew(void)
{
	static struct recorder r;
	struct event           e = { .reason = STR("Ready"), .regarding.uid = STR("1") };

	CU_ASSERT_EQUAL(recorder_count(&r, &e, 1000), 0);
	recorder_forget(&r, &e);
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 1001), 0);
	CU_ASSERT_EQUAL(recorder_count(&r, &e, 1002), 2);
}

SUITE(test_recorder,
    { "the body is an event of events.k8s.io", the_body_is_an_event_of_events_k8s_io },
    { "the name is that of the object and 16 digits", the_name_is_that_of_the_object_and_sixteen_digits },
    { "the same event has the same name, and no other has",
      the_same_event_has_the_same_name_and_no_other_has },
    { "long texts are cut on a character's border", long_texts_are_cut_on_a_characters_border },
    { "an object without a namespace has its events in default",
      an_object_without_a_namespace_has_its_events_in_default },
    { "related says what is known of it", related_says_what_is_known_of_it },
    { "repeated within six minutes it is a series", repeated_within_six_minutes_it_is_a_series },
    { "the longest unsaid makes room", the_longest_unsaid_makes_room },
    { "a series is told by its count", a_series_is_told_by_its_count },
    { "what did not arrive is said anew", what_did_not_arrive_is_said_anew });
