/* validate_inner.h - what the rules share. */
#ifndef AIS_VALIDATE_INNER_H
#define AIS_VALIDATE_INNER_H

#include "ais/shape.h"
#include "ais/spec.h"

/* One object that is being judged. */
struct trial {
	struct arena    *a;
	struct findings *f;
	struct json      object, spec, role[ROLES];
	struct json      old, old_spec, old_role[ROLES];     /* of nothing on create */
};

typedef void rule(struct trial *t);      /* one rule, or a few that belong together */

struct trial trial_of(struct json object, struct json old, struct arena *a, struct findings *f);

void deny(struct trial *t, struct str path, struct str text);            /* BY_RULE */
void deny_field(struct trial *t, struct str path, struct str text);      /* BY_FIELD */
void warn(struct trial *t, struct str path, struct str text);            /* BY_RULE */
void advise(struct trial *t, struct str path, struct str text);          /* BY_ADVICE */

struct str role_path(enum role r);                   /* "spec.proxySpec" */
bool       role_autoscales(const struct trial *t, enum role r);
bool       size_of(struct json v, int64_t *size);    /* false: not set */

/* Where daemons keep their state, as 3.4.0 understands it; empty: not there. */
struct str state_class(struct json spec, struct arena *a);       /* storage class of a PVC */
struct str state_host_path(struct json spec, struct arena *a);

/* The CEL rules of each resource. */
void cel_beta(struct trial *t);
void cel_auth(struct trial *t);
void cel_profile(struct trial *t);

/* Ended by NULL. */
extern rule *const rules_beta[], *const rules_alpha[], *const rules_auth[], *const rules_profile[];

rule warn_deprecated, warn_cleanup, warn_rebalance;
rule rule_sizes, rule_state, rule_autoscale, rule_ports, rule_tls;
rule rule_roles_same, rule_balancer_same, rule_class_same;
rule advise_auth, advise_sizes, advise_image;

#endif
