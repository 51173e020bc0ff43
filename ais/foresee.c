/* foresee.c - what an accepted AIStore will do. */
#include "ais/foresee.h"

#include "ais/shape.h"
#include "ais/spec_inner.h"

#define STAYS "this version does not change a running cluster: no pod restarts, no data moves, " \
	"and condition Ready will say NotSupported"

static void
say(struct findings *f, struct str path, struct str text)
{
	finding_put(f, (struct finding){ false, BY_ADVICE, path, text });
}

/* Nothing at all is done for a spec that is not understood. */
static bool
is_left_alone(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f)
{
	struct str so = old == NULL ? STR("nothing will be created") : STR("nothing will be changed");

	if (new->invalid.len > 0)
		say(f, STR("spec"), JOIN(a, so, STR(", and condition Ready will say InvalidSpec: "), new->invalid));
	else if (new->unsupported.len > 0)
		say(f, new->unsupported, JOIN(a, STR("this version does not act on it: "), so,
		    STR(", and condition Ready will say NotSupported")));
	return new->invalid.len > 0 || new->unsupported.len > 0;
}

static void
compare_sizes(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f)
{
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		struct out o;

		if (old->role[r].size == new->role[r].size)
			continue;
		o = out_in(a);
		out_str(&o, r == ROLE_PROXY ? STR("proxies ") : STR("targets "));
		out_int(&o, old->role[r].size);
		out_str(&o, STR(" to "));
		out_int(&o, new->role[r].size);
		out_str(&o, STR(": " STAYS));
		say(f, r == ROLE_PROXY ? STR("spec.proxySpec.size") : STR("spec.targetSpec.size"), out_keep(&o, a));
	}
}

static void
compare_texts(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f)
{
	const struct {
		struct str path, was, is;
	} texts[] = {
		{ STR("spec.nodeImage"), old->node_image, new->node_image },
		{ STR("spec.initImage"), old->init_image, new->init_image },
		{ STR("spec.stateStorage"), old->state_prefix, new->state_prefix },
		{ STR("spec.clusterDomain"), old->cluster_domain, new->cluster_domain },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!str_eq(texts[i].was, texts[i].is))
			say(f, texts[i].path, JOIN(a, spec_shown(texts[i].was), STR(" to "), spec_shown(texts[i].is),
			    STR(": " STAYS)));
}

static void
compare_pods(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f)
{
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		struct str path = r == ROLE_PROXY ? STR("spec.proxySpec") : STR("spec.targetSpec");

		if (!json_same(old->role[r].resources, new->role[r].resources))
			say(f, JOIN(a, path, STR(".resources")), STR(STAYS));
		if (!json_same(old->role[r].env, new->role[r].env))
			say(f, JOIN(a, path, STR(".env")), STR(STAYS));
	}
}

void
foresee(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f)
{
	if (is_left_alone(old, new, a, f) || old == NULL || old->invalid.len > 0)
		return;
	compare_sizes(old, new, a, f);
	compare_texts(old, new, a, f);
	compare_pods(old, new, a, f);
}
