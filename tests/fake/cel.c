/* cel.c - broken rules of our resources, in the words of their definition. */
#include "tests/fake/cel.h"

#include <string.h>

#include "tests/fake/cel_rules.h"

/* After these there is no sense in asking further. */
static bool
is_blinding(const struct reply_cause *c)
{
	static const char *const reasons[] = { "FieldValueRequired", "FieldValueTypeInvalid", "FieldValueTooLong",
	    "FieldValueTooMany", "FieldValueNotSupported" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(c->reason, reasons[i]) == 0)
			return true;
	return false;
}

static bool
is_blind(const struct reply *r)
{
	for (int i = 0; i < r->cause_count; i++)
		if (is_blinding(&r->causes[i]))
			return true;
	return false;
}

/* The schema of "spec.tls". */
static const struct tree *
schema_at(const struct tree *schema, struct str path)
{
	struct str part;

	while (path.len > 0 && str_cut(&path, '.', &part))
		schema = tree_get(tree_get(schema, STR("properties")), part);
	return schema;
}

static bool
has_rules(const struct tree *schema)
{
	if (!tree_is(schema, TREE_OBJECT))
		return false;
	if (tree_get(schema, STR("x-kubernetes-validations")) != NULL || has_rules(tree_get(schema, STR("items"))))
		return true;
	TREE_EACH(p, tree_get(schema, STR("properties")))
		if (has_rules(p))
			return true;
	return false;
}

static struct str
two_words(struct str s)
{
	size_t at = 0;

	for (int blanks = 0; at < s.len && (blanks += s.at[at] == ' ') < 2;)
		at++;
	return str_upto(s, at);
}

/* The definition's message for it: that which begins with words of the finding. */
static struct str
message_of(const struct tree *schema, struct str path, struct str text)
{
	TREE_EACH(rule, tree_get(schema_at(schema, path), STR("x-kubernetes-validations"))) {
		struct str message = tree_str_at(rule, "message");

		if (str_has(text, two_words(message)))
			return message;
	}
	return text;
}

struct gathering { const struct tree *schema; struct reply *reply; };

/* As lines of the reply; what has no room is left out. */
static void
warn(struct reply *r, const char *field, struct str message)
{
	size_t     used = strlen(r->warning);
	struct out o = out_over(r->warning + used, sizeof(r->warning) - used - 1);

	OUT(&o, str_of(field), STR(": Invalid value: "), message, STR("\n"));
	r->warning[out_ok(&o) ? used + o.len : used] = '\0';
}

static void
add(struct str path, struct str text, bool error, void *owner)
{
	struct gathering *g = owner;
	char              field[160];
	struct out        o = out_over(field, sizeof(field) - 1);

	out_str(&o, str_upto(path, sizeof(field) - 1));
	field[o.len] = '\0';
	if (!error) {
		warn(g->reply, field, message_of(g->schema, path, text));
		return;
	}
	reply_cause(g->reply, "FieldValueInvalid", field, "Invalid value: " STR_FMT,
	    STR_ARG(message_of(g->schema, path, text)));
}

void
cel_validate(const struct resource *k, int version, const struct tree *object, const struct tree *old,
    struct reply *r)
{
	struct gathering g = { k->schemas[version], r };

	if (!has_rules(g.schema))
		return;
	if (is_blind(r))
		reply_cause(r, "FieldValueInvalid", "<nil>", "Invalid value: null: some validation rules were not checked "
		    "because the object was invalid; correct the existing errors to complete validation");
	else
		cel_broken(object, old, add, &g);
}
