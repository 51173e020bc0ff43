/* run.c - devcluster run: what `make run` starts: server, definitions, operator, a sample. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "kernel/log.h"
#include "kernel/loop.h"
#include "tests/devcluster/devcluster.h"

#define ONCE_MS 120000

static struct dev_server server;
static struct dev_setup  setup;
static struct dev_tell   tell;
static struct loop_timer limit;
static const struct dev_options *options;
static char  log_path[512];
static bool  applied, hinted;
static int   code;

static void
end(int with)
{
	code = with;
	loop_stop();
}

static void
moved(struct dev_tell *t)
{
	if (!applied || hinted || t->clusters == 0 || t->ready < t->clusters)
		return;
	hinted = true;
	dev_tell_line(t, "ready: all that was asked for is there");
	if (options->once)
		end(0);
	else
		dev_tell_hints(t, server.kubeconfig);
}

static void
sample_applied(struct dev_setup *s, const char *why)
{
	(void)s;
	applied = why == NULL;
	if (why != NULL) {
		dev_say("%s", why);
		end(1);
	} else
		moved(&tell);
}

static void
operator_ended(int status)
{
	if (WIFEXITED(status))
		dev_say("the operator has ended with code %d; its log is %s", WEXITSTATUS(status), log_path);
	else
		dev_say("the operator has died of signal %d; its log is %s", WTERMSIG(status), log_path);
	end(1);
}

/* The definitions are there: now the operator, and what it shall do. */
static void
installed(struct dev_server *s, const char *why)
{
	static char *sample[2];

	if (why != NULL) {
		dev_say("%s", why);
		end(1);
		return;
	}
	dev_tell_line(&tell, "definitions and roles are installed");
	if (!dev_child_start(server.kubeconfig, log_path, operator_ended)) {
		end(1);
		return;
	}
	dev_tell_line(&tell, "operator started, its log is %s", log_path);
	sample[0] = (char *)(uintptr_t)options->cr;
	setup = (struct dev_setup){ .api = &s->client.api, .files = sample, .done = sample_applied };
	dev_setup_begin(&setup);
}

static void
too_late(struct loop_timer *t)
{
	(void)t;
	dev_say("not Ready after %d s; the operator's log is %s", ONCE_MS / 1000, log_path);
	end(1);
}

int
dev_run(const struct dev_options *o)
{
	options = o;
	snprintf(log_path, sizeof(log_path), "%s/operator.log", o->folder);
	loop_init();
	log_setup(LOG_WARN, false);
	server.ready = installed;
	if (!dev_server_open(&server, o))
		return 1;
	tell = (struct dev_tell){ .registry = server.registry, .moved = moved };
	dev_tell_begin(&tell);
	dev_tell_line(&tell, "API server at %s, %d nodes; waits of AIS, probes and grace periods are divided by %d",
	    server.url, o->nodes, o->speed);
	limit = (struct loop_timer){ .due = too_late };
	if (o->once)
		loop_timer_set(&limit, loop_now_ms() + ONCE_MS);
	dev_loop();
	loop_timer_stop(&limit);
	dev_child_stop();
	dev_server_close(&server);
	return code;
}
