/* certs_read.c - pure: judges what the Secret holds. */
#include <string.h>

#include "kernel/base64.h"
#include "kernel/hash.h"
#include "net/der.h"
#include "webhook/certs.h"

static bool
decode(struct str base64, struct arena *a, struct str *pem)
{
	return base64.len > 0 && base64_parse(base64, a, pem);
}

static bool
first_cert(struct str *pem, struct arena *a, struct str *der, struct cert *c)
{
	struct str  name;
	const char *why;

	return pem_next(pem, a, &name, der, &why) && str_eq(name, STR("CERTIFICATE")) && cert_read(*der, c);
}

static const char *
authority_read(const struct certs_secret *s, struct arena *a, struct str *bundle, struct cert *newest)
{
	struct str rest, der, key;

	if (!decode(s->bundle, a, bundle) || !decode(s->authority_key, a, &key))
		return "there is no authority in it";
	rest = *bundle;
	if (!first_cert(&rest, a, &der, newest))
		return "its authority cannot be read";
	return certify_key(key, newest, a).len > 0 ? NULL : "its authority and the key do not belong together";
}

/* Signed by any of the bundle? */
static bool
is_signed(struct str bundle, const struct cert *c, struct arena *a)
{
	struct str  der;
	struct cert authority;

	while (first_cert(&bundle, a, &der, &authority))
		if (cert_signed_by(c, &authority))
			return true;
	return false;
}

static const char *
serving_read(const struct certs_secret *s, struct str bundle, const struct certify_names *names,
    struct arena *a, struct cert *c)
{
	struct str pem, der, key;

	if (!decode(s->cert, a, &pem) || !decode(s->key, a, &key))
		return "there is no certificate in it";
	if (!first_cert(&pem, a, &der, c))
		return "the certificate cannot be read";
	if (certify_key(key, c, a).len == 0)
		return "the certificate and the key do not belong together";
	if (!cert_names(der, JOIN(a, names->service, STR("."), names->ns, STR(".svc"))))
		return "the certificate is for another Service";
	return is_signed(bundle, c, a) ? NULL : "no authority of the bundle has signed the certificate";
}

void
certs_pair_read(const struct certs_secret *s, const struct certify_names *names, struct arena *a,
    struct certs_pair *p)
{
	struct str  bundle;
	struct cert newest, serving;

	*p = (struct certs_pair){ .id = sha256_u64(s->cert) };
	p->authority_wrong = authority_read(s, a, &bundle, &newest);
	if (p->authority_wrong != NULL)
		return;
	p->authority_from_s = newest.from_s;
	p->authority_until_s = newest.until_s;
	p->serving_wrong = serving_read(s, bundle, names, a, &serving);
	if (p->serving_wrong != NULL)
		return;
	p->serving_from_s = serving.from_s;
	p->serving_until_s = serving.until_s;
	p->by_newest = cert_signed_by(&serving, &newest);
}
