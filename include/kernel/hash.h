/* hash.h - SHA-256, for digests of objects and for AIS's configuration hashes. */
#ifndef KERNEL_HASH_H
#define KERNEL_HASH_H

#include "kernel/out.h"

void     sha256(struct str s, uint8_t digest[32]);
void     sha256_hex(struct str s, struct out *o);     /* 64 lower-case digits */
uint64_t sha256_u64(struct str s);                    /* its first eight bytes */

#endif
