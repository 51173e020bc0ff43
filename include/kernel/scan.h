/*
 * scan.h - finding the parts of a large JSON object that are wanted, in one pass.
 *
 * Of a watched object a tenth is needed: the scanner walks the members of an
 * object, gives the raw text of each value, and steps over what nobody wants
 * (managedFields: 40 % of the bytes) at vector speed.  SSE2 on x86-64, eight
 * bytes at a time elsewhere.  It trusts the grammar no further than it needs:
 * what it hands on is checked by json_parse(); it never reads past the end,
 * and stops with `broken` on text that cannot be JSON.
 *
 *	struct scan s = scan_obj(text);
 *	while (scan_next(&s)) if (str_eq(s.key, STR("metadata"))) meta = s.val;
 *	if (s.broken) ...
 *
 * scan_next() looks at every byte of a value to find its end; walking that
 * value then looks at them again.  Where that counts, step in instead:
 *
 *	while (scan_key(&s)) {
 *		if (!str_eq(s.key, STR("metadata"))) continue;
 *		in = scan_into(&s);
 *		while (scan_next(&in)) ...
 *		scan_back(&s, &in);
 *	}
 */
#ifndef KERNEL_SCAN_H
#define KERNEL_SCAN_H

#include <stdbool.h>

#include "kernel/str.h"

struct scan {
	struct str key;      /* as it stands between the quotes */
	struct str val;      /* raw text of the value, strings with their quotes */
	bool       broken;
	const char *at, *end;    /* the rest */
	bool       begun;
	bool       inner;        /* made by scan_into(): something else follows */
	bool       pending;      /* scan_key() came to a value that is not taken yet */
	char       close;        /* 0: the end was reached, or it is broken */
};

struct scan scan_obj(struct str text);      /* at '{', blanks before allowed */
struct scan scan_arr(struct str text);      /* at '['; key stays empty */
bool        scan_next(struct scan *s);      /* scan_key() and scan_val() */

bool        scan_key(struct scan *s);       /* to the next member or item; val is not set */
bool        scan_val(struct scan *s);       /* val of that one, at most once; false: broken */
struct scan scan_into(struct scan *s);      /* instead of scan_val(); has no members if it is a scalar */
void        scan_back(struct scan *s, struct scan *in);    /* to the end of `in`; sets val */

/* A raw string value without its quotes; false when it is no string or has escapes. */
bool        scan_plain(struct str val, struct str *out);

#endif
