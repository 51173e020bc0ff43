#include "k8s/reflector.h"

#include <stdio.h>

#include "kernel/clock.h"
#include "script.h"

#define PODS  "GET /api/v1/pods"
#define LIST  PODS "?limit=250"
#define WATCH(version) \
	PODS "?resourceVersion=" version "&allowWatchBookmarks=true&timeoutSeconds=N&watch=true"

static void
keep(const struct object *o, struct arena *scratch, struct out *kept)
{
	(void)scratch;
	pack_str(kept, o->spec);
}

static const struct view views[] = { { .kind = &kind_pod, .keep = keep } };

static struct access    access;
static struct api       api;
static struct store     store;
static struct reflector r;
static int              syncs;

static void
synced(struct reflector *reflector)
{
	CU_ASSERT_PTR_EQUAL(reflector, &r);
	CU_ASSERT_TRUE(reflector_fresh(&r));
	syncs++;
}

static void
begin(void)
{
	script_open();
	script_access(&access);
	api_open(&api, &access, STR("test/1"));
	store_init(&store, views, 1, 1000, 1 << 20);
	r = (struct reflector){ .api = &api, .store = &store, .view = views, .synced = synced };
	syncs = 0;
}

static void
end(void)
{
	reflector_stop(&r);
	api_close(&api);
	world_settle();
}

#define POD(name, version) \
	"{\"metadata\":{\"namespace\":\"n\",\"name\":\"" name "\",\"uid\":\"u-" name "\"," \
	"\"resourceVersion\":\"" version "\"},\"spec\":{\"v\":" version "}}"
#define PAGE(version, next, items) STR("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{" \
	"\"resourceVersion\":\"" version "\",\"continue\":\"" next "\"},\"items\":[" items "]}")
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define BOOKMARK(version) \
	EVENT("BOOKMARK", "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"" version "\"}}")
#define EXPIRED "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"too old resource version\"," \
	"\"reason\":\"Expired\",\"code\":410}"

static uint64_t
version_of(const char *name)
{
	const struct record *record = store_find(&store, views, STR("n"), str_of(name));

	return record == NULL ? 0 : record->version;
}

/* Listed at 10 with pods a and b, and the watch is open. */
static void
watching(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "", POD("a", "3") "," POD("b", "9")));
	EXPECT_ASKED(WATCH("10"));
	script_stream();
}

static void
it_lists_then_watches_from_there(void)
{
	watching();
	CU_ASSERT_EQUAL(syncs, 1);
	CU_ASSERT_EQUAL(version_of("a"), 3);
	CU_ASSERT_EQUAL(version_of("b"), 9);
	script_piece(STR(EVENT("ADDED", POD("c", "11"))));
	script_piece(STR(EVENT("DELETED", POD("a", "12")) EVENT("MODIFIED", POD("b", "13"))));
	CU_ASSERT_EQUAL(version_of("c"), 11);
	CU_ASSERT_EQUAL(version_of("a"), 0);
	CU_ASSERT_EQUAL(version_of("b"), 13);
	CU_ASSERT_EQUAL(r.events, 3);
	CU_ASSERT_TRUE(reflector_fresh(&r));
	end();
}

static void
a_selector_and_a_namespace_narrow_both(void)
{
	static const struct view narrow[] = {
		{ .kind = &kind_pod, .keep = keep, .selector = STR_INIT("c in (proxy,target)") },
	};

	begin();
	store_init(&store, narrow, 1, 1000, 1 << 20);
	r.view = narrow;
	r.ns = STR("ais");
	reflector_start(&r);
	EXPECT_ASKED("GET /api/v1/namespaces/ais/pods?labelSelector=c%20in%20%28proxy%2Ctarget%29&limit=250");
	script_answer(200, "", PAGE("1", "", ""));
	EXPECT_ASKED("GET /api/v1/namespaces/ais/pods?labelSelector=c%20in%20%28proxy%2Ctarget%29&resourceVersion=1"
	    "&allowWatchBookmarks=true&timeoutSeconds=N&watch=true");
	end();
}

static void
one_object_is_followed_by_its_name(void)
{
	begin();
	r.name = STR("a");
	reflector_start(&r);
	EXPECT_ASKED(PODS "?fieldSelector=metadata.name%3Da&limit=250");
	script_answer(200, "", PAGE("10", "", ""));
	CU_ASSERT_TRUE(r.listed_once);
	EXPECT_ASKED(PODS "?fieldSelector=metadata.name%3Da&resourceVersion=10&allowWatchBookmarks=true"
	    "&timeoutSeconds=N&watch=true");
	end();
}

static void
a_list_comes_in_pages(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "p/2", POD("a", "3")));
	EXPECT_ASKED(LIST "&continue=p%2F2");
	CU_ASSERT_EQUAL(syncs, 0);
	script_answer(200, "", PAGE("10", "p3", POD("b", "4")));
	EXPECT_ASKED(LIST "&continue=p3");
	script_answer(200, "", STR("{\"metadata\":{\"resourceVersion\":\"10\"},\"items\":null}"));
	CU_ASSERT_EQUAL(syncs, 1);
	CU_ASSERT_EQUAL(version_of("a") + version_of("b"), 7);
	EXPECT_ASKED(WATCH("10"));
	CU_ASSERT_EQUAL(r.lists, 1);
	end();
}

static void
pages_that_expire_are_begun_anew(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "p2", POD("a", "3") "," POD("gone", "4")));
	EXPECT_ASKED(LIST "&continue=p2");
	script_answer(410, "", STR(EXPIRED));
	script_pass_ms(0);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("20", "", POD("a", "3")));
	CU_ASSERT_EQUAL(version_of("gone"), 0);
	EXPECT_ASKED(WATCH("20"));
	end();
}

static void
a_page_that_fails_is_asked_again_not_the_whole_list(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "p2", POD("a", "3")));
	EXPECT_ASKED(LIST "&continue=p2");
	script_answer(500, "", STR("oh"));
	EXPECT_TEXT(str_of(r.trouble_text), "listing pods: the API server answered 500: oh");
	CU_ASSERT_EQUAL(r.state, REFLECTOR_WAITING);
	CU_ASSERT_FALSE(reflector_fresh(&r));
	script_pass_ms(1600);
	EXPECT_ASKED(LIST "&continue=p2");
	end();
}

static void
what_vanished_meanwhile_is_gone_after_the_next_list(void)
{
	watching();
	script_piece(STR(EVENT("ERROR", EXPIRED)));
	script_pass_ms(0);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("50", "", POD("b", "9")));
	CU_ASSERT_EQUAL(version_of("a"), 0);
	CU_ASSERT_EQUAL(version_of("b"), 9);
	CU_ASSERT_EQUAL(syncs, 2);
	EXPECT_ASKED(WATCH("50"));
	end();
}

static void
an_expiry_as_the_answer_to_the_watch_lists_again_too(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "", ""));
	EXPECT_ASKED(WATCH("10"));
	script_answer(410, "", STR(EXPIRED));
	script_pass_ms(0);
	EXPECT_ASKED(LIST);
	end();
}

/* A server that was restored from a backup has not been there yet. */
static void
a_version_of_the_future_lists_again(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "", ""));
	EXPECT_ASKED(WATCH("10"));
	script_answer(504, "Retry-After: 1\r\n", STR("{\"kind\":\"Status\",\"reason\":\"Timeout\",\"message\":"
	    "\"Too large resource version: 10, current: 5\"}"));
	script_pass_ms(0);
	EXPECT_ASKED(LIST);
	end();
}

static void
expiry_again_and_again_backs_off(void)
{
	int lists = 0;

	begin();
	reflector_start(&r);
	for (int64_t passed = 0; passed < 60000; passed += 100) {
		struct str asked = script_asked();

		if (str_eq(asked, STR(LIST))) {
			lists++;
			script_answer(200, "", PAGE("10", "", ""));
		} else if (asked.len > 0)
			script_answer(410, "", STR(EXPIRED));
		script_pass_ms(100);
	}
	CU_ASSERT_TRUE(lists >= 4 && lists <= 9);
	end();
}

static void
bookmarks_move_the_version_on(void)
{
	watching();
	script_piece(STR(BOOKMARK("77")));
	script_end();
	EXPECT_ASKED(WATCH("77"));
	CU_ASSERT_EQUAL(r.events, 0);
	CU_ASSERT_EQUAL(version_of("a"), 3);
	end();
}

static void
a_watch_that_ends_in_order_goes_on_at_once(void)
{
	watching();
	script_piece(STR(EVENT("ADDED", POD("c", "11"))));
	script_end();
	EXPECT_ASKED(WATCH("11"));
	CU_ASSERT_EQUAL(r.lists, 1);
	EXPECT_TEXT(str_of(r.trouble_text), "");
	end();
}

static void
a_watch_that_ends_as_it_begins_backs_off(void)
{
	int asked = 0;

	watching();
	script_end();
	EXPECT_SILENCE();
	EXPECT_TEXT(str_of(r.trouble_text), "watching pods: the watch ended as soon as it had begun");
	for (int64_t passed = 0; passed < 60000; passed += 100) {
		if (script_asked().len > 0) {
			asked++;
			script_stream();
			script_end();
		}
		script_pass_ms(100);
	}
	CU_ASSERT_TRUE(asked >= 4 && asked <= 8);
	end();
}

/* Whatever byte of the chunk is the last to come. */
static void
a_cut_in_the_middle_of_an_event_resumes_before_it(void)
{
	static const char event[] = EVENT("MODIFIED", POD("b", "11"));
	char              chunk[512];
	int               len = snprintf(chunk, sizeof(chunk), "%zx\r\n%s\r\n", sizeof(event) - 1, event);
	size_t            head = (size_t)(strchr(chunk, '\n') - chunk) + 1;

	for (size_t i = 1; i < (size_t)len; i++) {
		bool whole = i >= head + sizeof(event) - 1;

		watching();
		script_pass_ms(1500);
		script_raw((struct str){ chunk, i });
		script_cut();
		EXPECT_ASKED(whole ? WATCH("11") : WATCH("10"));
		CU_ASSERT_EQUAL(version_of("b"), whole ? 11 : 9);
		script_stream();
		script_piece(STR(EVENT("MODIFIED", POD("b", "11"))));
		CU_ASSERT_EQUAL(version_of("b"), 11);
		end();
	}
}

static void
an_event_may_come_in_pieces_of_any_size(void)
{
	static const char events[] = EVENT("ADDED", POD("c", "11")) "\n" EVENT("MODIFIED", POD("c", "12"))
	    EVENT("DELETED", POD("a", "13")) BOOKMARK("20");

	for (size_t size = 1; size < sizeof(events); size++) {
		watching();
		world_split(size % 7 == 0 ? size : 0);
		for (size_t at = 0; at < sizeof(events) - 1; at += size)
			script_piece(str_upto(str_from(STR(EVENT("ADDED", POD("c", "11")) "\n" EVENT("MODIFIED", POD("c", "12"))
			    EVENT("DELETED", POD("a", "13")) BOOKMARK("20")), at), size));
		world_split(0);
		CU_ASSERT_EQUAL(version_of("c"), 12);
		CU_ASSERT_EQUAL(version_of("a"), 0);
		CU_ASSERT_EQUAL(r.events, 3);
		script_end();
		EXPECT_ASKED(WATCH("20"));
		end();
	}
}

static void
a_silent_watch_is_cut_past_its_time_and_resumed(void)
{
	int64_t waited = 0;

	watching();
	while (script_asked().len == 0 && waited < 1000000) {
		script_pass_ms(1000);
		waited += 1000;
	}
	CU_ASSERT_TRUE(waited >= 1000 * REFLECTOR_WATCH_S + REFLECTOR_LATE_MS);
	CU_ASSERT_TRUE(waited <= 2000 * REFLECTOR_WATCH_S + REFLECTOR_LATE_MS + 1000);
	CU_ASSERT_EQUAL(r.lists, 1);
	CU_ASSERT_EQUAL(r.watches, 2);
	CU_ASSERT_EQUAL(r.trouble[TROUBLE_CUT], 0);
	end();
}

static void
a_throttled_list_waits_as_long_as_it_is_told(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(429, "Retry-After: 12\r\n", STR("{\"kind\":\"Status\",\"message\":\"too many requests\"}"));
	EXPECT_TEXT(str_of(r.trouble_text), "listing pods: too many requests");
	script_pass_ms(11999);
	EXPECT_SILENCE();
	script_pass_ms(1);
	EXPECT_ASKED(LIST);
	EXPECT_TEXT(str_of(r.trouble_text), "");
	end();
}

static void
a_server_that_goes_away_and_comes_back_is_not_flooded(void)
{
	uint64_t before;

	watching();
	script_pass_ms(5000);
	script_refuse(true);
	script_cut();
	before = api.counts[VERB_WATCH];
	script_pass_ms(120000);
	CU_ASSERT_TRUE(api.counts[VERB_WATCH] - before >= 4);
	CU_ASSERT_TRUE(api.counts[VERB_WATCH] - before <= 9);
	CU_ASSERT_FALSE(reflector_fresh(&r));
	script_refuse(false);
	script_pass_ms(60000);
	EXPECT_ASKED(WATCH("10"));
	end();
}

static void
errors_500_are_few_and_end_when_they_end(void)
{
	int asked = 0;

	begin();
	reflector_start(&r);
	for (int64_t passed = 0; passed < 120000; passed += 100) {
		if (script_asked().len > 0) {
			asked++;
			script_answer(500, "", STR("{\"kind\":\"Status\",\"message\":\"etcd is away\"}"));
		}
		script_pass_ms(100);
	}
	CU_ASSERT_TRUE(asked >= 4 && asked <= 9);
	for (int i = 0; i < 600 && syncs == 0; i++) {
		script_pass_ms(100);
		if (script_asked().len > 0)
			script_answer(200, "", PAGE("5", "", POD("a", "1")));
	}
	CU_ASSERT_EQUAL(syncs, 1);
	end();
}

/* Two minutes without this trouble, and it counts from one again. */
static void
calm_forgets_old_trouble(void)
{
	begin();
	reflector_start(&r);
	for (int i = 0; i < 5; i++) {
		while (script_asked().len == 0)
			script_pass_ms(100);
		script_answer(500, "", STR("x"));
	}
	CU_ASSERT_EQUAL(r.trouble[TROUBLE_REFUSED], 5);
	while (script_asked().len == 0)
		script_pass_ms(100);
	script_answer(200, "", PAGE("10", "", ""));
	EXPECT_ASKED(WATCH("10"));
	script_stream();
	script_pass_ms(REFLECTOR_CALM_MS + 1000);
	script_end();
	EXPECT_ASKED(WATCH("10"));
	script_answer(500, "", STR("x"));
	CU_ASSERT_EQUAL(r.trouble[TROUBLE_REFUSED], 1);
	CU_ASSERT_EQUAL(r.trouble[TROUBLE_EXPIRED], 0);
	end();
}

static void
a_rotated_token_costs_one_more_request(void)
{
	begin();
	world_file("/token", STR("t1"));
	access.token_file = STR("/token");
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	world_file("/token", STR("t2"));
	script_answer(401, "", STR("{\"kind\":\"Status\",\"message\":\"Unauthorized\",\"code\":401}"));
	EXPECT_ASKED(LIST);
	CU_ASSERT_TRUE(str_has(script_head(), STR("Bearer t2\r\n")));
	script_answer(200, "", PAGE("10", "", ""));
	EXPECT_ASKED(WATCH("10"));
	end();
}

static void
on_hold_the_watch_waits_for_its_release(void)
{
	begin();
	r.hold = true;
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "", ""));
	CU_ASSERT_EQUAL(syncs, 1);
	CU_ASSERT_EQUAL(r.state, REFLECTOR_LISTED);
	script_pass_ms(5000);
	EXPECT_SILENCE();
	reflector_release(&r);
	reflector_release(&r);
	EXPECT_ASKED(WATCH("10"));
	EXPECT_SILENCE();
	end();
}

static void
release_now(struct reflector *reflector)
{
	syncs++;
	reflector_release(reflector);
}

static void
it_may_be_released_from_inside_synced(void)
{
	begin();
	r.hold = true;
	r.synced = release_now;
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_answer(200, "", PAGE("10", "", ""));
	EXPECT_ASKED(WATCH("10"));
	EXPECT_SILENCE();
	CU_ASSERT_EQUAL(r.watches, 1);
	end();
}

static void
garbage_in_a_watch_lists_again_after_a_while(void)
{
	static const char *const garbage[] = {
		"garbage\n", "{\"type\":\"ADDED\",\"object\":{\"metadata\":{}}}\n",
		"{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}\n",
		"{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"x\"}}\n",
	};

	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		watching();
		script_piece(str_of(garbage[i]));
		CU_ASSERT_EQUAL(r.state, REFLECTOR_WAITING);
		EXPECT_SILENCE();
		script_pass_ms(1600);
		EXPECT_ASKED(LIST);
		end();
	}
}

static void
garbage_as_a_list_is_asked_for_again(void)
{
	static const char *const garbage[] = {
		"", "[]", "{\"items\":[]}", "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{]}",
		"{\"metadata\":{\"resourceVersion\":\"1234567890123456789012345678901234567890\"},\"items\":[]}",
	};

	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		begin();
		reflector_start(&r);
		EXPECT_ASKED(LIST);
		script_answer(200, "", str_of(garbage[i]));
		EXPECT_TEXT(str_of(r.trouble_text), "listing pods: what the API server answered is not a list");
		CU_ASSERT_EQUAL(syncs, 0);
		script_pass_ms(1600);
		EXPECT_ASKED(LIST);
		end();
	}
}

static void
an_event_over_the_limit_is_a_sentence_and_a_new_list(void)
{
	static char filler[1 << 20];

	memset(filler, 'x', sizeof(filler));
	watching();
	for (size_t sent = 0; sent <= REFLECTOR_LINE_MAX; sent += sizeof(filler))
		script_piece((struct str){ filler, sizeof(filler) });
	EXPECT_TEXT(str_of(r.trouble_text), "watching pods: one event is over 4 MiB");
	CU_ASSERT_EQUAL(r.state, REFLECTOR_WAITING);
	script_pass_ms(1600);
	EXPECT_ASKED(LIST);
	end();
}

static void
pages_that_are_too_large_are_asked_for_in_halves(void)
{
	char head[128];
	int  len = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: %u\r\n\r\n", API_ANSWER_MAX + 1);

	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	script_raw((struct str){ head, (size_t)len });
	EXPECT_ASKED(PODS "?limit=125");
	end();
}

static void
our_own_write_during_a_list_stays(void)
{
	begin();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	store_put(&store, views, STR(POD("mine", "15")));
	script_answer(200, "", PAGE("10", "", POD("mine", "8")));
	CU_ASSERT_EQUAL(version_of("mine"), 15);
	end();
}

static void
stopped_it_asks_nothing_more(void)
{
	watching();
	reflector_stop(&r);
	world_settle();
	CU_ASSERT_TRUE(script_gone());
	script_pass_ms(1000000);
	EXPECT_SILENCE();
	reflector_start(&r);
	EXPECT_ASKED(LIST);
	end();
}

SUITE(test_reflector,
    { "it lists, then watches from there", it_lists_then_watches_from_there },
    { "a selector and a namespace narrow both", a_selector_and_a_namespace_narrow_both },
    { "one object is followed by its name", one_object_is_followed_by_its_name },
    { "a list comes in pages", a_list_comes_in_pages },
    { "pages that expire are begun anew", pages_that_expire_are_begun_anew },
    { "a page that fails is asked again, not the whole list",
      a_page_that_fails_is_asked_again_not_the_whole_list },
    { "what vanished meanwhile is gone after the next list",
      what_vanished_meanwhile_is_gone_after_the_next_list },
    { "an expiry as the answer to the watch lists again too",
      an_expiry_as_the_answer_to_the_watch_lists_again_too },
    { "a version of the future lists again", a_version_of_the_future_lists_again },
    { "expiry again and again backs off", expiry_again_and_again_backs_off },
    { "bookmarks move the version on", bookmarks_move_the_version_on },
    { "a watch that ends in order goes on at once", a_watch_that_ends_in_order_goes_on_at_once },
    { "a watch that ends as it begins backs off", a_watch_that_ends_as_it_begins_backs_off },
    { "a cut in the middle of an event resumes before it",
      a_cut_in_the_middle_of_an_event_resumes_before_it },
    { "an event may come in pieces of any size", an_event_may_come_in_pieces_of_any_size },
    { "a silent watch is cut past its time, and resumed", a_silent_watch_is_cut_past_its_time_and_resumed },
    { "a throttled list waits as long as it is told", a_throttled_list_waits_as_long_as_it_is_told },
    { "a server that goes away and comes back is not flooded",
      a_server_that_goes_away_and_comes_back_is_not_flooded },
    { "500s are few, and end when they end", errors_500_are_few_and_end_when_they_end },
    { "calm forgets old trouble", calm_forgets_old_trouble },
    { "a rotated token costs one more request", a_rotated_token_costs_one_more_request },
    { "on hold the watch waits for its release", on_hold_the_watch_waits_for_its_release },
    { "it may be released from inside synced", it_may_be_released_from_inside_synced },
    { "garbage in a watch lists again after a while", garbage_in_a_watch_lists_again_after_a_while },
    { "garbage as a list is asked for again", garbage_as_a_list_is_asked_for_again },
    { "an event over the limit is a sentence and a new list",
      an_event_over_the_limit_is_a_sentence_and_a_new_list },
    { "pages that are too large are asked for in halves", pages_that_are_too_large_are_asked_for_in_halves },
    { "our own write during a list stays", our_own_write_during_a_list_stays },
    { "stopped, it asks nothing more", stopped_it_asks_nothing_more });
