/*
 * client.c - the calls of one client: who waits, who gets which connection.
 *
 * Calls are handed to connections by a task, never from inside a callback.
 */
#include "net/client.h"

#include "kernel/check.h"
#include "kernel/memory.h"
#include "net/link.h"

const char *
outcome_text(enum outcome o)
{
	switch (o) {
	case OUTCOME_ANSWERED:
		return "answered";
	case OUTCOME_UNREACHABLE:
		return "unreachable";
	case OUTCOME_TLS:
		return "no trust";
	case OUTCOME_CUT:
		return "cut";
	case OUTCOME_LATE:
		return "late";
	case OUTCOME_TOO_BIG:
		return "too big";
	case OUTCOME_BAD_ANSWER:
		return "bad answer";
	case OUTCOME_CANCELLED:
		return "cancelled";
	}
	check_failed("a known outcome", __FILE__, __LINE__);
}

/* Calls ------------------------------------------------------------------- */

void
call_end(struct call *c, enum outcome o)
{
	loop_timer_stop(&c->deadline);
	c->link = NULL;
	c->client = NULL;
	c->outcome = o;
	c->done(c);
}

static struct call *
take_first(struct client *cl)
{
	struct call *c = cl->first;

	cl->first = c->next;
	if (cl->first == NULL)
		cl->last = &cl->first;
	return c;
}

static bool
unlink_from(struct call **at, const struct call *c)
{
	while (*at != NULL && *at != c)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	*at = c->next;
	return true;
}

/* Out of the queue, or of those that client_close() is about to end. */
static void
unlink_call(struct client *cl, const struct call *c)
{
	if (!unlink_from(&cl->first, c))
		CHECK(unlink_from(&cl->ending, c));
	for (cl->last = &cl->first; *cl->last != NULL;)
		cl->last = &(*cl->last)->next;
}

void
client_again(struct client *cl, struct call *c)
{
	c->sent_again = true;
	c->link = NULL;
	c->next = cl->first;
	if (cl->first == NULL)
		cl->last = &c->next;
	cl->first = c;
	loop_soon(&cl->pump);
}

static void
late(struct loop_timer *t)
{
	struct call   *c = t->owner;
	struct client *cl = c->client;

	if (c->link != NULL) {
		link_late(c->link);
		return;
	}
	unlink_call(cl, c);
	call_why(c, &cl->addr, STR("no connection to "), STR(" became free in time"));
	call_end(c, OUTCOME_UNREACHABLE);
}

void
client_begin(struct client *cl, struct call *c)
{
	CHECK(cl->links != NULL && c->done != NULL);
	c->outcome = OUTCOME_CANCELLED;
	c->status = 0;
	c->retry_after_s = -1;
	c->warning[0] = c->why[0] = '\0';
	c->client = cl;
	c->link = NULL;
	c->sent_again = false;
	if (c->into != NULL)
		buf_reset(c->into);
	c->next = NULL;
	*cl->last = c;
	cl->last = &c->next;
	c->deadline = (struct loop_timer){ .due = late, .owner = c };
	loop_timer_set(&c->deadline, c->deadline_ms);
	loop_soon(&cl->pump);
}

void
client_cancel(struct client *cl, struct call *c)
{
	if (c->client == NULL)
		return;
	CHECK(c->client == cl);
	loop_timer_stop(&c->deadline);
	if (c->link != NULL)
		link_drop(c->link);
	else
		unlink_call(cl, c);
	c->link = NULL;
	c->client = NULL;
}

/* Connections ------------------------------------------------------------- */

void
client_free(struct client *cl)
{
	if (cl->open)
		loop_soon(&cl->pump);
}

static void
drop_idle(struct client *cl)
{
	for (int i = 0; i < CLIENT_CONNS_MAX; i++) {
		if (link_idle(&cl->links[i]))
			link_drop(&cl->links[i]);
	}
}

void
client_silent(struct client *cl)
{
	if (cl->open)
		drop_idle(cl);
}

void
client_refresh(struct client *cl)
{
	if (!cl->open)
		return;
	drop_idle(cl);
	for (int i = 0; i < CLIENT_CONNS_MAX; i++)
		if (cl->links[i].used)           /* what was never used is not touched */
			cl->links[i].stale = true;
}

/* A kept connection to where the client now points. */
static struct link *
find_idle(struct client *cl)
{
	for (int i = 0; i < CLIENT_CONNS_MAX; i++) {
		struct link *l = &cl->links[i];

		if (link_idle(l) && addr_eq(&l->conn.peer, &cl->addr))
			return l;
		if (link_idle(l))
			link_drop(l);
	}
	return NULL;
}

/* An empty place, if one more connection is allowed. */
static struct link *
find_place(struct client *cl)
{
	struct link *place = NULL;
	int          used = 0;

	for (int i = 0; i < CLIENT_CONNS_MAX; i++) {
		if (cl->links[i].used)
			used++;
		else if (place == NULL)
			place = &cl->links[i];
	}
	return used < cl->conns_max ? place : NULL;
}

/* The first waiting call gets its connection.  False: enough for now. */
static bool
place_first(struct client *cl)
{
	bool         new = cl->first->sent_again;
	struct link *l = find_idle(cl);

	if (l != NULL && new) {
		link_drop(l);            /* as old as the one that let us down */
		return true;
	}
	if (l != NULL) {
		link_send(l, take_first(cl));
		return true;
	}
	l = find_place(cl);
	return l != NULL && link_dial(l, cl, take_first(cl));
}

static void
cancel(const struct client *cl, struct call *c)
{
	call_why(c, &cl->addr, STR("the connections to "), STR(" were closed on this side"));
	call_end(c, OUTCOME_CANCELLED);
}

/* After a call that failed at once the others wait for the next run: done()
 * may have begun it anew. */
static void
pump(struct loop_task *t)
{
	struct client *cl = t->owner;

	while (cl->open && cl->first != NULL && place_first(cl))
		continue;
	if (cl->open || cl->first == NULL)
		return;
	loop_soon(&cl->pump);
	cancel(cl, take_first(cl));
}

/* Beginning and end ------------------------------------------------------- */

void
client_open(struct client *cl)
{
	CHECK(!cl->open && cl->conns_max >= 1 && cl->conns_max <= CLIENT_CONNS_MAX);
	if (cl->links == NULL) {
		cl->links = memory_reserve(CLIENT_CONNS_MAX * sizeof(*cl->links));
		cl->last = &cl->first;
		cl->pump = (struct loop_task){ .run = pump, .owner = cl };
	}
	cl->open = true;
}

/* done() may begin calls: those wait in the queue, and end in a turn of their own. */
void
client_close(struct client *cl)
{
	struct call *c, **last = &cl->ending;

	if (!cl->open)
		return;
	while (*last != NULL)
		last = &(*last)->next;
	cl->open = false;
	loop_soon_cancel(&cl->pump);
	for (int i = 0; i < CLIENT_CONNS_MAX; i++) {
		struct link *l = &cl->links[i];

		if ((c = l->call) != NULL) {
			*last = c;
			last = &c->next;
			c->link = NULL;
		}
		if (l->used)
			link_drop(l);
	}
	*last = cl->first;
	cl->first = NULL;
	cl->last = &cl->first;
	while ((c = cl->ending) != NULL) {
		cl->ending = c->next;
		cancel(cl, c);
	}
}
