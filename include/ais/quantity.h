/*
 * quantity.h - amounts as Kubernetes writes them: "10Gi", "0.5", "500m", "1e3".
 *
 * The API server keeps a quantity in a canonical text; we write the same, so
 * that what is stored and what is wanted can be compared.  Exact down to a
 * billionth; what is finer is rounded up.  Up to 2^63 - 1.
 */
#ifndef AIS_QUANTITY_H
#define AIS_QUANTITY_H

#include "kernel/out.h"

#define QUANTITY_TEXT_MAX 128

enum quantity_form { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT };

struct quantity {
	uint64_t           units;
	uint32_t           nano;         /* below 1,000,000,000 */
	bool               minus;
	enum quantity_form form;
};

bool quantity_parse(struct str s, struct quantity *q);      /* false: none, or too large */
void quantity_print(const struct quantity *q, struct out *o);     /* canonical: 1.5Gi is 1536Mi */

struct quantity quantity_floor(struct quantity q);          /* whole units: bytes of a volume */
struct quantity quantity_ceil_milli(struct quantity q);     /* as the API server rounds resources */
bool            quantity_positive(const struct quantity *q);

#endif
