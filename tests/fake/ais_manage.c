/* ais_manage.c - requests that change a simulated cluster: membership, primary, configuration, its end. */
#include "tests/fake/ais_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct node_message {
	struct str sid;
	bool       skip_rebalance, rm_user_data;
};

static bool
parse_node(const struct ais_request *q, const struct tree *value, struct node_message *m)
{
	static const char known[] = " sid skip_rebalance rm_user_data keep_initial_config no_shutdown ";

	TREE_EACH(v, value) {
		char key[64];

		snprintf(key, sizeof(key), " " STR_FMT " ", STR_ARG(v->key));
		if (!str_has(str_of(known), str_of(key))) {
			ais_answer_error(q, 400, NULL, "failed to unmarshal action message: unknown field \"" STR_FMT "\"",
			    STR_ARG(v->key));
			return false;
		}
	}
	*m = (struct node_message){ tree_str_at(value, "sid"), tree_true_at(value, "skip_rebalance"),
		tree_true_at(value, "rm_user_data") };
	return true;
}

static void
answer_rebalance(const struct ais_request *q, const struct ais_rebalance *r)
{
	char id[24];

	snprintf(id, sizeof(id), "g%" PRId64, r->id);
	q->answer->status = 200;
	ais_answer_text(q->answer, str_of(id));
}

/* NULL: answered already. */
static struct ais_member *
find_node(const struct ais_request *q, struct str sid)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct ais_member  *m = ais_member(c, sid);

	if (m == NULL)
		ais_answer_error(q, 404, "errNodeNotFound", "node \"" STR_FMT "\" does not exist in the cluster map",
		    STR_ARG(sid));
	else if (strcmp(m->id, c->primary) == 0) {
		ais_answer_error(q, 400, NULL, "p[%s] is the primary, cannot remove it", m->id);
		m = NULL;
	}
	return m;
}

static void
start_maintenance(const struct ais_request *q, const struct node_message *msg)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct ais_member  *m = find_node(q, msg->sid);

	if (m == NULL)
		return;
	if ((m->flags & AIS_LEAVING) != 0) {
		ais_answer_error(q, 400, NULL, "node %s is %s", m->id, m->flags & AIS_MAINTENANCE ?
		    "already in maintenance mode" : "being decommissioned");
		return;
	}
	m->flags |= AIS_MAINTENANCE;
	c->version++;
	q->answer->status = 200;
	if (!msg->skip_rebalance && m->role == AIS_TARGET && ais_rebalance_wanted(c) &&
	    ais_count(c, AIS_TARGET, AIS_LEAVING) > 0)
		answer_rebalance(q, ais_rebalance_begin(c, m->id, false));
}

static void
stop_maintenance(const struct ais_request *q, const struct node_message *msg)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct ais_member  *m = find_node(q, msg->sid);

	if (m == NULL)
		return;
	if ((m->flags & AIS_MAINTENANCE) == 0) {
		ais_answer_error(q, 400, NULL, "node %s is not in maintenance mode", m->id);
		return;
	}
	m->flags &= ~(unsigned)(AIS_MAINTENANCE | AIS_POST_REBALANCE);
	c->version++;
	q->answer->status = 200;
	if (m->role == AIS_TARGET && !msg->skip_rebalance && ais_rebalance_wanted(c) &&
	    ais_count(c, AIS_TARGET, AIS_LEAVING) > 1)
		answer_rebalance(q, ais_rebalance_begin(c, "", false));
}

static void
remove_now(struct ais_cluster *c, struct ais_member *m, bool data)
{
	if (m->daemon != NULL) {
		ais_wipe(m->daemon, data);
		ais_leave_soon(m->daemon, 1000, 0);
	}
	ais_remove(c, m);
}

static void
decommission_node(const struct ais_request *q, const struct node_message *msg)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct ais_member  *m = find_node(q, msg->sid);
	bool flagged, moves;

	if (m == NULL)
		return;
	flagged = (m->flags & AIS_LEAVING) != 0;
	if (flagged && ais_rebalance_running(c) != NULL) {
		ais_answer_error(q, 400, NULL, "node %s is being decommissioned, try later", m->id);
		return;
	}
	q->answer->status = 200;
	m->flags |= AIS_DECOMMISSION;
	c->version++;
	moves = m->role == AIS_TARGET && !flagged && !msg->skip_rebalance && ais_rebalance_wanted(c);
	if (!moves)
		remove_now(c, m, msg->rm_user_data);
	else if (ais_count(c, AIS_TARGET, AIS_LEAVING) > 0)
		answer_rebalance(q, ais_rebalance_begin(c, m->id, msg->rm_user_data));
	/* The last one stays flagged, and nothing else happens (4.9). */
}

static void
set_config(const struct ais_request *q, const struct tree *value)
{
	struct ais_cluster *c = q->daemon->cluster;
	char why[512];

	if (!ais_config_patch(&c->config, value, why, sizeof(why))) {
		ais_answer_error(q, 400, NULL, "failed to set config: %s", why);
		return;
	}
	c->config_version++;
	ais_save(c);
	q->answer->status = 200;
}

/* All of them go, the primary last. */
static void
end_cluster(const struct ais_request *q, bool wipe, bool data)
{
	struct ais_cluster *c = q->daemon->cluster;

	q->answer->status = 200;
	if (c->phase == AIS_STOPPING)
		return;
	c->phase = AIS_STOPPING;
	c->phase_ms = -1;
	for (struct ais_member *m = c->members; m != NULL; m = m->next) {
		if (m->daemon == NULL)
			continue;
		if (wipe)
			ais_wipe(m->daemon, data);
		m->daemon->code = 0;
		/* It still answers until then. */
		m->daemon->step_ms = c->world->now_ms +
		    ais_wait(c->world, strcmp(m->id, c->primary) == 0 ? 2000 : 1000);
	}
}

static void
start_rebalance(const struct ais_request *q, const struct tree *value)
{
	struct ais_cluster *c = q->daemon->cluster;

	if (!str_eq(tree_str_at(value, "Kind"), STR("rebalance")) &&
	    !str_eq(tree_str_at(value, "kind"), STR("rebalance")))
		ais_answer_error(q, 400, NULL, "cannot start such a job");
	else if (!ais_rebalance_wanted(c) || ais_count(c, AIS_TARGET, AIS_LEAVING) < 2)
		ais_answer_error(q, 400, NULL, "rebalance is disabled or has fewer than 2 targets");
	else
		answer_rebalance(q, ais_rebalance_begin(c, "", false));
}

static void
act(const struct ais_request *q, struct str action, const struct tree *value)
{
	struct node_message m;

	if (str_eq(action, STR("set-config")))
		set_config(q, value);
	else if (str_eq(action, STR("decommission")))
		end_cluster(q, true, tree_true_at(value, "rm_user_data"));
	else if (str_eq(action, STR("start")))
		start_rebalance(q, value);
	else if (str_eq(action, STR("start-maintenance")) || str_eq(action, STR("stop-maintenance")) ||
	    str_eq(action, STR("decommission-node"))) {
		if (!parse_node(q, value, &m))
			return;
		if (str_eq(action, STR("start-maintenance")))
			start_maintenance(q, &m);
		else if (str_eq(action, STR("stop-maintenance")))
			stop_maintenance(q, &m);
		else
			decommission_node(q, &m);
	} else
		ais_answer_error(q, 400, "ErrUnsupported", "invalid action \"" STR_FMT "\"", STR_ARG(action));
}

static void
act_on_cluster(const struct ais_request *q)
{
	struct tree *message = tree_parse(q->body, NULL);
	struct str   action = tree_str_at(message, "action");
	const struct tree *value = tree_get(message, STR("value"));
	struct ais_cluster *c = q->daemon->cluster;

	if (message == NULL)
		ais_answer_error(q, 400, NULL, "failed to unmarshal action message");
	else if (str_eq(action, STR("shutdown")) && (ais_is_started(c) || c->phase == AIS_STOPPING))
		end_cluster(q, false, false);
	else if (c->phase == AIS_STOPPING && str_eq(action, STR("decommission")))
		q->answer->status = 200;
	else if (c->phase != AIS_READY)
		ais_answer_error(q, 503, NULL, "p[%s] not ready yet (%s)", c->primary, c->phase == AIS_STARTED ?
		    "finalizing global rebalancing state" : "cluster is starting up");
	else
		act(q, action, value);
	tree_free(message);
}

/* With `can` and `frc` AIS would even merge clusters: not here, an unknown id is not found. */
static void
set_primary(const struct ais_request *q, struct str id)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct ais_member  *m = ais_member(c, id);

	if (m == NULL || m->role != AIS_PROXY)
		ais_answer_error(q, 404, "errNodeNotFound", "node \"" STR_FMT "\" does not exist in the cluster map",
		    STR_ARG(id));
	else if (c->phase != AIS_READY)
		ais_answer_error(q, 503, NULL, "p[%s] not ready yet (cluster is starting up)", c->primary);
	else if ((m->flags & AIS_LEAVING) != 0)
		ais_answer_error(q, 400, NULL, "node %s is in maintenance or decommissioned", m->id);
	else if (!ais_can_lead(m))
		ais_answer_error(q, 400, NULL, "node %s does not answer", m->id);
	else {
		if (strcmp(m->id, c->primary) != 0)
			ais_lead(c, m);
		q->answer->status = 200;
	}
}

/* Proxies that are not the primary pass these on to it. */
void
ais_ask_manage(const struct ais_request *q)
{
	struct ais_cluster *c = q->daemon->cluster;

	if (q->daemon->role != AIS_PROXY)
		ais_answer_error(q, 400, NULL, "targets do not manage clusters");
	else if (c->phase == AIS_ELECTING)
		ais_answer_error(q, 503, NULL, "primary is in transition");
	else if (ais_primary(c) == NULL)
		q->answer->status = 502;
	else if (str_starts(q->path, STR("/v1/cluster/proxy/")))
		set_primary(q, str_from(q->path, STR("/v1/cluster/proxy/").len));
	else if (str_eq(q->path, STR("/v1/cluster")))
		act_on_cluster(q);
	else
		ais_answer_error(q, 400, NULL, "unrecognized path");
}
