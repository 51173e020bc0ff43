/*
 * want_config.c - what AIS is configured with, to the byte.
 *
 * aisinit has the defaults; ais.json holds only what overrides them.  The
 * order of keys is that of AIS's own types, and hashes are made over the
 * bytes: a change here pushes a configuration, or restarts a cluster.
 */
#include "ais/want_inner.h"
#include "kernel/hash.h"

/* On targets, these turn the azure backend on. */
static bool
has_azure(const struct spec *s)
{
	static const struct str names[] = {
		STR_INIT("AZURE_STORAGE_ACCOUNT"), STR_INIT("AZURE_STORAGE_KEY"), STR_INIT("AIS_AZURE_URL"),
	};
	struct json_iter it = json_each(s->role[ROLE_TARGET].env);

	while (json_next(&it))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (json_str_is(json_get(it.val, STR("name")), names[i]))
				return true;
	return false;
}

/* Of the first proxy, or (pod empty) of them all. */
static struct str
control_url(const struct want *w, struct arena *a, struct str pod)
{
	struct out o = out_in(a);

	OUT(&o, STR("http://"), pod, w->cluster.name, STR("-proxy."), w->cluster.ns, STR(".svc."),
	    w->spec->cluster_domain, STR(":"));
	out_int(&o, w->spec->role[ROLE_PROXY].control_port);
	return out_keep(&o, a);
}

static struct str
config(const struct want *w, bool urls, struct arena *a)
{
	struct str      first = control_url(w, a, JOIN(a, w->cluster.name, STR("-proxy-0.")));
	struct str      any = control_url(w, a, STR_NONE);
	struct out      o = out_in(a);
	struct json_out j = json_out(&o);

	jo_obj(&j);
	if (has_azure(w->spec))
		jo_key_raw(&j, STR("backend"), STR("{\"azure\":{}}"));
	jo_key_obj(&j, STR("rebalance"));
	jo_key_bool(&j, STR("enabled"), w->rebalance);
	jo_obj_end(&j);
	if (urls) {
		jo_key_obj(&j, STR("proxy"));
		jo_key_str(&j, STR("primary_url"), first);
		jo_key_str(&j, STR("original_url"), first);
		jo_key_str(&j, STR("discovery_url"), any);
		jo_obj_end(&j);
	}
	jo_obj_end(&j);
	return out_keep(&o, a);
}

struct str
want_config(const struct want *w, struct arena *a)
{
	return config(w, true, a);
}

struct str
want_told(const struct want *w, bool first_is_primary, struct arena *a)
{
	return config(w, first_is_primary, a);
}

static struct str
hex_hash(struct str text, struct arena *a)
{
	struct out o = out_in(a);

	sha256_hex(text, &o);
	return out_keep(&o, a);
}

struct str
want_config_hash(const struct want *w, struct arena *a)
{
	return hex_hash(want_config(w, a), a);
}

/* This version sets nothing in net.http: the hash of no bytes. */
struct str
want_restart_hash(const struct want *w, struct arena *a)
{
	(void)w;
	return hex_hash(STR_NONE, a);
}

/* The local configuration ----------------------------------------------------*/

/* The mount with the next higher path, by bytes. */
static const struct mount *
next_path(const struct spec *s, const struct mount *last)
{
	const struct mount *next = NULL;

	for (const struct mount *m = s->mounts; m < s->mounts + s->mount_count; m++)
		if ((last == NULL || str_cmp(m->path, last->path) > 0) &&
		    (next == NULL || str_cmp(m->path, next->path) < 0))
			next = m;
	return next;
}

/* Paths and their labels, sorted. */
static void
fspaths(struct json_out *j, const struct spec *s)
{
	jo_key_obj(j, STR("fspaths"));
	for (const struct mount *m = next_path(s, NULL); m != NULL; m = next_path(s, m))
		jo_key_str(j, m->path, m->label);
	jo_obj_end(j);
}

static void
port(struct json_out *j, struct str key, int number)
{
	char       room[8];
	struct out text = out_over(room, sizeof(room));

	out_int(&text, number);
	jo_key_str(j, key, out_view(&text));
}

/* The ${...} are left as they are: aisinit overwrites these fields. */
struct str
want_local(const struct want *w, enum role role, struct arena *a)
{
	const struct role_spec *s = &w->spec->role[role];
	struct out              o = out_in(a);
	struct json_out         j = json_out(&o);

	j.html = false;
	jo_obj(&j);
	if (role == ROLE_TARGET && w->spec->mount_count > 0)
		fspaths(&j, w->spec);
	else
		jo_key_raw(&j, STR("fspaths"), STR("null"));
	jo_key_str(&j, STR("confdir"), STR("/etc/ais"));
	jo_key_str(&j, STR("log_dir"), STR("/var/log/ais"));
	jo_key_raw(&j, STR("test_fspaths"), STR("{\"root\":\"\",\"count\":0,\"instance\":0}"));
	jo_key_obj(&j, STR("host_net"));
	jo_key_str(&j, STR("hostname"), STR("${AIS_PUBLIC_HOSTNAME}"));
	jo_key_str(&j, STR("hostname_intra_control"), STR("${AIS_INTRA_HOSTNAME}"));
	jo_key_str(&j, STR("hostname_intra_data"), STR("${AIS_DATA_HOSTNAME}"));
	port(&j, STR("port"), s->public_port);
	port(&j, STR("port_intra_control"), s->control_port);
	port(&j, STR("port_intra_data"), s->data_port);
	jo_obj_end(&j);
	jo_obj_end(&j);
	return out_keep(&o, a);
}

void
want_config_map(struct body *b)
{
	want_begin(b, &kind_configmap);
	want_managed(b);
	jo_obj_end(&b->j);
	jo_key_obj(&b->j, STR("data"));
	jo_key_str(&b->j, str_eq(b->name, b->global) ? STR("ais.json") : STR("ais_local.json"), b->value);
	jo_obj_end(&b->j);
}
