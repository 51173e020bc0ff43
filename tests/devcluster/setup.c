/* setup.c - manifests of this repository, created over HTTP as a person would with kubectl. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/json.h"
#include "kernel/memory.h"
#include "kernel/yaml.h"
#include "tests/devcluster/devcluster.h"

#define ARENA_SIZE (16u << 20)

static void next(struct dev_setup *s);

static void
fail(struct dev_setup *s, struct str why)
{
	snprintf(s->why, sizeof(s->why), "%s: " STR_FMT, s->files[s->file], STR_ARG(why));
	s->done(s, s->why);
}

static void
answered(struct request *r, const struct answer *a)
{
	struct dev_setup *s = r->owner;

	if (!a->ok && a->status != 409)
		fail(s, a->message);
	else {
		s->document += !s->making_ns;
		next(s);
	}
}

/* Kinds of which everybody knows that they stand in no namespace. */
static bool
is_namespaced(struct str kind)
{
	static const char *const wide[] = {
		"Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "StorageClass",
		"PersistentVolume",
	};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (str_eq(kind, str_of(wide[i])))
			return false;
	return true;
}

static void
name_kind(struct dev_setup *s, struct str api_version, struct str kind)
{
	struct str rest = api_version, group = STR_NONE;

	s->kind = (struct kind){ .version = api_version, .name = kind, .namespaced = is_namespaced(kind) };
	if (str_cut(&rest, '/', &group) && rest.len > 0) {
		s->kind.group = group;
		s->kind.version = rest;
	}
	snprintf(s->plural, sizeof(s->plural), STR_FMT "%s", STR_ARG(kind), str_ends(kind, STR("s")) ? "es" : "s");
	for (char *c = s->plural; *c != 0; c++)
		*c = (char)tolower((unsigned char)*c);
	s->kind.plural = str_of(s->plural);
}

static void
send(struct dev_setup *s, const struct kind *k, struct str ns, struct str json)
{
	s->making_ns = k == &kind_namespace;
	s->request.verb = VERB_CREATE;
	s->request.kind = k;
	s->request.ns = ns;
	s->request.body = json;
	s->request.done = answered;
	s->request.owner = s;
	api_send(s->api, &s->request);
}

/* What a namespace is needed for comes after it. */
static void
create_namespace(struct dev_setup *s, struct str ns)
{
	struct str json = JOIN(&s->arena,
	    STR("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\""),
	    ns, STR("\"}}"));

	snprintf(s->ns, sizeof(s->ns), STR_FMT, STR_ARG(ns));
	send(s, &kind_namespace, STR_NONE, json);
}

static void
create(struct dev_setup *s, struct str json)
{
	struct json_doc d;
	struct json     root;
	struct str      ns;

	if (json_parse_in(&d, json, &s->arena) != JSON_OK) {
		fail(s, STR("is not what Kubernetes takes"));
		return;
	}
	root = json_root(&d);
	name_kind(s, json_str(json_get(root, STR("apiVersion")), &s->arena),
	    json_str(json_get(root, STR("kind")), &s->arena));
	ns = json_str(json_path(root, "metadata.namespace"), &s->arena);
	ns = !s->kind.namespaced ? STR_NONE : ns.len > 0 ? ns : STR("default");
	if (ns.len > 0 && !str_eq(ns, str_of(s->ns)))
		create_namespace(s, ns);
	else
		send(s, &s->kind, ns, json);
}

static void
next(struct dev_setup *s)
{
	struct yaml_error e;
	struct str text, json;
	enum file_result r;

	arena_reset(&s->arena);
	if (s->files[s->file] == NULL) {
		s->done(s, NULL);
		return;
	}
	r = file_read(s->files[s->file], &s->arena, &text);
	if (r != FILE_OK)
		fail(s, str_of(file_result_text(r)));
	else if (yaml_to_json(text, s->document, &s->arena, &json, &e)) {
		if (str_eq(str_trim(json), STR("null"))) {
			s->document++;
			next(s);
		} else
			create(s, json);
	} else if (e.text[0] != 0)
		fail(s, str_of(e.text));
	else {
		s->file++;
		s->document = 0;
		next(s);
	}
}

void
dev_setup_begin(struct dev_setup *s)
{
	if (s->arena.base == NULL)
		arena_init(&s->arena, memory_reserve(ARENA_SIZE), ARENA_SIZE);
	s->file = s->document = 0;
	next(s);
}
