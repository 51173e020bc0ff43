/* command_convert.c - `convert`: AIStores in the other version, as the webhook would give them. */
#include <stdio.h>

#include "ais/command_inner.h"
#include "ais/convert.h"
#include "kernel/memory.h"
#include "kernel/yaml.h"

static const char line[] = "--to v1alpha1|v1beta1 -f CR.yaml [-o json]\n\n"
    "Each document of the file, in its order: YAML documents, or JSON texts, one a line.\n";

struct work {
	const char         *file, *to, *output;
	bool                help;
	enum api_version    version;
	struct arena        arena;
	struct out          result, printed;     /* of one document; of all */
};

/* 0: go on; else the exit code. */
static int
begin(int argc, char **argv, struct work *w)
{
	const struct option options[] = {
		{ "to", OPTION_TEXT, &w->to, NULL, "VERSION", "v1alpha1 or v1beta1" },
		{ "f", OPTION_TEXT, &w->file, NULL, "FILE", "AIStores, as YAML or JSON; - is standard input" },
		{ "o", OPTION_TEXT, &w->output, NULL, "FORMAT", "yaml (the default) or json" },
		{ "help", OPTION_BOOL, NULL, &w->help, NULL, "this text" },
	};
	const int  count = sizeof(options) / sizeof(options[0]);
	char       text[256];
	struct out why = out_over(text, sizeof(text));

	if (!options_read(options, count, argc, argv, &why)) {
		fprintf(stderr, "%.*s\n", (int)why.len, text);
		return 2;
	}
	if (w->help || w->file == NULL || w->to == NULL)
		return command_usage("convert", line, options, count, w->help);
	if (!str_eq(str_of(w->output), STR("yaml")) && !str_eq(str_of(w->output), STR("json"))) {
		fprintf(stderr, "-o takes yaml or json\n");
		return 2;
	}
	w->version = str_eq(str_of(w->to), STR("v1alpha1")) ? API_ALPHA : API_BETA;
	if (w->version == API_BETA && !str_eq(str_of(w->to), STR("v1beta1"))) {
		fprintf(stderr, "--to takes v1alpha1 or v1beta1\n");
		return 2;
	}
	arena_init(&w->arena, memory_reserve(COMMAND_ARENA), COMMAND_ARENA);
	w->result = out_over(memory_reserve(COMMAND_ARENA), COMMAND_ARENA);
	w->printed = out_over(memory_reserve(COMMAND_ARENA), COMMAND_ARENA);
	return 0;
}

static bool
convert_one(struct work *w, struct str json, struct str *why)
{
	struct json_doc *d = ARENA_NEW(&w->arena, struct json_doc);

	w->result.len = 0;
	*why = STR("needs more room than there is");
	if (d == NULL || json_parse_in(d, json, &w->arena) != JSON_OK)
		return false;
	if (!convert(json_root(d), w->version, &w->arena, &w->result, why))
		return false;
	if (str_eq(str_of(w->output), STR("json"))) {
		OUT(&w->printed, out_view(&w->result), STR("\n"));
		return out_ok(&w->printed);
	}
	if (w->printed.len > 0)
		out_str(&w->printed, STR("---\n"));
	if (json_parse_in(d, out_view(&w->result), &w->arena) != JSON_OK)
		return false;
	yaml_print(&w->printed, json_root(d));
	return out_ok(&w->printed);
}

static int
fail_at(struct work *w, int index, struct str why)
{
	struct out o = out_in(&w->arena);

	if (index > 0) {
		out_str(&o, STR("document "));
		out_int(&o, index + 1);
		out_str(&o, STR(": "));
	}
	out_str(&o, why);
	return command_fail(w->file, out_ok(&o) ? out_view(&o) : why);
}

int
command_convert(int argc, char **argv)
{
	struct work w = { .output = "yaml" };
	struct str  text, json, why;
	int         code = begin(argc, argv, &w);

	if (code != 0 || w.help)
		return code;
	if (!command_file(w.file, &w.arena, &text, &why))
		return command_fail(w.file, why);
	for (int i = 0; command_document(text, i, &w.arena, &json, &why); i++)
		if (!str_eq(json, STR("null")) && !convert_one(&w, json, &why))
			return fail_at(&w, i, why);
	if (why.len > 0)
		return command_fail(w.file, why);
	if (w.printed.len == 0)
		return command_fail(w.file, STR("is empty: it should hold an AIStore"));
	fwrite(w.printed.at, 1, w.printed.len, stdout);
	return fflush(stdout) == 0 ? 0 : command_fail("standard output", STR("cannot be written"));
}
