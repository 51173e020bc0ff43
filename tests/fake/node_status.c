/* node_status.c - what a kubelet says about a pod. */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/time_text.h"

static void
set_moment(struct tree *t, const char *key, int64_t wall_us)
{
	char text[40];
	struct out o = out_over(text, sizeof(text));

	time_print(&o, wall_us);
	tree_set_str(t, key, out_view(&o));
}

static bool
is_initialised(const struct pod *p)
{
	for (int i = 0; i < p->inits; i++)
		if (p->containers[i].state != CONTAINER_ENDED || p->containers[i].now.code != 0)
			return false;
	return p->stage >= POD_INIT;
}

static bool
is_ready(const struct pod *p)
{
	for (int i = p->inits; i < p->count; i++)
		if (!p->containers[i].ready)
			return false;
	return is_initialised(p) && p->stage == POD_RUN;
}

/* "[a b]": who keeps a condition from being true. */
static void
print_names(const struct pod *p, bool inits, struct out *o)
{
	int from = inits ? 0 : p->inits, to = inits ? p->inits : p->count;
	bool any = false;

	out_char(o, '[');
	for (int i = from; i < to; i++) {
		const struct container *c = &p->containers[i];

		if (inits ? c->state == CONTAINER_ENDED && c->now.code == 0 : c->ready)
			continue;
		OUT(o, any ? STR(" ") : STR(""), tree_str_at(c->spec, "name"));
		any = true;
	}
	out_char(o, ']');
}

static struct tree *
condition(struct pod *p, int i, const char *type, bool status)
{
	struct tree *t = tree_object();
	char text[512];
	struct out o = out_over(text, sizeof(text));
	bool inits = strcmp(type, "Initialized") == 0;

	if (!p->conditions[i].known || p->conditions[i].status != status)
		p->conditions[i].since_us = clock_wall_us();
	p->conditions[i].known = true;
	p->conditions[i].status = status;
	tree_set_str(t, "type", str_of(type));
	tree_set_str(t, "status", status ? STR("True") : STR("False"));
	tree_set(t, STR("lastProbeTime"), tree_null());
	set_moment(t, "lastTransitionTime", p->conditions[i].since_us);
	if (status || i == 0)
		return t;
	OUT(&o, inits ? STR("containers with incomplete status: ") : STR("containers with unready status: "));
	print_names(p, inits, &o);
	tree_set_str(t, "reason", inits ? STR("ContainersNotInitialized") : STR("ContainersNotReady"));
	tree_set_str(t, "message", out_view(&o));
	return t;
}

static struct tree *
conditions(struct pod *p)
{
	struct tree *list = tree_array();
	bool ready = is_ready(p);

	tree_push(list, condition(p, 0, "PodReadyToStartContainers", p->has_address));
	tree_push(list, condition(p, 1, "Initialized", is_initialised(p)));
	tree_push(list, condition(p, 2, "Ready", ready));
	tree_push(list, condition(p, 3, "ContainersReady", ready));
	tree_push(list, condition(p, 4, "PodScheduled", true));
	return list;
}

static struct tree *
ended(const struct ending *e)
{
	struct tree *t = tree_object();

	tree_set_int(t, "terminated.exitCode", e->code);
	tree_set_str(t, "terminated.reason", e->code == 0 ? STR("Completed") : STR("Error"));
	if (e->why[0] != 0)
		tree_set_str(t, "terminated.message", str_of(e->why));
	set_moment(t, "terminated.startedAt", e->began_us);
	set_moment(t, "terminated.finishedAt", e->ended_us);
	return t;
}

static struct tree *
state(const struct container *c)
{
	struct tree *t = tree_object();

	switch (c->state) {
	case CONTAINER_WAITING:
		tree_set_str(t, "waiting.reason", str_of(c->reason));
		if (c->message[0] != 0)
			tree_set_str(t, "waiting.message", str_of(c->message));
		return t;
	case CONTAINER_RUNNING:
		set_moment(t, "running.startedAt", c->began_us);
		return t;
	case CONTAINER_ENDED:
		break;
	}
	tree_free(t);
	return ended(&c->now);
}

static struct tree *
container_status(const struct container *c)
{
	struct tree *t = tree_object();
	struct str image = tree_str_at(c->spec, "image");
	bool done = c->init && c->state == CONTAINER_ENDED && c->now.code == 0;

	tree_set_str(t, "name", tree_str_at(c->spec, "name"));
	tree_set_str(t, "image", image);
	tree_set_str(t, "imageID", c->state == CONTAINER_WAITING && !c->has_before ? STR("") : image);
	tree_set(t, STR("ready"), tree_bool(c->ready || done));
	tree_set(t, STR("started"), tree_bool(c->started));
	tree_set_int(t, "restartCount", c->restarts);
	tree_set(t, STR("state"), state(c));
	tree_set(t, STR("lastState"), c->has_before ? ended(&c->before) : tree_object());
	return t;
}

static const char *
phase(const struct pod *p)
{
	if (!is_initialised(p))
		return "Pending";
	for (int i = p->inits; i < p->count; i++)
		if (p->containers[i].state != CONTAINER_WAITING || p->containers[i].has_before)
			return "Running";
	return "Pending";
}

static struct tree *
addresses(const char *ip)
{
	struct tree *list = tree_array();

	tree_set_str(tree_push(list, tree_object()), "ip", str_of(ip));
	return list;
}

static struct tree *
print(struct pod *p)
{
	struct tree *t = tree_object(), *list;
	int64_t generation = tree_int_at(p->latest, "metadata.generation", 0);

	tree_set_str(t, "metadata.uid", str_of(p->uid));
	tree_set_str(t, "status.phase", str_of(phase(p)));
	if (generation > 0)
		tree_set_int(t, "status.observedGeneration", generation);
	tree_set_at(t, "status.conditions", conditions(p));
	tree_set_str(t, "status.hostIP", str_of(p->host));
	tree_set_at(t, "status.hostIPs", addresses(p->host));
	if (p->has_address) {
		tree_set_str(t, "status.podIP", str_of(p->address));
		tree_set_at(t, "status.podIPs", addresses(p->address));
	}
	set_moment(t, "status.startTime", p->started_us);
	list = tree_set_at(t, "status.initContainerStatuses", tree_array());
	for (int i = 0; i < p->inits; i++)
		tree_push(list, container_status(&p->containers[i]));
	list = tree_set_at(t, "status.containerStatuses", tree_array());
	for (int i = p->inits; i < p->count; i++)
		tree_push(list, container_status(&p->containers[i]));
	return t;
}

static void
reported(struct node_side *n, const struct write *w, const struct answer *a)
{
	struct pod *p = pod_find(n, str_of(w->about));

	(void)a;
	if (p == NULL)
		return;
	p->status_busy = false;
	if (p->status_due)
		pod_report(p);
}

/* One at a time: what changes meanwhile goes with the next. */
void
pod_report(struct pod *p)
{
	p->status_due = p->status_busy;
	if (p->status_busy || p->stage == POD_OVER || p->side->closing)
		return;
	p->status_busy = true;
	node_write(p->side, VERB_MERGE, &kind_pod, str_of(p->ns), str_of(p->name), "status", print(p),
	    str_of(p->uid), reported);
}
