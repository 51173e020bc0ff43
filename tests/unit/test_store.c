#include "k8s/store.h"

#include <stdio.h>

#include "test.h"
#include "tests/world/world.h"

/* Keeps the raw spec; a spec of "wide" takes all there is. */
static void
keep(const struct object *o, struct arena *scratch, struct out *kept)
{
	(void)scratch;
	pack_str(kept, o->spec);
	while (str_eq(o->spec, STR("\"wide\"")) && out_ok(kept))
		pack_str(kept, STR("xxxxxxxxxxxxxxxx"));
}

static const struct view views[] = {
	{ .kind = &kind_pod, .keep = keep },
	{ .kind = &kind_service, .keep = keep },
};

static struct store s;
static char         told[4096];      /* what changed() has said */
static size_t       told_len;

static void
changed(struct store *store, enum stored how, const struct record *r)
{
	static const char *const words[] = { "new", "changed", "same", "old", "gone", "full", "bad" };
	struct out               o = out_over(told + told_len, sizeof(told) - told_len);

	CU_ASSERT_PTR_EQUAL(store, &s);
	OUT(&o, str_of(words[how]), STR(" "), r->ns, STR("/"), r->name, STR(":"));
	out_u64(&o, r->version);
	out_char(&o, ';');
	told_len += o.len;
}

static struct str
what_was_told(void)
{
	struct str t = { told, told_len };

	told_len = 0;
	return t;
}

static void
begin(size_t objects, size_t bytes)
{
	world_reset();
	store_init(&s, views, 2, objects, bytes);
	s.changed = changed;
	told_len = 0;
}

static struct str
pod(const char *ns, const char *name, const char *uid, int version, const char *spec)
{
	static char text[512];
	int         len = snprintf(text, sizeof(text), "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\","
	    "\"uid\":\"%s\",\"resourceVersion\":\"%d\"},\"spec\":%s}", ns, name, uid, version, spec);

	return (struct str){ text, (size_t)len };
}

static void
the_same_bytes_wake_nobody(void)
{
	begin(100, 1 << 20);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 1, "{}")), STORED_NEW);
	EXPECT_TEXT(what_was_told(), "new n/a:1;");
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 2, "{}")), STORED_SAME);
	EXPECT_TEXT(what_was_told(), "");
	CU_ASSERT_EQUAL(store_find(&s, views, STR("n"), STR("a"))->version, 2);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 2, "{}")), STORED_SAME);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 3, "{\"x\":1}")), STORED_CHANGED);
	EXPECT_TEXT(what_was_told(), "changed n/a:3;");
}

static void
another_uid_is_a_change_even_with_the_same_bytes(void)
{
	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "w", 2, "{}")), STORED_CHANGED);
}

static void
what_is_kept_is_what_the_view_packed(void)
{
	struct unpack u;

	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{\"long\":\"0123456789012345678901234567890123456789\"}"));
	store_put(&s, views, pod("n", "a", "u", 2, "{\"k\":2}"));
	u = unpack_over(store_find(&s, views, STR("n"), STR("a"))->kept);
	EXPECT_TEXT(unpack_str(&u), "{\"k\":2}");
	CU_ASSERT_EQUAL(s.table.count, 1);
}

static void
an_event_older_than_our_own_write_is_dropped(void)
{
	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 9, "{\"ours\":1}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 8, "{}")), STORED_OLD);
	CU_ASSERT_EQUAL(store_delete(&s, views, pod("n", "a", "u", 8, "{}")), STORED_OLD);
	CU_ASSERT_EQUAL(store_find(&s, views, STR("n"), STR("a"))->version, 9);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 10, "{}")), STORED_CHANGED);
}

/* "10" is more than "9", though not as text. */
static void
versions_are_compared_as_numbers(void)
{
	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 10, "{}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 9, "{\"x\":1}")), STORED_OLD);
}

static void
the_old_one_of_that_name_does_not_come_back_over_the_new_one(void)
{
	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "new", 20, "{}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "former", 18, "{}")), STORED_OLD);
	CU_ASSERT_EQUAL(store_delete(&s, views, pod("n", "a", "former", 19, "{}")), STORED_OLD);
	EXPECT_TEXT(store_find(&s, views, STR("n"), STR("a"))->uid, "new");
}

static void
an_answer_that_comes_after_the_deletion_is_dropped(void)
{
	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 5, "{}"));
	CU_ASSERT_EQUAL(store_delete(&s, views, pod("n", "a", "u", 8, "{}")), STORED_GONE);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 7, "{}")), STORED_OLD);
	CU_ASSERT_PTR_NULL(store_find(&s, views, STR("n"), STR("a")));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 9, "{}")), STORED_NEW);
}

static void
kinds_and_namespaces_do_not_meet(void)
{
	begin(100, 1 << 20);
	store_put(&s, &views[0], pod("n", "a", "u", 1, "{}"));
	CU_ASSERT_PTR_NULL(store_find(&s, &views[1], STR("n"), STR("a")));
	CU_ASSERT_PTR_NULL(store_find(&s, &views[0], STR("m"), STR("a")));
	CU_ASSERT_PTR_NULL(store_first(&s, &views[1]));
}

static void
absent_is_not_unknown_until_an_event_comes(void)
{
	begin(100, 1 << 20);
	CU_ASSERT_PTR_NULL(store_find(&s, views, STR("n"), STR("a")));
	store_absent(&s, views, STR("n"), STR("a"));
	store_absent(&s, views, STR("n"), STR("a"));
	CU_ASSERT_TRUE(store_find(&s, views, STR("n"), STR("a"))->absent);
	CU_ASSERT_PTR_NULL(store_first(&s, views));
	EXPECT_TEXT(what_was_told(), "");
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 1, "{}")), STORED_NEW);
	CU_ASSERT_FALSE(store_find(&s, views, STR("n"), STR("a"))->absent);
	store_absent(&s, views, STR("n"), STR("a"));
	CU_ASSERT_FALSE(store_find(&s, views, STR("n"), STR("a"))->absent);
	CU_ASSERT_EQUAL(s.table.count, 1);
}

static int
count(const struct view *v)
{
	int n = 0;

	for (const struct record *r = store_first(&s, v); r != NULL; r = r->next_of_view)
		n++;
	return n;
}

static void
what_a_listing_does_not_show_is_gone(void)
{
	uint32_t listing;

	begin(100, 1 << 20);
	for (int i = 0; i < 5; i++)
		store_put(&s, views, pod("n", (const char *[]){ "a", "b", "c", "d", "e" }[i], "u", i + 1, "{}"));
	what_was_told();
	listing = store_list_begin(&s, views);
	store_list_item(&s, views, pod("n", "b", "u", 2, "{}"), listing);
	store_list_item(&s, views, pod("n", "e", "u", 5, "{\"x\":1}"), listing);
	store_put(&s, views, pod("n", "d", "u", 9, "{}"));       /* our own write, meanwhile */
	EXPECT_TEXT(what_was_told(), "changed n/e:5;");
	store_list_end(&s, views, STR_NONE, listing, 7);
	EXPECT_TEXT(what_was_told(), "gone n/c:3;gone n/a:1;");
	CU_ASSERT_EQUAL(count(views), 3);
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "c", "u", 7, "{}")), STORED_OLD);    /* a late answer */
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "c", "u", 8, "{}")), STORED_NEW);
}

static void
a_listing_of_one_namespace_says_nothing_of_others(void)
{
	uint32_t one, two;

	begin(100, 1 << 20);
	store_put(&s, views, pod("one", "a", "u", 1, "{}"));
	store_put(&s, views, pod("two", "a", "v", 2, "{}"));
	one = store_list_begin(&s, views);
	store_list_item(&s, views, pod("one", "a", "u", 1, "{}"), one);
	two = store_list_begin(&s, views);
	what_was_told();
	store_list_end(&s, views, STR("one"), one, 3);
	EXPECT_TEXT(what_was_told(), "");
	store_list_end(&s, views, STR("two"), two, 3);
	EXPECT_TEXT(what_was_told(), "gone two/a:2;");
}

/* A cluster that was restored from a backup: versions go back, and the listing is right. */
static void
a_listing_is_believed_even_when_versions_go_back(void)
{
	uint32_t listing;

	begin(100, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 100, "{\"late\":1}"));
	listing = store_list_begin(&s, views);
	CU_ASSERT_EQUAL(store_list_item(&s, views, pod("n", "a", "u", 50, "{}"), listing), STORED_CHANGED);
	CU_ASSERT_EQUAL(store_find(&s, views, STR("n"), STR("a"))->version, 50);
	store_put(&s, views, pod("n", "a", "u", 60, "{\"ours\":1}"));
	CU_ASSERT_EQUAL(store_list_item(&s, views, pod("n", "a", "u", 55, "{}"), listing), STORED_OLD);
}

static void
an_object_without_room_is_unknown_and_the_others_go_on(void)
{
	begin(2, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{}"));
	store_put(&s, views, pod("n", "b", "u", 2, "{}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "c", "u", 3, "{}")), STORED_FULL);
	CU_ASSERT_EQUAL(s.full_count, 1);
	CU_ASSERT_PTR_NULL(store_find(&s, views, STR("n"), STR("c")));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 4, "{\"x\":1}")), STORED_CHANGED);
	store_delete(&s, views, pod("n", "b", "u", 5, "{}"));
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "c", "u", 6, "{}")), STORED_NEW);
}

static void
an_object_that_outgrows_its_room_is_forgotten_not_kept_stale(void)
{
	begin(10, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{}"));
	what_was_told();
	CU_ASSERT_EQUAL(store_put(&s, views, pod("n", "a", "u", 2, "\"wide\"")), STORED_FULL);
	EXPECT_TEXT(what_was_told(), "full n/a:1;");
	CU_ASSERT_PTR_NULL(store_find(&s, views, STR("n"), STR("a")));
}

static void
the_pool_can_be_filled_emptied_and_filled_again(void)
{
	char name[16];
	int  first = 0, again = 0;

	begin(10000, 64 << 10);
	for (int round = 0; round < 2; round++) {
		int *n = round == 0 ? &first : &again;

		for (;; ++*n) {
			snprintf(name, sizeof(name), "p%d", *n);
			if (store_put(&s, views, pod("n", name, "u", 1 + *n, "{}")) != STORED_NEW)
				break;
		}
		for (int i = 0; i < *n; i++) {
			snprintf(name, sizeof(name), "p%d", i);
			store_delete(&s, views, pod("n", name, "x", 100000, "{}"));
		}
		told_len = 0;
		CU_ASSERT_EQUAL(s.table.count, 0);
		CU_ASSERT_EQUAL(s.pool.live, 0);
	}
	CU_ASSERT_TRUE(first > 50);
	CU_ASSERT_EQUAL(first, again);
}

static void
what_is_no_object_changes_nothing(void)
{
	begin(10, 1 << 20);
	CU_ASSERT_EQUAL(store_put(&s, views, STR("{\"metadata\":{}}")), STORED_BAD);
	CU_ASSERT_EQUAL(store_put(&s, views, STR("x")), STORED_BAD);
	CU_ASSERT_EQUAL(store_delete(&s, views, STR("")), STORED_BAD);
	CU_ASSERT_EQUAL(s.table.count, 0);
}

static void
a_steady_event_takes_nothing_from_the_pool(void)
{
	size_t live, used;

	begin(10, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{\"n\":1}"));
	live = s.pool.live;
	used = s.pool.used;
	for (int i = 2; i < 100; i++)
		store_put(&s, views, pod("n", "a", "u", i, i % 2 == 0 ? "{\"n\":1}" : "{\"n\":2}"));
	CU_ASSERT_EQUAL(s.pool.live, live);
	CU_ASSERT_EQUAL(s.pool.used, used);
}

static void
an_object_that_grows_and_shrinks_leaves_nothing_behind(void)
{
	size_t live, used = 0;

	begin(10, 1 << 20);
	store_put(&s, views, pod("n", "a", "u", 1, "{}"));
	live = s.pool.live;
	for (int i = 2; i < 100; i += 2) {
		store_put(&s, views, pod("n", "a", "u", i, "{\"n\":\"0123456789012345678901234567890123456789"
		    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"}"));
		store_put(&s, views, pod("n", "a", "u", i + 1, "{}"));
		CU_ASSERT_EQUAL(s.pool.live, live);
		CU_ASSERT_TRUE(i == 2 || s.pool.used == used);
		used = s.pool.used;
	}
}

SUITE(test_store,
    { "the same bytes wake nobody", the_same_bytes_wake_nobody },
    { "another uid is a change, even with the same bytes", another_uid_is_a_change_even_with_the_same_bytes },
    { "what is kept is what the view packed", what_is_kept_is_what_the_view_packed },
    { "an event older than our own write is dropped", an_event_older_than_our_own_write_is_dropped },
    { "versions are compared as numbers", versions_are_compared_as_numbers },
    { "the old one of that name does not come back over the new one",
      the_old_one_of_that_name_does_not_come_back_over_the_new_one },
    { "an answer that comes after the deletion is dropped",
      an_answer_that_comes_after_the_deletion_is_dropped },
    { "kinds and namespaces do not meet", kinds_and_namespaces_do_not_meet },
    { "absent is not unknown, until an event comes", absent_is_not_unknown_until_an_event_comes },
    { "what a listing does not show is gone", what_a_listing_does_not_show_is_gone },
    { "a listing of one namespace says nothing of others",
      a_listing_of_one_namespace_says_nothing_of_others },
    { "a listing is believed even when versions go back", a_listing_is_believed_even_when_versions_go_back },
    { "an object without room is unknown, and the others go on",
      an_object_without_room_is_unknown_and_the_others_go_on },
    { "an object that outgrows its room is forgotten, not kept stale",
      an_object_that_outgrows_its_room_is_forgotten_not_kept_stale },
    { "the pool can be filled, emptied and filled again", the_pool_can_be_filled_emptied_and_filled_again },
    { "what is no object changes nothing", what_is_no_object_changes_nothing },
    { "a steady event takes nothing from the pool", a_steady_event_takes_nothing_from_the_pool },
    { "an object that grows and shrinks leaves nothing behind",
      an_object_that_grows_and_shrinks_leaves_nothing_behind });
