/* server_url.h - pure: the server's address as a kubeconfig has it, and who is asked through a proxy. */
#ifndef K8S_SERVER_URL_H
#define K8S_SERVER_URL_H

#include "kernel/out.h"

struct server_url {
	bool       tls;
	struct str host;         /* without brackets */
	uint16_t   port;
	struct str path;         /* without a slash at its end; usually empty */
};

/* https://10.0.0.1:6443/k8s/clusters/c1.  False: `why` is a sentence. */
bool server_url_parse(struct str url, struct server_url *u, struct out *why);

/* This machine itself: 127.0.0.0/8, ::1, localhost. */
bool server_url_is_local(struct str host);

/* NO_PROXY: names with all below them, addresses, networks, *, each maybe with a port. */
bool server_url_bypasses(struct str no_proxy, struct str host, uint16_t port);

#endif
