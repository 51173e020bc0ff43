/* test_fake_watch.c - lists in pages and watches, over the stand-in's HTTP face. */
#include "test.h"
#include "tests/fake/apiserver.h"
#include "tests/world/world.h"

#define PAGE "/api/v1/namespaces/default/configmaps"

static struct registry   *r;
static struct apiserver  *s;
static struct world_peer *peer;
static const struct registry_write by_me = { .manager = STR_INIT("me") };

static void
begin(void)
{
	struct apiserver_config c = { .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = 8080 } };
	const char             *why;

	world_reset();
	c.registry = r = registry_open();
	s = apiserver_open(&c, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	peer = world_connect(apiserver_addr(s));
	CU_ASSERT_PTR_NOT_NULL_FATAL(peer);
}

static void
end(void)
{
	apiserver_close(s);
	registry_close(r);
}

static struct str
ask(const char *line)
{
	world_taken(peer, world_got(peer).len);
	world_send(peer, str_of(line));
	world_send(peer, STR(" HTTP/1.1\r\nHost: x\r\n\r\n"));
	world_settle();
	return world_got(peer);
}

static void
put(const char *name, const char *label)
{
	struct tree *t = tree_of("{'metadata':{'labels':{'l':''}}}");

	tree_set_str(t, "metadata.name", str_of(name));
	tree_set_str(t, "metadata.labels.l", str_of(label));
	registry_create(r, registry_resource(r, STR(""), STR("configmaps")), STR("default"), t, &by_me);
	world_settle();
}

static void
relabel(const char *name, const char *label)
{
	struct tree *t = tree_of("{}");

	tree_set_str(t, "metadata.labels.l", str_of(label));
	registry_merge(r, registry_resource(r, STR(""), STR("configmaps")), STR("default"), str_of(name), t, &by_me);
	world_settle();
}

static int
count(struct str text, const char *part)
{
	struct str p = str_of(part);
	int        n = 0;

	for (; str_has(text, p); text = str_from(text, 1))
		n += str_starts(text, p);
	return n;
}

static void
a_watch_tells_what_changes(void)
{
	begin();
	ask("GET " PAGE "?watch=1&resourceVersion=12");
	world_taken(peer, world_got(peer).len);
	put("a", "x");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"ADDED\""), 1);
	relabel("a", "y");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"MODIFIED\""), 1);
	registry_delete(r, registry_resource(r, STR(""), STR("configmaps")), STR("default"), STR("a"),
	    &(struct registry_delete){ 0 });
	world_settle();
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"DELETED\""), 1);
	end();
}

static void
what_leaves_the_selection_is_deleted_for_that_watch(void)
{
	begin();
	put("a", "x");
	ask("GET " PAGE "?watch=1&labelSelector=l%3Dx&resourceVersion=13");
	relabel("a", "y");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"DELETED\""), 1);
	relabel("a", "z");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":"), 1);
	relabel("a", "x");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"ADDED\""), 1);
	end();
}

static void
a_compacted_version_is_410(void)
{
	struct str got;

	begin();
	put("a", "x");
	registry_compact(r);
	got = ask("GET " PAGE "?watch=1&resourceVersion=3");
	CU_ASSERT_TRUE(str_starts(got, STR("HTTP/1.1 200 ")));
	CU_ASSERT_EQUAL(count(got, "\"type\":\"ERROR\""), 1);
	CU_ASSERT_EQUAL(count(got, "\"reason\":\"Expired\""), 1);
	CU_ASSERT_TRUE(str_ends(got, STR("0\r\n\r\n")));
	end();
}

static void
a_streamed_list_ends_with_a_marked_bookmark(void)
{
	struct str got;

	begin();
	put("a", "x");
	put("b", "x");
	got = ask("GET " PAGE "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
	    "&allowWatchBookmarks=true&labelSelector=l");
	CU_ASSERT_EQUAL(count(got, "\"type\":\"ADDED\""), 2);
	CU_ASSERT_EQUAL(count(got, "\"type\":\"BOOKMARK\""), 1);
	CU_ASSERT_EQUAL(count(got, "\"k8s.io/initial-events-end\":\"true\""), 1);
	put("c", "x");
	CU_ASSERT_EQUAL(count(world_got(peer), "\"type\":\"ADDED\""), 3);
	end();
}

static void
bookmarks_come_each_minute_and_the_watch_ends_in_time(void)
{
	begin();
	ask("GET " PAGE "?watch=1&resourceVersion=12&allowWatchBookmarks=true&timeoutSeconds=90");
	world_pass_ms(59000);
	CU_ASSERT_EQUAL(count(world_got(peer), "BOOKMARK"), 0);
	world_pass_ms(2000);
	CU_ASSERT_EQUAL(count(world_got(peer), "BOOKMARK"), 1);
	world_pass_ms(30000);
	CU_ASSERT_EQUAL(count(world_got(peer), "BOOKMARK"), 2);
	CU_ASSERT_TRUE(str_ends(world_got(peer), STR("0\r\n\r\n")));
	end();
}

/* The token of a page, or nothing. */
static struct str
token(struct str page)
{
	struct str key = STR("\"continue\":\""), rest, out = STR("");

	for (rest = page; rest.len > 0 && !str_starts(rest, key);)
		rest = str_from(rest, 1);
	rest = str_from(rest, key.len);
	if (rest.len > 0)
		str_cut(&rest, '"', &out);
	return out;
}

static void
next_page(char *line, size_t size, struct str page)
{
	struct out o = out_over(line, size - 1);

	OUT(&o, STR("GET " PAGE "?limit=2&continue="), token(page));
	line[o.len] = '\0';
}

static void
pages_show_the_state_of_the_first_one(void)
{
	char       line[512];
	struct str got;

	begin();
	put("a", "x");
	put("b", "x");
	put("c", "x");
	got = ask("GET " PAGE "?limit=2");
	CU_ASSERT_EQUAL(count(got, "\"name\":"), 2);
	CU_ASSERT_EQUAL(count(got, "\"remainingItemCount\":2"), 1);
	next_page(line, sizeof(line), got);
	put("d", "x");
	got = ask(line);
	CU_ASSERT_EQUAL(count(got, "\"name\":"), 2);
	CU_ASSERT_EQUAL(count(got, "\"name\":\"d\""), 0);
	CU_ASSERT_EQUAL(token(got).len, 0);
	end();
}

static void
an_old_page_is_410(void)
{
	char       line[512];
	struct str got;

	begin();
	put("a", "x");
	put("b", "x");
	got = ask("GET " PAGE "?limit=2");
	next_page(line, sizeof(line), got);
	put("c", "x");
	registry_compact(r);
	got = ask(line);
	CU_ASSERT_TRUE(str_starts(got, STR("HTTP/1.1 410 ")));
	CU_ASSERT_EQUAL(count(got, "\"reason\":\"Expired\""), 1);
	end();
}

static void
a_silent_server_says_nothing_and_then_everything(void)
{
	struct world_peer *other;

	begin();
	ask("GET " PAGE "?watch=1&resourceVersion=12");
	other = world_connect(apiserver_addr(s));
	world_send(other, STR("POST /devcluster/silence?on=1 HTTP/1.1\r\nHost: x\r\n\r\n"));
	world_settle();
	put("a", "x");
	CU_ASSERT_EQUAL(count(world_got(peer), "ADDED"), 0);
	world_send(other, STR("POST /devcluster/silence?on=0 HTTP/1.1\r\nHost: x\r\n\r\n"));
	world_settle();
	CU_ASSERT_EQUAL(count(world_got(peer), "ADDED"), 1);
	end();
}

static void
a_cut_watch_ends_in_the_middle_of_an_event(void)
{
	struct world_peer *other;

	begin();
	ask("GET " PAGE "?watch=1&resourceVersion=12");
	other = world_connect(apiserver_addr(s));
	world_send(other, STR("POST /devcluster/cut HTTP/1.1\r\nHost: x\r\n\r\n"));
	world_settle();
	put("a", "x");
	world_pass_ms(100);
	CU_ASSERT_TRUE(world_ended(peer));
	CU_ASSERT_EQUAL(count(world_got(peer), "ADDED"), 1);
	CU_ASSERT_EQUAL(count(world_got(peer), "}\n"), 0);
	end();
}

SUITE(test_fake_watch,
    { "a watch tells what changes", a_watch_tells_what_changes },
    { "what leaves the selection is deleted for that watch",
    what_leaves_the_selection_is_deleted_for_that_watch },
    { "a compacted version is 410", a_compacted_version_is_410 },
    { "a streamed list ends with a marked bookmark", a_streamed_list_ends_with_a_marked_bookmark },
    { "bookmarks come each minute and the watch ends in time",
    bookmarks_come_each_minute_and_the_watch_ends_in_time },
    { "pages show the state of the first one", pages_show_the_state_of_the_first_one },
    { "an old page is 410", an_old_page_is_410 },
    { "a silent server says nothing and then everything", a_silent_server_says_nothing_and_then_everything },
    { "a cut watch ends in the middle of an event", a_cut_watch_ends_in_the_middle_of_an_event });
