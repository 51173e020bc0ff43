/*
 * ais_rebalance.c - objects of a simulated AIS: which target owns one, and how they move.
 *
 * An object lives on the highest random weight among targets that are not
 * leaving.  A rebalance takes its time; when it has ended, every object of
 * every running target is where it belongs.  One that is pre-empted moves
 * nothing, and whoever was to leave with it stays (4.9).
 */
#include "tests/fake/ais_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY_MS  1000           /* no bucket at all */
#define MOVING_MS 24000

bool
ais_rebalance_wanted(const struct ais_cluster *c)
{
	return tree_true_at(c->config, "rebalance.enabled");
}

struct ais_rebalance *
ais_rebalance_running(struct ais_cluster *c)
{
	struct ais_rebalance *r = &c->past[c->rebalances % AIS_REBALANCES_MAX];

	return c->rebalances > 0 && r->running ? r : NULL;
}

struct ais_rebalance *
ais_rebalance_begin(struct ais_cluster *c, const char *leaving, bool wipe)
{
	struct ais_rebalance *old = ais_rebalance_running(c), *r;

	if (old != NULL) {
		old->running = false;
		old->aborted = true;
		old->end_ms = c->world->now_ms;
	}
	r = &c->past[++c->rebalances % AIS_REBALANCES_MAX];
	*r = (struct ais_rebalance){ .id = c->rebalances, .running = true, .wipe = wipe };
	r->end_ms = c->world->now_ms + ais_wait(c->world, c->buckets == NULL ? EMPTY_MS : MOVING_MS);
	ais_text(r->leaving, sizeof(r->leaving), str_of(leaving));
	return r;
}

struct ais_member *
ais_owner(const struct ais_cluster *c, struct str bucket, struct str name)
{
	struct ais_member *best = NULL;
	uint64_t most = 0;

	for (struct ais_member *m = c->members; m != NULL; m = m->next) {
		char text[AIS_ID_SIZE + 2 * AIS_NAME_SIZE];
		uint64_t weight;

		if (m->role != AIS_TARGET || (m->flags & AIS_LEAVING) != 0)
			continue;
		snprintf(text, sizeof(text), "%s/" STR_FMT "/" STR_FMT, m->id, STR_ARG(bucket), STR_ARG(name));
		weight = ais_hash(str_of(text));
		if (best == NULL || weight > most) {
			best = m;
			most = weight;
		}
	}
	return best;
}

/* The mount of a target on which an object stands. */
static struct ais_folder *
mount_of(const struct ais_daemon *d, struct str name)
{
	return d->mount_count == 0 ? NULL : d->mounts[ais_hash(name) % (uint64_t)d->mount_count];
}

struct ais_object *
ais_object(const struct ais_daemon *d, struct str bucket, struct str name)
{
	struct ais_folder *f = mount_of(d, name);

	for (struct ais_object *o = f == NULL ? NULL : f->objects; o != NULL; o = o->next)
		if (str_eq(str_of(o->bucket), bucket) && str_eq(str_of(o->name), name))
			return o;
	return NULL;
}

bool
ais_object_drop(struct ais_daemon *d, struct str bucket, struct str name)
{
	struct ais_object *o = ais_object(d, bucket, name);
	struct ais_object **at = o == NULL ? NULL : &mount_of(d, name)->objects;

	if (o == NULL)
		return false;
	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
	free(o->data);
	free(o);
	return true;
}

void
ais_object_put(struct ais_daemon *d, struct str bucket, struct str name, struct str data)
{
	struct ais_folder *f = mount_of(d, name);
	struct ais_object *o = calloc(1, sizeof(*o));

	ais_object_drop(d, bucket, name);
	ais_text(o->bucket, sizeof(o->bucket), bucket);
	ais_text(o->name, sizeof(o->name), name);
	o->data = malloc(data.len + 1);
	if (data.len > 0)
		memcpy(o->data, data.at, data.len);
	o->size = data.len;
	o->next = f->objects;
	f->objects = o;
}

static void
move_from(struct ais_cluster *c, struct ais_daemon *d)
{
	for (int i = 0; i < d->mount_count; i++)
		for (struct ais_object *o = d->mounts[i]->objects, *next; o != NULL; o = next) {
			struct str bucket = str_of(o->bucket), name = str_of(o->name);
			struct ais_member *owner = ais_owner(c, bucket, name);

			next = o->next;
			if (owner == NULL || owner->daemon == NULL || owner->daemon == d)
				continue;
			ais_object_put(owner->daemon, bucket, name, (struct str){ o->data, o->size });
			ais_object_drop(d, bucket, name);
		}
}

/* The one that was to leave goes, now that nothing is left on it. */
static void
let_go(struct ais_cluster *c, const struct ais_rebalance *r)
{
	struct ais_member *m = ais_member(c, str_of(r->leaving));

	if (m == NULL)
		return;
	if ((m->flags & AIS_DECOMMISSION) == 0) {
		m->flags |= AIS_POST_REBALANCE;
		c->version++;
		return;
	}
	if (m->daemon != NULL) {
		ais_wipe(m->daemon, r->wipe);
		ais_leave_soon(m->daemon, 1000, 0);
	}
	ais_remove(c, m);
}

void
ais_rebalance_tick(struct ais_cluster *c)
{
	struct ais_rebalance *r = ais_rebalance_running(c);

	if (r == NULL || c->world->now_ms < r->end_ms)
		return;
	r->running = false;
	for (struct ais_member *m = c->members; m != NULL; m = m->next)
		if (m->role == AIS_TARGET && m->daemon != NULL)
			move_from(c, m->daemon);
	let_go(c, r);
}

int
ais_object_count(const struct ais_cluster *c)
{
	int n = 0;

	for (const struct ais_member *m = c->members; m != NULL; m = m->next)
		for (int i = 0; m->daemon != NULL && m->role == AIS_TARGET && i < m->daemon->mount_count; i++)
			for (const struct ais_object *o = m->daemon->mounts[i]->objects; o != NULL; o = o->next)
				n++;
	return n;
}

void
ais_folder_wipe(struct ais_folder *f)
{
	while (f->objects != NULL) {
		struct ais_object *o = f->objects;

		f->objects = o->next;
		free(o->data);
		free(o);
	}
	tree_free(f->config);
	*f = (struct ais_folder){ 0 };
}
