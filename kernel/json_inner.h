/* json_inner.h - what the JSON files share. */
#ifndef KERNEL_JSON_INNER_H
#define KERNEL_JSON_INNER_H

#include "kernel/json.h"

/* json_check(), and how many tokens the text makes (keys too). */
enum json_result json_count(struct str text, size_t *bad_at, size_t *tokens);

/* How many bytes the first character has; 0: it is not UTF-8. */
size_t json_utf8(struct str s);

/* Takes one character, or the escape of one, off the text of a checked string. */
struct str json_char(struct str *raw, char room[4]);

/* The number of four hexadecimal digits; negative: they are not. */
int json_hex4(struct str s);

#endif
