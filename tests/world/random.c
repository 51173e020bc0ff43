/* random.c - the same bytes every time: splitmix64 from a seed. */
#include "kernel/random.h"

#include <string.h>

#include "world_inner.h"

static uint64_t state;

void
world_seed(uint64_t seed)
{
	state = seed;
}

void
random_reset(void)
{
	world_seed(1);
}

uint64_t
random_u64(void)
{
	uint64_t v = state += 0x9e3779b97f4a7c15;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
	v = (v ^ v >> 27) * 0x94d049bb133111eb;
	return v ^ v >> 31;
}

void
random_bytes(void *at, size_t len)
{
	char *to = at;

	while (len > 0) {
		uint64_t v = random_u64();
		size_t   n = len < sizeof(v) ? len : sizeof(v);

		memcpy(to, &v, n);
		to += n;
		len -= n;
	}
}
