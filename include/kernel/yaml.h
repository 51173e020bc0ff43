/*
 * yaml.h - YAML to JSON, on libyaml's events.
 *
 * Everything behind this reads JSON only.  Types as sigs.k8s.io/yaml gives
 * them: plain true/false, null/~/empty, decimal integers and floats; all
 * else, and all that is quoted, is text.  Refused with a sentence: anchors
 * and aliases, merge keys, duplicate keys, keys that are not text, depth over
 * JSON_DEPTH_MAX, more than FILE_SIZE_MAX bytes, tags other than the core,
 * and plain words that Go takes for something else than text, or than it
 * looks like (yes, off, 0755, 0x1f, 1_000).  JSON goes through here as well,
 * as it is.
 */
#ifndef KERNEL_YAML_H
#define KERNEL_YAML_H

#include "kernel/arena.h"
#include "kernel/out.h"

struct yaml_error {
	int  line, column;       /* from 1 */
	char text[160];          /* a sentence without its full stop */
};

/* Document number `index` (from 0) of the stream as one JSON text in the arena.
 * False with error->text[0] == 0: there is no such document (the stream has ended). */
bool yaml_to_json(struct str yaml, int index, struct arena *a, struct str *json,
                  struct yaml_error *error);

/* A JSON value as YAML, block style, keys in their order. */
#include "kernel/json.h"
void yaml_print(struct out *o, struct json v);

#endif
