/* url.h - addresses, taken apart as Go's net/url does. */
#ifndef AIS_URL_H
#define AIS_URL_H

#include "kernel/str.h"

struct url {
	struct str scheme, host, path, query, fragment;      /* host: with its port, without a login */
	bool       authority;                                /* there was a // */
};

bool url_parse(struct str s, struct url *u);     /* false: Go would not take it */

#endif
