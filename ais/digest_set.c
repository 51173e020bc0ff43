/*
 * digest_set.c - the comparison groups of a StatefulSet.
 *
 * Exactly what makes the Go operator 3.4.0 roll pods is compared, and beside
 * it the claims and ports, which nobody can change.  Arguments, the init
 * container's environment and the like drift there, and do so here.
 */
#include "ais/keep_inner.h"
#include "kernel/check.h"

struct str
set_group_text(enum set_group g)
{
	switch (g) {
	case GROUP_IMAGES:      return STR("images");
	case GROUP_ENV:         return STR("environment");
	case GROUP_RESOURCES:   return STR("resources");
	case GROUP_PROBES:      return STR("probes");
	case GROUP_SECURITY:    return STR("security context");
	case GROUP_VOLUMES:     return STR("volumes");
	case GROUP_LABELS:      return STR("labels");
	case GROUP_ANNOTATIONS: return STR("annotations");
	case GROUP_REST:        return STR("ports, volume claims, priority class or tolerations");
	case GROUP_COUNT:       break;
	}
	check_failed("a known group", __FILE__, __LINE__);
}

static const struct str container_lists[] = { STR_INIT("initContainers"), STR_INIT("containers") };

static bool
is_node(struct json container)
{
	return json_str_is(json_get(container, STR("name")), STR("ais-node"));
}

static void
digest_images(struct digest *d, struct json pod)
{
	for (int i = 0; i < 2; i++) {
		struct json_iter it = json_each(json_get(pod, container_lists[i]));

		digest_text(d, container_lists[i]);
		while (json_next(&it)) {
			out_char(&d->text, '/');
			digest_member(d, it.val, STR("name"));
			digest_member(d, it.val, STR("image"));
		}
	}
}

static void
digest_security(struct digest *d, struct json pod)
{
	digest_member(d, pod, STR("securityContext"));
	for (int i = 0; i < 2; i++) {
		struct json_iter it = json_each(json_get(pod, container_lists[i]));

		while (json_next(&it)) {
			out_char(&d->text, '/');
			digest_member(d, it.val, STR("securityContext"));
		}
	}
}

static void
digest_env(struct digest *d, struct json pod)
{
	struct json_iter it = json_each(json_get(pod, STR("containers")));

	while (json_next(&it))
		if (is_node(it.val))
			digest_member(d, it.val, STR("env"));
}

static void
digest_amounts(struct digest *d, struct json amounts, struct str what)
{
	struct sorted s = sorted_members(amounts);

	digest_text(d, what);
	while (sorted_next(&s)) {
		digest_text(d, s.key);
		digest_quantity(d, s.val);
	}
}

static void
digest_resources(struct digest *d, struct json pod)
{
	struct json_iter it = json_each(json_get(pod, STR("containers")));

	while (json_next(&it)) {
		struct json resources = json_get(it.val, STR("resources"));

		out_char(&d->text, '/');
		digest_amounts(d, json_get(resources, STR("limits")), STR("limits"));
		digest_amounts(d, json_get(resources, STR("requests")), STR("requests"));
	}
}

/* Zero and absent are the same. */
static void
digest_count(struct digest *d, struct json of, struct str key)
{
	int64_t n;

	if (json_i64(json_get(of, key), &n) && n != 0)
		digest_member(d, of, key);
}

static void
digest_probes(struct digest *d, struct json pod)
{
	static const struct str names[] = {
		STR_INIT("startupProbe"), STR_INIT("livenessProbe"), STR_INIT("readinessProbe"),
	};
	struct json_iter it = json_each(json_get(pod, STR("containers")));

	while (json_next(&it))
		for (int i = 0; i < 3 && is_node(it.val); i++) {
			struct json probe = json_get(it.val, names[i]), get = json_get(probe, STR("httpGet"));

			digest_text(d, names[i]);
			digest_member(d, get, STR("path"));
			digest_member(d, get, STR("port"));
			digest_member(d, get, STR("scheme"));
			digest_count(d, probe, STR("initialDelaySeconds"));
			digest_count(d, probe, STR("periodSeconds"));
			digest_count(d, probe, STR("timeoutSeconds"));
			digest_count(d, probe, STR("failureThreshold"));
			digest_count(d, probe, STR("successThreshold"));
		}
}

static void
digest_volumes(struct digest *d, struct json pod)
{
	struct sorted s = sorted_items(json_get(pod, STR("volumes")), "name");

	while (sorted_next(&s))
		digest_value(d, s.val);
}

static void
digest_claims(struct digest *d, struct json claims)
{
	struct sorted s = sorted_items(claims, "metadata.name");

	while (sorted_next(&s)) {
		struct json spec = json_get(s.val, STR("spec"));

		digest_text(d, s.key);
		digest_member(d, spec, STR("accessModes"));
		digest_member(d, spec, STR("storageClassName"));
		digest_amounts(d, json_path(spec, "resources.requests"), STR("requests"));
	}
}

static void
digest_rest(struct digest *d, struct json pod, struct json claims)
{
	struct json_iter it = json_each(json_get(pod, STR("containers"))), ports;

	while (json_next(&it)) {
		out_char(&d->text, '/');
		for (ports = json_each(json_get(it.val, STR("ports"))); json_next(&ports);) {
			digest_count(d, ports.val, STR("containerPort"));
			digest_count(d, ports.val, STR("hostPort"));
		}
	}
	digest_member(d, pod, STR("priorityClassName"));
	digest_member(d, pod, STR("tolerations"));
	digest_claims(d, claims);
}

/* Pods of older operators lack managed-by, and are not restarted for it. */
static void
digest_labels(struct digest *d, struct json labels)
{
	struct sorted s = sorted_members(labels);

	while (sorted_next(&s))
		if (!str_eq(s.key, STR("app.kubernetes.io/managed-by")))
			digest_pair(d, s.key, s.val);
}

/* A hash that ends in .initial was never rolled out, and need not be; other
 * annotations come from kubectl and the like. */
static void
digest_restart(struct digest *d, struct json annotations)
{
	struct str hash = json_str(json_get(annotations, STR("config.aistore.nvidia.com/restart-hash")), d->a);

	digest_text(d, str_ends(hash, STR(".initial")) ? STR_NONE : hash);
}

void
digest_groups(struct json spec, struct digest *d, uint64_t groups[GROUP_COUNT])
{
	struct json pod = json_path(spec, "template.spec");

	digest_images(d, pod);
	groups[GROUP_IMAGES] = digest_end(d);
	digest_env(d, pod);
	groups[GROUP_ENV] = digest_end(d);
	digest_resources(d, pod);
	groups[GROUP_RESOURCES] = digest_end(d);
	digest_probes(d, pod);
	groups[GROUP_PROBES] = digest_end(d);
	digest_security(d, pod);
	groups[GROUP_SECURITY] = digest_end(d);
	digest_volumes(d, pod);
	groups[GROUP_VOLUMES] = digest_end(d);
	digest_labels(d, json_path(spec, "template.metadata.labels"));
	groups[GROUP_LABELS] = digest_end(d);
	digest_restart(d, json_path(spec, "template.metadata.annotations"));
	groups[GROUP_ANNOTATIONS] = digest_end(d);
	digest_rest(d, pod, json_get(spec, STR("volumeClaimTemplates")));
	groups[GROUP_REST] = digest_end(d);
}
