/*
 * test_validate_cases.c - every case of tests/data/admission-cases.yaml,
 * through the schema, the rules, and the questions that a cluster answers.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ais/ask.h"
#include "kernel/yaml.h"
#include "tests/fake/tree.h"

#include "test.h"

#define SUITE_FILE "tests/data/admission-cases.yaml"

static char         memory[16 << 20], suite_memory[16 << 20];
static struct arena arena;

struct run {
	const struct tree *what, *env;   /* the case, and the common environment */
	struct json_doc    docs[2];
	struct json        object, old;
	struct findings    found;
	char               reviews[512];
	struct out         asked;
};

/* Reading -------------------------------------------------------------------*/

static struct tree *
read_suite(void)
{
	struct arena      a;
	struct yaml_error error = { 0 };
	struct str        json;
	char             *text;
	size_t            len;
	FILE             *f = fopen(SUITE_FILE, "r");

	CU_ASSERT_FATAL(f != NULL);
	arena_init(&a, suite_memory, sizeof(suite_memory));
	text = arena_take(&a, 1 << 20, 1);
	len = fread(text, 1, 1 << 20, f);
	fclose(f);
	if (!yaml_to_json((struct str){ text, len }, 0, &a, &json, &error))
		fprintf(stderr, "%s:%d: %s\n", SUITE_FILE, error.line, error.text);
	CU_ASSERT_FATAL(error.text[0] == '\0');
	return tree_parse(json, NULL);
}

static void
change(struct tree *t, const struct tree *how)
{
	char path[256];

	TREE_EACH(gone, tree_get(how, STR("unset"))) {
		snprintf(path, sizeof(path), STR_FMT, STR_ARG(tree_str(gone)));
		tree_drop_at(t, path);
	}
	TREE_EACH(v, tree_get(how, STR("set"))) {
		snprintf(path, sizeof(path), STR_FMT, STR_ARG(v->key));
		tree_set_at(t, path, tree_copy(v));
	}
}

static struct json
parsed(struct run *r, int which, const struct tree *t)
{
	struct str text = tree_text_of(t), kept = arena_copy(&arena, text);

	free((void *)text.at);
	CU_ASSERT_FATAL(json_parse_in(&r->docs[which], kept, &arena) == JSON_OK);
	return json_root(&r->docs[which]);
}

static const struct tree *
env(const struct run *r, const char *name)
{
	const struct tree *own = tree_get(tree_get(r->what, STR("env")), str_of(name));

	return own != NULL ? own : tree_get(r->env, str_of(name));
}

static bool
names(const struct tree *list, struct str name)
{
	TREE_EACH(one, list)
		if (str_eq(tree_str(one), name))
			return true;
	return false;
}

/* The cluster ---------------------------------------------------------------*/

static void
look_inside(const struct run *r, const struct ask *q, struct ask_answer *answer)
{
	const struct tree *all = env(r, q->kind == ASK_SECRET ? "secrets" : "configmaps");
	const struct tree *keys = tree_get(all, JOIN(&arena, q->ns, STR("/"), q->name));

	answer->is = keys == NULL ? ANSWER_NO : ANSWER_YES;
	if (!env(r, "operatorCanRead")->truth)
		answer->is = ANSWER_HIDDEN;
	for (int i = 0; i < q->key_count; i++)
		answer->has_key[i] = names(keys, q->keys[i].key);
}

static struct ask_answer
answered(struct run *r, const struct ask *q)
{
	struct ask_answer answer = { .is = ANSWER_NO };

	switch (q->kind) {
	case ASK_NODES:
		answer.is = ANSWER_YES;
		CU_ASSERT_FATAL(str_i64(env(r, "nodes")->text, &answer.count));
		break;
	case ASK_CLASS:
		if (names(env(r, "storageClasses"), q->name))
			answer.is = ANSWER_YES;
		break;
	case ASK_ACCESS:
		if (str_eq(tree_str(env(r, "sar")), STR("allow")))
			answer.is = ANSWER_YES;
		OUT(&r->asked, q->verb, STR("/"), q->resource, q->ns.len > 0 ? STR("/") : STR_NONE, q->ns, STR("/"),
		    q->name, STR(" "));
		break;
	case ASK_PROFILE:
		if (names(env(r, "profiles"), q->name))
			answer.is = ANSWER_YES;
		break;
	case ASK_SECRET:
	case ASK_CONFIG_MAP:
		look_inside(r, q, &answer);
		break;
	}
	return answer;
}

static void
ask_cluster(struct run *r)
{
	struct ask    asks[ASKS_MAX];
	struct ask_answer answers[ASKS_MAX];
	int           count = ask_list(resource_of(r->object), r->object, r->old, &arena, asks);

	for (int i = 0; i < count; i++) {
		answers[i] = (struct ask_answer){ .is = ANSWER_NO };
		if (asks[i].after >= 0 && answers[asks[i].after].is != ANSWER_YES)
			continue;
		answers[i] = answered(r, &asks[i]);
		if (!ask_judge(&asks[i], &answers[i], tree_str(env(r, "user")), &arena, &r->found))
			return;
	}
}

/* Judging -------------------------------------------------------------------*/

static void
judge(struct run *r)
{
	enum resource kind = resource_of(r->object);

	validate_schema_update(kind, r->object, r->old, &arena, &r->found);
	for (int i = 0; i < r->found.count; i++)
		if (r->found.list[i].by == BY_STRICT && str_eq(tree_str(env(r, "fieldValidation")), STR("Strict"))) {
			r->found.list[i].error = true;
			r->found.errors++;
		}
	if (r->found.errors == 0)
		validate_rules(kind, r->object, r->old, &arena, &r->found);
	if (r->found.errors == 0)
		ask_cluster(r);
}

static const struct finding *
first_error(const struct run *r)
{
	for (int i = 0; i < r->found.count; i++)
		if (r->found.list[i].error)
			return &r->found.list[i];
	return NULL;
}

static int
warnings(const struct run *r, bool ours)
{
	int count = 0;

	for (int i = 0; i < r->found.count; i++)
		count += !r->found.list[i].error && (r->found.list[i].by == BY_ADVICE) == ours;
	return count;
}

static bool
is_said(const struct run *r, bool error, struct str part)
{
	for (int i = 0; i < r->found.count; i++) {
		struct out o = out_in(&arena);

		finding_print(&r->found.list[i], &o);
		if (r->found.list[i].error == error && str_has(out_keep(&o, &arena), part))
			return true;
	}
	return false;
}

/* Comparing: what is wrong with a case, or NULL. */

static const char *
all_said(const struct run *r, bool error, const char *list)
{
	TREE_EACH(part, tree_get(r->what, str_of(list)))
		if (!is_said(r, error, tree_str(part)))
			return list;
	return NULL;
}

static bool
by_is(enum finding_by by, struct str layer)
{
	return str_eq(layer, STR("webhook")) ? by == BY_RULE || by == BY_FIELD || by == BY_FAILURE
	    : str_eq(layer, STR("apiserver")) ? by == BY_STRICT : str_eq(finding_by_text(by), layer);
}

static const char *
compare_denial(const struct run *r)
{
	const struct finding *f = first_error(r);
	int64_t               code = tree_int_at(r->what, "code", 0);

	if (f == NULL)
		return "want: reject";
	if (!by_is(f->by, tree_str_at(r->what, "by")))
		return "by";
	if (code != 0 && finding_code(f) != code)
		return "code";
	return all_said(r, true, "says") != NULL ? "says" : all_said(r, false, "warns");
}

static const char *
compare_reviews(const struct run *r)
{
	const struct tree *reviews = tree_get(r->what, STR("reviews"));
	struct str         want = STR_NONE;

	TREE_EACH(one, reviews)
		want = JOIN(&arena, want, tree_str(one), STR(" "));
	return reviews == NULL || str_eq(want, out_view(&r->asked)) ? NULL : "reviews";
}

static const char *
compare(const struct run *r)
{
	const struct tree *advice = tree_get(r->what, STR("advice"));

	if (advice != NULL && (warnings(r, true) != advice->count || all_said(r, false, "advice") != NULL))
		return "advice";
	if (compare_reviews(r) != NULL)
		return "reviews";
	if (tree_str_is(r->what, "want", STR("reject")))
		return compare_denial(r);
	if (first_error(r) != NULL)
		return "want: no error";
	if (tree_str_is(r->what, "want", STR("accept")))
		return warnings(r, false) == 0 ? NULL : "want: accept, without a word";
	return warnings(r, false) == 0 ? "want: warn" : all_said(r, false, "says");
}

static void
show(const struct run *r, const char *wrong)
{
	fprintf(stderr, "\n" STR_FMT ": not as wanted: %s\n", STR_ARG(tree_str_at(r->what, "id")), wrong);
	for (int i = 0; i < r->found.count; i++)
		fprintf(stderr, "\t%s by " STR_FMT " " STR_FMT ": " STR_FMT "\n",
		    r->found.list[i].error ? "error" : "warning", STR_ARG(finding_by_text(r->found.list[i].by)),
		    STR_ARG(r->found.list[i].path), STR_ARG(r->found.list[i].text));
}

static const char *
run_case(const struct tree *suite, const struct tree *what)
{
	struct run   r = { .what = what, .env = tree_get(suite, STR("env")), .old = { NULL, -1 } };
	struct tree *object = tree_copy(tree_get(tree_get(suite, STR("base")), tree_str_at(what, "base")));
	const char  *wrong;

	arena_init(&arena, memory, sizeof(memory));
	r.asked = out_over(r.reviews, sizeof(r.reviews));
	if (tree_str_is(what, "op", STR("update"))) {
		change(object, tree_get(what, STR("old")));
		r.old = parsed(&r, 1, object);
	}
	change(object, what);
	r.object = parsed(&r, 0, object);
	tree_free(object);
	judge(&r);
	wrong = arena_ok(&arena) ? compare(&r) : "room";
	if (wrong != NULL)
		show(&r, wrong);
	return wrong;
}

static void
every_case_is_judged_as_it_says(void)
{
	struct tree *suite = read_suite();
	int          count = 0;

	TREE_EACH(what, tree_get(suite, STR("cases"))) {
		CU_ASSERT(run_case(suite, what) == NULL);
		count++;
	}
	CU_ASSERT(count > 150);
	tree_free(suite);
}

SUITE(test_validate_cases,
    { "every case is judged as it says", every_case_is_judged_as_it_says });
