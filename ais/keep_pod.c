/*
 * keep_pod.c - a Pod: where it is, whether it is ready, and if not, why not.
 *
 * Pods change often, so nothing is tokenised: one scan of the parts that
 * matter.  Only a message with escapes is looked at more closely.
 */
#include "ais/keep_inner.h"
#include "kernel/check.h"

#define TROUBLE_TEXT_MAX 256

struct trouble {
	struct str reason, text;         /* raw values */
};

struct pod_scan {
	struct str     phase, ip;
	bool           ready, scheduled;
	uint64_t       restarts;
	struct trouble unscheduled, waiting, ended, failed;
};

static struct str
plain(struct str val)
{
	struct str text;

	return scan_plain(val, &text) ? text : STR_NONE;
}

/* The reason and message of what `s` walks, if this is one of them. */
static void
take_reason(const struct scan *s, struct trouble *why)
{
	if (str_eq(s->key, STR("reason")))
		why->reason = s->val;
	else if (str_eq(s->key, STR("message")))
		why->text = s->val;
}

static void
scan_condition(struct scan *s, struct pod_scan *p)
{
	struct trouble why = { STR_NONE, STR_NONE };
	struct str     type = STR_NONE;
	bool           is = false;

	while (scan_next(s)) {
		if (str_eq(s->key, STR("type")))
			type = plain(s->val);
		else if (str_eq(s->key, STR("status")))
			is = str_eq(s->val, STR("\"True\""));
		else
			take_reason(s, &why);
	}
	if (str_eq(type, STR("Ready")))
		p->ready = is;
	else if (str_eq(type, STR("PodScheduled"))) {
		p->scheduled = is;
		if (!is)
			p->unscheduled = why;
	}
}

/* These two are the normal course of things. */
static bool
is_starting(struct str reason)
{
	return str_eq(reason, STR("\"ContainerCreating\"")) || str_eq(reason, STR("\"PodInitializing\""));
}

static void
take_state(struct str state, struct trouble why, struct pod_scan *p)
{
	if (why.reason.len == 0)
		return;
	if (str_eq(state, STR("waiting")) && !is_starting(why.reason) && p->waiting.reason.len == 0)
		p->waiting = why;
	else if (str_eq(state, STR("terminated")) && !str_eq(why.reason, STR("\"Completed\"")) &&
	    p->ended.reason.len == 0)
		p->ended = why;
}

static void
scan_state(struct scan *s, struct pod_scan *p)
{
	while (scan_key(s)) {
		struct trouble why = { STR_NONE, STR_NONE };
		struct str     state = s->key;
		struct scan    in = scan_into(s);

		while (scan_next(&in))
			take_reason(&in, &why);
		scan_back(s, &in);
		take_state(state, why, p);
	}
}

static void
scan_container(struct scan *s, struct pod_scan *p)
{
	uint64_t restarts;

	while (scan_key(s)) {
		if (str_eq(s->key, STR("state"))) {
			struct scan in = scan_into(s);

			scan_state(&in, p);
			scan_back(s, &in);
		} else if (scan_val(s) && str_eq(s->key, STR("restartCount")) && str_u64(s->val, &restarts))
			p->restarts += restarts;
	}
}

/* Each item of a list, by the same scan: no byte is looked at twice. */
static void
scan_items(struct scan *s, struct pod_scan *p, void (*scan_item)(struct scan *s, struct pod_scan *p))
{
	struct scan list = scan_into(s);

	while (scan_key(&list)) {
		struct scan item = scan_into(&list);

		scan_item(&item, p);
		scan_back(&list, &item);
	}
	scan_back(s, &list);
}

static void
scan_status(struct str raw, struct pod_scan *p)
{
	struct scan s = scan_obj(raw);

	while (scan_key(&s)) {
		if (str_eq(s.key, STR("conditions")))
			scan_items(&s, p, scan_condition);
		else if (str_eq(s.key, STR("initContainerStatuses")) || str_eq(s.key, STR("containerStatuses")))
			scan_items(&s, p, scan_container);
		else if (!scan_val(&s))
			continue;
		else if (str_eq(s.key, STR("phase")))
			p->phase = plain(s.val);
		else if (str_eq(s.key, STR("podIP")))
			p->ip = plain(s.val);
		else
			take_reason(&s, &p->failed);
	}
}

/* Evicted and the like, no place, does not start, has just ended: in this order. */
static struct trouble
worst(const struct pod_scan *p)
{
	if (p->failed.reason.len > 0)
		return p->failed;
	if (p->unscheduled.reason.len > 0)
		return p->unscheduled;
	if (p->waiting.reason.len > 0)
		return p->waiting;
	return p->ended;
}

static struct str
text_of(struct str val, struct arena *scratch)
{
	struct json_token token[1];
	struct json_doc   doc;
	struct str        text;

	if (val.len == 0 || scan_plain(val, &text))
		return val.len == 0 ? STR_NONE : text;
	return json_parse(&doc, val, token, 1) == JSON_OK ? json_str(json_root(&doc), scratch) : STR_NONE;
}

/* Whole characters. */
static struct str
cut(struct str s, size_t most)
{
	if (s.len <= most)
		return s;
	while (most > 0 && ((unsigned char)s.at[most] & 0xc0) == 0x80)
		most--;
	return str_upto(s, most);
}

void
keep_pod(const struct object *o, struct arena *scratch, struct out *kept)
{
	struct pod_scan p = { .ready = false };
	struct trouble  why = { STR_NONE, STR_NONE };

	scan_status(o->status, &p);
	if (!p.ready)
		why = worst(&p);
	pack_str(kept, object_label(o, STR("app.kubernetes.io/name")));
	pack_str(kept, object_label(o, STR("app.kubernetes.io/component")));
	pack_str(kept, o->owner_uid);
	pack_str(kept, p.phase);
	pack_str(kept, o->node);
	pack_str(kept, p.ip);
	pack_u64(kept, p.ready);
	pack_u64(kept, p.scheduled);
	pack_str(kept, cut(text_of(why.reason, scratch), TROUBLE_TEXT_MAX));
	pack_str(kept, cut(text_of(why.text, scratch), TROUBLE_TEXT_MAX));
	pack_u64(kept, p.restarts);
}

void
pod_view(const struct record *r, struct pod_view *out)
{
	struct unpack u = unpack_over(r->kept);

	out->cluster = unpack_str(&u);
	out->component = unpack_str(&u);
	out->set_uid = unpack_str(&u);
	out->phase = unpack_str(&u);
	out->node = unpack_str(&u);
	out->ip = unpack_str(&u);
	out->ready = unpack_u64(&u);
	out->scheduled = unpack_u64(&u);
	out->trouble = unpack_str(&u);
	out->trouble_text = unpack_str(&u);
	out->restarts = (int64_t)unpack_u64(&u);
	CHECK(!u.broken);
}
