/* devcluster.h - what the parts of devcluster share. */
#ifndef TESTS_DEVCLUSTER_DEVCLUSTER_H
#define TESTS_DEVCLUSTER_DEVCLUSTER_H

#include "k8s/api.h"
#include "tests/fake/node.h"

#define DEV_FOLDER "build/run"

struct dev_options {
	const char *kubeconfig, *listen, *certs, *folder, *pod_cidr, *cr;
	int         nodes, speed;
	bool        once;
};

/* An API server that is spoken to, and the loop around it. */
struct dev_client { struct access access; struct arena arena; struct api api; };
bool dev_connect(struct dev_client *c, const char *kubeconfig);     /* false: said why */
void dev_loop(void);                                                /* until SIGINT or SIGTERM */
void dev_say(const char *format, ...) __attribute__((format(printf, 1, 2)));    /* a line on standard error */

/* setup.c: creates what the documents of these files say, one after the other, and the namespaces
 * that they need; what is there stays.
 * done() gets NULL, or a sentence about what went wrong. */
struct dev_setup {
	struct api    *api;
	char         **files;            /* ended by NULL */
	void         (*done)(struct dev_setup *, const char *why);
	void          *owner;
	/* Inner. */
	int            file, document;
	struct arena   arena;
	struct request request;
	struct kind    kind;
	char           plural[128], ns[256], why[1024];    /* ns: the one that was made last */
	bool           making_ns;
};
void dev_setup_begin(struct dev_setup *s);

/* The whole cluster: API server, controllers, nodes; and a client of it. */
struct dev_server {
	struct registry    *registry;
	struct controllers *controllers;
	struct apiserver   *apiserver;
	struct dev_client   client;
	struct node_side   *nodes;
	struct dev_setup    setup;
	char                url[80], kubeconfig[512];
	/* Our definitions and roles are there, and the kubeconfig is; or a sentence about what went wrong. */
	void              (*ready)(struct dev_server *, const char *why);
};
bool dev_server_open(struct dev_server *s, const struct dev_options *o);    /* false: said why */
void dev_server_close(struct dev_server *s);

/* tell.c: a line for every fact, on standard output. */
struct dev_tell {
	struct registry *registry;
	int64_t          began_ms;
	int              clusters, ready;    /* AIStores there are; of them Ready */
	void           (*moved)(struct dev_tell *);
};
void dev_tell_begin(struct dev_tell *t);
void dev_tell_line(struct dev_tell *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void dev_tell_hints(struct dev_tell *t, const char *kubeconfig);

/* child.c: the operator as a process. */
bool dev_child_start(const char *kubeconfig, const char *log, void (*ended)(int status));
void dev_child_stop(void);

/* Each is a mode of the program and gives its exit code. */
int dev_nodes(const struct dev_options *o);
int dev_serve(const struct dev_options *o);
int dev_run(const struct dev_options *o);
int dev_do(const struct dev_options *o, int argc, char **argv);

#endif
