/*
 * validate.h - may this resource enter the cluster, and what will come of it: pure.
 *
 * One table of rules, used by the webhook, by plans and by `ais-operator
 * validate`.  The verdicts are those of the Go operator 3.4.0 (api.md 2.2 to
 * 2.5, 3.3 to 3.5, 1.5, 5): never a denial that it does not make; what it
 * lets through although it cannot work is a warning.  A message says the
 * path, what stands there, and what is allowed, and keeps 3.4.0's key words.
 *
 * Every error is told, not only the first: 3.4.0 stops at one.
 */
#ifndef AIS_VALIDATE_H
#define AIS_VALIDATE_H

#include "kernel/arena.h"
#include "kernel/json.h"
#include "kernel/out.h"

#define FINDINGS_MAX 64

/* Who would say it in a cluster that runs 3.4.0. */
enum finding_by {
	BY_RULE,                     /* its webhook: 403 */
	BY_FIELD,                    /* its webhook, as an error of a field: 422 */
	BY_DECODE,                   /* its webhook cannot read the object: 400 */
	BY_SCHEMA,                   /* the API server, by the CRD's schema: 422 */
	BY_CEL,                      /* the API server, by a rule of the CRD: 422 */
	BY_STRICT,                   /* the API server: a field that it drops, or, asked strictly, refuses: 400 */
	BY_FAILURE,                  /* its webhook, when it could not find out: 500 */
	BY_ADVICE,                   /* nobody: a warning of our own */
};

struct finding {
	bool            error;       /* else a warning */
	enum finding_by by;
	struct str      path;        /* spec.targetSpec.mounts[0].path; empty: the whole object */
	struct str      text;        /* a sentence without its full stop; begins with the path itself
	                              * only where that is 3.4.0's wording: see finding_print() */
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
 * (required, types, enums, bounds, patterns) and the CEL rules; fields that
 * it does not know are warnings.  A resource of no known kind is an error. */
void validate_schema(enum resource r, struct json object, struct arena *a, struct findings *f);

/* The same for an update: of a value that stands there unchanged since before
 * these rules, the schema says nothing, and a CEL rule only warns. */
void validate_schema_update(enum resource r, struct json object, struct json old, struct arena *a,
                            struct findings *f);

/* What the webhook checks.  `old`: of nothing for CREATE.  What only the
 * cluster can answer is asked through ask.h. */
void validate_rules(enum resource r, struct json object, struct json old, struct arena *a,
                    struct findings *f);

void finding_add(struct findings *f, bool error, struct str path, struct str text);     /* BY_RULE */
void finding_put(struct findings *f, struct finding what);

/* "path: text", but the text alone where it begins with the path. */
void       finding_print(const struct finding *f, struct out *o);
int        finding_code(const struct finding *f);       /* the HTTP status of a denial for it */
struct str finding_by_text(enum finding_by by);         /* "rule", "schema", ... */

#endif
