/* test_table.c - the hash table and the pool. */
#include "kernel/random.h"
#include "kernel/table.h"
#include "test.h"
#include "tests/world/world.h"

struct entry {
	struct table_link link;
	uint64_t          key;
};

static struct entry *
find(const struct table *t, uint64_t key, uint64_t hash)
{
	for (struct table_link *l = table_first(t, hash); l != NULL; l = table_next(l))
		if (((struct entry *)l)->key == key)
			return (struct entry *)l;
	return NULL;
}

static uint64_t
hash_of(uint64_t key)
{
	return table_hash((struct str){ (const char *)&key, sizeof(key) }, STR("x"), 7);
}

static void
what_was_added_is_found_until_it_is_removed(void)
{
	static struct entry entries[1000];
	struct table        t;

	table_init(&t, 300);      /* more entries than buckets */
	for (uint64_t i = 0; i < 1000; i++) {
		entries[i].key = i;
		table_add(&t, &entries[i].link, hash_of(i));
	}
	CU_ASSERT_EQUAL(t.count, 1000);
	for (uint64_t i = 0; i < 1000; i += 2)
		table_remove(&t, &entries[i].link);
	CU_ASSERT_EQUAL(t.count, 500);
	for (uint64_t i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(find(&t, i, hash_of(i)), i % 2 == 0 ? NULL : &entries[i]);
}

static void
entries_of_one_hash_are_all_given(void)
{
	struct entry e[3] = { { .key = 0 }, { .key = 1 }, { .key = 2 } }, other = { .key = 3 };
	struct table t;

	table_init(&t, 16);
	table_add(&t, &e[0].link, 5);
	table_add(&t, &other.link, 5 + 16);      /* the same bucket */
	table_add(&t, &e[1].link, 5);
	table_add(&t, &e[2].link, 5);
	table_remove(&t, &e[1].link);
	CU_ASSERT_EQUAL(find(&t, 0, 5), &e[0]);
	CU_ASSERT_EQUAL(find(&t, 1, 5), NULL);
	CU_ASSERT_EQUAL(find(&t, 2, 5), &e[2]);
	CU_ASSERT_EQUAL(find(&t, 3, 5), NULL);
	CU_ASSERT_EQUAL(find(&t, 3, 5 + 16), &other);
}

static void
a_hash_depends_on_seed_and_on_where_the_parts_meet(void)
{
	CU_ASSERT_EQUAL(table_hash(STR("a"), STR("bc"), 1), table_hash(STR("a"), STR("bc"), 1));
	CU_ASSERT_NOT_EQUAL(table_hash(STR("a"), STR("bc"), 1), table_hash(STR("a"), STR("bc"), 2));
	CU_ASSERT_NOT_EQUAL(table_hash(STR("a"), STR("bc"), 1), table_hash(STR("ab"), STR("c"), 1));
	CU_ASSERT_NOT_EQUAL(table_hash(STR(""), STR("abcdefgh"), 1), table_hash(STR("abcdefgh"), STR(""), 1));
	CU_ASSERT_NOT_EQUAL(table_hash(STR("a\0"), STR(""), 1), table_hash(STR("a"), STR(""), 1));
}

static void
a_block_holds_what_was_asked_for(void)
{
	size_t last = 0;

	for (size_t size = 1; size < 100000; size += 1 + size / 7) {
		size_t is = pool_class_size(size);

		CU_ASSERT(is >= size && is >= last && (size <= 16 || is - size <= size / 2));
		last = is;
	}
	CU_ASSERT_EQUAL(pool_class_size(16), 16);
	CU_ASSERT_EQUAL(pool_class_size(17), 24);
	CU_ASSERT_EQUAL(pool_class_size(24), 24);
	CU_ASSERT_EQUAL(pool_class_size(25), 32);
	CU_ASSERT_EQUAL(pool_class_size(33), 48);
}

static void
what_is_given_back_is_used_again(void)
{
	struct pool p;
	void       *a, *b;

	pool_init(&p, 1 << 20);
	a = pool_take(&p, 100);
	b = pool_take(&p, 100);
	memset(a, 1, 100);
	memset(b, 2, 100);
	CU_ASSERT_EQUAL(p.live, 2 * pool_class_size(100));
	pool_give(&p, a, 100);
	CU_ASSERT_EQUAL(pool_take(&p, 97), a);
	pool_give(&p, a, 97);
	pool_give(&p, b, 100);
	CU_ASSERT_EQUAL(p.live, 0);
	CU_ASSERT_EQUAL(p.used, 2 * pool_class_size(100));
}

static void
a_full_pool_says_so(void)
{
	struct pool p;
	void       *block, *blocks[64];
	size_t      n = 0;

	pool_init(&p, 1 << 20);
	while (n < 64 && (block = pool_take(&p, 100000)) != NULL)
		blocks[n++] = block;
	CU_ASSERT_EQUAL(n, (1 << 20) / pool_class_size(100000));
	CU_ASSERT_EQUAL(pool_take(&p, SIZE_MAX), NULL);
	CU_ASSERT_EQUAL(pool_take(&p, (1 << 20) + 1), NULL);
	while (n > 0) {
		memset(blocks[--n], 9, 100000);
		pool_give(&p, blocks[n], 100000);
	}
	CU_ASSERT_NOT_EQUAL(pool_take(&p, 100000), NULL);
}

static void
blocks_do_not_overlap(void)
{
	enum { COUNT = 200 };
	struct pool    p;
	unsigned char *at[COUNT] = { 0 };
	size_t         sizes[COUNT] = { 0 };

	world_seed(3);
	pool_init(&p, 4 << 20);
	for (int i = 0; i < 20000; i++) {
		size_t k = random_u64() % COUNT;

		if (at[k] != NULL) {
			for (size_t j = 0; j < sizes[k]; j++)
				if (at[k][j] != (unsigned char)k)
					CU_FAIL_FATAL("another block was written over");
			pool_give(&p, at[k], sizes[k]);
			at[k] = NULL;
		} else {
			sizes[k] = 1 + random_u64() % 900;
			at[k] = pool_take(&p, sizes[k]);
			CU_ASSERT_NOT_EQUAL_FATAL(at[k], NULL);
			memset(at[k], (int)k, sizes[k]);
		}
	}
}

SUITE(test_table,
    { "what was added is found until it is removed", what_was_added_is_found_until_it_is_removed },
    { "entries of one hash are all given", entries_of_one_hash_are_all_given },
    { "a hash depends on seed and on where the parts meet",
      a_hash_depends_on_seed_and_on_where_the_parts_meet },
    { "a block holds what was asked for", a_block_holds_what_was_asked_for },
    { "what is given back is used again", what_is_given_back_is_used_again },
    { "a full pool says so", a_full_pool_says_so },
    { "blocks do not overlap", blocks_do_not_overlap });
