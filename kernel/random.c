/* random.c - bytes from the kernel's generator. */
#include "kernel/random.h"

#include <errno.h>
#include <sys/random.h>

#include "kernel/check.h"

void
random_bytes(void *at, size_t len)
{
	unsigned char *b = at;

	while (len > 0) {
		ssize_t n = getrandom(b, len, 0);

		/* It cannot fail but by a signal: a program without secrets must not go on. */
		CHECK(n > 0 || (n < 0 && errno == EINTR));
		if (n > 0) {
			b += n;
			len -= (size_t)n;
		}
	}
}

uint64_t
random_u64(void)
{
	uint64_t v;

	random_bytes(&v, sizeof(v));
	return v;
}
