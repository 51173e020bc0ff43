/*
 * tls.c - contexts in slots, and BearSSL's engine behind our names.
 *
 * Slots stand in one reservation.  A slot is set up as a client or a server
 * once, because that asks the processor what it can do, which is slow in a
 * virtual machine; from then on it is only reset.  What only a handshake
 * needs (the judge) and the record buffer are given back when they are done.
 */
#include "net/tls.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/random.h"
#include "net/tls_inner.h"

enum kind { KIND_CLIENT, KIND_SERVER, KINDS };

struct tls {
	struct tls          *next;           /* of those that are not in use */
	enum kind            kind;
	bool                 open;           /* the handshake is done */
	bool                 closed_here;
	struct tls_trust    *trust;
	struct tls_identity *identity;
	struct tls_judge    *judge;          /* its own pages, behind this */
	union {
		br_ssl_engine_context engine;    /* both begin with it */
		br_ssl_client_context client;
		br_ssl_server_context server;
	} c;
	unsigned char        record[BR_SSL_BUFSIZE_MONO];
};

static char       *slots;
static size_t      slots_used;           /* ever: those behind were never touched */
static struct tls *idle[KINDS];

static const uint16_t suites[] = {
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
};

/* BearSSL's type for the list is not const. */
static char        http_1_1[] = "http/1.1";
static const char *protocols[] = { http_1_1 };

/* Key exchange with two curves only; signatures may be of any curve, so the
 * verifier is given the whole implementation, not the engine's. */
static br_ec_impl exchange_curves;

static uint32_t
verify_any_curve(const br_ec_impl *impl, const void *hash, size_t hash_len, const br_ec_public_key *key,
    const void *signature, size_t signature_len)
{
	(void)impl;
	return br_ecdsa_vrfy_asn1_get_default()(br_ec_get_default(), hash, hash_len, key, signature, signature_len);
}

static size_t
pages(size_t size)
{
	return (size + memory_page() - 1) / memory_page() * memory_page();
}

static void
set_up(struct tls *t, enum kind kind)
{
	br_ssl_engine_context *e = &t->c.engine;

	exchange_curves = *br_ec_get_default();
	exchange_curves.supported_curves &= (uint32_t)1 << BR_EC_curve25519 | (uint32_t)1 << BR_EC_secp256r1;
	t->kind = kind;
	if (kind == KIND_CLIENT)
		br_ssl_client_zero(&t->c.client);
	else
		br_ssl_server_zero(&t->c.server);
	br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(e, suites, sizeof(suites) / sizeof(suites[0]));
	br_ssl_engine_set_hash(e, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(e, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(e, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(e, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(e, br_tls12_sha384_prf);
	br_ssl_engine_set_default_rsavrfy(e);
	br_ssl_engine_set_ec(e, &exchange_curves);
	br_ssl_engine_set_ecdsa(e, verify_any_curve);
	br_ssl_engine_set_default_aes_gcm(e);
	br_ssl_engine_set_all_flags(e, BR_OPT_NO_RENEGOTIATION | BR_OPT_ENFORCE_SERVER_PREFERENCES);
	br_ssl_engine_set_protocol_names(e, protocols, 1);
	/* The kernel's generator is all that is asked, and only through random.h. */
	e->rng_os_rand_done = 1;
}

static struct tls *
slot_new(enum kind kind)
{
	size_t      size = pages(sizeof(struct tls)) + pages(sizeof(struct tls_judge));
	struct tls *t;

	if (slots_used == TLS_LIVE_MAX)
		return NULL;
	if (slots == NULL)
		slots = memory_reserve(TLS_LIVE_MAX * size);
	t = (struct tls *)(void *)(slots + slots_used++ * size);
	t->judge = (struct tls_judge *)(void *)((char *)t + pages(sizeof(struct tls)));
	set_up(t, kind);
	return t;
}

static struct tls *
slot_take(enum kind kind)
{
	enum kind   other = kind == KIND_CLIENT ? KIND_SERVER : KIND_CLIENT, from = kind;
	struct tls *t;

	if (idle[from] == NULL && (t = slot_new(kind)) != NULL)
		return t;
	if (idle[from] == NULL)
		from = other;
	t = idle[from];
	if (t == NULL)
		return NULL;
	idle[from] = t->next;
	if (from != kind)
		set_up(t, kind);
	return t;
}

static void
begin(struct tls *t, struct tls_trust *trust, struct tls_identity *id)
{
	unsigned char seed[32];

	t->next = NULL;
	t->open = t->closed_here = false;
	t->trust = trust;
	t->identity = id;
	if (trust != NULL)
		tls_trust_hold(trust);
	if (id != NULL)
		tls_identity_hold(id);
	/* The buffer comes before the reset, which puts the first message into it. */
	br_ssl_engine_set_buffer(&t->c.engine, t->record, sizeof(t->record), 0);
	random_bytes(seed, sizeof(seed));
	br_ssl_engine_inject_entropy(&t->c.engine, seed, sizeof(seed));
}

struct tls *
tls_client(struct tls_trust *trust, struct tls_identity *id, struct str name, bool insecure)
{
	struct tls            *t = slot_take(KIND_CLIENT);
	br_ssl_client_context *c;

	if (t == NULL)
		return NULL;
	c = &t->c.client;
	begin(t, trust, id);
	tls_judge_begin(t->judge, trust, name, insecure);
	br_ssl_engine_set_x509(&c->eng, &t->judge->vtable);
	if (id == NULL)
		br_ssl_client_set_client_certificate(c, NULL);
	else if (id->key_type == BR_KEYTYPE_RSA)
		br_ssl_client_set_single_rsa(c, id->chain, id->count, &id->key.rsa, br_rsa_pkcs1_sign_get_default());
	else
		br_ssl_client_set_single_ec(c, id->chain, id->count, &id->key.ec, BR_KEYTYPE_SIGN, 0,
		    br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
	/* An address is no server name (RFC 6066): then none is sent. */
	CHECK(br_ssl_client_reset(c, t->judge->name[0] != '\0' ? t->judge->name : NULL, 0) == 1);
	return t;
}

struct tls *
tls_server(struct tls_identity *id)
{
	struct tls            *t = slot_take(KIND_SERVER);
	br_ssl_server_context *s;

	if (t == NULL)
		return NULL;
	s = &t->c.server;
	begin(t, NULL, id);
	if (id->key_type == BR_KEYTYPE_RSA)
		br_ssl_server_set_single_rsa(s, id->chain, id->count, &id->key.rsa, BR_KEYTYPE_SIGN,
		    br_rsa_private_get_default(), br_rsa_pkcs1_sign_get_default());
	else
		br_ssl_server_set_single_ec(s, id->chain, id->count, &id->key.ec, BR_KEYTYPE_SIGN, 0,
		    br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
	CHECK(br_ssl_server_reset(s) == 1);
	return t;
}

void
tls_end(struct tls *t)
{
	if (t->trust != NULL)
		tls_trust_drop(t->trust);
	if (t->identity != NULL)
		tls_identity_drop(t->identity);
	t->trust = NULL;
	t->identity = NULL;
	memory_give_back(t->judge, pages(sizeof(*t->judge)));
	memory_give_back(t->record, sizeof(t->record));
	t->next = idle[t->kind];
	idle[t->kind] = t;
}

unsigned
tls_want(const struct tls *t)
{
	unsigned state = br_ssl_engine_current_state(&t->c.engine), want = 0;

	if (state & BR_SSL_CLOSED)
		return TLS_CLOSED;
	if (state & BR_SSL_SENDREC)
		want |= TLS_SEND;
	if (state & BR_SSL_RECVREC)
		want |= TLS_RECEIVE;
	if (state & BR_SSL_SENDAPP)
		want |= TLS_WRITE;
	if (state & BR_SSL_RECVAPP)
		want |= TLS_READ;
	return want;
}

/* Once data may flow the judge has judged, for there is no renegotiation. */
static void
note_open(struct tls *t)
{
	if (t->open || !(tls_want(t) & (TLS_WRITE | TLS_READ)))
		return;
	t->open = true;
	memory_give_back(t->judge, pages(sizeof(*t->judge)));
}

char *
tls_out(struct tls *t, size_t *len)
{
	return (char *)br_ssl_engine_sendrec_buf(&t->c.engine, len);
}

void
tls_out_done(struct tls *t, size_t len)
{
	br_ssl_engine_sendrec_ack(&t->c.engine, len);
	note_open(t);
}

char *
tls_in(struct tls *t, size_t *room)
{
	return (char *)br_ssl_engine_recvrec_buf(&t->c.engine, room);
}

void
tls_in_done(struct tls *t, size_t len)
{
	br_ssl_engine_recvrec_ack(&t->c.engine, len);
	note_open(t);
}

char *
tls_room(struct tls *t, size_t *room)
{
	return (char *)br_ssl_engine_sendapp_buf(&t->c.engine, room);
}

void
tls_room_done(struct tls *t, size_t len)
{
	br_ssl_engine_sendapp_ack(&t->c.engine, len);
}

void
tls_flush(struct tls *t)
{
	br_ssl_engine_flush(&t->c.engine, 0);
}

char *
tls_data(struct tls *t, size_t *len)
{
	return (char *)br_ssl_engine_recvapp_buf(&t->c.engine, len);
}

void
tls_data_done(struct tls *t, size_t len)
{
	br_ssl_engine_recvapp_ack(&t->c.engine, len);
}

void
tls_close(struct tls *t)
{
	t->closed_here = true;
	br_ssl_engine_close(&t->c.engine);
}

int
tls_error(const struct tls *t)
{
	return br_ssl_engine_last_error(&t->c.engine);
}

bool
tls_handshaking(const struct tls *t)
{
	return !t->open;
}

bool
tls_ended(const struct tls *t)
{
	/* 1: data may flow in both directions. */
	return t->open && !t->closed_here && t->c.engine.application_data != 1;
}
