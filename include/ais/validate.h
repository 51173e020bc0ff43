/*
 * validate.h - may this resource enter the cluster, and what will come of it: pure.
 *
 * One table of rules, used by the webhook, by plans and by `ais-operator
 * validate`.  The verdicts are those of the Go operator 3.4.0 (api.md 2.2 to
 * 2.5, 3.3 to 3.5, 1.5, 5): never a denial that it does not make; what it
 * lets through although it cannot work is a warning.  A message says the
 * path, what stands there, and what is allowed, and keeps 3.4.0's key words.
 */
#ifndef AIS_VALIDATE_H
#define AIS_VALIDATE_H

#include "kernel/arena.h"
#include "kernel/json.h"

#define FINDINGS_MAX 64

struct finding {
	bool       error;            /* else a warning */
	struct str path;             /* spec.targetSpec.mounts[0].path; empty: the whole object */
	struct str text;             /* a sentence without its full stop; the path is not repeated */
};

struct findings {
	struct finding list[FINDINGS_MAX];
	int            count;
	int            errors;
	bool           more;         /* there are more than fit */
};

enum resource {
	RESOURCE_AISTORE_BETA,       /* ais.nvidia.com/v1beta1 AIStore */
	RESOURCE_AISTORE_ALPHA,      /* ais.nvidia.com/v1alpha1 AIStore */
	RESOURCE_AUTH,               /* auth.ais.nvidia.com/v1alpha1 AIStoreAuth */
	RESOURCE_AUTH_PROFILE,       /* auth.ais.nvidia.com/v1alpha1 AIStoreAuthProfile */
	RESOURCE_UNKNOWN,
};

enum resource resource_of(struct json object);       /* by apiVersion and kind */

/* What the API server checks itself before it asks a webhook: schema
 * (required, types, enums, bounds, patterns) and the five CEL rules. */
void validate_schema(enum resource r, struct json object, struct arena *a, struct findings *f);

/* What the webhook checks.  `old`: of nothing for CREATE. */
void validate_rules(enum resource r, struct json object, struct json old, struct arena *a, struct findings *f);

void finding_add(struct findings *f, bool error, struct str path, struct str text);

#endif
