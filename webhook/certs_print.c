/* certs_print.c - pure: what is written into the cluster, as JSON. */
#include <string.h>

#include "kernel/base64.h"
#include "kernel/json_out.h"
#include "net/der.h"
#include "webhook/certs.h"

/* PEM; what is empty stays as it is. */
struct content {
	struct str bundle, authority_key, cert, key;
};

static void
print_data(struct json_out *j, struct str name, struct str pem, struct arena *a)
{
	size_t     room = (pem.len + 2) / 3 * 4;
	char      *at = arena_take(a, room, 1);
	struct out o = out_over(at, at == NULL ? 0 : room);

	if (pem.len == 0)
		return;
	base64_print(&o, pem);
	jo_key_str(j, name, out_view(&o));
}

static void
print_content(struct json_out *j, const struct content *c, struct arena *a)
{
	jo_key_obj(j, STR("data"));
	print_data(j, STR("ca.crt"), c->bundle, a);
	print_data(j, STR("ca.key"), c->authority_key, a);
	print_data(j, STR("tls.crt"), c->cert, a);
	print_data(j, STR("tls.key"), c->key, a);
	jo_obj_end(j);
}

static void
print_version(struct json_out *j, const struct record *r)
{
	char       text[24];
	struct out o = out_over(text, sizeof(text));

	out_u64(&o, r->version);
	jo_key_str(j, STR("resourceVersion"), out_view(&o));
}

static void
print_kind(struct json_out *j, const struct kind *k)
{
	char       text[128];
	struct out o = out_over(text, sizeof(text));

	kind_api_version(k, &o);
	jo_key_str(j, STR("apiVersion"), out_view(&o));
	jo_key_str(j, STR("kind"), k->name);
}

/* The authorities of before that have not expired, behind the new one. */
static struct str
join_bundle(struct str newest, struct str before, int64_t now_s, struct arena *a)
{
	struct str  all = newest, rest = before, from = before, name, der;
	const char *why;
	int64_t     from_s, until_s;

	for (int n = 1; n < CERTS_BUNDLE_MAX && pem_next(&rest, a, &name, &der, &why); from = rest)
		if (der_validity(der, &from_s, &until_s) && until_s > now_s) {
			all = JOIN(a, all, str_upto(from, from.len - rest.len));
			n++;
		}
	return all;
}

static bool
sign(const unsigned char *seed, int64_t now_s, const struct certified *authority,
    const struct certify_names *names, struct arena *a, struct content *c)
{
	struct certified made;

	if (!certify_serving(seed, now_s, authority, names, a, &made))
		return false;
	c->cert = made.cert;
	c->key = made.key;
	return true;
}

static bool
make_content(enum certs_act act, const struct record *secret, const struct certify_names *names,
    const unsigned char *seed, int64_t now_s, struct arena *a, struct content *c)
{
	struct certs_secret now;
	struct certified    authority;

	*c = (struct content){ .bundle = STR_NONE };
	if (act == CERTS_CREATE || act == CERTS_REPLACE) {
		certify_authority(seed, now_s, a, &authority);
		c->bundle = authority.cert;
		c->authority_key = authority.key;
		return sign(seed + CERTIFY_SEED, now_s, &authority, names, a, c);
	}
	certs_secret_view(secret, &now);
	if (!base64_parse(now.bundle, a, &authority.cert) || !base64_parse(now.authority_key, a, &authority.key))
		return false;
	if (act == CERTS_SIGN)
		return sign(seed, now_s, &authority, names, a, c);
	c->bundle = authority.cert;
	certify_authority(seed, now_s, a, &authority);
	c->bundle = join_bundle(authority.cert, c->bundle, now_s, a);
	c->authority_key = authority.key;
	return true;
}

static void
print_new_secret(struct json_out *j, struct str ns, struct str name)
{
	print_kind(j, &kind_secret);
	jo_key_str(j, STR("type"), STR("kubernetes.io/tls"));
	jo_key_obj(j, STR("metadata"));
	jo_key_str(j, STR("name"), name);
	jo_key_str(j, STR("namespace"), ns);
	jo_key_obj(j, STR("labels"));
	jo_key_str(j, STR("app.kubernetes.io/managed-by"), STR("ais-operator"));
	jo_obj_end(j);
	jo_obj_end(j);
}

struct str
certs_secret_print(enum certs_act act, const struct record *secret, struct str name,
    const struct certify_names *names, const unsigned char *seed, int64_t now_s, struct arena *a)
{
	struct content  c;
	struct out      o = out_over(arena_take(a, CERTS_ARENA / 4, 1), CERTS_ARENA / 4);
	struct json_out j = json_out(&o);

	if (o.at == NULL || !make_content(act, secret, names, seed, now_s, a, &c))
		return STR_NONE;
	jo_obj(&j);
	if (act == CERTS_CREATE)
		print_new_secret(&j, names->ns, name);
	else {
		jo_key_obj(&j, STR("metadata"));
		print_version(&j, secret);
		jo_obj_end(&j);
	}
	print_content(&j, &c, a);
	jo_obj_end(&j);
	return out_ok(&o) && arena_ok(a) ? out_view(&o) : STR_NONE;
}

static void
print_bundle(struct json_out *j, struct str bundle)
{
	jo_key_obj(j, STR("clientConfig"));
	jo_key_str(j, STR("caBundle"), bundle);
	jo_obj_end(j);
}

static void
print_hooks(struct json_out *j, const struct record *r, struct str bundle)
{
	struct certs_place places[CERTS_PLACES_MAX];
	int                count = certs_places(r, places);

	jo_key_arr(j, STR("webhooks"));
	for (int i = 0; i < count; i++) {
		jo_obj(j);
		jo_key_str(j, STR("name"), places[i].name);
		print_bundle(j, bundle);
		jo_obj_end(j);
	}
	jo_arr_end(j);
}

static void
print_conversion(struct json_out *j, struct str bundle)
{
	jo_key_obj(j, STR("spec"));
	jo_key_obj(j, STR("conversion"));
	jo_key_obj(j, STR("webhook"));
	print_bundle(j, bundle);
	jo_obj_end(j);
	jo_obj_end(j);
	jo_obj_end(j);
}

/* An apply of the bundle and of nothing else, onto exactly what was seen. */
struct str
certs_holder_print(enum certs_object object, const struct record *holder, struct str bundle, struct arena *a)
{
	struct out      o = out_over(arena_take(a, CERTS_ARENA / 4, 1), CERTS_ARENA / 4);
	struct json_out j = json_out(&o);

	if (o.at == NULL)
		return STR_NONE;
	jo_obj(&j);
	print_kind(&j, certs_views[object].kind);
	jo_key_obj(&j, STR("metadata"));
	jo_key_str(&j, STR("name"), holder->name);
	print_version(&j, holder);
	jo_obj_end(&j);
	if (object == CERTS_HOOKS)
		print_hooks(&j, holder, bundle);
	else
		print_conversion(&j, bundle);
	jo_obj_end(&j);
	return out_ok(&o) && arena_ok(a) ? out_view(&o) : STR_NONE;
}
