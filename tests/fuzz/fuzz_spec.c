/*
 * fuzz_spec.c - any JSON as the spec of an AIStore.
 *
 * It is refused with a sentence, or named as not supported, or every object
 * of it can be written: sound JSON, with digests, the same one each time.
 */
#include "ais/keep.h"
#include "ais/want.h"
#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[16 << 20];

static void
write_all(const struct spec *s, struct arena *a)
{
	struct want w = { .cluster = { STR("ns"), STR("ais"), STR("uid") }, .spec = s, .rebalance = true };

	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		struct str body = want_body(k, &w, a);
		uint64_t   once[GROUP_COUNT] = { 0 }, twice[GROUP_COUNT] = { 0 };

		if (body.len == 0)
			return;
		CHECK(json_check(body, NULL) == JSON_OK);
		digest_of(want_kind_of(k), body, a, once);
		digest_of(want_kind_of(k), body, a, twice);
		CHECK(!arena_ok(a) || (once[0] != 0 && once[0] == twice[0]));
	}
}

static void
check_understood(const struct spec *s)
{
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		CHECK(s->role[r].size >= 1 && s->role[r].size <= SPEC_SIZE_MAX);
		CHECK(s->role[r].public_port >= 1 && s->role[r].public_port <= 65535);
	}
	CHECK(s->node_image.len > 0 && s->init_image.len > 0 && s->state_prefix.len > 0);
	CHECK(s->mount_count >= 0 && s->mount_count <= SPEC_MOUNTS_MAX);
	for (int i = 0; i < s->mount_count; i++)
		CHECK(s->mounts[i].path.len > 1 && s->mounts[i].size.len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spec s;
	struct json_doc    doc;
	struct arena       a;
	struct str         text;

	arena_init(&a, memory, sizeof(memory));
	text = arena_copy(&a, (struct str){ (const char *)data, size });
	if (json_parse_in(&doc, text, &a) != JSON_OK)
		return 0;
	spec_parse(json_root(&doc), STR("cluster.local"), &a, &s);
	if (!arena_ok(&a) || s.invalid.len > 0 || s.unsupported.len > 0)
		return 0;
	check_understood(&s);
	write_all(&s, &a);
	return 0;
}
