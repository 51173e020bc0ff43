/* kinds.c - kinds that mean something to the registry itself: definitions, namespaces, events. */

#include "tests/fake/registry_inner.h"

static const struct registry_write by_us = { .manager = STR_INIT("kube-controller-manager") };

static bool
is(const struct resource *k, struct str kind)
{
	return k->crd == NULL && str_eq(k->kind, kind);
}

static void
add_condition(struct tree *list, struct str type, struct str reason, struct str message)
{
	struct tree *c = tree_push(list, tree_object());

	tree_set_str(c, "type", type);
	tree_set_str(c, "status", STR("True"));
	write_stamp(c, "lastTransitionTime", 0);
	tree_set_str(c, "reason", reason);
	tree_set_str(c, "message", message);
}

void
kinds_complete(const struct resource *k, struct tree *object)
{
	struct tree *status, *list;

	if (!is(k, STR("CustomResourceDefinition")))
		return;
	status = tree_want(object, "status");
	if (tree_get(status, STR("conditions")) == NULL) {
		list = tree_set(status, STR("conditions"), tree_array());
		add_condition(list, STR("NamesAccepted"), STR("NoConflicts"), STR("no conflicts found"));
		add_condition(list, STR("Established"), STR("InitialNamesAccepted"),
		    STR("the initial names have been accepted"));
	}
	if (tree_at(object, "spec.names") != NULL)
		tree_set(status, STR("acceptedNames"), tree_copy(tree_at(object, "spec.names")));
	list = tree_array();
	TREE_EACH(v, tree_at(object, "spec.versions"))
		if (tree_true_at(v, "storage"))
			tree_push(list, tree_text(tree_str_at(v, "name")));
	tree_set(status, STR("storedVersions"), list);
}

static void
furnish(struct registry *r, struct str ns)
{
	struct tree *account = tree_of("{'metadata':{'name':'default'}}"), *ca;

	registry_create(r, registry_resource(r, STR(""), STR("serviceaccounts")), ns, account, &by_us);
	ca = tree_of("{'metadata':{'name':'kube-root-ca.crt','annotations':{'kubernetes.io/description':"
	    "'Contains a CA bundle that can be used to verify the kube-apiserver.'}},'data':{'ca.crt':''}}");
	tree_set(tree_get(ca, STR("data")), STR("ca.crt"), tree_text(r->root_ca));
	registry_create(r, registry_resource(r, STR(""), STR("configmaps")), ns, ca, &by_us);
}

/* Names of an event in events.k8s.io/v1 and in core/v1. */
static const struct { struct str events, core; } event_fields[] = {
	{ STR_INIT("regarding"), STR_INIT("involvedObject") },
	{ STR_INIT("note"), STR_INIT("message") },
	{ STR_INIT("reportingController"), STR_INIT("reportingComponent") },
	{ STR_INIT("reportingInstance"), STR_INIT("reportingInstance") },
	{ STR_INIT("deprecatedSource"), STR_INIT("source") },
	{ STR_INIT("deprecatedFirstTimestamp"), STR_INIT("firstTimestamp") },
	{ STR_INIT("deprecatedLastTimestamp"), STR_INIT("lastTimestamp") },
	{ STR_INIT("deprecatedCount"), STR_INIT("count") },
	{ STR_INIT("eventTime"), STR_INIT("eventTime") },
	{ STR_INIT("series"), STR_INIT("series") },
	{ STR_INIT("action"), STR_INIT("action") },
	{ STR_INIT("reason"), STR_INIT("reason") },
	{ STR_INIT("type"), STR_INIT("type") },
	{ STR_INIT("related"), STR_INIT("related") },
};

/* kubectl reads core/v1: what is written as events.k8s.io/v1 is seen there too. */
static void
mirror(struct registry *r, const struct tree *event)
{
	const struct resource *core = registry_resource(r, STR(""), STR("events"));
	struct tree           *t = tree_of("{'kind':'Event','apiVersion':'v1'}");
	struct object         *old = storage_find(r, core, tree_str_at(event, "metadata.namespace"),
	    tree_str_at(event, "metadata.name"));

	tree_set(t, STR("metadata"), tree_copy(tree_at(event, "metadata")));
	for (size_t i = 0; i < sizeof(event_fields) / sizeof(event_fields[0]); i++) {
		const struct tree *v = tree_get(event, event_fields[i].events);

		if (v != NULL)
			tree_set(t, event_fields[i].core, tree_copy(v));
	}
	if (old != NULL)
		tree_set_str(t, "metadata.uid", tree_str_at(old->tree, "metadata.uid"));
	storage_put(r, core, t);
}

void
kinds_written(struct registry *r, const struct resource *k, const struct tree *object, bool created)
{
	if (is(k, STR("Namespace")) && created)
		furnish(r, tree_str_at(object, "metadata.name"));
	else if (is(k, STR("CustomResourceDefinition")))
		resource_define(&r->resources, object);
	else if (str_eq(k->group, STR("events.k8s.io")))
		mirror(r, object);
}

static void
remove_all(struct registry *r, const struct resource *k)
{
	struct snapshot s;

	if (!snapshot_take(r, k, 0, &s))
		return;
	for (int i = 0; i < s.count; i++)
		remove_now(r, s.at[i]);
	snapshot_drop(&s);
}

void
kinds_removed(struct registry *r, const struct resource *k, const struct tree *object)
{
	struct object *twin = NULL;

	if (is(k, STR("CustomResourceDefinition"))) {
		const struct resource *gone = registry_resource(r, tree_str_at(object, "spec.group"),
		    tree_str_at(object, "spec.names.plural"));

		if (gone != NULL)
			remove_all(r, gone);
		resource_remove(&r->resources, object);
	} else if (str_eq(k->group, STR("events.k8s.io")))
		twin = storage_find(r, registry_resource(r, STR(""), STR("events")),
		    tree_str_at(object, "metadata.namespace"), tree_str_at(object, "metadata.name"));
	if (twin != NULL)
		remove_now(r, twin);
}
