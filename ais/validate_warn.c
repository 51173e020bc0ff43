/*
 * validate_warn.c - what is on its way out, and what is accepted although it
 * cannot work.
 */
#include "ais/amount.h"
#include "ais/image.h"
#include "ais/spec_inner.h"
#include "ais/validate_inner.h"

#define INSTEAD "spec.auth.profileRef"

static const struct {
	const char *path;
	bool        only_true;       /* it counts when it is true, not when it is set */
	struct str  instead;
} deprecated[] = {
	{ "spec.auth.serviceURL", false, STR_INIT(INSTEAD) },
	{ "spec.auth.usernamePassword", false, STR_INIT(INSTEAD) },
	{ "spec.auth.tokenExchange", false, STR_INIT(INSTEAD) },
	{ "spec.auth.tls", false, STR_INIT(INSTEAD) },
	{ "spec.clusterDomain", false, STR_INIT("the operator's configured or discovered cluster domain") },
	{ "spec.hostpathPrefix", false, STR_INIT("spec.stateStorage.hostPath.prefix") },
	{ "spec.stateStorageClass", false, STR_INIT("spec.stateStorage.pvc.storageClass") },
	{ "spec.enableExternalLB", true,
	    STR_INIT("spec.proxySpec.externalAccess and/or spec.targetSpec.externalAccess") },
	{ "spec.proxySpec.capabilities", false, STR_INIT("spec.proxySpec.aisContainerSecurityContext") },
	{ "spec.targetSpec.capabilities", false, STR_INIT("spec.targetSpec.aisContainerSecurityContext") },
};

void
warn_deprecated(struct trial *t)
{
	for (size_t i = 0; i < sizeof(deprecated) / sizeof(deprecated[0]); i++) {
		struct json v = json_path(t->object, deprecated[i].path);
		struct str  path = str_of(deprecated[i].path);

		if (deprecated[i].only_true ? json_true(v) : json_set(v))
			warn(t, path, JOIN(t->a, path, STR(" is deprecated and will be removed in a future release; use "),
			    deprecated[i].instead, STR(" instead")));
	}
}

/* With spec.auth the operator turns AIS's authentication on, and aisnode then
 * ends at once when it knows neither how tokens are signed nor by whom. */
void
advise_auth(struct trial *t)
{
	struct json config = json_path(t->spec, "configToUpdate.auth");
	struct json enabled = json_get(config, STR("enabled"));
	bool        on = json_is_bool(enabled) ? json_true(enabled) : json_set(json_get(t->spec, STR("auth")));
	struct json method = json_path(config, "signature.method");

	if (on && (!json_is_str(method) || json_raw(method).len == 0) &&
	    json_size(json_path(config, "oidc.allowed_iss")) == 0)
		advise(t, STR("spec.configToUpdate.auth"), STR("authentication is on, but neither signature.method nor "
		    "oidc.allowed_iss is set: aisnode refuses to start; with a shared key, set signature.method to HS256"));
}

/* Sizes ---------------------------------------------------------------------*/

static bool
is_rounded(int64_t bytes)
{
	int64_t unit = 1;

	for (int i = 0; i < 4 && bytes >= unit * 1024; i++)
		unit *= 1024;
	return bytes % unit != 0;
}

static void
look_for_sizes(struct trial *t, const struct member *table, struct json v, const struct place *p)
{
	struct shape_iter    it = { table, NULL };
	const struct member *m;
	struct str           why;
	int64_t              bytes;

	while ((m = shape_next(&it)) != NULL) {
		struct json  member = json_get(v, m->name);
		struct place at = { p, m->name, 0 };

		if (m->kind == AS_OBJECT && json_is_obj(member))
			look_for_sizes(t, m->in, member, &at);
		if (m->kind == AS_SIZE && json_is_str(member) && size_parse(json_str(member, t->a), &bytes, &why) &&
		    is_rounded(bytes))
			advise(t, place_text(&at, t->a), JOIN(t->a, spec_shown(json_text(member)),
			    STR(" is not a whole number of its unit: operators up to 3.4.0 round it, which may change "
			    "a cluster that is taken over from one")));
	}
}

void
advise_sizes(struct trial *t)
{
	const struct place spec = { NULL, STR("spec"), 0 }, config = { &spec, STR("configToUpdate"), 0 };

	look_for_sizes(t, shape_config, json_get(t->spec, STR("configToUpdate")), &config);
}

/* Images --------------------------------------------------------------------*/

void
advise_image(struct trial *t)
{
	struct str image = json_str(json_get(t->spec, STR("nodeImage")), t->a);

	if (image_support(image) == IMAGE_OTHER)
		advise(t, STR("spec.nodeImage"), JOIN(t->a, STR("\""), spec_shown(image),
		    STR("\" names an AIS that this operator does not know how to run: use " IMAGE_VERSIONS)));
}
