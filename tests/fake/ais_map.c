/* ais_map.c - the cluster map of a simulated AIS: who belongs to it, and how it is told. */
#include "tests/fake/ais_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/time_text.h"

void
ais_text(char *into, size_t size, struct str s)
{
	snprintf(into, size, STR_FMT, STR_ARG(s));
}

int64_t
ais_wait(const struct ais_world *w, int64_t ms)
{
	int64_t wait = ms / (w->speed > 0 ? w->speed : 1);

	return wait > 0 ? wait : 1;
}

/* A letter first, as AIS has it.  Reproducible: a test run is the same every time. */
void
ais_random_id(struct ais_world *w, char *id, int len)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	for (int i = 0; i < len; i++) {
		w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
		id[i] = alphabet[(w->seed >> 33) % (i == 0 ? 52 : 62)];
	}
	id[len] = 0;
}

struct ais_cluster *
ais_cluster_find(const struct ais_world *w, struct str key)
{
	for (struct ais_cluster *c = w->clusters; c != NULL; c = c->next)
		if (str_eq(str_of(c->key), key))
			return c;
	return NULL;
}

struct ais_cluster *
ais_cluster_of(struct ais_world *w, struct str key)
{
	struct ais_cluster *c = ais_cluster_find(w, key);

	if (c != NULL)
		return c;
	c = calloc(1, sizeof(*c));
	c->world = w;
	c->phase_ms = -1;
	ais_text(c->key, sizeof(c->key), key);
	c->next = w->clusters;
	w->clusters = c;
	return c;
}

/* Who still runs belongs to a cluster that is no more. */
void
ais_forget(struct ais_cluster *c)
{
	while (c->members != NULL) {
		struct ais_daemon *d = c->members->daemon;

		if (d != NULL && ais_listens(d)) {
			ais_text(d->why, sizeof(d->why), STR("cluster integrity error: the primary has another cluster"));
			ais_leave_soon(d, 200, 1);
		}
		ais_remove(c, c->members);
	}
	while (c->buckets != NULL) {
		struct ais_bucket *b = c->buckets;

		c->buckets = b->next;
		free(b);
	}
	tree_free(c->config);
	c->config = NULL;
	memset(c->past, 0, sizeof(c->past));
	c->uuid[0] = c->primary[0] = 0;
	c->version = c->config_version = c->rebalances = 0;
}

struct ais_member *
ais_member(const struct ais_cluster *c, struct str id)
{
	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		if (str_eq(str_of(m->id), id))
			return m;
	return NULL;
}

/* A daemon that comes back under its id keeps its flags. */
struct ais_member *
ais_join(struct ais_cluster *c, struct ais_daemon *d)
{
	struct ais_member *m = ais_member(c, str_of(d->id));
	struct ais_member **at = &c->members;

	if (m == NULL) {
		m = calloc(1, sizeof(*m));
		ais_text(m->id, sizeof(m->id), str_of(d->id));
		while (*at != NULL && strcmp((*at)->id, m->id) < 0)
			at = &(*at)->next;
		m->next = *at;
		*at = m;
		if (d->role == AIS_PROXY && ais_count(c, AIS_PROXY, AIS_IC) > 0 &&
		    ais_count(c, AIS_PROXY, 0) - ais_count(c, AIS_PROXY, AIS_IC) < 3)
			m->flags = AIS_IC;
	}
	m->role = d->role;
	m->daemon = d;
	m->given_up_ms = -1;
	memcpy(m->host, d->host, sizeof(m->host));
	memcpy(m->port, d->port, sizeof(m->port));
	memcpy(m->address, d->address, sizeof(m->address));
	c->version++;
	return m;
}

void
ais_remove(struct ais_cluster *c, struct ais_member *m)
{
	for (struct ais_member **at = &c->members; *at != NULL; at = &(*at)->next)
		if (*at == m) {
			*at = m->next;
			free(m);
			c->version++;
			return;
		}
}

struct ais_daemon *
ais_primary(const struct ais_cluster *c)
{
	struct ais_member *m = ais_member(c, str_of(c->primary));

	return m != NULL && m->daemon != NULL && m->daemon->proc != AIS_GONE ? m->daemon : NULL;
}

bool
ais_is_started(const struct ais_cluster *c)
{
	return c->phase == AIS_STARTED || c->phase == AIS_READY || c->phase == AIS_ELECTING;
}

bool
ais_can_lead(const struct ais_member *m)
{
	return m->role == AIS_PROXY && (m->flags & AIS_LEAVING) == 0 && m->daemon != NULL &&
	    (m->daemon->proc == AIS_SERVING || m->daemon->proc == AIS_JOINED);
}

/* Members of a role that have none of these flags. */
int
ais_count(const struct ais_cluster *c, enum ais_role role, unsigned without)
{
	int n = 0;

	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		n += m->role == role && (m->flags & without) == 0;
	return n;
}

/* The public net has the pod's address where no name was configured. */
static struct tree *
net_tree(const struct ais_member *m, enum ais_net net, const char *scheme)
{
	const char *host = m->host[net][0] != 0 ? m->host[net] : m->address;
	struct tree *t = tree_object();
	char port[8], url[AIS_NAME_SIZE + 32];

	snprintf(port, sizeof(port), "%u", m->port[net]);
	snprintf(url, sizeof(url), "%s://%s:%s", scheme, host, port);
	tree_set_str(t, "node_ip_addr", str_of(host));
	tree_set_str(t, "daemon_port", str_of(port));
	tree_set_str(t, "direct_url", str_of(url));
	return t;
}

static struct tree *
member_tree(const struct ais_cluster *c, const struct ais_member *m)
{
	const char *scheme = tree_true_at(c->config, "net.http.use_https") ? "https" : "http";
	struct tree *t = tree_object();
	char number[24];

	tree_set(t, STR("public_net"), net_tree(m, AIS_PUBLIC, scheme));
	tree_set(t, STR("intra_data_net"), net_tree(m, AIS_DATA, scheme));
	tree_set(t, STR("intra_control_net"), net_tree(m, AIS_CONTROL, scheme));
	tree_set_str(t, "daemon_type", m->role == AIS_PROXY ? STR("proxy") : STR("target"));
	tree_set_str(t, "daemon_id", str_of(m->id));
	tree_set_int(t, "flags", m->flags);
	/* All 64 bits of it, which tree_int() has no room for. */
	snprintf(number, sizeof(number), "%" PRIu64, ais_hash(str_of(m->id)));
	tree_set(t, STR("id_digest"), tree_parse(str_of(number), NULL));
	return t;
}

struct tree *
ais_map_tree(const struct ais_cluster *c)
{
	struct tree *t = tree_object(), *nodes[2];
	const struct ais_member *primary = ais_member(c, str_of(c->primary));
	char   version[24], created[40];
	struct out o = out_over(created, sizeof(created));

	nodes[AIS_PROXY] = tree_set(t, STR("pmap"), tree_object());
	if (primary != NULL)
		tree_set(t, STR("proxy_si"), member_tree(c, primary));
	nodes[AIS_TARGET] = tree_set(t, STR("tmap"), tree_object());
	for (const struct ais_member *m = c->members; m != NULL; m = m->next)
		tree_set(nodes[m->role], str_of(m->id), member_tree(c, m));
	tree_set_str(t, "uuid", str_of(c->uuid));
	time_print(&o, c->created_us);
	tree_set_str(t, "creation_time", out_view(&o));
	snprintf(version, sizeof(version), "%" PRId64, c->version);
	tree_set_str(t, "version", str_of(version));
	return t;
}
