/*
 * main.c - devcluster: a Kubernetes cluster with AIStore in it, where there is none.
 *
 * Thin: which mode, which options.  The cluster itself is tests/fake/.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/options.h"
#include "tests/devcluster/devcluster.h"

static const char usage[] =
    "devcluster - a Kubernetes cluster with a simulated AIStore in it, in one process\n"
    "\n"
    "usage: devcluster run [options]         API server, nodes and operator: watch a cluster come up\n"
    "       devcluster serve [options]       API server, controllers and nodes\n"
    "       devcluster --nodes-only --kubeconfig FILE [options]\n"
    "                                        the nodes alone, for any API server\n"
    "       devcluster do ACTION NS/POD [--kubeconfig FILE]\n"
    "                                        kill-pod, hang-ais, refuse-ais or heal-ais\n"
    "\n";

static const char *kubeconfig, *listen_at, *port, *pod_cidr, *cr;
static const char *certs = "build/certs", *folder = DEV_FOLDER;
static const char *nodes = "3", *speed = "20";
static bool nodes_only, once, help;

static const struct option options[] = {
	{ "kubeconfig", OPTION_TEXT, &kubeconfig, NULL, "FILE", "of the API server; serve and run write it" },
	{ "nodes-only", OPTION_BOOL, NULL, &nodes_only, NULL, "be the nodes of another API server" },
	{ "nodes", OPTION_TEXT, &nodes, NULL, "N", "how many (default: 3)" },
	{ "speed", OPTION_TEXT, &speed, NULL, "S", "waits of kubelets and AIS are divided by it (default: 20)" },
	{ "pod-cidr", OPTION_TEXT, &pod_cidr, NULL, "CIDR",
	    "addresses of pods, 16 bits (default: 127.11.0.0/16; --nodes-only: 10.42.0.0/16)" },
	{ "listen", OPTION_TEXT, &listen_at, NULL, "IP:PORT", "of the API server (default: 127.0.0.1:0, any port)" },
	{ "port", OPTION_TEXT, &port, NULL, "PORT", "the same on 127.0.0.1" },
	{ "certs", OPTION_TEXT, &certs, NULL, "DIR", "ca.crt, server.crt, server.key (default: build/certs)" },
	{ "data", OPTION_TEXT, &folder, NULL, "DIR", "where kubeconfig and logs go (default: " DEV_FOLDER ")" },
	{ "cr", OPTION_TEXT, &cr, NULL, "FILE", "run: what to apply (default: deploy/samples/minimal.yaml)" },
	{ "once", OPTION_BOOL, NULL, &once, NULL, "run: end when it is Ready: 0; after 120 s: 1" },
	{ "help", OPTION_BOOL, NULL, &help, NULL, "this text" },
};
#define OPTION_COUNT ((int)(sizeof(options) / sizeof(options[0])))

static int
print_usage(void)
{
	char text[4096];
	struct out o = out_over(text, sizeof(text));

	options_print(options, OPTION_COUNT, &o);
	printf("%s" STR_FMT, usage, STR_ARG(out_view(&o)));
	return 0;
}

static int
wrong(const char *why)
{
	fprintf(stderr, "devcluster: %s; see devcluster --help\n", why);
	return 2;
}

static bool
number(const char *text, int most, int *out)
{
	uint64_t n;

	if (!str_u64(str_of(text), &n) || n < 1 || n > (uint64_t)most)
		return false;
	*out = (int)n;
	return true;
}

static int
run_mode(const char *mode, const struct dev_options *o, int argc, char **argv)
{
	if (nodes_only)
		return o->kubeconfig == NULL ? wrong("--nodes-only needs --kubeconfig FILE") : dev_nodes(o);
	if (strcmp(mode, "serve") == 0)
		return dev_serve(o);
	if (strcmp(mode, "run") == 0)
		return dev_run(o);
	if (strcmp(mode, "do") == 0)
		return dev_do(o, argc, argv);
	return wrong("the first word must be run, serve or do");
}

int
main(int argc, char **argv)
{
	char why[256], at[64];
	struct out o = out_over(why, sizeof(why) - 1);
	const char *mode = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
	int skip = *mode != 0 ? 2 : 1, words = 0;
	struct dev_options d = { 0 };

	/* `do` has words of its own before its options. */
	while (strcmp(mode, "do") == 0 && skip + words < argc && argv[skip + words][0] != '-')
		words++;
	if (!options_read(options, OPTION_COUNT, argc - skip - words, argv + skip + words, &o)) {
		why[o.len] = 0;
		return wrong(why);
	}
	if (help || argc == 1)
		return print_usage();
	if (!number(nodes, 250, &d.nodes) || !number(speed, 1000, &d.speed))
		return wrong("--nodes is a number from 1 to 250, --speed from 1 to 1000");
	if (port != NULL) {
		snprintf(at, sizeof(at), "127.0.0.1:%s", port);
		listen_at = at;
	}
	d.kubeconfig = kubeconfig;
	d.listen = listen_at != NULL ? listen_at : "127.0.0.1:0";
	d.certs = certs;
	d.folder = folder;
	d.pod_cidr = pod_cidr != NULL ? pod_cidr : nodes_only ? "10.42.0.0/16" : "127.11.0.0/16";
	d.cr = cr != NULL ? cr : "deploy/samples/minimal.yaml";
	d.once = once;
	return run_mode(mode, &d, words, argv + skip);
}
