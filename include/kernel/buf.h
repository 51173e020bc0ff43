/*
 * buf.h - bytes received: appended at the end, taken from the front.
 *
 * Stands on reserved address space, so `size` is a limit, not a cost.
 * buf_line() remembers how far was looked at, so a line that arrives in many
 * pieces is looked at once.
 */
#ifndef KERNEL_BUF_H
#define KERNEL_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/str.h"

struct buf {
	char   *base;
	size_t  size;
	size_t  start;      /* first byte not taken */
	size_t  end;
	size_t  looked;     /* buf_line: no line end before here */
};

void       buf_init(struct buf *b, size_t size);    /* reserves */
void       buf_reset(struct buf *b);                /* empty; gives pages back past 64 KiB */
bool       buf_add(struct buf *b, struct str s);    /* false: over the limit, nothing added */
struct str buf_view(const struct buf *b);
void       buf_take(struct buf *b, size_t len);
bool       buf_line(struct buf *b, struct str *line);    /* without its LF; valid until the next buf_add */

#endif
