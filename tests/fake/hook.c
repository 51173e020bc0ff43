/* hook.c - calls to webhooks, and the connections that they share. */
#include "tests/fake/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base64.h"
#include "kernel/check.h"
#include "kernel/clock.h"

#define LINES_MAX    8
#define ANSWER_MAX   (8u << 20)
#define BUNDLE_MAX   (64u << 10)
#define NAME_MAX_LEN 254
#define CONNS        8
#define SENTENCE_MAX 512

struct hook_line {               /* to one address, under one name, trusting one bundle */
	struct client     client;
	struct tls_trust *trust;
	char             *bundle;    /* base64; from malloc */
	char              name[NAME_MAX_LEN], host[NAME_MAX_LEN + 8];
	int               calls;
	uint64_t          used;      /* when last, as a count */
};

struct hooks {
	const struct registry *registry;
	struct hook_line       lines[LINES_MAX];
	uint64_t               count;
};

struct place {                   /* where a configuration points */
	struct addr at;
	char        name[NAME_MAX_LEN], host[NAME_MAX_LEN + 8];
	struct str  path, bundle;
};

/* Reserved space is never given back: it is used again. */
static struct spare { struct buf buf; struct spare *next; } *spares;

static struct buf *
take_buf(void)
{
	struct spare *s = spares;

	if (s == NULL) {
		s = calloc(1, sizeof(*s));
		CHECK(s != NULL);
		buf_init(&s->buf, ANSWER_MAX);
		return &s->buf;
	}
	spares = s->next;
	return &s->buf;
}

static void
give_buf(struct buf *b)
{
	struct spare *s = (struct spare *)b;

	buf_reset(b);
	s->next = spares;
	spares = s;
}

static void
print(char *to, size_t size, struct str s)
{
	struct out o = out_over(to, size - 1);

	out_str(&o, str_upto(s, size - 1));
	to[o.len] = '\0';
}

/* Lines ---------------------------------------------------------------------*/

static void
close_line(struct hook_line *l)
{
	client_close(&l->client);
	if (l->trust != NULL)
		tls_trust_drop(l->trust);
	free(l->bundle);
	l->trust = NULL;
	l->bundle = NULL;
}

static bool
leads_to(const struct hook_line *l, const struct place *p)
{
	return l->bundle != NULL && addr_eq(&l->client.addr, &p->at) && strcmp(l->name, p->name) == 0 &&
	    str_eq(str_of(l->bundle), p->bundle);
}

static struct tls_trust *
trust_of(struct str bundle)
{
	static char       room[BUNDLE_MAX];
	struct arena      a;
	struct str        pem;
	const char       *why;

	arena_init(&a, room, sizeof(room));
	return bundle.len > 0 && bundle.len < BUNDLE_MAX && base64_parse(bundle, &a, &pem)
	    ? tls_trust_parse(pem, &why) : NULL;
}

static struct hook_line *
open_line(struct hook_line *l, const struct place *p, struct tls_trust *trust)
{
	close_line(l);
	l->trust = trust;
	l->bundle = malloc(p->bundle.len + 1);
	CHECK(l->bundle != NULL);
	print(l->bundle, p->bundle.len + 1, p->bundle);
	memcpy(l->name, p->name, sizeof(l->name));
	memcpy(l->host, p->host, sizeof(l->host));
	l->client.addr = p->at;
	l->client.tls = true;
	l->client.trust = trust;
	l->client.name = str_of(l->name);
	l->client.host = str_of(l->host);
	l->client.agent = STR("kube-apiserver-admission");
	l->client.conns_max = CONNS;
	client_open(&l->client);
	return l;
}

/* The one that is there, or in place of the one that was not used for longest.  NULL: why. */
static struct hook_line *
find_line(struct hooks *h, const struct place *p, struct out *why)
{
	struct hook_line *free_one = NULL;
	struct tls_trust *trust;

	for (int i = 0; i < LINES_MAX; i++) {
		struct hook_line *l = &h->lines[i];

		if (leads_to(l, p))
			return l;
		if (l->calls == 0 && (free_one == NULL || l->used < free_one->used))
			free_one = l;
	}
	trust = free_one == NULL ? NULL : trust_of(p->bundle);
	if (free_one == NULL)
		OUT(why, STR("too many webhooks at work"));
	else if (trust == NULL)
		OUT(why, STR("tls: failed to verify certificate: x509: certificate signed by unknown authority"));
	return trust == NULL ? NULL : open_line(free_one, p, trust);
}

/* Places --------------------------------------------------------------------*/

static bool
find_service(const struct registry *r, const struct tree *service, struct place *p, struct out *why)
{
	snprintf(p->name, sizeof(p->name), STR_FMT "." STR_FMT ".svc", STR_ARG(tree_str_at(service, "name")),
	    STR_ARG(tree_str_at(service, "namespace")));
	snprintf(p->host, sizeof(p->host), "%s:%d", p->name, (int)tree_int_at(service, "port", 443));
	p->path = tree_str_at(service, "path");
	return hook_resolve(r, service, &p->at, why);
}

/* https://HOST[:PORT][/PATH]; a host is an address or localhost. */
static bool
find_url(struct str url, struct place *p, struct out *why)
{
	struct str rest = str_from(url, 8), host, name;
	size_t     at = 0;

	while (at < rest.len && rest.at[at] != '/')
		at++;
	host = str_upto(rest, at);
	p->path = str_from(rest, at);
	print(p->host, sizeof(p->host), host);
	while (at > 0 && host.at[at - 1] != ':' && host.at[at - 1] != ']')
		at--;
	name = at == 0 || host.at[at - 1] == ']' ? host : str_upto(host, at - 1);
	p->at.port = 443;
	if (name.len < host.len && !addr_port(str_from(host, at), &p->at.port))
		name = STR_NONE;
	print(p->name, sizeof(p->name), name);
	if (str_starts(url, STR("https://")) &&
	    addr_ip(str_eq(name, STR("localhost")) ? STR("127.0.0.1") : name, &p->at))
		return true;
	OUT(why, STR("dial tcp: lookup "), name, STR(": no such host"));
	return false;
}

static struct hook_line *
find_way(struct hooks *h, const struct tree *config, struct hook_call *c, struct out *why)
{
	const struct tree *service = tree_get(config, STR("service"));
	struct place       p = { .bundle = tree_str_at(config, "caBundle") };
	bool               found = service != NULL ? find_service(h->registry, service, &p, why)
	    : find_url(tree_str_at(config, "url"), &p, why);

	snprintf(c->target, sizeof(c->target), "%s" STR_FMT "?timeout=%ds", p.path.len == 0 ? "/" : "",
	    STR_ARG(p.path), (int)c->timeout_s);
	snprintf(c->url, sizeof(c->url), "https://%s%s", p.host, c->target);
	return found ? find_line(h, &p, why) : NULL;
}

/* Calls ---------------------------------------------------------------------*/

static void
finish(struct hook_call *c)
{
	c->under_way = false;
	c->done(c);
}

static void
failed(struct loop_task *t)
{
	finish(t->owner);
}

/* What Go's client says when there was no answer. */
static void
say_no_answer(struct hook_call *c, const struct call *call)
{
	char       peer[64], text[SENTENCE_MAX];
	struct out p = out_over(peer, sizeof(peer) - 1);

	addr_print(&p, &c->line->client.addr);
	peer[p.len] = '\0';
	switch (call->outcome) {
	case OUTCOME_UNREACHABLE:
		if (strcasestr(call->why, "refused") != NULL)
			snprintf(text, sizeof(text), "dial tcp %s: connect: connection refused", peer);
		else
			snprintf(text, sizeof(text), "dial tcp %s: %s", peer, call->why);
		break;
	case OUTCOME_TLS:
		snprintf(text, sizeof(text), "tls: failed to verify certificate: x509: %s",
		    strstr(call->why, "trusted CA") != NULL ? "certificate signed by unknown authority" : call->why);
		break;
	case OUTCOME_LATE:
		snprintf(text, sizeof(text), "context deadline exceeded");
		break;
	case OUTCOME_CUT:
		snprintf(text, sizeof(text), "EOF");
		break;
	case OUTCOME_ANSWERED:
	case OUTCOME_TOO_BIG:
	case OUTCOME_BAD_ANSWER:
	case OUTCOME_CANCELLED:
		snprintf(text, sizeof(text), "%s", call->why);
		break;
	}
	snprintf(c->why, sizeof(c->why), "Post \"%s\": %s", c->url, text);
}

/* What stands in place of a good answer: a Status, or words of somebody in between. */
static void
say_refused(struct hook_call *c, const struct call *call, const struct tree *t, struct str body)
{
	if (tree_str_is(t, "kind", STR("Status")))
		snprintf(c->why, sizeof(c->why), STR_FMT, STR_ARG(tree_str_at(t, "message")));
	else if (call->status == 404)
		snprintf(c->why, sizeof(c->why), "the server could not find the requested resource");
	else if (call->status == 429)
		snprintf(c->why, sizeof(c->why),
		    "the server has received too many requests and has asked us to try again later");
	else if (call->status == 503)
		snprintf(c->why, sizeof(c->why), "the server is currently unable to handle the request");
	else if (call->status >= 500)
		snprintf(c->why, sizeof(c->why), "an error on the server (\"" STR_FMT "\") has prevented the request from "
		    "succeeding", STR_ARG(str_upto(body, 512)));
	else
		snprintf(c->why, sizeof(c->why), "the server responded with the status code %d but did not return more "
		    "information", call->status);
}

static void
answered(struct call *call)
{
	struct hook_call *c = call->owner;
	struct str        body = buf_view(call->into);
	const char       *why = "";
	struct tree      *t = call->outcome == OUTCOME_ANSWERED ? tree_parse(body, &why) : NULL;

	c->line->calls--;
	if (call->outcome != OUTCOME_ANSWERED)
		say_no_answer(c, call);
	else if (call->status >= 300)
		say_refused(c, call, t, body);
	else if (body.len == 0)
		snprintf(c->why, sizeof(c->why), "0-length response with status code: %d and content type: "
		    "application/json", call->status);
	else if (!tree_is(t, TREE_OBJECT))
		snprintf(c->why, sizeof(c->why), "couldn't get version/kind; json parse error: %s", why);
	else {
		c->answer = t;
		t = NULL;
	}
	tree_free(t);
	give_buf(call->into);
	finish(c);
}

void
hook_begin(struct hooks *h, const struct tree *config, struct hook_call *c)
{
	char       why[SENTENCE_MAX];
	struct out o = out_over(why, sizeof(why) - 1);

	c->hooks = h;
	c->answer = NULL;
	c->why[0] = '\0';
	c->under_way = true;
	c->line = find_way(h, config, c, &o);
	if (c->line == NULL) {
		why[o.len] = '\0';
		snprintf(c->why, sizeof(c->why), "Post \"%s\": %s", c->url, why);
		c->failed = (struct loop_task){ .run = failed, .owner = c };
		loop_soon(&c->failed);
		return;
	}
	c->line->calls++;
	c->line->used = ++h->count;
	c->call = (struct call){ .method = STR("POST"), .target = str_of(c->target), .body = c->body,
	    .fields = STR("Accept: application/json, */*\r\nContent-Type: application/json\r\n"), .done = answered,
	    .owner = c, .repeatable = true, .into = take_buf(),
	    .deadline_ms = clock_mono_ms() + 1000 * c->timeout_s };
	client_begin(&c->line->client, &c->call);
}

void
hook_cancel(struct hook_call *c)
{
	if (!c->under_way)
		return;
	c->under_way = false;
	if (c->line == NULL) {
		loop_soon_cancel(&c->failed);
		return;
	}
	client_cancel(&c->line->client, &c->call);
	c->line->calls--;
	give_buf(c->call.into);
}

struct hooks *
hooks_open(const struct registry *r)
{
	struct hooks *h = calloc(1, sizeof(*h));

	CHECK(h != NULL);
	h->registry = r;
	return h;
}

void
hooks_close(struct hooks *h)
{
	for (int i = 0; i < LINES_MAX; i++) {
		CHECK(h->lines[i].calls == 0);
		close_line(&h->lines[i]);
	}
	free(h);
}
