/* probe.c - a dry run through our own door. */
#include "webhook/probe.h"

#include "ais/names.h"
#include "kernel/clock.h"
#include "kernel/log.h"

static const struct kind kind_alpha = {
	STR_INIT("ais.nvidia.com"), STR_INIT("v1alpha1"), STR_INIT("aistores"), STR_INIT("AIStore"), true,
};

#define METADATA "\"metadata\":{\"name\":\"ais-operator-probe\"}"
#define PORTS(public) \
	"\"servicePort\":" public ",\"portPublic\":" public ",\"portIntraControl\":51082,\"portIntraData\":51083"
#define COMMON \
	"\"size\":1,\"nodeImage\":\"aistorage/aisnode:v4.9\",\"initImage\":\"aistorage/ais-init:v4.9\"," \
	"\"hostpathPrefix\":\"/etc/ais\",\"proxySpec\":{" PORTS("51080") "}," \
	"\"enableExternalLB\":false,\"targetSpec\":{" PORTS("51081") ",\"mounts\":[]"
#define AISTORE(version, more) \
	STR_INIT("{\"apiVersion\":\"ais.nvidia.com/" version "\",\"kind\":\"AIStore\"," METADATA \
	    ",\"spec\":{" COMMON more "}}}")

static const struct str alpha = AISTORE("v1alpha1", ",\"nodiskio\":{\"enabled\":false,\"dryobjsize\":\"0\"}");
static const struct str beta = AISTORE("v1beta1", "");

static void answered(struct request *r, const struct answer *a);

static void
ask(struct probe *p)
{
	p->request.verb = VERB_CREATE;
	p->request.kind = p->beta ? &kind_aistore : &kind_alpha;
	p->request.ns = p->ns;
	p->request.query = STR("dryRun=All");
	p->request.body = p->beta ? beta : alpha;
	p->request.done = answered;
	p->request.owner = p;
	p->request.deadline_ms = clock_mono_ms() + PROBE_WAIT_MS / 4;
	api_send(p->api, &p->request);
}

static void
due(struct loop_timer *t)
{
	ask(t->owner);
}

/* The API server could not call us, or there was no API server to ask. */
static bool
is_in_the_way(const struct answer *a)
{
	return a->outcome != OUTCOME_ANSWERED || a->status == 429 || a->status >= 500;
}

static void
answered(struct request *r, const struct answer *a)
{
	struct probe *p = r->owner;

	if (a->status == 404 && !p->beta) {
		p->beta = true;
		ask(p);
		return;
	}
	if (!is_in_the_way(a)) {
		p->passed(p);
		return;
	}
	if (clock_mono_ms() >= p->began_ms + PROBE_WAIT_MS) {
		LOG(LOG_WARN, "the way through our own webhooks is not free; going on without it",
		    LOG_STR("why", a->message));
		p->passed(p);
		return;
	}
	LOG(LOG_INFO, "the way through our own webhooks is not free yet", LOG_STR("why", a->message));
	loop_timer_set(&p->timer, clock_mono_ms() + p->pause_ms);
	p->pause_ms = p->pause_ms * 2 < PROBE_LAST_MS ? p->pause_ms * 2 : PROBE_LAST_MS;
}

void
probe_start(struct probe *p)
{
	p->timer = (struct loop_timer){ .due = due, .owner = p };
	p->began_ms = clock_mono_ms();
	p->pause_ms = PROBE_FIRST_MS;
	p->beta = false;
	ask(p);
}

void
probe_stop(struct probe *p)
{
	loop_timer_stop(&p->timer);
	api_cancel(&p->request);
}
