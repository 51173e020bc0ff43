/* time_text.h - moments as Kubernetes writes them. */
#ifndef KERNEL_TIME_TEXT_H
#define KERNEL_TIME_TEXT_H

#include "kernel/out.h"

void time_print(struct out *o, int64_t wall_us);          /* 2026-11-24T21:06:21Z */
void time_print_micro(struct out *o, int64_t wall_us);    /* 2026-11-24T21:06:21.000123Z */
bool time_parse(struct str s, int64_t *wall_us);          /* either, and other fractions; UTC or +hh:mm */

#endif
