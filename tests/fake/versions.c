/* versions.c - ConversionReviews, and what comes back. */
#include "tests/fake/versions.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/fake/schema.h"
#include "tests/fake/versions_inner.h"

bool
version_needs_webhook(const struct resource *k)
{
	return k->crd != NULL && tree_str_is(k->crd, "spec.conversion.strategy", STR("Webhook"));
}

/* "ais.nvidia.com/v1beta1" */
static void
print_version(const struct resource *k, int version, char text[160])
{
	struct out o = out_over(text, 159);

	resource_api_version(k, version, &o);
	text[o.len] = '\0';
}

static void
fail(struct reply *bad, const struct resource *k, int from, const char *text)
{
	char version[160];

	print_version(k, from, version);
	*bad = reply_bad(500, "", "conversion webhook for %s, Kind=" STR_FMT " %s", version, STR_ARG(k->kind), text);
}

struct tree *
version_review(const struct resource *k, const struct tree *object, int to, const char *uid)
{
	struct tree *t = tree_of("{'kind':'ConversionReview','apiVersion':'apiextensions.k8s.io/v1','request':{},"
	    "'response':{'uid':'','convertedObjects':null,'result':{'metadata':{}}}}");
	char         version[160];

	print_version(k, to, version);
	tree_set_str(t, "request.uid", str_of(uid));
	tree_set_str(t, "request.desiredAPIVersion", str_of(version));
	tree_push(tree_set_at(t, "request.objects", tree_array()), tree_copy(object));
	return t;
}

/* False: `why` says what is wrong with the answer as a whole. */
static bool
is_good_answer(const struct tree *t, const char *uid, char why[HOOK_WHY_MAX])
{
	const struct tree *r = tree_get(t, STR("response"));
	struct str         message = tree_str_at(r, "result.message");

	if (!tree_str_is(t, "kind", STR("ConversionReview")))
		snprintf(why, HOOK_WHY_MAX, "failed: no kind \"" STR_FMT "\" is registered for version \"" STR_FMT
		    "\" in scheme \"pkg/runtime/scheme.go:111\"", STR_ARG(tree_str_at(t, "kind")),
		    STR_ARG(tree_str_at(t, "apiVersion")));
	else if (!tree_str_is(t, "apiVersion", STR("apiextensions.k8s.io/v1")))
		snprintf(why, HOOK_WHY_MAX, "failed: expected webhook response of apiextensions.k8s.io/v1, "
		    "Kind=ConversionReview, got " STR_FMT ", Kind=ConversionReview", STR_ARG(tree_str_at(t, "apiVersion")));
	else if (!tree_is(r, TREE_OBJECT))
		snprintf(why, HOOK_WHY_MAX, "failed: no response provided");
	else if (!tree_str_is(r, "uid", str_of(uid)))
		snprintf(why, HOOK_WHY_MAX, "failed: expected response.uid=\"%s\", got \"" STR_FMT "\"", uid,
		    STR_ARG(tree_str_at(r, "uid")));
	else if (tree_str_is(r, "result.status", STR("Success")))
		return true;
	else if (message.len > 0)
		snprintf(why, HOOK_WHY_MAX, "failed: " STR_FMT, STR_ARG(str_upto(message, 1024)));
	else
		snprintf(why, HOOK_WHY_MAX, "failed: response.result.status was '" STR_FMT "', not 'Success'",
		    STR_ARG(tree_str_at(r, "result.status")));
	return false;
}

static bool
is_same_object(const struct tree *was, const struct tree *is, const char *version, char why[HOOK_WHY_MAX])
{
	static const struct { const char *path, *name; } same[] = { { "metadata.name", "name" },
	    { "metadata.namespace", "namespace" }, { "metadata.uid", "UID" } };
	struct str got = tree_str_at(is, "apiVersion");

	if (!str_eq(got, str_of(version))) {
		snprintf(why, HOOK_WHY_MAX, "returned invalid object at index 0: invalid groupVersion (expected %s, "
		    "received " STR_FMT ")", version, STR_ARG(got));
		return false;
	}
	if (!tree_str_is(is, "kind", tree_str_at(was, "kind"))) {
		snprintf(why, HOOK_WHY_MAX, "returned invalid object at index 0: invalid kind (expected " STR_FMT
		    ", received " STR_FMT ")", STR_ARG(tree_str_at(was, "kind")), STR_ARG(tree_str_at(is, "kind")));
		return false;
	}
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!tree_str_is(is, same[i].path, tree_str_at(was, same[i].path))) {
			snprintf(why, HOOK_WHY_MAX, "returned invalid object: must have the same %s: " STR_FMT " != " STR_FMT,
			    same[i].name, STR_ARG(tree_str_at(was, same[i].path)), STR_ARG(tree_str_at(is, same[i].path)));
			return false;
		}
	if (tree_is(tree_get(is, STR("metadata")), TREE_OBJECT))
		return true;
	snprintf(why, HOOK_WHY_MAX, "returned invalid metadata: missing metadata in converted object");
	return false;
}

/* Of the metadata a webhook may change labels and annotations. */
static struct tree *
with_metadata(const struct tree *is, const struct tree *was)
{
	static const struct str free_ones[] = { STR_INIT("labels"), STR_INIT("annotations") };
	struct tree            *t = tree_copy(is);
	struct tree            *meta = tree_set(t, STR("metadata"), tree_copy(tree_get(was, STR("metadata"))));

	for (int i = 0; i < 2; i++) {
		const struct tree *given = tree_get(tree_get(is, STR("metadata")), free_ones[i]);

		if (given == NULL || given->count == 0)
			tree_drop(meta, free_ones[i]);
		else
			tree_set(meta, free_ones[i], tree_copy(given));
	}
	return t;
}

struct tree *
version_read(const struct resource *k, const struct tree *object, int from, int to,
    const struct hook_call *call, const char *uid, struct reply *bad)
{
	const struct tree *list = tree_at(call->answer, "response.convertedObjects");
	char               why[HOOK_WHY_MAX], version[160];

	print_version(k, to, version);
	if (call->answer == NULL)
		snprintf(why, sizeof(why), "failed: %.1400s", call->why);
	else if (is_good_answer(call->answer, uid, why)) {
		if (list == NULL || list->count != 1)
			snprintf(why, sizeof(why), "returned %d objects, expected 1", list == NULL ? 0 : list->count);
		else if (is_same_object(object, list->first, version, why))
			return with_metadata(list->first, object);
	}
	fail(bad, k, from, why);
	return NULL;
}

/* By name only. */
static struct tree *
renamed(const struct resource *k, const struct tree *object, int to)
{
	struct tree *t = tree_copy(object);
	char         version[160];

	print_version(k, to, version);
	tree_set_str(t, "apiVersion", str_of(version));
	return t;
}

static struct tree *
convert(const struct resource *k, const struct tree *object, int from, int to, struct consult *c,
    struct reply *bad)
{
	struct consult_page *p;
	char                 uid[40];

	if (from == to || !version_needs_webhook(k))
		return renamed(k, object, to);
	if (c == NULL) {
		fail(bad, k, from, "failed: nobody is asked from within");
		return NULL;
	}
	p = consult_next(c);
	if (p != NULL && p->answered)
		return version_read(k, object, from, to, &p->call, p->uid, bad);
	if (p == NULL) {
		consult_uid(uid);
		consult_ask(c, tree_at(k->crd, "spec.conversion.webhook.clientConfig"), VERSION_TIMEOUT_S, uid,
		    version_review(k, object, to, uid));
	}
	*bad = (struct reply){ .code = 102 };
	return NULL;
}

struct tree *
version_trim(const struct resource *k, struct tree *t, int version)
{
	char       unknown[64];
	struct out o = out_over(unknown, sizeof(unknown));

	schema_prune(t, k->schemas[version], &o);
	schema_drop_null(t, k->schemas[version]);
	tree_sort(t);
	return t;
}

struct tree *
version_of(const struct resource *k, const struct tree *object, int from, int to, struct consult *c,
    struct reply *bad)
{
	struct tree *t = convert(k, object, from, to, c, bad);

	return t == NULL || from == to ? t : version_trim(k, t, to);
}

bool
version_undeclared(const struct resource *k, const struct tree *object, int version, char path[256])
{
	char         unknown[512];
	struct out   o = out_over(unknown, sizeof(unknown) - 1);
	struct str   first, rest;
	struct tree *copy = tree_copy(object);

	schema_prune(copy, k->schemas[version], &o);
	tree_free(copy);
	rest = out_view(&o);
	if (rest.len == 0)
		return false;
	str_cut(&rest, '"', &first);
	str_cut(&rest, '"', &first);
	snprintf(path, 256, STR_FMT, STR_ARG(first));
	return true;
}

struct tree *
version_for_fields(const struct resource *k, const struct tree *object, int from, int to, struct consult *c,
    struct reply *bad)
{
	struct tree *t = convert(k, object, from, to, c, bad);
	char         path[256];

	if (t == NULL || from == to || !version_undeclared(k, t, to, path))
		return t;
	*bad = reply_bad(500, "", ".%s: field not declared in schema", path);
	tree_free(t);
	return NULL;
}
