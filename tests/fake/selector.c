/* selector.c - label and field selectors: pure, over views of their text. */
#include "tests/fake/selector.h"

#include <string.h>

enum op { OP_HAS, OP_LACKS, OP_IN, OP_NOT_IN, OP_BAD };

struct term {
	struct str key;
	enum op    op;
	struct str values;       /* separated by commas */
};

/* Up to the next comma that is outside of parentheses. */
static bool
cut_term(struct str *rest, struct str *term)
{
	int depth = 0;

	if (rest->at == NULL)
		return false;
	for (size_t i = 0; i < rest->len; i++) {
		depth += (rest->at[i] == '(') - (rest->at[i] == ')');
		if (rest->at[i] == ',' && depth <= 0) {
			*term = str_trim(str_upto(*rest, i));
			*rest = str_from(*rest, i + 1);
			return true;
		}
	}
	*term = str_trim(*rest);
	*rest = STR_NONE;
	return true;
}

static bool
is_key(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("=!(), \t\n", s.at[i]) != NULL)
			return false;
	return s.len > 0;
}

/* "key in (a, b)": the word between the key and the parenthesis. */
static struct term
set_term(struct str s)
{
	size_t      open = 0;
	struct str  head, word;
	struct term t = { .op = OP_BAD };

	while (open < s.len && s.at[open] != '(')
		open++;
	head = str_trim(str_upto(s, open));
	for (size_t i = head.len; i > 0; i--)
		if (head.at[i - 1] == ' ') {
			word = str_from(head, i);
			t.key = str_trim(str_upto(head, i));
			t.op = str_eq(word, STR("in")) ? OP_IN : str_eq(word, STR("notin")) ? OP_NOT_IN : OP_BAD;
			break;
		}
	if (s.len == 0 || s.at[s.len - 1] != ')')
		t.op = OP_BAD;
	else
		t.values = str_upto(str_from(s, open + 1), s.len - open - 2);
	return t;
}

static struct term
read_term(struct str s)
{
	struct term t = { .key = s, .op = OP_HAS };
	const char *eq = s.len == 0 ? NULL : memchr(s.at, '=', s.len);

	if (s.len > 0 && memchr(s.at, '(', s.len) != NULL)
		t = set_term(s);
	else if (eq != NULL) {
		size_t at = (size_t)(eq - s.at);

		t.op = at > 0 && s.at[at - 1] == '!' ? OP_NOT_IN : OP_IN;
		t.key = str_trim(str_upto(s, at - (t.op == OP_NOT_IN)));
		t.values = str_from(s, at + 1);
		if (t.op == OP_IN && t.values.len > 0 && t.values.at[0] == '=')
			t.values = str_from(t.values, 1);
	} else if (s.len > 0 && s.at[0] == '!') {
		t.op = OP_LACKS;
		t.key = str_trim(str_from(s, 1));
	}
	if (!is_key(t.key))
		t.op = OP_BAD;
	return t;
}

static bool
one_of(struct str values, struct str v)
{
	struct str one;

	while (str_cut(&values, ',', &one))
		if (str_eq(str_trim(one), v))
			return true;
	return false;
}

static bool
holds(const struct term *t, const struct tree *v)
{
	switch (t->op) {
	case OP_HAS:
		return v != NULL;
	case OP_LACKS:
		return v == NULL;
	case OP_IN:
		return v != NULL && one_of(t->values, tree_str(v));
	case OP_NOT_IN:
		return v == NULL || !one_of(t->values, tree_str(v));
	case OP_BAD:
		break;
	}
	return false;
}

bool
selector_parses(struct str text, struct str *bad)
{
	struct str term;

	if (text.len == 0)
		return true;
	while (cut_term(&text, &term))
		if (read_term(term).op == OP_BAD) {
			*bad = term;
			return false;
		}
	return true;
}

bool
selector_matches(struct str text, const struct tree *labels)
{
	struct str s;

	if (text.len == 0)
		return true;
	while (cut_term(&text, &s)) {
		struct term t = read_term(s);

		if (!holds(&t, tree_get(labels, t.key)))
			return false;
	}
	return true;
}

static bool
expression_holds(const struct tree *e, const struct tree *labels)
{
	struct str         op = tree_str_at(e, "operator");
	const struct tree *v = tree_get(labels, tree_str_at(e, "key"));
	bool               among = false;

	TREE_EACH(want, tree_at(e, "values"))
		among = among || (v != NULL && str_eq(tree_str(want), tree_str(v)));
	if (str_eq(op, STR("Exists")))
		return v != NULL;
	if (str_eq(op, STR("DoesNotExist")))
		return v == NULL;
	if (str_eq(op, STR("NotIn")))
		return !among;
	return str_eq(op, STR("In")) && among;
}

bool
selector_object_matches(const struct tree *selector, const struct tree *labels)
{
	if (selector == NULL)
		return false;
	TREE_EACH(want, tree_at(selector, "matchLabels")) {
		const struct tree *v = tree_get(labels, want->key);

		if (v == NULL || !str_eq(tree_str(v), tree_str(want)))
			return false;
	}
	TREE_EACH(e, tree_at(selector, "matchExpressions"))
		if (!expression_holds(e, labels))
			return false;
	return true;
}

/* Fields by which a kind may be selected, besides name and namespace. */
static const struct selectable {
	struct str  plural;
	const char *fields;
} selectable[] = {
	{ STR_INIT("pods"), "spec.nodeName,spec.restartPolicy,spec.schedulerName,spec.serviceAccountName,"
	    "spec.hostNetwork,status.phase,status.podIP,status.nominatedNodeName" },
	{ STR_INIT("events"), "involvedObject.kind,involvedObject.namespace,involvedObject.name,involvedObject.uid,"
	    "involvedObject.apiVersion,involvedObject.resourceVersion,involvedObject.fieldPath,"
	    "regarding.kind,regarding.namespace,regarding.name,regarding.uid,regarding.apiVersion,"
	    "reason,reportingController,reportingComponent,source,type" },
	{ STR_INIT("secrets"), "type" },
	{ STR_INIT("namespaces"), "status.phase,name" },
	{ STR_INIT("nodes"), "spec.unschedulable" },
	{ STR_INIT("jobs"), "status.successful" },
};

static bool
is_selectable(const struct resource *k, struct str field)
{
	if (str_eq(field, STR("metadata.name")) || str_eq(field, STR("metadata.namespace")))
		return true;
	for (size_t i = 0; i < sizeof(selectable) / sizeof(selectable[0]); i++)
		if (str_eq(k->plural, selectable[i].plural) && one_of(str_of(selectable[i].fields), field))
			return true;
	return false;
}

bool
selector_has_fields(const struct resource *k)
{
	for (size_t i = 0; i < sizeof(selectable) / sizeof(selectable[0]); i++)
		if (str_eq(k->plural, selectable[i].plural))
			return true;
	return false;
}

bool
selector_fields_parse(struct str text, const struct resource *k, struct str *bad)
{
	struct str s;

	if (text.len == 0)
		return true;
	while (str_cut(&text, ',', &s)) {
		struct term t = read_term(s);

		*bad = t.op == OP_IN || t.op == OP_NOT_IN ? t.key : s;
		if ((t.op != OP_IN && t.op != OP_NOT_IN) || !is_selectable(k, t.key))
			return false;
	}
	return true;
}

/* Absent fields are the empty text. */
static struct str
field_of(const struct tree *object, struct str field)
{
	struct str         key;
	const struct tree *v = object;

	while (str_cut(&field, '.', &key))
		v = tree_get(v, key);
	if (tree_is(v, TREE_BOOL))
		return v->truth ? STR("true") : STR("false");
	return v == NULL || v->text.at == NULL ? STR("") : v->text;
}

bool
selector_fields_match(struct str text, const struct tree *object)
{
	struct str s;

	if (text.len == 0)
		return true;
	while (str_cut(&text, ',', &s)) {
		struct term t = read_term(s);
		bool        same = str_eq(field_of(object, t.key), t.values);

		if (same != (t.op == OP_IN))
			return false;
	}
	return true;
}
