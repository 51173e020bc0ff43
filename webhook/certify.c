/* certify.c - pure: an authority of our own, and the certificate that it signs. */
#include "webhook/certify.h"

#include <bearssl.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/hash.h"
#include "net/der.h"
#include "webhook/certify_oid.h"

#define CERT_MAX     4096         /* DER */
#define SERIAL       16
#define DNS_MAX      253         /* no DNS name is longer */
#define SUBJECT      STR("ais-operator-webhook")
#define SUBJECT_CA   STR("ais-operator-webhook-ca ")     /* and the beginning of its key's identifier */

/* A new key, and the number that goes with its certificate. */
struct made {
	br_ec_private_key secret;
	br_ec_public_key  open;
	unsigned char     id[32];        /* CERTIFY_ID bytes of it */
	unsigned char     serial[SERIAL];
	unsigned char     secret_room[BR_EC_KBUF_PRIV_MAX_SIZE], open_room[BR_EC_KBUF_PUB_MAX_SIZE];
};

/* What is to be signed. */
struct wish {
	const struct made          *made;
	const struct certify_names *names;       /* NULL: an authority */
	struct str                  issuer;      /* a whole element */
	struct str                  issuer_id;   /* empty: signs itself */
	int64_t                     from_s, until_s;
};

/* A clock may say anything; a certificate cannot. */
static int64_t
begin_of(int64_t now_s)
{
	int64_t from_s = now_s - CERTIFY_EARLY_S, most = DER_TIME_MAX - CERTIFY_CA_S;

	return from_s < 0 ? 0 : from_s > most ? most : from_s;
}

static struct str
bytes(const unsigned char *at, size_t len)
{
	return (struct str){ (const char *)at, len };
}

static void
make_key(const unsigned char *seed, struct made *m)
{
	br_hmac_drbg_context rng;
	size_t               len;

	br_hmac_drbg_init(&rng, &br_sha256_vtable, seed, CERTIFY_SEED);
	len = br_ec_keygen(&rng.vtable, br_ec_get_default(), &m->secret, m->secret_room, BR_EC_secp256r1);
	CHECK(len > 0);
	len = br_ec_compute_pub(br_ec_get_default(), &m->open, m->open_room, &m->secret);
	CHECK(len > 0);
	sha256(bytes(m->open.q, m->open.qlen), m->id);
	br_hmac_drbg_generate(&rng, m->serial, SERIAL);
	m->serial[0] = (m->serial[0] & 0x3f) | 0x40;     /* positive, and always of the same length */
}

/* Parts --------------------------------------------------------------------- */

static void
put_oids(struct out *o, struct str first, struct str second)
{
	size_t at = der_begin(o, DER_SEQUENCE);

	der_put(o, DER_OID, first);
	if (second.len > 0)
		der_put(o, DER_OID, second);
	der_end(o, at);
}

static void
put_name(struct out *o, struct str common_name)
{
	size_t all = der_begin(o, DER_SEQUENCE), set = der_begin(o, DER_SET), one = der_begin(o, DER_SEQUENCE);

	der_put(o, DER_OID, OID_COMMON_NAME);
	der_put(o, DER_UTF8, common_name);
	der_end(o, one);
	der_end(o, set);
	der_end(o, all);
}

/* Two authorities have two names, so that nobody takes one for the other. */
static void
put_subject(struct out *o, const struct wish *w)
{
	char       text[64];
	struct out name = out_over(text, sizeof(text));

	out_str(&name, w->names == NULL ? SUBJECT_CA : SUBJECT);
	if (w->names == NULL)
		out_hex(&name, w->made->id, 4);
	put_name(o, out_view(&name));
}

static void
put_public_key(struct out *o, const struct made *m)
{
	size_t at = der_begin(o, DER_SEQUENCE);

	put_oids(o, OID_EC, OID_P256);
	der_put_bits(o, bytes(m->open.q, m->open.qlen), 0);
	der_end(o, at);
}

static void
put_extension(struct out *o, struct str oid, bool critical, const struct out *value)
{
	size_t at = der_begin(o, DER_SEQUENCE);

	CHECK(out_ok(value));
	der_put(o, DER_OID, oid);
	if (critical)
		der_put(o, DER_BOOLEAN, STR("\xff"));
	der_put(o, DER_OCTETS, out_view(value));
	der_end(o, at);
}

/* Signs certificates, no further authorities; or signs handshakes. */
static void
put_rights(struct out *o, bool authority)
{
	char       text[32];
	struct out v = out_over(text, sizeof(text));
	size_t     at = der_begin(&v, DER_SEQUENCE);

	if (authority) {
		der_put(&v, DER_BOOLEAN, STR("\xff"));
		der_put_number(&v, STR_NONE);
	}
	der_end(&v, at);
	put_extension(o, OID_CONSTRAINTS, true, &v);

	v = out_over(text, sizeof(text));
	if (authority)
		der_put_bits(&v, STR("\x06"), 1);        /* keyCertSign, cRLSign */
	else
		der_put_bits(&v, STR("\x80"), 7);        /* digitalSignature */
	put_extension(o, OID_KEY_USAGE, true, &v);
}

static void
put_names(struct out *o, const struct certify_names *n)
{
	char       text[2 * DNS_MAX + 16];
	struct out v = out_over(text, sizeof(text));
	size_t     at = der_begin(&v, DER_SEQUENCE), one;
	size_t     longer = n->service.len + n->ns.len + n->domain.len + sizeof("..svc.") - 1;

	for (int i = 0; i < (n->domain.len > 0 && longer <= DNS_MAX ? 2 : 1); i++) {
		one = der_begin(&v, DER_DNS_NAME);
		OUT(&v, n->service, STR("."), n->ns, STR(".svc"));
		if (i == 1)
			OUT(&v, STR("."), n->domain);
		der_end(&v, one);
	}
	der_end(&v, at);
	put_extension(o, OID_ALT_NAMES, false, &v);

	v = out_over(text, sizeof(text));
	put_oids(&v, OID_USAGE_SERVE, STR_NONE);
	put_extension(o, OID_USAGES, false, &v);
}

static void
put_identifiers(struct out *o, const struct wish *w)
{
	char       text[64];
	struct out v = out_over(text, sizeof(text));
	size_t     at;

	der_put(&v, DER_OCTETS, bytes(w->made->id, CERTIFY_ID));
	put_extension(o, OID_KEY_ID, false, &v);
	if (w->issuer_id.len == 0)
		return;
	v = out_over(text, sizeof(text));
	at = der_begin(&v, DER_SEQUENCE);
	der_put(&v, DER_KEY_NAME, w->issuer_id);
	der_end(&v, at);
	put_extension(o, OID_ISSUER_ID, false, &v);
}

/* Whole ---------------------------------------------------------------------- */

static void
put_signed_part(struct out *o, const struct wish *w)
{
	size_t all = der_begin(o, DER_SEQUENCE), at = der_begin(o, DER_FIRST), list;

	der_put_number(o, STR("\x02"));          /* version 3 */
	der_end(o, at);
	der_put_number(o, bytes(w->made->serial, SERIAL));
	put_oids(o, OID_ECDSA_SHA256, STR_NONE);
	if (w->issuer.len > 0)
		out_str(o, w->issuer);
	else
		put_subject(o, w);
	at = der_begin(o, DER_SEQUENCE);
	der_put_time(o, w->from_s);
	der_put_time(o, w->until_s);
	der_end(o, at);
	put_subject(o, w);
	put_public_key(o, w->made);
	at = der_begin(o, DER_EXTENSIONS);
	list = der_begin(o, DER_SEQUENCE);
	put_rights(o, w->names == NULL);
	if (w->names != NULL)
		put_names(o, w->names);
	put_identifiers(o, w);
	der_end(o, list);
	der_end(o, at);
	der_end(o, all);
}

static void
put_signature(struct out *o, struct str what, const br_ec_private_key *signer)
{
	unsigned char digest[32], signature[BR_EC_KBUF_PUB_MAX_SIZE];
	size_t        len;

	sha256(what, digest);
	len = br_ecdsa_i31_sign_asn1(br_ec_get_default(), &br_sha256_vtable, digest, signer, signature);
	CHECK(len > 0 && len <= sizeof(signature));
	put_oids(o, OID_ECDSA_SHA256, STR_NONE);
	der_put_bits(o, bytes(signature, len), 0);
}

static struct str
print_cert(const struct wish *w, const br_ec_private_key *signer, struct arena *a)
{
	char       der[CERT_MAX];
	struct out o = out_over(der, sizeof(der)), pem;
	size_t     all = der_begin(&o, DER_SEQUENCE), from = o.len;

	put_signed_part(&o, w);
	put_signature(&o, str_from(out_view(&o), from), signer);
	der_end(&o, all);
	CHECK(out_ok(&o));
	pem = out_in(a);
	pem_print(&pem, STR("CERTIFICATE"), out_view(&o));
	return out_keep(&pem, a);
}

/* PKCS#8 around what SEC 1 wants. */
static struct str
print_key(const struct made *m, struct arena *a)
{
	char       der[256];
	struct out o = out_over(der, sizeof(der)), pem;
	size_t     all = der_begin(&o, DER_SEQUENCE), wrapped, key, open;

	der_put_number(&o, STR_NONE);
	put_oids(&o, OID_EC, OID_P256);
	wrapped = der_begin(&o, DER_OCTETS);
	key = der_begin(&o, DER_SEQUENCE);
	der_put_number(&o, STR("\x01"));
	der_put(&o, DER_OCTETS, bytes(m->secret.x, m->secret.xlen));
	open = der_begin(&o, DER_SECOND);
	der_put_bits(&o, bytes(m->open.q, m->open.qlen), 0);
	der_end(&o, open);
	der_end(&o, key);
	der_end(&o, wrapped);
	der_end(&o, all);
	CHECK(out_ok(&o));
	pem = out_in(a);
	pem_print(&pem, STR("PRIVATE KEY"), out_view(&o));
	return out_keep(&pem, a);
}

void
certify_authority(const unsigned char seed[CERTIFY_SEED], int64_t now_s, struct arena *a,
    struct certified *out)
{
	struct made m;
	struct wish w = { .made = &m, .from_s = begin_of(now_s) };

	make_key(seed, &m);
	w.until_s = w.from_s + CERTIFY_CA_S;
	out->cert = print_cert(&w, &m.secret, a);
	out->key = print_key(&m, a);
}

bool
certify_serving(const unsigned char seed[CERTIFY_SEED], int64_t now_s, const struct certified *ca,
    const struct certify_names *names, struct arena *a, struct certified *out)
{
	struct made       m;
	struct wish       w = { .made = &m, .names = names, .from_s = begin_of(now_s) };
	struct str        rest = ca->cert, name, der, number;
	struct cert       issuer;
	br_ec_private_key signer = { .curve = BR_EC_secp256r1 };
	const char       *why;

	if (!pem_next(&rest, a, &name, &der, &why) || !cert_read(der, &issuer) || issuer.key_id.len > CERTIFY_ID)
		return false;
	number = certify_key(ca->key, &issuer, a);
	if (number.len == 0)
		return false;
	signer.x = (unsigned char *)(uintptr_t)number.at;        /* BearSSL's pointers are not const */
	signer.xlen = number.len;
	make_key(seed, &m);
	w.issuer = issuer.subject;
	w.issuer_id = issuer.key_id;
	w.until_s = w.from_s + CERTIFY_SERVING_S < issuer.until_s ? w.from_s + CERTIFY_SERVING_S : issuer.until_s;
	out->cert = print_cert(&w, &signer, a);
	out->key = print_key(&m, a);
	return arena_ok(a);
}
