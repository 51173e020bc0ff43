/* scan_same.h - what the scanner gives equals what the cursor gives: for its fuzzer and its unit test. */
#ifndef TESTS_SCAN_SAME_H
#define TESTS_SCAN_SAME_H

#include "kernel/json.h"
#include "kernel/scan.h"

static inline struct scan
scan_of(struct json v)
{
	return json_is_obj(v) ? scan_obj(json_text(v)) : scan_arr(json_text(v));
}

/* One member is where the scanner has come to. */
static inline bool
scan_stands_at(const struct scan *s, const struct json_iter *it)
{
	return str_eq(s->key, it->key) && str_eq(s->val, json_text(it->val));
}

/* The members of one value: by scan_next(), then by going into each and back, after `steps` members of it. */
static inline bool
scan_same_members(struct json v, int steps)
{
	struct json_iter it = json_each(v);
	struct scan      s = scan_of(v), in;

	while (scan_key(&s)) {
		if (!json_next(&it))
			return false;
		if (steps < 0)
			scan_val(&s);
		else {
			in = scan_into(&s);
			for (int i = 0; i < steps && scan_key(&in); i++)
				;
			scan_back(&s, &in);
		}
		if (!scan_stands_at(&s, &it))
			return false;
	}
	return !s.broken && it.left == 0 && !json_next(&it);
}

/* Every value of a document. */
static inline bool
scan_same(const struct json_doc *d)
{
	for (int i = 0; i < d->count; i++) {
		struct json v = { d, i };

		if (!json_is_obj(v) && !json_is_arr(v))
			continue;
		for (int steps = -1; steps < 3; steps++)
			if (!scan_same_members(v, steps))
				return false;
	}
	return true;
}

#endif
