/*
 * api.c - requests to one API server: what is sent, over which connection.
 *
 * What comes back is read in answer.c.
 */
#include "k8s/api.h"

#include <string.h>

#include "k8s/api_inner.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"

_Static_assert(METRIC_COUNT(VERB) == VERB_WATCH + 1, "a label a verb");

#define SCRATCH_MAX (3 * FILE_SIZE_MAX)

static const struct verb_way {
	const char *text;
	struct str  method, content_type;
	bool        repeatable;
} ways[] = {
	[VERB_GET]    = { "get", STR_INIT("GET"), { NULL, 0 }, true },
	[VERB_LIST]   = { "list", STR_INIT("GET"), { NULL, 0 }, true },
	[VERB_CREATE] = { "create", STR_INIT("POST"), STR_INIT("application/json"), false },
	[VERB_UPDATE] = { "update", STR_INIT("PUT"), STR_INIT("application/json"), true },
	[VERB_APPLY]  = { "apply", STR_INIT("PATCH"), STR_INIT("application/apply-patch+yaml"), true },
	[VERB_MERGE]  = { "merge", STR_INIT("PATCH"), STR_INIT("application/merge-patch+json"), true },
	[VERB_DELETE] = { "delete", STR_INIT("DELETE"), STR_INIT("application/json"), true },
	[VERB_WATCH]  = { "watch", STR_INIT("GET"), { NULL, 0 }, true },
};

const char *
verb_text(enum verb v)
{
	return ways[v].text;
}

void
query_add(struct out *o, struct str key, struct str value)
{
	if (o->len > 0)
		out_char(o, '&');
	OUT(o, key, STR("="));
	kind_escape(o, value);
}

/* Server ------------------------------------------------------------------- */

/* What the Host header says: the server's URL between its scheme and its path. */
static struct str
authority(struct str server)
{
	struct str rest = str_from(server, str_starts(server, STR("https://")) ? 8 : 7), part = STR_NONE;

	str_cut(&rest, '/', &part);
	return part;
}

static void
set_client(struct api *a, struct client *cl)
{
	cl->addr = a->resolve.found;
	cl->tls = a->access->tls;
	cl->insecure = a->access->insecure;
	cl->trust = a->access->trust;
	cl->identity = a->access->identity;
	cl->name = a->access->name;
	cl->host = authority(a->access->server);
	cl->agent = a->agent;
}

static void
set_clients(struct api *a)
{
	for (int i = 0; i < LANES; i++)
		set_client(a, &a->lanes[i]);
	for (int i = 0; i < API_WATCH_CLIENTS; i++)
		set_client(a, &a->watches[i]);
}

static void
resolved(struct resolve *r)
{
	set_clients(r->owner);
}

/* Names may move: what is not known yet, or did not answer, is looked up again. */
static void
look_up(struct api *a)
{
	resolve_cancel(&a->resolve);
	a->resolve = (struct resolve){ .host = a->access->host, .port = a->access->port };
	a->resolve.done = resolved;
	a->resolve.owner = a;
	resolve_begin(&a->resolve);
}

void
api_credentials(struct api *a)
{
	const struct tls_trust    *trust = a->access->trust;
	const struct tls_identity *identity = a->access->identity;

	arena_reset(&a->scratch);
	access_refresh(a->access, &a->scratch);
	arena_reset(&a->scratch);
	set_clients(a);
	if (trust == a->access->trust && identity == a->access->identity)
		return;
	a->renewals++;
	LOG(LOG_INFO, "credentials read again", LOG_STR("server", a->access->server));
	for (int i = 0; i < LANES; i++)
		client_refresh(&a->lanes[i]);
}

static void
refresh_due(struct loop_timer *t)
{
	struct api *a = t->owner;

	api_credentials(a);
	loop_timer_set(t, loop_now_ms() + API_REFRESH_MS);
}

void
api_open(struct api *a, struct access *access, struct str agent)
{
	*a = (struct api){ .access = access, .agent = agent, .open = true };
	arena_init(&a->scratch, memory_reserve(SCRATCH_MAX), SCRATCH_MAX);
	a->lanes[LANE_CALLS].conns_max = a->lanes[LANE_LEASE].conns_max = 1;
	a->lanes[LANE_REVIEWS].conns_max = API_CONNS_MAX;
	for (int i = 0; i < API_WATCH_CLIENTS; i++)
		a->watches[i].conns_max = CLIENT_CONNS_MAX;
	look_up(a);
	set_clients(a);
	client_open(&a->lanes[LANE_CALLS]);
	a->refresh = (struct loop_timer){ .due = refresh_due, .owner = a };
	loop_timer_set(&a->refresh, loop_now_ms() + API_REFRESH_MS);
}

void
api_close(struct api *a)
{
	a->open = false;
	loop_timer_stop(&a->refresh);
	resolve_cancel(&a->resolve);
	for (int i = 0; i < LANES; i++)
		if (a->lanes[i].open)
			client_close(&a->lanes[i]);
	for (int i = 0; i < API_WATCH_CLIENTS; i++)
		if (a->watches[i].open)
			client_close(&a->watches[i]);
	memory_give_back(a->scratch.base, a->scratch.size);
}

/* Requests ----------------------------------------------------------------- */

/* 3.4.0 wrote as `manager`, and applied as `ais-operator`: so nobody's fields change hands. */
static struct str
manager_of(const struct request *r)
{
	bool writes = r->verb == VERB_CREATE || r->verb == VERB_UPDATE || r->verb == VERB_MERGE;

	if (r->manager.len > 0)
		return r->manager;
	if (r->verb == VERB_APPLY)
		return STR("ais-operator");
	return writes && r->kind != &kind_lease && r->kind != &kind_event ? STR("manager") : STR_NONE;
}

static void
print_manager(const struct request *r, struct out *query)
{
	struct str manager = manager_of(r);

	if (manager.len > 0)
		query_add(query, STR("fieldManager"), manager);
	if (r->verb == VERB_APPLY)
		query_add(query, STR("force"), STR("true"));
}

static bool
print_target(struct request *r)
{
	char       text[sizeof(r->target)];
	struct out o = out_over(r->target, sizeof(r->target)), query = out_over(text, sizeof(text));

	out_str(&o, r->api->access->path);
	kind_path(r->kind, r->ns, r->name, r->sub, &o);
	out_str(&query, r->query);
	if (r->verb == VERB_WATCH)
		query_add(&query, STR("watch"), STR("true"));
	print_manager(r, &query);
	if (query.len > 0)
		OUT(&o, STR("?"), out_view(&query));
	r->call.target = out_view(&o);
	return out_ok(&o) && out_ok(&query);
}

static void
print_fields(struct request *r)
{
	const struct access   *access = r->api->access;
	const struct verb_way *way = &ways[r->verb];
	struct out             o = out_over(r->fields, sizeof(r->fields));

	out_str(&o, STR("Accept: application/json\r\n"));
	if (access->token_len > 0)
		OUT(&o, STR("Authorization: Bearer "), ((struct str){ access->token, access->token_len }), STR("\r\n"));
	if (r->body.len > 0)
		OUT(&o, STR("Content-Type: "), way->content_type, STR("\r\n"));
	CHECK(out_ok(&o));
	r->call.fields = out_view(&o);
}

/* NULL: more watches than there is room for. */
static struct client *
client_for(struct api *a, struct request *r)
{
	if (r->verb != VERB_WATCH)
		return &a->lanes[r->lane];
	a->lanes[LANE_CALLS].conns_max = API_CONNS_MAX;
	for (int i = 0; i < API_WATCH_CLIENTS; i++)
		if (a->watching[i] < CLIENT_CONNS_MAX) {
			a->watching[i]++;
			return &a->watches[i];
		}
	return NULL;
}

static void
let_go(struct request *r)
{
	struct api *a = r->api;

	if (r->client >= a->watches && r->client < a->watches + API_WATCH_CLIENTS)
		a->watching[r->client - a->watches]--;
	r->client = NULL;
	r->busy = false;
}

static void
finish(struct request *r, struct answer *answer)
{
	let_go(r);
	r->done(r, answer);
	if (!r->busy)
		buf_reset(&r->into);
}

static void
late(struct loop_task *t)
{
	struct request *r = t->owner;
	struct answer   answer = { .outcome = OUTCOME_UNREACHABLE, .retry_after_ms = -1 };

	answer.message = str_of(r->refusal);
	finish(r, &answer);
}

static void
refuse(struct request *r, struct str why)
{
	struct out o = out_over(r->refusal, sizeof(r->refusal) - 1);

	out_str(&o, str_upto(why, o.size));
	r->refusal[o.len] = '\0';
	r->late = (struct loop_task){ .run = late, .owner = r };
	loop_soon(&r->late);
}

static bool
piece(struct call *c, struct str bytes)
{
	struct request *r = c->owner;

	return r->on_piece(r, bytes);
}

static void
begin(struct request *r)
{
	r->name_tried = r->api->access->name;
	r->renewals_tried = r->api->renewals;
	r->api->counts[r->verb]++;
	print_fields(r);
	client_begin(r->client, &r->call);
}

/* The server's certificate carries another of its names? */
static bool
try_other_name(struct request *r)
{
	struct access *access = r->api->access;
	struct str     tried = access->name;

	if (access->other_name.len == 0)
		return false;
	if (str_eq(tried, r->name_tried)) {
		access->name = access->other_name;
		access->other_name = tried;
		set_clients(r->api);
	}
	return true;
}

/* The CA has been replaced since, or its certificate carries another of the server's names? */
static bool
try_other_trust(struct request *r)
{
	api_credentials(r->api);
	return r->renewals_tried != r->api->renewals || try_other_name(r);
}

/* After a 401 with what may be a newer token, without trust with a newer CA or the other name: once. */
static bool
send_again(struct request *r)
{
	if (r->sent_again)
		return false;
	if (r->call.outcome == OUTCOME_ANSWERED && r->call.status == 401)
		api_credentials(r->api);
	else if (r->call.outcome != OUTCOME_TLS || !try_other_trust(r))
		return false;
	r->sent_again = true;
	begin(r);
	return true;
}

static void
answered(struct call *c)
{
	struct request *r = c->owner;
	struct api     *a = r->api;
	struct answer   answer;

	if (send_again(r))
		return;
	if (c->outcome == OUTCOME_UNREACHABLE)
		look_up(a);
	answer_read(a, c, &answer);
	metric_add(METRIC_API_CALLS + METRIC_CODES * r->verb + metric_code(c->status), 1);
	finish(r, &answer);
}

void
api_send(struct api *a, struct request *r)
{
	const struct verb_way *way = &ways[r->verb];

	CHECK(!r->busy && a->open);
	CHECK((r->on_piece != NULL) == (r->verb == VERB_WATCH));
	if (r->into.base == NULL)
		buf_init(&r->into, API_ANSWER_MAX);
	r->api = a;
	r->busy = true;
	r->sent_again = false;
	r->call = (struct call){ .method = way->method, .body = r->body.len > 0 ? r->body : STR_NONE, .owner = r,
		.deadline_ms = r->deadline_ms > 0 ? r->deadline_ms : clock_mono_ms() + API_CALL_MS,
		.repeatable = way->repeatable, .done = answered, .into = &r->into,
		.on_piece = r->on_piece != NULL ? piece : NULL };
	if (a->resolve.found.ip_len == 0)
		look_up(a);
	r->client = client_for(a, r);
	if (!print_target(r))
		refuse(r, STR("the names in this request are too long"));
	else if (r->body.len > API_BODY_MAX)
		refuse(r, STR("the object is over 3 MiB, which no API server takes"));
	else if (r->client == NULL)
		refuse(r, STR("too many watches: watch fewer namespaces"));
	else if (a->resolve.found.ip_len == 0)
		refuse(r, a->resolve.why[0] != '\0' ? str_of(a->resolve.why) : STR("the server's name is being looked up"));
	else {
		if (!r->client->open)
			client_open(r->client);
		begin(r);
	}
}

void
api_cancel(struct request *r)
{
	if (!r->busy)
		return;
	if (r->late.queued)
		loop_soon_cancel(&r->late);
	else
		client_cancel(r->client, &r->call);
	let_go(r);
	buf_reset(&r->into);
}
