/* hash.c - SHA-256, by BearSSL. */
#include "kernel/hash.h"

#include <bearssl/bearssl_hash.h>

void
sha256(struct str s, uint8_t digest[32])
{
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, s.at, s.len);
	br_sha256_out(&c, digest);
}

void
sha256_hex(struct str s, struct out *o)
{
	uint8_t digest[32];

	sha256(s, digest);
	out_hex(o, digest, sizeof(digest));
}

uint64_t
sha256_u64(struct str s)
{
	uint8_t  digest[32];
	uint64_t v = 0;

	sha256(s, digest);
	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	return v;
}
