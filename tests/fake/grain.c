/* grain.c - which parts of an object have owners of their own. */
#include "tests/fake/grain.h"

#include "kernel/json_out.h"

#define ELEMENT_MAX 512

/* Where the built-in kinds differ from "objects by parts, lists as one". */
static const struct habit {
	struct str     parent;           /* the field around it; empty: any */
	struct str     field;
	enum grain_how how;
	struct str     keys[3];
	int            key_count;
} habits[] = {
#define ANY STR_INIT("")
#define KEY(k) GRAIN_KEYED, { STR_INIT(k) }, 1
#define KEYS(k, l) GRAIN_KEYED, { STR_INIT(k), STR_INIT(l) }, 2
#define AS(how) how, { STR_INIT("") }, 0
	{ STR_INIT("metadata"), STR_INIT("ownerReferences"), KEY("uid") },
	{ STR_INIT("metadata"), STR_INIT("finalizers"), AS(GRAIN_SET) },
	{ ANY, STR_INIT("containers"), KEY("name") },
	{ ANY, STR_INIT("initContainers"), KEY("name") },
	{ ANY, STR_INIT("ephemeralContainers"), KEY("name") },
	{ STR_INIT("spec"), STR_INIT("volumes"), KEY("name") },
	{ ANY, STR_INIT("env"), KEY("name") },
	{ ANY, STR_INIT("volumeMounts"), KEY("mountPath") },
	{ ANY, STR_INIT("volumeDevices"), KEY("devicePath") },
	{ STR_INIT("containers"), STR_INIT("ports"), KEYS("containerPort", "protocol") },
	{ STR_INIT("initContainers"), STR_INIT("ports"), KEYS("containerPort", "protocol") },
	{ STR_INIT("spec"), STR_INIT("ports"), KEYS("port", "protocol") },
	{ ANY, STR_INIT("imagePullSecrets"), KEY("name") },
	{ ANY, STR_INIT("hostAliases"), KEY("ip") },
	{ ANY, STR_INIT("topologySpreadConstraints"), KEYS("topologyKey", "whenUnsatisfiable") },
	{ STR_INIT("status"), STR_INIT("conditions"), KEY("type") },
	{ STR_INIT("status"), STR_INIT("podIPs"), KEY("ip") },
	{ STR_INIT("status"), STR_INIT("addresses"), KEY("type") },
	{ ANY, STR_INIT("secrets"), KEY("name") },
	{ ANY, STR_INIT("webhooks"), KEY("name") },
	{ ANY, STR_INIT("selector"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("labelSelector"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("nodeSelector"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("roleRef"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("fieldRef"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("resourceFieldRef"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("configMapKeyRef"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("secretKeyRef"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("involvedObject"), AS(GRAIN_ATOMIC) },
	{ ANY, STR_INIT("targetRef"), AS(GRAIN_ATOMIC) },
#undef ANY
#undef KEY
#undef KEYS
#undef AS
};

static void
from_habit(struct grain *s, struct str parent)
{
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		const struct habit *h = &habits[i];

		if (!str_eq(h->field, s->field) || (h->parent.len > 0 && !str_eq(h->parent, parent)))
			continue;
		s->how = h->how;
		s->key_count = h->key_count;
		for (int k = 0; k < h->key_count; k++)
			s->keys[k] = h->keys[k];
		return;
	}
}

static void
from_schema(struct grain *s)
{
	struct str list = tree_str(tree_get(s->schema, STR("x-kubernetes-list-type")));

	if (tree_str_is(s->schema, "x-kubernetes-map-type", STR("atomic")))
		s->how = GRAIN_ATOMIC;
	else if (str_eq(list, STR("set")))
		s->how = GRAIN_SET;
	else if (str_eq(list, STR("map"))) {
		s->how = GRAIN_KEYED;
		TREE_EACH(key, tree_get(s->schema, STR("x-kubernetes-list-map-keys")))
			if (s->key_count < 3)
				s->keys[s->key_count++] = tree_str(key);
	}
}

struct grain
grain_root(const struct resource *k, int version)
{
	return (struct grain){ .how = GRAIN_PARTS, .custom = k->crd != NULL, .schema = k->schemas[version] };
}

struct grain
grain_member(const struct grain *of, struct str key)
{
	struct grain s = { .how = GRAIN_PARTS, .field = key, .custom = of->custom };

	/* Metadata is built in everywhere. */
	if (of->field.len == 0 && str_eq(key, STR("metadata"))) {
		s.custom = false;
		return s;
	}
	if (!of->custom) {
		from_habit(&s, of->field);
		return s;
	}
	s.schema = tree_get(tree_get(of->schema, STR("properties")), key);
	if (s.schema == NULL)
		s.schema = tree_get(of->schema, STR("additionalProperties"));
	from_schema(&s);
	return s;
}

struct grain
grain_element(const struct grain *of)
{
	/* It keeps the list's name: "containers" is what stands around "ports". */
	struct grain s = { .how = GRAIN_PARTS, .field = of->field, .custom = of->custom };

	s.schema = tree_get(of->schema, STR("items"));
	return s;
}

void
grain_print_element(const struct grain *of, const struct tree *element, struct out *o)
{
	struct json_out j;

	if (of->how == GRAIN_SET) {
		out_str(o, STR("v:"));
		tree_print(o, element);
		return;
	}
	out_str(o, STR("k:"));
	j = json_out(o);
	jo_obj(&j);
	for (int i = 0; i < of->key_count; i++) {
		const struct tree *v = tree_get(element, of->keys[i]);

		jo_key(&j, of->keys[i]);
		if (v == NULL || v->kind == TREE_OBJECT || v->kind == TREE_ARRAY)
			jo_str(&j, str_eq(of->keys[i], STR("protocol")) ? STR("TCP") : STR(""));
		else if (v->kind == TREE_TEXT)
			jo_str(&j, v->text);
		else
			jo_raw(&j, v->kind == TREE_NUMBER ? v->text : v->truth ? STR("true") : STR("false"));
	}
	jo_obj_end(&j);
}

struct tree *
grain_find(const struct grain *of, const struct tree *list, struct str element)
{
	TREE_EACH(v, list) {
		char       text[ELEMENT_MAX];
		struct out o = out_over(text, sizeof(text));

		grain_print_element(of, v, &o);
		if (out_ok(&o) && str_eq(out_view(&o), element))
			return v;
	}
	return NULL;
}
