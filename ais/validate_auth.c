/* validate_auth.c - the rules of AIStoreAuth and AIStoreAuthProfile. */
#include "ais/spec_inner.h"
#include "ais/url.h"
#include "ais/validate_inner.h"

static bool
names_something(struct json reference)
{
	struct json name = json_get(reference, STR("name"));

	return json_is_str(name) && json_raw(name).len > 0;
}

static void
check_keys(struct trial *t)
{
	struct json phrase = json_get(t->spec, STR("rsaPassphraseSecret"));

	if (names_something(phrase) && names_something(json_get(t->spec, STR("hmacSecret"))))
		deny_field(t, STR("spec.rsaPassphraseSecret"), JOIN(t->a, STR("Invalid value: \""),
		    spec_shown(json_raw(json_get(phrase, STR("name")))),
		    STR("\": must not be set together with spec.hmacSecret: tokens are signed one way")));
}

rule *const rules_auth[] = { check_keys, NULL };

/* Addresses of a profile ------------------------------------------------------*/

static bool
is_scheme(struct str s, const char *lower)
{
	struct str want = str_of(lower);

	if (s.len != want.len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.at[i] | 0x20) != want.at[i])
			return false;
	return true;
}

static void
blame(struct trial *t, struct str path, struct json v, const char *text)
{
	deny_field(t, path, JOIN(t->a, STR("Invalid value: \""), spec_shown(json_raw(v)), STR("\": "),
	    str_of(text)));
}

static void
check_service(struct trial *t)
{
	struct json v = json_get(t->spec, STR("serviceURL"));
	const char *wrong = NULL;
	struct url  u;

	if (!url_parse(json_str(v, t->a), &u))
		wrong = "it is not a URL: a base URL is needed, such as https://idp.example:8443";
	else if (u.host.len == 0)
		wrong = "must include a host, such as https://idp.example:8443";
	else if (u.path.len > 0 && !str_eq(u.path, STR("/")))
		wrong = "must not include a path: put it into the endpoint of the login";
	else if (u.query.len > 0 || u.fragment.len > 0)
		wrong = "must not include query or fragment";
	else if (!is_scheme(u.scheme, "https") && !is_scheme(u.scheme, "http"))
		wrong = "scheme must be http or https";
	if (wrong != NULL)
		blame(t, STR("spec.serviceURL"), v, wrong);
}

static void
check_endpoint(struct trial *t, const char *path, bool empty_is_none)
{
	struct json v = json_path(t->object, path);
	struct str  text = json_str(v, t->a);
	const char *wrong = NULL;
	struct url  u;

	if (!json_set(v) || (text.len == 0 && empty_is_none))
		return;
	if (!url_parse(text, &u))
		wrong = "it is not a path: an absolute path is needed, such as /token";
	else if (u.scheme.len > 0 || u.host.len > 0)
		wrong = "must be a path, not a URL";
	else if (!str_starts(u.path, STR("/")) || u.query.len > 0 || u.fragment.len > 0)
		wrong = "must be an absolute path without query or fragment";
	if (wrong != NULL)
		blame(t, str_of(path), v, wrong);
}

static void
check_addresses(struct trial *t)
{
	bool password = json_set(json_get(t->spec, STR("usernamePassword")));

	check_service(t);
	if (password == json_set(json_get(t->spec, STR("tokenExchange"))))
		deny_field(t, STR("spec"), STR("Invalid value: null: "
		    "set exactly one of usernamePassword or tokenExchange"));
	check_endpoint(t, "spec.tokenExchange.endpoint", false);
	check_endpoint(t, "spec.usernamePassword.loginConf.endpoint", true);
}

static void
warn_unsafe(struct trial *t)
{
	struct json v = json_get(t->spec, STR("serviceURL")), skip = json_path(t->spec, "tls.insecureSkipVerify");
	struct url  u;

	if (url_parse(json_str(v, t->a), &u) && is_scheme(u.scheme, "http") &&
	    !json_same(v, json_get(t->old_spec, STR("serviceURL"))))
		warn(t, STR("spec.serviceURL"), STR("spec.serviceURL should use https: "
		    "names and passwords travel in the clear otherwise"));
	if (json_true(skip) && !json_true(json_path(t->old_spec, "tls.insecureSkipVerify")))
		warn(t, STR("spec.tls.insecureSkipVerify"), STR("spec.tls.insecureSkipVerify is enabled: "
		    "anybody can stand in for the provider"));
}

rule *const rules_profile[] = { warn_unsafe, check_addresses, NULL };
