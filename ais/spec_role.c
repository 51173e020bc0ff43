/* spec_role.c - what an AIStore asks for: proxies, targets, data mounts. */
#include "ais/quantity.h"
#include "ais/spec_inner.h"

static void
read_port(struct reader *r, struct json v, struct str path, int *port)
{
	int64_t n;

	if ((!json_i64(v, &n) && !(json_is_str(v) && str_i64(json_raw(v), &n))) || n < 1 || n > 65535)
		spec_invalid(r, path, v, STR("a port is a number from 1 to 65535"));
	else
		*port = (int)n;
}

static void
read_service_port(struct reader *r, struct json v, struct str path)
{
	read_port(r, v, path, &r->role->service_port);
}

static void
read_public_port(struct reader *r, struct json v, struct str path)
{
	read_port(r, v, path, &r->role->public_port);
}

static void
read_control_port(struct reader *r, struct json v, struct str path)
{
	read_port(r, v, path, &r->role->control_port);
}

static void
read_data_port(struct reader *r, struct json v, struct str path)
{
	read_port(r, v, path, &r->role->data_port);
}

static void
read_size(struct reader *r, struct json v, struct str path)
{
	spec_size(r, v, path, &r->role->size);
	if (r->role->size == 0)
		spec_invalid(r, path, v, STR("the number of daemons is at least 1; leave it out to use spec.size"));
}

static bool
read_quantity(struct reader *r, struct json v, struct str path, struct quantity *q)
{
	return ((json_is_num(v) || json_is_str(v)) && quantity_parse(json_raw(v), q)) ||
	    spec_invalid(r, path, v, STR("a quantity is needed, such as 500m, 2 or 1.5Gi"));
}

static void
read_amounts(struct reader *r, struct json v, struct str path)
{
	struct json_iter it;
	struct quantity  q;

	if (!json_is_obj(v)) {
		spec_invalid(r, path, v, STR("an object of quantities is needed"));
		return;
	}
	for (it = json_each(v); json_next(&it);) {
		struct str at = JOIN(r->a, path, STR("."), spec_shown(it.key));

		if (read_quantity(r, it.val, at, &q) && q.minus)
			spec_invalid(r, at, it.val, STR("a resource is not negative"));
		if (str_has(it.key, STR("\\")))
			spec_invalid(r, at, it.val, STR("a resource has a plain name, such as memory"));
	}
}

static void
read_resources(struct reader *r, struct json v, struct str path)
{
	static const struct field fields[] = {
		{ STR_INIT("limits"), USE_READ, read_amounts },
		{ STR_INIT("requests"), USE_READ, read_amounts },
		{ STR_INIT("claims"), USE_LATER, NULL },
	};

	spec_fields(r, v, path, fields, sizeof(fields) / sizeof(fields[0]));
	r->role->resources = v;
}

/* Values may be secrets: no sentence repeats one. */
static void
read_env(struct reader *r, struct json v, struct str path)
{
	const struct json none = { NULL, -1 };
	struct json_iter  it;
	int               i = 0;

	if (!spec_list(r, v, path))
		return;
	for (it = json_each(v); json_next(&it); i++) {
		struct json name = json_get(it.val, STR("name")), value = json_get(it.val, STR("value"));

		if (!json_is_str(name) || json_raw(name).len == 0)
			spec_invalid(r, JOIN(r->a, spec_item(r, path, i), STR(".name")), none,
			    STR("each variable has a name"));
		if (json_there(value) && !json_is_null(value) && !json_is_str(value) && r->out->invalid.len == 0)
			r->out->invalid = JOIN(r->a, spec_item(r, path, i),
			    STR(".value is not a text: put the value in quotes"));
	}
	r->role->env = v;
}

static void
read_scale_down(struct reader *r, struct json v, struct str path)
{
	if (json_str_is(v, STR("safe_decommission")) || json_str_is(v, STR("")))
		return;
	if (json_str_is(v, STR("decommission")) || json_str_is(v, STR("retain")))
		spec_unsupported(r, path);
	else
		spec_invalid(r, path, v, STR("it is one of decommission, retain and safe_decommission"));
}

#define COMMON_FIELDS 20        /* that proxies have too */

static const struct field role_fields[] = {
	{ STR_INIT("servicePort"), USE_READ, read_service_port },
	{ STR_INIT("portPublic"), USE_READ, read_public_port },
	{ STR_INIT("portIntraControl"), USE_READ, read_control_port },
	{ STR_INIT("portIntraData"), USE_READ, read_data_port },
	{ STR_INIT("securityContext"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("size"), USE_READ, read_size },
	{ STR_INIT("autoScale"), USE_LATER, NULL },
	{ STR_INIT("annotations"), USE_LATER, NULL },
	{ STR_INIT("labels"), USE_LATER, NULL },
	{ STR_INIT("resources"), USE_READ, read_resources },
	{ STR_INIT("capabilities"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("aisContainerSecurityContext"), USE_LATER_PRESENT, NULL },
	{ STR_INIT("env"), USE_READ, read_env },
	{ STR_INIT("affinity"), USE_LATER, NULL },
	{ STR_INIT("nodeSelector"), USE_LATER, NULL },
	{ STR_INIT("tolerations"), USE_LATER, NULL },
	{ STR_INIT("hostPort"), USE_LATER, NULL },
	{ STR_INIT("pvcRetentionPolicy"), USE_LATER, NULL },
	{ STR_INIT("probes"), USE_LATER, NULL },
	{ STR_INIT("externalAccess"), USE_LATER_PRESENT, NULL },
	/* Targets only: */
	{ STR_INIT("mounts"), USE_READ, spec_mounts },
	{ STR_INIT("disablePodAntiAffinity"), USE_LATER, NULL },
	{ STR_INIT("hostNetwork"), USE_LATER, NULL },
	{ STR_INIT("pdb"), USE_LATER_ENABLED, NULL },
	{ STR_INIT("scaleDownMode"), USE_READ, read_scale_down },
};

static void
check_role(struct reader *r, struct json v, struct str path, enum role role)
{
	const struct role_spec *s = r->role;
	const struct {
		struct str name;
		int        port;
	} ports[] = {
		{ STR("servicePort"), s->service_port }, { STR("portPublic"), s->public_port },
		{ STR("portIntraControl"), s->control_port }, { STR("portIntraData"), s->data_port },
	};

	for (int i = 0; i < 4; i++)
		if (ports[i].port == 0)
			spec_invalid(r, JOIN(r->a, path, STR("."), ports[i].name), json_get(v, ports[i].name),
			    STR("a port is a number from 1 to 65535"));
	if (s->service_port == s->control_port || s->service_port == s->data_port || s->control_port == s->data_port)
		spec_invalid(r, path, v, STR("servicePort, portIntraControl and portIntraData must differ"));
	if (role == ROLE_TARGET && !json_is_arr(json_get(v, STR("mounts"))))
		spec_invalid(r, JOIN(r->a, path, STR(".mounts")), json_get(v, STR("mounts")),
		    STR("a list of the targets' data mounts is needed"));
}

void
spec_role(struct reader *r, struct json v, struct str path, enum role role)
{
	const size_t all = sizeof(role_fields) / sizeof(role_fields[0]);

	r->role = &r->out->role[role];
	spec_fields(r, v, path, role_fields, role == ROLE_TARGET ? all : COMMON_FIELDS);
	if (json_is_obj(v))
		check_role(r, v, path, role);
}

/* Mounts --------------------------------------------------------------------*/

/* Its claim is named after it, so it must make a DNS label. */
static bool
is_mount_path(struct str s)
{
	if (s.len < 2 || s.at[0] != '/' || s.at[s.len - 1] == '/' || s.at[s.len - 1] == '-' ||
	    str_has(s, STR("//")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '/')
			return false;
	}
	return true;
}

static void
read_path(struct reader *r, struct json v, struct str path)
{
	if (spec_text(r, v, path, &r->mount->path) && !is_mount_path(r->mount->path))
		spec_invalid(r, path, v, STR("a data mount has an absolute path of lower-case letters, digits, "
		    "- and /, because its volume claim is named after it"));
}

static void
read_claim_size(struct reader *r, struct json v, struct str path)
{
	struct quantity q;
	struct out      o;

	if (!read_quantity(r, v, path, &q))
		return;
	q = quantity_floor(q);
	if (!quantity_positive(&q)) {
		spec_invalid(r, path, v, STR("a volume has at least one byte"));
		return;
	}
	o = out_in(r->a);
	quantity_print(&q, &o);
	r->mount->size = out_keep(&o, r->a);
}

static void
read_class(struct reader *r, struct json v, struct str path)
{
	if (!json_str_is(v, STR("")))
		spec_text(r, v, path, &r->mount->storage_class);
}

static void
read_label(struct reader *r, struct json v, struct str path)
{
	if (!json_str_is(v, STR("")))
		spec_text(r, v, path, &r->mount->label);
}

static void
read_mount(struct reader *r, struct json v, struct str path)
{
	static const struct field fields[] = {
		{ STR_INIT("path"), USE_READ, read_path },
		{ STR_INIT("size"), USE_READ, read_claim_size },
		{ STR_INIT("storageClass"), USE_READ, read_class },
		{ STR_INIT("useHostPath"), USE_LATER, NULL },
		{ STR_INIT("selector"), USE_LATER, NULL },
		{ STR_INIT("label"), USE_READ, read_label },
	};
	const struct mount *all = r->out->mounts;

	spec_fields(r, v, path, fields, sizeof(fields) / sizeof(fields[0]));
	if (r->mount->path.len == 0)
		spec_invalid(r, JOIN(r->a, path, STR(".path")), json_get(v, STR("path")),
		    STR("a data mount has a path, such as /ais/disk1"));
	if (r->mount->size.len == 0 && !json_true(json_get(v, STR("useHostPath"))))
		spec_invalid(r, JOIN(r->a, path, STR(".size")), json_get(v, STR("size")),
		    STR("a volume claim has a size, such as 10Gi"));
	for (const struct mount *m = all; m < r->mount; m++)
		if (str_eq(m->path, r->mount->path))
			spec_invalid(r, JOIN(r->a, path, STR(".path")), json_get(v, STR("path")),
			    STR("another mount has the same path"));
}

void
spec_mounts(struct reader *r, struct json v, struct str path)
{
	struct json_iter it;

	if (!spec_list(r, v, path))
		return;
	if (json_size(v) > SPEC_MOUNTS_MAX) {
		spec_invalid(r, path, v, STR("at most 64 data mounts are possible"));
		return;
	}
	for (it = json_each(v); json_next(&it);) {
		r->mount = &r->out->mounts[r->out->mount_count];
		read_mount(r, it.val, spec_item(r, path, r->out->mount_count));
		r->out->mount_count++;
	}
}
