/* fuzz_quantity.c - any bytes as a quantity: what is accepted has one canonical text, which is its own. */
#include "ais/quantity.h"

#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char            once[64], twice[64];
	struct out      o = out_over(once, sizeof(once)), p = out_over(twice, sizeof(twice));
	struct quantity q, again;

	if (!quantity_parse((struct str){ (const char *)data, size }, &q))
		return 0;
	quantity_print(&q, &o);
	CHECK(out_ok(&o));
	CHECK(quantity_parse(out_view(&o), &again));
	CHECK(again.units == q.units && again.nano == q.nano);
	quantity_print(&again, &p);
	CHECK(str_eq(out_view(&o), out_view(&p)));
	CHECK(quantity_floor(q).units == q.units && quantity_ceil_milli(q).nano % 1000000 == 0);
	return 0;
}
