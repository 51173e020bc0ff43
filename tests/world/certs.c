/* certs.c - the files that tests/certs.sh made. */
#include "certs.h"

#include <stdio.h>

#include "kernel/check.h"

#define FILES 5

struct str
certs_file(const char *name)
{
	static char     text[FILES][64 << 10];
	static unsigned files_read;
	char            path[128];
	char           *at = text[files_read++ % FILES];
	FILE           *f;
	size_t          len;

	snprintf(path, sizeof(path), "build/certs/%s", name);
	f = fopen(path, "r");
	if (f == NULL)
		fprintf(stderr, "%s is not there: make build/certs/done, and run this from the repository's root\n", path);
	CHECK(f != NULL);
	len = fread(at, 1, sizeof(text[0]), f);
	fclose(f);
	return (struct str){ at, len };
}

static struct str
file_of(const char *name, const char *kind)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.%s", name, kind);
	return certs_file(path);
}

struct tls_trust *
certs_trust(const char *name)
{
	const char       *why;
	struct tls_trust *t = tls_trust_parse(file_of(name, "crt"), &why);

	CHECK(t != NULL && why == NULL);
	return t;
}

struct tls_identity *
certs_identity(const char *name)
{
	const char          *why;
	struct tls_identity *id = tls_identity_parse(file_of(name, "crt"), file_of(name, "key"), &why);

	CHECK(id != NULL && why == NULL);
	return id;
}
