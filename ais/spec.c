/* spec.c - what an AIStore asks for: the cluster level. */
#include "ais/spec.h"

#include "ais/spec_inner.h"
#include "kernel/check.h"

struct str
role_text(enum role r)
{
	return r == ROLE_PROXY ? STR("proxy") : STR("target");
}

static void
read_size(struct reader *r, struct json v, struct str path)
{
	spec_size(r, v, path, &r->size);
}

static void
read_node_image(struct reader *r, struct json v, struct str path)
{
	spec_text(r, v, path, &r->out->node_image);
}

static void
read_init_image(struct reader *r, struct json v, struct str path)
{
	spec_text(r, v, path, &r->out->init_image);
}

static void
read_host_path(struct reader *r, struct json v, struct str path)
{
	static const struct str allowed =
	    STR_INIT("the state's place on the host is an absolute path without \"..\", such as /etc/ais");
	struct str given, rest, part;

	if (!spec_text(r, v, path, &given))
		return;
	if (given.at[0] != '/') {
		spec_invalid(r, path, v, allowed);
		return;
	}
	/* Cleaned as the Go operator does: no empty parts, no ".". */
	r->host_path = STR("/");
	for (rest = given; str_cut(&rest, '/', &part);) {
		if (str_eq(part, STR("..")))
			spec_invalid(r, path, v, allowed);
		if (part.len > 0 && !str_eq(part, STR(".")))
			r->host_path = JOIN(r->a, r->host_path.len > 1 ? r->host_path : STR_NONE, STR("/"), part);
	}
}

static void
read_prefix(struct reader *r, struct json v, struct str path)
{
	static const struct field fields[] = {
		{ STR_INIT("prefix"), USE_READ, read_host_path },
	};

	spec_fields(r, v, path, fields, sizeof(fields) / sizeof(fields[0]));
	if (!json_there(json_get(v, STR("prefix"))))
		spec_invalid(r, JOIN(r->a, path, STR(".prefix")), json_get(v, STR("prefix")),
		    STR("name a directory on the host, such as /etc/ais"));
}

static void
read_state(struct reader *r, struct json v, struct str path)
{
	static const struct field fields[] = {
		{ STR_INIT("hostPath"), USE_READ, read_prefix },
		{ STR_INIT("pvc"), USE_LATER_PRESENT, NULL },
		{ STR_INIT("emptyDir"), USE_LATER_PRESENT, NULL },
	};

	spec_fields(r, v, path, fields, sizeof(fields) / sizeof(fields[0]));
	if (json_is_obj(v) && json_size(v) != 1)
		spec_invalid(r, path, v, STR("exactly one of hostPath, pvc and emptyDir must be set"));
}

/* The older fields count only where the newer one is absent. */
static bool
has_state(const struct reader *r)
{
	return json_is_obj(json_get(r->spec, STR("stateStorage")));
}

static void
read_old_host_path(struct reader *r, struct json v, struct str path)
{
	if (!has_state(r) && !json_str_is(v, STR("")))
		read_host_path(r, v, path);
}

static void
read_old_state_class(struct reader *r, struct json v, struct str path)
{
	if (!has_state(r) && !json_str_is(v, STR("")))
		spec_unsupported(r, path);
}

/* Even an empty section is a wish: it changes the bytes that AIS is given. */
static void
read_config(struct reader *r, struct json v, struct str path)
{
	spec_fields(r, v, path, NULL, 0);
}

static void
read_proxies(struct reader *r, struct json v, struct str path)
{
	spec_role(r, v, path, ROLE_PROXY);
}

static void
read_targets(struct reader *r, struct json v, struct str path)
{
	spec_role(r, v, path, ROLE_TARGET);
}

static bool
is_domain(struct str s)
{
	struct str rest = s, label;

	while (str_cut(&rest, '.', &label)) {
		if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			char c = label.at[i];

			if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
				return false;
		}
	}
	return s.len <= 253;
}

static void
read_domain(struct reader *r, struct json v, struct str path)
{
	struct str domain;

	if (json_str_is(v, STR("")) || !spec_text(r, v, path, &domain))
		return;
	if (is_domain(domain))
		r->out->cluster_domain = domain;
	else
		spec_invalid(r, path, v, STR("a DNS domain is needed, such as cluster.local"));
}

static void
read_dns_mode(struct reader *r, struct json v, struct str path)
{
	if (json_str_is(v, STR("IP")) || json_str_is(v, STR("")))
		return;
	if (json_str_is(v, STR("Node")) || json_str_is(v, STR("Pod")))
		spec_unsupported(r, path);
	else
		spec_invalid(r, path, v, STR("it is one of IP, Node and Pod"));
}

static const struct field cluster_fields[] = {
	{ STR_INIT("size"), USE_READ, read_size },
	{ STR_INIT("nodeImage"), USE_READ, read_node_image },
	{ STR_INIT("initImage"), USE_READ, read_init_image },
	{ STR_INIT("logSidecar"), USE_LATER, NULL },
	{ STR_INIT("stateStorage"), USE_READ, read_state },
	{ STR_INIT("hostpathPrefix"), USE_READ, read_old_host_path },
	{ STR_INIT("stateStorageClass"), USE_READ, read_old_state_class },
	{ STR_INIT("configToUpdate"), USE_READ, read_config },
	{ STR_INIT("issuerCAConfigMap"), USE_LATER, NULL },
	{ STR_INIT("hostnameMap"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("apiMode"), USE_LATER, NULL },
	{ STR_INIT("networkAttachment"), USE_LATER, NULL },
	{ STR_INIT("proxySpec"), USE_READ, read_proxies },
	{ STR_INIT("targetSpec"), USE_READ, read_targets },
	{ STR_INIT("shutdownCluster"), USE_LATER, NULL },
	{ STR_INIT("cleanupMetadata"), USE_LATER, NULL },
	{ STR_INIT("cleanupData"), USE_LATER, NULL },
	{ STR_INIT("clusterDomain"), USE_READ, read_domain },
	{ STR_INIT("gcpSecretName"), USE_LATER, NULL },
	{ STR_INIT("awsSecretName"), USE_LATER, NULL },
	{ STR_INIT("ociSecretName"), USE_LATER, NULL },
	{ STR_INIT("logsDir"), USE_LATER, NULL },
	{ STR_INIT("tls"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("tracingTokenSecretName"), USE_LATER, NULL },
	{ STR_INIT("authNSecretName"), USE_LATER, NULL },
	{ STR_INIT("auth"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("operatorSkipVerifyCrt"), USE_LATER, NULL },
	{ STR_INIT("imagePullSecrets"), USE_LATER, NULL },
	{ STR_INIT("enableExternalLB"), USE_LATER, NULL },
	{ STR_INIT("publicNetDNSMode"), USE_READ, read_dns_mode },
	{ STR_INIT("adminClient"), USE_LATER_NOT_DISABLED, NULL },
	{ STR_INIT("priorityClassName"), USE_LATER, NULL },
};

/* What must be there, in words. */
static const struct {
	struct str name, allowed;
} required[] = {
	{ STR_INIT("nodeImage"), STR_INIT("name the image of aisnode, such as docker.io/aistorage/aisnode:v4.9") },
	{ STR_INIT("initImage"), STR_INIT("name the image of ais-init, such as docker.io/aistorage/ais-init:v4.9") },
	{ STR_INIT("proxySpec"), STR_INIT("give the ports of the proxies") },
	{ STR_INIT("targetSpec"), STR_INIT("give the ports and the data mounts of the targets") },
};

static void
check_required(struct reader *r)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		struct json v = json_get(r->spec, required[i].name);

		if (!json_there(v) || json_is_null(v))
			spec_invalid(r, JOIN(r->a, STR("spec."), required[i].name), v, required[i].allowed);
	}
}

/* The role's own size goes before that of the cluster. */
static void
settle_sizes(struct reader *r)
{
	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++)
		if (r->out->role[role].size == 0)
			r->out->role[role].size = r->size;
	if (r->out->role[ROLE_PROXY].size == 0 || r->out->role[ROLE_TARGET].size == 0)
		spec_invalid(r, STR("spec.size"), json_get(r->spec, STR("size")),
		    STR("the number of daemons of each role is at least 1"));
}

static void
settle_state(struct reader *r)
{
	r->out->state_prefix = r->host_path;
	if (r->host_path.len == 0 && r->out->unsupported.len == 0)
		spec_invalid(r, STR("spec.stateStorage"), json_get(r->spec, STR("stateStorage")),
		    STR("say where daemons keep their state, such as hostPath: {prefix: /etc/ais}"));
}

void
spec_parse(struct json spec, struct str domain, struct arena *a, struct spec *out)
{
	struct reader r = { .a = a, .out = out, .spec = spec };

	CHECK(domain.len > 0);
	*out = (struct spec){ .cluster_domain = domain, .dns_mode = STR("IP") };
	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++)
		out->role[role].resources = out->role[role].env = (struct json){ NULL, -1 };
	spec_fields(&r, spec, STR("spec"), cluster_fields, sizeof(cluster_fields) / sizeof(cluster_fields[0]));
	out->cleanup_metadata = json_true(json_get(spec, STR("cleanupMetadata")));
	out->cleanup_data = json_true(json_get(spec, STR("cleanupData")));
	out->shutdown = json_true(json_get(spec, STR("shutdownCluster")));
	if (!json_is_obj(spec))
		return;
	check_required(&r);
	settle_sizes(&r);
	settle_state(&r);
}
