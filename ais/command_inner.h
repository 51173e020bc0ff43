/* command_inner.h - what the commands share. */
#ifndef AIS_COMMAND_INNER_H
#define AIS_COMMAND_INNER_H

#include "ais/command.h"
#include "kernel/arena.h"
#include "kernel/options.h"

#define COMMAND_ARENA (256u << 20)       /* address space, not memory */

/* Give the exit code: 0 when it was asked for, 2 when the command line is wrong; 1. */
int command_usage(const char *command, const char *line, const struct option *options, int count, bool asked);
int command_fail(const char *file, struct str why);

/* A file, and its documents one by one: YAML or JSON, as JSON.  False: one
 * sentence in `why`; an empty one when there is no document of that number. */
bool command_file(const char *file, struct arena *a, struct str *text, struct str *why);
bool command_document(struct str text, int index, struct arena *a, struct str *json, struct str *why);

/* The first document of a file, YAML or JSON, as JSON.  False: one sentence in `why`. */
bool command_read(const char *file, struct arena *a, struct str *json, struct str *why);

#endif
