/* want_service.c - a headless Service a role: its DNS names are how AIS daemons find each other. */
#include "ais/want_inner.h"

static void
port(struct body *b, struct str name, int number)
{
	struct json_out *j = &b->j;

	jo_obj(j);
	jo_key_str(j, STR("name"), name);
	jo_key_str(j, STR("protocol"), STR("TCP"));
	jo_key_int(j, STR("port"), number);
	jo_key_int(j, STR("targetPort"), number);
	jo_obj_end(j);
}

void
want_service(struct body *b)
{
	struct json_out *j = &b->j;

	want_begin(b, &kind_service);
	jo_key_obj(j, STR("annotations"));
	jo_key_str(j, STR("prometheus.io/scrape"), STR("true"));
	jo_obj_end(j);
	jo_key_obj(j, STR("labels"));
	jo_key_str(j, STR("app"), b->w->cluster.name);
	jo_key_str(j, STR("app.kubernetes.io/name"), b->w->cluster.name);
	jo_key_str(j, STR("app.kubernetes.io/component"),
	    b->role == ROLE_PROXY ? STR("proxy-svc") : STR("target-svc"));
	jo_obj_end(j);
	jo_obj_end(j);
	jo_key_obj(j, STR("spec"));
	jo_key_str(j, STR("clusterIP"), STR("None"));
	jo_key_bool(j, STR("publishNotReadyAddresses"), true);    /* they must meet before they can be ready */
	want_selector(b, STR("selector"));
	jo_key_arr(j, STR("ports"));
	port(b, STR("pub"), want_role_spec(b)->service_port);
	port(b, STR("control"), want_role_spec(b)->control_port);
	port(b, STR("data"), want_role_spec(b)->data_port);
	jo_arr_end(j);
	jo_obj_end(j);
}
