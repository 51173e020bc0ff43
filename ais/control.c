/*
 * control.c - watches to keys, keys to passes: the operator itself.
 */
#include "ais/control.h"

#include <string.h>

#include "ais/pass.h"
#include "kernel/check.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/random.h"

static struct cluster *
cluster_of(struct queue_entry *e)
{
	return (struct cluster *)((char *)e - offsetof(struct cluster, entry));
}

struct cluster *
control_cluster(struct control *c, struct str ns, struct str name)
{
	struct table_link *l = table_first(&c->clusters, table_hash(ns, name, c->store.seed));

	for (; l != NULL; l = table_next(l)) {
		struct cluster *cl = (struct cluster *)((char *)l - offsetof(struct cluster, link));

		if (str_eq(cl->ns, ns) && str_eq(cl->name, name))
			return cl;
	}
	return NULL;
}

static void
side_answered(struct side *s)
{
	struct cluster *cl = s->owner;

	queue_now(&cl->entry);
}

static struct cluster *
cluster_slot(struct control *c)
{
	struct cluster *cl = c->free_slots;

	if (cl != NULL)
		c->free_slots = cl->next_free;
	else if (c->slots_used < CLUSTERS_MAX)
		cl = &c->slots[c->slots_used++];
	return cl;
}

/* Its AIS side keeps what it has reserved: address space is not given out twice. */
static void
cluster_name(struct cluster *cl, struct str ns, struct str name)
{
	struct out o = out_over(cl->key, sizeof(cl->key) - 1);

	OUT(&o, ns, STR("/"), name);
	CHECK(out_ok(&o));
	cl->key[o.len] = '\0';
	cl->ns = str_upto(out_view(&o), ns.len);
	cl->name = str_from(out_view(&o), ns.len + 1);
}

static struct cluster *
cluster_add(struct control *c, struct str ns, struct str name)
{
	struct cluster *cl = control_cluster(c, ns, name);

	if (cl != NULL) {
		cl->gone = false;
		return cl;
	}
	cl = cluster_slot(c);
	if (cl == NULL) {
		LOG(LOG_ERROR, "too many AIStores: this one is not looked after", LOG_STR("namespace", ns),
		    LOG_STR("name", name), LOG_INT("most", CLUSTERS_MAX));
		return NULL;
	}
	cluster_name(cl, ns, name);
	cl->control = c;
	cl->used = true;
	cl->gone = false;
	cl->status_ms = 0;
	cl->refused[0] = '\0';
	cl->last_acts = 0;
	cl->same_acts = 0;
	cl->side.answered = side_answered;
	cl->side.owner = cl;
	queue_entry_init(&c->queue, &cl->entry);
	table_add(&c->clusters, &cl->link, table_hash(cl->ns, cl->name, c->store.seed));
	return cl;
}

/* At once, or when its pass has ended. */
static void
cluster_remove(struct cluster *cl)
{
	struct control *c = cl->control;

	cl->gone = true;
	side_rest(&cl->side);
	if (cl->pass != NULL)
		return;
	queue_remove(&cl->entry);
	table_remove(&c->clusters, &cl->link);
	cl->used = false;
	cl->next_free = c->free_slots;
	c->free_slots = cl;
}

static void
pod_changed(struct control *c, const struct record *r)
{
	struct pod_view pod;
	struct cluster *cl;

	pod_view(r, &pod);
	cl = control_cluster(c, r->ns, pod.cluster);
	if (cl == NULL)
		return;
	side_changed(&cl->side);
	queue_now(&cl->entry);
}

static void
changed(struct store *s, enum stored how, const struct record *r)
{
	struct control *c = s->owner;
	struct cluster *cl;

	if (r->view == &watched_views[WATCHED_AISTORE]) {
		cl = how == STORED_GONE ? control_cluster(c, r->ns, r->name) : cluster_add(c, r->ns, r->name);
		if (cl != NULL && how == STORED_GONE)
			cluster_remove(cl);
		else if (cl != NULL)
			queue_now(&cl->entry);
	} else if (r->view == &watched_views[WATCHED_POD])
		pod_changed(c, r);
	else if (str_eq(r->owner_kind, kind_aistore.name)) {
		cl = control_cluster(c, r->ns, r->owner_name);
		if (cl != NULL)
			queue_now(&cl->entry);
	}
}

static void
run(struct queue *q, struct queue_entry *e)
{
	struct control *c = q->owner;
	struct pass    *p = pass_free(c);

	CHECK(p != NULL);            /* the queue runs at most PASSES_MAX */
	pass_begin(p, cluster_of(e));
}

/* Eight handshakes take their time: they come behind the first plans, but
 * not long after the lists, should there be nothing to plan or no lease. */
static void
open_watches(struct control *c)
{
	loop_timer_stop(&c->watches_due);
	for (int i = 0; i < c->reflector_count; i++)
		reflector_release(&c->reflectors[i]);
}

static void
watches_due(struct loop_timer *t)
{
	open_watches(t->owner);
}

/* Everything is listed and the lease is ours: begin. */
static void
begin_work(struct control *c)
{
	if (!c->synced || !c->working)
		return;
	queue_start(&c->queue);
}

static void
synced(struct reflector *r)
{
	struct control *c = r->owner;

	for (int i = 0; i < c->reflector_count; i++)
		if (!c->reflectors[i].listed_once)
			return;
	if (c->synced)
		return;
	c->synced = true;
	LOG(LOG_INFO, "all kinds are listed", LOG_INT("clusters", c->clusters.count),
	    LOG_INT("objects", c->store.table.count));
	loop_timer_set(&c->watches_due, loop_now_ms() + WATCHES_LATE_MS);
	begin_work(c);
}

/* No trust at the very beginning will not come by waiting: say it and let whoever started us decide. */
static void
troubled(struct reflector *r, enum outcome o)
{
	struct control *c = r->owner;

	if (!c->synced && o == OUTCOME_TLS)
		c->hopeless(c, str_of(r->trouble_text));
}

static void
start_reflector(struct control *c, const struct view *v, struct str ns)
{
	struct reflector *r = &c->reflectors[c->reflector_count++];

	r->api = c->api;
	r->store = &c->store;
	r->view = v;
	r->ns = ns;
	r->synced = synced;
	r->troubled = troubled;
	r->owner = c;
	r->hold = true;
}

void
control_start(struct control *c)
{
	int scopes = c->namespace_count == 0 ? 1 : c->namespace_count;

	store_init(&c->store, watched_views, WATCHED_COUNT, OBJECTS_MAX, STORE_BYTES);
	c->store.changed = changed;
	c->store.owner = c;
	c->slots = memory_reserve(CLUSTERS_MAX * sizeof(struct cluster));
	c->pass_slots = memory_reserve(PASSES_MAX * sizeof(struct pass));
	for (int i = 0; i < PASSES_MAX; i++)
		arena_init(&c->pass_slots[i].arena, memory_reserve(PASS_ARENA), PASS_ARENA);
	table_init(&c->clusters, CLUSTERS_MAX);
	queue_init(&c->queue, PASSES_MAX, run, c);
	queue_stop(&c->queue);
	c->watches_due = (struct loop_timer){ .due = watches_due, .owner = c };
	for (int v = 0; v < WATCHED_COUNT; v++)
		for (int s = 0; s < scopes; s++)
			start_reflector(c, &watched_views[v], c->namespace_count == 0 ? STR_NONE : c->namespaces[s]);
	for (int i = 0; i < c->reflector_count; i++)
		reflector_start(&c->reflectors[i]);
}

void
control_work(struct control *c)
{
	c->working = true;
	begin_work(c);
}

/* A pass that ends may be the last one, or that of an AIStore which is gone. */
void
control_pass_ended(struct control *c, struct cluster *cl)
{
	if (cl->gone)
		cluster_remove(cl);
	if (c->watches_due.place != 0 && c->queue.waiting == 0)
		open_watches(c);
	if (c->stopped != NULL && c->queue.running == 0) {
		void (*stopped)(struct control *) = c->stopped;

		c->stopped = NULL;
		stopped(c);
	}
}

void
control_stop(struct control *c, void (*stopped)(struct control *))
{
	c->working = false;
	queue_stop(&c->queue);
	if (c->queue.running == 0)
		stopped(c);
	else
		c->stopped = stopped;
}
