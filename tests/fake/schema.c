/* schema.c - a custom resource against its structural schema. */
#include "tests/fake/schema.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/time_text.h"

#define PATH_MAX_BYTES 160

struct at {                    /* a value's place: "spec.mounts[0].size" */
	char path[PATH_MAX_BYTES];
};

static const struct tree *
member_schema(const struct tree *schema, struct str key)
{
	const struct tree *s = tree_get(tree_get(schema, STR("properties")), key);

	return s != NULL ? s : tree_get(schema, STR("additionalProperties"));
}

static bool
keeps_unknown(const struct tree *schema)
{
	return tree_true_at(schema, "x-kubernetes-preserve-unknown-fields") ||
	    tree_is(tree_get(schema, STR("additionalProperties")), TREE_BOOL);
}

/* null means absent where null is not allowed. */
static void
drop_null(struct tree *v, const struct tree *p)
{
	const struct tree *have = tree_get(v, p->key);

	if (have != NULL && have->kind == TREE_NULL && !tree_true_at(p, "nullable"))
		tree_drop(v, p->key);
}

static void
walk(struct tree *v, const struct tree *schema, bool defaults)
{
	if (v->kind == TREE_ARRAY) {
		TREE_EACH(c, v)
			walk(c, tree_get(schema, STR("items")), defaults);
		return;
	}
	if (v->kind != TREE_OBJECT)
		return;
	TREE_EACH(p, tree_get(schema, STR("properties"))) {
		const struct tree *value = defaults ? tree_get(p, STR("default")) : NULL;

		drop_null(v, p);
		if (value != NULL && tree_get(v, p->key) == NULL)
			tree_set(v, p->key, tree_copy(value));
	}
	TREE_EACH(c, v)
		walk(c, member_schema(schema, c->key), defaults);
}

void
schema_default(struct tree *v, const struct tree *schema)
{
	walk(v, schema, true);
}

void
schema_drop_null(struct tree *v, const struct tree *schema)
{
	walk(v, schema, false);
}

static struct at
inside(const struct at *at, struct str key)
{
	struct at  in;
	struct out o = out_over(in.path, sizeof(in.path) - 1);

	out_str(&o, str_of(at->path));
	if (o.len > 0)
		out_char(&o, '.');
	out_str(&o, str_upto(key, sizeof(in.path) - 1 - o.len));
	in.path[o.len] = '\0';
	return in;
}

static struct at
element(const struct at *at, int index)
{
	struct at  in;
	struct out o = out_over(in.path, sizeof(in.path) - 1);

	OUT(&o, str_of(at->path), STR("["));
	out_int(&o, index);
	out_char(&o, ']');
	in.path[o.len] = '\0';
	return in;
}

static bool
is_meta(const struct at *at, struct str key)
{
	return at->path[0] == '\0' &&
	    (str_eq(key, STR("apiVersion")) || str_eq(key, STR("kind")) || str_eq(key, STR("metadata")));
}

static void
prune(struct tree *v, const struct tree *schema, const struct at *at, struct out *unknown)
{
	int i = 0;

	if (v->kind == TREE_ARRAY) {
		TREE_EACH(c, v) {
			struct at in = element(at, i++);

			prune(c, tree_get(schema, STR("items")), &in, unknown);
		}
		return;
	}
	for (struct tree *c = v->kind == TREE_OBJECT ? v->first : NULL, *next; c != NULL; c = next) {
		const struct tree *s = member_schema(schema, c->key);
		struct at          in = inside(at, c->key);

		next = c->next;
		if (is_meta(at, c->key) || tree_is(s, TREE_BOOL))
			continue;
		if (s != NULL)
			prune(c, s, &in, unknown);
		else if (!keeps_unknown(schema)) {
			OUT(unknown, STR("unknown field \""), str_of(in.path), STR("\"\n"));
			tree_drop_child(v, c);
		}
	}
}

void
schema_prune(struct tree *object, const struct tree *schema, struct out *unknown)
{
	struct at at = { "" };

	if (schema != NULL)
		prune(object, schema, &at, unknown);
}

static const char *
type_of(const struct tree *v)
{
	switch (v->kind) {
	case TREE_NULL:
		return "null";
	case TREE_BOOL:
		return "boolean";
	case TREE_NUMBER:
		return memchr(v->text.at, '.', v->text.len) == NULL ? "integer" : "number";
	case TREE_TEXT:
		return "string";
	case TREE_ARRAY:
		return "array";
	case TREE_OBJECT:
		break;
	}
	return "object";
}

static bool
has_type(const struct tree *v, const struct tree *schema)
{
	struct str want = tree_str_at(schema, "type"), have = str_of(type_of(v));

	if (tree_true_at(schema, "x-kubernetes-int-or-string"))
		return str_eq(have, STR("integer")) || str_eq(have, STR("string"));
	if (v->kind == TREE_NULL)
		return tree_true_at(schema, "nullable");
	/* With a format, what is wrong with a number is said by check_format(). */
	if (str_eq(want, STR("integer")) && v->kind == TREE_NUMBER && tree_get(schema, STR("format")) != NULL)
		return true;
	return want.len == 0 || str_eq(want, have) || (str_eq(want, STR("number")) && str_eq(have, STR("integer")));
}

/* A value as messages show it: texts quoted, the rest by its type. */
static void
show(const struct tree *v, char text[80])
{
	struct out o = out_over(text, 79);

	if (v->kind == TREE_TEXT)
		OUT(&o, STR("\""), str_upto(v->text, 60), STR("\""));
	else if (v->text.at != NULL)
		out_str(&o, str_upto(v->text, 60));
	else
		OUT(&o, STR("\""), str_of(type_of(v)), STR("\""));
	text[o.len] = '\0';
}

static void
check_type(const struct tree *v, const struct tree *schema, const struct at *at, struct reply *r)
{
	char       value[80];
	struct str want = tree_true_at(schema, "x-kubernetes-int-or-string") ? STR("integer,string")
	    : tree_str_at(schema, "type");

	if (v->kind == TREE_NULL || v->kind == TREE_ARRAY || v->kind == TREE_OBJECT)
		snprintf(value, sizeof(value), "\"%s\"", type_of(v));
	else if (v->kind == TREE_BOOL)
		snprintf(value, sizeof(value), "\"boolean\"");
	else if (v->kind == TREE_NUMBER)
		snprintf(value, sizeof(value), "\"%s\"", type_of(v));
	else
		snprintf(value, sizeof(value), "\"string\"");
	reply_cause(r, "FieldValueTypeInvalid", at->path, "Invalid value: %s: %s in body must be of type " STR_FMT
	    ": %s", value, at->path, STR_ARG(want), value);
}

static void
check_enum(const struct tree *v, const struct tree *allowed, const struct at *at, struct reply *r)
{
	char       list[200], value[80];
	struct out o = out_over(list, sizeof(list) - 1);

	TREE_EACH(a, allowed)
		if (tree_eq(a, v))
			return;
	TREE_EACH(a, allowed)
		OUT(&o, o.len > 0 ? STR(", ") : STR(""), STR("\""), a->text, STR("\""));
	list[o.len] = '\0';
	show(v, value);
	reply_cause(r, "FieldValueNotSupported", at->path, "Unsupported value: %s: supported values: %s", value,
	    list);
}

/* Whole numbers have a range, with a format or without. */
static void
check_format(const struct tree *v, const struct tree *schema, const struct at *at, struct reply *r)
{
	struct str format = tree_str_at(schema, "format");
	int64_t    n;
	bool       whole = str_i64(v->text, &n);

	if (!tree_str_is(schema, "type", STR("integer")) || format.len == 0 ||
	    (whole && (!str_eq(format, STR("int32")) || (n >= INT32_MIN && n <= INT32_MAX))))
		return;
	if (!whole)
		reply_cause(r, "FieldValueTypeInvalid", at->path, "Invalid value: \"float64\": %s in body must be of type "
		    STR_FMT ": \"float64\"", at->path, STR_ARG(format));
	reply_cause(r, "FieldValueInvalid", "<nil>", "Invalid value: \"\": Checked value must be of type integer "
	    "with format " STR_FMT " in %s", STR_ARG(format), at->path);
}

static void
check_number(const struct tree *v, const struct tree *schema, const struct at *at, struct reply *r)
{
	const struct tree *low = tree_get(schema, STR("minimum")), *high = tree_get(schema, STR("maximum"));
	double             n = strtod(v->text.at, NULL);

	check_format(v, schema, at, r);

	if (low != NULL && n < strtod(low->text.at, NULL))
		reply_cause(r, "FieldValueInvalid", at->path, "Invalid value: " STR_FMT ": %s in body should be greater "
		    "than or equal to " STR_FMT, STR_ARG(v->text), at->path, STR_ARG(low->text));
	if (high != NULL && n > strtod(high->text.at, NULL))
		reply_cause(r, "FieldValueInvalid", at->path, "Invalid value: " STR_FMT ": %s in body should be less "
		    "than or equal to " STR_FMT, STR_ARG(v->text), at->path, STR_ARG(high->text));
}

static bool
matches(const char *pattern, const char *text)
{
	regex_t re;
	bool    yes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return true;
	yes = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return yes;
}

static void
check_text(const struct tree *v, const struct tree *schema, const struct at *at, struct reply *r)
{
	const struct tree *pattern = tree_get(schema, STR("pattern"));
	int64_t            least = tree_int_at(schema, "minLength", 0);
	int64_t            most = tree_int_at(schema, "maxLength", INT64_MAX);
	char               value[80];
	int64_t            when;

	show(v, value);
	if (tree_str_is(schema, "format", STR("date-time")) && !time_parse(v->text, &when))
		reply_cause(r, "FieldValueTypeInvalid", at->path, "Invalid value: %s: %s in body must be of type "
		    "date-time: %s", value, at->path, value);
	if ((int64_t)v->text.len < least)
		reply_cause(r, "FieldValueInvalid", at->path, "Invalid value: %s: %s in body should be at least %d chars "
		    "long", value, at->path, (int)least);
	if ((int64_t)v->text.len > most)
		reply_cause(r, "FieldValueTooLong", at->path, "Too long: may not be more than %d bytes", (int)most);
	if (pattern != NULL && !matches(pattern->text.at, v->text.at))
		reply_cause(r, "FieldValueInvalid", at->path, "Invalid value: %s: %s in body should match '" STR_FMT "'",
		    value, at->path, STR_ARG(pattern->text));
}

static void validate(const struct tree *v, const struct tree *old, const struct tree *schema,
    const struct at *at, struct reply *r);

/* The element that was this one before: lists that are told apart by keys have one. */
static const struct tree *
same_element(const struct tree *v, const struct tree *list, const struct tree *schema)
{
	const struct tree *keys = tree_get(schema, STR("x-kubernetes-list-map-keys"));
	bool               same;

	TREE_EACH(o, keys == NULL ? NULL : list) {
		same = true;
		TREE_EACH(key, keys)
			same = same && tree_eq(tree_get(o, tree_str(key)), tree_get(v, tree_str(key)));
		if (same)
			return o;
	}
	return NULL;
}

/* Elements are told apart by these keys. */
static void
print_keys(const struct tree *v, const struct tree *keys, struct out *o)
{
	struct tree *shown = tree_object();

	TREE_EACH(key, keys)
		if (tree_get(v, tree_str(key)) != NULL)
			tree_set(shown, tree_str(key), tree_copy(tree_get(v, tree_str(key))));
	tree_print(o, shown);
	tree_free(shown);
}

static void
check_twins(const struct tree *v, const struct tree *schema, const struct at *at, struct reply *r)
{
	const struct tree *keys = tree_get(schema, STR("x-kubernetes-list-map-keys"));
	int                i = 0;

	TREE_EACH(c, keys == NULL ? NULL : v) {
		struct at  in = element(at, i++);
		char       text[256];
		struct out o = out_over(text, sizeof(text) - 1);

		if (same_element(c, v, schema) == c)
			continue;
		print_keys(c, keys, &o);
		reply_cause(r, "FieldValueDuplicate", in.path, "Duplicate value: " STR_FMT, STR_ARG(out_view(&o)));
	}
}

static void
check_items(const struct tree *v, const struct tree *old, const struct tree *schema, const struct at *at,
    struct reply *r)
{
	int64_t least = tree_int_at(schema, "minItems", 0), most = tree_int_at(schema, "maxItems", INT64_MAX);
	int     i = 0;

	if (v->count < least)
		reply_cause(r, "FieldValueInvalid", at->path, "Invalid value: %d: %s in body should have at least %d items",
		    v->count, at->path, (int)least);
	if (v->count > most)
		reply_cause(r, "FieldValueTooMany", at->path, "Too many: %d: must have at most %d items", v->count,
		    (int)most);
	TREE_EACH(c, v) {
		struct at in = element(at, i++);

		validate(c, same_element(c, old, schema), tree_get(schema, STR("items")), &in, r);
	}
	check_twins(v, schema, at, r);
}

static void
check_members(const struct tree *v, const struct tree *old, const struct tree *schema, const struct at *at,
    struct reply *r)
{
	int64_t least = tree_int_at(schema, "minProperties", 0);

	if (v->count < least)
		reply_cause(r, "FieldValueInvalid", at->path,
		    "Invalid value: %d: %s in body should have at least %d properties", v->count, at->path, (int)least);
	TREE_EACH(name, tree_get(schema, STR("required")))
		if (tree_get(v, tree_str(name)) == NULL) {
			struct at in = inside(at, tree_str(name));

			reply_cause(r, "FieldValueRequired", in.path, "Required value");
		}
	TREE_EACH(c, v) {
		struct at in = inside(at, c->key);

		if (!is_meta(at, c->key))
			validate(c, tree_get(old, c->key), member_schema(schema, c->key), &in, r);
	}
}

static void
validate(const struct tree *v, const struct tree *old, const struct tree *schema, const struct at *at,
    struct reply *r)
{
	const struct tree *allowed = tree_get(schema, STR("enum"));

	if (!tree_is(schema, TREE_OBJECT) || (old != NULL && tree_eq(v, old)))
		return;
	if (!has_type(v, schema))
		check_type(v, schema, at, r);
	else if (v->kind == TREE_NUMBER)
		check_number(v, schema, at, r);
	else if (v->kind == TREE_TEXT)
		check_text(v, schema, at, r);
	else if (v->kind == TREE_ARRAY)
		check_items(v, old, schema, at, r);
	else if (v->kind == TREE_OBJECT)
		check_members(v, old, schema, at, r);
	if (allowed != NULL && v->kind != TREE_NULL)
		check_enum(v, allowed, at, r);
}

void
schema_validate(const struct tree *object, const struct tree *old, const struct tree *schema, struct reply *r)
{
	struct at at = { "" };

	validate(object, old, schema, &at, r);
}
