/* serve.c - devcluster serve: API server, controllers and nodes in one process, and how others reach it. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/base64.h"
#include "kernel/file.h"
#include "kernel/log.h"
#include "kernel/loop.h"
#include "kernel/memory.h"
#include "kernel/random.h"
#include "tests/devcluster/devcluster.h"
#include "tests/fake/apiserver.h"
#include "tests/fake/controller.h"

#define ARENA_SIZE (4u << 20)

static bool
read_file(const char *folder, const char *name, struct arena *a, struct str *out)
{
	char path[512];
	enum file_result r;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	r = file_read(path, a, out);
	if (r != FILE_OK)
		dev_say("%s %s; tests/certs.sh %s makes it", path, file_result_text(r), folder);
	return r == FILE_OK;
}

static bool
make_folder(const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	dev_say("%s: %s", path, strerror(errno));
	return false;
}

/* Under another name until all is there: others wait for it to appear. */
static void
next_name(const struct dev_server *s, char next[544])
{
	snprintf(next, 544, "%s.new", s->kubeconfig);
}

static bool
write_kubeconfig(const struct dev_server *s, struct str ca, const char *token)
{
	static char data[64 << 10];
	struct out  o = out_over(data, sizeof(data) - 1);
	char  next[544];
	FILE *f;

	base64_print(&o, ca);
	data[o.len] = 0;
	next_name(s, next);
	f = fopen(next, "w");
	if (f == NULL) {
		dev_say("%s: %s", next, strerror(errno));
		return false;
	}
	fprintf(f, "apiVersion: v1\nkind: Config\ncurrent-context: devcluster\n"
	    "contexts: [{name: devcluster, context: {cluster: devcluster, user: admin}}]\n"
	    "clusters:\n- name: devcluster\n  cluster:\n    server: %s\n    certificate-authority-data: %s\n"
	    "users:\n- name: admin\n  user:\n    token: %s\n", s->url, data, token);
	if (fclose(f) == 0)
		return true;
	dev_say("%s: %s", next, strerror(errno));
	return false;
}

static bool
read_listen(const char *text, struct addr *at)
{
	struct str s = str_of(text), port;
	size_t     i = s.len;

	while (i > 0 && s.at[i - 1] != ':')
		i--;
	port = str_from(s, i);
	if (i > 0 && addr_ip(str_upto(s, i - 1), at) && (str_eq(port, STR("0")) || addr_port(port, &at->port)))
		return true;
	dev_say("--listen must be IP:PORT, as in 127.0.0.1:6443");
	return false;
}

static bool
open_api(struct dev_server *s, const struct dev_options *o, struct tls_identity *id, const char *token)
{
	struct apiserver_token tokens[] = { { token, "admin" } };
	struct apiserver_config c = { .identity = id, .tokens = tokens, .token_count = 1, .registry = s->registry };
	char audit[512], text[64];
	struct out out = out_over(text, sizeof(text));
	const char *why;
	struct addr at;

	if (!read_listen(o->listen, &c.at))
		return false;
	snprintf(audit, sizeof(audit), "%s/audit.log", o->folder);
	c.audit_path = audit;
	s->apiserver = apiserver_open(&c, &why);
	if (s->apiserver == NULL) {
		dev_say("the API server cannot listen on %s: %s", o->listen, why);
		return false;
	}
	at = apiserver_addr(s->apiserver);
	addr_print(&out, &at);
	snprintf(s->url, sizeof(s->url), "https://" STR_FMT, STR_ARG(out_view(&out)));
	return true;
}

static void
new_token(char token[40])
{
	uint8_t bytes[16];
	struct out o = out_over(token, 39);

	random_bytes(bytes, sizeof(bytes));
	out_hex(&o, bytes, sizeof(bytes));
	token[o.len] = 0;
}

static void
installed(struct dev_setup *setup, const char *why)
{
	struct dev_server *s = setup->owner;
	char next[544];

	next_name(s, next);
	if (why == NULL && rename(next, s->kubeconfig) != 0)
		why = "the kubeconfig cannot be put in its place";
	s->ready(s, why);
}

/* As `kubectl apply -f deploy/crd -f deploy/rbac` would. */
static void
install(struct dev_server *s)
{
	static glob_t files;

	glob("deploy/crd/*.yaml", 0, NULL, &files);
	glob("deploy/rbac/*.yaml", GLOB_APPEND, NULL, &files);
	s->setup = (struct dev_setup){ .api = &s->client.api, .files = files.gl_pathv, .done = installed,
	    .owner = s };
	dev_setup_begin(&s->setup);
}

bool
dev_server_open(struct dev_server *s, const struct dev_options *o)
{
	struct arena arena;
	struct str   ca, chain, key;
	struct tls_identity *id;
	char         token[40], next[544];
	const char  *why;

	arena_init(&arena, memory_reserve(ARENA_SIZE), ARENA_SIZE);
	if (!read_file(o->certs, "ca.crt", &arena, &ca) || !read_file(o->certs, "server.crt", &arena, &chain) ||
	    !read_file(o->certs, "server.key", &arena, &key) || !make_folder("build") || !make_folder(o->folder))
		return false;
	id = tls_identity_parse(chain, key, &why);
	if (id == NULL) {
		dev_say("%s/server.crt and server.key: %s", o->certs, why);
		return false;
	}
	s->registry = registry_open();
	s->controllers = controllers_open(s->registry);
	new_token(token);
	if (o->kubeconfig != NULL)
		snprintf(s->kubeconfig, sizeof(s->kubeconfig), "%s", o->kubeconfig);
	else
		snprintf(s->kubeconfig, sizeof(s->kubeconfig), "%s/kubeconfig", o->folder);
	next_name(s, next);
	if (!open_api(s, o, id, token) || !write_kubeconfig(s, ca, token) || !dev_connect(&s->client, next))
		return false;
	s->nodes = node_open(&(struct node_options){ .api = &s->client.api, .nodes = o->nodes, .speed = o->speed,
	    .pod_cidr = str_of(o->pod_cidr) }, &why);
	if (s->nodes == NULL) {
		dev_say("%s", why);
		return false;
	}
	install(s);
	return true;
}

void
dev_server_close(struct dev_server *s)
{
	node_close(s->nodes);
	api_close(&s->client.api);
	apiserver_close(s->apiserver);
	controllers_close(s->controllers);
	registry_close(s->registry);
}

static int code;

static void
ready(struct dev_server *s, const char *why)
{
	if (why == NULL)
		dev_say("KUBECONFIG=%s", s->kubeconfig);
	else {
		dev_say("%s", why);
		code = 1;
		loop_stop();
	}
}

int
dev_serve(const struct dev_options *o)
{
	static struct dev_server s = { .ready = ready };

	loop_init();
	log_setup(LOG_WARN, false);
	if (!dev_server_open(&s, o))
		return 1;
	dev_say("serving at %s with %d nodes; AIS, probes and grace periods run at %d times their speed", s.url,
	    o->nodes, o->speed);
	dev_loop();
	dev_server_close(&s);
	return code;
}
