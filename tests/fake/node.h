/*
 * node.h - the node side of a cluster: what kubelets, a provisioner and images are elsewhere.
 *
 * A client of the Kubernetes API and of nothing else, so it serves a real
 * kube-apiserver as well.  It registers its nodes, makes volumes for claims of
 * its storage classes, takes pods that are bound to its nodes, gives each an
 * address, runs their containers, probes them over the network, reports
 * status and ends them.  The program aisinit runs as a function; aisnode is a
 * daemon of the simulated AIS that listens on the pod's address.  Any other
 * program does nothing: as an init container it succeeds, else it is ready.
 *
 * What a person may do to a pod, by an annotation on it (kubectl works):
 *	devcluster/kill: <anything new>   its containers are killed, once
 *	devcluster/ais: hang              accepts connections and never answers
 *	devcluster/ais: refuse            refuses connections
 *	devcluster/ais: serve             as before
 *
 * Waits of kubelets (probe periods, back-off, grace periods) and of AIS are
 * divided by `speed`; 1 is real time.
 */
#ifndef TESTS_FAKE_NODE_H
#define TESTS_FAKE_NODE_H

#include "k8s/api.h"
#include "tests/fake/ais.h"

#define NODE_CLASS       "local"                     /* WaitForFirstConsumer, the default class */
#define NODE_CLASS_NOW   "local-immediate"
#define NODE_PROVISIONER "devcluster.local/memory"

struct node_options {
	struct api *api;
	int         nodes;           /* node-1 .. node-N */
	struct str  pod_cidr;        /* IPv4, /16: nodes are .1.N, pods from .16.1 on */
	int         speed;           /* 1 and up */
};

struct node_side;

/* NULL: *why is a sentence without its full stop. */
struct node_side *node_open(const struct node_options *o, const char **why);
void              node_close(struct node_side *n);   /* everything that it runs ends */
const struct ais_world *node_ais(const struct node_side *n);

#endif
