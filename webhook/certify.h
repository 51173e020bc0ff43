/*
 * certify.h - pure: an authority of our own, the certificate that it signs,
 * and what stands in both.
 *
 * ECDSA on P-256 with SHA-256.  The same seed, time and names give the same
 * certificates, byte for byte.  Keys are PKCS#8.
 */
#ifndef WEBHOOK_CERTIFY_H
#define WEBHOOK_CERTIFY_H

#include "kernel/arena.h"

#define CERTIFY_SEED      64               /* random bytes for one certificate and its key */
#define CERTIFY_ARENA     (64u << 10)      /* is enough for any of these calls */
#define CERTIFY_DAY_S     INT64_C(86400)
#define CERTIFY_CA_S      (3650 * CERTIFY_DAY_S)
#define CERTIFY_SERVING_S (365 * CERTIFY_DAY_S)
#define CERTIFY_EARLY_S   3600             /* valid so long before now: clocks differ */
#define CERTIFY_ID        20               /* bytes of a key's identifier */

struct certify_names {
	struct str service, ns;          /* at most 63 bytes each */
	struct str domain;               /* of the cluster; empty, or too long for a name: left out */
};

struct certified {
	struct str cert, key;            /* PEM */
};

/* Valid from now_s - CERTIFY_EARLY_S on, for CERTIFY_CA_S. */
void certify_authority(const unsigned char seed[CERTIFY_SEED], int64_t now_s, struct arena *a,
                       struct certified *out);

/* For <service>.<ns>.svc and <service>.<ns>.svc.<domain>; never outlives its
 * authority.  ca->cert: the first certificate in it signs.  False: the
 * authority cannot be used. */
bool certify_serving(const unsigned char seed[CERTIFY_SEED], int64_t now_s, const struct certified *ca,
                     const struct certify_names *names, struct arena *a, struct certified *out);

/* A certificate in DER, read; views of it. */
struct cert {
	struct str signed_part, signature;
	struct str issuer, subject;      /* whole elements */
	struct str point;                /* of its P-256 key */
	struct str key_id;               /* empty: it has none */
	int64_t    from_s, until_s;
};

/* False: not one with a P-256 key that was signed by ECDSA with SHA-256. */
bool cert_read(struct str der, struct cert *c);
bool cert_signed_by(const struct cert *c, const struct cert *ca);
bool cert_names(struct str der, struct str dns_name);        /* in its subjectAltName, letter for letter */

/* The private number of a key in PEM, when it belongs to that certificate; empty: it does not. */
struct str certify_key(struct str pem, const struct cert *c, struct arena *a);

#endif
