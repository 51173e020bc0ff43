/*
 * command.h - what `ais-operator render`, `plan`, `validate` and `convert` do with a file.
 *
 * Exit codes: 0 done (validate: accepted), 1 failed (one sentence on standard
 * error) or rejected, 2 usage.
 */
#ifndef AIS_COMMAND_H
#define AIS_COMMAND_H

#include "kernel/str.h"

int command_render(int argc, char **argv, struct str domain);
int command_plan(int argc, char **argv, struct str domain);
int command_validate(int argc, char **argv, struct str domain);
int command_convert(int argc, char **argv);

#endif
