/* fuzz_credentials.c - any file as a bundle, as a chain, as a key: usable, or a sentence. */
#include <stdint.h>

#include "kernel/check.h"
#include "net/tls_inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A certificate's bytes as they are, past all signatures. */
static void
walk(struct str der)
{
	struct addr ip = { .ip = { 127, 0, 0, 1 }, .ip_len = 4 };

	CHECK(!der_has_ip(der, &ip) || der_has_names(der));
	der_may_serve(der);
}

static void
read_key(struct str der)
{
	static const unsigned char n[] = { 1 };
	br_x509_pkey               certified = { .key_type = BR_KEYTYPE_RSA };
	struct tls_identity        id;

	certified.key.rsa = (br_rsa_public_key){ (unsigned char *)(uintptr_t)n, 1, NULL, 0 };
	CHECK(tls_key_parse(der, &id, &certified) != NULL || id.key.rsa.plen <= TLS_RSA_MAX / 2);
	certified.key_type = BR_KEYTYPE_EC;
	certified.key.ec = (br_ec_public_key){ BR_EC_secp256r1, (unsigned char *)(uintptr_t)n, 1 };
	CHECK(tls_key_parse(der, &id, &certified) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str           text = { (const char *)data, size };
	const char          *why;
	struct tls_trust    *t = tls_trust_parse(text, &why);
	struct tls_identity *id;

	CHECK((t == NULL) == (why != NULL));
	if (t != NULL)
		tls_trust_drop(t);
	id = tls_identity_parse(text, text, &why);
	CHECK((id == NULL) == (why != NULL));
	if (id != NULL)
		tls_identity_drop(id);
	walk(text);
	read_key(text);
	return 0;
}
