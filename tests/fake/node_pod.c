/*
 * node_pod.c - the life of one pod on a node.
 *
 *	VOLUMES -> CONFIG -> INIT -> RUN        (deletion) -> END -> OVER
 */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"

#define SANDBOX_MS    200        /* an address, the volumes mounted */
#define CONFIG_MS    1000        /* a ConfigMap that is not there is looked for again */
#define GRACE_S        30

struct pod *
pod_find(struct node_side *n, struct str uid)
{
	struct pod *p = n->pods;

	while (p != NULL && !str_eq(str_of(p->uid), uid))
		p = p->next;
	return p;
}

/* Environment and files ---------------------------------------------------- */

static struct str
field(const struct pod *p, struct str path)
{
	if (str_eq(path, STR("spec.nodeName")))
		return str_of(p->node);
	if (str_eq(path, STR("status.hostIP")) || str_eq(path, STR("status.hostIPs")))
		return str_of(p->host);
	if (str_eq(path, STR("status.podIP")) || str_eq(path, STR("status.podIPs")))
		return str_of(p->address);
	if (str_eq(path, STR("metadata.name")))
		return str_of(p->name);
	if (str_eq(path, STR("metadata.namespace")))
		return str_of(p->ns);
	return str_eq(path, STR("metadata.uid")) ? str_of(p->uid) : STR_NONE;
}

struct str
pod_env(const struct pod *p, const struct container *c, const char *name)
{
	struct str value = STR_NONE;

	TREE_EACH(e, tree_get(c->spec, STR("env"))) {
		if (!tree_str_is(e, "name", str_of(name)))
			continue;
		value = tree_get(e, STR("value")) != NULL ? tree_str_at(e, "value") :
		    field(p, tree_str_at(e, "valueFrom.fieldRef.fieldPath"));
	}
	return value;
}

static struct str
in_config(const struct pod *p, struct str volume, struct str key)
{
	TREE_EACH(v, tree_at(p->object, "spec.volumes"))
		if (tree_str_is(v, "name", volume))
			return tree_str(tree_get(tree_get(p->configs, tree_str_at(v, "configMap.name")), key));
	return STR_NONE;
}

struct str
pod_file(const struct pod *p, const struct container *c, struct str path)
{
	struct str text = tree_str(tree_get(p->files, path));

	TREE_EACH(m, text.len > 0 ? NULL : tree_get(c->spec, STR("volumeMounts"))) {
		struct str at = tree_str_at(m, "mountPath");

		if (str_starts(path, at) && path.len > at.len + 1 && path.at[at.len] == '/')
			text = in_config(p, tree_str_at(m, "name"), str_from(path, at.len + 1));
	}
	return text;
}

/* Stages ------------------------------------------------------------------- */

static void
give_address(struct pod *p)
{
	struct node_side *n = p->side;
	uint32_t k = n->addresses;

	if (tree_true_at(p->object, "spec.hostNetwork")) {
		snprintf(p->address, sizeof(p->address), "%s", p->host);
		return;
	}
	n->addresses = (k + 1) % (200 * 250);
	snprintf(p->address, sizeof(p->address), "%u.%u.%u.%u", n->base.ip[0], n->base.ip[1], 16 + k / 250,
	    k % 250 + 1);
}

static bool
volumes_are_bound(struct pod *p)
{
	TREE_EACH(v, tree_at(p->object, "spec.volumes")) {
		struct str claim = tree_str_at(v, "persistentVolumeClaim.claimName");
		char volume[256];

		if (claim.len > 0 && !volume_of_claim(p->side, str_of(p->ns), claim, volume))
			return false;
	}
	return true;
}

static void
got_config(struct node_side *n, const struct write *w, const struct answer *a)
{
	struct pod  *p = pod_find(n, str_of(w->about));
	struct tree *t, *data;

	if (p == NULL || p->stage != POD_CONFIG)
		return;
	p->configs_asked--;
	if (a->ok && (t = tree_parse(a->body, NULL)) != NULL) {
		data = tree_take(t, STR("data"));
		tree_set(p->configs, str_of(w->name), data != NULL ? data : tree_object());
		tree_free(t);
		if (p->configs_asked == 0)
			loop_timer_set(&p->timer, loop_now_ms());
	} else
		loop_timer_set(&p->timer, loop_now_ms() + node_wait(n, CONFIG_MS));
}

/* True: all are here. */
static bool
ask_configs(struct pod *p)
{
	bool all = true;

	TREE_EACH(v, tree_at(p->object, "spec.volumes")) {
		struct str name = tree_str_at(v, "configMap.name");

		if (name.len == 0 || tree_get(p->configs, name) != NULL)
			continue;
		all = false;
		if (p->configs_asked > 0)
			continue;
		node_write(p->side, VERB_GET, &kind_configmap, str_of(p->ns), name, "", NULL, str_of(p->uid), got_config);
		p->configs_asked++;
		break;
	}
	return all;
}

static void
begin_containers(struct pod *p)
{
	p->stage = POD_RUN;
	for (int i = p->inits; i < p->count; i++)
		container_run(&p->containers[i]);
	pod_report(p);
}

/* The next init container that has not succeeded; none: on to the others. */
static void
go_on_with_init(struct pod *p)
{
	for (int i = 0; i < p->inits; i++) {
		struct container *c = &p->containers[i];

		if (c->state == CONTAINER_ENDED && c->now.code == 0)
			continue;
		if (c->state == CONTAINER_WAITING && strcmp(c->reason, "PodInitializing") == 0)
			container_run(c);
		return;
	}
	begin_containers(p);
}

static void
step(struct loop_timer *t)
{
	struct pod *p = t->owner;

	switch (p->stage) {
	case POD_VOLUMES:
		if (!volumes_are_bound(p))
			return;
		p->stage = POD_CONFIG;
		/* fallthrough */
	case POD_CONFIG:
		if (!ask_configs(p))
			return;
		if (!p->has_address) {
			give_address(p);
			p->has_address = true;
			loop_timer_set(&p->timer, loop_now_ms() + node_wait(p->side, SANDBOX_MS));
			return;
		}
		p->stage = POD_INIT;
		pod_report(p);
		go_on_with_init(p);
		return;
	case POD_END:                /* the grace is over */
		for (int i = 0; i < p->count; i++)
			container_stop(&p->containers[i], true);
		return;
	case POD_INIT:
	case POD_RUN:
	case POD_OVER:
		return;
	}
}

static void
remove_object(struct node_side *n, struct str ns, struct str name, struct str uid)
{
	struct tree *t = tree_of("{'kind':'DeleteOptions','apiVersion':'v1','gracePeriodSeconds':0}");

	tree_set_str(t, "preconditions.uid", uid);
	node_write(n, VERB_DELETE, &kind_pod, ns, name, "", t, uid, NULL);
}

static bool
all_ended(const struct pod *p)
{
	for (int i = 0; i < p->count; i++)
		if (p->containers[i].state == CONTAINER_RUNNING)
			return false;
	return true;
}

void
pod_container_moved(struct pod *p)
{
	if (p->stage == POD_INIT)
		go_on_with_init(p);
	if (p->stage == POD_END && all_ended(p)) {
		p->stage = POD_OVER;
		loop_timer_stop(&p->timer);
		remove_object(p->side, str_of(p->ns), str_of(p->name), str_of(p->uid));
		return;
	}
	pod_report(p);
}

static void
end(struct pod *p)
{
	int64_t grace = tree_int_at(p->latest, "metadata.deletionGracePeriodSeconds", GRACE_S);

	loop_timer_stop(&p->timer);
	p->stage = POD_END;
	for (int i = 0; i < p->count; i++)
		p->containers[i].ready = false;
	pod_report(p);
	for (int i = 0; i < p->count; i++)
		container_stop(&p->containers[i], grace == 0);
	if (grace > 0)
		loop_timer_set(&p->timer, loop_now_ms() + node_wait(p->side, grace * 1000));
	pod_container_moved(p);
}

/* Coming and going --------------------------------------------------------- */

static void
add_containers(struct pod *p, const struct tree *list, bool init)
{
	TREE_EACH(spec, list) {
		struct container *c = &p->containers[p->count++];

		c->pod = p;
		c->spec = spec;
		c->init = init;
		snprintf(c->reason, sizeof(c->reason), "%s",
		    p->inits > 0 ? "PodInitializing" : "ContainerCreating");
	}
}

static int
children(const struct tree *t)
{
	return t == NULL ? 0 : t->count;
}

static void
make(struct node_side *n, struct tree *object)
{
	struct pod *p = calloc(1, sizeof(*p));
	const struct tree *inits = tree_at(object, "spec.initContainers");
	const struct tree *rest = tree_at(object, "spec.containers");

	p->side = n;
	p->object = object;
	p->latest = tree_copy(object);
	p->files = tree_object();
	p->configs = tree_object();
	snprintf(p->ns, sizeof(p->ns), STR_FMT, STR_ARG(tree_str_at(object, "metadata.namespace")));
	snprintf(p->name, sizeof(p->name), STR_FMT, STR_ARG(tree_str_at(object, "metadata.name")));
	snprintf(p->uid, sizeof(p->uid), STR_FMT, STR_ARG(tree_str_at(object, "metadata.uid")));
	snprintf(p->node, sizeof(p->node), STR_FMT, STR_ARG(tree_str_at(object, "spec.nodeName")));
	snprintf(p->host, sizeof(p->host), "%u.%u.1.%d", n->base.ip[0], n->base.ip[1],
	    node_number(n, str_of(p->node)));
	p->started_us = clock_wall_us();
	p->containers = calloc((size_t)(children(inits) + children(rest)) + 1, sizeof(*p->containers));
	p->inits = children(inits);
	add_containers(p, inits, true);
	add_containers(p, rest, false);
	p->timer = (struct loop_timer){ .due = step, .owner = p };
	loop_timer_set(&p->timer, loop_now_ms() + node_wait(n, 1));
	p->next = n->pods;
	n->pods = p;
	pod_report(p);
}

void
pod_free(struct pod *p)
{
	loop_timer_stop(&p->timer);
	for (int i = 0; i < p->count; i++)
		container_free(&p->containers[i]);
	free(p->containers);
	tree_free(p->object);
	tree_free(p->latest);
	tree_free(p->files);
	tree_free(p->configs);
	free(p);
}

void
pod_vanished(struct node_side *n, struct str uid)
{
	struct pod **at = &n->pods, *p;
	char prefix[80];

	while (*at != NULL && !str_eq(str_of((*at)->uid), uid))
		at = &(*at)->next;
	if (*at == NULL)
		return;
	p = *at;
	*at = p->next;
	snprintf(prefix, sizeof(prefix), "pod/%s/", p->uid);
	pod_free(p);
	volume_forget(n, str_of(prefix));
}

/* What a person asks of it by an annotation. */
static void
obey(struct pod *p)
{
	const struct tree *a = tree_at(p->latest, "metadata.annotations");
	struct str how = tree_str(tree_get(a, STR("devcluster/ais")));
	struct str kill = tree_str(tree_get(a, STR("devcluster/kill")));
	bool anew = kill.len > 0 && !str_eq(kill, str_of(p->killed));

	snprintf(p->killed, sizeof(p->killed), STR_FMT, STR_ARG(kill));
	for (int i = p->inits; i < p->count; i++) {
		container_manner(&p->containers[i], str_eq(how, STR("hang")) ? AIS_HANG :
		    str_eq(how, STR("refuse")) ? AIS_REFUSE : AIS_SERVE);
		if (anew && p->stage == POD_RUN)
			container_kill(&p->containers[i], true);
	}
}

/* Another pod of that name: the old one is gone, whatever we heard. */
static void
forget_namesake(struct node_side *n, const struct record *r)
{
	for (struct pod *p = n->pods; p != NULL; p = p->next)
		if (str_eq(str_of(p->name), r->name) && str_eq(str_of(p->ns), r->ns)) {
			pod_vanished(n, str_of(p->uid));
			return;
		}
}

void
pod_seen(struct node_side *n, const struct record *r)
{
	struct unpack u = unpack_over(r->kept);
	struct tree  *object = tree_parse(unpack_str(&u), NULL);
	struct pod   *p = pod_find(n, r->uid);
	struct str    phase = tree_str_at(object, "status.phase");

	if (p == NULL && node_number(n, tree_str_at(object, "spec.nodeName")) > 0) {
		forget_namesake(n, r);
		if (r->deleting)
			remove_object(n, r->ns, r->name, r->uid);
		else if (!str_eq(phase, STR("Succeeded")) && !str_eq(phase, STR("Failed"))) {
			make(n, object);
			return;
		}
	}
	if (p == NULL) {
		tree_free(object);
		return;
	}
	tree_free(p->latest);
	p->latest = object;
	if (r->deleting && p->stage < POD_END)
		end(p);
	else if (p->stage < POD_END)
		obey(p);
}

void
pod_volumes_moved(struct node_side *n)
{
	for (struct pod *p = n->pods; p != NULL; p = p->next)
		if (p->stage == POD_VOLUMES)
			loop_timer_set(&p->timer, loop_now_ms());
}
