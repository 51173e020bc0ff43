/* fuzz_yaml.c - what is read is JSON, and reads back the same once it was printed. */
#include <stdlib.h>

#include "json_same.h"
#include "kernel/check.h"
#include "kernel/yaml.h"

#define YAML_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[8u << 20], printed[1u << 20];

/* Document `index`; false: there is none, or there is a sentence why not. */
static bool
read_yaml(struct str yaml, int index, struct arena *a, struct json_doc *d)
{
	struct yaml_error e;
	struct str        json;

	if (!yaml_to_json(yaml, index, a, &json, &e)) {
		CHECK(e.text[0] == '\0' || (e.line > 0 && e.column > 0));
		return false;
	}
	CHECK(json_parse_in(d, json, a) == JSON_OK);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str      text = { (const char *)data, size < YAML_MAX ? size : YAML_MAX };
	struct json_doc d, again;
	struct arena    a;
	struct out      o;

	for (int i = 0; i < 3; i++) {
		arena_init(&a, memory, sizeof(memory));
		if (!read_yaml(text, i, &a, &d))
			return 0;
		o = out_over(printed, sizeof(printed));
		yaml_print(&o, json_root(&d));
		CHECK(out_ok(&o));
		CHECK(read_yaml(out_view(&o), 0, &a, &again));
		CHECK(json_same(&d, &again, &a) && arena_ok(&a));
	}
	return 0;
}
