/*
 * json_check.c - is this text JSON?  One pass, no recursion, no tokens.
 *
 * What is open is a stack of bits: 1 for an object, 0 for an array.
 */
#include <string.h>

#include "json_inner.h"

_Static_assert(JSON_DEPTH_MAX <= 64, "a level is a bit");

struct look {
	const char      *at, *end;
	uint64_t         objects;      /* the stack */
	int              depth;
	bool             want_value;
	size_t           tokens;
	enum json_result result;
};

static bool
bad(struct look *l, enum json_result why)
{
	l->result = why;
	return false;
}

/* The byte here; -1 at the end. */
static int
peek(const struct look *l)
{
	return l->at < l->end ? (unsigned char)*l->at : -1;
}

static bool
skip(struct look *l, char c)
{
	if (peek(l) != c)
		return false;
	l->at++;
	return true;
}

static void
skip_blanks(struct look *l)
{
	while (l->at < l->end && (*l->at == ' ' || *l->at == '\n' || *l->at == '\r' || *l->at == '\t'))
		l->at++;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
skip_digits(struct look *l)
{
	if (!is_digit(peek(l)))
		return false;
	while (is_digit(peek(l)))
		l->at++;
	return true;
}

static bool
look_number(struct look *l)
{
	skip(l, '-');
	if (!skip(l, '0') && !skip_digits(l))
		return bad(l, JSON_BAD_SYNTAX);
	if (skip(l, '.') && !skip_digits(l))
		return bad(l, JSON_BAD_SYNTAX);
	if (skip(l, 'e') || skip(l, 'E')) {
		if (!skip(l, '+'))
			skip(l, '-');
		if (!skip_digits(l))
			return bad(l, JSON_BAD_SYNTAX);
	}
	return true;
}

static bool
look_word(struct look *l, struct str word)
{
	if (!str_starts((struct str){ l->at, (size_t)(l->end - l->at) }, word))
		return bad(l, JSON_BAD_SYNTAX);
	l->at += word.len;
	return true;
}

int
json_hex4(struct str s)
{
	int v = 0;

	if (s.len < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = s.at[i], low = c | 0x20;

		if (is_digit(c))
			v = v * 16 + c - '0';
		else if (low >= 'a' && low <= 'f')
			v = v * 16 + low - 'a' + 10;
		else
			return -1;
	}
	return v;
}

/* At the digits of \uXXXX.  The halves of a pair are nothing alone. */
static bool
look_code(struct look *l)
{
	struct str rest = { l->at, (size_t)(l->end - l->at) };
	int        code = json_hex4(rest), low;

	if (code < 0)
		return bad(l, JSON_BAD_SYNTAX);
	l->at += 4;
	if (code < 0xd800 || code > 0xdfff)
		return true;
	rest = str_from(rest, 4);
	low = str_starts(rest, STR("\\u")) ? json_hex4(str_from(rest, 2)) : -1;
	if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return bad(l, JSON_BAD_UTF8);
	l->at += 6;
	return true;
}

/* At a backslash. */
static bool
look_escape(struct look *l)
{
	int c;

	l->at++;
	c = peek(l);
	if (c <= 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return bad(l, JSON_BAD_SYNTAX);
	l->at++;
	return c != 'u' || look_code(l);
}

size_t
json_utf8(struct str s)
{
	const unsigned char *b = (const unsigned char *)s.at;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t   len;

	if (s.len == 0)
		return 0;
	if (b[0] < 0x80)
		return 1;
	len = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (b[0] < 0xc2 || b[0] > 0xf4 || len > s.len)
		return 0;
	code = b[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3f);
	}
	return code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : len;
}

/* Over the bytes that need no thought, eight at a time. */
static void
skip_plain(struct look *l)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t       x, quote, slash;

	while (l->end - l->at >= 8) {
		memcpy(&x, l->at, 8);
		quote = x ^ ones * '"';
		slash = x ^ ones * '\\';
		/* May see one too many, never one too few. */
		if (((x | (x - ones * 0x20) | (quote - ones) | (slash - ones)) & high) != 0)
			return;
		l->at += 8;
	}
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* At the quote that opens it. */
static bool
look_string(struct look *l)
{
	size_t len;

	for (l->at++;; l->at += len) {
		skip_plain(l);
		while (l->at < l->end && is_plain((unsigned char)*l->at))
			l->at++;
		if (skip(l, '"'))
			return true;
		len = 0;
		if (peek(l) == '\\') {
			if (!look_escape(l))
				return false;
		} else if (peek(l) < 0x20)
			return bad(l, JSON_BAD_SYNTAX);
		else if ((len = json_utf8((struct str){ l->at, (size_t)(l->end - l->at) })) == 0)
			return bad(l, JSON_BAD_UTF8);
	}
}

/* A key and its colon. */
static bool
look_key(struct look *l)
{
	skip_blanks(l);
	if (peek(l) != '"')
		return bad(l, JSON_BAD_SYNTAX);
	l->tokens++;
	if (!look_string(l))
		return false;
	skip_blanks(l);
	return skip(l, ':') || bad(l, JSON_BAD_SYNTAX);
}

static bool
in_object(const struct look *l)
{
	return (l->objects & 1) != 0;
}

static bool
close_one(struct look *l)
{
	if (!skip(l, in_object(l) ? '}' : ']'))
		return false;
	l->objects >>= 1;
	l->depth--;
	return true;
}

/* At '{' or '['. */
static bool
open_one(struct look *l, bool object)
{
	if (l->depth == JSON_DEPTH_MAX)
		return bad(l, JSON_TOO_DEEP);
	l->at++;
	l->depth++;
	l->objects = l->objects << 1 | object;
	skip_blanks(l);
	if (close_one(l))
		return true;
	l->want_value = true;
	return !object || look_key(l);
}

static bool
look_value(struct look *l)
{
	l->want_value = false;
	l->tokens++;
	skip_blanks(l);
	switch (peek(l)) {
	case '{': return open_one(l, true);
	case '[': return open_one(l, false);
	case '"': return look_string(l);
	case 't': return look_word(l, STR("true"));
	case 'f': return look_word(l, STR("false"));
	case 'n': return look_word(l, STR("null"));
	default:  return look_number(l);
	}
}

/* Behind a value that stands in something. */
static bool
look_behind(struct look *l)
{
	skip_blanks(l);
	if (close_one(l))
		return true;
	if (!skip(l, ','))
		return bad(l, JSON_BAD_SYNTAX);
	l->want_value = true;
	return !in_object(l) || look_key(l);
}

enum json_result
json_count(struct str text, size_t *bad_at, size_t *tokens)
{
	struct look l = { .at = text.at, .want_value = true };
	bool        good = true;

	l.end = text.len == 0 ? text.at : text.at + text.len;
	while (good && (l.want_value || l.depth > 0))
		good = l.want_value ? look_value(&l) : look_behind(&l);
	if (good) {
		skip_blanks(&l);
		if (l.at != l.end)
			l.result = JSON_BAD_SYNTAX;
	}
	if (bad_at != NULL)
		*bad_at = l.at == NULL ? 0 : (size_t)(l.at - text.at);
	*tokens = l.tokens;
	return l.result;
}

enum json_result
json_check(struct str text, size_t *bad_at)
{
	size_t tokens;

	return json_count(text, bad_at, &tokens);
}
