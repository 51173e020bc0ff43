/* ais_data.c - buckets and objects of a simulated AIS, so that a lost one would be missed. */
#include "tests/fake/ais_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ais_bucket **
bucket_at(struct ais_cluster *c, struct str name)
{
	struct ais_bucket **at = &c->buckets;

	while (*at != NULL && !str_eq(str_of((*at)->name), name))
		at = &(*at)->next;
	return at;
}

static void
create_bucket(const struct ais_request *q, struct str name)
{
	struct ais_bucket **at = bucket_at(q->daemon->cluster, name);

	if (q->daemon->cluster->phase != AIS_READY)
		ais_answer_error(q, 503, NULL, "not ready yet (cluster is starting up)");
	else if (*at != NULL)
		ais_answer_error(q, 409, "ErrBucketAlreadyExists", "bucket \"ais://" STR_FMT "\" already exists",
		    STR_ARG(name));
	else {
		*at = calloc(1, sizeof(**at));
		ais_text((*at)->name, sizeof((*at)->name), name);
		q->answer->status = 200;
	}
}

static void
destroy_bucket(const struct ais_request *q, struct str name)
{
	struct ais_bucket **at = bucket_at(q->daemon->cluster, name), *b = *at;

	if (b == NULL) {
		ais_answer_error(q, 404, "ErrBckNotFound", "bucket \"ais://" STR_FMT "\" does not exist", STR_ARG(name));
		return;
	}
	for (struct ais_member *m = q->daemon->cluster->members; m != NULL; m = m->next)
		for (int i = 0; m->daemon != NULL && i < m->daemon->mount_count; i++)
			for (struct ais_object *o = m->daemon->mounts[i]->objects, *next; o != NULL; o = next) {
				next = o->next;
				if (strcmp(o->bucket, b->name) == 0)
					ais_object_drop(m->daemon, str_of(o->bucket), str_of(o->name));
			}
	*at = b->next;
	free(b);
	q->answer->status = 200;
}

/* Objects that any running target has, once each: while they move, two may have one. */
static void
list_objects(const struct ais_request *q, struct str name)
{
	struct tree *t = tree_object(), *seen = tree_object();
	struct tree *entries;

	tree_set_str(t, "uuid", STR("list"));
	tree_set_str(t, "continuation_token", STR(""));
	entries = tree_set(t, STR("entries"), tree_array());
	for (struct ais_member *m = q->daemon->cluster->members; m != NULL; m = m->next)
		for (int i = 0; m->daemon != NULL && i < m->daemon->mount_count; i++)
			for (struct ais_object *o = m->daemon->mounts[i]->objects; o != NULL; o = o->next) {
				struct tree *e;
				char size[24];

				if (!str_eq(str_of(o->bucket), name) || tree_get(seen, str_of(o->name)) != NULL)
					continue;
				tree_set(seen, str_of(o->name), tree_null());
				e = tree_push(entries, tree_object());
				tree_set_str(e, "name", str_of(o->name));
				snprintf(size, sizeof(size), "%zu", o->size);
				tree_set_str(e, "size", str_of(size));
			}
	tree_set_int(t, "flags", 0);
	tree_free(seen);
	ais_answer_tree(q->answer, t);
}

static void
list_buckets(const struct ais_request *q)
{
	struct tree *t = tree_array();

	for (struct ais_bucket *b = q->daemon->cluster->buckets; b != NULL; b = b->next) {
		struct tree *e = tree_push(t, tree_object());

		tree_set_str(e, "name", str_of(b->name));
		tree_set_str(e, "provider", STR("ais"));
	}
	ais_answer_tree(q->answer, t);
}

static void
ask_buckets(const struct ais_request *q)
{
	struct str   name = str_from(q->path, STR("/v1/buckets/").len);
	struct tree *m = q->body.len > 0 ? tree_parse(q->body, NULL) : NULL;

	if (str_eq(q->method, STR("POST")) && tree_str_is(m, "action", STR("create-bck")))
		create_bucket(q, name);
	else if (str_eq(q->method, STR("DELETE")) && tree_str_is(m, "action", STR("destroy-bck")))
		destroy_bucket(q, name);
	else if (str_eq(q->method, STR("GET")) && name.len == 0)
		list_buckets(q);
	else if (str_eq(q->method, STR("GET")) && *bucket_at(q->daemon->cluster, name) != NULL)
		list_objects(q, name);
	else if (str_eq(q->method, STR("GET")))
		ais_answer_error(q, 404, "ErrBckNotFound", "bucket \"ais://" STR_FMT "\" does not exist", STR_ARG(name));
	else
		ais_answer_error(q, 400, NULL, "invalid request");
	tree_free(m);
}

/* 301 to read, 307 for the rest. */
static void
redirect(const struct ais_request *q, const struct ais_member *owner)
{
	const char *host = owner->host[AIS_PUBLIC][0] != 0 ? owner->host[AIS_PUBLIC] : owner->address;

	q->answer->status = str_eq(q->method, STR("GET")) ? 301 : 307;
	snprintf(q->answer->location, sizeof(q->answer->location), "http://%s:%u" STR_FMT "?pid=%s&utm=%" PRIx64,
	    host, owner->port[AIS_PUBLIC], STR_ARG(q->path), q->daemon->id, (uint64_t)q->daemon->world->now_ms);
}

/* During a rebalance a target fetches what it lacks from whoever still has it. */
static const struct ais_object *
find_anywhere(const struct ais_request *q, struct str bucket, struct str name)
{
	struct ais_cluster *c = q->daemon->cluster;
	const struct ais_object *o = ais_object(q->daemon, bucket, name);

	if (ais_rebalance_running(c) == NULL)
		return o;
	for (struct ais_member *m = c->members; o == NULL && m != NULL; m = m->next)
		if (m->daemon != NULL)
			o = ais_object(m->daemon, bucket, name);
	return o;
}

static void
ask_target(const struct ais_request *q, struct str bucket, struct str name)
{
	const struct ais_object *o = find_anywhere(q, bucket, name);

	q->answer->status = 200;
	if (ais_query(q, STR("pid")).len == 0 && !str_eq(q->method, STR("GET")) && !str_eq(q->method, STR("HEAD")))
		ais_answer_error(q, 400, NULL, "target accepts this only when redirected by a proxy");
	else if (str_eq(q->method, STR("PUT"))) {
		if (q->body.len > AIS_OBJECT_MAX)
			ais_answer_error(q, 507, NULL, "object is too large for this simulation");
		else
			ais_object_put(q->daemon, bucket, name, q->body);
	} else if (o == NULL)
		ais_answer_error(q, 404, "ErrNotFound", "object \"" STR_FMT "/" STR_FMT "\" does not exist",
		    STR_ARG(bucket), STR_ARG(name));
	else if (str_eq(q->method, STR("GET"))) {
		q->answer->type = "application/octet-stream";
		ais_answer_text(q->answer, (struct str){ o->data, o->size });
	} else if (str_eq(q->method, STR("DELETE")))
		ais_object_drop(q->daemon, bucket, name);
}

static void
ask_objects(const struct ais_request *q)
{
	struct ais_cluster *c = q->daemon->cluster;
	struct str name = str_from(q->path, STR("/v1/objects/").len), bucket;
	const struct ais_member *owner;

	str_cut(&name, '/', &bucket);
	if (name.len == 0 || name.len >= AIS_NAME_SIZE || bucket.len == 0 || *bucket_at(c, bucket) == NULL) {
		ais_answer_error(q, 404, "ErrBckNotFound", "bucket \"ais://" STR_FMT "\" does not exist",
		    STR_ARG(bucket));
		return;
	}
	if (q->daemon->role == AIS_TARGET) {
		ask_target(q, bucket, name);
		return;
	}
	owner = ais_owner(c, bucket, name);
	if (owner == NULL)
		ais_answer_error(q, 503, "ErrNoNodes", "no active targets in the cluster");
	else
		redirect(q, owner);
}

void
ais_ask_data(const struct ais_request *q)
{
	if (q->daemon->cluster->uuid[0] == 0)
		ais_answer_error(q, 503, NULL, "not ready yet (cluster is starting up)");
	else if (str_starts(q->path, STR("/v1/buckets")))
		ask_buckets(q);
	else
		ask_objects(q);
}
