/*
 * openapi.c - /openapi/v3 as far as kubectl needs it: every kind may be asked for fieldValidation.
 *
 * With this much it leaves the checking of fields to the server, and `kubectl
 * apply` works as it is; `kubectl explain` has nothing to tell.
 */
#include "tests/fake/apiserver_inner.h"

#include <stdio.h>

static void
add_path(struct tree *paths, const struct resource *k, int version)
{
	char         text[300];
	struct out   o = out_over(text, sizeof(text));
	struct tree *op, *gvk;

	OUT(&o, k->group.len > 0 ? STR("/apis/") : STR("/api"), k->group, STR("/"), k->versions[version],
	    k->namespaced ? STR("/namespaces/{namespace}/") : STR("/"), k->plural, STR("/{name}"));
	op = tree_set(tree_set(paths, out_view(&o), tree_object()), STR("patch"),
	    tree_of("{'x-kubernetes-action':'patch','parameters':[{'name':'fieldValidation','in':'query',"
	    "'schema':{'type':'string'}}],'responses':{}}"));
	gvk = tree_set(op, STR("x-kubernetes-group-version-kind"), tree_object());
	tree_set_str(gvk, "group", k->group);
	tree_set_str(gvk, "version", k->versions[version]);
	tree_set_str(gvk, "kind", k->kind);
}

static void
add_root(struct tree *paths, const struct resource *k, int version)
{
	char         name[200], url[260];
	struct out   n = out_over(name, sizeof(name)), u = out_over(url, sizeof(url));

	OUT(&n, k->group.len > 0 ? STR("apis/") : STR("api"), k->group, STR("/"), k->versions[version]);
	OUT(&u, STR("/openapi/v3/"), out_view(&n), STR("?hash=0"));
	if (tree_get(paths, out_view(&n)) == NULL)
		tree_set_str(tree_set(paths, out_view(&n), tree_object()), "serverRelativeURL", out_view(&u));
}

static struct str
part(const struct asked *a, int i)
{
	return i < a->target.part_count ? a->target.parts[i] : STR("");
}

/* /openapi/v3, /openapi/v3/api/v1, /openapi/v3/apis/GROUP/VERSION */
void
openapi_run(struct asked *a)
{
	bool         root = a->target.part_count == 2, core = str_eq(part(a, 2), STR("api"));
	struct str   group = core ? STR("") : part(a, 3), version = part(a, core ? 3 : 4);
	struct tree *t = root ? tree_object() : tree_of("{'openapi':'3.0.0','info':{'title':'Kubernetes',"
	    "'version':'v1.36.3'}}");
	struct tree *paths = tree_set(t, STR("paths"), tree_object());

	if (!str_eq(part(a, 1), STR("v3"))) {
		tree_free(t);
		asked_text(a, 404, STR("text/plain; charset=utf-8"), STR("404 page not found\n"));
		return;
	}
	for (const struct resource *k = registry_resources(a->server->registry)->first; k != NULL; k = k->next)
		for (int v = 0; v < k->version_count; v++)
			if (root)
				add_root(paths, k, v);
			else if (str_eq(k->group, group) && str_eq(k->versions[v], version))
				add_path(paths, k, v);
	asked_tree(a, 200, t, NULL);
}
