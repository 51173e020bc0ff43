/* random.h - bytes that nobody can guess.  A world file: tests bring their own. */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void     random_bytes(void *at, size_t len);
uint64_t random_u64(void);

#endif
