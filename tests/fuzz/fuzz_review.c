/*
 * fuzz_review.c - any body: the answer is JSON, fits, and allows only what was
 * understood: a review of that kind, its object a checked document.
 *
 * The first byte says which path was asked, and what the rules find.
 */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/check.h"
#include "webhook/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[8u << 20], text[REVIEW_ANSWER_MAX];

static void
find_something(const struct review *r, unsigned how, struct arena *a, struct findings *f)
{
	struct json_iter it = json_each(r->object);

	*f = (struct findings){ .count = 0 };
	while (how >= 4 && f->count < FINDINGS_MAX && json_next(&it)) {
		struct finding what = { .error = how >= 8, .path = it.key, .text = json_str(it.val, a) };

		f->list[f->count++] = what;
		f->errors += what.error;
	}
}

static void
check_answer(const struct review *r, const struct findings *f, enum review_verdict verdict, struct str answer)
{
	bool says = str_has(answer, STR("\"allowed\":true,\"status\""));

	CHECK(json_check(answer, NULL) == JSON_OK);
	CHECK(says == (verdict == REVIEW_ALLOWED));
	CHECK(verdict != REVIEW_ALLOWED || (r->refusal == 0 && r->uid.len > 0 && f->errors == 0));
	CHECK(verdict != REVIEW_ALLOWED || r->operation == REVIEW_DELETE || json_is_obj(r->object));
	CHECK(verdict != REVIEW_ALLOWED || r->operation != REVIEW_UPDATE || json_is_obj(r->old));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct review   r;
	static struct findings f;
	struct out             o = out_over(text, sizeof(text));
	struct arena           a;
	enum review_verdict    verdict;
	int                    status;
	bool                   good;

	if (size == 0)
		return 0;
	arena_init(&a, memory, sizeof(memory));
	good = review_read((struct str){ (const char *)data + 1, size - 1 }, (enum resource)(data[0] % 4), &a, &r);
	find_something(&r, data[0] % 16, &a, &f);
	verdict = review_answer(&r, &f, &o, &status);
	CHECK(out_ok(&o) && good == (verdict != REVIEW_REFUSED));
	check_answer(&r, &f, verdict, out_view(&o));
	return 0;
}
