/* fuzz_smap.c - any bytes as a cluster map: what is accepted is sorted, counted and has its primary. */
#include "ais/smap.h"

#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[8 << 20];

static void
check_map(const struct smap *m)
{
	bool primary = false;

	CHECK(m->uuid.len > 0);
	CHECK(m->node_count == m->count[ROLE_PROXY] + m->count[ROLE_TARGET]);
	for (int i = 0; i < m->node_count; i++) {
		const struct smap_node *n = &m->nodes[i];

		CHECK(n->id.len > 0 && n->host.len > 0);
		CHECK(n->role == (i < m->count[ROLE_PROXY] ? ROLE_PROXY : ROLE_TARGET));
		CHECK(i == 0 || n[-1].role != n->role || str_cmp(n[-1].host, n->host) <= 0);
		primary = primary || (n->role == ROLE_PROXY && str_eq(n->id, m->primary));
	}
	CHECK(primary);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smap  m;
	struct arena a;
	struct str   text;

	arena_init(&a, memory, sizeof(memory));
	text = arena_copy(&a, (struct str){ (const char *)data, size });
	if (smap_parse(text, &a, &m))
		check_map(&m);
	return 0;
}
