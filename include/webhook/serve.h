/*
 * serve.h - everything that is served: webhooks over TLS, health, metrics.
 *
 *	:9443  POST /validate-...        admission, over TLS
 *	       POST /convert             conversion between versions
 *	:8081  GET  /healthz /readyz     plain
 *	:8080  GET  /metrics             over TLS, for who may; or plain
 *
 * The webhook port opens with the first certificate: files that are there, or
 * come later, or one from serve_certificate().  Metrics over TLS without files
 * of their own use the same.  A port that is taken is an error in a Pod or
 * where its flag was given; else, as when several operators run on one
 * machine, it stays closed and that is said.
 */
#ifndef WEBHOOK_SERVE_H
#define WEBHOOK_SERVE_H

#include "ais/control.h"
#include "net/server.h"
#include "webhook/cert_files.h"

#define SERVE_WEBHOOK_CONNS 256
#define SERVE_HEALTH_CONNS  32
#define SERVE_METRICS_CONNS 16
#define SERVE_BODY_ALONE    (512u << 10)     /* of larger ones there is one at a time */
#define SERVE_IDLE_MS       120000           /* longer than clients keep an idle connection: 90 s */
#define SERVE_SLOW_MS       10000

#define SERVE_CERTS         "/tmp/k8s-webhook-server/serving-certs"

/* What the command line says; NULL: not given. */
struct serve_flags {
	const char *webhook_port;                        /* 9443; 0: any */
	const char *cert_path, *cert_name, *cert_key;    /* SERVE_CERTS, tls.crt, tls.key */
	const char *health, *metrics;                    /* :8081, :8080; "0": none */
	const char *metrics_path, *metrics_name, *metrics_key;
	bool        metrics_secure;
};

enum serve_port { SERVE_WEBHOOK, SERVE_HEALTH, SERVE_METRICS };
#define SERVE_PORTS 3

struct admission;
struct bearer;

struct serve {
	/* Set by the owner before serve_start(). */
	struct control *control;
	struct api     *api;
	struct str      domain;                  /* of the Kubernetes cluster */
	bool            in_pod;
	void          (*hopeless)(struct serve *, struct str why);   /* a port cannot be opened, later on */

	/* To be read. */
	bool            open[SERVE_PORTS];
	int64_t         from_us, until_us;       /* the webhook's certificate is valid; 0: there is none */

	/* Inner. */
	struct server     servers[SERVE_PORTS];
	bool              wanted[SERVE_PORTS], given[SERVE_PORTS];
	bool              secure;                /* metrics */
	struct cert_files certs, metrics_certs;
	bool              own_metrics_certs;
	struct admission *admission;
	struct bearer    *bearer;
	int64_t           started_us;
};

/* False: `why` is a sentence, and the program cannot go on. */
bool serve_start(struct serve *s, const struct serve_flags *f, struct out *why);
void serve_stop(struct serve *s);                /* all connections at once */

/* From now on with this one, at the webhook port.  Lent. */
void serve_certificate(struct serve *s, struct tls_identity *id);

/* Why this replica should get no requests, a line each; nothing: it is ready. */
void serve_unready(const struct serve *s, struct out *o);

/* ":8081", "127.0.0.1:0", "[::1]:80".  False: no address. */
bool serve_address(struct str text, struct addr *at);

#endif
