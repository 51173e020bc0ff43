/* test_shape_crd.c - the tables and the CRDs that we ship say the same. */
#include <stdio.h>
#include <stdlib.h>

#include "ais/shape.h"
#include "kernel/yaml.h"
#include "tests/fake/tree.h"

#include "test.h"

static char         memory[32 << 20];
static struct arena arena;
static int          differences, compared;

static struct tree *
read_crd(const char *path)
{
	struct yaml_error error = { 0 };
	struct str        json;
	char             *text;
	size_t            len;
	FILE             *f = fopen(path, "r");

	arena_init(&arena, memory, sizeof(memory));
	CU_ASSERT_FATAL(f != NULL);
	text = arena_take(&arena, 1 << 20, 1);
	len = fread(text, 1, 1 << 20, f);
	fclose(f);
	if (!yaml_to_json((struct str){ text, len }, 0, &arena, &json, &error))
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
	CU_ASSERT_FATAL(error.text[0] == '\0');
	return tree_parse(json, NULL);
}

static void
differ(const struct place *p, const char *what)
{
	fprintf(stderr, "\n" STR_FMT ": %s\n", STR_ARG(place_text(p, &arena)), what);
	differences++;
}

static bool
is_open(const struct tree *s)
{
	return tree_true_at(s, "x-kubernetes-preserve-unknown-fields");
}

static const char *
type_of(const struct member *m)
{
	switch (m->kind) {
	case AS_TEXT:
	case AS_TIME:
	case AS_SIZE:
		return "string";
	case AS_BOOL:
		return "boolean";
	case AS_INT:
	case AS_INT32:
	case AS_BYTE:
	case AS_BITS:
		return "integer";
	case AS_LIST:
		return "array";
	case AS_OBJECT:
	case AS_MAP:
		return "object";
	case AS_PORT:
	case AS_AMOUNT:
	case AS_ANY:
	case AS_MORE:
	case AS_NOTHING:
		break;
	}
	return "";
}

static bool
has_bound(const struct tree *s, const char *name, int64_t bound)
{
	return tree_get(s, str_of(name)) != NULL && tree_int_at(s, name, bound - 1) == bound;
}

static void
compare_bounds(const struct member *m, const struct tree *s, const struct place *p)
{
	const char *min = m->kind == AS_OBJECT ? "minProperties" : m->kind == AS_TEXT ? "minLength" : "minimum";
	const char *max = m->kind == AS_TEXT ? "maxLength" : "maximum";

	if (m->max != 0 ? !has_bound(s, min, m->min) : tree_get(s, str_of(min)) != NULL)
		differ(p, min);
	if (m->max != 0 && m->max != INT64_MAX ? !has_bound(s, max, m->max) : tree_get(s, str_of(max)) != NULL)
		differ(p, max);
	if ((m->kind == AS_INT32) != tree_str_is(s, "format", STR("int32")))
		differ(p, "format");
}

static void
compare_choices(const struct member *m, const struct tree *s, const struct place *p)
{
	const struct tree *all = tree_get(s, STR("enum"));
	struct str         rest = str_of(m->choices), one;
	int                count = 0, known = 0;

	while (rest.len > 0 && str_cut(&rest, ' ', &one)) {
		count++;
		TREE_EACH(choice, all)
			known += str_eq(tree_str(choice), one);
	}
	if (count != known || (all == NULL ? count != 0 : all->count != count))
		differ(p, "enum");
}

static void compare(const struct member *m, const struct tree *s, const struct place *p);

static bool
is_required(const struct tree *s, struct str name)
{
	TREE_EACH(one, tree_get(s, STR("required")))
		if (str_eq(tree_str(one), name))
			return true;
	return false;
}

static void
compare_object(const struct member *m, const struct tree *s, const struct place *p)
{
	const struct tree   *properties = tree_get(s, STR("properties"));
	struct shape_iter    it = { m->in, NULL };
	const struct member *one;

	while ((one = shape_next(&it)) != NULL) {
		struct place at = { p, one->name, 0 };

		if (one->kind == AS_ANY)
			continue;
		if (tree_get(properties, one->name) == NULL)
			differ(&at, "the CRD does not have it");
		else
			compare(one, tree_get(properties, one->name), &at);
		if (((one->flags & REQUIRED) != 0) != is_required(s, one->name))
			differ(&at, "required");
	}
	TREE_EACH(property, properties) {
		struct place at = { p, property->key, 0 };

		if (shape_member(m->in, property->key) == NULL)
			differ(&at, "the table does not have it");
	}
}

static void
compare(const struct member *m, const struct tree *s, const struct place *p)
{
	const struct place item = { p, STR_NONE, 0 };
	bool               either = tree_true_at(s, "x-kubernetes-int-or-string");

	compared++;
	if (either != (m->kind == AS_PORT || m->kind == AS_AMOUNT))
		differ(p, "int-or-string");
	if (either && (m->kind == AS_AMOUNT) != (tree_get(s, STR("pattern")) != NULL))
		differ(p, "pattern");
	if (!either && !tree_str_is(s, "type", str_of(type_of(m))))
		differ(p, "type");
	compare_bounds(m, s, p);
	compare_choices(m, s, p);
	if (is_open(s))
		return;
	if (m->kind == AS_OBJECT)
		compare_object(m, s, p);
	if (m->kind == AS_LIST)
		compare(m->in, tree_get(s, STR("items")), &item);
	if (m->kind == AS_MAP)
		compare(m->in, tree_get(s, STR("additionalProperties")), &item);
}

static enum resource
resource_named(const struct tree *crd, const struct tree *version)
{
	static const struct {
		const char   *crd, *version;
		enum resource r;
	} all[] = {
		{ "aistores.ais.nvidia.com", "v1beta1", RESOURCE_AISTORE_BETA },
		{ "aistores.ais.nvidia.com", "v1alpha1", RESOURCE_AISTORE_ALPHA },
		{ "aistoreauths.auth.ais.nvidia.com", "v1alpha1", RESOURCE_AUTH },
		{ "aistoreauthprofiles.auth.ais.nvidia.com", "v1alpha1", RESOURCE_AUTH_PROFILE },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (tree_str_is(crd, "metadata.name", str_of(all[i].crd)) &&
		    tree_str_is(version, "name", str_of(all[i].version)))
			return all[i].r;
	return RESOURCE_UNKNOWN;
}

static void
compare_versions(const char *path)
{
	const struct place at = { NULL, STR("spec"), 0 };
	struct tree       *crd = read_crd(path);

	TREE_EACH(one, tree_at(crd, "spec.versions")) {
		enum resource r = resource_named(crd, one);

		differences = compared = 0;
		CU_ASSERT_FATAL(r != RESOURCE_UNKNOWN);
		compare(shape_member(shape_of(r)->in, STR("spec")),
		    tree_at(one, "schema.openAPIV3Schema.properties.spec"), &at);
		CU_ASSERT_EQUAL(differences, 0);
		CU_ASSERT(compared > (r == RESOURCE_AISTORE_BETA ? 250 : 10));
	}
	tree_free(crd);
}

static void
every_version_that_we_ship_has_the_fields_of_its_table(void)
{
	compare_versions("deploy/crd/ais.nvidia.com_aistores.yaml");
	compare_versions("deploy/conversion/ais.nvidia.com_aistores.yaml");
	compare_versions("deploy/crd/auth.ais.nvidia.com_aistoreauths.yaml");
	compare_versions("deploy/crd/auth.ais.nvidia.com_aistoreauthprofiles.yaml");
}

SUITE(test_shape_crd,
    { "every version that we ship has the fields of its table",
        every_version_that_we_ship_has_the_fields_of_its_table });
