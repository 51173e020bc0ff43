/*
 * certify.c - our authority and what it signs, as files; for tests/peer/certify.sh.
 *
 *	certify DIR SERVICE NAMESPACE DOMAIN
 *
 * Writes ca.crt ca.key tls.crt tls.key, the same of a second authority as
 * next-*, and both authorities as bundle.crt.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/clock.h"
#include "kernel/memory.h"
#include "kernel/out.h"
#include "kernel/random.h"
#include "webhook/certify.h"

static const char *folder;

static void
save(const char *prefix, const char *name, struct str text)
{
	char  path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, prefix, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(text.at, 1, text.len, f) != text.len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static struct str
make(const char *prefix, const struct certify_names *names, struct arena *a)
{
	unsigned char    seed[2][CERTIFY_SEED];
	int64_t          now_s = clock_wall_us() / 1000000;
	struct certified ca, tls;

	random_bytes(seed, sizeof(seed));
	certify_authority(seed[0], now_s, a, &ca);
	if (!certify_serving(seed[1], now_s, &ca, names, a, &tls))
		exit(1);
	save(prefix, "ca.crt", ca.cert);
	save(prefix, "ca.key", ca.key);
	save(prefix, "tls.crt", tls.cert);
	save(prefix, "tls.key", tls.key);
	return ca.cert;
}

int
main(int argc, char **argv)
{
	struct certify_names names;
	struct arena         a;
	struct str           first, second;

	if (argc != 5) {
		fprintf(stderr, "usage: certify DIR SERVICE NAMESPACE DOMAIN\n");
		return 2;
	}
	folder = argv[1];
	names = (struct certify_names){ str_of(argv[2]), str_of(argv[3]), str_of(argv[4]) };
	arena_init(&a, memory_reserve(2 * CERTIFY_ARENA), 2 * CERTIFY_ARENA);
	first = make("", &names, &a);
	second = make("next-", &names, &a);
	save("", "bundle.crt", JOIN(&a, second, first));
	return 0;
}
