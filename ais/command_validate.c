/* command_validate.c - `validate`: would the API server and the webhook take it? */
#include <stdio.h>

#include "ais/command_inner.h"
#include "ais/foresee.h"
#include "ais/validate.h"
#include "kernel/json_out.h"
#include "kernel/memory.h"

static const char line[] = "-f NEW.yaml [--old OLD.yaml] [option]...\n\n"
    "One line for each thing found; exit 0 accepted, 1 rejected or not readable, 2 usage.  What only a\n"
    "cluster knows (its nodes, storage classes, secrets, and what you may read) is not looked at.\n";

struct question {
	const char     *file, *old_file, *output;
	bool            help, strict;
	struct arena    arena;
	struct json_doc docs[2];
	struct json     object, old;
	struct findings found, effects;
};

static bool
read_object(struct question *q, const char *file, int which, struct json *v)
{
	struct str       text, why;
	enum json_result r;

	if (!command_read(file, &q->arena, &text, &why)) {
		command_fail(file, why);
		return false;
	}
	r = json_parse_in(&q->docs[which], text, &q->arena);
	if (r != JSON_OK) {
		command_fail(file, str_of(json_result_text(r)));
		return false;
	}
	*v = json_root(&q->docs[which]);
	return true;
}

/* 0: go on; else the exit code. */
static int
begin(int argc, char **argv, struct question *q)
{
	const struct option options[] = {
		{ "f", OPTION_TEXT, &q->file, NULL, "FILE", "what is judged, as YAML or JSON; - is standard input" },
		{ "old", OPTION_TEXT, &q->old_file, NULL, "FILE", "what stands in the cluster now: judge an update of it" },
		{ "o", OPTION_TEXT, &q->output, NULL, "FORMAT", "text (the default) or json" },
		{ "strict", OPTION_BOOL, NULL, &q->strict, NULL, "refuse fields that are not known, as kubectl does" },
		{ "help", OPTION_BOOL, NULL, &q->help, NULL, "this text" },
	};
	const int  count = sizeof(options) / sizeof(options[0]);
	char       text[256];
	struct out why = out_over(text, sizeof(text));

	if (!options_read(options, count, argc, argv, &why)) {
		fprintf(stderr, "%.*s\n", (int)why.len, text);
		return 2;
	}
	if (q->help || q->file == NULL)
		return command_usage("validate", line, options, count, q->help);
	if (!str_eq(str_of(q->output), STR("text")) && !str_eq(str_of(q->output), STR("json"))) {
		fprintf(stderr, "-o takes text or json\n");
		return 2;
	}
	arena_init(&q->arena, memory_reserve(COMMAND_ARENA), COMMAND_ARENA);
	if (!read_object(q, q->file, 0, &q->object) ||
	    (q->old_file != NULL && !read_object(q, q->old_file, 1, &q->old)))
		return 1;
	return 0;
}

/* Unknown fields are warnings; a strict client has them refused. */
static void
be_strict(struct findings *f)
{
	for (int i = 0; i < f->count; i++)
		if (f->list[i].by == BY_STRICT && !f->list[i].error) {
			f->list[i].error = true;
			f->errors++;
		}
}

static void
look_ahead(struct question *q, struct str domain)
{
	struct spec *now = ARENA_NEW(&q->arena, struct spec), *then = ARENA_NEW(&q->arena, struct spec);

	if (now == NULL || then == NULL)
		return;
	spec_parse(json_get(q->object, STR("spec")), domain, &q->arena, now);
	if (q->old_file != NULL)
		spec_parse(json_get(q->old, STR("spec")), domain, &q->arena, then);
	foresee(q->old_file != NULL ? then : NULL, now, &q->arena, &q->effects);
}

/* As in a cluster: what the API server refuses no webhook gets to see. */
static void
judge(struct question *q, struct str domain)
{
	enum resource r = resource_of(q->object);

	validate_schema_update(r, q->object, q->old, &q->arena, &q->found);
	if (q->strict)
		be_strict(&q->found);
	if (q->found.errors == 0)
		validate_rules(r, q->object, q->old, &q->arena, &q->found);
	if (q->found.errors == 0 && r == RESOURCE_AISTORE_BETA)
		look_ahead(q, domain);
}

static void
print_lines(const struct findings *f, struct str word, struct out *o)
{
	for (int i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];

		OUT(o, word.len > 0 ? word : one->error ? STR("error") : STR("warning"), STR(" "), one->path, STR(": "),
		    one->text, STR("\n"));
	}
}

static void
print_json(const struct findings *f, struct str word, struct json_out *j)
{
	for (int i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];

		jo_obj(j);
		jo_key_str(j, STR("severity"), word.len > 0 ? word : one->error ? STR("error") : STR("warning"));
		jo_key_str(j, STR("by"), finding_by_text(one->by));
		jo_key_str(j, STR("path"), one->path);
		jo_key_str(j, STR("text"), one->text);
		jo_obj_end(j);
	}
}

static void
print_all(const struct question *q, struct out *o)
{
	struct json_out j = json_out(o);

	if (str_eq(str_of(q->output), STR("text"))) {
		print_lines(&q->found, STR_NONE, o);
		print_lines(&q->effects, STR("effect"), o);
		return;
	}
	j.html = false;
	jo_obj(&j);
	jo_key_bool(&j, STR("accepted"), q->found.errors == 0);
	jo_key_arr(&j, STR("findings"));
	print_json(&q->found, STR_NONE, &j);
	print_json(&q->effects, STR("effect"), &j);
	jo_arr_end(&j);
	jo_obj_end(&j);
	out_char(o, '\n');
}

int
command_validate(int argc, char **argv, struct str domain)
{
	static struct question q;            /* too large for a stack */
	struct out             o;
	int                    code;

	q = (struct question){ .output = "text", .object = { NULL, -1 }, .old = { NULL, -1 } };
	code = begin(argc, argv, &q);
	if (code != 0 || q.help)
		return code;
	judge(&q, domain);
	o = out_in(&q.arena);
	print_all(&q, &o);
	if (!arena_ok(&q.arena) || !out_ok(&o))
		return command_fail(q.file, STR("cannot be judged: it needs more room than there is"));
	fwrite(o.at, 1, o.len, stdout);
	if (q.found.more)
		fprintf(stderr, "%s: there is more than fits\n", q.file);
	if (fflush(stdout) != 0)
		return command_fail("standard output", STR("cannot be written"));
	return q.found.errors > 0 ? 1 : 0;
}
