/*
 * own_certs.c - looks, plans, does one thing, looks again.
 *
 * Three reflectors keep what stands in the cluster; certs_plan() says what to
 * do about it; one request at a time does it.
 */
#include "webhook/own_certs.h"

#include <string.h>

#include "kernel/base64.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/hash.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/random.h"
#include "webhook/certs.h"

#define RECORDS_MAX 8
#define STORE_BYTES (8u << 20)
#define TRIES_SAID  4            /* that many writes in a row are worth a warning */

_Static_assert((int)OWN_CERTS_OBJECTS == (int)CERTS_OBJECTS, "one reflector each");

static struct str
name_of(const struct own_certs *c, enum certs_object o)
{
	return o == CERTS_SECRET ? c->secret : o == CERTS_HOOKS ? c->configuration : c->crd;
}

static struct str
ns_of(const struct own_certs *c, enum certs_object o)
{
	return o == CERTS_SECRET ? c->ns : STR_NONE;
}

static struct certify_names
names_of(const struct own_certs *c)
{
	return (struct certify_names){ c->service, c->ns, c->domain };
}

static const struct record *
record_of(const struct own_certs *c, enum certs_object o)
{
	return store_find(&c->store, &certs_views[o], ns_of(c, o), name_of(c, o));
}

/* The list is narrowed to one name, so what it does not hold is not there. */
static enum certs_known
known(const struct own_certs *c, enum certs_object o)
{
	if (record_of(c, o) != NULL)
		return CERTS_THERE;
	return c->reflectors[o].listed_once ? CERTS_ABSENT : CERTS_UNKNOWN;
}

/* Looking -------------------------------------------------------------------- */

static void
look_at_holder(const struct own_certs *c, enum certs_object o, struct str bundle, struct certs_holder *h)
{
	struct certs_place places[CERTS_PLACES_MAX];
	int                count;

	*h = (struct certs_holder){ .known = known(c, o) };
	if (h->known != CERTS_THERE)
		return;
	count = certs_places(record_of(c, o), places);
	for (int i = 0; i < count; i++)
		h->wrong += !str_eq(places[i].bundle, bundle);
}

/* Judging costs some milliseconds: once for each content. */
static void
judge(struct own_certs *c, const struct certs_secret *s)
{
	struct certify_names names = names_of(c);
	uint64_t             of = sha256_u64(record_of(c, CERTS_SECRET)->kept);

	if (of == c->pair_of)
		return;
	certs_pair_read(s, &names, &c->arena, c->pair);
	c->pair_of = of;
}

static void
look(struct own_certs *c, struct certs_world *w)
{
	struct certs_secret s = { .ours = false };

	*w = (struct certs_world){ .now_s = clock_wall_us() / 1000000, .now_ms = clock_mono_ms(),
		.secret = known(c, CERTS_SECRET), .served = c->served, .served_until_s = c->until_s };
	if (w->secret == CERTS_THERE) {
		certs_secret_view(record_of(c, CERTS_SECRET), &s);
		judge(c, &s);
		w->pair = *c->pair;
	}
	w->ours = s.ours;
	for (enum certs_object o = CERTS_SECRET; o < CERTS_OBJECTS; o++) {
		w->rests_ms[o] = c->tried[o].rests_ms;
		if (o != CERTS_SECRET)
			look_at_holder(c, o, s.bundle, &w->holders[o]);
	}
}

/* Doing ---------------------------------------------------------------------- */

static void done(struct request *q, const struct answer *a);

static void
send(struct own_certs *c, enum certs_object o, enum verb verb, struct str body)
{
	c->writing = (int)o;
	c->request.verb = verb;
	c->request.kind = certs_views[o].kind;
	c->request.ns = ns_of(c, o);
	c->request.name = verb == VERB_CREATE ? STR_NONE : name_of(c, o);
	c->request.body = body;
	c->request.manager = verb == VERB_GET ? STR_NONE : STR(OWN_CERTS_MANAGER);
	c->request.done = done;
	c->request.owner = c;
	api_send(c->api, &c->request);
}

/* The next write of that object waits, longer each time, until there was calm. */
static void
rest(struct own_certs *c, enum certs_object o, bool failed, int64_t at_least_ms)
{
	struct own_certs_tried *t = &c->tried[o];
	int64_t                 now = clock_mono_ms(), ms = 0;

	t->tries = t->at_ms > 0 && now - t->at_ms < OWN_CERTS_CALM_MS ? t->tries + 1 : 0;
	t->at_ms = now;
	if (failed || t->tries > 0)
		ms = backoff_ms(t->tries + failed, random_u64());
	t->rests_ms = now + (ms > at_least_ms ? ms : at_least_ms);
	if (!failed && t->tries == TRIES_SAID)
		LOG(LOG_WARN, "somebody else writes this too: who injects another certificate there?",
		    LOG_STR("kind", certs_views[o].kind->name), LOG_STR("name", name_of(c, o)));
}

static void
done(struct request *q, const struct answer *a)
{
	struct own_certs *c = q->owner;
	enum certs_object o = (enum certs_object)c->writing;

	if (a->ok)
		store_put(&c->store, &certs_views[o], a->body);
	if (q->verb != VERB_GET && a->status == 409) {
		LOG(LOG_DEBUG, "somebody was faster", LOG_STR("name", name_of(c, o)));
		rest(c, o, false, 0);
		send(c, o, VERB_GET, STR_NONE);
		return;
	}
	if (!a->ok)
		LOG(LOG_WARN, "own certificates", LOG_STR("verb", str_of(verb_text(q->verb))),
		    LOG_STR("kind", certs_views[o].kind->name), LOG_STR("name", name_of(c, o)), LOG_STR("why", a->message));
	if (!a->ok || q->verb != VERB_GET)
		rest(c, o, !a->ok, a->retry_after_ms);
	loop_soon(&c->soon);
}

static struct str
body_of(struct own_certs *c, enum certs_act act)
{
	const struct record *secret = record_of(c, CERTS_SECRET);
	enum certs_object    o = certs_act_object(act);
	unsigned char        seed[2 * CERTIFY_SEED];
	struct certs_secret  s;
	struct certify_names names = names_of(c);

	if (o == CERTS_SECRET) {
		random_bytes(seed, sizeof(seed));
		return certs_secret_print(act, secret, c->secret, &names, seed, clock_wall_us() / 1000000, &c->arena);
	}
	certs_secret_view(secret, &s);
	return certs_holder_print(o, record_of(c, o), s.bundle, &c->arena);
}

static void
act(struct own_certs *c, enum certs_act a)
{
	enum certs_object o = certs_act_object(a);
	struct str        body = body_of(c, a);

	if (body.len > 0) {
		send(c, o, a == CERTS_CREATE ? VERB_CREATE : o == CERTS_SECRET ? VERB_MERGE : VERB_APPLY, body);
		return;
	}
	LOG(LOG_ERROR, "own certificates: it has no room", LOG_STR("name", name_of(c, o)));
	rest(c, o, true, CERTS_LOOK_MS);
	loop_soon(&c->soon);
}

static void
serve(struct own_certs *c, const struct certs_world *w)
{
	struct certs_secret  s;
	struct str           cert, key;
	const char          *why = "it has no room";
	struct tls_identity *id = NULL;

	certs_secret_view(record_of(c, CERTS_SECRET), &s);
	if (base64_parse(s.cert, &c->arena, &cert) && base64_parse(s.key, &c->arena, &key))
		id = tls_identity_parse(cert, key, &why);
	if (id == NULL) {
		LOG(LOG_ERROR, "our own certificate cannot be used", LOG_STR("why", str_of(why)));
		return;
	}
	c->served = w->pair.id;
	c->until_s = w->pair.serving_until_s;
	c->serve(c, id);
	tls_identity_drop(id);
}

/* What is waited for is said once. */
static void
say(struct own_certs *c, const struct certs_plan *p)
{
	char       text[sizeof(c->said)];
	struct out o = out_over(text, sizeof(text) - 1);

	certs_plan_print(p, &o);
	text[o.len] = '\0';
	if (strcmp(text, c->said) == 0)
		return;
	memcpy(c->said, text, o.len + 1);
	LOG(LOG_INFO, "own certificates", LOG_STR("plan", str_of(text)));
}

static void
work(struct own_certs *c)
{
	struct certs_world w;
	struct certs_plan  p;

	if (c->request.busy)
		return;
	arena_reset(&c->arena);
	look(c, &w);
	certs_plan(&w, &p);
	say(c, &p);
	if (p.serve)
		serve(c, &w);
	c->shown = p.shown && c->served == w.pair.id;
	if (p.act != CERTS_NOTHING)
		act(c, p.act);
	else
		loop_timer_set(&c->timer, clock_mono_ms() + p.again_ms);
}

static void
due(struct loop_timer *t)
{
	work(t->owner);
}

static void
soon(struct loop_task *t)
{
	work(t->owner);
}

static void
changed(struct store *s, enum stored how, const struct record *r)
{
	struct own_certs *c = s->owner;

	(void)how;
	(void)r;
	loop_soon(&c->soon);
}

static void
synced(struct reflector *r)
{
	struct own_certs *c = r->owner;

	loop_soon(&c->soon);
}

void
own_certs_start(struct own_certs *c)
{
	CHECK(c->service.len > 0 && c->service.len <= 63 && c->ns.len > 0 && c->ns.len <= 63);
	CHECK(c->secret.len > 0 && c->configuration.len > 0 && c->crd.len > 0);
	arena_init(&c->arena, memory_reserve(CERTS_ARENA), CERTS_ARENA);
	c->pair = memory_reserve(sizeof(*c->pair));
	store_init(&c->store, certs_views, CERTS_OBJECTS, RECORDS_MAX, STORE_BYTES);
	c->store.changed = changed;
	c->store.owner = c;
	c->soon = (struct loop_task){ .run = soon, .owner = c };
	c->timer = (struct loop_timer){ .due = due, .owner = c };
	for (enum certs_object o = CERTS_SECRET; o < CERTS_OBJECTS; o++) {
		struct reflector *r = &c->reflectors[o];

		*r = (struct reflector){ .api = c->api, .store = &c->store, .view = &certs_views[o], .ns = ns_of(c, o),
			.name = name_of(c, o), .synced = synced, .owner = c };
		reflector_start(r);
	}
}

void
own_certs_stop(struct own_certs *c)
{
	for (int i = 0; i < CERTS_OBJECTS; i++)
		reflector_stop(&c->reflectors[i]);
	api_cancel(&c->request);
	loop_timer_stop(&c->timer);
	loop_soon_cancel(&c->soon);
}
