/* yaml_inner.h - what a plain scalar means: shared by the reader and the writer. */
#ifndef KERNEL_YAML_INNER_H
#define KERNEL_YAML_INNER_H

#include "kernel/yaml.h"

enum yaml_kind {
	YAML_KIND_TEXT,
	YAML_KIND_NULL,
	YAML_KIND_BOOL,
	YAML_KIND_INT,
	YAML_KIND_FLOAT,
	YAML_KIND_MERGE,
	YAML_KIND_UNCLEAR,    /* readers differ: yes, 0755, 0x1f, 1_000 */
};

enum yaml_kind yaml_kind_of(struct str plain);

#endif
