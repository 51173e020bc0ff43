/* table.c - a hash table of linked entries, and a pool of blocks by size class. */
#include "kernel/table.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/memory.h"

#define BLOCK_MIN       16u
#define GIVE_BACK_BYTES (64u << 10)     /* pages of an idle block from this size on go back */

/* SipHash-1-3: keys come from other people, and must not meet in one bucket by design. */
struct sip { uint64_t a, b, c, d; };

static uint64_t
rotl(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static void
sip_round(struct sip *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = rotl(s->b, 13) ^ s->a;
	s->d = rotl(s->d, 16) ^ s->c;
	s->a = rotl(s->a, 32);
	s->c += s->b;
	s->a += s->d;
	s->b = rotl(s->b, 17) ^ s->c;
	s->d = rotl(s->d, 21) ^ s->a;
	s->c = rotl(s->c, 32);
}

static void
sip_word(struct sip *s, uint64_t w)
{
	s->d ^= w;
	sip_round(s);
	s->a ^= w;
}

/* A part and its length: "a", "bc" and "ab", "c" differ. */
static void
sip_part(struct sip *s, struct str part)
{
	uint64_t w = 0;
	size_t   len = part.len;

	for (; part.len >= sizeof(w); part = str_from(part, sizeof(w))) {
		memcpy(&w, part.at, sizeof(w));
		sip_word(s, w);
	}
	w = 0;
	if (part.len > 0)
		memcpy(&w, part.at, part.len);
	sip_word(s, w | (uint64_t)len << 56);
}

uint64_t
table_hash(struct str a, struct str b, uint64_t seed)
{
	struct sip s = {
		seed ^ 0x736f6d6570736575, ~seed ^ 0x646f72616e646f6d,
		seed ^ 0x6c7967656e657261, ~seed ^ 0x7465646279746573,
	};

	sip_part(&s, a);
	sip_part(&s, b);
	s.c ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}

void
table_init(struct table *t, size_t most)
{
	size_t buckets = 16;

	while (buckets < most)
		buckets *= 2;
	*t = (struct table){ .buckets = memory_reserve(buckets * sizeof(t->buckets[0])), .mask = buckets - 1 };
}

void
table_add(struct table *t, struct table_link *l, uint64_t hash)
{
	struct table_link **bucket = &t->buckets[hash & t->mask];

	*l = (struct table_link){ .next = *bucket, .hash = hash };
	*bucket = l;
	t->count++;
}

void
table_remove(struct table *t, struct table_link *l)
{
	struct table_link **at = &t->buckets[l->hash & t->mask];

	while (*at != l) {
		CHECK(*at != NULL);
		at = &(*at)->next;
	}
	*at = l->next;
	l->next = NULL;
	t->count--;
}

static struct table_link *
same_hash(struct table_link *l, uint64_t hash)
{
	while (l != NULL && l->hash != hash)
		l = l->next;
	return l;
}

struct table_link *
table_first(const struct table *t, uint64_t hash)
{
	return same_hash(t->buckets[hash & t->mask], hash);
}

struct table_link *
table_next(const struct table_link *l)
{
	return same_hash(l->next, l->hash);
}

/* Classes 0, 1, 2, 3, ... hold 16, 24, 32, 48, ... bytes. */
static size_t
class_of(size_t size)
{
	size_t class = 0, holds = BLOCK_MIN;

	for (; holds < size; holds *= 2) {
		if (holds + holds / 2 >= size)
			return class + 1;
		class += 2;
	}
	return class;
}

static size_t
class_bytes(size_t class)
{
	size_t holds = (size_t)BLOCK_MIN << class / 2;

	return class % 2 == 0 ? holds : holds + holds / 2;
}

size_t
pool_class_size(size_t size)
{
	return class_bytes(class_of(size));
}

void
pool_init(struct pool *p, size_t limit)
{
	*p = (struct pool){ .base = memory_reserve(limit), .size = limit };
}

void *
pool_take(struct pool *p, size_t size)
{
	size_t class, bytes;
	void  *block;

	if (size > p->size)
		return NULL;
	class = class_of(size);
	bytes = class_bytes(class);
	block = p->idle[class];
	if (block != NULL)
		memcpy(&p->idle[class], block, sizeof(void *));
	else if (bytes <= p->size - p->used) {
		block = p->base + p->used;
		p->used += bytes;
	} else
		return NULL;
	p->live += bytes;
	return block;
}

void
pool_give(struct pool *p, void *block, size_t size)
{
	size_t class = class_of(size), bytes = class_bytes(class);

	CHECK((char *)block >= p->base && (char *)block + bytes <= p->base + p->used);
	if (bytes >= GIVE_BACK_BYTES)
		memory_give_back(block, bytes);
	memcpy(block, &p->idle[class], sizeof(void *));
	p->idle[class] = block;
	p->live -= bytes;
}
