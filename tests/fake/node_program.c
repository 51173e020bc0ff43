/* node_program.c - aisinit and aisnode as containers run them: arguments, environment, files. */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of -NAME=VALUE or --NAME=VALUE; empty: not given. */
static struct str
option(const struct container *c, const char *name)
{
	TREE_EACH(arg, tree_get(c->spec, STR("args"))) {
		struct str a = tree_str(arg);
		size_t     len = strlen(name);

		while (a.len > 0 && a.at[0] == '-')
			a = str_from(a, 1);
		if (str_starts(a, str_of(name)) && a.len > len && a.at[len] == '=')
			return str_from(a, len + 1);
	}
	return STR_NONE;
}

bool
program_is(const struct container *c, const char *name)
{
	return option(c, name).len > 0;
}

static void
put_file(struct pod *p, struct str path, struct tree *content)
{
	struct str s = tree_text_of(content);

	if (path.len > 0)
		tree_set(p->files, path, tree_text(s));
	free((void *)(uintptr_t)s.at);
}

bool
program_init(struct container *c, char *why, size_t why_size)
{
	struct pod *p = c->pod;
	struct ais_init in = {
		.role = str_eq(option(c, "role"), STR("target")) ? AIS_TARGET : AIS_PROXY,
		.template = pod_file(p, c, option(c, "local_config_template")),
		.override = pod_file(p, c, option(c, "cluster_config_override")),
		.ns = pod_env(p, c, "K8S_NS"), .service = pod_env(p, c, "MY_SERVICE"), .pod = pod_env(p, c, "MY_POD"),
		.domain = pod_env(p, c, "AIS_K8S_CLUSTER_DOMAIN"), .public_host = pod_env(p, c, "AIS_PUBLIC_HOSTNAME"),
		.dns_mode = pod_env(p, c, "AIS_PUBLIC_DNS_MODE"),
		.host_network = str_eq(pod_env(p, c, "HOST_NETWORK"), STR("true")),
	};
	bool good = ais_init_run(&in);

	if (good) {
		put_file(p, option(c, "output_local_config"), in.local);
		put_file(p, option(c, "output_cluster_config"), in.global);
	}
	snprintf(why, why_size, "%s", in.why);
	tree_free(in.local);
	tree_free(in.global);
	return good;
}

static void
add_mounts(const struct container *c, struct str confdir, struct ais_launch *l)
{
	TREE_EACH(m, tree_get(c->spec, STR("volumeMounts"))) {
		struct str path = tree_str_at(m, "mountPath");
		struct ais_folder *f;

		if (l->mount_count == AIS_MOUNTS_MAX || str_starts(path, STR("/var/run/")))
			continue;
		f = volume_mounted(c, m);
		if (f == NULL)
			continue;
		if (str_eq(path, confdir))
			l->state = f;
		l->mounts[l->mount_count].path = path;
		l->mounts[l->mount_count++].folder = f;
	}
}

struct ais_daemon *
program_start(struct container *c)
{
	struct pod *p = c->pod;
	struct ais_launch l = {
		.role = str_eq(option(c, "role"), STR("target")) ? AIS_TARGET : AIS_PROXY,
		.pod = str_of(p->name), .node = str_of(p->node), .address = str_of(p->address),
		.local = pod_file(p, c, option(c, "local_config")), .global = pod_file(p, c, option(c, "config")),
		.owner = c,
	};
	struct tree *local = tree_parse(l.local, NULL);
	uint64_t targets = 0;
	struct ais_daemon *d;

	str_u64(option(c, "ntargets"), &targets);
	l.ntargets = (int)targets;
	add_mounts(c, tree_str_at(local, "confdir"), &l);
	d = ais_start(&p->side->ais, &l, loop_now_ms());
	tree_free(local);
	return d;
}
