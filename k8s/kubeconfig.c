/* kubeconfig.c - the current context of a kubeconfig, or why it cannot be used. */
#include "k8s/kubeconfig.h"

#include "kernel/base64.h"
#include "kernel/json.h"
#include "kernel/yaml.h"

struct reader {
	struct json   root;
	struct arena *arena;
	struct out   *why;
	struct str    context;
};

static bool
refuse(struct reader *r, struct str why)
{
	if (r->context.len > 0)
		OUT(r->why, STR("context \""), r->context, STR("\": "));
	out_str(r->why, why);
	return false;
}

/* The entry of that name in a list such as clusters: [{name, cluster}]. */
static bool
entry(struct reader *r, const char *list, struct str name, const char *member, struct json *out)
{
	struct json_iter it = json_each(json_path(r->root, list));

	while (json_next(&it)) {
		if (!json_str_is(json_path(it.val, "name"), name))
			continue;
		*out = json_path(it.val, member);
		return true;
	}
	return refuse(r, JOIN(r->arena, STR("there is no entry \""), name, STR("\" in "), str_of(list)));
}

static struct str
text(const struct reader *r, struct json v, const char *key)
{
	return str_trim(json_str(json_path(v, key), r->arena));
}

/* Members that ask for something else than what this program does. */
static bool
refuse_any(struct reader *r, struct json v, const struct str (*refused)[2], size_t count, struct str where)
{
	for (size_t i = 0; i < count; i++) {
		struct json member = json_get(v, refused[i][0]);

		if (!json_there(member) || json_is_null(member) || json_str_is(member, STR("")))
			continue;
		return refuse(r, JOIN(r->arena, STR("its "), where, STR(" has "), refused[i][0], STR(": "), refused[i][1]));
	}
	return true;
}

/* KEY-data wins over KEY, as kubectl has it. */
static bool
data_or_file(struct reader *r, struct json v, struct str key, struct str *data, struct str *file)
{
	struct str  data_key = JOIN(r->arena, key, STR("-data"));
	struct json inlined = json_get(v, data_key);

	*file = str_trim(json_str(json_get(v, key), r->arena));
	if (!json_there(inlined) || json_is_null(inlined) || json_str_is(inlined, STR("")))
		return true;
	*file = STR_NONE;
	if (json_is_str(inlined) && base64_parse(json_str(inlined, r->arena), r->arena, data) && data->len > 0)
		return true;
	return refuse(r, JOIN(r->arena, data_key, STR(" is not base64")));
}

static bool
read_cluster(struct reader *r, struct json cluster, struct kubeconfig *k)
{
	static const struct str refused[][2] = {
		{ STR_INIT("proxy-url"), STR_INIT("this program speaks to the API server directly; "
		    "give it a server that it can reach") },
	};

	if (!refuse_any(r, cluster, refused, 1, STR("cluster")) ||
	    !data_or_file(r, cluster, STR("certificate-authority"), &k->ca_data, &k->ca_file))
		return false;
	k->server = text(r, cluster, "server");
	k->server_name = text(r, cluster, "tls-server-name");
	k->insecure = json_true(json_path(cluster, "insecure-skip-tls-verify"));
	if (k->server.len == 0)
		return refuse(r, STR("its cluster names no server"));
	if (k->insecure && (k->ca_data.len > 0 || k->ca_file.len > 0))
		return refuse(r, STR("certificate-authority and insecure-skip-tls-verify contradict each other: "
		    "remove one"));
	return true;
}

static bool
read_user(struct reader *r, struct json user, struct kubeconfig *k)
{
	static const struct str refused[][2] = {
		{ STR_INIT("exec"), STR_INIT("this program runs no other programs; give it a token, a tokenFile "
		    "or a client certificate") },
		{ STR_INIT("auth-provider"), STR_INIT("give it a token, a tokenFile or a client certificate") },
		{ STR_INIT("username"), STR_INIT("API servers no longer take passwords; give it a token") },
		{ STR_INIT("password"), STR_INIT("API servers no longer take passwords; give it a token") },
		{ STR_INIT("as"), STR_INIT("this program does not impersonate anyone") },
		{ STR_INIT("as-uid"), STR_INIT("this program does not impersonate anyone") },
		{ STR_INIT("as-groups"), STR_INIT("this program does not impersonate anyone") },
	};

	if (!refuse_any(r, user, refused, sizeof(refused) / sizeof(refused[0]), STR("user")) ||
	    !data_or_file(r, user, STR("client-certificate"), &k->cert_data, &k->cert_file) ||
	    !data_or_file(r, user, STR("client-key"), &k->key_data, &k->key_file))
		return false;
	k->token = text(r, user, "token");
	k->token_file = text(r, user, "tokenFile");
	if ((k->cert_data.len + k->cert_file.len > 0) != (k->key_data.len + k->key_file.len > 0))
		return refuse(r, STR("client-certificate and client-key go together: one is missing"));
	return true;
}

static bool
read_context(struct reader *r, struct kubeconfig *k)
{
	struct json context, cluster, user;
	struct str  user_name;

	r->context = k->context = text(r, r->root, "current-context");
	if (k->context.len == 0)
		return refuse(r, STR("no current-context is set: choose one with kubectl config use-context"));
	if (!entry(r, "contexts", k->context, "context", &context) ||
	    !entry(r, "clusters", text(r, context, "cluster"), "cluster", &cluster) ||
	    !read_cluster(r, cluster, k))
		return false;
	k->namespace = text(r, context, "namespace");
	user_name = text(r, context, "user");
	return user_name.len == 0 || (entry(r, "users", user_name, "user", &user) && read_user(r, user, k));
}

bool
kubeconfig_parse(struct str yaml, struct arena *a, struct kubeconfig *k, struct out *why)
{
	struct json_doc   doc;
	struct yaml_error error = { .line = 0 };
	struct str        json;
	struct reader     r = { .arena = a, .why = why };

	*k = (struct kubeconfig){ .insecure = false };
	if (!yaml_to_json(yaml, 0, a, &json, &error)) {
		if (error.text[0] == '\0')
			return refuse(&r, STR("it is empty"));
		out_str(why, STR("line "));
		out_int(why, error.line);
		OUT(why, STR(", column "));
		out_int(why, error.column);
		OUT(why, STR(": "), str_of(error.text));
		return false;
	}
	if (json_parse_in(&doc, json, a) != JSON_OK || !json_is_obj(json_root(&doc)))
		return refuse(&r, STR("it is not a kubeconfig"));
	r.root = json_root(&doc);
	if (!read_context(&r, k))
		return false;
	if (!arena_ok(a))
		return refuse(&r, STR("it is too large"));
	return true;
}
