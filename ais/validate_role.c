/* validate_role.c - ports, and what an update may not change. */
#include "ais/spec_inner.h"
#include "ais/validate_inner.h"

static const struct str ports[] = {
	STR_INIT("servicePort"), STR_INIT("portPublic"), STR_INIT("portIntraControl"), STR_INIT("portIntraData"),
};

/* Text that is no number counts as 0. */
static int64_t
port_of(struct json v)
{
	int64_t    port = 0;
	struct str text = json_raw(v);

	if (json_is_str(v)) {
		if (str_starts(text, STR("+")))
			text = str_from(text, 1);
		return str_i64(text, &port) ? port : 0;
	}
	return json_whole(v, &port) ? port : 0;
}

void
rule_ports(struct trial *t)
{
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++)
		for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
			int64_t    port = port_of(json_get(t->role[r], ports[i]));
			struct str path;
			struct out o;

			if (port >= 1 && port <= 65535)
				continue;
			path = JOIN(t->a, role_path(r), STR("."), ports[i]);
			o = out_in(t->a);
			out_str(&o, STR("Invalid value: "));
			out_int(&o, port);
			out_str(&o, STR(": must be between 1 and 65535, inclusive"));
			deny(t, path, out_keep(&o, t->a));
		}
}

/* Updates -------------------------------------------------------------------*/

static struct str
old_text(struct trial *t, struct json old)
{
	if (!json_set(old))
		return STR("it was not set");
	if (json_is_obj(old) || json_is_arr(old))
		return json_is_obj(old) ? STR("it was an object of other content") : STR("it was another list");
	return JOIN(t->a, STR("it was "), spec_shown(json_text(old)));
}

void
rule_roles_same(struct trial *t)
{
	static const struct str names[] = { STR_INIT("proxySpec"), STR_INIT("targetSpec") };
	static const struct member roles[] = {
		OBJECT("proxySpec", shape_proxy), OBJECT("targetSpec", shape_target),
	};
	const struct place         spec = { NULL, STR("spec"), 0 };
	struct json                was;
	struct str                 where;

	if (!json_set(t->old))
		return;
	for (enum role r = ROLE_PROXY; r <= ROLE_TARGET; r++) {
		struct place at = { &spec, names[r], 0 };

		if (!shape_same(&roles[r], t->role[r], t->old_role[r], false, &at, t->a, &where, &was))
			deny(t, where, JOIN(t->a, STR("cannot update spec \""), names[r],
			    STR("\" for an existing cluster: "), old_text(t, was)));
	}
}

void
rule_balancer_same(struct trial *t)
{
	static const struct str name = STR_INIT("enableExternalLB");

	if (json_set(t->old) && json_true(json_get(t->spec, name)) != json_true(json_get(t->old_spec, name)))
		deny(t, STR("spec.enableExternalLB"),
		    STR("cannot update spec \"enableExternalLB\" for an existing cluster"));
}

/* It may be left, but neither entered nor changed. */
void
rule_class_same(struct trial *t)
{
	struct str now = state_class(t->spec, t->a), then = state_class(t->old_spec, t->a);

	if (json_set(t->old) && now.len > 0 && !str_eq(now, then))
		deny(t, STR("spec.stateStorage.pvc.storageClass"), JOIN(t->a,
		    STR("cannot update spec \"stateStorage.pvc.storageClass\" for an existing cluster: "),
		    then.len > 0 ? STR("it was ") : STR("the state is kept elsewhere"), spec_shown(then)));
}
