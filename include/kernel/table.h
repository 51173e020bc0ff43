/*
 * table.h - a hash table with its links inside the entries, and blocks of
 * memory by size class for what lives long.
 *
 * The table never allocates after table_init(): buckets are reserved for the
 * most there can be.  Hashes are seeded (random.h) against crafted keys.
 */
#ifndef KERNEL_TABLE_H
#define KERNEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/str.h"

struct table_link {
	struct table_link *next;
	uint64_t           hash;
};

struct table {
	struct table_link **buckets;
	size_t              mask;
	size_t              count;
};

void     table_init(struct table *t, size_t most);
uint64_t table_hash(struct str a, struct str b, uint64_t seed);
void     table_add(struct table *t, struct table_link *l, uint64_t hash);
void     table_remove(struct table *t, struct table_link *l);

/* First and next entry of that hash: the caller compares the keys. */
struct table_link *table_first(const struct table *t, uint64_t hash);
struct table_link *table_next(const struct table_link *l);

/* Blocks by size class (powers of two and the halves between), from one reservation with a limit. */
struct pool {
	char    *base;
	size_t   size, used;        /* high-water mark of fresh memory */
	size_t   live;              /* bytes handed out now */
	void    *idle[64];          /* free lists by class */
};

void  pool_init(struct pool *p, size_t limit);
void *pool_take(struct pool *p, size_t size);       /* NULL: the limit */
void  pool_give(struct pool *p, void *block, size_t size);
size_t pool_class_size(size_t size);                 /* what a block of this size really takes */

#endif
