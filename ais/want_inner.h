/* want_inner.h - what the files that write wanted objects share. */
#ifndef AIS_WANT_INNER_H
#define AIS_WANT_INNER_H

#include "ais/want.h"
#include "kernel/json_out.h"

/* A body while it is written.  Its texts are made before: the body fills the
 * free rest of the arena, so nothing may be taken from that in between. */
struct body {
	struct json_out    j;
	const struct want *w;
	enum role          role;         /* of StatefulSets, Services, ConfigMaps */
	struct str         name;
	struct str         set, global, account, for_account;    /* that it refers to; the Role */
	struct str         state_path;   /* on the host */
	struct str         value;        /* ConfigMap: of its one key */
	const struct str  *claims;       /* names of the volume claims, one a mount */
};

void want_account(struct body *b);
void want_role(struct body *b);
void want_binding(struct body *b);
void want_config_map(struct body *b);
void want_service(struct body *b);
void want_set(struct body *b);
void want_pod_spec(struct body *b);

/* metadata is left open after its owner: labels and annotations follow, then jo_obj_end(). */
void want_begin(struct body *b, const struct kind *k);
void want_managed(struct body *b);
void want_selector(struct body *b, struct str key);      /* the two labels that select a role's pods */
void want_set_labels(struct body *b);                    /* of a StatefulSet and its pods */
void want_restart_note(struct body *b);                  /* the annotation with the restart hash */

const struct role_spec *want_role_spec(const struct body *b);
struct str want_local(const struct want *w, enum role role, struct arena *a);    /* ais_local.json */

#endif
