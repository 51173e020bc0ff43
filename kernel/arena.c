/* arena.c - a cursor over one block. */
#include "kernel/arena.h"

#include <stdint.h>
#include <string.h>

#include "kernel/check.h"

void
arena_init(struct arena *a, void *block, size_t size)
{
	CHECK(block != NULL);
	CHECK(size > 0);
	*a = (struct arena){ .base = block, .size = size };
}

void
arena_reset(struct arena *a)
{
	a->used = 0;
	a->overflowed = false;
}

void *
arena_take(struct arena *a, size_t size, size_t align)
{
	uintptr_t at = (uintptr_t)a->base + a->used;
	size_t    pad = (size_t)(-at & (align - 1));

	CHECK(align != 0 && (align & (align - 1)) == 0);
	if (a->overflowed || pad > a->size - a->used ||
	    size > a->size - a->used - pad) {
		a->overflowed = true;
		return NULL;
	}
	a->used += pad + size;
	if (a->used > a->peak)
		a->peak = a->used;
	return memset(a->base + a->used - size, 0, size);
}

bool
arena_ok(const struct arena *a)
{
	return !a->overflowed;
}

struct str
arena_copy(struct arena *a, struct str s)
{
	char *at = arena_take(a, s.len, 1);

	if (at == NULL)
		return STR_NONE;
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	return (struct str){ at, s.len };
}
