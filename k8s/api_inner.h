/* api_inner.h - between api.c and answer.c. */
#ifndef K8S_API_INNER_H
#define K8S_API_INNER_H

#include "k8s/api.h"

/* What a call brought back; views of the call, its body and the scratch arena. */
void answer_read(struct api *a, const struct call *c, struct answer *out);

/* Read the credentials again, now. */
void api_credentials(struct api *a);

#endif
