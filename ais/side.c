/*
 * side.c - questions to AIS, one at a time, and what became of them (behaviour.md A3, aisnode.md 3).
 */
#include "ais/side.h"

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/json_out.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"

static struct side_fact *
fact_of(struct side *s, enum act_kind asked)
{
	switch (asked) {
	case ACT_ASK_READY:  return &s->ready;
	case ACT_ASK_MAP:    return &s->map;
	case ACT_SET_CONFIG: return &s->config;
	case ACT_STOP_AIS:   return &s->stop;
	case ACT_PROVE_ABSENT: case ACT_ADD_FINALIZER: case ACT_APPLY: case ACT_CREATE: case ACT_SCALE:
	case ACT_DELETE: case ACT_ANNOTATE: case ACT_STATUS: case ACT_EVENT: case ACT_DROP_FINALIZER:
		break;
	}
	check_failed("an act for AIS", __FILE__, __LINE__);
}

static struct str
question_text(enum act_kind asked)
{
	if (asked == ACT_ASK_READY)
		return STR("asking AIS whether it is up");
	if (asked == ACT_ASK_MAP)
		return STR("asking AIS for its cluster map");
	return asked == ACT_SET_CONFIG ? STR("telling AIS its configuration") : STR("telling AIS to shut down");
}

static void
learn(struct side *s, enum act_kind asked, enum heard heard, struct str why)
{
	struct side_fact *f = fact_of(s, asked);
	struct out        o = out_over(f->why, sizeof(f->why) - 1);

	if (heard != HEARD_YES) {
		OUT(&o, question_text(asked), STR(": "));
		out_str(&o, str_upto(why, o.size - o.len));
		s->poll_ms = s->poll_ms == 0 ? SIDE_POLL_FIRST_MS : s->poll_ms * 2;
		if (s->poll_ms > SIDE_POLL_LAST_MS)
			s->poll_ms = SIDE_POLL_LAST_MS;
	} else if (asked != ACT_ASK_MAP)
		s->poll_ms = 0;
	f->why[o.len] = '\0';
	f->heard = heard;
	f->at_ms = clock_mono_ms();
	s->ask_again_ms = f->at_ms + (s->poll_ms == 0 ? SIDE_POLL_FIRST_MS : s->poll_ms);
	if (asked == ACT_ASK_MAP && heard == HEARD_YES && s->poll_ms < SIDE_POLL_LAST_MS)
		s->poll_ms = s->poll_ms == 0 ? SIDE_POLL_FIRST_MS : s->poll_ms * 2;
}

/* aisnode answers errors as JSON with a message, or with nothing at all. */
static struct str
refusal(struct side *s, int status, char *text, size_t size)
{
	struct json_token tokens[64];
	struct json_doc   d;
	struct out        o = out_over(text, size);
	struct str        said = STR_NONE;

	if (json_parse(&d, buf_view(&s->into), tokens, 64) == JSON_OK)
		said = json_raw(json_get(json_root(&d), STR("message")));
	out_str(&o, STR("it answered "));
	out_int(&o, status);
	if (said.len > 0)
		OUT(&o, STR(", "), str_upto(said, size / 2));
	else if (status == 503)
		out_str(&o, STR(", it is starting up"));
	return out_view(&o);
}

static void
answered_map(struct side *s)
{
	struct str text;

	arena_reset(&s->arena);
	text = arena_copy(&s->arena, buf_view(&s->into));
	if (smap_parse(text, &s->arena, &s->smap))
		learn(s, ACT_ASK_MAP, HEARD_YES, STR_NONE);
	else
		learn(s, ACT_ASK_MAP, HEARD_FAILED, STR("what it answered is not a cluster map"));
}

/* A closed connection is how AIS answers a shutdown that it carries out. */
static void
answered(struct call *c)
{
	struct side *s = c->owner;
	char         text[256];

	s->asking = false;
	metric_add(METRIC_AIS_CALLS + metric_code(c->status), 1);
	if (c->outcome != OUTCOME_ANSWERED)
		learn(s, s->asked, s->asked == ACT_STOP_AIS && c->outcome == OUTCOME_CUT ? HEARD_YES : HEARD_FAILED,
		    str_of(c->why));
	else if (c->status >= 400)
		learn(s, s->asked, c->status == 503 ? HEARD_NO : HEARD_FAILED,
		    refusal(s, c->status, text, sizeof(text)));
	else if (s->asked == ACT_ASK_MAP)
		answered_map(s);
	else
		learn(s, s->asked, HEARD_YES, STR_NONE);
	buf_reset(&s->into);
	s->answered(s);
}

static void
reserve(struct side *s)
{
	if (s->reserved)
		return;
	buf_init(&s->into, SIDE_ANSWER_MAX);
	arena_init(&s->arena, memory_reserve(3 * SIDE_ANSWER_MAX), 3 * SIDE_ANSWER_MAX);
	s->client = (struct client){ .conns_max = 1, .agent = STR("ais-operator") };
	s->reserved = true;
}

static void
address(struct side *s, const struct addr *proxy)
{
	struct out o = out_over(s->host, sizeof(s->host));

	if (s->client.open && !addr_eq(&s->client.addr, proxy))
		client_refresh(&s->client);
	addr_print(&o, proxy);
	s->client.addr = *proxy;
	s->client.host = out_view(&o);
	if (!s->client.open)
		client_open(&s->client);
}

/* {"action":...,"name":"","value":...}: the order of the Go operator. */
static struct str
command(struct side *s, struct str action, struct str value)
{
	struct out o = out_over(s->body, sizeof(s->body));

	OUT(&o, STR("{\"value\":"), value, STR(",\"action\":\""), action, STR("\",\"name\":\"\"}"));
	return out_ok(&o) ? out_view(&o) : STR_NONE;
}

void
side_ask(struct side *s, const struct act *a, const struct addr *proxy)
{
	struct out hash = out_over(s->config_hash, sizeof(s->config_hash));
	struct str body = STR_NONE, target = STR("/v1/cluster"), method = STR("PUT");

	CHECK(!s->asking);
	reserve(s);
	address(s, proxy);
	switch (a->kind) {
	case ACT_ASK_READY:
		method = STR("GET");
		target = STR("/v1/health?prr=true");
		break;
	case ACT_ASK_MAP:
		method = STR("GET");
		target = STR("/v1/daemon?what=smap");
		break;
	case ACT_SET_CONFIG:
		out_str(&hash, a->name);
		body = command(s, STR("set-config"), a->body);
		break;
	case ACT_STOP_AIS:
		body = command(s, STR("shutdown"), STR("null"));
		break;
	case ACT_PROVE_ABSENT: case ACT_ADD_FINALIZER: case ACT_APPLY: case ACT_CREATE: case ACT_SCALE:
	case ACT_DELETE: case ACT_ANNOTATE: case ACT_STATUS: case ACT_EVENT: case ACT_DROP_FINALIZER:
		check_failed("an act for AIS", __FILE__, __LINE__);
	}
	s->asked = a->kind;
	s->asking = true;
	s->calls++;
	s->call = (struct call){
		.method = method, .target = target, .body = body,
		.fields = body.len > 0 ? STR("Content-Type: application/json\r\n") : STR_NONE,
		.deadline_ms = clock_mono_ms() + SIDE_CALL_MS, .repeatable = a->kind != ACT_STOP_AIS,
		.done = answered, .owner = s, .into = &s->into,
	};
	client_begin(&s->client, &s->call);
}

void
side_cannot(struct side *s, const struct act *a, struct str why)
{
	learn(s, a->kind, HEARD_FAILED, why);
}

void
side_changed(struct side *s)
{
	s->ready.heard = s->map.heard = s->config.heard = HEARD_NOTHING;
	s->poll_ms = 0;
	s->ask_again_ms = 0;
}

void
side_rest(struct side *s)
{
	if (s->asking)
		client_cancel(&s->client, &s->call);
	s->asking = false;
	if (s->client.open)
		client_close(&s->client);
	if (s->reserved)
		memory_give_back(s->arena.base, s->arena.size);
	side_changed(s);
	s->stop.heard = HEARD_NOTHING;
}

static struct fact
fact(const struct side_fact *f)
{
	return (struct fact){ f->heard, f->at_ms, str_of(f->why) };
}

void
side_facts(const struct side *s, struct ais_facts *out)
{
	*out = (struct ais_facts){
		.ready = fact(&s->ready), .map = fact(&s->map), .config = fact(&s->config), .stop = fact(&s->stop),
		.smap = s->map.heard == HEARD_YES ? &s->smap : NULL,
		.config_hash = str_of(s->config_hash),
		.ask_again_ms = s->ask_again_ms, .asking = s->asking,
	};
}
