/* watch_line.h - pure: one line of a watch stream. */
#ifndef K8S_WATCH_LINE_H
#define K8S_WATCH_LINE_H

#include "k8s/object.h"

enum watch_event {
	WATCH_ADDED, WATCH_MODIFIED, WATCH_DELETED, WATCH_BOOKMARK,
	WATCH_ERROR,         /* object is a Status: code and reason are filled in */
	WATCH_BROKEN,        /* not such a line */
};

struct watch_line {
	enum watch_event event;
	struct str       object;         /* raw */
	struct object    meta;           /* of it, read in the same pass */
	bool             named;          /* it has a name: object_scan() would say true */
	int              code;           /* WATCH_ERROR */
	struct str       reason, message;
};

void watch_line_parse(struct str line, struct watch_line *w);

#endif
