/* routes.h - between serve.c, which opens ports, and routes.c, which answers on them. */
#ifndef WEBHOOK_ROUTES_H
#define WEBHOOK_ROUTES_H

#include "net/server.h"

/* The owner of x->server is a struct serve. */
void route_head(struct exchange *x);             /* of the webhook port: is its body wanted in pieces? */
void route_webhook(struct exchange *x);
void route_health(struct exchange *x);
void route_metrics(struct exchange *x);
void route_decided(void *owner, int status);     /* what bearer.h has found out; owner: the exchange */

#endif
