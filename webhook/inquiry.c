/* inquiry.c - questions to the cluster, and what it says. */
#include "webhook/inquiry.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/scan.h"

static const struct kind kind_auth_profile = { STR_INIT("auth.ais.nvidia.com"), STR_INIT("v1alpha1"),
	STR_INIT("aistoreauthprofiles"), STR_INIT("AIStoreAuthProfile"), false };

static bool go_on(struct inquiry *q);

/* What is known of nodes --------------------------------------------------------- */

/* Also what was known a little while ago. */
static struct inquiry_known *
known_of(struct inquiry *q, struct str labels)
{
	for (int i = 0; i < INQUIRY_KNOWN; i++) {
		struct inquiry_known *k = &q->known[i];

		if (k->until_ms > 0 && k->until_ms + INQUIRY_KNOWN_MS > loop_now_ms() &&
		    str_eq((struct str){ k->labels, k->len }, labels))
			return k;
	}
	return NULL;
}

/* One asks again; meanwhile the old number does for the others, who would all ask at once. */
static bool
is_fresh(struct inquiry_known *k)
{
	if (k->until_ms > loop_now_ms())
		return true;
	k->until_ms = loop_now_ms() + INQUIRY_CALL_MS;
	return false;
}

static void
remember(struct inquiry *q, int64_t count, bool all)
{
	struct inquiry_known *at = known_of(q, q->labels);

	if (q->labels.len > INQUIRY_LABELS)
		return;
	if (at == NULL) {
		at = &q->known[0];
		for (int i = 1; i < INQUIRY_KNOWN; i++)
			if (q->known[i].until_ms < at->until_ms)
				at = &q->known[i];
	}
	*at = (struct inquiry_known){ .len = q->labels.len, .count = count, .all = all,
		.until_ms = loop_now_ms() + INQUIRY_KNOWN_MS };
	if (q->labels.len > 0)
		memcpy(at->labels, q->labels.at, q->labels.len);
}

/* key=value,... */
static struct str
labels_of(const struct ask *a, struct arena *arena)
{
	struct json_iter it = json_each(a->selector);
	struct out       o = out_in(arena);

	while (json_next(&it))
		OUT(&o, o.len > 0 ? STR(",") : STR_NONE, it.key, STR("="), json_raw(it.val));
	return out_keep(&o, arena);
}

/* Answers ------------------------------------------------------------------------ */

/* True: a question is on its way. */
static bool
judged(struct inquiry *q)
{
	struct str user = json_str(json_get(q->user, STR("username")), q->arena);
	bool       more = ask_judge(&q->asks[q->at], &q->answers[q->at], user, q->arena, q->found);

	q->at = more ? q->at + 1 : q->count;
	return go_on(q);
}

static void
failed(struct inquiry *q, struct str why)
{
	q->answers[q->at] = (struct ask_answer){ .is = ANSWER_FAILED, .why = arena_copy(q->arena, why) };
}

static bool
has_key(struct json object, struct str key)
{
	return json_there(json_get(json_get(object, STR("data")), key)) ||
	    json_there(json_get(json_get(object, STR("binaryData")), key));
}

static void
learn_keys(struct inquiry *q, struct str body)
{
	const struct ask  *a = &q->asks[q->at];
	struct ask_answer *answer = &q->answers[q->at];
	struct json_doc    d;

	answer->is = ANSWER_YES;
	if (a->key_count == 0)
		return;
	if (json_parse_in(&d, body, q->arena) != JSON_OK) {
		failed(q, STR("what the API server answered cannot be understood"));
		return;
	}
	for (int i = 0; i < a->key_count; i++)
		answer->has_key[i] = has_key(json_root(&d), a->keys[i].key);
}

static void
learn_object(struct inquiry *q, const struct answer *a)
{
	enum ask_kind kind = q->asks[q->at].kind;
	bool          closed = a->status == 401 || a->status == 403;

	if (a->ok)
		learn_keys(q, a->body);
	else if (a->status == 404)
		q->answers[q->at].is = ANSWER_NO;
	else if (closed && (kind == ASK_SECRET || kind == ASK_CONFIG_MAP))
		q->answers[q->at].is = ANSWER_HIDDEN;
	else
		failed(q, a->message);
}

static void
learn_access(struct inquiry *q, const struct answer *a)
{
	enum reviewed is = a->ok ? access_review_read(a->body, q->arena) : REVIEWED_BROKEN;

	if (is == REVIEWED_BROKEN)
		failed(q, a->ok ? STR("what the API server answered cannot be understood") : a->message);
	else
		q->answers[q->at].is = is == REVIEWED_YES ? ANSWER_YES : ANSWER_NO;
}

/* One page of nodes.  False: there are more, and they count. */
static bool
learn_nodes(struct inquiry *q, const struct answer *a)
{
	struct ask_answer *answer = &q->answers[q->at];
	struct scan        s = scan_obj(a->body), items, metadata;
	struct str         page = STR_NONE;

	if (!a->ok) {
		failed(q, a->message);
		return true;
	}
	while (scan_next(&s)) {
		if (str_eq(s.key, STR("items")) && s.val.at[0] == '[')
			for (items = scan_arr(s.val); scan_next(&items);)
				answer->count++;
		if (!str_eq(s.key, STR("metadata")))
			continue;
		for (metadata = scan_obj(s.val); scan_next(&metadata);)
			if (str_eq(metadata.key, STR("continue")))
				scan_plain(metadata.val, &page);
	}
	q->page = arena_copy(q->arena, page);
	answer->is = ANSWER_YES;
	if (s.broken)
		failed(q, STR("what the API server answered is not a list"));
	else if (page.len > 0 && arena_ok(q->arena) && answer->count < q->asks[q->at].needed)
		return false;
	else
		remember(q, answer->count, page.len == 0);
	return true;
}

/* Questions ---------------------------------------------------------------------- */

static void answered(struct request *r, const struct answer *a);

static void
send(struct inquiry *q, enum verb verb, const struct kind *kind)
{
	struct request *r = &q->request;

	r->verb = verb;
	r->kind = kind;
	r->ns = q->asks[q->at].ns;
	r->name = verb == VERB_GET ? q->asks[q->at].name : STR_NONE;
	r->lane = LANE_REVIEWS;
	r->done = answered;
	r->owner = q;
	r->deadline_ms = clock_mono_ms() + INQUIRY_CALL_MS;
	api_send(q->api, r);
}

static void
send_get(struct inquiry *q, const struct kind *kind)
{
	q->request.body = q->request.query = STR_NONE;
	send(q, VERB_GET, kind);
}

static void
list_nodes(struct inquiry *q)
{
	struct out o = out_in(q->arena);

	out_str(&o, STR("limit="));
	out_int(&o, INQUIRY_NODES);
	if (q->labels.len > 0)
		query_add(&o, STR("labelSelector"), q->labels);
	if (q->page.len > 0)
		query_add(&o, STR("continue"), q->page);
	q->request.query = out_keep(&o, q->arena);
	q->request.body = STR_NONE;
	send(q, VERB_LIST, &kind_node);
}

/* True: a question is on its way. */
static bool
ask_nodes(struct inquiry *q)
{
	struct inquiry_known *k;

	q->labels = labels_of(&q->asks[q->at], q->arena);
	q->page = STR_NONE;
	k = known_of(q, q->labels);
	if (k != NULL && (k->all || k->count >= q->asks[q->at].needed) && is_fresh(k)) {
		q->answers[q->at] = (struct ask_answer){ .is = ANSWER_YES, .count = k->count };
		return judged(q);
	}
	list_nodes(q);
	return true;
}

static bool
ask_access(struct inquiry *q)
{
	const struct ask    *a = &q->asks[q->at];
	struct access_wanted wanted = { .verb = a->verb, .group = a->group, .version = a->version,
		.resource = a->resource, .ns = a->ns, .name = a->name };
	struct out           user = out_in(q->arena), o = out_over(q->body, sizeof(q->body));
	bool                 good = access_user_print(q->user, &user);
	struct str           members = out_keep(&user, q->arena);

	if (good)
		access_review_print(members, &wanted, &o);
	if (!good || !out_ok(&o)) {
		failed(q, STR("the review does not say who sent it"));
		return judged(q);
	}
	q->request.query = STR_NONE;
	q->request.body = out_view(&o);
	send(q, VERB_CREATE, &kind_subjectaccessreview);
	return true;
}

static bool
ask(struct inquiry *q)
{
	switch (q->asks[q->at].kind) {
	case ASK_NODES:
		return ask_nodes(q);
	case ASK_ACCESS:
		return ask_access(q);
	case ASK_CLASS:
		send_get(q, &kind_storageclass);
		return true;
	case ASK_PROFILE:
		send_get(q, &kind_auth_profile);
		return true;
	case ASK_SECRET:
		send_get(q, &kind_secret);
		return true;
	case ASK_CONFIG_MAP:
		send_get(q, &kind_configmap);
		return true;
	}
	check_failed("a known question", __FILE__, __LINE__);
}

static bool
is_wanted(const struct inquiry *q)
{
	int after = q->asks[q->at].after;

	return after < 0 || q->answers[after].is == ANSWER_YES;
}

static bool
go_on(struct inquiry *q)
{
	while (q->at < q->count && !is_wanted(q)) {
		q->answers[q->at].is = ANSWER_NO;
		q->at++;
	}
	return q->at < q->count && arena_ok(q->arena) && ask(q);
}

static void
answered(struct request *r, const struct answer *a)
{
	struct inquiry *q = r->owner;
	enum ask_kind   kind = q->asks[q->at].kind;

	if (kind == ASK_NODES && !learn_nodes(q, a)) {
		list_nodes(q);
		return;
	}
	if (kind == ASK_ACCESS)
		learn_access(q, a);
	else if (kind != ASK_NODES)
		learn_object(q, a);
	if (!judged(q))
		q->done(q);
}

bool
inquiry_begin(struct inquiry *q)
{
	q->at = 0;
	memset(q->answers, 0, sizeof(q->answers));
	return go_on(q);
}

void
inquiry_cancel(struct inquiry *q)
{
	api_cancel(&q->request);
}
