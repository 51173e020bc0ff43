/*
 * resolve.h - a host's addresses.
 *
 * Knows addresses and the hosts file only, for now: any other name is
 * refused by one sentence.  The answer comes by callback, because a resolver
 * that asks the network will come here later.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "net/addr.h"

struct resolve {
	struct str  host;
	uint16_t    port;
	void      (*done)(struct resolve *);
	void       *owner;
	struct addr found;        /* found.ip_len == 0: failed */
	char        why[192];     /* a sentence, when failed */
};

void resolve_begin(struct resolve *r);       /* may call done() before it returns */
void resolve_cancel(struct resolve *r);

#endif
