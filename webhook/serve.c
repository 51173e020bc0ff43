/* serve.c - ports: when they open, and with which certificate. */
#include "webhook/serve.h"

#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/metric.h"
#include "webhook/admission.h"
#include "webhook/bearer.h"
#include "webhook/converting.h"
#include "webhook/routes.h"

static const struct str port_texts[SERVE_PORTS] = {
	STR_INIT("webhook"), STR_INIT("health"), STR_INIT("metrics"),
};

/* Ports ---------------------------------------------------------------------------- */

/* All addresses of this machine: both families where there are both. */
static bool
open_anywhere(struct server *v, const char **why)
{
	if (server_open(v, why))
		return true;
	if (v->at.ip_len != 16 || !str_starts(str_of(*why), STR("that network")))
		return false;
	v->at.ip_len = 4;
	return server_open(v, why);
}

static bool
is_any(const struct addr *a)
{
	static const struct addr zero;

	return memcmp(a->ip, zero.ip, sizeof(a->ip)) == 0;
}

/* False: `why` says it. */
static bool
open_port(struct serve *s, enum serve_port p, struct out *why)
{
	struct server *v = &s->servers[p];
	const char    *reason;
	char           text[64];
	struct out     at = out_over(text, sizeof(text));

	if (s->open[p])
		return true;
	if (is_any(&v->at) ? open_anywhere(v, &reason) : server_open(v, &reason)) {
		addr_print(&at, &v->at);
		LOG(LOG_INFO, "listening", LOG_STR("for", port_texts[p]), LOG_STR("at", out_view(&at)));
		s->open[p] = true;
		return true;
	}
	addr_print(&at, &v->at);
	if (s->in_pod || s->given[p]) {
		OUT(why, STR("cannot listen for "), port_texts[p], STR(" at "), out_view(&at), STR(": "), str_of(reason));
		return false;
	}
	LOG(LOG_WARN, "this port stays closed", LOG_STR("for", port_texts[p]), LOG_STR("at", out_view(&at)),
	    LOG_STR("why", str_of(reason)));
	s->wanted[p] = false;
	return true;
}

static void
open_later(struct serve *s, enum serve_port p)
{
	char       text[256];
	struct out why = out_over(text, sizeof(text));

	if (s->wanted[p] && !open_port(s, p, &why))
		s->hopeless(s, out_view(&why));
}

/* Connections that stand keep theirs. */
static void
use_certificate(struct serve *s, enum serve_port p, struct tls_identity *id)
{
	struct server *v = &s->servers[p];

	tls_identity_hold(id);
	if (v->identity != NULL)
		tls_identity_drop(v->identity);
	v->identity = id;
	open_later(s, p);
}

void
serve_certificate(struct serve *s, struct tls_identity *id)
{
	tls_identity_dates(id, &s->from_us, &s->until_us);
	metric_set(METRIC_CERT_ENDS + CERT_WEBHOOK, (uint64_t)s->until_us);
	s->wanted[SERVE_WEBHOOK] = true;
	use_certificate(s, SERVE_WEBHOOK, id);
	if (s->secure && !s->own_metrics_certs)
		use_certificate(s, SERVE_METRICS, id);
}

static void
serve_files(struct cert_files *c, struct tls_identity *id)
{
	struct serve *s = c->owner;

	if (c == &s->certs)
		serve_certificate(s, id);
	else
		use_certificate(s, SERVE_METRICS, id);
}

/* Starts --------------------------------------------------------------------------- */

bool
serve_address(struct str text, struct addr *at)
{
	struct str host = text;

	*at = (struct addr){ .ip_len = 16 };
	while (host.len > 0 && host.at[host.len - 1] != ':')
		host.len--;
	if (host.len == 0)
		return false;
	text = str_from(text, host.len);
	host.len--;
	if (!str_eq(text, STR("0")) && !addr_port(text, &at->port))
		return false;
	return host.len == 0 || addr_ip(host, at);
}

static void
prepare(struct serve *s, enum serve_port p, void (*handle)(struct exchange *), int conns, size_t pending)
{
	struct server *v = &s->servers[p];

	v->handle = handle;
	v->head = p == SERVE_WEBHOOK ? route_head : NULL;
	v->owner = s;
	v->conns_max = conns;
	v->body_max = p == SERVE_WEBHOOK ? REVIEW_BODY_MAX : 0;
	v->body_alone = p == SERVE_WEBHOOK ? SERVE_BODY_ALONE : 0;
	v->pending_max = pending;
	v->idle_ms = SERVE_IDLE_MS;
	v->slow_ms = SERVE_SLOW_MS;
}

static bool
read_address(struct serve *s, enum serve_port p, const char *flag, const char *given, const char *usual,
             struct out *why)
{
	struct str text = str_of(given != NULL ? given : usual);

	s->given[p] = given != NULL;
	s->wanted[p] = !str_eq(text, STR("0"));
	if (!s->wanted[p] || serve_address(text, &s->servers[p].at))
		return true;
	OUT(why, str_of(flag), STR(" takes ADDRESS:PORT, :PORT, or 0 for none"));
	return false;
}

static bool
read_port(struct serve *s, const char *given, struct out *why)
{
	struct str   text = str_of(given != NULL ? given : "9443");
	struct addr *at = &s->servers[SERVE_WEBHOOK].at;

	*at = (struct addr){ .ip_len = 16 };
	s->given[SERVE_WEBHOOK] = given != NULL;
	if (str_eq(text, STR("0")) || addr_port(text, &at->port))
		return true;
	out_str(why, STR("--webhook-port takes a port, or 0 for any"));
	return false;
}

static struct str
or_usual(const char *given, const char *usual)
{
	return str_of(given != NULL && given[0] != '\0' ? given : usual);
}

/* Files that are not there now may come; that they are not is said once. */
static bool
start_files(struct serve *s, struct cert_files *c, enum cert_use use, struct str folder, const char *name,
            const char *key)
{
	*c = (struct cert_files){ .use = use, .folder = folder, .cert_name = or_usual(name, "tls.crt"),
		.key_name = or_usual(key, "tls.key"), .serve = serve_files, .owner = s };
	return cert_files_start(c);
}

static bool
start_certs(struct serve *s, const struct serve_flags *f, struct out *why)
{
	bool own = f->metrics_path != NULL && f->metrics_path[0] != '\0';

	s->own_metrics_certs = own && s->secure && s->wanted[SERVE_METRICS];
	s->wanted[SERVE_WEBHOOK] = f->cert_path != NULL && f->cert_path[0] != '\0';
	if (!start_files(s, &s->certs, CERT_WEBHOOK, or_usual(f->cert_path, SERVE_CERTS),
	    f->cert_name, f->cert_key) ||
	    (s->own_metrics_certs && !start_files(s, &s->metrics_certs, CERT_METRICS, str_of(f->metrics_path),
	    f->metrics_name, f->metrics_key))) {
		out_str(why, STR("the path of a certificate is too long"));
		return false;
	}
	return true;
}

bool
serve_start(struct serve *s, const struct serve_flags *f, struct out *why)
{
	static struct admission admission;
	static struct bearer    bearer;

	s->secure = f->metrics_secure;
	s->started_us = clock_wall_us();
	s->admission = &admission;
	s->bearer = &bearer;
	admission.api = bearer.api = s->api;
	admission.domain = s->domain;
	bearer.path = STR("/metrics");
	bearer.decided = route_decided;
	prepare(s, SERVE_WEBHOOK, route_webhook, SERVE_WEBHOOK_CONNS, CONVERTING_PIECE);
	prepare(s, SERVE_HEALTH, route_health, SERVE_HEALTH_CONNS, 4096);
	prepare(s, SERVE_METRICS, route_metrics, SERVE_METRICS_CONNS, METRIC_TEXT_MAX);
	if (!read_port(s, f->webhook_port, why) ||
	    !read_address(s, SERVE_HEALTH, "--health-probe-bind-address", f->health, ":8081", why) ||
	    !read_address(s, SERVE_METRICS, "--metrics-bind-address", f->metrics, ":8080", why))
		return false;
	if ((s->wanted[SERVE_HEALTH] && !open_port(s, SERVE_HEALTH, why)) ||
	    (s->wanted[SERVE_METRICS] && !s->secure && !open_port(s, SERVE_METRICS, why)))
		return false;
	return start_certs(s, f, why);
}

void
serve_stop(struct serve *s)
{
	cert_files_stop(&s->certs);
	cert_files_stop(&s->metrics_certs);
	for (int p = 0; p < SERVE_PORTS; p++) {
		server_close(&s->servers[p]);
		if (s->servers[p].identity != NULL)
			tls_identity_drop(s->servers[p].identity);
		s->servers[p].identity = NULL;
		s->open[p] = false;
	}
}
