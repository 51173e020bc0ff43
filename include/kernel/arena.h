/*
 * arena.h - memory that is given back all at once.
 *
 * An arena is one block.  Allocation moves a cursor; there is no free.
 * Running out marks the arena: this call and all later ones give NULL until
 * the reset, and arena_ok() tells it once, where the pass is judged.
 */
#ifndef KERNEL_ARENA_H
#define KERNEL_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/str.h"

struct arena {
	char   *base;
	size_t  size;
	size_t  used;
	size_t  peak;        /* high-water mark over the arena's life */
	bool    overflowed;
};

void  arena_init(struct arena *a, void *block, size_t size);
void  arena_reset(struct arena *a);
void *arena_take(struct arena *a, size_t size, size_t align);    /* zeroed */
bool  arena_ok(const struct arena *a);

struct str arena_copy(struct arena *a, struct str s);    /* empty when out of room */

#define ARENA_NEW(a, type) \
	((type *)arena_take((a), sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(a, type, count) \
	((type *)arena_take((a), sizeof(type) * (size_t)(count), _Alignof(type)))

#endif
