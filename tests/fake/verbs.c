/* verbs.c - what is done to resources: get, create, update, patch, delete. */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/yaml.h"
#include "tests/fake/apiserver_inner.h"
#include "tests/fake/json_patch.h"
#include "tests/fake/merge.h"

#define MANAGER_MAX 128

/* Options as webhooks are told of them. */
static struct tree *
options_of(const struct asked *a)
{
	struct tree *t = tree_object();

	if (target_has(&a->target, "dryRun"))
		tree_push(tree_set(t, STR("dryRun"), tree_array()), tree_text(STR("All")));
	if (target_has(&a->target, "fieldManager"))
		tree_set_str(t, "fieldManager", target_query(&a->target, "fieldManager"));
	if (target_has(&a->target, "fieldValidation"))
		tree_set_str(t, "fieldValidation", target_query(&a->target, "fieldValidation"));
	return t;
}

static struct consult *
consult_of(struct asked *a)
{
	if (a->consult.user == NULL) {
		a->consult.user = user_info(a->user);
		a->consult.options = options_of(a);
	}
	return &a->consult;
}

static struct registry_write
write_of(struct asked *a)
{
	struct str manager = target_query(&a->target, "fieldManager"), rest = str_of(a->agent);

	if (manager.len == 0 && (!str_cut(&rest, '/', &manager) || manager.len == 0))
		manager = STR("unknown");
	return (struct registry_write){ .create = true, .manager = str_upto(manager, MANAGER_MAX),
	    .sub = a->target.sub,
	    .version = a->version, .dry_run = target_has(&a->target, "dryRun"), .force = target_true(&a->target,
	    "force"),
	    .strict = str_eq(target_query(&a->target, "fieldValidation"), STR("Strict")),
	    .quiet = str_eq(target_query(&a->target, "fieldValidation"), STR("Ignore")), .consult = consult_of(a) };
}

/* YAML is JSON here, and JSON is YAML. */
static struct tree *
read_yaml(struct str body, const char **why)
{
	static struct yaml_error error;
	size_t                   size = 4 * body.len + (64u << 10);
	char                    *room = malloc(size);
	struct arena             a;
	struct str               json;
	struct tree             *t = NULL;

	CHECK(room != NULL);
	arena_init(&a, room, size);
	if (yaml_to_json(body, 0, &a, &json, &error))
		t = tree_parse(json, why);
	else
		*why = error.text;
	free(room);
	return t;
}

static bool
is_type(const struct asked *a, struct str type)
{
	return str_starts(a->x->head.content_type, type);
}

/* The body as a tree, or the request is answered. */
static struct tree *
body_of(struct asked *a)
{
	const char  *why = "is empty";
	struct tree *t;

	if (is_type(a, STR("application/vnd.kubernetes.protobuf"))) {
		asked_bad(a, reply_bad(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
		    "accepted media types include: application/json, application/yaml"));
		return NULL;
	}
	t = is_type(a, STR("application/yaml")) || is_type(a, STR("application/apply-patch+yaml"))
	    ? read_yaml(a->x->body, &why) : tree_parse(a->x->body, &why);
	if (t != NULL && t->kind != TREE_OBJECT && !is_type(a, STR("application/json-patch+json"))) {
		tree_free(t);
		t = NULL;
		why = "is not an object";
	}
	if (t == NULL)
		asked_bad(a, reply_bad(400, "BadRequest", "the object provided is unrecognized (must be of type " STR_FMT
		    "): couldn't get version/kind; json parse error: the body %s", STR_ARG(a->k->kind), why));
	return t;
}

/* Its kind and version must be those of the URL. */
static bool
is_of_kind(struct asked *a, const struct tree *t)
{
	struct str kind = tree_str_at(t, "kind"), version = tree_str_at(t, "apiVersion");
	char       text[160];
	struct out o = out_over(text, sizeof(text));

	resource_api_version(a->k, a->version, &o);
	if ((kind.len == 0 || str_eq(kind, a->k->kind)) && (version.len == 0 || str_eq(version, out_view(&o))))
		return true;
	if (strcmp(a->verb, "patch") == 0)
		asked_bad(a, reply_bad(400, "BadRequest", "invalid object type: %s" STR_FMT ", Kind=" STR_FMT,
		    str_has(version, STR("/")) ? "" : "/", STR_ARG(version), STR_ARG(kind)));
	else if (str_eq(kind, a->k->kind) || kind.len == 0)
		asked_bad(a, reply_bad(400, "BadRequest", STR_FMT " in version \"" STR_FMT "\" cannot be handled as a "
		    STR_FMT ": no kind \"" STR_FMT "\" is registered for version \"" STR_FMT "\"", STR_ARG(a->k->kind),
		    STR_ARG(version), STR_ARG(a->k->kind), STR_ARG(a->k->kind), STR_ARG(version)));
	else
		asked_bad(a, reply_bad(400, "BadRequest", STR_FMT " in version \"" STR_FMT "\" cannot be handled as a "
		    STR_FMT ": unknown conversion", STR_ARG(kind), STR_ARG(version), STR_ARG(a->k->kind)));
	return false;
}

static struct tree *
object_of(struct asked *a)
{
	struct tree *t = body_of(a);
	bool         good = t != NULL && is_of_kind(a, t);

	if (t != NULL && !good)
		tree_free(t);
	return good ? t : NULL;
}

static void
not_allowed(struct asked *a)
{
	asked_bad(a, reply_generic(405, "MethodNotAllowed",
	    "the server does not allow this method on the requested resource"));
}

static void
get(struct asked *a)
{
	struct registry_write w = write_of(a);
	struct reply          bad;
	struct tree          *t, *as;

	t = registry_view(a->server->registry, a->k, a->target.ns, a->target.name, &w, &bad);
	if (t == NULL) {
		asked_bad(a, bad);
		return;
	}
	as = shown(a, t);
	tree_free(t);
	asked_tree(a, 200, as, NULL);
}

/* POST pods/NAME/binding and pods/NAME/eviction. */
static void
create_sub(struct asked *a)
{
	bool                   bind = str_eq(a->target.sub, STR("binding"));
	struct registry_delete d = { 0 };
	struct tree           *t;
	struct reply           r;

	if (!str_eq(a->k->plural, STR("pods")) || (!bind && !str_eq(a->target.sub, STR("eviction")))) {
		not_allowed(a);
		return;
	}
	if ((t = body_of(a)) == NULL)
		return;
	r = bind ? registry_bind(a->server->registry, a->target.ns, a->target.name, tree_str_at(t, "target.name"))
	    : registry_delete(a->server->registry, a->k, a->target.ns, a->target.name, &d);
	tree_free(t);
	if (REPLY_OK(r))
		asked_tree(a, 201, tree_of("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Success',"
		    "'code':201}"),
		    NULL);
	else
		asked_bad(a, r);
}

static void
create(struct asked *a)
{
	struct registry_write w = write_of(a);
	struct tree          *t;
	struct reply          r;
	struct out            o = out_over(a->made, sizeof(a->made) - 1);

	if (a->target.name.len > 0) {
		create_sub(a);
		return;
	}
	if ((t = object_of(a)) == NULL)
		return;
	if (a->k->namespaced && a->target.ns.len == 0) {
		tree_free(t);
		not_allowed(a);
		return;
	}
	if (tree_str_at(t, "metadata.namespace").len > 0 && !str_eq(tree_str_at(t, "metadata.namespace"),
	    a->target.ns)) {
		tree_free(t);
		asked_bad(a, reply_bad(400, "BadRequest",
		    "the namespace of the provided object does not match the namespace sent on the request"));
		return;
	}
	out_str(&o, str_upto(tree_str_at(t, "metadata.name"), sizeof(a->made) - 1));
	a->made[o.len] = '\0';
	r = registry_create(a->server->registry, a->k, a->target.ns, t, &w);
	asked_reply(a, &r);
}

static void
update(struct asked *a)
{
	struct registry_write w = write_of(a);
	struct tree          *t = object_of(a);
	struct reply          r;

	if (t == NULL)
		return;
	r = registry_update(a->server->registry, a->k, a->target.ns, a->target.name, t, &w);
	asked_reply(a, &r);
}

/* What comes of these patches is an update. */
static struct reply
patch_here(struct asked *a, struct tree *patch, const struct registry_write *w)
{
	struct reply bad;
	struct tree *t = registry_view(a->server->registry, a->k, a->target.ns, a->target.name, w, &bad);
	const char  *why = NULL;

	if (t == NULL) {
		tree_free(patch);
		return bad;
	}
	if (is_type(a, STR("application/json-patch+json")))
		json_patch(&t, patch, &why);
	else
		merge_strategic(a->k, t, patch);
	tree_free(patch);
	if (why != NULL) {
		tree_free(t);
		return reply_bad(422, "Invalid", "the server rejected our request due to an error in our request: %s", why);
	}
	return registry_update(a->server->registry, a->k, a->target.ns, a->target.name, t, w);
}

static bool
takes_patch(const struct asked *a)
{
	return is_type(a, STR("application/merge-patch+json")) || is_type(a, STR("application/json-patch+json")) ||
	    is_type(a, STR("application/apply-patch+yaml")) ||
	    (a->k->crd == NULL && is_type(a, STR("application/strategic-merge-patch+json")));
}

/* Strategic merge patches are for typed objects only. */
static bool
takes_patch_elsewhere(const struct asked *a)
{
	return is_type(a, STR("application/strategic-merge-patch+json"));
}

/* True: refused, answered. */
static bool
is_bad_patch(struct asked *a, bool apply)
{
	struct reply r = { 0 };

	if (!takes_patch(a)) {
		asked_bad(a, takes_patch_elsewhere(a)
		    ? reply_bad(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted "
		    "media "
		    "types include: application/json-patch+json, application/merge-patch+json, "
		    "application/apply-patch+yaml")
		    : reply_generic(415, "UnsupportedMediaType", "415: Unsupported Media Type"));
		return true;
	}
	if (!apply || target_query(&a->target, "fieldManager").len > 0)
		return false;
	reply_cause(&r, "FieldValueRequired", "fieldManager", "Required value: is required for apply patch");
	reply_invalid(&r, &(struct resource){ .kind = STR("PatchOptions"), .group = STR("meta.k8s.io") }, STR(""));
	asked_bad(a, r);
	return true;
}

static void
patch(struct asked *a)
{
	struct registry_write w = write_of(a);
	struct registry      *r = a->server->registry;
	bool                  apply = is_type(a, STR("application/apply-patch+yaml"));
	struct tree          *t;
	struct reply          reply;

	if (is_bad_patch(a, apply) || (t = apply ? object_of(a) : body_of(a)) == NULL)
		return;
	if (apply)
		reply = registry_apply(r, a->k, a->target.ns, a->target.name, t, &w);
	else if (is_type(a, STR("application/merge-patch+json")))
		reply = registry_merge(r, a->k, a->target.ns, a->target.name, t, &w);
	else
		reply = patch_here(a, t, &w);
	asked_reply(a, &reply);
}

/* DeleteOptions: of the body, else of the query. */
static struct registry_delete
delete_of(struct asked *a, const struct tree *body)
{
	struct registry_delete d = { .uid = tree_str_at(body, "preconditions.uid"),
	    .version = tree_str_at(body, "preconditions.resourceVersion"),
	    .propagation = tree_str_at(body, "propagationPolicy"),
	    .dry_run = target_has(&a->target, "dryRun") || tree_at(body, "dryRun") != NULL, .speaks = a->version,
	    .consult = consult_of(a) };

	if (d.propagation.len == 0)
		d.propagation = target_query(&a->target, "propagationPolicy");
	d.has_grace = tree_at(body, "gracePeriodSeconds") != NULL || target_has(&a->target, "gracePeriodSeconds");
	d.grace_s = tree_int_at(body, "gracePeriodSeconds", target_int(&a->target, "gracePeriodSeconds", 30));
	return d;
}

/* Kinds whose delete answers with the object, also when it is gone. */
static bool
answers_with_object(const struct resource *k)
{
	static const struct str kinds[] = { STR_INIT("pods"), STR_INIT("services"), STR_INIT("persistentvolumes"),
	    STR_INIT("persistentvolumeclaims"), STR_INIT("serviceaccounts") };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (k->group.len == 0 && str_eq(k->plural, kinds[i]))
			return true;
	return false;
}

static struct tree *
success(const struct asked *a, const struct tree *object)
{
	struct tree *t = tree_of("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Success',"
	    "'details':{}}");

	tree_set_str(t, "details.name", a->target.name);
	if (a->k->group.len > 0)
		tree_set_str(t, "details.group", a->k->group);
	tree_set_str(t, "details.kind", a->k->plural);
	tree_set_str(t, "details.uid", tree_str_at(object, "metadata.uid"));
	return t;
}

static void
delete(struct asked *a)
{
	struct tree           *body = a->x->body.len > 0 ? body_of(a) : tree_object();
	struct registry_delete d;
	struct reply           r;

	if (body == NULL)
		return;
	d = delete_of(a, body);
	r = registry_delete(a->server->registry, a->k, a->target.ns, a->target.name, &d);
	tree_free(body);
	if (!REPLY_OK(r))
		asked_bad(a, r);
	else if (answers_with_object(a->k) || (!d.dry_run &&
	    registry_find(a->server->registry, a->k, a->target.ns, a->target.name) != NULL))
		asked_reply(a, &r);
	else
		asked_tree(a, 200, success(a, r.object), NULL);
}

/* Of subresources only these: status, and what a POST on pods does. */
static bool
has_sub(const struct asked *a)
{
	if (a->target.sub.len == 0 || (str_eq(a->target.sub, STR("status")) && a->k->has_status))
		return true;
	return str_eq(a->x->head.method, STR("POST"));
}

void
verbs_run(struct asked *a)
{
	struct str m = a->x->head.method;
	bool       one = a->target.name.len > 0;
	bool       read = str_eq(m, STR("GET")) || str_eq(m, STR("HEAD"));

	if (!has_sub(a))
		asked_bad(a, reply_generic(404, "NotFound", "the server could not find the requested resource"));
	else if (read && target_true(&a->target, "watch"))
		watch_run(a);
	else if (read && one)
		get(a);
	else if (read)
		list_run(a);
	else if (str_eq(m, STR("POST")))
		create(a);
	else if (str_eq(m, STR("PUT")) && one)
		update(a);
	else if (str_eq(m, STR("PATCH")) && one)
		patch(a);
	else if (str_eq(m, STR("DELETE")) && one && a->target.sub.len == 0)
		delete(a);
	else if (str_eq(m, STR("DELETE")) && !one)
		list_delete(a);
	else
		not_allowed(a);
}
