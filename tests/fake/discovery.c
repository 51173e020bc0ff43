/* discovery.c - what is served: groups, versions, resources; health and version. */
#include "tests/fake/apiserver_inner.h"

static struct str
part(const struct asked *a, int i)
{
	return i < a->target.part_count ? a->target.parts[i] : STR("");
}

static void
add_verbs(struct tree *r, struct str verbs)
{
	struct tree *list = tree_set(r, STR("verbs"), tree_array());
	struct str   verb;

	while (str_cut(&verbs, ',', &verb))
		tree_push(list, tree_text(verb));
}

static void
add_names(struct tree *r, const char *key, struct str names)
{
	struct tree *list = names.len == 0 ? NULL : tree_set(r, str_of(key), tree_array());
	struct str   name;

	while (list != NULL && str_cut(&names, ',', &name))
		tree_push(list, tree_text(name));
}

static struct tree *
add_resource(struct tree *list, const struct resource *k, const char *sub)
{
	struct tree *r = tree_push(list, tree_object());
	char         name[128];
	struct out   o = out_over(name, sizeof(name));

	OUT(&o, k->plural, str_of(sub));
	tree_set_str(r, "name", out_view(&o));
	tree_set_str(r, "singularName", sub[0] == '\0' ? k->singular : STR(""));
	tree_set(r, STR("namespaced"), tree_bool(k->namespaced));
	tree_set_str(r, "kind", k->kind);
	return r;
}

static void
resources(struct asked *a, struct str group, struct str version)
{
	struct tree *t = tree_of("{'kind':'APIResourceList','apiVersion':'v1','groupVersion':'','resources':[]}");
	struct tree *list = tree_get(t, STR("resources"));
	char         text[160];
	struct out   o = out_over(text, sizeof(text));

	OUT(&o, group, group.len > 0 ? STR("/") : STR(""), version);
	tree_set_str(t, "groupVersion", out_view(&o));
	for (const struct resource *k = registry_resources(a->server->registry)->first; k != NULL; k = k->next) {
		struct tree *r;

		if (!str_eq(k->group, group) || resource_version(k, version) < 0)
			continue;
		r = add_resource(list, k, "");
		add_verbs(r, k->crd != NULL ? STR("delete,deletecollection,get,list,patch,create,update,watch")
		    : STR("create,delete,deletecollection,get,list,patch,update,watch"));
		add_names(r, "shortNames", k->short_names);
		add_names(r, "categories", k->categories);
		if (k->has_status)
			add_verbs(add_resource(list, k, "/status"), STR("get,patch,update"));
	}
	reviews_describe(list, group, version);
	if (list->count > 0) {
		asked_tree(a, 200, t, NULL);
		return;
	}
	tree_free(t);
	asked_text(a, 404, STR("text/plain; charset=utf-8"), STR("404 page not found\n"));
}

static void
add_version(struct tree *group, struct str name, struct str version)
{
	struct tree *v;
	char         text[160];
	struct out   o = out_over(text, sizeof(text));

	TREE_EACH(have, tree_get(group, STR("versions")))
		if (tree_str_is(have, "version", version))
			return;
	v = tree_push(tree_get(group, STR("versions")), tree_object());
	OUT(&o, name, STR("/"), version);
	tree_set_str(v, "groupVersion", out_view(&o));
	tree_set_str(v, "version", version);
	if (tree_get(group, STR("preferredVersion")) == NULL)
		tree_set(group, STR("preferredVersion"), tree_copy(v));
}

/* The groups, in the order in which they came; of one group when `only` is not empty. */
static struct tree *
groups(const struct asked *a, struct str only)
{
	struct tree *list = tree_array();

	for (const struct resource *k = registry_resources(a->server->registry)->first; k != NULL; k = k->next) {
		struct tree *group = NULL;

		if (k->group.len == 0 || k->version_count == 0 || (only.len > 0 && !str_eq(k->group, only)))
			continue;
		TREE_EACH(g, list)
			if (tree_str_is(g, "name", k->group))
				group = g;
		if (group == NULL) {
			group = tree_push(list, tree_of("{'name':'','versions':[]}"));
			tree_set_str(group, "name", k->group);
		}
		for (int i = 0; i < k->version_count; i++)
			add_version(group, k->group, k->versions[i]);
	}
	return list;
}

static void
one_group(struct asked *a, struct str name)
{
	struct tree *list = groups(a, name), *t;

	if (list->count == 0) {
		tree_free(list);
		asked_text(a, 404, STR("text/plain; charset=utf-8"), STR("404 page not found\n"));
		return;
	}
	t = tree_copy(list->first);
	tree_free(list);
	tree_set_str(t, "kind", STR("APIGroup"));
	tree_set_str(t, "apiVersion", STR("v1"));
	tree_to_front(t, STR("apiVersion"));
	tree_to_front(t, STR("kind"));
	asked_tree(a, 200, t, NULL);
}

static void
all_groups(struct asked *a)
{
	struct tree *t = tree_of("{'kind':'APIGroupList','apiVersion':'v1'}");

	tree_set(t, STR("groups"), groups(a, STR("")));
	asked_tree(a, 200, t, NULL);
}

static void
versions(struct asked *a)
{
	asked_tree(a, 200, tree_of("{'kind':'APIVersions','versions':['v1'],'serverAddressByClientCIDRs':[]}"),
	    NULL);
}

static void
version(struct asked *a)
{
	asked_tree(a, 200, tree_of("{'major':'1','minor':'36','gitVersion':'v1.36.3','gitCommit':'',"
	    "'gitTreeState':'clean',"
	    "'buildDate':'2026-01-01T00:00:00Z','goVersion':'none','compiler':'gcc','platform':'linux/amd64'}"),
	    NULL);
}

/* A built-in group knows what it has not; others are not there at all. */
static bool
is_group(const struct asked *a)
{
	for (const struct resource *k = registry_resources(a->server->registry)->first; k != NULL; k = k->next)
		if (k->crd == NULL && str_eq(k->group, a->target.group) && resource_version(k, a->target.version) >= 0)
			return true;
	return false;
}

void
discovery_run(struct asked *a)
{
	struct str first = part(a, 0);
	int        parts = a->target.part_count;

	if (str_eq(first, STR("healthz")) || str_eq(first, STR("livez")) || str_eq(first, STR("readyz")))
		asked_text(a, 200, STR("text/plain; charset=utf-8"), STR("ok"));
	else if (str_eq(first, STR("version")))
		version(a);
	else if (str_eq(first, STR("api")) && parts == 1)
		versions(a);
	else if (str_eq(first, STR("api")) && parts == 2)
		resources(a, STR(""), part(a, 1));
	else if (str_eq(first, STR("apis")) && parts == 1)
		all_groups(a);
	else if (str_eq(first, STR("apis")) && parts == 2)
		one_group(a, part(a, 1));
	else if (str_eq(first, STR("apis")) && parts == 3)
		resources(a, part(a, 1), part(a, 2));
	else if (str_eq(first, STR("openapi")))
		openapi_run(a);
	else if (a->target.is_resource && is_group(a))
		asked_bad(a, reply_generic(404, "NotFound", "the server could not find the requested resource"));
	else
		asked_text(a, 404, STR("text/plain; charset=utf-8"), STR("404 page not found\n"));
}
