/*
 * spec.h - what an AIStore asks for.
 *
 * Parsed from the CR's JSON as the API server stores it (or as a user wrote
 * it: the CRD's defaults are filled in).  This version acts on sizes, images,
 * ports, data mounts with a storage class, host-path state, resources, env and
 * the cluster domain.  Every other field of v1beta1 that is set to something
 * other than its default is named in `unsupported`, and then nothing is
 * created: half a wish is worse than none.
 *
 * All views are into the CR's text or the arena.
 */
#ifndef AIS_SPEC_H
#define AIS_SPEC_H

#include "k8s/object.h"
#include "kernel/arena.h"
#include "kernel/json.h"

#define SPEC_SIZE_MAX   10000
#define SPEC_MOUNTS_MAX 64

enum role { ROLE_PROXY, ROLE_TARGET };
#define ROLES 2

struct mount {
	struct str path, label, storage_class, size;     /* size: canonical quantity; empty: none */
};

struct role_spec {
	int64_t    size;                                 /* after spec.size */
	int        service_port, public_port, control_port, data_port;
	struct json resources;                           /* of nothing: not given */
	struct json env;
};

struct spec {
	struct str       node_image, init_image;
	struct str       state_prefix;                   /* host path */
	struct str       cluster_domain;                 /* never empty */
	struct str       dns_mode;                       /* IP, Node, Pod */
	struct role_spec role[ROLES];
	struct mount     mounts[SPEC_MOUNTS_MAX];
	int              mount_count;

	bool       cleanup_metadata, cleanup_data, shutdown;
	struct str unsupported;      /* path of the first field that this version does not act on; empty: none */
	struct str invalid;          /* a sentence: what is wrong, where, what to do; empty: fine */
};

/* `domain`: of the operator, used when the CR names none. */
void spec_parse(struct json spec, struct str domain, struct arena *a, struct spec *out);

struct str role_text(enum role r);       /* "proxy", "target" */

#endif
