/*
 * tls_judge.c - whether a server's certificate is what we want.
 *
 * Stands between the engine and BearSSL's X.509 engine, which knows no IP
 * addresses, checks no extended key usage, and takes a missing name for "any
 * name".  The name to check is kept here and never taken from the engine.
 */
#include <string.h>

#include "kernel/clock.h"
#include "kernel/check.h"
#include "net/tls_inner.h"

#define DAY_S        86400
#define DAYS_TO_1970 719528      /* BearSSL counts from year 0 */

static struct tls_judge *
judge_of(const br_x509_class **ctx)
{
	return (struct tls_judge *)ctx;
}

static void
start_chain(const br_x509_class **ctx, const char *engine_name)
{
	struct tls_judge *j = judge_of(ctx);

	(void)engine_name;
	j->certs = j->leaf_len = 0;
	j->leaf_too_big = false;
	if (j->rule == JUDGE_ANYBODY)
		br_x509_decoder_init(&j->in.decoder, NULL, NULL);
	else
		j->in.minimal.vtable->start_chain(&j->in.minimal.vtable, j->rule == JUDGE_DNS ? j->name : NULL);
}

static void
start_cert(const br_x509_class **ctx, uint32_t length)
{
	struct tls_judge *j = judge_of(ctx);

	if (j->rule != JUDGE_ANYBODY)
		j->in.minimal.vtable->start_cert(&j->in.minimal.vtable, length);
}

static void
append(const br_x509_class **ctx, const unsigned char *bytes, size_t len)
{
	struct tls_judge *j = judge_of(ctx);

	if (j->certs == 0 && len <= sizeof(j->leaf) - j->leaf_len) {
		memcpy(j->leaf + j->leaf_len, bytes, len);
		j->leaf_len += len;
	} else if (j->certs == 0)
		j->leaf_too_big = true;
	if (j->rule != JUDGE_ANYBODY)
		j->in.minimal.vtable->append(&j->in.minimal.vtable, bytes, len);
	else if (j->certs == 0)
		br_x509_decoder_push(&j->in.decoder, bytes, len);
}

static void
end_cert(const br_x509_class **ctx)
{
	struct tls_judge *j = judge_of(ctx);

	if (j->rule != JUDGE_ANYBODY)
		j->in.minimal.vtable->end_cert(&j->in.minimal.vtable);
	j->certs++;
}

static unsigned
end_chain(const br_x509_class **ctx)
{
	struct tls_judge *j = judge_of(ctx);
	struct str        leaf = { (const char *)j->leaf, j->leaf_len };
	unsigned          error;

	if (j->rule == JUDGE_ANYBODY)
		return (unsigned)br_x509_decoder_last_error(&j->in.decoder);
	error = j->in.minimal.vtable->end_chain(&j->in.minimal.vtable);
	if (error != 0)
		return error;
	if (j->leaf_too_big)
		return BR_ERR_X509_LIMIT_EXCEEDED;
	if (j->rule == JUDGE_NOBODY || (j->rule == JUDGE_IP && !der_has_ip(leaf, &j->ip)))
		return BR_ERR_X509_BAD_SERVER_NAME;
	/* The common name alone is no name: nobody else takes it any more. */
	if (j->rule == JUDGE_DNS && !der_has_names(leaf))
		return BR_ERR_X509_BAD_SERVER_NAME;
	return der_may_serve(leaf) ? 0 : BR_ERR_X509_FORBIDDEN_KEY_USAGE;
}

static const br_x509_pkey *
get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
	/* It is read only here; the class's type says const. */
	struct tls_judge *j = (struct tls_judge *)(uintptr_t)ctx;

	if (j->rule != JUDGE_ANYBODY)
		return j->in.minimal.vtable->get_pkey(&j->in.minimal.vtable, usages);
	if (usages != NULL)
		*usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey(&j->in.decoder);
}

static const br_x509_class judge_class = {
	sizeof(struct tls_judge), start_chain, start_cert, append, end_cert, end_chain, get_pkey,
};

/* A name that a certificate can carry; a trailing dot says the same. */
static bool
name_take(struct tls_judge *j, struct str name)
{
	if (str_ends(name, STR(".")))
		name.len--;
	if (name.len == 0 || name.len > TLS_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == '*')
			return false;
	memcpy(j->name, name.at, name.len);
	j->name[name.len] = '\0';
	return true;
}

void
tls_judge_begin(struct tls_judge *j, const struct tls_trust *trust, struct str name, bool insecure)
{
	br_x509_minimal_context *x = &j->in.minimal;
	int64_t                  now_s = clock_wall_us() / 1000000;

	CHECK(trust != NULL || insecure);
	j->vtable = &judge_class;
	j->name[0] = '\0';
	if (addr_ip(name, &j->ip))
		j->rule = JUDGE_IP;
	else
		j->rule = name_take(j, name) ? JUDGE_DNS : JUDGE_NOBODY;
	if (insecure) {
		j->rule = JUDGE_ANYBODY;
		return;
	}
	br_x509_minimal_init(x, &br_sha256_vtable, trust->anchors, trust->count);
	/* No SHA-1: what is signed with it is refused. */
	br_x509_minimal_set_hash(x, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(x, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(x, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_rsa(x, br_rsa_pkcs1_vrfy_get_default());
	br_x509_minimal_set_ecdsa(x, br_ec_get_default(), br_ecdsa_vrfy_asn1_get_default());
	br_x509_minimal_set_time(x, (uint32_t)(now_s / DAY_S + DAYS_TO_1970), (uint32_t)(now_s % DAY_S));
}
