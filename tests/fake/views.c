/* views.c - stored objects as other versions show them, for lists and watches: made once, kept. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/check.h"
#include "tests/fake/versions_inner.h"

struct view_call {
	struct views     *of;
	struct view_call *next;
	struct object    *object;        /* held */
	int               version;
	struct hook_call  call;
	char              uid[40];
};

/* Views of another definition are worth nothing. */
static void
drop_stale(struct object *o)
{
	if (o->views_of == o->k->definition)
		return;
	for (int i = 0; i < RESOURCE_VERSIONS_MAX; i++) {
		tree_free(o->views[i]);
		o->views[i] = NULL;
	}
	o->views_of = o->k->definition;
}

void
view_keep(struct object *o, int version, struct tree *view)
{
	drop_stale(o);
	tree_free(o->views[version]);
	o->views[version] = view;
}

const struct tree *
view_of(struct object *o, int version)
{
	struct reply bad;

	drop_stale(o);
	if (version == 0)
		return o->tree;
	if (o->views[version] == NULL && !version_needs_webhook(o->k))
		o->views[version] = version_of(o->k, o->tree, 0, version, NULL, &bad);
	return o->views[version];
}

static void
unlink_call(struct view_call *c)
{
	struct view_call **at = &c->of->first;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}

static void
forget(struct view_call *c)
{
	unlink_call(c);
	object_drop(c->object);
	free((void *)(uintptr_t)c->call.body.at);
	free(c);
}

static void
told(struct hook_call *call)
{
	struct view_call *c = call->owner;
	struct views     *v = c->of;
	struct reply      bad;
	struct tree      *t = version_read(c->object->k, c->object->tree, 0, c->version, call, c->uid, &bad);

	if (t != NULL)
		view_keep(c->object, c->version, version_trim(c->object->k, t, c->version));
	else if (v->why[0] == '\0')
		snprintf(v->why, sizeof(v->why), "%.*s", (int)sizeof(v->why) - 1, bad.message);
	tree_free(call->answer);
	forget(c);
	if (--v->waiting == 0)
		v->done(v);
}

static bool
is_asked(const struct views *v, const struct object *o, int version)
{
	for (const struct view_call *c = v->first; c != NULL; c = c->next)
		if (c->object == o && c->version == version)
			return true;
	return false;
}

bool
views_want(struct views *v, struct object *o, int version)
{
	struct view_call *c;
	struct tree      *review;

	if (view_of(o, version) != NULL)
		return true;
	if (is_asked(v, o, version))
		return false;
	c = calloc(1, sizeof(*c));
	CHECK(c != NULL);
	*c = (struct view_call){ .of = v, .next = v->first, .object = o, .version = version };
	v->first = c;
	v->waiting++;
	object_hold(o);
	consult_uid(c->uid);
	review = version_review(o->k, o->tree, version, c->uid);
	c->call = (struct hook_call){ .body = tree_text_of(review), .timeout_s = VERSION_TIMEOUT_S, .done = told,
	    .owner = c };
	tree_free(review);
	hook_begin(v->hooks, tree_at(o->k->crd, "spec.conversion.webhook.clientConfig"), &c->call);
	return false;
}

void
views_close(struct views *v)
{
	while (v->first != NULL) {
		struct view_call *c = v->first;

		hook_cancel(&c->call);
		forget(c);
	}
	v->waiting = 0;
}
