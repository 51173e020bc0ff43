/* value_end.h - pure: where a JSON value ends, when it comes in pieces. */
#ifndef WEBHOOK_VALUE_END_H
#define WEBHOOK_VALUE_END_H

#include "kernel/str.h"

struct value_end {
	size_t depth;            /* of brackets that are open */
	bool   begun, text, escape, scalar;
};

/* Looks at `bytes`; the first call of a value at its first byte.  Gives how
 * many belong to it.  *ended: those were the last.  A number or a word has
 * ended where something else stands.  Only brackets and quotes are looked at:
 * what came is not yet known to be JSON. */
size_t value_end_find(struct value_end *v, struct str bytes, bool *ended);

#endif
