/* admit_rules.c - does a webhook ask to see this write, and in which version? */
#include "tests/fake/admit.h"
#include "tests/fake/selector.h"

static const struct str operations[] = { STR_INIT("CREATE"), STR_INIT("UPDATE"), STR_INIT("DELETE") };

/* A list that names it, or has "*". */
static bool
names(const struct tree *list, struct str what)
{
	TREE_EACH(one, list)
		if (str_eq(tree_str(one), what) || str_eq(tree_str(one), STR("*")))
			return true;
	return false;
}

/* "pods", "pods/status", "pods/x" for any subresource, "x/status", "x", where x is an asterisk. */
static bool
names_resource(const struct tree *list, struct str plural, struct str sub)
{
	TREE_EACH(one, list) {
		struct str rest = tree_str(one), first = STR("");

		if (!str_cut(&rest, '/', &first) || !(str_eq(first, plural) || str_eq(first, STR("*"))))
			continue;
		if (str_eq(rest, sub) || str_eq(rest, STR("*")))
			return true;
	}
	return false;
}

static bool
is_in_scope(const struct tree *rule, const struct admission *a)
{
	struct str scope = tree_str_at(rule, "scope");
	struct str mine = a->k->namespaced ? STR("Namespaced") : STR("Cluster");

	return scope.len == 0 || str_eq(scope, STR("*")) || str_eq(scope, mine);
}

static bool
rule_matches(const struct tree *rule, const struct admission *a, int version)
{
	return names(tree_get(rule, STR("operations")), operations[a->operation]) &&
	    names(tree_get(rule, STR("apiGroups")), a->k->group) &&
	    names(tree_get(rule, STR("apiVersions")), a->k->versions[version]) &&
	    names_resource(tree_get(rule, STR("resources")), a->k->plural, a->sub) && is_in_scope(rule, a);
}

static bool
any_rule_matches(const struct tree *webhook, const struct admission *a, int version)
{
	TREE_EACH(rule, tree_get(webhook, STR("rules")))
		if (rule_matches(rule, a, version))
			return true;
	return false;
}

static bool
is_selected(const struct admission *a, const struct tree *webhook)
{
	const struct tree *space = tree_get(webhook, STR("namespaceSelector"));
	const struct tree *things = tree_get(webhook, STR("objectSelector"));
	const struct tree *ns = !a->k->namespaced ? NULL : registry_find(a->registry,
	    registry_resource(a->registry, STR(""), STR("namespaces")), STR_NONE, a->ns);

	if (space != NULL && ns != NULL && !selector_object_matches(space, tree_at(ns, "metadata.labels")))
		return false;
	return things == NULL ||
	    (a->object != NULL && selector_object_matches(things, tree_at(a->object, "metadata.labels"))) ||
	    (a->old != NULL && selector_object_matches(things, tree_at(a->old, "metadata.labels")));
}

int
admit_matches(const struct admission *a, const struct tree *webhook)
{
	if (!is_selected(a, webhook))
		return -1;
	if (any_rule_matches(webhook, a, a->version))
		return a->version;
	if (tree_str_is(webhook, "matchPolicy", STR("Exact")))
		return -1;
	for (int v = 0; v < a->k->version_count; v++)
		if (any_rule_matches(webhook, a, v))
			return v;
	return -1;
}
