/* ask.c - what the cluster must be asked about an object. */
#include "ais/ask.h"

#include "ais/validate_inner.h"
#include "kernel/check.h"

struct asking {
	struct trial t;
	struct ask  *asks;
	int          count;
};

static int
put(struct asking *q, struct ask ask)
{
	CHECK(q->count < ASKS_MAX);
	q->asks[q->count] = ask;
	return q->count++;
}

static struct str
text_at(const struct asking *q, struct json v, const char *path)
{
	return json_str(json_path(v, path), q->t.a);
}

static struct str
namespace_of(const struct asking *q)
{
	return text_at(q, q->t.object, "metadata.namespace");
}

/* AIStore -------------------------------------------------------------------*/

/* How many daemons a role has now; an autoscaling one as many as nodes were seen. */
static int64_t
role_size(const struct asking *q, enum role r)
{
	struct json limit = json_path(q->t.role[r], "autoScale.sizeLimit");
	int64_t     size = 0, most;

	if (role_autoscales(&q->t, r)) {
		size = json_size(json_path(q->t.object, r == ROLE_PROXY ? "status.autoscaleStatus.expectedProxyNodes"
		    : "status.autoscaleStatus.expectedTargetNodes"));
		return json_whole(limit, &most) && most < size ? most : size;
	}
	if (!size_of(q->t.role[r], &size))
		size_of(q->t.spec, &size);
	return size;
}

static void
ask_nodes(struct asking *q)
{
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		int64_t size = role_size(q, r);

		if (size > 0 && !(r == ROLE_TARGET && json_true(json_get(q->t.role[r], STR("disablePodAntiAffinity")))))
			put(q, (struct ask){ .kind = ASK_NODES, .after = -1, .path = role_path(r), .role = r,
			    .selector = json_get(q->t.role[r], STR("nodeSelector")), .needed = size });
	}
}

static void
ask_class(struct asking *q)
{
	bool       older = !json_set(json_get(q->t.spec, STR("stateStorage")));
	struct str name = state_class(q->t.spec, q->t.a);

	if (name.len > 0)
		put(q, (struct ask){ .kind = ASK_CLASS, .after = -1, .last = true, .name = name,
		    .path = older ? STR("spec.stateStorageClass") : STR("spec.stateStorage.pvc.storageClass") });
}

static void
ask_profile(struct asking *q)
{
	struct str name = text_at(q, q->t.spec, "auth.profileRef.name"), path = STR("spec.auth.profileRef");
	int        may;

	if (!json_set(json_path(q->t.spec, "auth.profileRef")) ||
	    (json_set(json_path(q->t.old_spec, "auth.profileRef")) &&
	    str_eq(name, text_at(q, q->t.old_spec, "auth.profileRef.name"))))
		return;
	may = put(q, (struct ask){ .kind = ASK_ACCESS, .after = -1, .last = true, .path = path, .verb = STR("use"),
	    .group = STR("auth.ais.nvidia.com"), .version = STR("v1alpha1"), .resource = STR("aistoreauthprofiles"),
	    .name = name });
	put(q, (struct ask){ .kind = ASK_PROFILE, .after = may, .last = true, .path = path, .name = name });
}

static struct str
password_namespace(const struct asking *q, struct json spec)
{
	struct str ns = text_at(q, spec, "auth.usernamePassword.secretNamespace");

	return ns.len > 0 ? ns : namespace_of(q);
}

static void
ask_password(struct asking *q)
{
	struct str name = text_at(q, q->t.spec, "auth.usernamePassword.secretName");
	struct str ns = password_namespace(q, q->t.spec);

	if (!json_set(json_path(q->t.spec, "auth.usernamePassword")) ||
	    (json_set(json_path(q->t.old_spec, "auth.usernamePassword")) &&
	    str_eq(name, text_at(q, q->t.old_spec, "auth.usernamePassword.secretName")) &&
	    str_eq(ns, password_namespace(q, q->t.old_spec))))
		return;
	put(q, (struct ask){ .kind = ASK_ACCESS, .after = -1, .last = true, .verb = STR("get"),
	    .resource = STR("secrets"), .path = STR("spec.auth.usernamePassword"), .ns = ns, .name = name });
}

/* AIStoreAuth and its profile -------------------------------------------------*/

static void
ask_secret(struct asking *q, const char *path)
{
	struct json reference = json_path(q->t.object, path);
	struct str  name = text_at(q, reference, "name");

	if (name.len > 0)
		put(q, (struct ask){ .kind = ASK_SECRET, .after = -1, .path = str_of(path), .ns = namespace_of(q),
		    .name = name });
}

/* Both at once is refused whatever exists. */
static void
ask_secrets(struct asking *q)
{
	ask_secret(q, "spec.adminSecret");
	ask_secret(q, "spec.hmacSecret");
	if (text_at(q, q->t.spec, "hmacSecret.name").len == 0)
		ask_secret(q, "spec.rsaPassphraseSecret");
}

static struct ask
content_of(const struct asking *q, enum ask_kind kind, struct json reference, struct str path)
{
	return (struct ask){ .kind = kind, .after = -1, .path = path, .ns = text_at(q, reference, "namespace"),
		.name = text_at(q, reference, "name"), .verb = STR("get"),
		.resource = kind == ASK_SECRET ? STR("secrets") : STR("configmaps") };
}

static void
ask_content(struct asking *q, struct ask content)
{
	struct ask access = content;

	access.kind = ASK_ACCESS;
	access.key_count = 0;
	content.after = put(q, access);
	put(q, content);
}

static void
ask_credentials(struct asking *q)
{
	struct json secret = json_path(q->t.spec, "usernamePassword.secret");
	struct str  user = text_at(q, secret, "userKey"), pass = text_at(q, secret, "passKey");
	struct ask  ask = content_of(q, ASK_SECRET, secret, STR("spec.usernamePassword.secret"));

	if (!json_set(secret))
		return;
	ask.keys[ask.key_count++] = (struct ask_key){ STR("spec.usernamePassword.secret.userKey"),
		user.len > 0 ? user : STR("SU-NAME") };
	ask.keys[ask.key_count++] = (struct ask_key){ STR("spec.usernamePassword.secret.passKey"),
		pass.len > 0 ? pass : STR("SU-PASS") };
	ask_content(q, ask);
}

static void
ask_authority(struct asking *q)
{
	struct json map = json_path(q->t.spec, "tls.caConfigMapRef");
	struct ask  ask = content_of(q, ASK_CONFIG_MAP, map, STR("spec.tls.caConfigMapRef"));

	if (!json_set(map))
		return;
	ask.keys[ask.key_count++] = (struct ask_key){ STR("spec.tls.caConfigMapRef.key"), text_at(q, map, "key") };
	ask_content(q, ask);
}

int
ask_list(enum resource r, struct json object, struct json old, struct arena *a, struct ask *asks)
{
	struct asking q = { .t = trial_of(object, old, a, NULL), .asks = asks };

	switch (r) {
	case RESOURCE_AISTORE_BETA:
		ask_nodes(&q);
		ask_class(&q);
		ask_profile(&q);
		ask_password(&q);
		break;
	case RESOURCE_AUTH:
		ask_secrets(&q);
		break;
	case RESOURCE_AUTH_PROFILE:
		/* Its end must not wait for what is gone already. */
		if (json_set(json_path(object, "metadata.deletionTimestamp")))
			break;
		ask_credentials(&q);
		ask_authority(&q);
		break;
	case RESOURCE_AISTORE_ALPHA:
	case RESOURCE_UNKNOWN:
		break;
	}
	return q.count;
}
