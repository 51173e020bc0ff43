/* apiserver.c - requests come in, are known by their token, and find their way. */
#include "tests/fake/apiserver_inner.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/clock.h"

#define CONNS_MAX 512

static void
copy(char *to, size_t size, struct str s)
{
	struct out o = out_over(to, size - 1);

	out_str(&o, str_upto(s, size - 1));
	to[o.len] = '\0';
}

/* Whose request is it?  False: nobody's that is known. */
static bool
know_user(struct asked *a)
{
	struct apiserver *s = a->server;
	struct str        given = a->x->head.authorization;

	if (s->token_count == 0) {
		copy(a->user, sizeof(a->user), STR("system:admin"));
		return true;
	}
	if (!str_starts(given, STR("Bearer ")))
		return false;
	given = str_trim(str_from(given, 7));
	for (int i = 0; i < s->token_count; i++)
		if (str_eq(given, str_of(s->tokens[i].token))) {
			copy(a->user, sizeof(a->user), str_of(s->tokens[i].user));
			return true;
		}
	return false;
}

static const char *
verb_of(const struct asked *a)
{
	struct str m = a->x->head.method;
	bool       one = a->target.name.len > 0;

	if (str_eq(m, STR("GET")) || str_eq(m, STR("HEAD")))
		return target_true(&a->target, "watch") ? "watch" : one || !a->target.is_resource ? "get" : "list";
	if (str_eq(m, STR("POST")))
		return "create";
	if (str_eq(m, STR("PUT")))
		return "update";
	if (str_eq(m, STR("PATCH")))
		return "patch";
	return str_eq(m, STR("DELETE")) ? one ? "delete" : "deletecollection" : "";
}

static void
find_resource(struct asked *a)
{
	const struct target *t = &a->target;

	a->k = t->is_resource ? registry_resource(a->server->registry, t->group, t->plural) : NULL;
	a->version = a->k == NULL ? -1 : resource_version(a->k, t->version);
	if (a->version < 0)
		a->k = NULL;
}

static bool
is_open(const struct asked *a)
{
	struct str first = a->target.part_count > 0 ? a->target.parts[0] : STR("");

	return str_eq(first, STR("healthz")) || str_eq(first, STR("livez")) || str_eq(first, STR("readyz")) ||
	    str_eq(first, STR("version"));
}

static void
route(struct asked *a)
{
	bool known = know_user(a);

	if (a->target.part_count > 0 && str_eq(a->target.parts[0], STR("devcluster")))
		switches_run(a);
	else if (!known && !is_open(a))
		asked_bad(a, reply_bad(401, "Unauthorized", "Unauthorized"));
	else if (!switches_catch(a))
		asked_run(a);
}

/* Its definition may have changed while it waited. */
void
asked_run(struct asked *a)
{
	find_resource(a);
	consult_start(&a->consult);
	if (a->k != NULL)
		verbs_run(a);
	else if (!reviews_run(a))
		discovery_run(a);
}

static void
run_again(struct consult *c)
{
	asked_run(c->owner);
}

static void
gone(struct exchange *x)
{
	struct asked *a = x->user;

	asked_end(a, watch_leave(a) ? 200 : 0);
}

/* The server keeps only what it needs of a head; this one is for the audit log. */
static struct str
user_agent(const struct exchange *x)
{
	struct str head = { x->head.method.at, x->head.size }, line, key;

	while (str_cut(&head, '\n', &line))
		if (str_cut(&line, ':', &key) && line.at != NULL && key.len == 10 &&
		    strncasecmp(key.at, "user-agent", 10) == 0)
			return str_trim(line);
	return STR("");
}

static void
note_request(struct asked *a)
{
	a->received_us = clock_wall_us();
	a->peer = a->x->peer;
	copy(a->uri, sizeof(a->uri), a->x->head.target);
	copy(a->agent, sizeof(a->agent), user_agent(a->x));
}

static void
handle(struct exchange *x)
{
	struct apiserver *s = x->server->owner;
	struct asked     *a = calloc(1, sizeof(*a));

	CHECK(a != NULL);
	a->server = s;
	a->x = x;
	note_request(a);
	x->user = a;
	x->gone = gone;
	s->requests++;
	if (!target_parse(x->head.target, &a->target)) {
		a->verb = "get";
		asked_bad(a, reply_bad(400, "BadRequest", "the request's target is not understood"));
		return;
	}
	a->verb = verb_of(a);
	a->consult = (struct consult){ .hooks = s->hooks, .again = run_again, .owner = a };
	a->views.hooks = s->hooks;
	find_resource(a);
	route(a);
}

static void
changed(const struct resource *k, enum registry_event e, const struct tree *old, const struct tree *new,
    void *owner)
{
	struct apiserver *s = owner;

	(void)k, (void)e, (void)old, (void)new;
	if (s->watches != NULL && !s->silent)
		loop_soon(&s->pump);
}

bool
apiserver_add_token(struct apiserver *s, const char *token, const char *user)
{
	CHECK(strlen(token) < APISERVER_TOKEN_MAX && strlen(user) < APISERVER_TOKEN_MAX);
	if (s->token_count == APISERVER_TOKENS_MAX)
		return false;
	copy(s->tokens[s->token_count].token, APISERVER_TOKEN_MAX, str_of(token));
	copy(s->tokens[s->token_count++].user, APISERVER_TOKEN_MAX, str_of(user));
	return true;
}

struct apiserver *
apiserver_open(const struct apiserver_config *c, const char **why)
{
	struct apiserver *s = calloc(1, sizeof(*s));

	CHECK(s != NULL);
	s->registry = c->registry;
	s->hooks = hooks_open(c->registry);
	s->hold_after = -1;
	s->pump = (struct loop_task){ .run = watch_pump, .owner = s };
	s->later.owner = s;
	s->net = (struct server){ .at = c->at, .identity = c->identity, .handle = handle, .owner = s,
	    .conns_max = CONNS_MAX, .body_max = APISERVER_BODY_MAX, .pending_max = 64u << 20, .idle_ms = 90000 };
	for (int i = 0; i < c->token_count; i++)
		CHECK(apiserver_add_token(s, c->tokens[i].token, c->tokens[i].user));
	if (c->audit_path != NULL && (s->audit = fopen(c->audit_path, "a")) == NULL)
		*why = "the audit log cannot be written";
	else if (server_open(&s->net, why)) {
		registry_on_change(c->registry, changed, s);
		return s;
	}
	if (s->audit != NULL)
		fclose(s->audit);
	hooks_close(s->hooks);
	free(s);
	return NULL;
}

void
apiserver_close(struct apiserver *s)
{
	server_close(&s->net);
	loop_soon_cancel(&s->pump);
	loop_timer_stop(&s->later);
	hooks_close(s->hooks);
	if (s->audit != NULL)
		fclose(s->audit);
	registry_forget(s->registry, s);
	free(s);
}

struct addr
apiserver_addr(const struct apiserver *s)
{
	return s->net.at;
}
