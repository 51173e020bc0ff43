/* ais_hash.c - xxh64, with which AIS makes ids of proxies and spreads objects. */
#include "tests/fake/ais_inner.h"

#include <string.h>

#define SEED 1103515245u
#define P1 0x9e3779b185ebca87u
#define P2 0xc2b2ae3d27d4eb4fu
#define P3 0x165667b19e3779f9u
#define P4 0x85ebca77c2b2ae63u
#define P5 0x27d4eb2f165667c5u

static uint64_t
turn(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static uint64_t
load(const char *at, size_t len)
{
	uint64_t v = 0;

	memcpy(&v, at, len);
	return v;
}

static uint64_t
mix(uint64_t lane, uint64_t v)
{
	return turn(lane + v * P2, 31) * P1;
}

static uint64_t
stripes(struct str *s)
{
	uint64_t lane[4] = { SEED + P1 + P2, SEED + P2, SEED, SEED - P1 };
	uint64_t h;

	for (; s->len >= 32; *s = str_from(*s, 32))
		for (int i = 0; i < 4; i++)
			lane[i] = mix(lane[i], load(s->at + 8 * i, 8));
	h = turn(lane[0], 1) + turn(lane[1], 7) + turn(lane[2], 12) + turn(lane[3], 18);
	for (int i = 0; i < 4; i++)
		h = (h ^ mix(0, lane[i])) * P1 + P4;
	return h;
}

uint64_t
ais_hash(struct str s)
{
	uint64_t len = s.len, h = len >= 32 ? stripes(&s) : SEED + P5;

	h += len;
	for (; s.len >= 8; s = str_from(s, 8))
		h = turn(h ^ mix(0, load(s.at, 8)), 27) * P1 + P4;
	if (s.len >= 4) {
		h = turn(h ^ load(s.at, 4) * P1, 23) * P2 + P3;
		s = str_from(s, 4);
	}
	for (; s.len > 0; s = str_from(s, 1))
		h = turn(h ^ load(s.at, 1) * P5, 11) * P1;
	h = (h ^ h >> 33) * P2;
	h = (h ^ h >> 29) * P3;
	return h ^ h >> 32;
}

/* In base 36; a leading digit is dropped, the rest filled up to 13 with t. */
void
ais_proxy_id(struct str node, char id[AIS_ID_SIZE])
{
	uint64_t h = ais_hash(node);
	char text[14];
	size_t at = sizeof(text);

	do
		text[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[h % 36];
	while ((h /= 36) > 0);
	if (text[at] <= '9')
		at++;
	memset(id, 't', 13);
	memcpy(id + 13 - (sizeof(text) - at), text + at, sizeof(text) - at);
	id[13] = 0;
}
