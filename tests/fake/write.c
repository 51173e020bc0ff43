/* write.c - how a write becomes a stored object: the rules that all ways of writing share. */
#include <stdio.h>

#include "kernel/clock.h"
#include "kernel/random.h"
#include "kernel/time_text.h"
#include "tests/fake/admit.h"
#include "tests/fake/cel.h"
#include "tests/fake/defaults.h"
#include "tests/fake/managed.h"
#include "tests/fake/registry_inner.h"
#include "tests/fake/schema.h"
#include "tests/fake/valid.h"
#include "tests/fake/versions.h"

#define NAME_MAX_BYTES 254

/* wall_us 0: now. */
void
write_stamp(struct tree *object, const char *dotted, int64_t wall_us)
{
	char       text[32];
	struct out o = out_over(text, sizeof(text));

	time_print(&o, wall_us == 0 ? clock_wall_us() : wall_us);
	tree_set_str(object, dotted, out_view(&o));
}

static void
generate_name(struct tree *object)
{
	static const char digits[] = "bcdfghjklmnpqrstvwxz2456789";
	char              text[NAME_MAX_BYTES];
	struct out        o = out_over(text, sizeof(text));
	struct str        prefix = tree_str_at(object, "metadata.generateName");

	if (tree_str_at(object, "metadata.name").len > 0 || prefix.len == 0)
		return;
	out_str(&o, str_upto(prefix, 58));
	for (int i = 0; i < 5; i++)
		out_char(&o, digits[random_u64() % (sizeof(digits) - 1)]);
	tree_set_str(object, "metadata.name", out_view(&o));
}

/* Nothing in it is the same as not there. */
static void
drop_empty(struct tree *meta)
{
	for (struct tree *c = meta->first, *next; c != NULL; c = next) {
		bool mine = str_eq(c->key, STR("managedFields"));

		next = c->next;
		if (c->kind == TREE_NULL || (!mine && c->count == 0 && (c->kind == TREE_ARRAY || c->kind == TREE_OBJECT)))
			tree_drop_child(meta, c);
	}
}

/* "unknown field "a"\nunknown field "b"\n" on one line. */
static struct reply
too_strict(const struct resource *k, int version, char *unknown, size_t len)
{
	char       text[1024];
	struct out o = out_over(text, sizeof(text) - 1);
	struct str rest = { unknown, len }, line;

	while (str_cut(&rest, '\n', &line) && line.len > 0)
		OUT(&o, o.len > 0 ? STR(", ") : STR(""), line);
	return reply_bad(400, "BadRequest", STR_FMT " in version \"" STR_FMT "\" cannot be handled as a " STR_FMT
	    ": strict decoding error: " STR_FMT, STR_ARG(k->kind), STR_ARG(k->versions[version]), STR_ARG(k->kind),
	    STR_ARG(out_view(&o)));
}

/* Labels and annotations are texts. */
static void
check_texts(const struct tree *object, const struct resource *k, int version, struct reply *r)
{
	static const char *const maps[] = { "labels", "annotations" };
	static const char *const kinds[] = { "null", "bool", "number", "string", "array", "object" };

	for (int i = 0; i < 2; i++)
		TREE_EACH(v, tree_get(tree_get(object, STR("metadata")), str_of(maps[i])))
			if (v->kind != TREE_TEXT)
				*r = reply_bad(400, "BadRequest", STR_FMT " in version \"" STR_FMT "\" cannot be handled as a "
				    STR_FMT ": json: cannot unmarshal %s into Go struct field ObjectMeta.%s of type string",
				    STR_ARG(k->kind), STR_ARG(k->versions[version]), STR_ARG(k->kind), kinds[v->kind], maps[i]);
}

void
write_settle(const struct resource *k, struct tree *object, const struct registry_write *w, struct reply *r)
{
	char       version[160], unknown[sizeof(r->warning)];
	struct out v = out_over(version, sizeof(version)), u = out_over(unknown, sizeof(unknown) - 1);

	resource_api_version(k, w->version, &v);
	tree_set_str(object, "apiVersion", out_view(&v));
	tree_set_str(object, "kind", k->kind);
	drop_empty(tree_want(object, "metadata"));
	if (k->crd == NULL) {
		defaults_fill(k, object);
		return;
	}
	tree_sort(object);
	schema_prune(object, k->schemas[w->version], &u);
	unknown[u.len] = '\0';
	if (!w->quiet)
		snprintf(r->warning, sizeof(r->warning), "%s", unknown);
	if (w->strict && u.len > 0)
		*r = too_strict(k, w->version, unknown, u.len);
	schema_default(object, k->schemas[w->version]);
	tree_sort(object);
	if (REPLY_OK(*r))
		check_texts(object, k, w->version, r);
}

/* NamespaceLifecycle: new things only in a namespace that is there and stays. */
static struct reply
check_namespace(struct registry *r, const struct resource *k, struct str ns, struct str name)
{
	const struct resource *namespaces = registry_resource(r, STR(""), STR("namespaces"));
	const struct tree     *t;
	char                   text[256];
	struct reply           bad;

	if (!k->namespaced)
		return (struct reply){ .code = 200 };
	t = registry_find(r, namespaces, STR_NONE, ns);
	if (t == NULL)
		return reply_not_found(namespaces, ns);
	if (tree_at(t, "metadata.deletionTimestamp") == NULL)
		return (struct reply){ .code = 200 };
	snprintf(text, sizeof(text), "is forbidden: unable to create new content in namespace " STR_FMT
	    " because it is being terminated", STR_ARG(ns));
	bad = reply_on(k, name, 403, "Forbidden", text);
	reply_cause(&bad, "NamespaceTerminating", "metadata.namespace", "namespace " STR_FMT " is being terminated",
	    STR_ARG(ns));
	bad.code = 403;
	return bad;
}

static void
begin_life(const struct resource *k, struct str ns, struct tree *object, const struct registry_write *w)
{
	struct tree *meta = tree_want(object, "metadata");
	char         uid[40];

	generate_name(object);
	if (k->namespaced)
		tree_set(meta, STR("namespace"), tree_text(ns));
	else
		tree_drop(meta, STR("namespace"));
	consult_uid(uid);
	tree_set(meta, STR("uid"), tree_text(str_of(w->consult != NULL ? w->consult->uid : uid)));
	write_stamp(object, "metadata.creationTimestamp", 0);
	tree_drop(meta, STR("deletionTimestamp"));
	tree_drop(meta, STR("deletionGracePeriodSeconds"));
	tree_drop(meta, STR("selfLink"));
	tree_drop(meta, STR("generation"));
	if (k->has_generation)
		tree_set_int(meta, "generation", 1);
	/* Nodes register themselves whole. */
	if (k->has_status && !str_eq(k->plural, STR("nodes")))
		tree_drop(object, STR("status"));
}

static struct reply
ask_webhooks(struct registry *r, const struct resource *k, enum admit_operation operation, struct str ns,
    const struct tree *object, const struct tree *old, const struct registry_write *w)
{
	struct admission a = { .registry = r, .k = k, .version = w->version, .operation = operation, .ns = ns,
	    .name = tree_str_at(object, "metadata.name"), .sub = w->sub, .object = object, .old = old,
	    .dry_run = w->dry_run, .consult = w->consult };

	return admit(&a);
}

/* All that can be said against a new object, before it is stored. */
static struct reply
judge_create(struct registry *r, const struct resource *k, struct str ns, struct tree *object,
    const struct registry_write *w, bool managed)
{
	struct str   name = tree_str_at(object, "metadata.name");
	struct reply bad = check_namespace(r, k, ns, name), found = { .code = 200 };

	if (!REPLY_OK(bad))
		return bad;
	if (tree_str_at(object, "metadata.resourceVersion").len > 0)
		return reply_bad(500, "", "resourceVersion should not be set on objects to be created");
	begin_life(k, ns, object, w);
	write_settle(k, object, w, &found);
	if (!REPLY_OK(found))
		return found;
	/* What admission adds is nobody's. */
	if (!managed)
		managed_update(k, NULL, object, w);
	bad = defaults_admit(r, k, ns, object);
	if (!REPLY_OK(bad))
		return bad;
	defaults_allocate(k, object);
	kinds_complete(k, object);
	valid_create(k, object, &found);
	if (k->crd != NULL) {
		schema_validate(object, NULL, k->schemas[w->version], &found);
		cel_validate(k, w->version, object, NULL, &found);
	}
	name = tree_str_at(object, "metadata.name");
	if (found.cause_count > 0) {
		reply_invalid(&found, k, name);
		return found;
	}
	bad = ask_webhooks(r, k, ADMIT_CREATE, ns, object, NULL, w);
	if (!REPLY_OK(bad))
		return bad;
	if (storage_find(r, k, ns, name) != NULL)
		return reply_on(k, name, 409, "AlreadyExists", "already exists");
	return found;
}

/* A written object on its way into storage, and as its writer sees it there. */
struct settled { struct tree *stored, *view; };

static bool
settle_version(const struct resource *k, struct tree *object, const struct registry_write *w,
    struct settled *o, struct reply *bad)
{
	*o = (struct settled){ object, NULL };
	if (w->version == 0)
		return true;
	o->stored = version_of(k, object, w->version, 0, w->consult, bad);
	tree_free(object);
	if (o->stored == NULL)
		return false;
	/* Whoever reads it gets its defaults. */
	schema_default(o->stored, k->schemas[0]);
	tree_sort(o->stored);
	o->view = version_of(k, o->stored, 0, w->version, w->consult, bad);
	if (o->view != NULL)
		return true;
	tree_free(o->stored);
	return false;
}

/* Shown, but not stored; the registry holds it until the next such one. */
static struct reply
dry(struct registry *r, const struct resource *k, struct settled *o, struct reply reply)
{
	struct tree *old = r->dry, *old_view = r->dry_view;

	storage_order(k, o->stored);
	reply.object = r->dry = o->stored;
	reply.view = r->dry_view = o->view;
	tree_free(old);
	tree_free(old_view);
	return reply;
}

static struct reply
store(struct registry *r, const struct resource *k, struct settled *o, struct reply reply, bool created)
{
	struct object *stored = storage_put(r, k, o->stored);

	reply.object = stored->tree;
	if (o->view != NULL) {
		tree_set_str(o->view, "metadata.resourceVersion", tree_str_at(stored->tree, "metadata.resourceVersion"));
		tree_sort(o->view);
		reply.view = o->view;
		view_keep(stored, reply.version, o->view);
	}
	kinds_written(r, k, reply.object, created);
	return reply;
}

struct reply
write_create(struct registry *r, const struct resource *k, struct str ns, struct tree *object,
    const struct registry_write *w, bool managed)
{
	struct reply   reply;
	struct settled o;

	if (!tree_is(object, TREE_OBJECT) ||
	    (tree_get(object, STR("metadata")) != NULL && !tree_is(tree_get(object, STR("metadata")), TREE_OBJECT)))
		reply = reply_bad(400, "BadRequest", "the object provided is not an object with metadata");
	else
		reply = judge_create(r, k, ns, object, w, managed);
	if (!REPLY_OK(reply)) {
		tree_free(object);
		return reply;
	}
	reply.code = 201;
	if (!settle_version(k, object, w, &o, &reply))
		return reply;
	reply.version = w->version;
	return w->dry_run ? dry(r, k, &o, reply) : store(r, k, &o, reply, true);
}

/* What a writer cannot change. */
static void
keep_life(const struct resource *k, const struct tree *old, struct tree *new)
{
	static const char *const kept[] = { "name", "generateName", "namespace", "uid", "creationTimestamp",
	    "generation",
	    "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion" };
	struct tree *meta = tree_want(new, "metadata"), *was = tree_get(old, STR("metadata"));

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct tree *v = tree_get(was, str_of(kept[i]));

		if (v == NULL)
			tree_drop(meta, str_of(kept[i]));
		else
			tree_set(meta, str_of(kept[i]), tree_copy(v));
	}
	if (str_eq(k->kind, STR("Service")) && tree_at(new, "spec.clusterIP") == NULL &&
	    tree_at(old, "spec.clusterIP") != NULL)
		tree_set_str(new, "spec.clusterIP", tree_str_at(old, "spec.clusterIP"));
}

static void
take_part(struct tree *to, const struct tree *from, struct str part)
{
	const struct tree *v = tree_get(from, part);

	if (v == NULL)
		tree_drop(to, part);
	else
		tree_set(to, part, tree_copy(v));
}

/* A status write changes status alone; any other all but status. */
static struct tree *
part_of(const struct resource *k, const struct tree *old, struct tree *object, const struct registry_write *w)
{
	struct tree *whole, *entries;

	if (!k->has_status)
		return object;
	if (w->sub.len == 0) {
		take_part(object, old, STR("status"));
		return object;
	}
	whole = tree_copy(old);
	take_part(whole, object, STR("status"));
	entries = tree_at(object, "metadata.managedFields");
	if (entries != NULL)
		tree_set_at(whole, "metadata.managedFields", tree_copy(entries));
	tree_free(object);
	return whole;
}

static struct reply
check_preconditions(const struct object *old, const struct tree *object)
{
	struct str version = tree_str_at(object, "metadata.resourceVersion"), uid = tree_str_at(object,
	    "metadata.uid");
	struct str name = tree_str_at(object, "metadata.name"), ns = tree_str_at(object, "metadata.namespace");
	char       text[700];

	if (!tree_is(object, TREE_OBJECT) || !tree_is(tree_get(object, STR("metadata")), TREE_OBJECT))
		return reply_bad(400, "BadRequest", "the object provided is not an object with metadata");
	if (name.len > 0 && !str_eq(name, old->name))
		return reply_bad(400, "BadRequest", "the name of the object (" STR_FMT ") does not match the name on the "
		    "URL ("
		    STR_FMT ")", STR_ARG(name), STR_ARG(old->name));
	if (ns.len > 0 && !str_eq(ns, old->ns))
		return reply_bad(400, "BadRequest",
		    "the namespace of the provided object does not match the namespace sent on the request");
	if (uid.len > 0 && !tree_str_is(old->tree, "metadata.uid", uid)) {
		snprintf(text, sizeof(text),
		    "StorageError: invalid object, Code: 4, Key: /registry/" STR_FMT "/" STR_FMT "/"
		    STR_FMT ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " STR_FMT
		    ", UID in object meta: " STR_FMT, STR_ARG(old->k->plural), STR_ARG(old->ns), STR_ARG(old->name),
		    STR_ARG(uid), STR_ARG(tree_str_at(old->tree, "metadata.uid")));
		return reply_on(old->k, old->name, 409, "Conflict", text);
	}
	if (version.len > 0 && !str_eq(version, STR("0")) && !tree_str_is(old->tree, "metadata.resourceVersion",
	    version))
		return reply_on(old->k, old->name, 409, "Conflict", "the object has been modified; please apply your "
		    "changes "
		    "to the latest version and try again");
	return (struct reply){ .code = 200 };
}

/* Counts the generation up when something other than metadata and status differs. */
void
write_number(struct tree *new, const struct tree *old, const struct resource *k)
{
	bool same = true;

	if (!k->has_generation)
		return;
	for (int back = 0; back < 2; back++)
		TREE_EACH(c, back ? old : new)
			if (!str_eq(c->key, STR("metadata")) && !str_eq(c->key, STR("status")) &&
			    (!str_eq(c->key, STR("apiVersion"))))
				same = same && tree_eq(c, tree_get(back ? new : old, c->key));
	/* Binding a pod is no change of what was asked for. */
	if (str_eq(k->kind, STR("Pod")) && !tree_eq(tree_at(old, "spec.nodeName"), tree_at(new, "spec.nodeName")))
		same = true;
	if (!same)
		tree_set_int(new, "metadata.generation", tree_int_at(old, "metadata.generation", 0) + 1);
}

/* What was stored under another definition is read with the defaults of this one. */
static void
judge_by_schema(const struct resource *k, int version, const struct tree *object, const struct tree *view,
    struct reply *found)
{
	struct tree *was = tree_copy(view);

	schema_default(was, k->schemas[version]);
	schema_validate(object, was, k->schemas[version], found);
	cel_validate(k, version, object, was, found);
	tree_free(was);
}

static struct reply
judge_change(struct registry *r, struct object *old, const struct tree *view, struct tree *object,
    const struct registry_write *w, bool managed)
{
	const struct resource *k = old->k;
	struct reply           found = { .code = 200 }, bad;

	write_settle(k, object, w, &found);
	if (!REPLY_OK(found))
		return found;
	defaults_allocate(k, object);
	kinds_complete(k, object);
	if (!managed && !managed_update(k, view, object, w))
		return (struct reply){ .code = 102 };
	write_number(object, view, k);
	valid_update(k, view, object, &found);
	if (k->crd != NULL)
		judge_by_schema(k, w->version, object, view, &found);
	if (found.cause_count > 0) {
		reply_invalid(&found, k, old->name);
		return found;
	}
	bad = ask_webhooks(r, k, ADMIT_UPDATE, old->ns, object, view, w);
	return REPLY_OK(bad) ? found : bad;
}

static bool
may_go(const struct tree *t)
{
	const struct tree *f = tree_at(t, "metadata.finalizers");

	return tree_at(t, "metadata.deletionTimestamp") != NULL && (f == NULL || f->count == 0) &&
	    tree_int_at(t, "metadata.deletionGracePeriodSeconds", 0) == 0 && tree_at(t, "spec.finalizers") == NULL;
}

struct reply
write_change(struct registry *r, struct object *old, const struct tree *view, struct tree *object,
    const struct registry_write *w, bool managed)
{
	const struct resource *k = old->k;
	struct reply           reply = check_preconditions(old, object);
	struct settled         o;

	if (REPLY_OK(reply)) {
		object = part_of(k, view, object, w);
		keep_life(k, view, object);
		reply = judge_change(r, old, view, object, w, managed);
	}
	if (!REPLY_OK(reply)) {
		tree_free(object);
		return reply;
	}
	if (!settle_version(k, object, w, &o, &reply))
		return reply;
	reply.version = w->version;
	if (tree_eq(old->tree, o.stored)) {
		tree_free(o.stored);
		tree_free(r->dry_view);
		reply.object = old->tree;
		reply.view = r->dry_view = o.view;
		return reply;
	}
	if (w->dry_run)
		return dry(r, k, &o, reply);
	if (may_go(o.stored)) {
		remove_now(r, old);
		return dry(r, k, &o, reply);
	}
	return store(r, k, &o, reply, false);
}
