/* conn_held.c - bytes that wait: in blocks of a pool, given back when empty. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/table.h"
#include "net/conn_inner.h"

#define HELD_MAX   (256u << 20)      /* address space, all connections together */
#define BLOCK_LEAST 1024u

static struct pool blocks;

struct str
held_view(const struct conn_held *h)
{
	return (struct str){ h->at + h->start, h->end - h->start };
}

void
held_drop(struct conn_held *h)
{
	if (h->at != NULL)
		pool_give(&blocks, h->at, h->size);
	*h = (struct conn_held){ 0 };
}

static bool
grow(struct conn_held *h, size_t size)
{
	struct conn_held more = { .size = pool_class_size(size < BLOCK_LEAST ? BLOCK_LEAST : size) };
	struct str       old = held_view(h);

	if (blocks.base == NULL)
		pool_init(&blocks, HELD_MAX);
	more.at = pool_take(&blocks, more.size);
	if (more.at == NULL)
		return false;
	if (old.len > 0)
		memcpy(more.at, old.at, old.len);
	more.end = old.len;
	held_drop(h);
	*h = more;
	return true;
}

bool
held_add(struct conn_held *h, struct str s)
{
	struct str old = held_view(h);

	if (s.len == 0)
		return true;
	if (s.len > h->size - h->end && s.len <= h->size - old.len) {
		memmove(h->at, old.at, old.len);
		h->start = 0;
		h->end = old.len;
	} else if (s.len > h->size - h->end && !grow(h, old.len + s.len))
		return false;
	memcpy(h->at + h->end, s.at, s.len);
	h->end += s.len;
	return true;
}

void
held_take(struct conn_held *h, size_t len)
{
	CHECK(len <= h->end - h->start);
	h->start += len;
	if (h->start == h->end)
		held_drop(h);
}
