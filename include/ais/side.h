/*
 * side.h - the AIS side of one cluster: what it was asked and told, and what it said.
 *
 * One question at a time, to one proxy, on a connection of its own, with its
 * own deadline: a cluster that hangs holds nothing that another one needs.
 * Answers are facts with a time; they are forgotten when a pod changes.
 * Waiting for a yes backs off from 250 ms to 2 s.
 */
#ifndef AIS_SIDE_H
#define AIS_SIDE_H

#include "ais/plan.h"
#include "net/client.h"

#define SIDE_CALL_MS       10000             /* as the Go operator's client */
#define SIDE_ANSWER_MAX    (16u << 20)       /* a map of 10,000 members */
#define SIDE_POLL_FIRST_MS 250
#define SIDE_POLL_LAST_MS  2000

struct side_fact {
	enum heard heard;
	int64_t    at_ms;
	char       why[320];
};

struct side {
	void           (*answered)(struct side *);
	void            *owner;

	bool             reserved, asking;
	enum act_kind    asked;
	struct side_fact ready, map, config, stop;
	char             config_hash[65];
	struct smap      smap;
	struct arena     arena;              /* the map's bytes */
	int64_t          ask_again_ms;
	int              poll_ms;
	uint64_t         calls;              /* how many it has been asked: for the tests and metrics */

	struct client    client;
	struct call      call;
	struct buf       into;
	char             host[64], body[64 << 10];
};

/* Begin the act's question.  `proxy`: a pod's address and public port. */
void side_ask(struct side *s, const struct act *a, const struct addr *proxy);

/* No proxy to ask: the fact is FAILED at once, by this sentence. */
void side_cannot(struct side *s, const struct act *a, struct str why);

/* A pod or its address has changed: what was heard may no longer be so. */
void side_changed(struct side *s);

/* Settled, or the cluster is gone: no connection is kept. */
void side_rest(struct side *s);

void side_facts(const struct side *s, struct ais_facts *out);

#endif
