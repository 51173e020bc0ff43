/* json_same.h - two documents of the same values, however they are written: for a fuzzer and a unit test. */
#ifndef TESTS_JSON_SAME_H
#define TESTS_JSON_SAME_H

#include "kernel/json.h"

/* The tokens of both are in the same order. */
static inline bool
json_same(const struct json_doc *a, const struct json_doc *b, struct arena *scratch)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++) {
		struct json v = { a, i }, w = { b, i };

		if (a->tokens[i].type != b->tokens[i].type || a->tokens[i].past != b->tokens[i].past)
			return false;
		if (json_is_str(v) && !str_eq(json_str(v, scratch), json_str(w, scratch)))
			return false;
		if (!json_is_str(v) && !json_is_obj(v) && !json_is_arr(v) && !str_eq(json_raw(v), json_raw(w)))
			return false;
	}
	return true;
}

#endif
