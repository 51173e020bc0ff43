/* names.c - names and URLs of what belongs to a cluster. */
#include "ais/names.h"

const struct kind kind_aistore = {
	STR_INIT("ais.nvidia.com"), STR_INIT("v1beta1"), STR_INIT("aistores"), STR_INIT("AIStore"), true,
};

struct str
name_set(struct arena *a, struct str cluster, enum role r)
{
	return JOIN(a, cluster, STR("-"), role_text(r));
}

struct str
name_pod(struct arena *a, struct str cluster, enum role r, int64_t i)
{
	struct out o = out_in(a);

	OUT(&o, cluster, STR("-"), role_text(r), STR("-"));
	out_int(&o, i);
	return out_keep(&o, a);
}

struct str
name_global(struct arena *a, struct str cluster)
{
	return JOIN(a, cluster, STR("-global-cm"));
}

struct str
name_account(struct arena *a, struct str cluster)
{
	return JOIN(a, cluster, STR("-sa"));
}

struct str
name_role(struct arena *a, struct str cluster)
{
	return JOIN(a, cluster, STR("-role"));
}

struct str
name_binding(struct arena *a, struct str cluster)
{
	return JOIN(a, cluster, STR("-rb"));
}

struct str
url_intra(struct arena *a, const struct cluster_id *c, const struct spec *s)
{
	struct out o = out_in(a);

	OUT(&o, STR("http://"), c->name, STR("-proxy."), c->ns, STR(".svc."), s->cluster_domain, STR(":"));
	out_int(&o, s->role[ROLE_PROXY].public_port);
	return out_keep(&o, a);
}

int64_t
name_ordinal(struct str pod, struct str set)
{
	struct str rest = str_from(pod, set.len + 1);
	int64_t    i;

	if (!str_starts(pod, set) || pod.len <= set.len || pod.at[set.len] != '-')
		return -1;
	if (!str_i64(rest, &i) || rest.at[0] == '-' || (rest.at[0] == '0' && rest.len > 1))
		return -1;
	return i;
}
