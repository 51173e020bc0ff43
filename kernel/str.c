/* str.c - views of bytes. */
#include "kernel/str.h"

#include <string.h>

struct str
str_of(const char *cstr)
{
	return cstr == NULL ? STR_NONE : (struct str){ cstr, strlen(cstr) };
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int    d = n == 0 ? 0 : memcmp(a.at, b.at, n);

	return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_upto(s, prefix.len), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

bool
str_has(struct str s, struct str part)
{
	return part.len == 0 || (s.len >= part.len && memmem(s.at, s.len, part.at, part.len) != NULL);
}

struct str
str_from(struct str s, size_t at)
{
	if (at >= s.len)
		return (struct str){ s.at == NULL ? NULL : s.at + s.len, 0 };
	return (struct str){ s.at + at, s.len - at };
}

struct str
str_upto(struct str s, size_t len)
{
	return (struct str){ s.at, s.len < len ? s.len : len };
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.at[0]))
		s = str_from(s, 1);
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool
str_cut(struct str *rest, char sep, struct str *part)
{
	const char *end;

	if (rest->at == NULL)
		return false;
	end = rest->len == 0 ? NULL : memchr(rest->at, sep, rest->len);
	if (end == NULL) {
		*part = *rest;
		*rest = STR_NONE;
		return true;
	}
	*part = str_upto(*rest, (size_t)(end - rest->at));
	rest->len -= part->len + 1;
	rest->at = end + 1;
	return true;
}

bool
str_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9' ||
		    __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.at[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

bool
str_i64(struct str s, int64_t *out)
{
	bool     minus = s.len > 0 && s.at[0] == '-';
	uint64_t u;

	if (!str_u64(str_from(s, minus ? 1 : 0), &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*out = (int64_t)(minus ? 0 - u : u);
	return true;
}
