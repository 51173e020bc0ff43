/*
 * admission.h - admission requests: read, judged by the rules, asked about, answered.
 *
 * Most are answered before the next event is looked at.  One that depends on
 * what only the cluster knows waits for it in a place of its own; when all
 * places are taken the API server is told to come again (429).
 */
#ifndef WEBHOOK_ADMISSION_H
#define WEBHOOK_ADMISSION_H

#include "k8s/api.h"
#include "net/server.h"
#include "webhook/review.h"

#define ADMISSION_PLACES 32

struct admission {
	/* Set by the owner. */
	struct api *api;
	struct str  domain;              /* of the Kubernetes cluster */

	/* Inner. */
	struct admission_place *places;
	struct inquiry_known   *known;
};

/* Answers it, now or later. */
void admission_handle(struct admission *a, struct exchange *x, enum resource served);

/* Answers with a Status and, where it may help to come again, says so. */
void admission_refuse(struct exchange *x, int status, struct str why);

#endif
