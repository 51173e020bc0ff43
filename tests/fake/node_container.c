/* node_container.c - one container: pulled, run, restarted with back-off, ended. */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <string.h>

#include "kernel/clock.h"

#define PULL_MS      10000       /* between tries, and the first back-off */
#define BACKOFF_MS   10000
#define BACKOFF_MAX 300000
#define CALM_MS     600000       /* a run of this length forgets earlier ones */
#define RESTART_MS    1000       /* the first restart */
#define INIT_MS        100
#define GRACE_MS     30000

static void
wait_for(struct container *c, const char *reason, const char *message, int64_t ms)
{
	c->state = CONTAINER_WAITING;
	snprintf(c->reason, sizeof(c->reason), "%s", reason);
	snprintf(c->message, sizeof(c->message), "%s", message);
	loop_timer_set(&c->timer, loop_now_ms() + node_wait(c->pod->side, ms));
}

static void ended(struct container *c, int code, const char *why);

static void
finish_init(struct container *c)
{
	char why[512] = "";
	bool good = !program_is(c, "local_config_template") || program_init(c, why, sizeof(why));

	ended(c, good ? 0 : 1, why);
}

static void
back_off(struct container *c)
{
	char text[640];

	c->before = c->now;
	c->has_before = true;
	snprintf(text, sizeof(text), "back-off %ds restarting failed container=" STR_FMT " pod=%s_%s(%s)",
	    (int)(c->backoff_ms / 1000), STR_ARG(tree_str_at(c->spec, "name")), c->pod->name, c->pod->ns,
	    c->pod->uid);
	wait_for(c, "CrashLoopBackOff", text, c->backoff_ms);
	pod_report(c->pod);
}

/* An init container is done, SIGTERM was not enough, or it is time to start anew. */
static void
due(struct loop_timer *t)
{
	struct container *c = t->owner;

	if (c->state == CONTAINER_RUNNING && c->init)
		finish_init(c);
	else if (c->state == CONTAINER_RUNNING)
		container_kill(c, true);
	else if (c->state == CONTAINER_ENDED && c->backoff_ms > 0)
		back_off(c);
	else {
		container_run(c);
		pod_report(c->pod);
	}
}

/* Images whose tag says so are not there, until the pod names another one. */
static bool
pulled(struct container *c)
{
	struct str name = tree_str_at(c->spec, "name"), image = tree_str_at(c->spec, "image");
	bool again = strcmp(c->reason, "ErrImagePull") == 0 || strcmp(c->reason, "ImagePullBackOff") == 0;
	char text[640];

	TREE_EACH(l, tree_at(c->pod->latest, c->init ? "spec.initContainers" : "spec.containers"))
		if (tree_str_is(l, "name", name))
			image = tree_str_at(l, "image");
	if (!str_has(image, STR("missing")))
		return true;
	snprintf(text, sizeof(text), again ? "Back-off pulling image \"" STR_FMT "\"" :
	    "failed to pull and unpack image \"" STR_FMT "\": not found", STR_ARG(image));
	wait_for(c, again ? "ImagePullBackOff" : "ErrImagePull", text, PULL_MS);
	return false;
}

static void
asked(struct ais_face *f)
{
	struct container *c = f->owner;

	node_ais_schedule(c->pod->side);
}

void
container_run(struct container *c)
{
	if (c->state == CONTAINER_ENDED) {
		c->before = c->now;
		c->has_before = true;
	}
	c->timer.due = due;
	c->timer.owner = c;
	if (!pulled(c))
		return;
	c->state = CONTAINER_RUNNING;
	c->began_us = clock_wall_us();
	c->began_ms = loop_now_ms();
	c->reason[0] = c->message[0] = 0;
	if (c->init) {
		loop_timer_set(&c->timer, loop_now_ms() + node_wait(c->pod->side, INIT_MS));
		return;
	}
	if (!program_is(c, "local_config")) {
		c->ready = c->started = true;
		return;
	}
	c->daemon = program_start(c);
	c->face.daemon = c->daemon;
	c->face.asked = asked;
	c->face.owner = c;
	probes_start(c);
	node_ais_schedule(c->pod->side);
}

static void
ended(struct container *c, int code, const char *why)
{
	struct pod *p = c->pod;

	probes_stop(c);
	loop_timer_stop(&c->timer);
	c->now = (struct ending){ .code = code, .began_us = c->began_us, .ended_us = clock_wall_us() };
	snprintf(c->now.why, sizeof(c->now.why), "%s", why);
	c->state = CONTAINER_ENDED;
	c->ready = c->started = false;
	if (!c->stopping && !(c->init && code == 0)) {
		if (loop_now_ms() - c->began_ms > node_wait(p->side, CALM_MS))
			c->backoff_ms = 0;
		if (c->restarts++ > 0)
			c->backoff_ms = c->backoff_ms == 0 ? BACKOFF_MS :
			    c->backoff_ms * 2 < BACKOFF_MAX ? c->backoff_ms * 2 : BACKOFF_MAX;
		loop_timer_set(&c->timer, loop_now_ms() + node_wait(p->side, RESTART_MS));
	}
	pod_container_moved(p);
}

/* SIGTERM has its grace, after which the timer sends SIGKILL. */
static void
end_process(struct container *c, bool at_once)
{
	struct node_side *n = c->pod->side;

	if (c->daemon == NULL)
		ended(c, at_once ? 137 : 143, "");
	else if (at_once)
		ais_kill(c->daemon, loop_now_ms());
	else {
		if (!c->stopping)
			loop_timer_set(&c->timer, loop_now_ms() + node_wait(n, GRACE_MS));
		ais_terminate(c->daemon, loop_now_ms());
	}
	node_ais_schedule(n);
}

void
container_kill(struct container *c, bool at_once)
{
	if (c->state == CONTAINER_RUNNING && !c->init)
		end_process(c, at_once);
}

void
container_stop(struct container *c, bool at_once)
{
	c->stopping = true;
	loop_timer_stop(&c->timer);
	probes_stop(c);
	if (c->state == CONTAINER_RUNNING)
		end_process(c, at_once);
}

void
container_manner(struct container *c, enum ais_manner m)
{
	if (c->face.manner == m)
		return;
	c->face.manner = m;
	if (c->daemon != NULL) {
		ais_face_close(&c->face);
		ais_face_update(&c->face);
	}
}

void
container_free(struct container *c)
{
	struct ais_daemon *d = c->daemon;

	loop_timer_stop(&c->timer);
	probes_stop(c);
	if (d == NULL)
		return;
	ais_face_close(&c->face);
	d->owner = NULL;
	c->daemon = NULL;
	ais_kill(d, loop_now_ms());
}

/* AIS tells: a daemon listens, or has ended. */
void
node_ais_moved(struct ais_daemon *d)
{
	struct container *c = d->owner;
	int  code = d->code;
	char why[sizeof(d->why)];

	if (c == NULL || c->daemon != d) {
		if (d->proc == AIS_GONE)
			ais_free(d);
		return;
	}
	if (d->proc != AIS_GONE) {
		ais_face_update(&c->face);
		return;
	}
	snprintf(why, sizeof(why), "%s", d->why);
	if (d->files_gone) {
		tree_free(c->pod->files);
		c->pod->files = tree_object();
	}
	ais_face_close(&c->face);
	c->daemon = NULL;
	ais_free(d);
	ended(c, code, why);
}

static void
ais_due(struct loop_timer *t)
{
	struct node_side *n = t->owner;

	ais_tick(&n->ais, loop_now_ms());
	node_ais_schedule(n);
}

void
node_ais_schedule(struct node_side *n)
{
	int64_t at = ais_due_ms(&n->ais);

	n->ais_timer.due = ais_due;
	n->ais_timer.owner = n;
	if (at < 0)
		loop_timer_stop(&n->ais_timer);
	else
		loop_timer_set(&n->ais_timer, at);
}
