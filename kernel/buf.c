/* buf.c - a window that moves along reserved memory. */
#include "kernel/buf.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/memory.h"

#define KEPT_BYTES (64u << 10)

void
buf_init(struct buf *b, size_t size)
{
	*b = (struct buf){ .base = memory_reserve(size), .size = size };
}

void
buf_reset(struct buf *b)
{
	if (b->end > KEPT_BYTES)
		memory_give_back(b->base + KEPT_BYTES, b->end - KEPT_BYTES);
	b->start = b->end = b->looked = 0;
}

/* Move what is left to the front. */
static void
settle(struct buf *b)
{
	size_t high = b->end;

	memmove(b->base, b->base + b->start, b->end - b->start);
	b->looked -= b->start;
	b->end -= b->start;
	b->start = 0;
	if (high > KEPT_BYTES && b->end < KEPT_BYTES)
		memory_give_back(b->base + KEPT_BYTES, high - KEPT_BYTES);
}

bool
buf_add(struct buf *b, struct str s)
{
	if (s.len > b->size - b->end && b->start > 0)
		settle(b);
	if (s.len > b->size - b->end)
		return false;
	if (s.len > 0)
		memcpy(b->base + b->end, s.at, s.len);
	b->end += s.len;
	return true;
}

struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->base + b->start, b->end - b->start };
}

void
buf_take(struct buf *b, size_t len)
{
	CHECK(len <= b->end - b->start);
	b->start += len;
	if (b->looked < b->start)
		b->looked = b->start;
	if (b->start == b->end)
		buf_reset(b);
	else if (b->start >= KEPT_BYTES)
		settle(b);
}

bool
buf_line(struct buf *b, struct str *line)
{
	char *lf = b->looked == b->end ? NULL
	    : memchr(b->base + b->looked, '\n', b->end - b->looked);

	if (lf == NULL) {
		b->looked = b->end;
		return false;
	}
	*line = (struct str){ b->base + b->start, (size_t)(lf - b->base) - b->start };
	/* Taken lazily: the line stays where it is until more is added. */
	b->start = b->looked = (size_t)(lf - b->base) + 1;
	return true;
}
