/*
 * api.h - requests to one API server.
 *
 * One struct request is one call in flight; it belongs to its caller.  What
 * came back is one struct answer that says everything.  429 and 5xx with
 * Retry-After are told to the caller as OUTCOME with retry_after_ms; the
 * caller (queue, reflector, lease) decides when to look again.  After a 401
 * the credentials are read again and the call is sent once more.
 *
 * Until the first watch is asked for, all calls share one connection: at the
 * start a handshake costs more than the lists do.
 */
#ifndef K8S_API_H
#define K8S_API_H

#include "k8s/access.h"
#include "k8s/kind.h"
#include "net/resolve.h"

#define API_CALL_MS     30000            /* deadline of an ordinary call */
#define API_BODY_MAX    (3u << 20)       /* the API server's own limit for requests */
#define API_ANSWER_MAX  (8u << 20)       /* of one object or one page */
#define API_CONNS_MAX   4                /* in a lane; each watch has one of its own */
#define API_WATCHES_MAX (CLIENT_CONNS_MAX * API_WATCH_CLIENTS)
#define API_WATCH_CLIENTS 17             /* every kind in 32 namespaces, and a lease */
#define API_REFRESH_MS  60000            /* the token is read again */
#define API_MESSAGE_MAX 300              /* of an answer that is no Status, bytes */
#define API_WARNED_MAX  32               /* distinct warnings that are remembered */

enum verb {
	VERB_GET,
	VERB_LIST,
	VERB_CREATE,
	VERB_UPDATE,
	VERB_APPLY,          /* server-side apply, forced; field manager ais-operator if none is named */
	VERB_MERGE,          /* application/merge-patch+json */
	VERB_DELETE,
	VERB_WATCH,
};

/* Kept connections: a call waits only behind those of its own lane. */
enum lane {
	LANE_CALLS,
	LANE_LEASE,          /* one connection */
	LANE_REVIEWS,        /* what a webhook asks: the API server may hold our calls until it has an answer */
};
#define LANES 3

struct api {
	struct access     *access;
	struct client      lanes[LANES];
	struct client      watches[API_WATCH_CLIENTS];    /* a connection for each watch */
	struct loop_timer  refresh;
	struct arena       scratch;
	uint64_t           counts[8];        /* requests sent, by verb: how the tests know */

	/* Inner. */
	struct str         agent;
	struct resolve     resolve;
	int                watching[API_WATCH_CLIENTS];
	uint64_t           warned[API_WARNED_MAX];
	int                warned_next;
	uint64_t           renewals;         /* how often CA or client certificate were replaced */
	bool               open;
};

struct answer {
	bool         ok;                 /* 2xx */
	enum outcome outcome;
	int          status;
	struct str   reason;             /* Status.reason: AlreadyExists, Conflict, Expired, ...; else empty */
	struct str   message;            /* Status.message, or why there is no answer: a sentence */
	int64_t      retry_after_ms;     /* -1: none */
	struct str   body;               /* of an ok answer */
};

struct request {
	enum verb          verb;
	const struct kind *kind;
	struct str         ns, name, sub;
	struct str         query;        /* without '?', escaped already; may be empty */
	struct str         body;         /* JSON */
	struct str         manager;      /* of the fields that it writes; empty: as 3.4.0 names it */
	/* The request may be sent again from here; the answer's views end with that, or with the return. */
	void             (*done)(struct request *, const struct answer *);
	/* VERB_WATCH.  False: cut it, then done(). */
	bool             (*on_piece)(struct request *, struct str piece);
	void              *owner;
	int64_t            deadline_ms;  /* 0: API_CALL_MS from now */
	enum lane          lane;         /* of all but watches */

	/* Inner.  All zero before the first api_send(). */
	struct api      *api;
	struct client   *client;
	struct call      call;
	struct buf       into;
	struct loop_task late;           /* refused before it was sent */
	char             target[4096], fields[8192 + 512];
	char             refusal[256];
	struct str       name_tried;     /* of the server */
	uint64_t         renewals_tried; /* of its CA */
	bool             sent_again, busy;
};

void api_open(struct api *a, struct access *access, struct str agent);
/* The views in r must stay valid until done().  done() never before it returns. */
void api_send(struct api *a, struct request *r);
void api_cancel(struct request *r);      /* no done(); nothing when it is not in flight */
void api_close(struct api *a);

const char *verb_text(enum verb v);

/* "labelSelector=..." escaped; adds '&' when something stands there already. */
void query_add(struct out *o, struct str key, struct str value);

#endif
