/* base64.h - standard alphabet with padding; blanks and line ends inside are skipped when reading. */
#ifndef KERNEL_BASE64_H
#define KERNEL_BASE64_H

#include "kernel/arena.h"
#include "kernel/out.h"

bool base64_parse(struct str text, struct arena *a, struct str *out);    /* false: not base64 */
void base64_print(struct out *o, struct str bytes);

#endif
