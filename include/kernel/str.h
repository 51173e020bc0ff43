/* str.h - a view of bytes that someone else owns.  Not ended by NUL. */
#ifndef KERNEL_STR_H
#define KERNEL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *at;
	size_t      len;
};

#define STR(literal)  ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE      ((struct str){ NULL, 0 })
#define STR_INIT(lit) { "" lit, sizeof(lit) - 1 }    /* in static tables */
#define STR_FMT       "%.*s"
#define STR_ARG(s)    (int)(s).len, (s).at

/* Here, so that comparing with a literal costs a look at its length and a few words. */
static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

struct str str_of(const char *cstr);                 /* NULL gives an empty view */
int        str_cmp(struct str a, struct str b);      /* by bytes; shorter first */
bool       str_starts(struct str s, struct str prefix);
bool       str_ends(struct str s, struct str suffix);
bool       str_has(struct str s, struct str part);
struct str str_from(struct str s, size_t at);        /* the rest; empty past the end */
struct str str_upto(struct str s, size_t len);       /* at most the first len bytes */
struct str str_trim(struct str s);                   /* blanks, tabs, CR, LF off both ends */

/* Take the part before `sep` off *rest.  False when *rest is used up
 * (rest->at == NULL afterwards).  "a,,b" gives a, "", b. */
bool       str_cut(struct str *rest, char sep, struct str *part);

/* All of s, decimal, no blanks.  False: not a number or out of range. */
bool       str_u64(struct str s, uint64_t *out);
bool       str_i64(struct str s, int64_t *out);

#endif
