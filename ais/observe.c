/*
 * observe.c - the world of one cluster, from the store and its AIS side.
 *
 * Complete and sorted: what a plan sees does not depend on the order in which
 * it became known.
 */
#include <stdlib.h>

#include "ais/pass.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/loop.h"

static const struct record *
record_of(const struct cluster *cl, const struct kind *k, struct str name)
{
	const struct view *v = watched_view(k);

	CHECK(v != NULL);
	return store_find(&cl->control->store, v, cl->ns, name);
}

static void
see(const struct record *r, struct str cr_uid, struct arena *a, struct seen *s)
{
	struct owned_view v;

	*s = (struct seen){ .known = KNOWN_NOTHING };
	if (r == NULL)
		return;
	if (r->absent) {
		s->known = KNOWN_ABSENT;
		return;
	}
	s->known = str_eq(r->owner_uid, cr_uid) ? KNOWN_OURS : KNOWN_FOREIGN;
	s->uid = r->uid;
	s->version = r->version;
	s->deleting = r->deleting;
	if (r->owner_uid.len > 0)
		s->owner = JOIN(a, r->owner_kind, STR(" "), r->owner_name);
	if (r->view->kind != &kind_statefulset) {
		owned_view(r, &v);
		s->digest = v.digest;
	}
}

static void
observe_owned(struct cluster *cl, struct arena *a, struct world *w)
{
	struct want want = { .cluster = w->id, .spec = &w->spec };

	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		const struct record *r = record_of(cl, want_kind_of(k), want_name(k, &want, a));

		see(r, w->id.uid, a, &w->owned[k]);
		if (w->owned[k].known == KNOWN_OURS && k >= WANT_PROXY_SET)
			set_view(r, &w->set[k == WANT_PROXY_SET ? ROLE_PROXY : ROLE_TARGET]);
	}
}

/* Exactly a pod of that set: by its controller, never by a prefix. */
static bool
belongs(const struct record *r, struct str set, const struct seen *s)
{
	return !r->absent && str_eq(r->owner_kind, STR("StatefulSet")) && str_eq(r->owner_name, set) &&
	    (s->known != KNOWN_OURS || str_eq(r->owner_uid, s->uid));
}

static void
add_member(struct world *w, struct member *members, int most, const struct record *r, enum role role,
    struct str set)
{
	struct member *m;

	if (w->member_count == most)
		return;
	m = &members[w->member_count++];
	*m = (struct member){ .role = role, .name = r->name, .ordinal = name_ordinal(r->name, set),
		.deleting = r->deleting };
	pod_view(r, &m->pod);
}

/* A set that is gone may have left pods behind: then all pods are looked at. */
static void
observe_leftovers(struct cluster *cl, struct world *w, struct member *members, int most, enum role role,
    struct str set)
{
	const struct seen   *seen = &w->owned[want_set_of(role)];
	const struct record *r = store_first(&cl->control->store, &watched_views[WATCHED_POD]);

	for (; r != NULL; r = r->next_of_view)
		if (str_eq(r->ns, cl->ns) && belongs(r, set, seen))
			add_member(w, members, most, r, role, set);
}

static int
by_role_and_ordinal(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static void
observe_members(struct cluster *cl, struct arena *a, struct world *w)
{
	int64_t        most = 16, counts[ROLES];
	struct member *members;

	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++) {
		const struct set_view *s = &w->set[role];

		counts[role] = s->replicas > s->status_replicas ? s->replicas : s->status_replicas;
		most += counts[role] + w->spec.role[role].size;
	}
	if (most > 2 * SPEC_SIZE_MAX)
		most = 2 * SPEC_SIZE_MAX;
	members = ARENA_ARRAY(a, struct member, most);
	if (members == NULL)
		return;
	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++) {
		const struct seen *seen = &w->owned[want_set_of(role)];
		struct str         set = name_set(a, cl->name, role);

		if (seen->known != KNOWN_OURS || w->deleting) {
			observe_leftovers(cl, w, members, (int)most, role, set);
			continue;
		}
		for (int64_t i = 0; i < counts[role]; i++) {
			const struct record *r = record_of(cl, &kind_pod, name_pod(a, cl->name, role, i));

			if (r != NULL && belongs(r, set, seen))
				add_member(w, members, (int)most, r, role, set);
		}
	}
	qsort(members, (size_t)w->member_count, sizeof(*members), by_role_and_ordinal);
	w->members = members;
}

bool
observe(struct cluster *cl, struct arena *a, struct world *w)
{
	const struct record *r = record_of(cl, &kind_aistore, cl->name);
	struct json_doc     *doc = ARENA_NEW(a, struct json_doc);
	bool                 read;

	if (r == NULL || r->absent || doc == NULL)
		return false;
	*w = (struct world){
		.now_ms = loop_now_ms(), .wall_us = clock_wall_us(), .status_ms = cl->status_ms,
		.id = { r->ns, r->name, r->uid },
		.version = r->version, .generation = r->generation, .deleting = r->deleting,
		.refused = arena_copy(a, str_of(cl->refused)),
	};
	cr_view(r, a, &w->cr);
	read = json_parse_in(doc, w->cr.spec.len > 0 ? w->cr.spec : STR("{}"), a) == JSON_OK;
	spec_parse(read ? json_root(doc) : (struct json){ doc, -1 }, cl->control->domain, a, &w->spec);
	observe_owned(cl, a, w);
	observe_members(cl, a, w);
	side_facts(&cl->side, &w->ais);
	return true;
}

bool
observe_proxy(struct cluster *cl, struct arena *a, struct addr *out)
{
	struct world w;
	int          best = -1;

	if (!observe(cl, a, &w))
		return false;
	for (int i = 0; i < w.member_count; i++) {
		const struct member *m = &w.members[i];

		if (m->role != ROLE_PROXY || m->pod.ip.len == 0 || m->deleting)
			continue;
		if (best < 0 || (m->pod.ready && !w.members[best].pod.ready))
			best = i;
	}
	if (best < 0 || !addr_ip(w.members[best].pod.ip, out))
		return false;
	out->port = (uint16_t)w.spec.role[ROLE_PROXY].public_port;
	return true;
}
