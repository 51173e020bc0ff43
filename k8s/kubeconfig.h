/*
 * kubeconfig.h - pure: what a kubeconfig says about its current context.
 *
 * Reads no file and no environment.  What this program cannot do is refused
 * by a sentence, never passed over.
 */
#ifndef K8S_KUBECONFIG_H
#define K8S_KUBECONFIG_H

#include "kernel/arena.h"
#include "kernel/out.h"

struct kubeconfig {
	struct str context, namespace, server, server_name;
	bool       insecure;
	struct str ca_data, cert_data, key_data;    /* PEM; empty: not inline */
	struct str ca_file, cert_file, key_file;    /* as written */
	struct str token, token_file;
};

/* `why`: a sentence without the file's name, when false. */
bool kubeconfig_parse(struct str text, struct arena *a, struct kubeconfig *k, struct out *why);

#endif
