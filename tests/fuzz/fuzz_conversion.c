/*
 * fuzz_conversion.c - any body, in one piece and in many: the same answer, which
 * is JSON, and a success only for a review of which every object was converted.
 *
 * The first byte says how large the pieces are.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "webhook/conversion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM (4u << 20)

static _Alignas(16) char room[ROOM];
static char              answers[2][ROOM];
static struct conversion c;

/* A piece stands in memory of its own, so that a look past its end is seen. */
static void
feed(const uint8_t *data, size_t size, struct out *o)
{
	char      *copy = malloc(size);
	struct str rest = { copy, size }, piece;
	size_t     used;

	CHECK(copy != NULL);
	memcpy(copy, data, size);
	for (; rest.len > 0; rest = str_from(rest, used)) {
		used = conversion_feed(&c, rest, &piece);
		CHECK(used > 0 && used <= rest.len);
		out_str(o, piece);
	}
	free(copy);
}

static struct str
answer_to(const uint8_t *data, size_t size, size_t step, char *text)
{
	struct out o = out_over(text, ROOM);
	struct str piece;

	conversion_begin(&c, room, sizeof(room));
	for (size_t i = 0; i < size; i += step)
		feed(data + i, size - i < step ? size - i : step, &o);
	while (conversion_end(&c, &piece))
		out_str(&o, piece);
	CHECK(out_ok(&o));
	return out_view(&o);
}

static void
check_answer(struct str answer)
{
	static char     memory[ROOM];
	struct json_doc d;
	struct arena    a;
	struct json     response, result;

	arena_init(&a, memory, sizeof(memory));
	CHECK(json_parse_in(&d, answer, &a) == JSON_OK);
	response = json_get(json_root(&d), STR("response"));
	result = json_path(response, "result.status");
	CHECK(json_str_is(result, STR("Success")) == !c.failed);
	CHECK(c.failed || (c.status == 200 && json_size(json_get(response, STR("convertedObjects"))) ==
	    (int)c.converted && json_raw(json_get(response, STR("uid"))).len > 0));
	CHECK(c.status == 200 || json_str_is(json_get(json_root(&d), STR("kind")), STR("Status")));
	CHECK(!c.failed || c.why[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str one, many;
	bool       success;

	if (size == 0)
		return 0;
	one = answer_to(data + 1, size - 1, size, answers[0]);
	check_answer(one);
	success = !c.failed;
	CHECK(!success || json_check((struct str){ (const char *)data + 1, size - 1 }, NULL) != JSON_TOO_DEEP);
	many = answer_to(data + 1, size - 1, 1 + data[0] % 64, answers[1]);
	CHECK(success == !c.failed && str_eq(one, many));
	return 0;
}
