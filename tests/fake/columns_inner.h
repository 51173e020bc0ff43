/* columns_inner.h - one column of a table. */
#ifndef TESTS_FAKE_COLUMNS_INNER_H
#define TESTS_FAKE_COLUMNS_INNER_H

#include "tests/fake/apiserver_inner.h"

struct column {
	const char *name, *type, *format;
	const char *path;                                          /* of the value, or */
	void      (*cell)(const struct tree *object, struct out *o);
	int         priority;                                      /* 1: only for -o wide */
};

const struct tree *columns_path(const struct tree *t, struct str path);
void columns_age(const struct tree *time, struct out *o);      /* "5m12s" since then */

void cell_age(const struct tree *object, struct out *o);
void cell_containers(const struct tree *object, struct out *o);
void cell_images(const struct tree *object, struct out *o);
void cell_selector(const struct tree *object, struct out *o);
void cell_data(const struct tree *object, struct out *o);
void cell_external(const struct tree *object, struct out *o);
void cell_involved(const struct tree *object, struct out *o);
void cell_last_seen(const struct tree *object, struct out *o);
void cell_message(const struct tree *object, struct out *o);
void cell_node_status(const struct tree *object, struct out *o);
void cell_pod_ready(const struct tree *object, struct out *o);
void cell_pod_restarts(const struct tree *object, struct out *o);
void cell_pod_status(const struct tree *object, struct out *o);
void cell_ports(const struct tree *object, struct out *o);
void cell_set_ready(const struct tree *object, struct out *o);

#endif
