/* replica.c - see replica.h. */
#include "replica.h"

struct replica replicas[REPLICAS];

static void
take(struct own_certs *c, struct tls_identity *id)
{
	struct replica *r = c->owner;

	tls_identity_hold(id);
	if (r->serving != NULL)
		tls_identity_drop(r->serving);
	r->serving = id;
	r->served++;
}

void
replica_start(int which)
{
	struct replica *r = &replicas[which];

	script_access(&r->access);
	api_open(&r->api, &r->access, STR("test/1"));
	r->certs = (struct own_certs){ .api = &r->api, .service = STR("hooks"), .ns = STR("ops"),
		.domain = STR("cluster.local"), .secret = STR("cert"), .configuration = STR("hooks"),
		.crd = STR(REPLICA_CRD), .serve = take, .owner = r };
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
