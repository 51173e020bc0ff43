/* admission.c - from a request to its verdict. */
#include "webhook/admission.h"

#include "ais/foresee.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"
#include "webhook/inquiry.h"

#define ARENA_KEPT (128u << 10)

_Static_assert(METRIC_COUNT(WEBHOOK) == RESOURCE_UNKNOWN + 1, "a label a resource, and one for /convert");
_Static_assert(METRIC_COUNT(REVIEW) == REVIEW_REFUSED + 1, "a label a verdict");

struct admission_place {
	struct admission *admission;
	struct exchange  *x;             /* NULL: free */
	int64_t           began_us;
	struct arena      arena;
	struct review     review;
	struct findings   found;
	struct json_doc   user;
	struct inquiry    inquiry;
};

static struct admission_place *
free_place(struct admission *a)
{
	if (a->places == NULL) {
		a->places = memory_reserve(ADMISSION_PLACES * sizeof(*a->places));
		a->known = memory_reserve(INQUIRY_KNOWN * sizeof(*a->known));
	}
	for (int i = 0; i < ADMISSION_PLACES; i++)
		if (a->places[i].x == NULL)
			return &a->places[i];
	return NULL;
}

static void
leave(struct admission_place *p)
{
	struct arena *a = &p->arena;

	p->x = NULL;
	if (a->peak > ARENA_KEPT)
		memory_give_back(a->base + ARENA_KEPT, a->peak - ARENA_KEPT);
	a->peak = 0;
	arena_reset(a);
}

/* Answers ------------------------------------------------------------------------ */

void
admission_refuse(struct exchange *x, int status, struct str why)
{
	char       text[1024];
	struct out o = out_over(text, sizeof(text));

	review_status(&o, status, why);
	CHECK(out_ok(&o));
	server_answer(x, status, STR("application/json"), status == 429 ? STR("Retry-After: 1\r\n") :
	    status == 405 ? STR("Allow: POST\r\n") : STR_NONE, out_view(&o));
}

static void
note(const struct admission_place *p, enum review_verdict verdict, int status)
{
	const struct review *r = &p->review;
	unsigned             webhook = (unsigned)r->served;
	enum log_level       level = verdict == REVIEW_ALLOWED ? LOG_DEBUG : LOG_INFO;
	char                 text[512];
	struct out           o = out_over(text, sizeof(text));

	metric_add(METRIC_REVIEWS + verdict, 1);
	metric_add(METRIC_WEBHOOK_ANSWERS + METRIC_CODES * webhook + metric_code(status), 1);
	metric_time(METRIC_WEBHOOK_TIMES + METRIC_TIME_CELLS * webhook, clock_mono_us() - p->began_us);
	if (!log_wants(level))
		return;
	out_str(&o, r->why);
	for (int i = 0; i < p->found.count && o.len == 0; i++)
		if (p->found.list[i].error)
			finding_print(&p->found.list[i], &o);
	LOG(level, "review", LOG_STR("kind", r->kind), LOG_STR("name", r->name),
	    LOG_STR("verdict", verdict == REVIEW_ALLOWED ? STR("allowed") : verdict == REVIEW_DENIED ? STR("denied")
	        : STR("refused")), LOG_STR("why", out_view(&o)));
}

/* What cannot be judged for want of room is not let through. */
static void
answer(struct admission_place *p)
{
	static char         text[REVIEW_ANSWER_MAX];
	struct out          o = out_over(text, sizeof(text));
	struct exchange    *x = p->x;
	enum review_verdict verdict;
	int                 status;

	if (p->review.refusal == 0 && !arena_ok(&p->arena)) {
		p->review.refusal = 413;
		p->review.why = STR("the object is too large to be judged");
	}
	verdict = review_answer(&p->review, &p->found, &o, &status);
	CHECK(out_ok(&o));
	note(p, verdict, status);
	leave(p);
	server_answer(x, status, STR("application/json"), STR_NONE, out_view(&o));
}

/* Judging ------------------------------------------------------------------------ */

/* It is accepted: what will come of it. */
static void
look_ahead(struct admission_place *p)
{
	const struct review *r = &p->review;
	struct str           domain = p->admission->domain;
	struct spec         *now = ARENA_NEW(&p->arena, struct spec), *then = ARENA_NEW(&p->arena, struct spec);

	if (r->served != RESOURCE_AISTORE_BETA || now == NULL || then == NULL)
		return;
	spec_parse(json_get(r->object, STR("spec")), domain, &p->arena, now);
	if (r->operation == REVIEW_UPDATE)
		spec_parse(json_get(r->old, STR("spec")), domain, &p->arena, then);
	foresee(r->operation == REVIEW_UPDATE ? then : NULL, now, &p->arena, &p->found);
}

static void
judged(struct admission_place *p)
{
	if (p->found.errors == 0 && arena_ok(&p->arena))
		look_ahead(p);
	answer(p);
}

static void
told(struct inquiry *q)
{
	judged(q->owner);
}

static void
gone(struct exchange *x)
{
	struct admission_place *p = x->user;

	inquiry_cancel(&p->inquiry);
	leave(p);
}

/* True: the cluster is asked, and the verdict comes later. */
static bool
inquire(struct admission_place *p)
{
	struct inquiry *q = &p->inquiry;

	q->count = ask_list(p->review.served, p->review.object, p->review.old, &p->arena, q->asks);
	if (q->count == 0)
		return false;
	q->user = json_parse_in(&p->user, p->review.user_info, &p->arena) == JSON_OK ? json_root(&p->user)
	    : (struct json){ NULL, -1 };
	q->api = p->admission->api;
	q->known = p->admission->known;
	q->arena = &p->arena;
	q->found = &p->found;
	q->done = told;
	q->owner = p;
	if (!inquiry_begin(q))
		return false;
	p->x->user = p;
	p->x->gone = gone;
	return true;
}

void
admission_handle(struct admission *a, struct exchange *x, enum resource served)
{
	struct admission_place *p = free_place(a);
	struct review          *r;

	if (p == NULL) {
		metric_add(METRIC_WEBHOOK_ANSWERS + METRIC_CODES * (unsigned)served + metric_code(429), 1);
		admission_refuse(x, 429, STR("too many reviews wait for the cluster: try again"));
		return;
	}
	if (p->arena.base == NULL)
		arena_init(&p->arena, memory_reserve(REVIEW_ARENA), REVIEW_ARENA);
	p->admission = a;
	p->x = x;
	p->began_us = clock_mono_us();
	p->found = (struct findings){ .count = 0 };
	r = &p->review;
	if (!review_read(x->body, served, &p->arena, r) || r->operation == REVIEW_DELETE) {
		answer(p);
		return;
	}
	validate_rules(served, r->object, r->old, &p->arena, &p->found);
	if (p->found.errors > 0 || !arena_ok(&p->arena) || !inquire(p))
		judged(p);
}
