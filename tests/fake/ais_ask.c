/* ais_ask.c - requests to a simulated aisnode: where they go, health, map, status. */
#include "tests/fake/ais_inner.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
ais_answer_text(struct ais_answer *a, struct str s)
{
	a->body = malloc(s.len + 1);
	if (s.len > 0)
		memcpy(a->body, s.at, s.len);
	a->size = s.len;
}

/* With the line end that AIS puts behind its JSON. */
void
ais_answer_tree(struct ais_answer *a, struct tree *t)
{
	struct str s = tree_text_of(t);

	a->status = a->status == 0 ? 200 : a->status;
	a->body = malloc(s.len + 1);
	memcpy(a->body, s.at, s.len);
	a->body[s.len] = '\n';
	a->size = s.len + 1;
	a->type = "application/json; charset=utf-8";
	free((void *)(uintptr_t)s.at);
	tree_free(t);
}

void
ais_answer_error(const struct ais_request *q, int status, const char *type, const char *format, ...)
{
	struct tree *t = tree_object();
	char message[1024], node[AIS_ID_SIZE + 4];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	snprintf(node, sizeof(node), "%c[%s]", q->daemon->role == AIS_PROXY ? 'p' : 't', q->daemon->id);
	if (type != NULL)
		tree_set_str(t, "tcode", str_of(type));
	tree_set_str(t, "message", str_of(message));
	tree_set_str(t, "method", q->method);
	tree_set_str(t, "url_path", q->path);
	tree_set_str(t, "remote_addr", q->peer);
	tree_set_str(t, "caller", STR(""));
	tree_set_str(t, "node", str_of(node));
	tree_set_int(t, "status", status);
	q->answer->status = status;
	ais_answer_tree(q->answer, t);
	q->answer->type = "application/json";
}

struct str
ais_query(const struct ais_request *q, struct str key)
{
	struct str rest = q->query, part;

	while (str_cut(&rest, '&', &part))
		if (str_starts(part, key) && part.len > key.len && part.at[key.len] == '=')
			return str_from(part, key.len + 1);
	return STR_NONE;
}

static bool
is_primary(const struct ais_request *q)
{
	return ais_primary(q->daemon->cluster) == q->daemon;
}

static unsigned
own_flags(const struct ais_daemon *d)
{
	struct ais_member *m = ais_member(d->cluster, str_of(d->id));

	return m == NULL ? 0 : m->flags;
}

/* As seen from outside: bit 2 cluster started, 4 node started, 8 rebalancing, 1024 maintenance. */
static struct tree *
node_state(const struct ais_daemon *d)
{
	struct ais_cluster *c = d->cluster;
	struct ais_member  *m = ais_member(c, str_of(c->primary));
	struct tree *t = tree_object();
	char version[24], url[AIS_NAME_SIZE + 32];

	if (m != NULL) {
		snprintf(url, sizeof(url), "http://%s:%u", m->host[AIS_PUBLIC][0] ? m->host[AIS_PUBLIC] : m->address,
		    m->port[AIS_PUBLIC]);
		tree_set_str(t, "smap.Primary.pub_url", str_of(url));
		snprintf(url, sizeof(url), "http://%s:%u", m->host[AIS_CONTROL], m->port[AIS_CONTROL]);
		tree_set_str(t, "smap.Primary.control_url", str_of(url));
	}
	tree_set_str(t, "smap.Primary.id", str_of(c->primary));
	tree_set_str(t, "smap.uuid", str_of(c->uuid));
	snprintf(version, sizeof(version), "%" PRId64, c->version);
	tree_set_str(t, "smap.version", str_of(version));
	snprintf(version, sizeof(version), "%" PRId64, c->config_version);
	tree_set_str(t, "config.version", str_of(version));
	tree_set_int(t, "flags", (ais_is_started(c) ? 2 : 0) | (d->proc == AIS_SERVING ? 4 : 0) |
	    (ais_rebalance_running(c) != NULL ? 8 : 0) | (own_flags(d) & AIS_LEAVING ? 1024 : 0));
	return t;
}

/* Ready to be rebalanced, as the primary knows; the others ask it. */
static void
health_of_cluster(const struct ais_request *q)
{
	struct ais_cluster *c = q->daemon->cluster;

	if (!is_primary(q) && ais_primary(c) == NULL)
		q->answer->status = c->phase == AIS_ELECTING ? 503 : 502;
	else if (!is_primary(q) && q->daemon->proc != AIS_SERVING)
		q->answer->status = 503;
	else if (c->phase == AIS_READY || c->phase == AIS_STOPPING)
		q->answer->status = 200;
	else
		ais_answer_error(q, 503, NULL, "%c[%s] not ready yet (%s)", 'p', c->primary, c->phase == AIS_STARTED ?
		    "finalizing global rebalancing state" : "cluster is starting up");
}

static void
health(const struct ais_request *q)
{
	struct ais_daemon *d = q->daemon;
	bool up = is_primary(q) || (d->proc == AIS_SERVING && ais_is_started(d->cluster));

	if (str_has(q->query, STR("readiness=true")))
		q->answer->status = up && (own_flags(d) & AIS_LEAVING) == 0 ? 200 : 503;
	else if (d->role == AIS_PROXY && str_has(q->query, STR("prr=true")))
		health_of_cluster(q);
	else if (d->role == AIS_PROXY && str_has(q->query, STR("cii=true")))
		ais_answer_tree(q->answer, node_state(d));
	else
		q->answer->status = 200;
}

static void
status_of_job(const struct ais_request *q)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct tree *m = tree_parse(q->body, NULL), *t = tree_object();
	struct str   id = tree_str_at(m, "id");
	const struct ais_rebalance *r = NULL;
	char text[24];

	for (int64_t i = c->rebalances; i > 0 && i > c->rebalances - AIS_REBALANCES_MAX && r == NULL; i--) {
		snprintf(text, sizeof(text), "g%" PRId64, i);
		if (id.len == 0 || str_eq(id, str_of(text)))
			r = &c->past[i % AIS_REBALANCES_MAX];
	}
	tree_free(m);
	if (r == NULL) {
		tree_free(t);
		ais_answer_error(q, 404, "ErrNotFound", "no such job");
		return;
	}
	tree_set_str(t, "kind", STR("rebalance"));
	tree_set_str(t, "uuid", str_of(text));
	tree_set_str(t, "err", r->aborted ? STR("renewed") : STR(""));
	tree_set_int(t, "end_time", r->running ? 0 : r->end_ms * 1000000);
	tree_set(t, STR("aborted"), tree_bool(r->aborted));
	ais_answer_tree(q->answer, t);
}

static void
what(const struct ais_request *q)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct str w = ais_query(q, STR("what"));

	if (str_eq(w, STR("smap"))) {
		if (c->uuid[0] == 0)
			q->answer->hold = true;
		else
			ais_answer_tree(q->answer, ais_map_tree(c));
	} else if (str_eq(w, STR("cluster_config")) || str_eq(w, STR("config")))
		ais_answer_tree(q->answer, tree_copy(c->config));
	else if (str_eq(w, STR("status")))
		status_of_job(q);
	else
		ais_answer_error(q, 400, NULL, "invalid query what=" STR_FMT, STR_ARG(w));
}

static void
route(const struct ais_request *q)
{
	bool get = str_eq(q->method, STR("GET"));

	if (str_eq(q->path, STR("/v1/health")))
		health(q);
	else if (get && (str_eq(q->path, STR("/v1/daemon")) || str_eq(q->path, STR("/v1/cluster"))))
		what(q);
	else if (str_eq(q->method, STR("PUT")) && str_starts(q->path, STR("/v1/cluster")))
		ais_ask_manage(q);
	else if (str_starts(q->path, STR("/v1/buckets")) || str_starts(q->path, STR("/v1/objects/")))
		ais_ask_data(q);
	else
		ais_answer_error(q, 404, "ErrNotFound", "unrecognized path");
}

void
ais_ask(struct ais_daemon *d, struct str method, struct str target, struct str body, struct str peer,
    struct ais_answer *a, int64_t now_ms)
{
	struct ais_request q = { d, method, target, STR_NONE, body, peer, a };

	d->world->now_ms = now_ms;
	*a = (struct ais_answer){ 0 };
	for (size_t i = 0; i < target.len; i++)
		if (target.at[i] == '?') {
			q.path = str_upto(target, i);
			q.query = str_from(target, i + 1);
			break;
		}
	if (ais_listens(d))
		route(&q);
	else
		a->cut = true;
}
