/* switches.c - what tests may do to the API server: see apiserver.h. */
#include <string.h>

#include "kernel/check.h"
#include "tests/fake/apiserver_inner.h"

#define LATER_MS 20       /* the answer to the switch is out by then */

static void
copy(char *to, size_t size, struct str s)
{
	struct out o = out_over(to, size - 1);

	out_str(&o, str_upto(s, size - 1));
	to[o.len] = '\0';
}

static void
open_again(struct apiserver *s)
{
	const char *why;

	if (s->compact_after)
		registry_compact(s->registry);
	s->compact_after = s->closed = false;
	CHECK(server_open(&s->net, &why));
}

static void
later(struct loop_timer *t)
{
	struct apiserver *s = t->owner;

	if (s->closed) {
		open_again(s);
		return;
	}
	server_close(&s->net);
	s->closed = true;
	if (s->refuse_ms == 0)
		open_again(s);
	else
		loop_timer_set(t, loop_now_ms() + s->refuse_ms);
}

static void
close_later(struct asked *a)
{
	struct apiserver *s = a->server;

	s->refuse_ms = target_int(&a->target, "ms", 0);
	s->compact_after = target_true(&a->target, "compact");
	s->later.due = later;
	loop_timer_set(&s->later, loop_now_ms() + LATER_MS);
}

static void
inject(struct asked *a)
{
	struct apiserver *s = a->server;

	s->inject_code = (int)target_int(&a->target, "code", 500);
	s->inject_count = (int)target_int(&a->target, "count", 1);
	s->inject_retry_s = (int)target_int(&a->target, "retry-after", 0);
	copy(s->inject_user, sizeof(s->inject_user), target_query(&a->target, "user"));
	copy(s->inject_verb, sizeof(s->inject_verb), target_query(&a->target, "verb"));
}

static bool
rotate(struct asked *a)
{
	struct apiserver *s = a->server;

	for (int i = 0; i < s->token_count; i++)
		if (str_eq(str_of(s->tokens[i].token), target_query(&a->target, "old"))) {
			copy(s->tokens[i].token, APISERVER_TOKEN_MAX, target_query(&a->target, "new"));
			return true;
		}
	return false;
}

static void
state(struct asked *a)
{
	struct tree *t = tree_object();
	int          watches = 0;

	for (const struct watch *w = a->server->watches; w != NULL; w = w->next)
		watches++;
	tree_set_int(t, "version", (int64_t)registry_version(a->server->registry));
	tree_set_int(t, "requests", (int64_t)a->server->requests);
	tree_set_int(t, "watches", watches);
	tree_set_int(t, "held", a->server->held);
	tree_set_int(t, "injecting", a->server->inject_count);
	asked_tree(a, 200, t, NULL);
}

static void
silence(struct asked *a)
{
	a->server->silent = !str_eq(target_query(&a->target, "on"), STR("0"));
	if (!a->server->silent)
		loop_soon(&a->server->pump);
}

static void
hold(struct asked *a)
{
	a->server->hold_after = target_int(&a->target, "after", -1);
	a->server->held = 0;
	copy(a->server->hold_user, sizeof(a->server->hold_user), target_query(&a->target, "user"));
}

static bool
deny(struct asked *a)
{
	struct apiserver *s = a->server;
	int               most = (int)(sizeof(s->denied) / sizeof(s->denied[0]));

	if (!target_has(&a->target, "user"))
		s->denied_count = 0;
	else if (s->denied_count == most)
		return false;
	else {
		copy(s->denied[s->denied_count].user, sizeof(s->denied[0].user), target_query(&a->target, "user"));
		copy(s->denied[s->denied_count++].resource, sizeof(s->denied[0].resource),
		    target_query(&a->target, "resource"));
	}
	return true;
}

void
switches_run(struct asked *a)
{
	struct str name = a->target.part_count == 2 ? a->target.parts[1] : STR("");
	bool       known = true;

	if (str_eq(name, STR("state"))) {
		state(a);
		return;
	}
	if (str_eq(name, STR("kill")) || str_eq(name, STR("refuse")))
		close_later(a);
	else if (str_eq(name, STR("silence")))
		silence(a);
	else if (str_eq(name, STR("inject")))
		inject(a);
	else if (str_eq(name, STR("cut")))
		a->server->cut = true;
	else if (str_eq(name, STR("compact"))) {
		watch_pump(&a->server->pump);
		registry_compact(a->server->registry);
	} else if (str_eq(name, STR("rotate")))
		known = rotate(a);
	else if (str_eq(name, STR("hold")))
		hold(a);
	else if (str_eq(name, STR("deny")))
		known = deny(a);
	else
		known = false;
	if (known)
		asked_text(a, 200, STR("text/plain"), STR("ok\n"));
	else
		asked_text(a, 404, STR("text/plain"), STR("there is no such switch\n"));
}

static bool
is_by(const struct asked *a, const char *user)
{
	return user[0] == '\0' || strcmp(user, a->user) == 0;
}

/* Never answered, nor carried out: as if the process had ended before. */
static bool
is_held(struct asked *a)
{
	struct apiserver *s = a->server;

	if (s->hold_after < 0 || !is_by(a, s->hold_user) || strcmp(a->verb, "watch") == 0 ||
	    str_eq(a->target.plural, STR("leases")))
		return false;
	if (s->hold_after > 0) {
		s->hold_after--;
		return false;
	}
	s->held++;
	return true;
}

static struct reply
injected(const struct apiserver *s)
{
	struct reply r = s->inject_code == 429
	    ? reply_bad(429, "TooManyRequests", "the server has received too many requests and has asked us to try "
	    "again later")
	    : s->inject_code == 503 ? reply_bad(503, "ServiceUnavailable", "the server is currently unable to "
	    "handle the request")
	    : reply_bad(s->inject_code, "InternalError", "Internal error occurred: a test wants it so");

	r.retry_after_s = s->inject_retry_s;
	return r;
}

bool
switches_catch(struct asked *a)
{
	struct apiserver *s = a->server;

	if (is_held(a))
		return true;
	if (s->inject_count == 0 || !is_by(a, s->inject_user) ||
	    (s->inject_verb[0] != '\0' && strcmp(s->inject_verb, a->verb) != 0))
		return false;
	s->inject_count--;
	asked_bad(a, injected(s));
	return true;
}
