/*
 * json.h - reading JSON: a checked document and a cursor over its tokens.
 *
 * jsmn accepts much that is not JSON, so json_check() looks first: grammar,
 * depth, UTF-8, numbers; duplicate keys are told by json_parse() callers who
 * care.  The cursor is sticky: asking a value that is not there for a member
 * gives a value that is not there, so chains need no checks in between.
 * Tokens belong to the caller and are never kept beyond one look.
 */
#ifndef KERNEL_JSON_H
#define KERNEL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arena.h"
#include "kernel/str.h"

#define JSON_DEPTH_MAX 64

enum json_result {
	JSON_OK,
	JSON_BAD_SYNTAX,
	JSON_BAD_UTF8,
	JSON_TOO_DEEP,
	JSON_TOO_MANY,       /* more tokens than there is room for */
};

struct json_token {          /* as jsmn makes them, but for `past` */
	int type, start, end, size;
	int past;            /* the first token behind this one and all that is in it */
};

struct json_doc {
	struct str               text;
	const struct json_token *tokens;
	int                      count;
	size_t                   bad_at;    /* offset of what is wrong */
};

struct json {                /* one value; of nothing when at < 0 */
	const struct json_doc *doc;
	int                    at;
};

/* Exactly one value, blanks around it.  *bad_at: where it went wrong (may be NULL). */
enum json_result json_check(struct str text, size_t *bad_at);

/* json_check() and tokens.  The document must outlive the values. */
enum json_result json_parse(struct json_doc *d, struct str text,
                     struct json_token *tokens, int tokens_max);

/* The same with tokens from the arena, as many as needed. */
enum json_result json_parse_in(struct json_doc *d, struct str text, struct arena *a);

const char *json_result_text(enum json_result r);    /* "is not JSON", "is nested too deeply", ... */

struct json json_root(const struct json_doc *d);
struct json json_get(struct json v, struct str key);       /* the last one of that key */
struct json json_path(struct json v, const char *dotted);  /* "spec.template"; keys without dots */
struct json json_item(struct json v, int index);
int         json_size(struct json v);                      /* members or items; else 0 */

bool json_there(struct json v);       /* present, null too */
bool json_is_null(struct json v);     /* present and null */
bool json_is_obj(struct json v);
bool json_is_arr(struct json v);
bool json_is_str(struct json v);
bool json_is_bool(struct json v);
bool json_is_num(struct json v);

struct str json_raw(struct json v);                    /* its text as it stands; strings without the quotes */
struct str json_text(struct json v);                   /* the same; strings with their quotes */
struct str json_str(struct json v, struct arena *a);   /* unescaped; a copy if it has escapes; empty: none */
bool       json_str_is(struct json v, struct str s);   /* a string that equals s once unescaped */
bool       json_i64(struct json v, int64_t *out);      /* an integer that fits */
bool       json_bool(struct json v, bool *out);
bool       json_true(struct json v);                   /* present and true */

/* struct json_iter it = json_each(v); while (json_next(&it)) ... it.key (raw, objects only), it.val */
struct json_iter {
	const struct json_doc *doc;
	int                    parent, next, left;
	struct str             key;
	struct json            val;
};
struct json_iter json_each(struct json v);
bool             json_next(struct json_iter *it);

#endif
