/*
 * store.c - records in blocks of a pool, found by a table, walked by kind.
 *
 * One block holds a record and all of its texts.
 */
#include "k8s/store.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/random.h"

#define SCRATCH_MAX  (16u << 20)     /* tokens of one object */
#define SCRATCH_KEPT (64u << 10)     /* pages that stay after it */

void
store_init(struct store *s, const struct view *views, int count, size_t objects_max, size_t bytes_max)
{
	CHECK(count > 0 && count <= STORE_KINDS_MAX);
	*s = (struct store){ .views = views, .view_count = count, .objects_max = objects_max };
	table_init(&s->table, objects_max);
	pool_init(&s->pool, bytes_max);
	arena_init(&s->scratch, memory_reserve(SCRATCH_MAX), SCRATCH_MAX);
	s->kept = memory_reserve(STORE_KEPT_MAX);
	s->seed = random_u64();
}

static size_t
index_of(const struct store *s, const struct view *v)
{
	CHECK(v >= s->views && v < s->views + s->view_count);
	return (size_t)(v - s->views);
}

static uint64_t
hash_of(const struct store *s, const struct view *v, struct str ns, struct str name)
{
	return table_hash(ns, name, s->seed + index_of(s, v));
}

static struct record *
find(const struct store *s, const struct view *v, struct str ns, struct str name)
{
	struct table_link *l = table_first(&s->table, hash_of(s, v, ns, name));

	for (; l != NULL; l = table_next(l)) {
		struct record *r = (struct record *)((char *)l - offsetof(struct record, link));

		if (r->view == v && str_eq(r->name, name) && str_eq(r->ns, ns))
			return r;
	}
	return NULL;
}

const struct record *
store_find(const struct store *s, const struct view *v, struct str ns, struct str name)
{
	return find(s, v, ns, name);
}

const struct record *
store_first(const struct store *s, const struct view *v)
{
	return s->first_of_view[index_of(s, v)];
}

static void
enter(struct store *s, struct record *r)
{
	struct record **first = &s->first_of_view[index_of(s, r->view)];

	table_add(&s->table, &r->link, hash_of(s, r->view, r->ns, r->name));
	r->prev_of_view = r->next_of_view = NULL;
	if (r->absent)
		return;
	r->next_of_view = *first;
	if (*first != NULL)
		(*first)->prev_of_view = r;
	*first = r;
}

static void
leave(struct store *s, struct record *r)
{
	table_remove(&s->table, &r->link);
	if (r->absent)
		return;
	if (r->prev_of_view != NULL)
		r->prev_of_view->next_of_view = r->next_of_view;
	else
		s->first_of_view[index_of(s, r->view)] = r->next_of_view;
	if (r->next_of_view != NULL)
		r->next_of_view->prev_of_view = r->prev_of_view;
}

static void
tell(struct store *s, enum stored how, const struct record *r)
{
	if (s->changed != NULL)
		s->changed(s, how, r);
}

static void
drop(struct store *s, enum stored how, struct record *r)
{
	leave(s, r);
	if (!r->absent)
		tell(s, how, r);
	pool_give(&s->pool, r, r->size);
}

/* An answer to a write of ours may come after the event that the object is gone. */
static bool
is_gone(const struct store *s, const struct object *o)
{
	uint64_t uid = table_hash(o->uid, STR_NONE, s->seed);

	for (size_t i = 0; i < STORE_GONE_MAX; i++)
		if (s->gone[i].uid == uid && s->gone[i].version > 0 && o->version_number <= s->gone[i].version)
			return true;
	return false;
}

static void
remember_gone(struct store *s, struct str uid, uint64_t version)
{
	s->gone[s->gone_next].uid = table_hash(uid, STR_NONE, s->seed);
	s->gone[s->gone_next].version = version;
	s->gone_next = (s->gone_next + 1) % STORE_GONE_MAX;
}

static struct str
put_text(char **at, struct str s)
{
	struct str copy = { *at, s.len };

	if (s.len > 0)
		memcpy(*at, s.at, s.len);
	*at += s.len;
	return copy;
}

/* The block is for this object: nothing of it is a view into the block itself. */
static void
fill(struct record *r, size_t size, const struct view *v, const struct object *o, struct str kept)
{
	char *at = (char *)(r + 1);

	*r = (struct record){ .view = v, .size = size, .version = o->version_number, .generation = o->generation,
		.deleting = o->deleting };
	r->kept = put_text(&at, kept);
	r->ns = put_text(&at, o->ns);
	r->name = put_text(&at, o->name);
	r->uid = put_text(&at, o->uid);
	r->owner_kind = put_text(&at, o->owner_kind);
	r->owner_name = put_text(&at, o->owner_name);
	r->owner_uid = put_text(&at, o->owner_uid);
	CHECK((size_t)(at - (char *)r) == size);
}

static size_t
size_of(const struct object *o, struct str kept)
{
	return sizeof(struct record) + kept.len + o->ns.len + o->name.len + o->uid.len + o->owner_kind.len +
	    o->owner_name.len + o->owner_uid.len;
}

static bool
is_same(const struct record *r, const struct object *o, struct str kept)
{
	return str_eq(r->kept, kept) && str_eq(r->uid, o->uid) && r->deleting == o->deleting &&
	    r->generation == o->generation && str_eq(r->owner_uid, o->owner_uid) &&
	    str_eq(r->owner_name, o->owner_name) && str_eq(r->owner_kind, o->owner_kind);
}

static enum stored
full(struct store *s, struct record *r)
{
	s->full_count++;
	if (r != NULL)
		drop(s, STORED_FULL, r);
	return STORED_FULL;
}

/* What `keep` packs of it; false: it has no room. */
static bool
keep(struct store *s, const struct view *v, const struct object *o, struct str *kept)
{
	struct out out = out_over(s->kept, STORE_KEPT_MAX);
	bool       fits;

	v->keep(o, &s->scratch, &out);
	fits = out_ok(&out) && arena_ok(&s->scratch);
	if (s->scratch.peak > SCRATCH_KEPT)
		memory_give_back(s->scratch.base + SCRATCH_KEPT, s->scratch.peak - SCRATCH_KEPT);
	s->scratch.peak = 0;
	arena_reset(&s->scratch);
	*kept = out_view(&out);
	return fits;
}

/* Bytes that differ: the same block when it is as large as needed, else another. */
static enum stored
replace(struct store *s, const struct view *v, const struct object *o, struct str kept, struct record *old)
{
	enum stored    how = old == NULL || old->absent ? STORED_NEW : STORED_CHANGED;
	size_t         size = size_of(o, kept);
	struct record *r = old;

	if (old == NULL && s->table.count >= s->objects_max)
		return full(s, NULL);
	if (old == NULL || pool_class_size(old->size) != pool_class_size(size))
		r = pool_take(&s->pool, size);
	if (r == NULL)
		return full(s, old);
	if (old != NULL)
		leave(s, old);
	if (old != NULL && old != r)
		pool_give(&s->pool, old, old->size);
	fill(r, size, v, o, kept);
	r->seen = s->listing[index_of(s, v)];
	enter(s, r);
	tell(s, how, r);
	return how;
}

static enum stored
put(struct store *s, const struct view *v, const struct object *o, struct record *r)
{
	struct str  kept;
	enum stored how = STORED_SAME;
	bool        fits = keep(s, v, o, &kept);

	if (!fits)
		how = full(s, r);
	else if (r == NULL || r->absent || !is_same(r, o, kept))
		how = replace(s, v, o, kept, r);
	else {
		r->version = o->version_number;
		r->seen = s->listing[index_of(s, v)];
	}
	if (kept.len > SCRATCH_KEPT)
		memory_give_back(s->kept, STORE_KEPT_MAX);
	return how;
}

/* Numbers are compared only where both are numbers. */
static bool
is_older(const struct object *o, const struct record *r)
{
	return o->version_number != 0 && o->version_number < r->version;
}

enum stored
store_put_object(struct store *s, const struct view *v, const struct object *o)
{
	struct record *r = find(s, v, o->ns, o->name);

	if (r != NULL && is_older(o, r)) {
		r->seen = s->listing[index_of(s, v)];
		return STORED_OLD;
	}
	if (r == NULL && is_gone(s, o))
		return STORED_OLD;
	return put(s, v, o, r);
}

enum stored
store_put(struct store *s, const struct view *v, struct str raw)
{
	struct object o;

	return object_scan(raw, &o) ? store_put_object(s, v, &o) : STORED_BAD;
}

enum stored
store_delete_object(struct store *s, const struct view *v, const struct object *o)
{
	struct record *r = find(s, v, o->ns, o->name);

	remember_gone(s, o->uid, o->version_number);
	if (r == NULL)
		return STORED_SAME;
	if (is_older(o, r))
		return STORED_OLD;
	drop(s, STORED_GONE, r);
	return STORED_GONE;
}

enum stored
store_delete(struct store *s, const struct view *v, struct str raw)
{
	struct object o;

	return object_scan(raw, &o) ? store_delete_object(s, v, &o) : STORED_BAD;
}

void
store_absent(struct store *s, const struct view *v, struct str ns, struct str name)
{
	struct object  o = { .ns = ns, .name = name };
	size_t         size = size_of(&o, STR_NONE);
	struct record *r;

	if (find(s, v, ns, name) != NULL)
		return;
	r = s->table.count < s->objects_max ? pool_take(&s->pool, size) : NULL;
	if (r == NULL) {
		full(s, NULL);
		return;
	}
	fill(r, size, v, &o, STR_NONE);
	r->absent = true;
	enter(s, r);
}

/* Listings ----------------------------------------------------------------- */

/* Began `a` before `b`?  They are counted, and the count may come round. */
static bool
is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

uint32_t
store_list_begin(struct store *s, const struct view *v)
{
	return ++s->listing[index_of(s, v)];
}

enum stored
store_list_item(struct store *s, const struct view *v, struct str raw, uint32_t listing)
{
	struct object  o;
	struct record *r;

	if (!object_scan(raw, &o))
		return STORED_BAD;
	r = find(s, v, o.ns, o.name);
	if (r != NULL && !is_before(r->seen, listing))
		return store_put_object(s, v, &o);
	return put(s, v, &o, r);
}

void
store_list_end(struct store *s, const struct view *v, struct str ns, uint32_t listing, uint64_t version)
{
	struct record *next, *r = s->first_of_view[index_of(s, v)];

	for (; r != NULL; r = next) {
		next = r->next_of_view;
		if ((ns.len > 0 && !str_eq(r->ns, ns)) || !is_before(r->seen, listing))
			continue;
		remember_gone(s, r->uid, version);
		drop(s, STORED_GONE, r);
	}
}
