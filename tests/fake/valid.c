/* valid.c - names, finalizers, owners, and what of the built-in kinds may not change. */
#include "tests/fake/valid.h"

#include <stdlib.h>


#define LABEL_RULE "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " \
	"and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used " \
	"for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define SUBDOMAIN_RULE "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric " \
	"characters, '-' or '.', and must start and end with an alphanumeric character (e.g. " \
	"'example.com', regex used for validation is " \
	"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_label(struct str s)
{
	if (s.len == 0 || s.len > 63 || !is_alnum(s.at[0]) || !is_alnum(s.at[s.len - 1]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.at[i]) && s.at[i] != '-')
			return false;
	return true;
}

static bool
is_subdomain(struct str s)
{
	struct str part;

	if (s.len == 0 || s.len > 253)
		return false;
	while (str_cut(&s, '.', &part))
		if (!is_label(str_upto(part, 63)) || !is_alnum(part.at[part.len - 1]))
			return false;
	return true;
}

static bool
is_rbac(const struct resource *k)
{
	return str_eq(k->group, STR("rbac.authorization.k8s.io"));
}

static void
check_name(const struct resource *k, const struct tree *object, struct reply *r)
{
	struct str name = tree_str_at(object, "metadata.name");

	if (name.len == 0) {
		reply_cause(r, "FieldValueRequired", "metadata.name", "Required value: name or generateName is required");
		return;
	}
	if (is_rbac(k))
		return;
	if (k->crd == NULL && (str_eq(k->kind, STR("Service")) || str_eq(k->kind, STR("Namespace")))) {
		if (!is_label(name))
			reply_cause(r, "FieldValueInvalid", "metadata.name", "Invalid value: \"" STR_FMT "\": " LABEL_RULE,
			    STR_ARG(name));
	} else if (!is_subdomain(name))
		reply_cause(r, "FieldValueInvalid", "metadata.name", "Invalid value: \"" STR_FMT "\": " SUBDOMAIN_RULE,
		    STR_ARG(name));
}

static void
check_owners(const struct tree *object, struct reply *r)
{
	int controllers = 0;

	TREE_EACH(o, tree_at(object, "metadata.ownerReferences")) {
		controllers += tree_true_at(o, "controller");
		if (tree_str_at(o, "apiVersion").len == 0)
			reply_cause(r, "FieldValueInvalid", "metadata.ownerReferences.apiVersion",
			    "Invalid value: \"\": version must not be empty");
		if (tree_str_at(o, "kind").len == 0)
			reply_cause(r, "FieldValueInvalid", "metadata.ownerReferences.kind",
			    "Invalid value: \"\": must not be empty");
		if (tree_str_at(o, "name").len == 0)
			reply_cause(r, "FieldValueInvalid", "metadata.ownerReferences.name",
			    "Invalid value: \"\": must not be empty");
		if (tree_str_at(o, "uid").len == 0)
			reply_cause(r, "FieldValueInvalid", "metadata.ownerReferences.uid",
			    "Invalid value: \"\": must not be empty");
	}
	if (controllers > 1)
		reply_cause(r, "FieldValueInvalid", "metadata.ownerReferences",
		    "Invalid value: []: Only one reference can have Controller set to true");
}

static void
need(const struct tree *object, const char *path, struct reply *r)
{
	const struct tree *v = tree_at(object, path);

	if (v == NULL || v->kind == TREE_NULL || (v->kind == TREE_TEXT && v->text.len == 0) ||
	    (v->kind == TREE_ARRAY && v->count == 0))
		reply_cause(r, "FieldValueRequired", path, "Required value");
}

static void
at_most(const struct tree *object, const char *path, size_t most, struct reply *r)
{
	if (tree_str_at(object, path).len > most)
		reply_cause(r, "FieldValueInvalid", path, "Invalid value: \"\": can have at most %d characters", (int)most);
}

static void
check_event(const struct tree *e, struct reply *r)
{
	static const char *const texts[] = { "reportingController", "reportingInstance", "action", "reason" };

	need(e, "eventTime", r);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		need(e, texts[i], r);
	for (size_t i = 1; i < sizeof(texts) / sizeof(texts[0]); i++)
		at_most(e, texts[i], 128, r);
	/* It is checked under its core/v1 name. */
	if (tree_str_at(e, "note").len > 1024)
		reply_cause(r, "FieldValueInvalid", "message", "Invalid value: \"\": can have at most 1024 characters");
	if (!tree_str_is(e, "type", STR("Normal")) && !tree_str_is(e, "type", STR("Warning")))
		reply_cause(r, "FieldValueInvalid", "type", "Invalid value: \"\": has invalid value: " STR_FMT,
		    STR_ARG(tree_str_at(e, "type")));
}

static bool
is_selected(const struct tree *selector, const struct tree *labels)
{
	if (selector == NULL)
		return false;
	TREE_EACH(want, tree_get(selector, STR("matchLabels"))) {
		const struct tree *have = tree_get(labels, want->key);

		if (have == NULL || !tree_eq(have, want))
			return false;
	}
	return true;
}

static void
check_labels(const struct tree *w, struct reply *r)
{
	const struct tree *labels = tree_at(w, "spec.template.metadata.labels");
	struct str         text;

	if (is_selected(tree_at(w, "spec.selector"), labels))
		return;
	text = labels == NULL ? STR("null") : tree_text_of(labels);
	reply_cause(r, "FieldValueInvalid", "spec.template.metadata.labels",
	    "Invalid value: " STR_FMT ": `selector` does not match template `labels`", STR_ARG(text));
	if (labels != NULL)
		free((void *)(uintptr_t)text.at);
}

static void
check_workload(const struct tree *w, struct reply *r)
{
	need(w, "spec.selector", r);
	need(w, "spec.template.spec.containers", r);
	check_labels(w, r);
	if (tree_int_at(w, "spec.replicas", 0) < 0)
		reply_cause(r, "FieldValueInvalid", "spec.replicas",
		    "Invalid value: %d: must be greater than or equal to 0", (int)tree_int_at(w, "spec.replicas", 0));
}

static void
check_kind(const struct resource *k, const struct tree *object, struct reply *r)
{
	struct str kind = k->crd != NULL ? STR("") : k->kind;

	if (str_eq(kind, STR("StatefulSet")) || str_eq(kind, STR("Deployment")))
		check_workload(object, r);
	else if (str_eq(kind, STR("Pod")))
		need(object, "spec.containers", r);
	else if (str_eq(kind, STR("PersistentVolumeClaim"))) {
		need(object, "spec.accessModes", r);
		need(object, "spec.resources.requests.storage", r);
	} else if (str_eq(kind, STR("RoleBinding")))
		need(object, "roleRef.name", r);
	else if (str_eq(k->group, STR("events.k8s.io")))
		check_event(object, r);
	else if (str_eq(kind, STR("Service")) && !tree_str_is(object, "spec.clusterIP", STR("None")) &&
	    !tree_str_is(object, "spec.type", STR("ExternalName")))
		need(object, "spec.ports", r);
}

/* Finalizers of the built-in kinds are qualified names, or one of three. */
static void
check_finalizer_names(const struct resource *k, const struct tree *object, struct reply *r)
{
	int i = 0;

	TREE_EACH(f, tree_at(object, "metadata.finalizers")) {
		struct str s = tree_str(f);
		char       field[64];
		struct out o = out_over(field, sizeof(field) - 1);

		OUT(&o, STR("metadata.finalizers["));
		out_int(&o, i++);
		out_char(&o, ']');
		field[o.len] = '\0';
		if (k->crd == NULL && !str_has(s, STR("/")) && !str_eq(s, STR("orphan")) &&
		    !str_eq(s, STR("foregroundDeletion")) && !str_eq(s, STR("kubernetes")))
			reply_cause(r, "FieldValueInvalid", field, "Invalid value: \"" STR_FMT "\": name is neither a standard "
			    "finalizer name nor is it fully qualified", STR_ARG(s));
	}
}

void
valid_create(const struct resource *k, const struct tree *object, struct reply *r)
{
	check_name(k, object, r);
	check_finalizer_names(k, object, r);
	check_owners(object, r);
	check_kind(k, object, r);
}

static bool
holds(const struct tree *list, struct str text)
{
	TREE_EACH(v, list)
		if (str_eq(tree_str(v), text))
			return true;
	return false;
}

static void
check_finalizers(const struct tree *old, const struct tree *new, struct reply *r)
{
	if (tree_at(old, "metadata.deletionTimestamp") == NULL)
		return;
	TREE_EACH(f, tree_at(new, "metadata.finalizers"))
		if (!holds(tree_at(old, "metadata.finalizers"), tree_str(f)))
			reply_cause(r, "FieldValueForbidden", "metadata.finalizers", "Forbidden: no new finalizers can be "
			    "added if the object is being deleted, found new finalizers []string{\"" STR_FMT "\"}",
			    STR_ARG(tree_str(f)));
}

static void
fixed(const struct tree *old, const struct tree *new, const char *path, struct reply *r)
{
	if (!tree_eq(tree_at(old, path), tree_at(new, path)))
		reply_cause(r, "FieldValueInvalid", path, "Invalid value: \"\": field is immutable");
}

/* A StatefulSet's spec, but for the few fields that may change. */
static void
check_set(const struct tree *old, const struct tree *new, struct reply *r)
{
	static const char *const may[] = { "replicas", "ordinals", "template", "updateStrategy",
	    "revisionHistoryLimit",
	    "persistentVolumeClaimRetentionPolicy", "minReadySeconds" };
	struct tree *a = tree_copy(tree_get(old, STR("spec"))), *b = tree_copy(tree_get(new, STR("spec")));

	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
		tree_drop(a, str_of(may[i]));
		tree_drop(b, str_of(may[i]));
	}
	if (!tree_eq(a, b))
		reply_cause(r, "FieldValueForbidden", "spec", "Forbidden: updates to statefulset spec for fields other "
		    "than "
		    "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
		    "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
	tree_free(a);
	tree_free(b);
}

static void
check_service(const struct tree *old, const struct tree *new, struct reply *r)
{
	struct str was = tree_str_at(old, "spec.clusterIP"), is = tree_str_at(new, "spec.clusterIP");

	if (!str_eq(was, is) && was.len > 0 && !tree_str_is(new, "spec.type", STR("ExternalName")))
		reply_cause(r, "FieldValueInvalid", "spec.clusterIPs[0]", "Invalid value: [\"" STR_FMT "\"]: may not "
		    "change "
		    "once set", STR_ARG(is));
}

/* Containers may get other images, the spec other tolerations and an earlier end; else a pod is as it was
 * made. */
static void
check_pod(const struct tree *old, const struct tree *new, struct reply *r)
{
	struct tree *a = tree_copy(tree_get(old, STR("spec"))), *b = tree_copy(tree_get(new, STR("spec")));
	struct tree *both[] = { a, b };

	for (size_t i = 0; i < 2; i++) {
		tree_drop(both[i], STR("activeDeadlineSeconds"));
		tree_drop(both[i], STR("tolerations"));
		tree_drop(both[i], STR("terminationGracePeriodSeconds"));
		TREE_EACH(c, tree_get(both[i], STR("containers")))
			tree_drop(c, STR("image"));
		TREE_EACH(c, tree_get(both[i], STR("initContainers")))
			tree_drop(c, STR("image"));
		if (tree_str_at(old, "spec.nodeName").len == 0)
			tree_drop(both[i], STR("nodeName"));
	}
	if (!tree_eq(a, b))
		reply_cause(r, "FieldValueForbidden", "spec", "Forbidden: pod updates may not change fields other than "
		    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
		    "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
		    "(allow it to be set to 1 if it was previously negative)");
	tree_free(a);
	tree_free(b);
}

void
valid_update(const struct resource *k, const struct tree *old, const struct tree *new, struct reply *r)
{
	struct str kind = k->crd != NULL ? STR("") : k->kind;

	check_owners(new, r);
	check_finalizers(old, new, r);
	if (k->crd == NULL)
		check_finalizers(old, new, r);    /* the API server looks twice, and says so */
	check_kind(k, new, r);
	if (str_eq(kind, STR("StatefulSet")))
		check_set(old, new, r);
	else if (str_eq(kind, STR("Pod")))
		check_pod(old, new, r);
	else if (str_eq(kind, STR("Service")))
		check_service(old, new, r);
	else if (str_eq(kind, STR("RoleBinding")) || str_eq(kind, STR("ClusterRoleBinding"))) {
		if (!tree_eq(tree_at(old, "roleRef"), tree_at(new, "roleRef")))
			reply_cause(r, "FieldValueInvalid", "roleRef", "Invalid value: {}: cannot change roleRef");
	} else if (str_eq(kind, STR("StorageClass")))
		fixed(old, new, "provisioner", r);
}
