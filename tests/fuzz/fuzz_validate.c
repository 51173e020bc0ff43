/*
 * fuzz_validate.c - any JSON through the front door.
 *
 * The input is one object, or an object and the older one as a list of two.
 * Whatever it is: findings that can be printed, the same ones each time; an
 * update that changes nothing is never refused for what may not change; and
 * what the cluster would be asked is bounded.
 */
#include "ais/ask.h"
#include "ais/shape.h"
#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[32 << 20];
static char printed[2][256 << 10];

static void
print(const struct findings *f, struct out *o)
{
	CHECK(f->count >= 0 && f->count <= FINDINGS_MAX && f->errors >= 0);
	for (int i = 0; i < f->count; i++) {
		CHECK(f->list[i].text.len > 0 && f->list[i].path.len > 0);
		CHECK(finding_code(&f->list[i]) >= 400 && finding_by_text(f->list[i].by).len > 0);
		finding_print(&f->list[i], o);
		out_char(o, '\n');
	}
}

static void
judge(enum resource r, struct json object, struct json old, struct arena *a, struct findings *f)
{
	*f = (struct findings){ .count = 0 };
	validate_schema_update(r, object, old, a, f);
	validate_rules(r, object, old, a, f);
}

static bool
begins(const struct findings *f, const char *words)
{
	for (int i = 0; i < f->count; i++)
		if (f->list[i].error && str_starts(f->list[i].text, str_of(words)))
			return true;
	return false;
}

static void
check_asks(enum resource r, struct json object, struct json old, struct arena *a)
{
	struct ask    asks[ASKS_MAX];
	struct ask_answer no = { .is = ANSWER_NO };
	int           count = ask_list(r, object, old, a, asks);

	CHECK(count >= 0 && count <= ASKS_MAX);
	for (int i = 0; i < count; i++) {
		struct findings f = { .count = 0 };

		CHECK(asks[i].after < i && (asks[i].kind == ASK_NODES || asks[i].name.len > 0 || asks[i].path.len > 0));
		ask_judge(&asks[i], &no, STR("somebody"), a, &f);
		CHECK(f.count == 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct findings f;
	struct json            object, old;
	struct json_doc        doc;
	struct arena           a;
	struct out             o[2];

	arena_init(&a, memory, sizeof(memory));
	if (json_parse_in(&doc, (struct str){ (const char *)data, size }, &a) != JSON_OK)
		return 0;
	object = json_is_arr(json_root(&doc)) ? json_item(json_root(&doc), 0) : json_root(&doc);
	old = json_item(json_root(&doc), 1);
	for (enum resource r = 0; r <= RESOURCE_UNKNOWN; r++) {
		for (int i = 0; i < 2; i++) {
			o[i] = out_over(printed[i], sizeof(printed[i]));
			judge(r, object, old, &a, &f);
			print(&f, &o[i]);
		}
		CHECK(!arena_ok(&a) || str_eq(out_view(&o[0]), out_view(&o[1])));
		judge(r, object, object, &a, &f);
		CHECK(!arena_ok(&a) || !begins(&f, "cannot update spec"));
		if (arena_ok(&a))
			check_asks(r, object, old, &a);
	}
	return 0;
}
