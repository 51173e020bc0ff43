/* fuzz_scan.c - of JSON the scanner gives what the cursor gives; of all else parts of it, and it ends. */
#include <stdlib.h>

#include "kernel/check.h"
#include "scan_same.h"

#define TOKENS_MAX (1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
scan_anything(struct scan s, struct str text)
{
	struct str plain;
	size_t     members = 0;

	while (scan_next(&s)) {
		CHECK(members++ < text.len);
		CHECK(s.val.len > 0 && s.val.at >= text.at && s.val.at + s.val.len <= text.at + text.len);
		scan_plain(s.val, &plain);
	}
	CHECK(!scan_next(&s));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_token tokens[TOKENS_MAX];
	struct str               text = { (const char *)data, size };
	struct json_doc          d;

	scan_anything(scan_obj(text), text);
	scan_anything(scan_arr(text), text);
	if (json_parse(&d, text, tokens, TOKENS_MAX) == JSON_OK)
		CHECK(scan_same(&d));
	return 0;
}
