/* admit.c - AdmissionReviews: what webhooks are asked, and what their answers do to a write. */
#include "tests/fake/admit.h"

#include <stdio.h>
#include <string.h>

#include "tests/fake/versions.h"

static const struct str operations[] = { STR_INIT("CREATE"), STR_INIT("UPDATE"), STR_INIT("DELETE") };

/* What is asked -------------------------------------------------------------*/

static void
set_kind(struct tree *request, const char *key, const char *last, const struct resource *k, int version,
    struct str name)
{
	struct tree *t = tree_set(request, str_of(key), tree_object());

	tree_set_str(t, "group", k->group);
	tree_set_str(t, "version", k->versions[version]);
	tree_set_str(t, last, name);
}

/* Custom ones by name, as they are stored. */
static void
set_object(struct tree *request, const char *key, const struct tree *object, const struct resource *k)
{
	struct tree *t = tree_set(request, str_of(key), object == NULL ? tree_null() : tree_copy(object));

	if (k->crd != NULL)
		tree_sort(t);
}

static void
set_options(struct tree *request, const struct admission *a)
{
	static const struct str kinds[] = { STR_INIT("CreateOptions"), STR_INIT("UpdateOptions"),
	    STR_INIT("DeleteOptions") };
	struct tree            *t = tree_set(request, STR("options"), tree_object());

	tree_set_str(t, "kind", kinds[a->operation]);
	tree_set_str(t, "apiVersion", STR("meta.k8s.io/v1"));
	TREE_EACH(o, a->consult->options)
		tree_set(t, o->key, tree_copy(o));
}

static struct tree *
review_of(const struct admission *a, int version, const struct tree *object, const struct tree *old,
    const char *uid)
{
	struct tree *t = tree_of("{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1'}");
	struct tree *r = tree_want(t, "request");

	tree_set_str(r, "uid", str_of(uid));
	set_kind(r, "kind", "kind", a->k, version, a->k->kind);
	set_kind(r, "resource", "resource", a->k, version, a->k->plural);
	if (a->sub.len > 0)
		tree_set_str(r, "subResource", a->sub);
	set_kind(r, "requestKind", "kind", a->k, a->version, a->k->kind);
	set_kind(r, "requestResource", "resource", a->k, a->version, a->k->plural);
	if (a->sub.len > 0)
		tree_set_str(r, "requestSubResource", a->sub);
	if (a->name.len > 0)
		tree_set_str(r, "name", a->name);
	if (a->k->namespaced)
		tree_set_str(r, "namespace", a->ns);
	tree_set_str(r, "operation", operations[a->operation]);
	tree_set(r, STR("userInfo"), a->consult->user == NULL ? tree_object() : tree_copy(a->consult->user));
	set_object(r, "object", object, a->k);
	set_object(r, "oldObject", old, a->k);
	tree_set(r, STR("dryRun"), tree_bool(a->dry_run));
	set_options(r, a);
	return t;
}

static struct reply
internal(const char *text)
{
	struct reply r = reply_bad(500, "InternalError", "Internal error occurred: %s", text);

	reply_cause(&r, "", "", "%s", text);
	r.code = 500;
	return r;
}

/* What the answer means -----------------------------------------------------*/

static struct reply
failed(const struct tree *webhook, const char *what, const char *why)
{
	char text[HOOK_WHY_MAX + 256];

	if (tree_str_is(webhook, "failurePolicy", STR("Ignore")))
		return (struct reply){ .code = 200 };
	snprintf(text, sizeof(text), "failed calling webhook \"" STR_FMT "\": %s: %s",
	    STR_ARG(str_upto(tree_str_at(webhook, "name"), 120)), what, why);
	return internal(text);
}

/* False: `why` says what is wrong with the answer. */
static bool
is_good(const struct tree *answer, const char *uid, char why[512])
{
	const struct tree *r = tree_get(answer, STR("response"));

	if (!tree_is(r, TREE_OBJECT))
		snprintf(why, 512, "webhook response was absent");
	else if (!tree_str_is(r, "uid", str_of(uid)))
		snprintf(why, 512, "expected response.uid=\"%s\", got \"" STR_FMT "\"", uid,
		    STR_ARG(tree_str_at(r, "uid")));
	else if (tree_get(r, STR("patch")) != NULL)
		snprintf(why, 512, "validating webhook may not return response.patch");
	else if (tree_get(r, STR("patchType")) != NULL)
		snprintf(why, 512, "validating webhook may not return response.patchType");
	else
		return true;
	return false;
}

static void
keep_warnings(struct consult *c, const struct tree *warnings)
{
	size_t used = strlen(c->warnings);

	TREE_EACH(w, warnings) {
		struct out o = out_over(c->warnings + used, sizeof(c->warnings) - used - 1);

		/* A header has no room for controls: such a warning is lost. */
		if (memchr(tree_str(w).at, '\n', tree_str(w).len) != NULL)
			continue;
		OUT(&o, tree_str(w), STR("\n"));
		if (!out_ok(&o))
			break;
		used += o.len;
		c->warnings[used] = '\0';
	}
}

/* A denial is the Status that the webhook gave, with its name in front. */
static struct reply
denied(const struct tree *webhook, const struct tree *given)
{
	struct str   name = tree_str_at(webhook, "name"), message = tree_str_at(given, "message");
	struct str   reason = tree_str_at(given, "reason");
	int64_t      code = tree_int_at(given, "code", 0);
	struct reply r;

	message = message.len > 0 ? message : reason;
	r = message.len > 0 ? reply_bad(code < 400 ? 400 : (int)code, "", "admission webhook \"" STR_FMT
	    "\" denied the request: " STR_FMT, STR_ARG(name), STR_ARG(message))
	    : reply_bad(code < 400 ? 400 : (int)code, "", "admission webhook \"" STR_FMT
	    "\" denied the request without explanation", STR_ARG(name));
	TREE_EACH(c, tree_at(given, "details.causes")) {
		struct reply_cause *to = &r.causes[r.cause_count];

		if (r.cause_count == REGISTRY_CAUSES_MAX)
			break;
		r.cause_count++;
		snprintf(to->reason, sizeof(to->reason), STR_FMT, STR_ARG(tree_str_at(c, "reason")));
		snprintf(to->message, sizeof(to->message), STR_FMT, STR_ARG(tree_str_at(c, "message")));
		snprintf(to->field, sizeof(to->field), STR_FMT, STR_ARG(tree_str_at(c, "field")));
	}
	snprintf(r.reason, sizeof(r.reason), STR_FMT, STR_ARG(reason));
	snprintf(r.name, sizeof(r.name), STR_FMT, STR_ARG(tree_str_at(given, "details.name")));
	snprintf(r.group, sizeof(r.group), STR_FMT, STR_ARG(tree_str_at(given, "details.group")));
	snprintf(r.kind, sizeof(r.kind), STR_FMT, STR_ARG(tree_str_at(given, "details.kind")));
	return r;
}

static struct reply
read_answer(const struct admission *a, const struct tree *webhook, const struct consult_page *p)
{
	const struct tree *t = p->call.answer, *r = tree_get(t, STR("response"));
	char               why[512];

	if (t == NULL)
		return failed(webhook, "failed to call webhook", p->call.why);
	if (!tree_str_is(t, "kind", STR("AdmissionReview")) ||
	    !tree_str_is(t, "apiVersion", STR("admission.k8s.io/v1"))) {
		snprintf(why, sizeof(why), "no kind \"" STR_FMT "\" is registered for version \"" STR_FMT
		    "\" in scheme \"pkg/runtime/scheme.go:111\"", STR_ARG(tree_str_at(t, "kind")),
		    STR_ARG(tree_str_at(t, "apiVersion")));
		return failed(webhook, "failed to call webhook", why);
	}
	if (!is_good(t, p->uid, why))
		return failed(webhook, "received invalid webhook response", why);
	keep_warnings(a->consult, tree_get(r, STR("warnings")));
	return tree_true_at(r, "allowed") ? (struct reply){ .code = 200 }
	    : denied(webhook, tree_get(r, STR("status")));
}

/* All of them -----------------------------------------------------------------*/

struct round {
	const struct admission *admission;
	/* The objects in the versions that webhooks want. */
	struct tree            *objects[RESOURCE_VERSIONS_MAX], *olds[RESOURCE_VERSIONS_MAX];
	bool                    made[RESOURCE_VERSIONS_MAX];
	struct reply            result;      /* the first refusal */
	bool                    waits;
};

/* NULL stays NULL.  False: the result says why. */
static bool
turn(struct round *r, const struct tree *object, int version, struct tree **to)
{
	const struct admission *a = r->admission;
	struct reply            bad;

	*to = object == NULL ? NULL : version_of(a->k, object, a->version, version, a->consult, &bad);
	if (object == NULL || *to != NULL)
		return true;
	r->result = REPLY_WAITS(bad) ? bad : internal(bad.message);
	return false;
}

/* One after the other, before the first review is sent: the order of questions is the same in every run. */
static bool
turn_for(const struct tree *configuration, void *owner)
{
	struct round *r = owner;

	TREE_EACH(webhook, tree_get(configuration, STR("webhooks"))) {
		int v = admit_matches(r->admission, webhook);

		if (v < 0 || r->made[v])
			continue;
		r->made[v] = turn(r, r->admission->object, v, &r->objects[v]) &&
		    turn(r, r->admission->old, v, &r->olds[v]);
		if (!r->made[v])
			return false;
	}
	return true;
}

static bool
has_side_effects(const struct tree *webhook)
{
	struct str effects = tree_str_at(webhook, "sideEffects");

	return !str_eq(effects, STR("None")) && !str_eq(effects, STR("NoneOnDryRun"));
}

static struct reply
ask(const struct round *r, const struct tree *webhook, int version)
{
	const struct admission    *a = r->admission;
	const struct consult_page *p;
	char                       uid[40];

	if (a->dry_run && has_side_effects(webhook))
		return reply_bad(400, "BadRequest", "admission webhook \"" STR_FMT "\" does not support dry run",
		    STR_ARG(tree_str_at(webhook, "name")));
	p = consult_next(a->consult);
	if (p != NULL && p->answered)
		return read_answer(a, webhook, p);
	if (p == NULL) {
		consult_uid(uid);
		consult_ask(a->consult, tree_get(webhook, STR("clientConfig")), tree_int_at(webhook, "timeoutSeconds", 10),
		    uid, review_of(a, version, r->objects[version], r->olds[version], uid));
	}
	return (struct reply){ .code = 102 };
}

static bool
ask_all(const struct tree *configuration, void *owner)
{
	struct round *r = owner;

	TREE_EACH(webhook, tree_get(configuration, STR("webhooks"))) {
		int          version = admit_matches(r->admission, webhook);
		struct reply one = version < 0 ? (struct reply){ .code = 200 } : ask(r, webhook, version);

		r->waits = r->waits || REPLY_WAITS(one);
		if (!REPLY_OK(one) && !REPLY_WAITS(one) && REPLY_OK(r->result))
			r->result = one;
	}
	return true;
}

struct reply
admit(const struct admission *a)
{
	const struct resource *k = registry_resource(a->registry, STR("admissionregistration.k8s.io"),
	    STR("validatingwebhookconfigurations"));
	struct round           r = { .admission = a, .result = { .code = 200 } };

	if (a->consult == NULL || k == NULL || a->k == k)
		return r.result;
	registry_list(a->registry, k, STR_NONE, STR_NONE, STR_NONE, turn_for, &r);
	if (REPLY_OK(r.result))
		registry_list(a->registry, k, STR_NONE, STR_NONE, STR_NONE, ask_all, &r);
	for (int i = 0; i < RESOURCE_VERSIONS_MAX; i++) {
		tree_free(r.objects[i]);
		tree_free(r.olds[i]);
	}
	return r.waits ? (struct reply){ .code = 102 } : r.result;
}
