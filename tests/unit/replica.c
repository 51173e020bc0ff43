/* replica.c - see replica.h. */
#include "replica.h"

struct replica replicas[REPLICAS];

static void
take(struct replica *r, struct tls_identity *id)
{
	tls_identity_hold(id);
	if (r->serving != NULL)
		tls_identity_drop(r->serving);
	r->serving = id;
	r->served++;
}

static void serve_first(struct tls_identity *id) { take(&replicas[0], id); }
static void serve_second(struct tls_identity *id) { take(&replicas[1], id); }

void
replica_start(int which)
{
	struct replica *r = &replicas[which];

	script_access(&r->access);
	api_open(&r->api, &r->access, STR("test/1"));
	r->certs = (struct own_certs){ .api = &r->api, .service = STR("hooks"), .ns = STR("ops"),
		.domain = STR("cluster.local"), .secret = STR("cert"), .configuration = STR("hooks"),
		.crd = STR(REPLICA_CRD), .serve = which == 0 ? serve_first : serve_second };
	r->runs = true;
	r->served = 0;
	own_certs_start(&r->certs);
}

void
replica_stop(int which)
{
	struct replica *r = &replicas[which];

	if (!r->runs)
		return;
	own_certs_stop(&r->certs);
	api_close(&r->api);
	if (r->serving != NULL)
		tls_identity_drop(r->serving);
	r->serving = NULL;
	r->runs = false;
}
