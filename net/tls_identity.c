/*
 * tls_identity.c - a certificate chain and its private key.
 *
 * Keys are read here and not by BearSSL: the reader of 0.6 can be made to
 * write past its buffer.  Here every number has a bound before it is used.
 */
#include <string.h>

#include "kernel/check.h"
#include "net/tls_inner.h"

#define KIND_TEXT "the private key is of a kind that this program does not know: " \
	"use RSA or EC (P-256, P-384, P-521)"
#define BROKEN_TEXT "the private key is damaged"
#define STRANGER_TEXT "the private key does not belong to the certificate"

#define OID_RSA  STR("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_EC   STR("\x2a\x86\x48\xce\x3d\x02\x01")

struct curve { int id; size_t bytes; struct str oid; };
static const struct curve curves[] = {
	{ BR_EC_secp256r1, 32, STR_INIT("\x2a\x86\x48\xce\x3d\x03\x01\x07") },
	{ BR_EC_secp384r1, 48, STR_INIT("\x2b\x81\x04\x00\x22") },
	{ BR_EC_secp521r1, 66, STR_INIT("\x2b\x81\x04\x00\x23") },
};

static struct str
without_zeroes(struct str number)
{
	while (number.len > 0 && number.at[0] == '\0')
		number = str_from(number, 1);
	return number;
}

static bool
same(struct str a, const unsigned char *at, size_t len)
{
	return str_eq(a, without_zeroes((struct str){ (const char *)at, len }));
}

static const char *
rsa_parse(struct str der, struct tls_identity *id, const br_x509_pkey *certified)
{
	struct str          body, version, n[8];       /* n, e, d, p, q, dp, dq, 1/q */
	br_rsa_private_key *k = &id->key.rsa;
	unsigned            top;

	if (!der_enter(&der, DER_SEQUENCE, &body) || !der_enter(&body, DER_INTEGER, &version))
		return BROKEN_TEXT;
	for (size_t i = 0; i < 8; i++) {
		if (!der_enter(&body, DER_INTEGER, &n[i]))
			return BROKEN_TEXT;
		n[i] = without_zeroes(n[i]);
		if (n[i].len > (i < 3 ? TLS_RSA_MAX : TLS_RSA_MAX / 2))
			return "the private key is larger than RSA of 4096 bits";
		if (n[i].len == 0)
			return BROKEN_TEXT;
	}
	if (certified->key_type != BR_KEYTYPE_RSA || !same(n[0], certified->key.rsa.n, certified->key.rsa.nlen))
		return STRANGER_TEXT;
	top = (unsigned char)n[0].at[0];
	*k = (br_rsa_private_key){ .n_bitlen = (uint32_t)(n[0].len - 1) * 8 };
	for (; top > 0; top >>= 1)
		k->n_bitlen++;
	/* BearSSL's pointers are not const; the bytes stay where they are, in the identity's block. */
	k->p = (unsigned char *)(uintptr_t)n[3].at, k->plen = n[3].len;
	k->q = (unsigned char *)(uintptr_t)n[4].at, k->qlen = n[4].len;
	k->dp = (unsigned char *)(uintptr_t)n[5].at, k->dplen = n[5].len;
	k->dq = (unsigned char *)(uintptr_t)n[6].at, k->dqlen = n[6].len;
	k->iq = (unsigned char *)(uintptr_t)n[7].at, k->iqlen = n[7].len;
	id->key_type = BR_KEYTYPE_RSA;
	return NULL;
}

static const struct curve *
curve_of(struct str oid)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (str_eq(oid, curves[i].oid))
			return &curves[i];
	return NULL;
}

/* `oid`: of the curve, where it is known from outside; else it stands in the key. */
static const char *
ec_parse(struct str der, struct str oid, struct tls_identity *id, const br_x509_pkey *certified)
{
	struct str          body, value, number;
	unsigned            tag;
	const struct curve *c;
	br_ec_public_key    made;
	unsigned char       room[BR_EC_KBUF_PUB_MAX_SIZE];

	if (!der_enter(&der, DER_SEQUENCE, &body) || !der_enter(&body, DER_INTEGER, &value) ||
	    !der_enter(&body, DER_OCTETS, &number))
		return BROKEN_TEXT;
	if (oid.at == NULL &&
	    (!der_next(&body, &tag, &value) || tag != DER_FIRST || !der_enter(&value, DER_OID, &oid)))
		return BROKEN_TEXT;
	c = curve_of(oid);
	if (c == NULL)
		return KIND_TEXT;
	number = without_zeroes(number);
	if (number.len == 0 || number.len > c->bytes)
		return BROKEN_TEXT;
	id->key_type = BR_KEYTYPE_EC;
	id->key.ec = (br_ec_private_key){ c->id, (unsigned char *)(uintptr_t)number.at, number.len };
	if (certified->key_type != BR_KEYTYPE_EC || certified->key.ec.curve != c->id ||
	    br_ec_compute_pub(br_ec_get_default(), &made, room, &id->key.ec) == 0 ||
	    made.qlen != certified->key.ec.qlen || memcmp(made.q, certified->key.ec.q, made.qlen) != 0)
		return STRANGER_TEXT;
	return NULL;
}

/* PKCS#8 around one of the two, or one of the two. */
const char *
tls_key_parse(struct str der, struct tls_identity *id, const br_x509_pkey *certified)
{
	struct str all = der, body, value, oid, inner, curve = STR_NONE;
	unsigned   tag;

	if (!der_enter(&der, DER_SEQUENCE, &body) || !der_enter(&body, DER_INTEGER, &value) ||
	    !der_next(&body, &tag, &value))
		return BROKEN_TEXT;
	if (tag == DER_INTEGER)
		return rsa_parse(all, id, certified);
	if (tag == DER_OCTETS)
		return ec_parse(all, STR_NONE, id, certified);
	if (tag != DER_SEQUENCE || !der_enter(&value, DER_OID, &oid) || !der_enter(&body, DER_OCTETS, &inner))
		return BROKEN_TEXT;
	if (str_eq(oid, OID_RSA))
		return rsa_parse(inner, id, certified);
	if (str_eq(oid, OID_EC) && der_enter(&value, DER_OID, &curve))
		return ec_parse(inner, curve, id, certified);
	return KIND_TEXT;
}

static const char *
chain_parse(struct str pem, struct arena *a, struct tls_identity *id)
{
	struct str  name, der;
	const char *why;

	while (pem_next(&pem, a, &name, &der, &why)) {
		if (!str_eq(name, STR("CERTIFICATE")) && !str_eq(name, STR("X509 CERTIFICATE")))
			continue;
		if (id->count == TLS_CHAIN_MAX)
			return "the chain has more than 10 certificates";
		id->chain[id->count++] = (br_x509_certificate){ (unsigned char *)(uintptr_t)der.at, der.len };
	}
	if (why == NULL && id->count == 0)
		why = "there is no certificate in it (PEM is wanted: -----BEGIN CERTIFICATE-----)";
	return why;
}

static const char *
key_find(struct str pem, struct arena *a, struct str *der)
{
	struct str  name;
	const char *why;

	while (pem_next(&pem, a, &name, der, &why)) {
		if (str_eq(name, STR("ENCRYPTED PRIVATE KEY")))
			return "the private key is encrypted: this program needs it without a passphrase";
		if (str_eq(name, STR("PRIVATE KEY")) || str_eq(name, STR("RSA PRIVATE KEY")) ||
		    str_eq(name, STR("EC PRIVATE KEY")))
			return NULL;
	}
	return why != NULL ? why : "there is no private key in it (PEM is wanted: -----BEGIN PRIVATE KEY-----)";
}

static const char *
identity_parse(struct tls_identity *id, struct str chain_pem, struct str key_pem, struct arena *a)
{
	br_x509_trust_anchor leaf;
	struct str           key;
	const char          *why = chain_parse(chain_pem, a, id);

	if (why != NULL)
		return why;
	if (!tls_anchor_make((struct str){ (const char *)id->chain[0].data, id->chain[0].data_len }, a, &leaf))
		return "the certificate cannot be used (keys: RSA up to 4096 bits, EC P-256, P-384, P-521)";
	why = key_find(key_pem, a, &key);
	return why != NULL ? why : tls_key_parse(key, id, &leaf.pkey);
}

struct tls_identity *
tls_identity_parse(struct str chain_pem, struct str key_pem, const char **why)
{
	size_t               size = sizeof(struct tls_identity) + 2 * chain_pem.len + key_pem.len +
	                         TLS_CHAIN_MAX * sizeof(br_x509_certificate) + 64;
	struct arena         a;
	struct tls_identity *id;

	*why = NULL;
	if (key_pem.len > TLS_KEY_MAX)
		*why = "the private key's file is larger than 16 KB";
	else if (chain_pem.len > TLS_CHAIN_MAX * TLS_LEAF_MAX)
		*why = "the certificate chain's file is larger than 160 KB";
	if (*why != NULL)
		return NULL;
	id = tls_block_take(size);
	if (id == NULL) {
		*why = "too many credentials are in use at once";
		return NULL;
	}
	arena_init(&a, id, size);
	CHECK(ARENA_NEW(&a, struct tls_identity) == id);
	*id = (struct tls_identity){ .held = 1, .size = size,
	    .chain = ARENA_ARRAY(&a, br_x509_certificate, TLS_CHAIN_MAX) };
	*why = identity_parse(id, chain_pem, key_pem, &a);
	if (*why == NULL)
		return id;
	tls_identity_drop(id);
	return NULL;
}

void
tls_identity_hold(struct tls_identity *id)
{
	id->held++;
}

void
tls_identity_drop(struct tls_identity *id)
{
	CHECK(id->held > 0);
	if (--id->held == 0)
		tls_block_give(id, id->size);
}
