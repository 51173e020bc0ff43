/* render.h - pure: every object that an AIStore would have once it is Ready, as text. */
#ifndef AIS_RENDER_H
#define AIS_RENDER_H

#include "kernel/arena.h"
#include "kernel/out.h"

/* In the order in which they are created: a JSON document a line, or YAML
 * documents.  `ns`: where the CR names none.  False: one sentence in `why`,
 * and nothing in `o`. */
bool render(struct str cr_json, struct str ns, struct str domain, bool yaml, struct arena *a, struct out *o,
            struct str *why);

#endif
