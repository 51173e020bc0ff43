/*
 * http_text.h - pure: the letters of a head, sixteen at a time.
 *
 * All inline: a head is dozens of short texts, and calls would cost as much
 * as the work.
 */
#ifndef NET_HTTP_TEXT_H
#define NET_HTTP_TEXT_H

#include <string.h>

#include "kernel/str.h"

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef int8_t  signs16 __attribute__((vector_size(16)));
typedef char    chars16 __attribute__((vector_size(16)));

static inline bytes16
http_load(const char *at)
{
	bytes16 v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* How many lanes from the first on are all ones; the others are zero. */
static inline size_t
http_good(signs16 lanes)
{
#ifdef __SSE2__
	return (size_t)__builtin_ctz(~(unsigned)__builtin_ia32_pmovmskb128((chars16)lanes));
#else
	uint64_t half[2];

	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");
	memcpy(half, &lanes, sizeof(half));
	if (half[0] != UINT64_MAX)
		return (size_t)__builtin_ctzll(~half[0]) / 8;
	return half[1] != UINT64_MAX ? 8 + (size_t)__builtin_ctzll(~half[1]) / 8 : 16;
#endif
}

/* Lanes that are above `low` and are ASCII but DEL: one more, and those are negative. */
static inline signs16
http_above(bytes16 v, char low)
{
	return (signs16)(v + 1) > (int8_t)(low + 1);
}

/* The first byte that is not printable ASCII; or end. */
static inline const char *
http_plain_end(const char *at, const char *end)
{
	while (end - at >= 16) {
		size_t good = http_good(http_above(http_load(at), ' ' - 1));

		at += good;
		if (good < 16)
			return at;
	}
	while (at < end && *at >= ' ' && *at <= '~')
		at++;
	return at;
}

/* The first control but a tab, or end. */
static inline const char *
http_text_end(const char *at, const char *end)
{
	for (;;) {
		at = http_plain_end(at, end);
		if (at == end || (*at != '\t' && (unsigned char)*at < 0x80))
			return at;
		at++;
	}
}

/* The first byte that is a colon, a blank, or no visible ASCII; or end. */
static inline const char *
http_name_end(const char *at, const char *end)
{
	while (end - at >= 16) {
		bytes16 v = http_load(at);
		size_t  good = http_good(http_above(v, ' ') & (signs16)(v != ':'));

		at += good;
		if (good < 16)
			return at;
	}
	while (at < end && *at > ' ' && *at <= '~' && *at != ':')
		at++;
	return at;
}

static inline bool
http_eight_are(const char *s, const char *lower)
{
	uint64_t a, b;

	memcpy(&a, s, sizeof(a));
	memcpy(&b, lower, sizeof(b));
	return (a | UINT64_C(0x2020202020202020)) == b;
}

/* Without regard to case.  s: without controls; lower: small letters, digits and dashes. */
static inline bool
http_name_is(struct str s, struct str lower)
{
	size_t i = 0;

	if (s.len != lower.len)
		return false;
	if (s.len >= 8) {
		for (; i + 8 < s.len; i += 8) {
			if (!http_eight_are(s.at + i, lower.at + i))
				return false;
		}
		return http_eight_are(s.at + s.len - 8, lower.at + s.len - 8);
	}
	while (i < s.len && (s.at[i] | 0x20) == lower.at[i])
		i++;
	return i == s.len;
}

static inline bool
http_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Blanks and tabs off both ends. */
static inline struct str
http_blanks_off(struct str s)
{
	while (s.len > 0 && http_is_blank(s.at[0]))
		s = (struct str){ s.at + 1, s.len - 1 };
	while (s.len > 0 && http_is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

#endif
