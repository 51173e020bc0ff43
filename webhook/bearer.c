/* bearer.c - a token, who it is, and whether they may. */
#include "webhook/bearer.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/hash.h"
#include "kernel/log.h"
#include "kernel/memory.h"

#define ARENA_MAX (1u << 20)

static void ask_who(struct bearer_ask *q, struct str token);
static void ask_whether(struct bearer_ask *q);

static void
reserve(struct bearer *b)
{
	if (b->asks != NULL)
		return;
	b->asks = memory_reserve(BEARER_ASKS * sizeof(*b->asks));
	b->known = memory_reserve(BEARER_KNOWN * sizeof(*b->known));
	arena_init(&b->arena, memory_reserve(ARENA_MAX), ARENA_MAX);
}

/* Memory --------------------------------------------------------------------- */

static struct bearer_known *
find(struct bearer *b, const uint8_t token[32])
{
	for (int i = 0; i < BEARER_KNOWN; i++)
		if (b->known[i].user_len > 0 && memcmp(b->known[i].token, token, 32) == 0)
			return &b->known[i];
	return NULL;
}

/* In the place of what was known of that token, or of what will be forgotten first. */
static void
remember(struct bearer *b, const struct bearer_known *k)
{
	struct bearer_known *at = find(b, k->token);

	if (at == NULL) {
		at = &b->known[0];
		for (int i = 1; i < BEARER_KNOWN; i++)
			if (b->known[i].user_until_ms < at->user_until_ms)
				at = &b->known[i];
	}
	*at = *k;
}

static struct str
user_of(const struct bearer_known *k)
{
	return (struct str){ k->user, k->user_len };
}

/* Questions ------------------------------------------------------------------ */

static void
decide(struct bearer_ask *q, int status)
{
	void *owner = q->owner;

	q->owner = NULL;
	memset(q->body, 0, sizeof(q->body));             /* the token was in it */
	q->bearer->decided(owner, status);
}

static void
fail(struct bearer_ask *q, const struct answer *a, struct str what)
{
	LOG(LOG_WARN, "who reads the metrics cannot be told", LOG_STR("asking", what),
	    LOG_STR("why", a->ok ? STR("the answer cannot be understood") : a->message));
	decide(q, 500);
}

static void
whether(struct request *r, const struct answer *a)
{
	struct bearer_ask *q = r->owner;
	enum reviewed      is = REVIEWED_BROKEN;

	arena_reset(&q->bearer->arena);
	if (a->ok)
		is = access_review_read(a->body, &q->bearer->arena);
	if (is == REVIEWED_BROKEN) {
		fail(q, a, STR("SubjectAccessReview"));
		return;
	}
	q->known.allowed = is == REVIEWED_YES;
	q->known.verdict_until_ms = loop_now_ms() + (q->known.allowed ? BEARER_YES_MS : BEARER_NO_MS);
	remember(q->bearer, &q->known);
	decide(q, q->known.allowed ? 200 : 403);
}

static void
who(struct request *r, const struct answer *a)
{
	struct bearer_ask *q = r->owner;
	struct out         user = out_over(q->known.user, sizeof(q->known.user));
	char               before[ACCESS_USER_MAX];
	struct str         same = { before, q->known.user_len };
	enum reviewed      is = REVIEWED_BROKEN;

	memcpy(before, q->known.user, q->known.user_len);
	arena_reset(&q->bearer->arena);
	if (a->ok)
		is = token_review_read(a->body, &q->bearer->arena, &user);
	if (is == REVIEWED_BROKEN) {
		fail(q, a, STR("TokenReview"));
		return;
	}
	if (is == REVIEWED_NO) {
		decide(q, 401);
		return;
	}
	q->known.user_len = user.len;
	q->known.user_until_ms = loop_now_ms() + BEARER_USER_MS;
	if (!str_eq(same, user_of(&q->known)) || loop_now_ms() >= q->known.verdict_until_ms) {
		ask_whether(q);
		return;
	}
	remember(q->bearer, &q->known);
	decide(q, q->known.allowed ? 200 : 403);
}

static void
send(struct bearer_ask *q, const struct kind *kind, const struct out *body,
     void (*done)(struct request *, const struct answer *))
{
	CHECK(out_ok(body));
	q->request.verb = VERB_CREATE;
	q->request.kind = kind;
	q->request.body = out_view(body);
	q->request.done = done;
	q->request.owner = q;
	q->request.deadline_ms = clock_mono_ms() + BEARER_CALL_MS;
	api_send(q->bearer->api, &q->request);
}

static void
ask_who(struct bearer_ask *q, struct str token)
{
	struct out o = out_over(q->body, sizeof(q->body));

	token_review_print(token, &o);
	send(q, &kind_tokenreview, &o, who);
}

static void
ask_whether(struct bearer_ask *q)
{
	struct access_wanted wanted = { .path = q->bearer->path, .verb = STR("get") };
	struct out           o = out_over(q->body, sizeof(q->body));

	access_review_print(user_of(&q->known), &wanted, &o);
	send(q, &kind_subjectaccessreview, &o, whether);
}

/* What can be a token: letters, digits and a few signs (RFC 6750). */
static bool
read_token(struct str header, struct str *token)
{
	if (!str_starts(header, STR("Bearer ")))
		return false;
	*token = str_trim(str_from(header, 7));
	for (size_t i = 0; i < token->len; i++)
		if (token->at[i] <= ' ' || token->at[i] > '~' || token->at[i] == '"' || token->at[i] == '\\')
			return false;
	return token->len > 0 && token->len <= BEARER_TOKEN;
}

static struct bearer_ask *
free_ask(struct bearer *b)
{
	for (int i = 0; i < BEARER_ASKS; i++)
		if (b->asks[i].owner == NULL)
			return &b->asks[i];
	return NULL;
}

int
bearer_ask(struct bearer *b, struct str authorization, void *owner)
{
	struct bearer_known *known;
	struct bearer_ask   *q;
	struct str           token;
	uint8_t              digest[32];
	int64_t              now = loop_now_ms();

	if (!read_token(authorization, &token))
		return 401;
	reserve(b);
	sha256(token, digest);
	known = find(b, digest);
	if (known != NULL && now < known->user_until_ms && now < known->verdict_until_ms)
		return known->allowed ? 200 : 403;
	q = free_ask(b);
	if (q == NULL)
		return 503;
	q->bearer = b;
	q->owner = owner;
	q->known.user_len = 0;
	q->known.verdict_until_ms = 0;
	memcpy(q->known.token, digest, sizeof(digest));
	if (known != NULL)
		q->known = *known;
	if (known != NULL && now < known->user_until_ms)
		ask_whether(q);
	else
		ask_who(q, token);
	return 0;
}

void
bearer_forget(struct bearer *b, void *owner)
{
	for (int i = 0; b->asks != NULL && i < BEARER_ASKS; i++)
		if (b->asks[i].owner == owner) {
			api_cancel(&b->asks[i].request);
			b->asks[i].owner = NULL;
		}
}
