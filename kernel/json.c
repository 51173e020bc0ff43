/*
 * json.c - a cursor over jsmn's tokens.
 *
 * jsmn sees only text that json_check() found good, so it cannot fail; its
 * parent links are turned into links past each value, so a walk steps over
 * what it does not want.
 */
#include "kernel/json.h"

#include <limits.h>
#include <string.h>

#include "json_inner.h"
#include "kernel/check.h"

#define JSMN_PARENT_LINKS
#define JSMN_STRICT
#define JSMN_STATIC
#include <jsmn.h>

_Static_assert(sizeof(struct json_token) == sizeof(jsmntok_t) &&
    _Alignof(struct json_token) == _Alignof(jsmntok_t) &&
    offsetof(struct json_token, past) == offsetof(jsmntok_t, parent), "tokens are jsmn's");

/* Each token as ours: all that stand open when the next one's parent is known are past. */
static void
link_tokens(struct json_token *tokens, int count)
{
	int       open[2 * JSON_DEPTH_MAX + 2];    /* a level is a container and a key */
	int       depth = 0;
	jsmntok_t t;

	for (int i = 0; i < count; i++) {
		memcpy(&t, &tokens[i], sizeof(t));
		while (depth > 0 && open[depth - 1] != t.parent)
			tokens[open[--depth]].past = i;
		tokens[i] = (struct json_token){ (int)t.type, t.start, t.end, t.size, 0 };
		open[depth++] = i;
	}
	while (depth > 0)
		tokens[open[--depth]].past = count;
}

/* jsmn in strict mode wants something behind a number or a word: alone, it is done here. */
static void
make_scalar(struct str text, struct json_token *t)
{
	struct str v = str_trim(text);
	int        start = (int)(v.at - text.at), quote = v.at[0] == '"';

	*t = (struct json_token){
		.type = quote ? JSMN_STRING : JSMN_PRIMITIVE,
		.start = start + quote,
		.end = start + (int)v.len - quote,
		.past = 1,
	};
}

static void
make_tokens(struct json_doc *d, struct str text, struct json_token *tokens, int count)
{
	jsmn_parser p;
	char        first = str_trim(text).at[0];

	if (first == '{' || first == '[') {
		jsmn_init(&p);
		CHECK(jsmn_parse(&p, text.at, text.len, (jsmntok_t *)tokens, (unsigned)count) == count);
		link_tokens(tokens, count);
	} else
		make_scalar(text, tokens);
	d->text = text;
	d->tokens = tokens;
	d->count = count;
}

static enum json_result
count_tokens(struct json_doc *d, struct str text, size_t *count)
{
	enum json_result r;

	*d = (struct json_doc){ .count = 0 };
	if (text.len > INT_MAX)
		return JSON_TOO_MANY;
	r = json_count(text, &d->bad_at, count);
	return r;
}

enum json_result
json_parse(struct json_doc *d, struct str text, struct json_token *tokens, int tokens_max)
{
	size_t           count;
	enum json_result r = count_tokens(d, text, &count);

	if (r != JSON_OK)
		return r;
	if (tokens_max < 0 || count > (size_t)tokens_max)
		return JSON_TOO_MANY;
	make_tokens(d, text, tokens, (int)count);
	return JSON_OK;
}

enum json_result
json_parse_in(struct json_doc *d, struct str text, struct arena *a)
{
	struct json_token *tokens;
	size_t             count;
	enum json_result   r = count_tokens(d, text, &count);

	if (r != JSON_OK)
		return r;
	tokens = ARENA_ARRAY(a, struct json_token, count);
	if (tokens == NULL)
		return JSON_TOO_MANY;
	make_tokens(d, text, tokens, (int)count);
	return JSON_OK;
}

const char *
json_result_text(enum json_result r)
{
	switch (r) {
	case JSON_OK:         return "is JSON";
	case JSON_BAD_SYNTAX: return "is not JSON";
	case JSON_BAD_UTF8:   return "is not UTF-8";
	case JSON_TOO_DEEP:   return "is nested too deeply";
	case JSON_TOO_MANY:   return "has more values than there is room for";
	}
	check_failed("a known result", __FILE__, __LINE__);
}

/* The cursor ----------------------------------------------------------------*/

static struct json
value_at(const struct json_doc *d, int at)
{
	return (struct json){ d, at };
}

static struct json
nothing(void)
{
	return (struct json){ NULL, -1 };
}

static const struct json_token *
token_of(struct json v)
{
	return v.doc == NULL || v.at < 0 || v.at >= v.doc->count ? NULL : &v.doc->tokens[v.at];
}

static bool
is_type(struct json v, jsmntype_t type)
{
	const struct json_token *t = token_of(v);

	return t != NULL && t->type == (int)type;
}

static bool
is_primitive(struct json v, const char *firsts)
{
	return is_type(v, JSMN_PRIMITIVE) && strchr(firsts, json_raw(v).at[0]) != NULL;
}

struct json
json_root(const struct json_doc *d)
{
	return value_at(d, 0);
}

bool json_there(struct json v)   { return token_of(v) != NULL; }
bool json_is_null(struct json v) { return is_primitive(v, "n"); }
bool json_is_obj(struct json v)  { return is_type(v, JSMN_OBJECT); }
bool json_is_arr(struct json v)  { return is_type(v, JSMN_ARRAY); }
bool json_is_str(struct json v)  { return is_type(v, JSMN_STRING); }
bool json_is_bool(struct json v) { return is_primitive(v, "tf"); }
bool json_is_num(struct json v)  { return is_primitive(v, "-0123456789"); }

int
json_size(struct json v)
{
	return json_is_obj(v) || json_is_arr(v) ? token_of(v)->size : 0;
}

struct str
json_raw(struct json v)
{
	const struct json_token *t = token_of(v);

	if (t == NULL)
		return STR_NONE;
	return (struct str){ v.doc->text.at + t->start, (size_t)(t->end - t->start) };
}

struct str
json_text(struct json v)
{
	struct str raw = json_raw(v);

	return json_is_str(v) ? (struct str){ raw.at - 1, raw.len + 2 } : raw;
}

struct json_iter
json_each(struct json v)
{
	return (struct json_iter){ v.doc, v.at, v.at + 1, json_size(v), STR_NONE, nothing() };
}

bool
json_next(struct json_iter *it)
{
	int at = it->next;

	if (it->left == 0)
		return false;
	it->left--;
	it->next = it->doc->tokens[at].past;
	it->key = STR_NONE;
	if (it->doc->tokens[it->parent].type == JSMN_OBJECT)
		it->key = json_raw(value_at(it->doc, at++));
	it->val = value_at(it->doc, at);
	return true;
}

/* Escapes -------------------------------------------------------------------*/

static size_t
put_utf8(unsigned code, char at[4])
{
	size_t   len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	unsigned lead = len == 1 ? 0 : 0xf00u >> len & 0xff;

	for (size_t i = len - 1; i > 0; i--, code >>= 6)
		at[i] = (char)(0x80 | (code & 0x3f));
	at[0] = (char)(lead | code);
	return len;
}

/* Takes the digits of \uXXXX, and the low half of a pair, off *raw. */
static unsigned
take_code(struct str *raw)
{
	int code = json_hex4(*raw), low;

	*raw = str_from(*raw, 4);
	if (code < 0xd800 || code > 0xdfff)
		return (unsigned)code;
	low = json_hex4(str_from(*raw, 2));
	*raw = str_from(*raw, 6);
	return 0x10000u + ((unsigned)(code - 0xd800) << 10) + (unsigned)(low - 0xdc00);
}

struct str
json_char(struct str *raw, char room[4])
{
	static const char names[] = "bfnrt", means[] = "\b\f\n\r\t";
	const char       *name;
	struct str        plain = str_upto(*raw, json_utf8(*raw));

	CHECK(plain.len > 0);
	*raw = str_from(*raw, plain.len);
	if (plain.at[0] != '\\')
		return plain;
	room[0] = raw->at[0];
	*raw = str_from(*raw, 1);
	if (room[0] == 'u')
		return (struct str){ room, put_utf8(take_code(raw), room) };
	if ((name = strchr(names, room[0])) != NULL)
		room[0] = means[name - names];
	return (struct str){ room, 1 };
}

static bool
has_escapes(struct str raw)
{
	return raw.len > 0 && memchr(raw.at, '\\', raw.len) != NULL;
}

/* An escape is longer than what it stands for. */
static bool
escaped_is(struct str raw, struct str s)
{
	char       room[4];
	struct str part;

	while (raw.len > 0) {
		part = json_char(&raw, room);
		if (!str_starts(s, part))
			return false;
		s = str_from(s, part.len);
	}
	return s.len == 0;
}

/* Most keys differ in length or at once. */
static inline bool
raw_is(struct str raw, struct str s)
{
	if (raw.len < s.len || (s.len > 0 && raw.at[0] != s.at[0] && raw.at[0] != '\\'))
		return false;
	if (raw.len == s.len)
		return str_eq(raw, s) && !has_escapes(raw);
	return has_escapes(raw) && escaped_is(raw, s);
}

struct str
json_str(struct json v, struct arena *a)
{
	struct str raw = json_raw(v), part;
	char       room[4], *at;
	size_t     len = 0;

	if (!json_is_str(v))
		return STR_NONE;
	if (!has_escapes(raw))
		return raw;
	/* An escape is never shorter than what it stands for. */
	at = arena_take(a, raw.len, 1);
	if (at == NULL)
		return STR_NONE;
	while (raw.len > 0) {
		part = json_char(&raw, room);
		memcpy(at + len, part.at, part.len);
		len += part.len;
	}
	return (struct str){ at, len };
}

bool
json_str_is(struct json v, struct str s)
{
	return json_is_str(v) && raw_is(json_raw(v), s);
}

/* Looking for one thing -----------------------------------------------------*/

/* Over the tokens of the keys alone: rules and specs do little else. */
struct json
json_get(struct json v, struct str key)
{
	const struct json_token *t = token_of(v);
	struct json              found = nothing();
	int                      at = v.at + 1;

	if (!json_is_obj(v))
		return found;
	for (int left = t->size; left > 0; left--) {
		const struct json_token *k = &v.doc->tokens[at];
		struct str               raw = { v.doc->text.at + k->start, (size_t)(k->end - k->start) };

		if (raw_is(raw, key))
			found = value_at(v.doc, at + 1);
		at = k->past;
	}
	return found;
}

struct json
json_path(struct json v, const char *dotted)
{
	struct str rest = str_of(dotted), key;

	while (str_cut(&rest, '.', &key))
		v = json_get(v, key);
	return v;
}

struct json
json_item(struct json v, int index)
{
	struct json_iter it = json_each(v);

	if (!json_is_arr(v) || index < 0)
		return nothing();
	while (json_next(&it))
		if (index-- == 0)
			return it.val;
	return nothing();
}

bool
json_i64(struct json v, int64_t *out)
{
	return json_is_num(v) && str_i64(json_raw(v), out);
}

bool
json_bool(struct json v, bool *out)
{
	if (!json_is_bool(v))
		return false;
	*out = json_raw(v).at[0] == 't';
	return true;
}

bool
json_true(struct json v)
{
	bool yes;

	return json_bool(v, &yes) && yes;
}
