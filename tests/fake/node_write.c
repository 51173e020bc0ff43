/* node_write.c - what the node side writes: in order, a few at a time, again after trouble. */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/log.h"

#define AGAIN_MS 300
#define TRIES    100

static void pump(struct node_side *n);

static void
write_free(struct write *w)
{
	free((void *)(uintptr_t)w->body.at);
	free(w);
}

static bool
may_pass(const struct answer *a)
{
	return a->outcome != OUTCOME_ANSWERED || a->status == 429 || a->status >= 500;
}

static void
answered(struct request *r, const struct answer *a)
{
	struct writer    *wr = r->owner;
	struct write     *w = wr->write;
	struct node_side *n = w->side;

	if (may_pass(a) && ++w->tries < TRIES) {
		wr->write = NULL;
		w->next = n->first;
		n->first = w;
		if (n->last == NULL)
			n->last = w;
		loop_timer_set(&n->again, loop_now_ms() + AGAIN_MS);
		return;
	}
	if (!a->ok && a->status != 404 && a->status != 409)
		LOG(LOG_WARN, "the API server refused a write of the node side", LOG_STR("kind", w->kind->name),
		    LOG_STR("name", str_of(w->name)), LOG_STR("why", a->message));
	if (w->done != NULL)
		w->done(n, w, a);
	write_free(w);
	wr->write = NULL;
	pump(n);
}

static void
send(struct node_side *n, struct writer *wr, struct write *w)
{
	wr->write = w;
	wr->request.verb = w->verb;
	wr->request.kind = w->kind;
	wr->request.ns = str_of(w->ns);
	wr->request.name = w->verb == VERB_CREATE ? STR_NONE : str_of(w->name);
	wr->request.sub = str_of(w->sub);
	wr->request.query = STR_NONE;
	wr->request.body = w->body;
	wr->request.done = answered;
	wr->request.owner = wr;
	api_send(n->api, &wr->request);
}

static void
pump(struct node_side *n)
{
	for (int i = 0; i < NODE_WRITERS && n->first != NULL; i++) {
		struct write *w = n->first;

		if (n->writers[i].write != NULL)
			continue;
		n->first = w->next;
		if (n->first == NULL)
			n->last = NULL;
		w->next = NULL;
		send(n, &n->writers[i], w);
	}
}

static void
again(struct loop_timer *t)
{
	pump(t->owner);
}

void
node_write(struct node_side *n, enum verb verb, const struct kind *k, struct str ns, struct str name,
    const char *sub, struct tree *body, struct str about,
    void (*done)(struct node_side *, const struct write *, const struct answer *))
{
	struct write *w = calloc(1, sizeof(*w));

	w->side = n;
	w->verb = verb;
	w->kind = k;
	w->done = done;
	snprintf(w->ns, sizeof(w->ns), STR_FMT, STR_ARG(ns));
	snprintf(w->name, sizeof(w->name), STR_FMT, STR_ARG(name));
	snprintf(w->sub, sizeof(w->sub), "%s", sub);
	snprintf(w->about, sizeof(w->about), STR_FMT, STR_ARG(about));
	if (body != NULL)
		w->body = tree_text_of(body);
	tree_free(body);
	if (n->first == NULL)
		n->first = w;
	else
		n->last->next = w;
	n->last = w;
	n->again.due = again;
	n->again.owner = n;
	pump(n);
}

void
node_write_stop(struct node_side *n)
{
	loop_timer_stop(&n->again);
	for (int i = 0; i < NODE_WRITERS; i++)
		if (n->writers[i].write != NULL) {
			api_cancel(&n->writers[i].request);
			write_free(n->writers[i].write);
			n->writers[i].write = NULL;
		}
	while (n->first != NULL) {
		struct write *w = n->first;

		n->first = w->next;
		write_free(w);
	}
	n->last = NULL;
}
