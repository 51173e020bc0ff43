/*
 * want.h - the objects that a cluster consists of, as JSON: pure.
 *
 * Each function writes the whole body that is sent (apply or create).  The
 * bytes of ConfigMap values are those of the Go operator 3.4.0
 * (objects.md A4, A5); everything else equals it semantically.
 */
#ifndef AIS_WANT_H
#define AIS_WANT_H

#include "ais/names.h"
#include "ais/spec.h"

struct want {
	struct cluster_id  cluster;
	const struct spec *spec;
	bool               rebalance;        /* may AIS rebalance: condition ReadyRebalance is True */
	struct str         restart_hash;     /* annotation of the CR; empty on a fresh one */
	int64_t            replicas[ROLES];  /* of the StatefulSets: proxies begin with 1 */
};

enum want_kind {
	WANT_ACCOUNT, WANT_ROLE, WANT_BINDING,
	WANT_GLOBAL_CONFIG, WANT_PROXY_CONFIG, WANT_PROXY_SERVICE, WANT_TARGET_CONFIG, WANT_TARGET_SERVICE,
	WANT_PROXY_SET, WANT_TARGET_SET,
	WANT_COUNT,
};

const struct kind *want_kind_of(enum want_kind k);
enum want_kind     want_set_of(enum role r);
struct str         want_name(enum want_kind k, const struct want *w, struct arena *a);
/* The body.  Empty, and the arena marked: no room. */
struct str         want_body(enum want_kind k, const struct want *w, struct arena *a);

/* The override document that ais.json holds (objects.md A4.1). */
struct str want_config(const struct want *w, struct arena *a);
/* What AIS is told of it: where the primary is stands in there only as long as
 * that is the first proxy; else AIS would look for it where it is not. */
struct str want_told(const struct want *w, bool first_is_primary, struct arena *a);
/* Lower-case hex SHA-256: of want_config(), and of its net.http alone. */
struct str want_config_hash(const struct want *w, struct arena *a);
struct str want_restart_hash(const struct want *w, struct arena *a);

#endif
