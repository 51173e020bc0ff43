/*
 * tls_inner.h - what the files of TLS share.
 *
 *   tls.c           contexts and the engine
 *   tls_judge.c     whether a server's certificate is what we want
 *   tls_der.c       pure: what stands in a certificate
 *   tls_pem.c       pure: PEM to DER and back
 *   tls_trust.c     certificate authorities
 *   tls_identity.c  a chain and its private key
 *   tls_dates.c     when it is valid
 *   tls_text.c      errors in words
 */
#ifndef NET_TLS_INNER_H
#define NET_TLS_INNER_H

#include <bearssl.h>

#include "kernel/arena.h"
#include "net/addr.h"
#include "net/der.h"
#include "net/tls.h"

#define TLS_NAME_MAX  253u
#define TLS_LEAF_MAX  (16u << 10)
#define TLS_KEY_MAX   (16u << 10)      /* of a key's file */
#define TLS_CHAIN_MAX 10               /* certificates */
#define TLS_RSA_MAX   512u             /* bytes: 4096 bits */

struct tls_trust {
	unsigned              held;
	size_t                size;        /* of its block */
	size_t                count;
	br_x509_trust_anchor *anchors;
};

struct tls_identity {
	unsigned             held;
	size_t               size;
	size_t               count;
	br_x509_certificate *chain;
	int                  key_type;     /* BR_KEYTYPE_RSA or _EC */
	union {
		br_rsa_private_key rsa;
		br_ec_private_key  ec;
	} key;
};

/* Of a certificate. */
bool der_has_names(struct str cert);                               /* a subjectAltName at all */
bool der_has_ip(struct str cert, const struct addr *ip);           /* ... with this address */
bool der_may_serve(struct str cert);                               /* no extended usage, or one for servers */

/* Blocks for what is parsed; NULL: the limit. */
void *tls_block_take(size_t size);
void  tls_block_give(void *block, size_t size);

/* A certificate's subject and key, copied into the arena.  False: not one that can be used. */
bool tls_anchor_make(struct str cert, struct arena *a, br_x509_trust_anchor *anchor);

/* Fills in the key; NULL, or what is wrong with it. */
const char *tls_key_parse(struct str der, struct tls_identity *id, const br_x509_pkey *certified);

/* Judges the server's certificates in BearSSL's place. */
struct tls_judge {
	const br_x509_class *vtable;       /* first: the engine knows this only */
	union {
		br_x509_minimal_context minimal;
		br_x509_decoder_context decoder;    /* of who trusts anybody */
	} in;
	enum { JUDGE_DNS, JUDGE_IP, JUDGE_ANYBODY, JUDGE_NOBODY } rule;
	struct addr   ip;
	char          name[TLS_NAME_MAX + 1];
	size_t        certs;               /* seen so far */
	size_t        leaf_len;
	bool          leaf_too_big;
	unsigned char leaf[TLS_LEAF_MAX];
};

void tls_judge_begin(struct tls_judge *j, const struct tls_trust *trust, struct str name, bool insecure);

#endif
