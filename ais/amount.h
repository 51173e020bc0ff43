/* amount.h - times and sizes as AIS's configuration writes them: what Go can read. */
#ifndef AIS_AMOUNT_H
#define AIS_AMOUNT_H

#include "kernel/arena.h"
#include "kernel/str.h"

/* "1h30m", "-1.5s", "0".  False: `why` says it with Go's key words, and does not repeat the value. */
bool duration_parse(struct str s, int64_t *ns, struct arena *a, struct str *why);

/* "64KiB", "10GB" (= 10GiB), "1.5m", "", in any case: bytes. */
bool size_parse(struct str s, int64_t *bytes, struct str *why);

#endif
