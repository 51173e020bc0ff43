/* fuzz_json.c - whatever json_check() accepts, the cursor walks; what is written from it is JSON again. */
#include <stdlib.h>

#include "kernel/check.h"
#include "kernel/json.h"
#include "kernel/json_out.h"

#define TOKENS_MAX 4096
#define TEXT_MAX   4096      /* so much that tokens and texts always have room */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[1u << 20];

static void
write_again(struct json_out *j, struct json v, struct arena *a)
{
	struct json_iter it = json_each(v);

	if (json_is_str(v))
		jo_str(j, json_str(v, a));
	else if (!json_is_obj(v) && !json_is_arr(v))
		jo_raw(j, json_raw(v));
	else if (json_is_obj(v)) {
		jo_obj(j);
		while (json_next(&it)) {
			CHECK(json_there(json_get(v, json_str((struct json){ v.doc, it.val.at - 1 }, a))));
			jo_key(j, it.key);
			write_again(j, it.val, a);
		}
		jo_obj_end(j);
	} else {
		jo_arr(j);
		for (int i = 0; json_next(&it); i++) {
			CHECK(json_item(v, i).at == it.val.at);
			write_again(j, it.val, a);
		}
		jo_arr_end(j);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_token tokens[TOKENS_MAX];
	static char              text[16 * TEXT_MAX];
	struct str               s = { (const char *)data, size < TEXT_MAX ? size : TEXT_MAX };
	struct out               o = out_over(text, sizeof(text));
	struct json_out          j = json_out(&o);
	struct json_doc          d, again;
	struct arena             a;
	size_t                   bad_at;
	enum json_result         r = json_check(s, &bad_at);

	CHECK(bad_at <= s.len);
	CHECK(json_parse(&d, s, tokens, TOKENS_MAX) == r);
	if (r != JSON_OK)
		return 0;
	arena_init(&a, memory, sizeof(memory));
	write_again(&j, json_root(&d), &a);
	CHECK(out_ok(&o) && arena_ok(&a));
	CHECK(json_parse_in(&again, out_view(&o), &a) == JSON_OK && again.count == d.count);
	return 0;
}
