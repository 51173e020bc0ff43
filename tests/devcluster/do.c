/* do.c - devcluster do: faults in a running cluster, asked for by annotations on pods. */
#include <stdio.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/loop.h"
#include "tests/devcluster/devcluster.h"

static const struct { const char *name, *key, *value, *said; } actions[] = {
	{ "kill-pod", "devcluster/kill", NULL, "its containers are killed" },
	{ "hang-ais", "devcluster/ais", "hang", "its AIS accepts and never answers" },
	{ "refuse-ais", "devcluster/ais", "refuse", "its AIS refuses connections" },
	{ "heal-ais", "devcluster/ais", "serve", "its AIS answers again" },
};

static int code = 1;

static void
done(struct request *r, const struct answer *a)
{
	const char *said = r->owner;

	if (a->ok)
		printf(STR_FMT "/" STR_FMT ": %s\n", STR_ARG(r->ns), STR_ARG(r->name), said);
	else
		dev_say(STR_FMT, STR_ARG(a->message));
	code = a->ok ? 0 : 1;
	loop_stop();
}

int
dev_do(const struct dev_options *o, int argc, char **argv)
{
	static struct dev_client client;
	static struct request r;
	struct str rest = argc > 1 ? str_of(argv[1]) : STR_NONE, ns;
	char body[256], now[32];
	size_t i = 0, count = sizeof(actions) / sizeof(actions[0]);

	while (argc == 2 && i < count && strcmp(argv[0], actions[i].name) != 0)
		i++;
	if (argc != 2 || i == count || !str_cut(&rest, '/', &ns) || rest.len == 0) {
		dev_say("do takes kill-pod, hang-ais, refuse-ais or heal-ais and NAMESPACE/POD");
		return 2;
	}
	loop_init();
	log_setup(LOG_ERROR, false);
	if (!dev_connect(&client, o->kubeconfig != NULL ? o->kubeconfig : DEV_FOLDER "/kubeconfig"))
		return 1;
	snprintf(now, sizeof(now), "%lld", (long long)clock_wall_us());
	snprintf(body, sizeof(body), "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}", actions[i].key,
	    actions[i].value != NULL ? actions[i].value : now);
	r = (struct request){ .verb = VERB_MERGE, .kind = &kind_pod, .ns = ns, .name = rest, .body = str_of(body),
		.done = done, .owner = (void *)(uintptr_t)actions[i].said };
	api_send(&client.api, &r);
	loop_run();
	return code;
}
