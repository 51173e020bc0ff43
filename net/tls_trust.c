/* tls_trust.c - certificate authorities: PEM to BearSSL's trust anchors. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/out.h"
#include "kernel/table.h"
#include "net/tls_inner.h"

#define BLOCKS_MAX   (64u << 20)     /* address space for all of trust and identities */
#define BUNDLE_MAX   (1u << 20)
#define ANCHORS_MAX  1000u

static struct pool blocks;

void *
tls_block_take(size_t size)
{
	if (blocks.base == NULL)
		pool_init(&blocks, BLOCKS_MAX);
	return pool_take(&blocks, size);
}

void
tls_block_give(void *block, size_t size)
{
	memset(block, 0, size);          /* there may have been a key in it */
	pool_give(&blocks, block, size);
}

static unsigned char *
copy(struct arena *a, const unsigned char *at, size_t len)
{
	/* BearSSL's pointers are not const. */
	return (unsigned char *)(uintptr_t)arena_copy(a, (struct str){ (const char *)at, len }).at;
}

static void
subject_add(void *to, const void *bytes, size_t len)
{
	out_str(to, (struct str){ bytes, len });
}

bool
tls_anchor_make(struct str cert, struct arena *a, br_x509_trust_anchor *anchor)
{
	br_x509_decoder_context  d;
	struct out               subject = out_in(a);
	struct str               name;
	const br_x509_pkey      *key;

	br_x509_decoder_init(&d, subject_add, &subject);
	br_x509_decoder_push(&d, cert.at, cert.len);
	key = br_x509_decoder_get_pkey(&d);
	if (key == NULL)
		return false;
	name = out_keep(&subject, a);
	*anchor = (br_x509_trust_anchor){
		.dn = { (unsigned char *)(uintptr_t)name.at, name.len },
		.flags = br_x509_decoder_isCA(&d) ? BR_X509_TA_CA : 0,
		.pkey = *key,
	};
	if (key->key_type == BR_KEYTYPE_RSA) {
		anchor->pkey.key.rsa.n = copy(a, key->key.rsa.n, key->key.rsa.nlen);
		anchor->pkey.key.rsa.e = copy(a, key->key.rsa.e, key->key.rsa.elen);
	} else
		anchor->pkey.key.ec.q = copy(a, key->key.ec.q, key->key.ec.qlen);
	return arena_ok(a);
}

/* All that can be used of it; the rest of a bundle is not the worse for one
 * authority with a kind of key that we do not know. */
static const char *
anchors_parse(struct tls_trust *t, struct str pem, struct arena *a)
{
	struct str  name, der;
	const char *why;

	while (pem_next(&pem, a, &name, &der, &why))
		if ((str_eq(name, STR("CERTIFICATE")) || str_eq(name, STR("X509 CERTIFICATE"))) &&
		    tls_anchor_make(der, a, &t->anchors[t->count]))
			t->count++;
	if (why == NULL && t->count == 0)
		why = "no certificate in it can be used (keys: RSA up to 4096 bits, EC P-256, P-384, P-521)";
	return why;
}

struct tls_trust *
tls_trust_parse(struct str pem, const char **why)
{
	size_t            count = pem_count(pem);
	size_t            size = sizeof(struct tls_trust) + count * sizeof(br_x509_trust_anchor) + 2 * pem.len + 64;
	struct arena      a;
	struct tls_trust *t;

	*why = NULL;
	if (count == 0)
		*why = "there is no certificate in it (PEM is wanted: -----BEGIN CERTIFICATE-----)";
	else if (pem.len > BUNDLE_MAX || count > ANCHORS_MAX)
		*why = "the bundle has more than 1 MiB or 1000 certificates";
	if (*why != NULL)
		return NULL;
	t = tls_block_take(size);
	if (t == NULL) {
		*why = "too many credentials are in use at once";
		return NULL;
	}
	arena_init(&a, t, size);
	CHECK(ARENA_NEW(&a, struct tls_trust) == t);
	*t = (struct tls_trust){ .held = 1, .size = size, .anchors = ARENA_ARRAY(&a, br_x509_trust_anchor, count) };
	*why = anchors_parse(t, pem, &a);
	if (*why == NULL)
		return t;
	tls_trust_drop(t);
	return NULL;
}

void
tls_trust_hold(struct tls_trust *t)
{
	t->held++;
}

void
tls_trust_drop(struct tls_trust *t)
{
	CHECK(t->held > 0);
	if (--t->held == 0)
		tls_block_give(t, t->size);
}
