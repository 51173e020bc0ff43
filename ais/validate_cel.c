/*
 * validate_cel.c - the rules that the CRDs state in CEL.
 *
 * A rule belongs to the object that it speaks of: when an update leaves that
 * object as it was, a broken rule only warns.
 */
#include "ais/quantity.h"
#include "ais/validate_inner.h"

static void
broken(struct trial *t, struct json v, struct json old, struct str path, struct str text)
{
	bool unchanged = json_set(old) && json_same(v, old);

	finding_put(t->f, (struct finding){ !unchanged, BY_CEL, path, text });
}

static bool
has(struct json v, const char *name)
{
	return json_set(json_get(v, str_of(name)));
}

/* AIStore -------------------------------------------------------------------*/

static void
cel_size(struct trial *t)
{
	if (!has(t->spec, "size") && !(has(t->role[ROLE_PROXY], "size") && has(t->role[ROLE_TARGET], "size")))
		broken(t, t->spec, t->old_spec, STR("spec"), STR("Invalid value: \"object\": Invalid cluster size: "
		    "set spec.size, or both spec.proxySpec.size and spec.targetSpec.size"));
}

static void
cel_cleanup(struct trial *t)
{
	if (json_true(json_get(t->spec, STR("cleanupData"))) &&
	    !json_true(json_get(t->spec, STR("cleanupMetadata"))))
		broken(t, t->spec, t->old_spec, STR("spec"), STR("Invalid value: \"object\": "
		    "cleanupData requires cleanupMetadata: set cleanupMetadata to true as well"));
}

static void
cel_aistore_auth(struct trial *t)
{
	struct json auth = json_get(t->spec, STR("auth"));

	if (json_set(auth) && !has(auth, "profileRef") &&
	    has(auth, "usernamePassword") == has(auth, "tokenExchange"))
		broken(t, auth, json_get(t->old_spec, STR("auth")), STR("spec.auth"), STR("Invalid value: \"object\": "
		    "set profileRef, or exactly one of usernamePassword or tokenExchange"));
}

static void
cel_state(struct trial *t)
{
	struct json state = json_get(t->spec, STR("stateStorage"));

	if (json_set(state) && has(state, "hostPath") + has(state, "pvc") + has(state, "emptyDir") != 1)
		broken(t, state, json_get(t->old_spec, STR("stateStorage")), STR("spec.stateStorage"),
		    STR("Invalid value: \"object\": set exactly one of hostPath, pvc, or emptyDir"));
}

static void
cel_tls(struct trial *t, const char *words)
{
	struct json tls = json_get(t->spec, STR("tls"));

	if (has(tls, "secretName") && has(tls, "certificate"))
		broken(t, tls, json_get(t->old_spec, STR("tls")), STR("spec.tls"), str_of(words));
}

void
cel_beta(struct trial *t)
{
	cel_size(t);
	cel_cleanup(t);
	cel_aistore_auth(t);
	cel_state(t);
	cel_tls(t, "Invalid value: \"object\": specify only one of secretName and certificate");
}

/* AIStoreAuth and its profile -------------------------------------------------*/

static void
cel_volume(struct trial *t)
{
	struct json     volume = json_get(t->spec, STR("persistence")), size = json_get(volume, STR("size"));
	struct json     old = json_get(t->old_spec, STR("persistence"));
	struct quantity q;

	if (has(volume, "storageClass") == has(volume, "volumeName"))
		broken(t, volume, old, STR("spec.persistence"),
		    STR("Invalid value: \"object\": set exactly one of storageClass or volumeName"));
	if (json_set(size) && quantity_parse(json_raw(size), &q) && !quantity_positive(&q))
		broken(t, size, json_get(old, STR("size")), STR("spec.persistence.size"),
		    STR("Invalid value: the size of a volume must be greater than zero"));
}

void
cel_auth(struct trial *t)
{
	cel_volume(t);
	cel_tls(t, "Invalid value: \"object\": set only one of secretName or certificate");
}

void
cel_profile(struct trial *t)
{
	if (has(t->spec, "usernamePassword") == has(t->spec, "tokenExchange"))
		broken(t, t->spec, t->old_spec, STR("spec"),
		    STR("Invalid value: \"object\": set exactly one of usernamePassword or tokenExchange"));
}
