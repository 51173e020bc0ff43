/* nodes.c - devcluster --nodes-only, and how the program reaches an API server. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "kernel/log.h"
#include "kernel/loop.h"
#include "kernel/memory.h"
#include "tests/devcluster/devcluster.h"

#define ARENA_SIZE (8u << 20)

void
dev_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("devcluster: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

bool
dev_connect(struct dev_client *c, const char *kubeconfig)
{
	arena_init(&c->arena, memory_reserve(ARENA_SIZE), ARENA_SIZE);
	if (!access_load(&c->access, kubeconfig, &c->arena)) {
		dev_say("%s", c->access.why);
		return false;
	}
	api_open(&c->api, &c->access, STR("devcluster"));
	return true;
}

static void
stop(int sig, void *owner)
{
	(void)sig;
	(void)owner;
	loop_stop();
}

void
dev_loop(void)
{
	loop_on_signal(SIGINT, stop, NULL);
	loop_on_signal(SIGTERM, stop, NULL);
	loop_run();
}

int
dev_nodes(const struct dev_options *o)
{
	static struct dev_client client;
	struct node_side *nodes;
	const char *why;

	loop_init();
	log_setup(LOG_WARN, false);
	if (!dev_connect(&client, o->kubeconfig))
		return 1;
	nodes = node_open(&(struct node_options){ .api = &client.api, .nodes = o->nodes, .speed = o->speed,
	    .pod_cidr = str_of(o->pod_cidr) }, &why);
	if (nodes == NULL) {
		dev_say("%s", why);
		return 2;
	}
	dev_say("%d nodes; AIS, probes and grace periods run at %d times their speed", o->nodes, o->speed);
	dev_loop();
	node_close(nodes);
	api_close(&client.api);
	return 0;
}
