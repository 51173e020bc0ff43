/* options.c - command lines by table. */
#include "kernel/options.h"

#include <string.h>

static const struct option *
option_named(const struct option *options, int count, struct str name)
{
	for (int i = 0; i < count; i++)
		if (str_eq(str_of(options[i].name), name))
			return &options[i];
	return NULL;
}

static bool
complain(struct out *why, struct str dashes, struct str name, struct str what)
{
	OUT(why, dashes, name, what);
	return false;
}

static bool
bool_of(struct str value, bool *out)
{
	bool yes = str_eq(value, STR("true")) || str_eq(value, STR("1"));

	if (!yes && !str_eq(value, STR("false")) && !str_eq(value, STR("0")))
		return false;
	*out = yes;
	return true;
}

/* One option and its value; *next is moved past what it used. */
static bool
option_read(const struct option *options, int count, int argc, char **argv, int *next, struct out *why)
{
	struct str           word = str_of(argv[*next]), name, value;
	struct str           dashes = str_starts(word, STR("--")) ? STR("--") : STR("-");
	struct str           rest = str_from(word, dashes.len);
	const struct option *o;

	(*next)++;
	if (!str_starts(word, STR("-")) || !str_cut(&rest, '=', &name) || name.len == 0)
		return complain(why, STR_NONE, word, STR(" is not an option: see --help"));
	value = rest;
	o = option_named(options, count, name);
	if (o == NULL)
		return complain(why, dashes, name, STR(" is unknown: see --help"));
	if (o->kind == OPTION_LATER)
		return complain(why, dashes, name, STR(" is not supported by this version"));
	if (o->kind == OPTION_BOOL) {
		if (!bool_of(value.at == NULL ? STR("true") : value, o->flag))
			return complain(why, dashes, name, STR(" takes true or false"));
		return true;
	}
	if (value.at == NULL && *next < argc)
		value = str_of(argv[(*next)++]);
	if (value.at == NULL)
		return complain(why, dashes, name, STR(" needs a value: see --help"));
	*o->text = value.at;         /* ends where the word does */
	return true;
}

bool
options_read(const struct option *options, int count, int argc, char **argv, struct out *why)
{
	for (int next = 0; next < argc;)
		if (!option_read(options, count, argc, argv, &next, why))
			return false;
	return true;
}

void
options_print(const struct option *options, int count, struct out *o)
{
	for (int i = 0; i < count; i++) {
		struct str name = str_of(options[i].name), value = str_of(options[i].value_name);
		size_t     from = o->len;

		if (options[i].kind == OPTION_LATER)
			continue;
		OUT(o, STR("  "), name.len == 1 ? STR("-") : STR("--"), name, value.len > 0 ? STR(" ") : STR_NONE, value);
		while (o->len - from < 30 && out_ok(o))
			out_char(o, ' ');
		OUT(o, STR(" "), str_of(options[i].help), STR("\n"));
	}
}
