/*
 * access.h - where the API server is and who we are there.
 *
 * From a kubeconfig (current context; token, token file, client certificate;
 * inline data or paths, relative to the file) or from the Pod we run in
 * (KUBERNETES_SERVICE_HOST and PORT, the projected token and CA).
 * exec and auth-provider entries, basic auth, impersonation, encrypted keys,
 * proxy-url and tls-server-name conflicts are refused by one sentence; so are
 * HTTPS_PROXY, when NO_PROXY does not cover the server, and plain http to
 * anything but this machine.
 * The token file is read again every minute and after a 401; CA, certificate
 * and key when their files have changed: access_refresh().
 *
 * In the cluster the server is called by its address.  Its certificate must
 * carry that, or kubernetes.default.svc: `name` is what is tried now,
 * `other_name` is what is tried when that does not fit (api.c).
 */
#ifndef K8S_ACCESS_H
#define K8S_ACCESS_H

#include "kernel/arena.h"
#include "kernel/file.h"
#include "net/client.h"

struct access {
	struct str  server;          /* https://10.96.0.1:443 */
	struct str  host;            /* of it, without brackets */
	uint16_t    port;
	bool        tls, insecure;
	struct str  path;            /* prefix of every target; usually empty */
	struct str  name;            /* to verify */
	struct str  other_name;      /* empty: none */
	struct str  token_file, ca_file, cert_file, key_file;    /* empty: inline or none; NUL follows */
	struct str  namespace;       /* of the context or of our Pod; may be empty */
	struct tls_trust    *trust;
	struct tls_identity *identity;
	char        token[8192];     /* empty: none */
	size_t      token_len;
	bool        in_cluster;
	char        why[512];        /* after a failure: one sentence */

	/* Inner. */
	struct file_stamp ca_stamp, cert_stamp, key_stamp;
};

/* kubeconfig == NULL: $KUBECONFIG, else in the cluster, else ~/.kube/config.
 * Strings live in the arena.  False: a->why. */
bool access_load(struct access *a, const char *kubeconfig, struct arena *arena);

/* In the cluster, from these places (the real ones are the default). */
bool access_in_cluster(struct access *a, struct str host, struct str port, const char *folder,
                       struct arena *arena);

/* Read again what has changed.  What cannot be read or understood is logged,
 * and the old one stays.  True: something has changed. */
bool access_refresh(struct access *a, struct arena *scratch);

#endif
