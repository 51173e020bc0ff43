/*
 * ais_daemon.c - the life of simulated aisnodes: leading, joining, waiting, ending.
 *
 * Everything that takes time is a step: ais_tick() does those that are due,
 * one after the other, and looks from the start again after each, because a
 * step may end and free any daemon.
 */
#include "tests/fake/ais_inner.h"

#include <stdio.h>
#include <string.h>

#define JOIN_ROUNDS    4
#define JOIN_PAUSE_MS  5000
#define POLLS          20        /* of the waiting primary within startup_time */
#define QUIET_POLLS    4
#define SETTLE_MS      5000      /* from started to rebalance-ready */
#define KEEPALIVE_MS   35000     /* until a silent member is dropped */
#define END_MS         500
#define END_ALONE_MS   10000     /* nobody answers the request to be removed */
#define ELECT_MS       5000
#define ELECT_LATE_MS  45000     /* the primary did not say that it goes */

static void
moved(struct ais_daemon *d)
{
	if (d->world->moved != NULL)
		d->world->moved(d);
}

static bool
is_primary(const struct ais_daemon *d)
{
	return d->cluster != NULL && ais_primary(d->cluster) == d;
}

bool
ais_listens(const struct ais_daemon *d)
{
	return d->proc == AIS_JOINED || d->proc == AIS_SERVING;
}

static void
save_one(const struct ais_cluster *c, const struct ais_member *m)
{
	struct ais_folder *f = m->daemon->state;

	ais_text(f->uuid, sizeof(f->uuid), str_of(c->uuid));
	f->was_primary = strcmp(m->id, c->primary) == 0;
	tree_free(f->config);
	f->config = tree_copy(c->config);
	for (int i = 0; i < m->daemon->mount_count; i++)
		ais_text(m->daemon->mounts[i]->uuid, AIS_ID_SIZE, str_of(c->uuid));
}

/* A target whose disks belong to another cluster does not survive being told so. */
static bool
is_foreign(const struct ais_cluster *c, const struct ais_daemon *d)
{
	for (int i = 0; i < d->mount_count; i++)
		if (d->mounts[i]->uuid[0] != 0 && strcmp(d->mounts[i]->uuid, c->uuid) != 0)
			return true;
	return false;
}

void
ais_save(struct ais_cluster *c)
{
	for (struct ais_member *m = c->members, *next; m != NULL; m = next) {
		next = m->next;
		if (m->daemon == NULL || m->daemon->proc == AIS_ENDING || c->uuid[0] == 0)
			continue;
		if (is_foreign(c, m->daemon)) {
			snprintf(m->daemon->why, sizeof(m->daemon->why), "cluster integrity error: the mountpaths belong to"
			    " cluster %s, this is %s", m->daemon->mounts[0]->uuid, c->uuid);
			ais_leave_soon(m->daemon, 200, 1);
			ais_remove(c, m);
		} else
			save_one(c, m);
	}
}

void
ais_lead(struct ais_cluster *c, struct ais_member *m)
{
	ais_text(c->primary, sizeof(c->primary), str_of(m->id));
	m->flags |= AIS_IC;
	c->version += 100;
	ais_save(c);
}

void
ais_wipe(struct ais_daemon *d, bool data)
{
	ais_folder_wipe(d->state);
	for (int i = 0; i < d->mount_count; i++) {
		if (data)
			ais_folder_wipe(d->mounts[i]);
		d->mounts[i]->uuid[0] = d->mounts[i]->id[0] = 0;
	}
	d->files_gone = true;
}

void
ais_leave_soon(struct ais_daemon *d, int64_t in_ms, int code)
{
	d->code = code;
	d->proc = AIS_ENDING;
	d->step_ms = d->world->now_ms + ais_wait(d->world, in_ms);
}

/* The primary has gone: somebody else takes over, or nobody can. */
static void
primary_gone(struct ais_cluster *c, int64_t wait_ms)
{
	bool someone = false;

	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		someone |= ais_can_lead(m) && strcmp(m->id, c->primary) != 0;
	if (someone && (c->phase == AIS_READY || c->phase == AIS_STARTED)) {
		c->phase = AIS_ELECTING;
		c->phase_ms = c->world->now_ms + ais_wait(c->world, wait_ms);
	} else if (c->phase != AIS_ELECTING) {
		c->phase = AIS_DOWN;
		c->phase_ms = -1;
	}
}

static bool
none_runs(const struct ais_cluster *c)
{
	for (const struct ais_member *m = c->members; m != NULL; m = m->next)
		if (m->daemon != NULL)
			return false;
	return true;
}

/* The last touch: moved() may free it. */
void
ais_exit(struct ais_daemon *d, int code, const char *why)
{
	struct ais_cluster *c = d->cluster;
	struct ais_member  *m = c == NULL ? NULL : ais_member(c, str_of(d->id));
	bool led = is_primary(d);

	if (m != NULL && m->daemon == d) {
		m->daemon = NULL;
		m->given_up_ms = (m->flags & AIS_LEAVING) != 0 ? -1 :
		    c->world->now_ms + ais_wait(c->world, KEEPALIVE_MS);
	}
	if (led && c->phase != AIS_STOPPING)
		primary_gone(c, ELECT_LATE_MS);
	if (c != NULL && c->phase == AIS_STOPPING && none_runs(c)) {
		c->phase = AIS_DOWN;
		c->phase_ms = -1;
	}
	d->proc = AIS_GONE;
	d->code = code;
	d->step_ms = -1;
	if (why != NULL)
		ais_text(d->why, sizeof(d->why), str_of(why));
	moved(d);
}

static bool
owns_primary_url(const struct ais_daemon *d)
{
	char own[AIS_NAME_SIZE + 32];
	struct str url = str_of(d->primary_url);

	snprintf(own, sizeof(own), "://%s:%u", d->host[AIS_CONTROL], d->port[AIS_CONTROL]);
	return d->role == AIS_PROXY && str_ends(url, str_of(own));
}

static void
lead_new(struct ais_daemon *d)
{
	struct ais_cluster *c = d->cluster;
	struct ais_member  *m;

	if (d->state->uuid[0] == 0 || strcmp(c->uuid, d->state->uuid) != 0) {
		ais_forget(c);
		ais_text(c->uuid, sizeof(c->uuid), str_of(d->state->uuid));
	}
	tree_free(c->config);
	c->config = tree_copy(d->config);
	m = ais_join(c, d);
	m->flags = AIS_IC;
	ais_text(c->primary, sizeof(c->primary), str_of(d->id));
	c->phase = AIS_WAITING;
	c->waiting_since_ms = c->world->now_ms;
	c->quiet = c->targets_seen = 0;
	c->phase_ms = c->world->now_ms;
	d->proc = AIS_SERVING;
	d->step_ms = -1;
	moved(d);
}

static void
join(struct ais_daemon *d)
{
	struct ais_cluster *c = d->cluster;
	bool known = ais_member(c, str_of(d->id)) != NULL;
	bool others = ais_count(c, AIS_TARGET, AIS_LEAVING) > 0;

	if (c->uuid[0] != 0 && is_foreign(c, d)) {
		ais_exit(d, 1, "cluster integrity error: the mountpaths belong to another cluster");
		return;
	}
	ais_join(c, d);
	d->proc = AIS_JOINED;
	d->polls = 0;
	d->step_ms = c->world->now_ms + ais_wait(c->world, 1000);
	if (ais_is_started(c)) {
		ais_save(c);
		if (!known && d->role == AIS_TARGET && others && ais_rebalance_wanted(c))
			ais_rebalance_begin(c, "", false);
	}
	moved(d);
}

static void
try_to_join(struct ais_daemon *d)
{
	struct ais_cluster *c = d->cluster;

	if (c->phase == AIS_DOWN && ais_primary(c) == NULL && (owns_primary_url(d) || d->state->was_primary))
		lead_new(d);
	else if (ais_primary(c) != NULL && (c->phase == AIS_WAITING || ais_is_started(c)))
		join(d);
	else if (++d->rounds >= JOIN_ROUNDS)
		ais_exit(d, 1, "failed to join cluster: no primary answers");
	else
		d->step_ms = d->world->now_ms + ais_wait(d->world, JOIN_PAUSE_MS);
}

static void
poll_start(struct ais_daemon *d)
{
	struct ais_cluster *c = d->cluster;
	int64_t limit = ais_config_ms(c->config, "timeout.join_startup_time");

	if (ais_is_started(c) && c->phase != AIS_ELECTING) {
		d->proc = AIS_SERVING;
		d->step_ms = -1;
		moved(d);
	} else if (limit > 0 && d->world->now_ms - d->started_ms > ais_wait(d->world, limit))
		ais_exit(d, 1, "timed out waiting for the cluster to start up");
	else {
		d->polls++;
		d->step_ms = d->world->now_ms + ais_wait(d->world, 1000 * (d->polls < 5 ? d->polls : 5));
	}
}

static void
step(struct ais_daemon *d)
{
	switch (d->proc) {
	case AIS_REFUSING:
		try_to_join(d);
		break;
	case AIS_JOINED:
		if (d->cluster->phase == AIS_STOPPING)
			ais_exit(d, 0, NULL);
		else
			poll_start(d);
		break;
	case AIS_ENDING:
		ais_exit(d, d->code, NULL);
		break;
	case AIS_SERVING:            /* the whole cluster ends */
		ais_exit(d, 0, NULL);
		break;
	case AIS_GONE:
		d->step_ms = -1;
		break;
	}
}

static void
begin_cluster(struct ais_cluster *c)
{
	if (c->uuid[0] == 0) {
		ais_random_id(c->world, c->uuid, 9);
		c->created_us = c->world->wall_us;
	}
	if (c->config_version == 0)
		c->config_version = 1;
	c->version++;
	c->phase = AIS_STARTED;
	c->phase_ms = c->world->now_ms + (ais_rebalance_wanted(c) ? ais_wait(c->world, SETTLE_MS) : 0);
	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		if (m->daemon == NULL && (m->flags & AIS_LEAVING) == 0)
			m->given_up_ms = c->world->now_ms + ais_wait(c->world, KEEPALIVE_MS);
	ais_save(c);
}

static int
running_targets(const struct ais_cluster *c)
{
	int n = 0;

	for (const struct ais_member *m = c->members; m != NULL; m = m->next)
		n += m->role == AIS_TARGET && m->daemon != NULL;
	return n;
}

static void
poll_joins(struct ais_cluster *c)
{
	struct ais_daemon *p = ais_primary(c);
	int64_t startup = ais_config_ms(c->config, "timeout.startup_time");
	int     targets = running_targets(c);
	bool    late = c->world->now_ms - c->waiting_since_ms >= ais_wait(c->world, startup);

	c->quiet = targets == c->targets_seen ? c->quiet + 1 : 0;
	c->targets_seen = targets;
	c->phase_ms = c->world->now_ms + ais_wait(c->world, startup / POLLS);
	if (late && targets == 0 && c->uuid[0] == 0) {
		c->phase = AIS_DOWN;
		c->phase_ms = -1;
		ais_exit(p, 1, "cannot create cluster with no targets");
	} else if (late || (targets > 0 && targets >= p->ntargets && c->quiet >= QUIET_POLLS))
		begin_cluster(c);
}

static void
end_election(struct ais_cluster *c)
{
	struct ais_member *old = ais_member(c, str_of(c->primary)), *m = c->members;

	while (m != NULL && !(ais_can_lead(m) && m != old))
		m = m->next;
	if (m == NULL) {
		c->phase = AIS_DOWN;
		c->phase_ms = -1;
		return;
	}
	if (old != NULL && old->daemon == NULL)
		ais_remove(c, old);
	c->phase = AIS_READY;
	c->phase_ms = -1;
	ais_lead(c, m);
}

static void
go_on(struct ais_cluster *c)
{
	switch (c->phase) {
	case AIS_WAITING:
		poll_joins(c);
		break;
	case AIS_STARTED:
		c->phase = AIS_READY;
		c->phase_ms = -1;
		break;
	case AIS_ELECTING:
		end_election(c);
		break;
	case AIS_DOWN:
	case AIS_READY:
	case AIS_STOPPING:
		c->phase_ms = -1;
		break;
	}
}

static bool
is_due(const struct ais_world *w, int64_t at_ms)
{
	return at_ms >= 0 && at_ms <= w->now_ms;
}

/* Only a primary drops members. */
static bool
drop_silent(struct ais_cluster *c)
{
	if (ais_primary(c) == NULL || !ais_is_started(c))
		return false;
	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		if (m->daemon == NULL && is_due(c->world, m->given_up_ms)) {
			ais_remove(c, m);
			return true;
		}
	return false;
}

/* One thing that is due; false: nothing is. */
static bool
do_one(struct ais_world *w)
{
	for (struct ais_daemon *d = w->daemons; d != NULL; d = d->next)
		if (is_due(w, d->step_ms)) {
			step(d);
			return true;
		}
	for (struct ais_cluster *c = w->clusters; c != NULL; c = c->next) {
		if (is_due(w, c->phase_ms)) {
			go_on(c);
			return true;
		}
		if (ais_rebalance_running(c) != NULL && is_due(w, ais_rebalance_running(c)->end_ms)) {
			ais_rebalance_tick(c);
			return true;
		}
		if (drop_silent(c))
			return true;
	}
	return false;
}

void
ais_tick(struct ais_world *w, int64_t now_ms)
{
	w->now_ms = now_ms;
	while (do_one(w))
		;
}

static void
sooner(int64_t *best, int64_t at_ms)
{
	if (at_ms >= 0 && (*best < 0 || at_ms < *best))
		*best = at_ms;
}

int64_t
ais_due_ms(const struct ais_world *w)
{
	int64_t best = -1;

	for (struct ais_daemon *d = w->daemons; d != NULL; d = d->next)
		sooner(&best, d->step_ms);
	for (struct ais_cluster *c = w->clusters; c != NULL; c = c->next) {
		struct ais_rebalance *r = ais_rebalance_running(c);

		sooner(&best, c->phase_ms);
		sooner(&best, r == NULL ? -1 : r->end_ms);
		for (struct ais_member *m = c->members; m != NULL; m = m->next)
			if (m->daemon == NULL && ais_primary(c) != NULL && ais_is_started(c))
				sooner(&best, m->given_up_ms);
	}
	return best;
}

void
ais_terminate(struct ais_daemon *d, int64_t now_ms)
{
	struct ais_cluster *c = d->cluster;
	struct ais_member  *m = c == NULL ? NULL : ais_member(c, str_of(d->id));
	bool reachable;

	d->world->now_ms = now_ms;
	if (d->proc == AIS_GONE || (d->proc == AIS_ENDING && d->code != 143))
		return;
	if (m == NULL || m->daemon != d) {
		ais_leave_soon(d, 1, 143);
		return;
	}
	reachable = ais_primary(c) != NULL && c->phase != AIS_ELECTING && c->phase != AIS_STOPPING;
	if (is_primary(d)) {
		primary_gone(c, ELECT_MS);
		ais_leave_soon(d, END_MS, 143);
	} else {
		if (reachable)
			ais_remove(c, m);
		ais_leave_soon(d, reachable ? END_MS : END_ALONE_MS, 143);
	}
	moved(d);
}

void
ais_kill(struct ais_daemon *d, int64_t now_ms)
{
	d->world->now_ms = now_ms;
	if (d->proc != AIS_GONE)
		ais_exit(d, 137, NULL);
}
