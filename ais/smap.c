/*
 * smap.c - the AIS cluster map.
 *
 * A map of 10,000 nodes has 6 MB: it is checked and scanned, not tokenised.
 * What does not look like a map in all its parts is none: an unknown map
 * stops us, a half understood one would mislead us.
 */
#include "ais/smap.h"

#include "kernel/json.h"
#include "kernel/scan.h"

struct parts {
	struct str nodes[ROLES];         /* raw objects by id */
	struct str primary;              /* raw object */
};

static bool
scan_net(struct str raw, struct str host_key, struct str *out)
{
	struct scan s = scan_obj(raw);
	bool        found = false;

	while (scan_next(&s))
		if (str_eq(s.key, host_key))
			found = scan_plain(s.val, out);
	return found && !s.broken;
}

static bool
scan_node(struct str id, struct str raw, enum role role, struct smap_node *n)
{
	struct scan s = scan_obj(raw);
	struct str  type = STR_NONE;

	*n = (struct smap_node){ .role = role };
	while (scan_next(&s)) {
		if (str_eq(s.key, STR("daemon_id"))) {
			if (!scan_plain(s.val, &n->id))
				return false;
		} else if (str_eq(s.key, STR("daemon_type"))) {
			if (!scan_plain(s.val, &type))
				return false;
		} else if (str_eq(s.key, STR("flags"))) {
			if (!str_i64(s.val, &n->flags))
				return false;
		} else if (str_eq(s.key, STR("intra_control_net"))) {
			if (!scan_net(s.val, STR("node_ip_addr"), &n->host))
				return false;
		} else if (str_eq(s.key, STR("public_net"))) {
			if (!scan_net(s.val, STR("direct_url"), &n->public_url))
				return false;
		}
	}
	return !s.broken && id.len > 0 && str_eq(n->id, id) && str_eq(type, role_text(role)) && n->host.len > 0;
}

static bool
scan_top(struct str json, struct parts *p, struct smap *out)
{
	struct scan s = scan_obj(json);
	struct str  version = STR_NONE;

	while (scan_next(&s)) {
		if (str_eq(s.key, STR("pmap")))
			p->nodes[ROLE_PROXY] = s.val;
		else if (str_eq(s.key, STR("tmap")))
			p->nodes[ROLE_TARGET] = s.val;
		else if (str_eq(s.key, STR("proxy_si")))
			p->primary = s.val;
		else if (str_eq(s.key, STR("uuid")) && !scan_plain(s.val, &out->uuid))
			return false;
		else if (str_eq(s.key, STR("version")) && !scan_plain(s.val, &version))
			return false;
	}
	return !s.broken && out->uuid.len > 0 && str_u64(version, &out->version);
}

static bool
is_object(struct str raw)
{
	return raw.len > 0 && raw.at[0] == '{';
}

static int
count_nodes(struct str raw)
{
	struct scan s = scan_obj(raw);
	int         n = 0;

	while (scan_next(&s) && n <= SMAP_NODES_MAX)
		n++;
	return n;
}

static bool
scan_nodes(struct str raw, enum role role, struct smap *out)
{
	struct scan s = scan_obj(raw);

	while (scan_next(&s))
		if (!scan_node(s.key, s.val, role, &out->nodes[out->node_count++]))
			return false;
	return !s.broken;
}

static bool
find_primary(struct str raw, struct smap *out)
{
	struct scan s = scan_obj(raw);

	while (is_object(raw) && scan_next(&s))
		if (str_eq(s.key, STR("daemon_id")) && !scan_plain(s.val, &out->primary))
			return false;
	for (int i = 0; i < out->count[ROLE_PROXY]; i++)
		if (str_eq(out->nodes[i].id, out->primary))
			return true;
	return false;
}

/* Sorting ---------------------------------------------------------------------*/

static bool
before(const struct smap_node *a, const struct smap_node *b)
{
	int d = a->role != b->role ? (int)a->role - (int)b->role : str_cmp(a->host, b->host);

	return d < 0 || (d == 0 && str_cmp(a->id, b->id) < 0);
}

static void
swap(struct smap_node *a, struct smap_node *b)
{
	struct smap_node t = *a;

	*a = *b;
	*b = t;
}

static void
sink(struct smap_node *n, int at, int count)
{
	for (int child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && before(&n[child], &n[child + 1]))
			child++;
		if (!before(&n[at], &n[child]))
			return;
		swap(&n[at], &n[child]);
	}
}

/* A heap sort: no room, no recursion, no bad case. */
static void
sort(struct smap_node *n, int count)
{
	for (int i = count / 2; i-- > 0;)
		sink(n, i, count);
	for (int last = count - 1; last > 0; last--) {
		swap(&n[0], &n[last]);
		sink(n, 0, last);
	}
}

bool
smap_parse(struct str json, struct arena *a, struct smap *out)
{
	struct parts p = { .primary = STR_NONE };

	*out = (struct smap){ .nodes = NULL };
	if (json_check(json, NULL) != JSON_OK || !scan_top(str_trim(json), &p, out) ||
	    !is_object(p.nodes[ROLE_PROXY]) || !is_object(p.nodes[ROLE_TARGET]))
		return false;
	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++)
		out->count[role] = count_nodes(p.nodes[role]);
	if (out->count[ROLE_PROXY] + out->count[ROLE_TARGET] > SMAP_NODES_MAX)
		return false;
	out->nodes = ARENA_ARRAY(a, struct smap_node, out->count[ROLE_PROXY] + out->count[ROLE_TARGET]);
	if (out->nodes == NULL || !scan_nodes(p.nodes[ROLE_PROXY], ROLE_PROXY, out) ||
	    !scan_nodes(p.nodes[ROLE_TARGET], ROLE_TARGET, out) || !find_primary(p.primary, out))
		return false;
	sort(out->nodes, out->node_count);
	return true;
}

bool
smap_is_pod(const struct smap_node *n, struct str pod)
{
	return pod.len > 0 && str_starts(n->host, pod) &&
	    (n->host.len == pod.len || n->host.at[pod.len] == '.');
}
