/*
 * out.h - writing text into a fixed buffer.
 *
 * The first write that does not fit marks the writer; later writes do
 * nothing.  So a caller writes a whole document and asks out_ok() once.
 *
 * out_in() writes straight into the free rest of an arena, and out_keep()
 * then takes exactly what was written.  Nobody may take from that arena in
 * between.  A text that did not fit marks the arena too.
 */
#ifndef KERNEL_OUT_H
#define KERNEL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arena.h"
#include "kernel/str.h"

struct out {
	char   *at;
	size_t  len;
	size_t  size;
	bool    overflowed;
};

struct out out_over(char *buf, size_t size);
void       out_str(struct out *o, struct str s);
void       out_char(struct out *o, char c);
void       out_int(struct out *o, int64_t v);
void       out_u64(struct out *o, uint64_t v);
void       out_hex(struct out *o, const void *bytes, size_t len);    /* lower case */
bool       out_ok(const struct out *o);
struct str out_view(const struct out *o);

/* Several at once: OUT(o, STR("a"), name, STR("b")). */
void       out_all(struct out *o, const struct str *parts, size_t count);
#define OUT(o, ...) \
	out_all((o), (const struct str[]){ __VA_ARGS__ }, \
	    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

struct out out_in(struct arena *a);
struct str out_keep(struct out *o, struct arena *a);

/* One text from several parts, in the arena. */
struct str out_join(struct arena *a, const struct str *parts, size_t count);
#define JOIN(a, ...) \
	out_join((a), (const struct str[]){ __VA_ARGS__ }, \
	    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

#endif
