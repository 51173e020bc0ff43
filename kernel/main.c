/*
 * main.c - puts the layers together.  The only file that may know them all.
 *
 *	kernel   check memory arena str out buf pack table     what any daemon needs
 *	         json json_out scan yaml base64 hash time_text
 *	         clock loop random file log metric options
 *	net      addr socket resolve tls conn                  bytes to messages
 *	         http_head http_body client server
 *	k8s      kind object access api                        speaks to an API server
 *	         watch_line reflector store queue lease recorder
 *	ais      spec names want keep smap plan                the operator: what is wanted, what to do
 *	         validate foresee convert
 *	         side observe pass control command render
 *	webhook  serve routes cert_files bearer scrape         what is served: webhooks, health, metrics
 *	         review admission inquiry converting conversion
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ais/command.h"
#include "ais/control.h"
#include "kernel/file.h"
#include "kernel/log.h"
#include "kernel/loop.h"
#include "kernel/metric.h"
#include "kernel/memory.h"
#include "kernel/options.h"
#include "kernel/random.h"
#include "webhook/own_certs.h"
#include "webhook/probe.h"
#include "webhook/serve.h"

#define ACCESS_ARENA (8u << 20)
#define LEASE_NAME   "60c23797.nvidia.com"

/* deploy/webhook and deploy/conversion */
#define SERVICE_NAME  "ais-operator-webhook-service"
#define WEBHOOKS_NAME "ais-operator-validating-webhook-configuration"
#define CRD_NAME      "aistores.ais.nvidia.com"

/* What the command line says. */
static const char *kubeconfig, *watch_namespaces = "", *log_level = "info", *log_format = "text";
static bool        leader_elect = true, help;
static struct serve_flags serve_flags = { .metrics_secure = true };
static const char        *own_certificates = "auto";

#define LATER(name) { name, OPTION_LATER, NULL, NULL, NULL, NULL }

static const struct option options[] = {
	{ "kubeconfig", OPTION_TEXT, &kubeconfig, NULL, "FILE",
	    "how to reach the API server (default: $KUBECONFIG, the Pod, ~/.kube/config)" },
	{ "watch-namespaces", OPTION_TEXT, &watch_namespaces, NULL, "NS,...",
	    "look after these namespaces only (default: all)" },
	{ "leader-elect", OPTION_BOOL, NULL, &leader_elect, NULL,
	    "act only while holding the Lease " LEASE_NAME " (default: true)" },
	{ "log-level", OPTION_TEXT, &log_level, NULL, "LEVEL",
	    "debug, info, warn or error (default: info)" },
	{ "log-format", OPTION_TEXT, &log_format, NULL, "FORMAT", "text or json (default: text)" },
	{ "health-probe-bind-address", OPTION_TEXT, &serve_flags.health, NULL, "ADDR",
	    "/healthz and /readyz (default: :8081; 0: nowhere)" },
	{ "metrics-bind-address", OPTION_TEXT, &serve_flags.metrics, NULL, "ADDR",
	    "/metrics (default: :8080; 0: nowhere)" },
	{ "metrics-secure", OPTION_BOOL, NULL, &serve_flags.metrics_secure, NULL,
	    "metrics over TLS, for who may get /metrics (default: true)" },
	{ "metrics-cert-path", OPTION_TEXT, &serve_flags.metrics_path, NULL, "DIR",
	    "certificate of the metrics (default: that of the webhooks)" },
	{ "metrics-cert-name", OPTION_TEXT, &serve_flags.metrics_name, NULL, "FILE", "in DIR (default: tls.crt)" },
	{ "metrics-cert-key", OPTION_TEXT, &serve_flags.metrics_key, NULL, "FILE", "in DIR (default: tls.key)" },
	{ "webhook-port", OPTION_TEXT, &serve_flags.webhook_port, NULL, "PORT", "webhooks (default: 9443; 0: any)" },
	{ "webhook-cert-path", OPTION_TEXT, &serve_flags.cert_path, NULL, "DIR",
	    "certificate of the webhooks (default: " SERVE_CERTS ")" },
	{ "webhook-cert-name", OPTION_TEXT, &serve_flags.cert_name, NULL, "FILE", "in DIR (default: tls.crt)" },
	{ "webhook-cert-key", OPTION_TEXT, &serve_flags.cert_key, NULL, "FILE", "in DIR (default: tls.key)" },
	{ "own-certificates", OPTION_TEXT, &own_certificates, NULL, "HOW",
	    "for webhooks, where no files are: yes, no, or auto: in a Pod (default: auto)" },
	{ "help", OPTION_BOOL, NULL, &help, NULL, "this text" },
	LATER("ais-client-cert-path"), LATER("ais-client-cert-per-cluster"),
	LATER("zap-devel"), LATER("zap-encoder"), LATER("zap-log-level"), LATER("zap-stacktrace-level"),
	LATER("zap-time-encoding"),
};
#define OPTION_COUNT ((int)(sizeof(options) / sizeof(options[0])))

/* The parts of the running manager. */
static struct access  access_now;
static struct api     api;
static struct lease   lease;
static struct control control;
static struct serve   serve;
static struct own_certs own_certs;
static struct probe   probe;
static char           identity[320], instance[320];
static int            exit_code;

static int
usage(void)
{
	char       text[4096];
	struct out o = out_over(text, sizeof(text));

	out_str(&o, STR("ais-operator " VERSION " - looks after AIStore clusters on Kubernetes\n\n"
	    "usage: ais-operator [option]...                    the manager\n"
	    "       ais-operator render -f CR.yaml [-o json]    the objects it would create\n"
	    "       ais-operator plan -f CR.yaml                what it would do first, and why\n"
	    "       ais-operator validate -f NEW.yaml           would it be accepted, and if not, why\n"
	    "       ais-operator convert --to V -f CR.yaml      the same in version V: v1alpha1 or v1beta1\n"
	    "       ais-operator version\n\n"));
	options_print(options, OPTION_COUNT, &o);
	fwrite(text, 1, o.len, stdout);
	return 0;
}

static int
complain(const char *sentence)
{
	fprintf(stderr, "ais-operator: %s\n", sentence);
	return 2;
}

/* KUBERNETES_CLUSTER_DOMAIN, else the "svc.DOMAIN" of resolv.conf's search list. */
static struct str
cluster_domain(struct arena *a)
{
	struct str env = str_trim(str_of(getenv("KUBERNETES_CLUSTER_DOMAIN")));
	struct str text, line, word;

	if (str_ends(env, STR(".")))
		env.len--;
	if (env.len > 0)
		return env;
	if (file_read("/etc/resolv.conf", a, &text) != FILE_OK)
		return STR_NONE;
	while (str_cut(&text, '\n', &line)) {
		if (!str_starts(line, STR("search")))
			continue;
		while (str_cut(&line, ' ', &word)) {
			word = str_trim(word);
			if (str_ends(word, STR(".")))
				word.len--;
			if (str_starts(word, STR("svc.")))
				return str_from(word, 4);
		}
	}
	return STR_NONE;
}

static void
finish(struct lease *l)
{
	(void)l;
	loop_stop();
}

/* All writing has stopped: let the successor begin at once. */
static void
at_rest(struct control *c)
{
	(void)c;
	if (control.lease != NULL && lease_held(&lease))
		lease_release(&lease);
	else
		loop_stop();
}

static void
on_signal(int sig, void *owner)
{
	static bool stopping;

	(void)owner;
	if (stopping) {
		exit_code = 1;
		loop_stop();
		return;
	}
	stopping = true;
	LOG(LOG_INFO, "stopping", LOG_INT("signal", sig), LOG_INT("longest_turn_us", metric_cells[METRIC_STALL]));
	if (own_certs.api != NULL)
		own_certs_stop(&own_certs);
	if (probe.api != NULL)
		probe_stop(&probe);
	control_stop(&control, at_rest);
}

static struct str
own_namespace(void)
{
	return access_now.namespace.len > 0 ? access_now.namespace : STR("default");
}

static void
passed(struct probe *p)
{
	(void)p;
	control_work(&control);
}

/* Who stands at the door himself looks whether it opens before he goes through. */
static void
begin_work(void)
{
	if (!serve.open[SERVE_WEBHOOK] && own_certs.api == NULL) {
		control_work(&control);
		return;
	}
	probe.api = &api;
	probe.ns = own_namespace();
	probe.passed = passed;
	probe_start(&probe);
}

static void
gained(struct lease *l)
{
	(void)l;
	LOG(LOG_INFO, "leading", LOG_STR("identity", lease.identity));
	begin_work();
}

/* Whoever comes next may begin any moment: end, and let the Deployment start us again. */
static void
lost(struct lease *l)
{
	(void)l;
	LOG(LOG_ERROR, "the lease is lost: ending", LOG_STR("holder", str_of(lease.holder)));
	exit(1);
}

static void
give_up(struct str why)
{
	fprintf(stderr, "ais-operator: " STR_FMT "\n", STR_ARG(why));
	exit(1);
}

static void
hopeless(struct control *c, struct str why)
{
	(void)c;
	give_up(why);
}

static void
cannot_serve(struct serve *s, struct str why)
{
	(void)s;
	give_up(why);
}

static void
start_serving(void)
{
	char       text[256];
	struct out why = out_over(text, sizeof(text));

	serve.control = &control;
	serve.api = &api;
	serve.domain = control.domain;
	serve.in_pod = access_now.in_cluster;
	serve.hopeless = cannot_serve;
	if (!serve_start(&serve, &serve_flags, &why))
		give_up(out_view(&why));
}

static void
vouched(struct own_certs *c, struct tls_identity *id)
{
	(void)c;
	serve_certificate(&serve, id);
}

/* Files that are mounted are never second-guessed. */
static bool
certificate_is_mounted(void)
{
	char              path[4096];
	struct file_stamp stamp;
	struct out        o = out_over(path, sizeof(path) - 1);

	OUT(&o, serve_flags.cert_path != NULL ? str_of(serve_flags.cert_path) : STR(SERVE_CERTS), STR("/"),
	    serve_flags.cert_name != NULL ? str_of(serve_flags.cert_name) : STR("tls.crt"));
	path[o.len] = '\0';
	return out_ok(&o) && file_stamp(path, &stamp);
}

static void
start_own_certificates(void)
{
	struct str how = str_of(own_certificates);

	if (str_eq(how, STR("no")) || (str_eq(how, STR("auto")) && !access_now.in_cluster))
		return;
	if (certificate_is_mounted())
		return;
	own_certs = (struct own_certs){
		.api = &api, .service = STR(SERVICE_NAME), .ns = own_namespace(), .domain = control.domain,
		.secret = STR(OWN_CERTS_SECRET), .configuration = STR(WEBHOOKS_NAME), .crd = STR(CRD_NAME),
		.serve = vouched,
	};
	own_certs_start(&own_certs);
}

static void
name_ourselves(void)
{
	char          host[256] = "unknown";
	unsigned char id[16];
	struct out    o = out_over(identity, sizeof(identity) - 1);

	gethostname(host, sizeof(host) - 1);
	random_bytes(id, sizeof(id));
	OUT(&o, str_of(host), STR("_"));
	out_hex(&o, id, sizeof(id));
	o = out_over(instance, sizeof(instance) - 1);
	OUT(&o, STR("ais-controller-"), str_upto(str_of(host), 100));
}

static bool
split_namespaces(void)
{
	struct str rest = str_of(watch_namespaces), part;

	while (rest.len > 0 && str_cut(&rest, ',', &part)) {
		part = str_trim(part);
		if (part.len == 0)
			continue;
		if (control.namespace_count == NAMESPACES_MAX)
			return false;
		control.namespaces[control.namespace_count++] = part;
	}
	return true;
}

/* 0: fine, else the exit code. */
static int
check_options(void)
{
	enum log_level level;

	if (!log_level_of(str_of(log_level), &level))
		return complain("--log-level takes debug, info, warn or error");
	if (strcmp(log_format, "text") != 0 && strcmp(log_format, "json") != 0)
		return complain("--log-format takes text or json");
	log_setup(level, strcmp(log_format, "json") == 0);
	if (strcmp(own_certificates, "auto") != 0 && strcmp(own_certificates, "yes") != 0 &&
	    strcmp(own_certificates, "no") != 0)
		return complain("--own-certificates takes yes, no or auto");
	if (!split_namespaces())
		return complain("--watch-namespaces names too many namespaces: leave it out to watch all");
	if (!leader_elect && control.namespace_count == 0)
		return complain("--leader-elect=false needs --watch-namespaces: "
		    "two operators that look after the same clusters would undo each other's work");
	if (!leader_elect)
		LOG(LOG_WARN, "no leader election: make sure that nobody else looks after these namespaces",
		    LOG_STR("namespaces", str_of(watch_namespaces)));
	return 0;
}

static void
start_lease(void)
{
	lease.api = &api;
	lease.ns = own_namespace();
	lease.name = STR(LEASE_NAME);
	lease.identity = str_of(identity);
	lease.gained = gained;
	lease.lost = lost;
	lease.released = finish;
	control.lease = &lease;
	lease_start(&lease);
}

static int
manage(void)
{
	static struct arena arena;
	int                 code = check_options();

	if (code != 0)
		return code;
	arena_init(&arena, memory_reserve(ACCESS_ARENA), ACCESS_ARENA);
	loop_init();
	if (!access_load(&access_now, kubeconfig, &arena)) {
		fprintf(stderr, "ais-operator: %s\n", access_now.why);
		return 1;
	}
	control.domain = cluster_domain(&arena);
	if (control.domain.len == 0 && access_now.in_cluster)
		return complain("the DNS domain of the cluster is unknown: set KUBERNETES_CLUSTER_DOMAIN") - 1;
	if (control.domain.len == 0)
		control.domain = STR("cluster.local");
	name_ourselves();
	LOG(LOG_INFO, "ais-operator", LOG_STR("version", STR(VERSION)), LOG_STR("server", access_now.server),
	    LOG_STR("domain", control.domain));
	loop_on_signal(SIGTERM, on_signal, NULL);
	loop_on_signal(SIGINT, on_signal, NULL);
	api_open(&api, &access_now, STR("ais-operator/" VERSION));
	control.api = &api;
	control.hopeless = hopeless;
	control.instance = str_of(instance);
	control_start(&control);
	start_serving();
	start_own_certificates();
	if (leader_elect)
		start_lease();
	else
		begin_work();
	loop_run();
	return exit_code;
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	char                text[512];
	struct out          why = out_over(text, sizeof(text) - 1);
	struct str          command = argc > 1 ? str_of(argv[1]) : STR_NONE, domain;

	signal(SIGPIPE, SIG_IGN);
	if (str_eq(command, STR("version"))) {
		puts("ais-operator " VERSION);
		return 0;
	}
	if (str_eq(command, STR("convert")))
		return command_convert(argc - 2, argv + 2);
	if (str_eq(command, STR("render")) || str_eq(command, STR("plan")) || str_eq(command, STR("validate"))) {
		arena_init(&arena, memory_reserve(ACCESS_ARENA), ACCESS_ARENA);
		domain = cluster_domain(&arena);
		if (domain.len == 0)
			domain = STR("cluster.local");
		return str_eq(command, STR("render")) ? command_render(argc - 2, argv + 2, domain)
		    : str_eq(command, STR("plan")) ? command_plan(argc - 2, argv + 2, domain)
		    : command_validate(argc - 2, argv + 2, domain);
	}
	if (!options_read(options, OPTION_COUNT, argc - 1, argv + 1, &why)) {
		text[why.len] = '\0';
		return complain(text);
	}
	return help ? usage() : manage();
}
