/* ask_judge.c - what an answer of the cluster means for an object. */
#include "ais/ask.h"
#include "ais/spec_inner.h"
#include "kernel/check.h"

static void
put(struct findings *f, bool error, enum finding_by by, struct str path, struct str text)
{
	finding_put(f, (struct finding){ error, by, path, text });
}

static struct str
quoted(struct arena *a, struct str s)
{
	return JOIN(a, STR("\""), spec_shown(s), STR("\""));
}

static struct str
in_namespace(const struct ask *q, struct arena *a)
{
	return q->ns.len == 0 ? STR_NONE : JOIN(a, STR(" in namespace "), quoted(a, q->ns));
}

static void
judge_nodes(const struct ask *q, const struct ask_answer *answer, struct arena *a, struct findings *f)
{
	struct out o;

	if (answer->count >= q->needed)
		return;
	o = out_in(a);
	OUT(&o, STR("spec for AIS "), role_text(q->role),
	    STR(" requires more K8s nodes than match its nodeSelector: expected '"));
	out_int(&o, q->needed);
	out_str(&o, STR("' but found '"));
	out_int(&o, answer->count);
	out_char(&o, '\'');
	put(f, false, BY_RULE, q->path, out_keep(&o, a));
}

static void
judge_access(const struct ask *q, struct str user, struct arena *a, struct findings *f)
{
	put(f, true, BY_FIELD, q->path, JOIN(a, STR("Forbidden: user "), quoted(a, user),
	    STR(" is not authorized to "), q->verb, STR(" "), q->resource, STR(" resource "), quoted(a, q->name),
	    in_namespace(q, a)));
}

static struct str
kind_text(const struct ask *q)
{
	return q->kind == ASK_SECRET ? STR("Secret") : q->kind == ASK_CONFIG_MAP ? STR("ConfigMap")
	    : STR("AIStoreAuthProfile");
}

static void
judge_content(const struct ask *q, const struct ask_answer *answer, struct arena *a, struct findings *f)
{
	if (answer->is == ANSWER_NO)
		put(f, true, BY_FIELD, q->path, JOIN(a, STR("Invalid value: "), quoted(a, q->name),
		    STR(": referenced "), kind_text(q), STR(" does not exist"), in_namespace(q, a)));
	if (answer->is == ANSWER_HIDDEN)
		put(f, false, BY_RULE, q->path, JOIN(a, STR("the operator is not authorized to get "), kind_text(q),
		    STR(" "), quoted(a, q->name), in_namespace(q, a), STR(": its keys were not looked at")));
	for (int i = 0; answer->is == ANSWER_YES && i < q->key_count; i++)
		if (!answer->has_key[i])
			put(f, true, BY_FIELD, q->keys[i].path, JOIN(a, STR("Invalid value: "),
			    quoted(a, q->keys[i].key), STR(": key does not exist in referenced "), kind_text(q)));
}

/* Unknown is not "no", but nobody is let in on it either. */
static void
judge_failure(const struct ask *q, const struct ask_answer *answer, struct arena *a, struct findings *f)
{
	struct str what = STR_NONE;

	switch (q->kind) {
	case ASK_NODES:
		what = STR("counting nodes");
		break;
	case ASK_CLASS:
		what = JOIN(a, STR("looking for storage class "), quoted(a, q->name));
		break;
	case ASK_ACCESS:
		what = JOIN(a, STR("authorizing "), q->resource, STR(" resource "), quoted(a, q->name));
		break;
	case ASK_PROFILE:
	case ASK_SECRET:
	case ASK_CONFIG_MAP:
		what = JOIN(a, STR("checking "), kind_text(q), STR(" "), quoted(a, q->name), in_namespace(q, a));
		break;
	}
	put(f, true, BY_FAILURE, q->path, JOIN(a, what, STR(": "), answer->why));
}

bool
ask_judge(const struct ask *q, const struct ask_answer *answer, struct str user, struct arena *a,
          struct findings *f)
{
	if (answer->is == ANSWER_FAILED) {
		judge_failure(q, answer, a, f);
		return false;
	}
	switch (q->kind) {
	case ASK_NODES:
		judge_nodes(q, answer, a, f);
		return true;
	case ASK_CLASS:
		if (answer->is == ANSWER_NO)
			put(f, true, BY_RULE, q->path, JOIN(a, STR("required storage class '"), spec_shown(q->name),
			    STR("' not found")));
		break;
	case ASK_ACCESS:
		if (answer->is == ANSWER_NO)
			judge_access(q, user, a, f);
		break;
	case ASK_PROFILE:
	case ASK_SECRET:
	case ASK_CONFIG_MAP:
		judge_content(q, answer, a, f);
		break;
	}
	return answer->is == ANSWER_YES || !q->last;
}
