/*
 * scan.c - the ends of values, found in blocks of 64 bytes.
 *
 * A block becomes three words of 64 bits, a bit a byte: quotes, backslashes,
 * brackets.  Quotes that are not escaped, added up without carry from the
 * left, give the bytes that are inside strings; the brackets outside of them
 * are counted.  Only bytes_are() knows the processor.
 */
#include "kernel/scan.h"

#include <string.h>

#include "kernel/check.h"

#define STEP  16
#define BLOCK 64

#ifdef __SSE2__
#include <emmintrin.h>

/* A bit for each of the STEP bytes that is `c` once the bits of `fold` are set. */
static inline uint64_t
bytes_are(const char *at, char fold, char c)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);

	x = _mm_or_si128(x, _mm_set1_epi8(fold));
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(c)));
}
#else
static inline uint64_t
eight_are(const char *at, char fold, char c)
{
	const uint64_t ones = 0x0101010101010101u, low = 0x7f7f7f7f7f7f7f7fu;
	uint64_t       x;

	memcpy(&x, at, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	x = (x | ones * (unsigned char)fold) ^ ones * (unsigned char)c;
	x = ~(((x & low) + low) | x | low);             /* 0x80 where a byte was zero */
	return (x >> 7) * 0x0102040810204080u >> 56;    /* gathered into the lowest byte */
}

static inline uint64_t
bytes_are(const char *at, char fold, char c)
{
	return eight_are(at, fold, c) | eight_are(at + 8, fold, c) << 8;
}
#endif

static inline uint64_t
block_is(const char *at, char fold, char c)
{
	return bytes_are(at, fold, c) | bytes_are(at + STEP, fold, c) << STEP |
	    bytes_are(at + 2 * STEP, fold, c) << 2 * STEP | bytes_are(at + 3 * STEP, fold, c) << 3 * STEP;
}

/*
 * The four brackets become one byte with these bits, and no other byte that
 * stands outside of strings in JSON does.  Those that close have the bit CLOSES.
 */
#define BRACKET_FOLD 0x26
#define BRACKET      0x7f
#define CLOSES       0x04

/* What stands behind a backslash that counts.  *carry: does the first byte?  Then: the next block's? */
static inline uint64_t
escaped_of(uint64_t slashes, uint64_t *carry)
{
	uint64_t escaped = *carry, slash;

	slashes &= ~*carry;
	*carry = 0;
	while (slashes != 0) {
		slash = slashes & -slashes;
		escaped |= slash << 1;
		*carry = slash >> 63;
		slashes &= ~(slash | slash << 1);
	}
	return escaped;
}

/* Each bit the sum of itself and all below, without carry. */
static inline uint64_t
sums_of(uint64_t x)
{
	x ^= x << 1;
	x ^= x << 2;
	x ^= x << 4;
	x ^= x << 8;
	x ^= x << 16;
	return x ^ x << 32;
}

struct skip {
	uint64_t inside;     /* all ones: the last block ended in a string */
	uint64_t escaped;    /* 1: it ended with a backslash that counts */
	size_t   depth;
};

/* Which byte of this block closes what was opened first; BLOCK: none. */
static inline __attribute__((always_inline)) unsigned
skip_block(struct skip *s, const char *at)
{
	uint64_t quotes = block_is(at, 0, '"');
	uint64_t slashes = block_is(at, 0, '\\');
	uint64_t inside, left;
	unsigned here;

	if ((slashes | s->escaped) != 0)
		quotes &= ~escaped_of(slashes, &s->escaped);
	inside = sums_of(quotes) ^ s->inside;
	s->inside = -(inside >> 63);
	for (left = block_is(at, BRACKET_FOLD, BRACKET) & ~inside; left != 0; left &= left - 1) {
		here = (unsigned)__builtin_ctzll(left);
		if ((at[here] & CLOSES) == 0)
			s->depth++;
		else if (--s->depth == 0)
			return here;
	}
	return BLOCK;
}

/* Behind the bracket that closes the one before `at`; NULL: there is none.  Not inline: strings are many. */
static __attribute__((noinline)) const char *
container_end(const char *at, const char *end)
{
	struct skip s = { .depth = 1 };
	char        last[BLOCK];
	unsigned    found;

	for (; end - at >= BLOCK; at += BLOCK)
		if ((found = skip_block(&s, at)) < BLOCK)
			return at + found + 1;
	memset(last, ' ', sizeof(last));
	memcpy(last, at, (size_t)(end - at));
	found = skip_block(&s, last);
	return found < BLOCK ? at + found + 1 : NULL;
}

/* The quote that ends the string whose text begins at `at`; NULL: there is none. */
static const char *
string_end(const char *at, const char *end)
{
	uint64_t quotes, slashes;

	while (end - at >= STEP) {
		quotes = bytes_are(at, 0, '"');
		slashes = bytes_are(at, 0, '\\');
		if ((quotes & (slashes - 1)) != 0)
			return at + __builtin_ctzll(quotes);
		at += slashes == 0 ? STEP : __builtin_ctzll(slashes) + 2;
	}
	for (; at < end; at++) {
		if (*at == '"')
			return at;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *
behind_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static bool
broken(struct scan *s)
{
	s->broken = true;
	s->close = 0;
	s->key = s->val = STR_NONE;
	return false;
}

static struct scan
scan_over(struct str text, char open, char close)
{
	struct scan s = { .at = text.at, .end = text.len == 0 ? text.at : text.at + text.len, .close = close };

	s.at = behind_blanks(s.at, s.end);
	if (s.at == s.end || *s.at != open)
		broken(&s);
	else
		s.at++;
	return s;
}

struct scan
scan_obj(struct str text)
{
	return scan_over(text, '{', '}');
}

struct scan
scan_arr(struct str text)
{
	return scan_over(text, '[', ']');
}

/* Behind the bracket that closes.  Behind the outermost one stands nothing. */
static bool
finish(struct scan *s, const char *at)
{
	s->at = s->inner ? at : behind_blanks(at, s->end);
	s->close = 0;
	s->key = s->val = STR_NONE;
	return s->inner || s->at == s->end ? false : broken(s);
}

/* A key, its colon, and on to its value; NULL: that is not what stands here. */
static inline const char *
read_key(struct scan *s, const char *at)
{
	const char *quote;

	if (at == s->end || *at != '"')
		return NULL;
	quote = string_end(at + 1, s->end);
	if (quote == NULL)
		return NULL;
	s->key = (struct str){ at + 1, (size_t)(quote - at) - 1 };
	at = behind_blanks(quote + 1, s->end);
	if (at == s->end || *at != ':')
		return NULL;
	return behind_blanks(at + 1, s->end);
}

bool
scan_key(struct scan *s)
{
	const char *at;

	if (s->pending)
		scan_val(s);
	if (s->close == 0)
		return false;
	at = behind_blanks(s->at, s->end);
	if (at < s->end && *at == s->close)
		return finish(s, at + 1);
	if (s->begun) {
		if (at == s->end || *at != ',')
			return broken(s);
		at = behind_blanks(at + 1, s->end);
	}
	s->begun = true;
	if (s->close == '}' && (at = read_key(s, at)) == NULL)
		return broken(s);
	s->at = at;
	s->pending = true;
	return true;
}

/* A number or a word ends where no such thing goes on. */
static const char *
scalar_end(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && *at != ',' && *at != '}' && *at != ']' && !is_blank(*at))
		at++;
	return at == from ? NULL : at;
}

static const char *
value_end(const char *at, const char *end)
{
	const char *quote;

	if (at == end)
		return NULL;
	switch (*at) {
	case '{':
	case '[':
		/* Empty ones are many; '{' and '}', '[' and ']' are two apart. */
		if (end - at > 1 && at[1] == at[0] + 2)
			return at + 2;
		return container_end(at + 1, end);
	case '"':
		quote = string_end(at + 1, end);
		return quote == NULL ? NULL : quote + 1;
	default:
		return scalar_end(at, end);
	}
}

bool
scan_val(struct scan *s)
{
	const char *end;

	CHECK(s->pending);
	s->pending = false;
	end = value_end(s->at, s->end);
	if (end == NULL)
		return broken(s);
	s->val = (struct str){ s->at, (size_t)(end - s->at) };
	s->at = end;
	return true;
}

bool
scan_next(struct scan *s)
{
	return scan_key(s) && scan_val(s);
}

struct scan
scan_into(struct scan *s)
{
	struct scan in = { .at = s->at, .end = s->end, .inner = true };

	CHECK(s->pending);
	if (in.at < in.end && (*in.at == '{' || *in.at == '[')) {
		in.close = *in.at == '{' ? '}' : ']';
		in.at++;
	}
	return in;
}

void
scan_back(struct scan *s, struct scan *in)
{
	CHECK(s->pending && in->inner);
	while (scan_key(in))
		;
	if (in->at == s->at) {      /* a scalar: nobody has stepped over it yet */
		scan_val(s);
		return;
	}
	s->pending = false;
	s->val = (struct str){ s->at, (size_t)(in->at - s->at) };
	s->at = in->at;
	if (in->broken)
		broken(s);
}

bool
scan_plain(struct str val, struct str *out)
{
	if (val.len < 2 || val.at[0] != '"' || memchr(val.at, '\\', val.len) != NULL)
		return false;
	*out = (struct str){ val.at + 1, val.len - 2 };
	return true;
}
