/* ais_start.c - a simulated aisnode starts: its two files, its directories, its id. */
#include "tests/fake/ais_inner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL_MS 200              /* from exec to exit 1 */

static bool fail(struct ais_daemon *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool
fail(struct ais_daemon *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->why, sizeof(d->why), format, args);
	va_end(args);
	return false;
}

static struct tree *
parse(struct ais_daemon *d, struct str text, const char *file)
{
	const char  *why = "no such file or directory";
	struct tree *t = text.len > 0 ? tree_parse(text, &why) : NULL;

	if (t == NULL)
		fail(d, "failed to load %s: %s", file, why);
	return t;
}

static bool
read_nets(struct ais_daemon *d, const struct tree *net)
{
	static const char *const host[] = { "hostname", "hostname_intra_control", "hostname_intra_data" };
	static const char *const port[] = { "port", "port_intra_control", "port_intra_data" };

	for (int i = 0; i < AIS_NETS; i++) {
		uint64_t n = 0;

		if (!str_u64(tree_str_at(net, port[i]), &n) || n == 0 || n > 65535)
			return fail(d, "invalid local config: host_net.%s: \"" STR_FMT "\" is not a port", port[i],
			    STR_ARG(tree_str_at(net, port[i])));
		d->port[i] = (uint16_t)n;
		ais_text(d->host[i], sizeof(d->host[i]), tree_str_at(net, host[i]));
	}
	return true;
}

static struct ais_folder *
folder_at(const struct ais_launch *l, struct str path)
{
	for (int i = 0; i < l->mount_count; i++)
		if (str_eq(l->mounts[i].path, path))
			return l->mounts[i].folder;
	return NULL;
}

static bool
read_mounts(struct ais_daemon *d, const struct ais_launch *l, const struct tree *fspaths)
{
	TREE_EACH(m, fspaths) {
		struct ais_folder *f = folder_at(l, m->key);

		if (f == NULL)
			return fail(d, "mountpath \"" STR_FMT "\" does not exist", STR_ARG(m->key));
		if (d->mount_count == AIS_MOUNTS_MAX)
			return fail(d, "too many mountpaths");
		d->mounts[d->mount_count++] = f;
	}
	if (d->role == AIS_TARGET && d->mount_count == 0)
		return fail(d, "no mountpaths: target has no fspaths in its local config");
	if (l->state == NULL)
		return fail(d, "confdir does not exist");
	d->state = l->state;
	return true;
}

/* All mounts must agree on whose they are; a mount that lost it is told again. */
static bool
find_target_id(struct ais_daemon *d)
{
	for (int i = 0; i < d->mount_count; i++) {
		const char *id = d->mounts[i]->id;

		if (id[0] != 0 && d->id[0] != 0 && strcmp(id, d->id) != 0)
			return fail(d, "storage integrity error: mountpaths belong to targets %s and %s", d->id, id);
		if (id[0] != 0)
			ais_text(d->id, sizeof(d->id), str_of(id));
	}
	if (d->id[0] == 0)
		ais_random_id(d->world, d->id, 8);
	for (int i = 0; i < d->mount_count; i++)
		ais_text(d->mounts[i]->id, sizeof(d->mounts[i]->id), str_of(d->id));
	return true;
}

/* State outlives the plain file: a configuration that was saved wins. */
static bool
read_config(struct ais_daemon *d, struct str text)
{
	struct tree *given = parse(d, text, "ais.json");

	if (given == NULL)
		return false;
	d->config = d->state->config != NULL ? tree_copy(d->state->config) : ais_config_default();
	if (d->state->config == NULL && !ais_config_patch(&d->config, given, d->why, sizeof(d->why))) {
		tree_free(given);
		return false;
	}
	/* Saved URLs may name a cluster that was somewhere else: those given now are tried, too. */
	ais_text(d->primary_url, sizeof(d->primary_url), tree_str_at(given, "proxy.primary_url"));
	ais_text(d->discovery_url, sizeof(d->discovery_url), tree_str_at(given, "proxy.discovery_url"));
	tree_free(given);
	return true;
}

/* http://HOST:PORT */
static struct str
url_host(struct str url)
{
	struct str rest = url, part;

	if (str_starts(url, STR("http://")))
		rest = str_from(url, 7);
	else if (str_starts(url, STR("https://")))
		rest = str_from(url, 8);
	str_cut(&rest, ':', &part);
	return part;
}

static bool
prepare(struct ais_daemon *d, const struct ais_launch *l)
{
	struct tree *local = parse(d, l->local, "ais_local.json");
	bool good = local != NULL && read_nets(d, tree_get(local, STR("host_net"))) &&
	    read_mounts(d, l, tree_get(local, STR("fspaths"))) && read_config(d, l->global);
	struct str host;

	tree_free(local);
	if (!good)
		return false;
	if (d->role == AIS_PROXY)
		ais_proxy_id(l->node, d->id);
	else if (!find_target_id(d))
		return false;
	host = url_host(str_of(d->discovery_url[0] != 0 ? d->discovery_url : d->primary_url));
	if (host.len == 0)
		return fail(d, "invalid config: proxy.primary_url is empty");
	d->cluster = ais_cluster_of(d->world, host);
	return true;
}

struct ais_daemon *
ais_start(struct ais_world *w, const struct ais_launch *l, int64_t now_ms)
{
	struct ais_daemon *d = calloc(1, sizeof(*d));

	w->now_ms = now_ms;
	*d = (struct ais_daemon){ .world = w, .role = l->role, .ntargets = l->ntargets, .owner = l->owner,
	    .started_ms = now_ms, .step_ms = now_ms, .next = w->daemons };
	w->daemons = d;
	ais_text(d->pod, sizeof(d->pod), l->pod);
	ais_text(d->address, sizeof(d->address), l->address);
	if (!prepare(d, l))
		ais_leave_soon(d, FAIL_MS, 1);
	return d;
}

void
ais_free(struct ais_daemon *d)
{
	struct ais_daemon **at = &d->world->daemons;

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	tree_free(d->config);
	free(d);
}

void
ais_world_free(struct ais_world *w)
{
	while (w->clusters != NULL) {
		struct ais_cluster *c = w->clusters;

		w->clusters = c->next;
		ais_forget(c);
		free(c);
	}
	while (w->daemons != NULL)
		ais_free(w->daemons);
}
