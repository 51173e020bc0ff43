/* validate_beta.c - the rules of v1beta1, in the order in which 3.4.0 looks: sizes, state, switches. */
#include "ais/spec_inner.h"
#include "ais/validate_inner.h"

rule *const rules_beta[] = {
	warn_deprecated,
	rule_sizes,
	rule_state,
	rule_autoscale,
	rule_ports,
	warn_cleanup,
	rule_tls,
	warn_rebalance,
	/* An update must leave alone: */
	rule_roles_same,
	rule_balancer_same,
	rule_class_same,
	/* What 3.4.0 lets through without a word: */
	advise_auth,
	advise_sizes,
	advise_image,
	NULL,
};

static struct str
number_text(struct arena *a, int64_t n)
{
	struct out o = out_in(a);

	out_int(&o, n);
	return out_keep(&o, a);
}

/* Sizes ---------------------------------------------------------------------*/

bool
size_of(struct json v, int64_t *size)
{
	return json_whole(json_get(v, STR("size")), size);
}

bool
role_autoscales(const struct trial *t, enum role r)
{
	int64_t size;

	return (size_of(t->spec, &size) && size == -1) || (size_of(t->role[r], &size) && size == -1);
}

struct str
role_path(enum role r)
{
	return r == ROLE_PROXY ? STR("spec.proxySpec") : STR("spec.targetSpec");
}

static void
check_cluster_size(struct trial *t)
{
	int64_t size;

	if (!size_of(t->spec, &size))
		deny(t, STR("spec.size"), STR("cluster size is not specified: set it, or the sizes of both roles"));
	else if (size == 0 || size < -1)
		deny(t, STR("spec.size"), JOIN(t->a, STR("invalid cluster size "), number_text(t->a, size),
		    STR(": it must be at least 1, or -1 for autoscaling")));
}

void
rule_sizes(struct trial *t)
{
	int64_t size;
	bool    both = true;

	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		bool given = size_of(t->role[r], &size);

		both = both && given;
		if (given && size <= 0 && !role_autoscales(t, r))
			deny(t, JOIN(t->a, role_path(r), STR(".size")), JOIN(t->a, STR("invalid "), role_text(r),
			    STR(" daemon size "), number_text(t->a, size), STR(": it must be at least 1")));
	}
	if (!both)
		check_cluster_size(t);
}

void
rule_autoscale(struct trial *t)
{
	int64_t cluster, own;

	for (int i = ROLE_TARGET; i >= ROLE_PROXY; i--) {
		struct str path = JOIN(t->a, role_path((enum role)i), STR(".size"));

		if (size_of(t->spec, &cluster) && cluster == -1 && size_of(t->role[i], &own) && own != -1)
			warn(t, path, JOIN(t->a, path, STR(" is set when spec.Size is -1: it is not looked at")));
	}
	for (int i = ROLE_TARGET; i >= ROLE_PROXY; i--)
		if (role_autoscales(t, (enum role)i) && !json_set(json_get(t->role[i], STR("nodeSelector"))))
			deny(t, JOIN(t->a, role_path((enum role)i), STR(".nodeSelector")), JOIN(t->a,
			    STR("missing nodeSelector for "), role_text((enum role)i),
			    STR(" autoscaling: it says on which nodes they run; {} is all of them")));
}

/* State ---------------------------------------------------------------------*/

static struct str
text_at(struct json v, const char *path, struct arena *a)
{
	return json_str(json_path(v, path), a);
}

struct str
state_class(struct json spec, struct arena *a)
{
	return json_set(json_get(spec, STR("stateStorage"))) ? text_at(spec, "stateStorage.pvc.storageClass", a)
	    : text_at(spec, "stateStorageClass", a);
}

struct str
state_host_path(struct json spec, struct arena *a)
{
	if (json_set(json_get(spec, STR("stateStorage"))))
		return text_at(spec, "stateStorage.hostPath.prefix", a);
	return json_set(json_get(spec, STR("stateStorageClass"))) ? STR_NONE : text_at(spec, "hostpathPrefix", a);
}

static void
check_modes(struct trial *t, struct json state)
{
	int modes = json_set(json_get(state, STR("hostPath"))) + json_set(json_get(state, STR("pvc"))) +
	    json_set(json_get(state, STR("emptyDir")));

	if (modes != 1)
		deny(t, STR("spec.stateStorage"), STR("it must define exactly one of hostPath, pvc, or emptyDir"));
}

void
rule_state(struct trial *t)
{
	struct json state = json_get(t->spec, STR("stateStorage"));
	struct json class = json_get(t->spec, STR("stateStorageClass"));
	bool        path = json_set(json_get(t->spec, STR("hostpathPrefix")));

	if (json_set(state) && (path || json_set(class)))
		warn(t, STR("spec.stateStorage"), STR("ignoring legacy hostpathPrefix and stateStorageClass"));
	if (json_set(state))
		check_modes(t, state);
	else if (path && json_set(class))
		warn(t, STR("spec.stateStorageClass"), JOIN(t->a, STR("Using stateStorageClass "),
		    spec_shown(json_str(class, t->a)), STR(" instead of hostpathPrefix")));
	else if (!path && !json_set(class))
		deny(t, STR("spec.stateStorage"), STR("the spec does not define stateStorage: say where daemons keep "
		    "their state, such as hostPath: {prefix: /etc/ais}"));
	if (json_set(json_get(state, STR("emptyDir"))) && json_true(json_get(t->spec, STR("shutdownCluster"))))
		deny(t, STR("spec.shutdownCluster"), STR("shutdownCluster cannot be enabled with emptyDir state: "
		    "the state would be lost with the pods"));
}

/* Switches ------------------------------------------------------------------*/

static bool
runs_anywhere(struct json role)
{
	return json_size(json_get(role, STR("nodeSelector"))) == 0;
}

void
warn_cleanup(struct trial *t)
{
	if (json_true(json_get(t->spec, STR("cleanupMetadata"))) && state_host_path(t->spec, t->a).len > 0 &&
	    (runs_anywhere(t->role[ROLE_PROXY]) || runs_anywhere(t->role[ROLE_TARGET])))
		warn(t, STR("spec.cleanupMetadata"), STR("cleanupMetadata is enabled with hostpath state and empty "
		    "nodeSelector; host cleanup jobs will run on ALL nodes in the cluster"));
}

void
rule_tls(struct trial *t)
{
	static const struct str keys[] = {
		STR_INIT("server_crt"), STR_INIT("server_key"), STR_INIT("client_ca_tls"),
	};
	struct json http = json_path(t->spec, "configToUpdate.net.http");
	struct str  set = STR_NONE;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_set(json_get(http, keys[i])))
			set = JOIN(t->a, set, set.len > 0 ? STR(", ") : STR_NONE, keys[i]);
	if (set.len > 0 && json_set(json_get(t->spec, STR("tls"))))
		deny(t, STR("spec.configToUpdate.net.http"), JOIN(t->a, STR("configToUpdate.net.http.["), set,
		    STR("] cannot be set together with spec.tls: the operator sets these paths itself")));
}

/* Absent is the default, which an object that was just converted does not carry yet. */
void
warn_rebalance(struct trial *t)
{
	struct json mode = json_get(t->role[ROLE_TARGET], STR("scaleDownMode"));
	struct json enabled = json_path(t->spec, "configToUpdate.rebalance.enabled");

	if ((!json_set(mode) || json_str_is(mode, STR("")) || json_str_is(mode, STR("safe_decommission"))) &&
	    json_is_bool(enabled) && !json_true(enabled))
		warn(t, STR("spec.targetSpec.scaleDownMode"), STR("scaleDownMode is \"safe_decommission\" but rebalance "
		    "is disabled: a target that leaves cannot hand over its data"));
}
