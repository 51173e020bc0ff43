/* certs_keep.c - pure: what is kept of the Secret and of who holds a caBundle. */
#include "kernel/check.h"
#include "webhook/certs.h"

static const struct kind kind_hooks = {
	STR_INIT("admissionregistration.k8s.io"), STR_INIT("v1"), STR_INIT("validatingwebhookconfigurations"),
	STR_INIT("ValidatingWebhookConfiguration"), false,
};
static const struct kind kind_crd = {
	STR_INIT("apiextensions.k8s.io"), STR_INIT("v1"), STR_INIT("customresourcedefinitions"),
	STR_INIT("CustomResourceDefinition"), false,
};

/* The member of an object, raw; empty: none. */
static struct str
member(struct str object, struct str key)
{
	struct scan s = scan_obj(object);

	while (object.len > 0 && scan_next(&s))
		if (str_eq(s.key, key))
			return s.val;
	return STR_NONE;
}

static struct str
text(struct str object, struct str key)
{
	struct str s;

	return scan_plain(member(object, key), &s) ? s : STR_NONE;
}

static void
keep_secret(const struct object *o, struct arena *scratch, struct out *kept)
{
	struct str data = member(o->raw, STR("data"));

	(void)scratch;
	pack_u64(kept, str_eq(object_label(o, STR("app.kubernetes.io/managed-by")), STR("ais-operator")));
	pack_str(kept, text(data, STR("ca.crt")));
	pack_str(kept, text(data, STR("ca.key")));
	pack_str(kept, text(data, STR("tls.crt")));
	pack_str(kept, text(data, STR("tls.key")));
}

void
certs_secret_view(const struct record *r, struct certs_secret *s)
{
	struct unpack u = unpack_over(r->kept);

	s->ours = unpack_u64(&u) != 0;
	s->bundle = unpack_str(&u);
	s->authority_key = unpack_str(&u);
	s->cert = unpack_str(&u);
	s->key = unpack_str(&u);
	CHECK(!u.broken);
}

static void
keep_place(struct str name, struct str client_config, struct out *kept)
{
	pack_str(kept, name);
	pack_str(kept, text(client_config, STR("caBundle")));
}

static void
keep_hooks(const struct object *o, struct arena *scratch, struct out *kept)
{
	struct str  all = member(o->raw, STR("webhooks"));
	struct scan s = scan_arr(all);

	(void)scratch;
	while (all.len > 0 && scan_next(&s))
		keep_place(text(s.val, STR("name")), member(s.val, STR("clientConfig")), kept);
}

/* A CRD that is not converted by a webhook has no place for a caBundle. */
static void
keep_crd(const struct object *o, struct arena *scratch, struct out *kept)
{
	struct str conversion = member(o->spec, STR("conversion"));

	(void)scratch;
	if (str_eq(text(conversion, STR("strategy")), STR("Webhook")))
		keep_place(STR_NONE, member(member(conversion, STR("webhook")), STR("clientConfig")), kept);
}

int
certs_places(const struct record *r, struct certs_place places[CERTS_PLACES_MAX])
{
	struct unpack u = unpack_over(r->kept);
	int           n = 0;

	for (; u.rest.len > 0 && n < CERTS_PLACES_MAX; n++) {
		places[n].name = unpack_str(&u);
		places[n].bundle = unpack_str(&u);
	}
	CHECK(!u.broken);
	return n;
}

const struct view certs_views[CERTS_OBJECTS] = {
	[CERTS_SECRET] = { .kind = &kind_secret, .keep = keep_secret },
	[CERTS_HOOKS]  = { .kind = &kind_hooks, .keep = keep_hooks },
	[CERTS_CRD]    = { .kind = &kind_crd, .keep = keep_crd },
};
