/* command_read.c - what the commands do alike: say how they are used, read a file, fail. */
#include <stdio.h>

#include "ais/command_inner.h"
#include "kernel/file.h"
#include "kernel/yaml.h"

int
command_usage(const char *command, const char *line, const struct option *options, int count, bool asked)
{
	char       text[2048];
	struct out o = out_over(text, sizeof(text));

	OUT(&o, STR("usage: ais-operator "), str_of(command), STR(" "), str_of(line), STR("\n"));
	options_print(options, count, &o);
	fwrite(text, 1, o.len, asked ? stdout : stderr);
	return asked ? 0 : 2;
}

int
command_fail(const char *file, struct str why)
{
	fprintf(stderr, "%s: " STR_FMT "\n", file, STR_ARG(why));
	return 1;
}

bool
command_file(const char *file, struct arena *a, struct str *text, struct str *why)
{
	enum file_result r = file_read(file, a, text);

	*why = str_of(file_result_text(r));
	return r == FILE_OK;
}

bool
command_document(struct str text, int index, struct arena *a, struct str *json, struct str *why)
{
	struct yaml_error error = { 0 };

	if (yaml_to_json(text, index, a, json, &error))
		return true;
	*why = arena_copy(a, str_of(error.text));
	if (error.line > 0) {
		struct out o = out_in(a);

		out_str(&o, STR("line "));
		out_int(&o, error.line);
		OUT(&o, STR(": "), *why);
		*why = out_keep(&o, a);
	}
	return false;
}

bool
command_read(const char *file, struct arena *a, struct str *json, struct str *why)
{
	struct str text;

	if (!command_file(file, a, &text, why))
		return false;
	if (command_document(text, 0, a, json, why))
		return true;
	if (why->len == 0)
		*why = STR("is empty: it should hold one AIStore");
	return false;
}
