/*
 * ais_init.c - aisinit's job: from the operator's template and partial configuration to aisnode's two files.
 *
 * Stricter than the real one in one thing: an unknown key in the template is
 * an error here already, and not silently left out.
 */
#include "tests/fake/ais_inner.h"

#include <stdio.h>
#include <stdlib.h>

static bool
refuse(struct ais_init *in, const char *what, const char *why)
{
	snprintf(in->why, sizeof(in->why), "aisinit: %s: %s", what, why);
	return false;
}

static struct tree *
read_in(struct ais_init *in, struct str text, const char *file)
{
	const char  *why = "no such file or directory";
	struct tree *t = text.len > 0 ? tree_parse(text, &why) : NULL;

	if (t == NULL)
		refuse(in, file, why);
	return t;
}

/* Is every key of `t` one of these?  `keys` is separated by blanks. */
static bool
only(struct ais_init *in, const struct tree *t, const char *keys)
{
	TREE_EACH(m, t) {
		struct str rest = str_of(keys), key;
		bool known = false;

		while (!known && str_cut(&rest, ' ', &key))
			known = str_eq(key, m->key);
		if (!known) {
			snprintf(in->why, sizeof(in->why), "aisinit: ais_local.json: unknown field \"" STR_FMT "\"",
			    STR_ARG(m->key));
			return false;
		}
	}
	return true;
}

static bool
template_is_good(struct ais_init *in)
{
	const struct tree *net = tree_get(in->local, STR("host_net"));

	return only(in, in->local, "fspaths confdir log_dir test_fspaths host_net") &&
	    only(in, tree_get(in->local, STR("test_fspaths")), "root count instance") &&
	    only(in, net, "hostname hostname_intra_control hostname_intra_data port port_intra_control"
	    " port_intra_data") &&
	    (tree_is(net, TREE_OBJECT) || refuse(in, "ais_local.json", "has no host_net"));
}

static void
name_hosts(struct ais_init *in)
{
	bool by_pod = str_eq(in->dns_mode, STR("Pod"));
	bool by_ip = in->dns_mode.len == 0 || str_eq(in->dns_mode, STR("IP"));
	bool bare = in->role == AIS_TARGET && in->host_network && by_ip;
	char name[4 * AIS_NAME_SIZE];
	struct str domain = in->domain.len > 0 ? in->domain : STR("cluster.local"), dns;

	snprintf(name, sizeof(name), STR_FMT "." STR_FMT "." STR_FMT ".svc." STR_FMT, STR_ARG(in->pod),
	    STR_ARG(in->service), STR_ARG(in->ns), STR_ARG(domain));
	dns = str_of(name);
	tree_set_str(in->local, "host_net.hostname_intra_control", dns);
	tree_set_str(in->local, "host_net.hostname_intra_data", bare ? STR("") : dns);
	tree_set_str(in->local, "host_net.hostname", bare ? STR("") : by_pod ? dns : in->public_host);
}

bool
ais_init_run(struct ais_init *in)
{
	struct tree *patch;
	bool good;

	in->local = in->global = NULL;
	in->why[0] = 0;
	if (in->ns.len == 0 || in->service.len == 0 || in->pod.len == 0)
		return refuse(in, "environment", "K8S_NS, MY_SERVICE and MY_POD must be set");
	in->local = read_in(in, in->template, "ais_local.json");
	if (in->local == NULL || !template_is_good(in))
		return false;
	name_hosts(in);
	patch = read_in(in, in->override, "ais.json");
	if (patch == NULL)
		return false;
	in->global = ais_config_default();
	good = ais_config_patch(&in->global, patch, in->why, sizeof(in->why));
	tree_free(patch);
	return good;
}
