/* certify_read.c - pure: what stands in our certificates and keys. */
#include <bearssl.h>
#include <string.h>

#include "kernel/hash.h"
#include "net/der.h"
#include "webhook/certify.h"
#include "webhook/certify_oid.h"

#define POINT 65             /* bytes: 4, x, y */

/* The next element whole, with its tag and length. */
static bool
take_whole(struct str *rest, unsigned tag, struct str *whole)
{
	struct str before = *rest, value;

	if (!der_enter(rest, tag, &value))
		return false;
	*whole = str_upto(before, before.len - rest->len);
	return true;
}

static bool
take_bits(struct str *rest, struct str *bits)
{
	if (!der_enter(rest, DER_BITS, bits) || bits->len == 0 || bits->at[0] != '\0')
		return false;
	*bits = str_from(*bits, 1);
	return true;
}

static bool
read_point(struct str key, struct str *point)
{
	struct str algorithm, kind, curve;

	return der_enter(&key, DER_SEQUENCE, &algorithm) && der_enter(&algorithm, DER_OID, &kind) &&
	    str_eq(kind, OID_EC) && der_enter(&algorithm, DER_OID, &curve) && str_eq(curve, OID_P256) &&
	    take_bits(&key, point) && point->len == POINT && point->at[0] == 4;
}

static bool
read_signed_part(struct str whole, struct cert *c)
{
	struct str part, value, key;

	return der_enter(&whole, DER_SEQUENCE, &part) && der_enter(&part, DER_FIRST, &value) &&
	    der_enter(&part, DER_INTEGER, &value) && der_enter(&part, DER_SEQUENCE, &value) &&
	    take_whole(&part, DER_SEQUENCE, &c->issuer) && der_enter(&part, DER_SEQUENCE, &value) &&
	    take_whole(&part, DER_SEQUENCE, &c->subject) && der_enter(&part, DER_SEQUENCE, &key) &&
	    read_point(key, &c->point);
}

bool
cert_read(struct str der, struct cert *c)
{
	struct str     all, algorithm, kind, value, rest = der;
	enum der_found found = der_extension(der, OID_KEY_ID, &value);

	*c = (struct cert){ .key_id = STR_NONE };
	if (found == DER_BROKEN || (found == DER_FOUND && !der_enter(&value, DER_OCTETS, &c->key_id)))
		return false;
	return der_enter(&rest, DER_SEQUENCE, &all) && rest.len == 0 &&
	    take_whole(&all, DER_SEQUENCE, &c->signed_part) && der_enter(&all, DER_SEQUENCE, &algorithm) &&
	    der_enter(&algorithm, DER_OID, &kind) && str_eq(kind, OID_ECDSA_SHA256) &&
	    take_bits(&all, &c->signature) && all.len == 0 && read_signed_part(c->signed_part, c) &&
	    der_validity(der, &c->from_s, &c->until_s);
}

bool
cert_signed_by(const struct cert *c, const struct cert *ca)
{
	/* BearSSL's pointers are not const. */
	br_ec_public_key key = { BR_EC_secp256r1, (unsigned char *)(uintptr_t)ca->point.at, ca->point.len };
	unsigned char    digest[32];

	if (!str_eq(c->issuer, ca->subject))
		return false;
	sha256(c->signed_part, digest);
	return br_ecdsa_i31_vrfy_asn1(br_ec_get_default(), digest, sizeof(digest), &key, c->signature.at,
	    c->signature.len) == 1;
}

bool
cert_names(struct str der, struct str dns_name)
{
	struct str value, names, name;
	unsigned   tag;

	if (der_extension(der, OID_ALT_NAMES, &value) != DER_FOUND || !der_enter(&value, DER_SEQUENCE, &names))
		return false;
	while (der_next(&names, &tag, &name))
		if (tag == DER_DNS_NAME && str_eq(name, dns_name))
			return true;
	return false;
}

/* Version, algorithm, and in the octets: version, number. */
static bool
read_number(struct str der, struct str *number)
{
	struct str all, value, wrapped, key;

	return der_enter(&der, DER_SEQUENCE, &all) && der_enter(&all, DER_INTEGER, &value) &&
	    der_enter(&all, DER_SEQUENCE, &value) && der_enter(&all, DER_OCTETS, &wrapped) &&
	    der_enter(&wrapped, DER_SEQUENCE, &key) && der_enter(&key, DER_INTEGER, &value) &&
	    der_enter(&key, DER_OCTETS, number) && number->len > 0 && number->len <= 32;
}

struct str
certify_key(struct str pem, const struct cert *c, struct arena *a)
{
	struct str        name, der, number;
	const char       *why;
	br_ec_private_key secret = { .curve = BR_EC_secp256r1 };
	br_ec_public_key  open;
	unsigned char     room[BR_EC_KBUF_PUB_MAX_SIZE];

	if (!pem_next(&pem, a, &name, &der, &why) || !read_number(der, &number))
		return STR_NONE;
	secret.x = (unsigned char *)(uintptr_t)number.at;
	secret.xlen = number.len;
	if (br_ec_compute_pub(br_ec_get_default(), &open, room, &secret) != c->point.len ||
	    memcmp(open.q, c->point.at, open.qlen) != 0)
		return STR_NONE;
	return number;
}
