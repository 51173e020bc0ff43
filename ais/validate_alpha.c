/* validate_alpha.c - the rules of v1alpha1, as the 2021 version had them. */
#include "ais/spec_inner.h"
#include "ais/validate_inner.h"

/* A size that our other version allows (-1) and that an update leaves alone is nobody's mistake. */
static void
check_size(struct trial *t)
{
	int64_t    size = 0, old;
	struct out o;

	size_of(t->spec, &size);
	if (size > 0 || (size_of(t->old_spec, &old) && old == size))
		return;
	o = out_in(t->a);
	out_str(&o, STR("invalid cluster size "));
	out_int(&o, size);
	out_str(&o, STR(": it must be at least 1"));
	deny(t, STR("spec.size"), out_keep(&o, t->a));
}

static void
check_same(struct trial *t)
{
	static const struct str fixed[] = {
		STR_INIT("proxySpec"), STR_INIT("targetSpec"), STR_INIT("disablePodAntiAffinity"),
		STR_INIT("enableExternalLB"), STR_INIT("hostpathPrefix"),
	};
	const struct place   spec = { NULL, STR("spec"), 0 };
	const struct member *table = shape_member(shape_alpha.in, STR("spec"))->in;
	struct json          was;
	struct str           where;

	if (!json_set(t->old))
		return;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		struct place at = { &spec, fixed[i], 0 };

		if (!shape_same(shape_member(table, fixed[i]), json_get(t->spec, fixed[i]),
		    json_get(t->old_spec, fixed[i]), true, &at, t->a, &where, &was))
			deny(t, where, JOIN(t->a, STR("cannot update spec \""), fixed[i],
			    STR("\" for an existing cluster")));
	}
}

rule *const rules_alpha[] = { check_size, check_same, advise_image, NULL };
