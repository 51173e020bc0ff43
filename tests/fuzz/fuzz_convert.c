/*
 * fuzz_convert.c - any JSON as an AIStore of either version.
 *
 * It is refused with a sentence, or converted to sound JSON, the same bytes
 * each time.  Back again, a v1beta1 object is what it was; a v1alpha1 object
 * is so from the second time on: the first time fills in what it must say.
 */
#include "ais/convert_inner.h"
#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 16384

static char memory[32 << 20], rooms[4][4 << 20];

static bool
parse(struct str text, struct arena *a, struct json *v)
{
	struct json_doc *d = ARENA_NEW(a, struct json_doc);

	if (d == NULL || json_parse_in(d, text, a) != JSON_OK)
		return false;
	*v = json_root(d);
	return true;
}

/* Empty: refused. */
static struct str
converted(struct str text, enum api_version to, int room, struct arena *a)
{
	struct out  o = out_over(rooms[room], sizeof(rooms[0]));
	struct str  why = STR_NONE;
	struct json v;

	CHECK(parse(text, a, &v));
	if (!convert(v, to, a, &o, &why)) {
		CHECK(why.len > 0 && o.len == 0);
		return STR_NONE;
	}
	CHECK(arena_ok(a) && out_ok(&o) && json_check(out_view(&o), NULL) == JSON_OK);
	return out_view(&o);
}

static bool
has_riders(struct str text, struct arena *a)
{
	struct json v;

	CHECK(parse(text, a, &v));
	v = json_path(v, "metadata.annotations");
	return json_there(json_get(v, STR("conversion.ais.nvidia.com/v1alpha1"))) ||
	    json_there(json_get(v, STR("conversion.ais.nvidia.com/v1beta1")));
}

static bool
same(struct str x, struct str y, const char *part, struct arena *a)
{
	struct json v, w;

	CHECK(parse(x, a, &v) && parse(y, a, &w));
	return node_alike(node_of(a, json_path(v, part)), node_of(a, json_path(w, part)));
}

/* Where nothing was, the rider leaves an empty object behind, or takes one along. */
static bool
has_empty_metadata(struct str text, struct arena *a)
{
	struct json metadata, annotations;

	CHECK(parse(text, a, &metadata));
	metadata = json_get(metadata, STR("metadata"));
	annotations = json_get(metadata, STR("annotations"));
	return json_size(metadata) == 0 || (json_there(annotations) && json_size(annotations) == 0);
}

static void
check_back(struct str first, enum api_version version, int room, struct arena *a)
{
	struct str there = converted(first, version == API_ALPHA ? API_BETA : API_ALPHA, room, a);
	struct str back = converted(there, version, room + 1, a);

	CHECK(back.len > 0);
	CHECK(same(first, back, "spec", a) && same(first, back, "status", a));
	CHECK(same(first, back, "metadata", a) || has_empty_metadata(first, a));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct str   text, alpha, beta;
	struct json  v;

	arena_init(&a, memory, sizeof(memory));
	text = arena_copy(&a, (struct str){ (const char *)data, size < INPUT_MAX ? size : INPUT_MAX });
	if (!parse(text, &a, &v))
		return 0;
	alpha = converted(text, API_ALPHA, 0, &a);
	CHECK(str_eq(alpha, converted(text, API_ALPHA, 1, &a)));
	beta = converted(text, API_BETA, 2, &a);
	if (has_riders(text, &a) || alpha.len == 0 || beta.len == 0)
		return 0;
	if (str_eq(beta, text))
		check_back(text, API_BETA, 0, &a);
	else {
		text = arena_copy(&a, converted(beta, API_ALPHA, 1, &a));
		check_back(text, API_ALPHA, 0, &a);
	}
	CHECK(arena_ok(&a));
	return 0;
}
