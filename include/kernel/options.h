/* options.h - command lines: --name value, --name=value, --flag, --flag=false, -f value. */
#ifndef KERNEL_OPTIONS_H
#define KERNEL_OPTIONS_H

#include <stdbool.h>

#include "kernel/out.h"

enum option_kind {
	OPTION_TEXT,
	OPTION_BOOL,
	OPTION_LATER,        /* a flag of the Go operator that this version does not have: refused by name */
};

struct option {
	const char      *name;       /* without dashes; "f" is -f */
	enum option_kind kind;
	const char     **text;
	bool            *flag;
	const char      *value_name, *help;
};

/* Sets what the command line says.  False: one sentence in `why`. */
bool options_read(const struct option *options, int count, int argc, char **argv, struct out *why);

/* A line per option, as --help shows them. */
void options_print(const struct option *options, int count, struct out *o);

#endif
