/* columns.c - tables for kubectl: columns by kind, cells by path or by rule. */
#include <string.h>

#include "kernel/clock.h"
#include "kernel/time_text.h"
#include "tests/fake/columns_inner.h"

#define CELL_MAX 512

static const struct column pods[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Ready", "string", "", NULL, cell_pod_ready, 0 },
	{ "Status", "string", "", NULL, cell_pod_status, 0 },
	{ "Restarts", "string", "", NULL, cell_pod_restarts, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ "IP", "string", "", ".status.podIP", NULL, 1 },
	{ "Node", "string", "", ".spec.nodeName", NULL, 1 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column sets[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Ready", "string", "", NULL, cell_set_ready, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ "Containers", "string", "", NULL, cell_containers, 1 },
	{ "Images", "string", "", NULL, cell_images, 1 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column services[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Type", "string", "", ".spec.type", NULL, 0 },
	{ "Cluster-IP", "string", "", ".spec.clusterIP", NULL, 0 },
	{ "External-IP", "string", "", NULL, cell_external, 0 },
	{ "Port(s)", "string", "", NULL, cell_ports, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ "Selector", "string", "", NULL, cell_selector, 1 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column nodes[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Status", "string", "", NULL, cell_node_status, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ "Version", "string", "", ".status.nodeInfo.kubeletVersion", NULL, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column claims[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Status", "string", "", ".status.phase", NULL, 0 },
	{ "Volume", "string", "", ".spec.volumeName", NULL, 0 },
	{ "Capacity", "string", "", ".status.capacity.storage", NULL, 0 },
	{ "StorageClass", "string", "", ".spec.storageClassName", NULL, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column volumes[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Capacity", "string", "", ".spec.capacity.storage", NULL, 0 },
	{ "Reclaim Policy", "string", "", ".spec.persistentVolumeReclaimPolicy", NULL, 0 },
	{ "Status", "string", "", ".status.phase", NULL, 0 },
	{ "StorageClass", "string", "", ".spec.storageClassName", NULL, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column configs[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Data", "string", "", NULL, cell_data, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column events[] = {
	{ "Last Seen", "string", "", NULL, cell_last_seen, 0 },
	{ "Type", "string", "", ".type", NULL, 0 },
	{ "Reason", "string", "", ".reason", NULL, 0 },
	{ "Object", "string", "", NULL, cell_involved, 0 },
	{ "Message", "string", "", NULL, cell_message, 0 },
	{ "Name", "string", "name", ".metadata.name", NULL, 1 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column phases[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Status", "string", "", ".status.phase", NULL, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column leases[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Holder", "string", "", ".spec.holderIdentity", NULL, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column plain[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Created At", "date", "", ".metadata.creationTimestamp", NULL, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
static const struct column others[] = {
	{ "Name", "string", "name", ".metadata.name", NULL, 0 },
	{ "Age", "string", "", NULL, cell_age, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

static const struct { struct str plural; const struct column *columns; } tables[] = {
	{ STR_INIT("pods"), pods }, { STR_INIT("statefulsets"), sets }, { STR_INIT("services"), services },
	{ STR_INIT("nodes"), nodes }, { STR_INIT("persistentvolumeclaims"), claims },
	{ STR_INIT("persistentvolumes"), volumes }, { STR_INIT("configmaps"), configs },
	{ STR_INIT("secrets"), configs }, { STR_INIT("events"), events }, { STR_INIT("namespaces"), phases },
	{ STR_INIT("leases"), leases }, { STR_INIT("roles"), plain }, { STR_INIT("clusterroles"), plain },
};

static const struct column *
columns_of(const struct resource *k)
{
	for (size_t i = 0; k->crd == NULL && i < sizeof(tables) / sizeof(tables[0]); i++)
		if (str_eq(k->plural, tables[i].plural))
			return tables[i].columns;
	return others;
}

/* Of a custom resource's version; NULL: it has none of its own. */
static const struct tree *
printer_columns(const struct asked *a)
{
	TREE_EACH(v, tree_at(a->k->crd, "spec.versions"))
		if (tree_str_is(v, "name", a->k->versions[a->version]))
			return tree_get(v, STR("additionalPrinterColumns"));
	return NULL;
}

static void
define(struct tree *list, struct str name, struct str type, struct str format, int64_t priority)
{
	struct tree *c = tree_push(list, tree_object());

	tree_set_str(c, "name", name);
	tree_set_str(c, "type", type);
	tree_set_str(c, "format", format);
	tree_set_str(c, "description", STR(""));
	tree_set_int(c, "priority", priority);
}

struct tree *
columns_table(const struct asked *a, bool definitions)
{
	struct tree       *t = tree_of("{'kind':'Table','apiVersion':'meta.k8s.io/v1','metadata':{},"
	    "'columnDefinitions':[],'rows':[]}");
	struct tree       *list = tree_get(t, STR("columnDefinitions"));
	const struct tree *own = printer_columns(a);

	if (!definitions)
		return t;
	if (own != NULL)
		define(list, STR("Name"), STR("string"), STR("name"), 0);
	TREE_EACH(c, own)
		define(list, tree_str_at(c, "name"), tree_str_at(c, "type"), tree_str_at(c, "format"),
		    tree_int_at(c, "priority", 0));
	for (const struct column *c = columns_of(a->k); own == NULL && c->name != NULL; c++)
		define(list, str_of(c->name), str_of(c->type), str_of(c->format), c->priority);
	return t;
}

/* [?(@.type=="Ready")] picks the element, [N] the Nth; *rest moves behind it. */
static const struct tree *
pick(const struct tree *list, struct str step)
{
	struct str   key = STR(""), value = STR(""), part;
	uint64_t     n;

	if (str_u64(step, &n))
		return tree_item(list, (int)n);
	if (!str_starts(step, STR("?(@.")))
		return NULL;
	step = str_from(step, 4);
	str_cut(&step, '=', &key);
	while (str_cut(&step, step.at != NULL && memchr(step.at, '\'', step.len) != NULL ? '\'' : '"', &part))
		if (part.len > 0 && part.at[0] != '=' && part.at[0] != ')')
			value = part;
	TREE_EACH(e, list)
		if (str_eq(tree_str(tree_get(e, key)), value))
			return e;
	return NULL;
}

/* The simple JSON paths that printer columns use; map keys may be escaped (\.). */
const struct tree *
columns_path(const struct tree *t, struct str path)
{
	while (t != NULL && path.len > 0) {
		char       key[256];
		struct out o = out_over(key, sizeof(key));
		size_t     i = path.at[0] == '.' ? 1 : 0;
		const char *end = path.at[0] == '[' ? memchr(path.at, ']', path.len) : NULL;

		if (end != NULL) {
			size_t len = (size_t)(end - path.at);

			t = pick(t, str_upto(str_from(path, 1), len - 1));
			path = str_from(path, len + 1);
			continue;
		}
		for (; i < path.len && path.at[i] != '.' && path.at[i] != '['; i++) {
			i += path.at[i] == '\\' && i + 1 < path.len;
			out_char(&o, path.at[i]);
		}
		t = tree_get(t, out_view(&o));
		path = str_from(path, i);
	}
	return t;
}

void
columns_age(const struct tree *time, struct out *o)
{
	int64_t then, s;

	if (!time_parse(tree_str(time), &then)) {
		out_str(o, STR("<unknown>"));
		return;
	}
	s = (clock_wall_us() - then) / 1000000;
	s = s < 0 ? 0 : s;
	if (s < 120)
		out_int(o, s), out_char(o, 's');
	else if (s < 600 && s % 60 != 0)
		out_int(o, s / 60), out_char(o, 'm'), out_int(o, s % 60), out_char(o, 's');
	else if (s < 3 * 3600)
		out_int(o, s / 60), out_char(o, 'm');
	else if (s < 8 * 3600 && s / 60 % 60 != 0)
		out_int(o, s / 3600), out_char(o, 'h'), out_int(o, s / 60 % 60), out_char(o, 'm');
	else if (s < 48 * 3600)
		out_int(o, s / 3600), out_char(o, 'h');
	else if (s < 8 * 86400 && s / 3600 % 24 != 0)
		out_int(o, s / 86400), out_char(o, 'd'), out_int(o, s / 3600 % 24), out_char(o, 'h');
	else
		out_int(o, s / 86400), out_char(o, 'd');
}

static void
push_own(struct tree *cells, const struct tree *column, const struct tree *object)
{
	const struct tree *v = columns_path(object, tree_str_at(column, "jsonPath"));
	char               text[CELL_MAX];
	struct out         o = out_over(text, sizeof(text));

	if (v == NULL)
		tree_push(cells, tree_null());
	else if (tree_str_is(column, "type", STR("date"))) {
		columns_age(v, &o);
		tree_push(cells, tree_text(out_view(&o)));
	} else
		tree_push(cells, tree_copy(v));
}

static void
push_cell(struct tree *cells, const struct column *c, const struct tree *object)
{
	char               text[CELL_MAX];
	struct out         o = out_over(text, sizeof(text));
	const struct tree *v;

	if (c->cell == NULL) {
		v = columns_path(object, str_of(c->path));
		tree_push(cells, v == NULL ? tree_text(STR("<none>")) : tree_copy(v));
		return;
	}
	c->cell(object, &o);
	/* A count, though its column says text: so does the API server. */
	if (c->cell == cell_data) {
		int64_t n = 0;

		str_i64(out_view(&o), &n);
		tree_push(cells, tree_int(n));
	} else
		tree_push(cells, tree_text(out_view(&o)));
}

void
columns_row(const struct asked *a, struct tree *table, const struct tree *object)
{
	struct tree       *row = tree_push(tree_get(table, STR("rows")), tree_object());
	struct tree       *cells = tree_set(row, STR("cells"), tree_array()), *o;
	const struct tree *own = printer_columns(a);
	struct str         include = target_query(&a->target, "includeObject");

	if (own != NULL)
		tree_push(cells, tree_text(tree_str_at(object, "metadata.name")));
	TREE_EACH(c, own)
		push_own(cells, c, object);
	for (const struct column *c = columns_of(a->k); own == NULL && c->name != NULL; c++)
		push_cell(cells, c, object);
	if (str_eq(include, STR("None")))
		return;
	if (str_eq(include, STR("Object"))) {
		tree_set(row, STR("object"), tree_copy(object));
		return;
	}
	o = tree_set(row, STR("object"), tree_of("{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1'}"));
	tree_set(o, STR("metadata"), tree_copy(tree_get(object, STR("metadata"))));
}
