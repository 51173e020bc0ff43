/* want_pod.c - the pods of a role: an init container that writes the configuration, then aisnode. */
#include "ais/quantity.h"
#include "ais/want_inner.h"

#define EPHEMERAL "656Mi"        /* logs 512Mi, environment 16Mi, other 128Mi */

static void
field_env(struct json_out *j, struct str name, struct str path)
{
	jo_obj(j);
	jo_key_str(j, STR("name"), name);
	jo_key_obj(j, STR("valueFrom"));
	jo_key_obj(j, STR("fieldRef"));
	jo_key_str(j, STR("apiVersion"), STR("v1"));
	jo_key_str(j, STR("fieldPath"), path);
	jo_obj_end(j);
	jo_obj_end(j);
	jo_obj_end(j);
}

static void
text_env(struct json_out *j, struct str name, struct str value)
{
	jo_obj(j);
	jo_key_str(j, STR("name"), name);
	jo_key_str(j, STR("value"), value);
	jo_obj_end(j);
}

static const struct {
	struct str name, path;
} own_fields[] = {
	{ STR_INIT("MY_NODE"), STR_INIT("spec.nodeName") },
	{ STR_INIT("MY_POD"), STR_INIT("metadata.name") },
	{ STR_INIT("K8S_NS"), STR_INIT("metadata.namespace") },
};
#define OWN_FIELDS (sizeof(own_fields) / sizeof(own_fields[0]))

static void
mount(struct json_out *j, struct str volume, struct str path, bool own_folder)
{
	jo_obj(j);
	jo_key_str(j, STR("name"), volume);
	jo_key_str(j, STR("mountPath"), path);
	if (own_folder)
		jo_key_str(j, STR("subPathExpr"), STR("$(MY_POD)"));
	jo_obj_end(j);
}

/* The init container ---------------------------------------------------------*/

static void
init_args(struct body *b)
{
	struct json_out *j = &b->j;

	jo_key_arr(j, STR("args"));
	jo_str(j, b->role == ROLE_PROXY ? STR("-role=proxy") : STR("-role=target"));
	jo_str(j, STR("-local_config_template=/var/ais_config_template/ais_local.json"));
	jo_str(j, STR("-output_local_config=/var/ais_config/ais_local.json"));
	jo_str(j, STR("-cluster_config_override=/var/global_config/ais.json"));
	jo_str(j, STR("-output_cluster_config=/var/ais_config/ais.json"));
	jo_arr_end(j);
}

static void
init_env(struct body *b)
{
	struct json_out *j = &b->j;

	jo_key_arr(j, STR("env"));
	field_env(j, STR("HOST_IPS"), STR("status.hostIPs"));
	text_env(j, STR("AIS_K8S_CLUSTER_DOMAIN"), b->w->spec->cluster_domain);
	text_env(j, STR("ENABLE_EXTERNAL_ACCESS"), STR("false"));
	text_env(j, STR("AIS_PUBLIC_DNS_MODE"), b->w->spec->dns_mode);
	for (size_t i = 0; i < OWN_FIELDS; i++)
		field_env(j, own_fields[i].name, own_fields[i].path);
	text_env(j, STR("MY_SERVICE"), b->set);
	jo_arr_end(j);
}

static void
init_container(struct body *b)
{
	struct json_out *j = &b->j;

	jo_obj(j);
	jo_key_str(j, STR("name"), STR("populate-env"));
	jo_key_str(j, STR("image"), b->w->spec->init_image);
	jo_key_str(j, STR("imagePullPolicy"), STR("Always"));
	init_args(b);
	init_env(b);
	jo_key_raw(j, STR("resources"), STR("{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},"
	    "\"requests\":{\"cpu\":\"1\",\"memory\":\"1Gi\",\"ephemeral-storage\":\"48Mi\"}}"));
	jo_key_raw(j, STR("securityContext"), STR("{\"allowPrivilegeEscalation\":false,"
	    "\"capabilities\":{\"drop\":[\"ALL\"]},\"readOnlyRootFilesystem\":true}"));
	jo_key_arr(j, STR("volumeMounts"));
	mount(j, STR("config-template"), STR("/var/ais_config_template"), false);
	mount(j, STR("config-mount"), STR("/var/ais_config"), false);
	mount(j, STR("config-global"), STR("/var/global_config"), false);
	jo_arr_end(j);
	jo_obj_end(j);
}

/* aisnode --------------------------------------------------------------------*/

static void
node_args(struct body *b)
{
	struct json_out *j = &b->j;
	char             room[40];
	struct out       targets = out_over(room, sizeof(room));

	jo_key_raw(j, STR("command"), STR("[\"aisnode\"]"));
	jo_key_arr(j, STR("args"));
	jo_str(j, STR("-config=/var/ais_config/ais.json"));
	jo_str(j, STR("-local_config=/var/ais_config/ais_local.json"));
	jo_str(j, b->role == ROLE_PROXY ? STR("-role=proxy") : STR("-role=target"));
	if (b->role == ROLE_PROXY) {
		out_str(&targets, STR("-ntargets="));
		out_int(&targets, b->w->spec->role[ROLE_TARGET].size);
		jo_str(j, out_view(&targets));
	}
	jo_arr_end(j);
}

static bool
user_sets(struct json env, struct str name)
{
	struct json_iter it = json_each(env);

	while (json_next(&it))
		if (json_str_is(json_get(it.val, STR("name")), name))
			return true;
	return false;
}

/* As it stands, without what stands between: a CR may be indented. */
static void
compact(struct json_out *j, struct str raw)
{
	bool inside = false;

	jo_raw(j, STR_NONE);
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.at[i];

		if (!inside && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
			continue;
		out_char(j->o, c);
		if (inside && c == '\\' && i + 1 < raw.len)
			out_char(j->o, raw.at[++i]);
		else if (c == '"')
			inside = !inside;
	}
}

/* The user's come first, in their order, and win. */
static void
node_env(struct body *b)
{
	struct json      env = want_role_spec(b)->env;
	struct json_iter it = json_each(env);

	jo_key_arr(&b->j, STR("env"));
	while (json_next(&it))
		compact(&b->j, json_text(it.val));
	for (size_t i = 0; i < OWN_FIELDS; i++)
		if (!user_sets(env, own_fields[i].name))
			field_env(&b->j, own_fields[i].name, own_fields[i].path);
	jo_arr_end(&b->j);
}

static bool
amount(struct json v, struct quantity *q)
{
	return quantity_parse(json_raw(v), q);
}

/* As the API server would write them. */
static void
amounts(struct json_out *j, struct json v, struct str but)
{
	struct json_iter it = json_each(v);
	struct quantity  q;

	while (json_next(&it)) {
		char       room[64];
		struct out text = out_over(room, sizeof(room));

		if (str_eq(it.key, but) || !amount(it.val, &q))
			continue;
		quantity_print(&q, &text);
		jo_key_str(j, it.key, out_view(&text));
	}
}

static void
node_resources(struct body *b)
{
	static const struct str key = STR_INIT("ephemeral-storage");
	struct json_out *j = &b->j;
	struct json      given = want_role_spec(b)->resources, requests = json_get(given, STR("requests"));
	struct json      limits = json_get(given, STR("limits"));
	struct quantity  q;
	bool             enough = amount(json_get(requests, key), &q) && quantity_positive(&q);

	jo_key_obj(j, STR("resources"));
	if (json_size(limits) > 0) {
		jo_key_obj(j, STR("limits"));
		amounts(j, limits, STR_NONE);
		jo_obj_end(j);
	}
	jo_key_obj(j, STR("requests"));
	amounts(j, requests, enough ? STR_NONE : key);
	if (!enough)
		jo_key_str(j, key, STR(EPHEMERAL));
	jo_obj_end(j);
	jo_obj_end(j);
}

static void
probe(struct body *b, struct str name, struct str path, int delay, int failures)
{
	struct json_out *j = &b->j;

	jo_key_obj(j, name);
	jo_key_obj(j, STR("httpGet"));
	jo_key_str(j, STR("path"), path);
	jo_key_int(j, STR("port"), want_role_spec(b)->public_port);
	jo_key_str(j, STR("scheme"), STR("HTTP"));
	jo_obj_end(j);
	if (delay > 0)
		jo_key_int(j, STR("initialDelaySeconds"), delay);
	jo_key_int(j, STR("periodSeconds"), 5);
	jo_key_int(j, STR("timeoutSeconds"), 5);
	jo_key_int(j, STR("failureThreshold"), failures);
	jo_key_int(j, STR("successThreshold"), 1);
	jo_obj_end(j);
}

static void
node_mounts(struct body *b)
{
	struct json_out   *j = &b->j;
	const struct spec *s = b->w->spec;
	bool               target = b->role == ROLE_TARGET;

	jo_key_arr(j, STR("volumeMounts"));
	mount(j, STR("config-mount"), STR("/var/ais_config"), false);
	mount(j, STR("logs-dir"), STR("/var/log/ais"), target);
	mount(j, STR("state-mount"), STR("/etc/ais"), target);
	for (int i = 0; target && i < s->mount_count; i++)
		mount(j, b->claims[i], s->mounts[i].path, false);
	jo_arr_end(j);
}

static void
node_container(struct body *b)
{
	struct json_out *j = &b->j;

	jo_obj(j);
	jo_key_str(j, STR("name"), STR("ais-node"));
	jo_key_str(j, STR("image"), b->w->spec->node_image);
	jo_key_str(j, STR("imagePullPolicy"), STR("Always"));
	node_args(b);
	node_env(b);
	jo_key_arr(j, STR("ports"));
	jo_obj(j);
	jo_key_str(j, STR("name"), STR("http"));
	jo_key_int(j, STR("containerPort"), want_role_spec(b)->service_port);
	jo_key_str(j, STR("protocol"), STR("TCP"));
	jo_obj_end(j);
	jo_arr_end(j);
	node_resources(b);
	jo_key_raw(j, STR("securityContext"),
	    STR("{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"]}}"));
	probe(b, STR("startupProbe"), STR("/v1/health?readiness=true"), 0, 30);
	probe(b, STR("livenessProbe"), STR("/v1/health"), 60, 10);
	probe(b, STR("readinessProbe"), STR("/v1/health?readiness=true"), 0, 5);
	node_mounts(b);
	jo_obj_end(j);
}

/* The pod --------------------------------------------------------------------*/

/* No two of a role on one node. */
static void
affinity(struct body *b)
{
	struct json_out *j = &b->j;

	jo_key_obj(j, STR("affinity"));
	jo_key_obj(j, STR("podAntiAffinity"));
	jo_key_arr(j, STR("requiredDuringSchedulingIgnoredDuringExecution"));
	jo_obj(j);
	jo_key_str(j, STR("topologyKey"), STR("kubernetes.io/hostname"));
	jo_key_obj(j, STR("labelSelector"));
	want_selector(b, STR("matchLabels"));
	jo_obj_end(j);
	jo_obj_end(j);
	jo_arr_end(j);
	jo_obj_end(j);
	jo_obj_end(j);
}

static void
config_volume(struct json_out *j, struct str name, struct str config_map)
{
	jo_obj(j);
	jo_key_str(j, STR("name"), name);
	jo_key_obj(j, STR("configMap"));
	jo_key_str(j, STR("name"), config_map);
	jo_key_int(j, STR("defaultMode"), 0644);
	jo_obj_end(j);
	jo_obj_end(j);
}

static void
volumes(struct body *b)
{
	struct json_out *j = &b->j;

	jo_key_arr(j, STR("volumes"));
	config_volume(j, STR("config-template"), b->set);
	jo_raw(j, STR("{\"name\":\"config-mount\",\"emptyDir\":{}}"));
	config_volume(j, STR("config-global"), b->global);
	jo_raw(j, STR("{\"name\":\"logs-dir\",\"emptyDir\":{}}"));
	jo_obj(j);
	jo_key_str(j, STR("name"), STR("state-mount"));
	jo_key_obj(j, STR("hostPath"));
	jo_key_str(j, STR("path"), b->state_path);
	jo_key_str(j, STR("type"), STR("DirectoryOrCreate"));
	jo_obj_end(j);
	jo_obj_end(j);
	jo_arr_end(j);
}

void
want_pod_spec(struct body *b)
{
	struct json_out *j = &b->j;

	jo_key_str(j, STR("serviceAccountName"), b->account);
	jo_key_raw(j, STR("securityContext"),
	    STR("{\"runAsNonRoot\":false,\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}"));
	if (b->role == ROLE_TARGET)
		jo_key_str(j, STR("dnsPolicy"), STR("ClusterFirst"));
	affinity(b);
	jo_key_arr(j, STR("initContainers"));
	init_container(b);
	jo_arr_end(j);
	jo_key_arr(j, STR("containers"));
	node_container(b);
	jo_arr_end(j);
	volumes(b);
}
