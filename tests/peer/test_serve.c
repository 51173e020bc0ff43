/* test_serve.c - ports, certificates, and who answers on them. */
#include "webhook/serve.h"

#include "kernel/clock.h"
#include "kernel/metric.h"
#include "script.h"
#include "tests/world/certs.h"

#define ADMIT  "/validate-ais-nvidia-com-v1beta1-aistore?timeout=10s"
#define UID    "705ab4f5-6393-11e8-b7cc-42010a800002"
#define OBJECT "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\"," \
	"\"metadata\":{\"name\":\"ais\",\"namespace\":\"ns\"},\"spec\":{\"size\":1," \
	"\"initImage\":\"i:1\",\"nodeImage\":\"aisnode:v4.9\",\"hostpathPrefix\":\"/etc/ais\"," \
	"\"proxySpec\":{\"servicePort\":51080,\"portPublic\":51080," \
	"\"portIntraControl\":51082,\"portIntraData\":51083},\"targetSpec\":{\"servicePort\":51081," \
	"\"portPublic\":51081,\"portIntraControl\":51082,\"portIntraData\":51083,\"disablePodAntiAffinity\":true}}}"
#define REVIEW(operation, object) "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"," \
	"\"request\":{\"uid\":\"" UID "\",\"kind\":{\"group\":\"ais.nvidia.com\",\"version\":\"v1beta1\"," \
	"\"kind\":\"AIStore\"},\"operation\":\"" operation "\",\"userInfo\":{\"username\":\"u\"}," \
	"\"object\":" object "}}"
#define ALLOWED "\"response\":{\"uid\":\"" UID "\",\"allowed\":true"
#define NOT_VALID "503 not ready: the certificate of the webhooks is not valid now\n"
#define NODES   "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{\"metadata\":{\"name\":\"n1\"}}]}"

static struct access  access;
static struct api     api;
static struct control control;
static struct serve   sv;
static struct client  cl;
static struct call    call;
static struct buf     into;
static bool           answered;
static char           hopeless_text[256];

static void
hopeless(struct serve *s, struct str why)
{
	CU_ASSERT_PTR_EQUAL(s, &sv);
	snprintf(hopeless_text, sizeof(hopeless_text), STR_FMT, STR_ARG(why));
}

/* Each test later than the one before: what that one was told is forgotten. */
static void
begin(bool in_pod)
{
	static int64_t later_ms;

	script_open();
	world_pass_ms(later_ms += 400000);
	script_access(&access);
	api_open(&api, &access, STR("ais-operator/9"));
	memset(&control, 0, sizeof(control));
	memset(metric_cells, 0, sizeof(metric_cells));
	for (int p = 0; p < SERVE_PORTS; p++)
		sv.open[p] = false;
	sv.from_us = sv.until_us = 0;
	sv.control = &control;
	sv.api = &api;
	sv.domain = STR("cluster.local");
	sv.in_pod = in_pod;
	sv.hopeless = hopeless;
	hopeless_text[0] = '\0';
}

static void
start(struct serve_flags f, const char *want)
{
	char       text[256];
	struct out why = out_over(text, sizeof(text));

	CU_ASSERT_EQUAL(serve_start(&sv, &f, &why), want[0] == '\0');
	EXPECT_TEXT(out_view(&why), want);
	world_settle();
}

static void
end(void)
{
	serve_stop(&sv);
	if (cl.open)
		client_close(&cl);
	api_close(&api);
	world_settle();
}

static void
certificate(const char *name)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.crt", name);
	world_file(SERVE_CERTS "/tls.crt", certs_file(file));
	snprintf(file, sizeof(file), "%s.key", name);
	world_file(SERVE_CERTS "/tls.key", certs_file(file));
}

/* The usual: everything at 127.0.0.1, metrics plain. */
static const struct serve_flags local = { .health = "127.0.0.1:8081", .metrics = "127.0.0.1:8080" };

static void
done(struct call *c)
{
	CU_ASSERT_PTR_EQUAL(c, &call);
	answered = true;
}

/* Begins a request to that port; TLS for the webhook's, and for metrics that are secure. */
static void
ask(enum serve_port p, const char *method, const char *target, struct str fields, struct str body)
{
	static struct tls_trust *trust;

	if (trust == NULL)
		trust = certs_trust("ca");
	if (cl.open)
		client_close(&cl);
	cl.addr = sv.servers[p].at;
	cl.name = cl.host = STR("localhost");
	cl.agent = STR("t/1");
	cl.conns_max = 1;
	cl.trust = trust;
	cl.tls = sv.servers[p].identity != NULL;
	client_open(&cl);
	if (into.base == NULL)
		buf_init(&into, 1 << 20);
	answered = false;
	call = (struct call){ .method = str_of(method), .target = str_of(target), .fields = fields, .body = body,
		.done = done, .into = &into, .deadline_ms = clock_mono_ms() + 20000 };
	client_begin(&cl, &call);
	world_settle();
}

/* "200 ok" */
static struct str
got(void)
{
	static char text[8192];
	struct out  o = out_over(text, sizeof(text));

	if (!answered)
		return STR("nothing yet");
	if (call.outcome != OUTCOME_ANSWERED)
		return str_of(call.why);
	out_int(&o, call.status);
	OUT(&o, STR(" "), str_upto(buf_view(&into), 8000));
	return out_view(&o);
}

static struct str
get(enum serve_port p, const char *target)
{
	ask(p, "GET", target, STR_NONE, STR_NONE);
	return got();
}

static void
review(struct str body)
{
	ask(SERVE_WEBHOOK, "POST", ADMIT, STR("Content-Type: application/json\r\n"), body);
}

/* Health ------------------------------------------------------------------------ */

static void
alive_is_who_answers(void)
{
	begin(false);
	start(local, "");
	EXPECT_TEXT(get(SERVE_HEALTH, "/healthz"), "200 ok");
	EXPECT_TEXT(get(SERVE_HEALTH, "/healthz?verbose"), "200 ok");
	EXPECT_TEXT(get(SERVE_HEALTH, "/"), "404 here are /healthz and /readyz\n");
	ask(SERVE_HEALTH, "POST", "/healthz", STR_NONE, STR_NONE);
	EXPECT_TEXT(got(), "405 GET, please\n");
	ask(SERVE_HEALTH, "HEAD", "/readyz", STR_NONE, STR_NONE);
	EXPECT_TEXT(got(), "503 ");
	end();
}

static void
ready_is_who_has_listed_everything_once(void)
{
	begin(false);
	start(local, "");
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "503 not ready: not all kinds have been listed yet\n");
	control.synced = true;
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "200 ok");
	end();
}

static void
ready_wants_a_valid_certificate_where_there_is_one(void)
{
	begin(false);
	control.synced = true;
	certificate("server");
	start(local, "");
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "200 ok");
	certificate("server-expired");
	world_pass_ms(5000);
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), NOT_VALID);
	certificate("server-future");
	world_pass_ms(5000);
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), NOT_VALID);
	certificate("server");
	world_pass_ms(5000);
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "200 ok");
	end();
}

static void
ready_waits_for_a_certificate_that_was_asked_for(void)
{
	struct serve_flags f = local;

	begin(false);
	control.synced = true;
	f.cert_path = SERVE_CERTS;
	start(f, "");
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "503 not ready: there is no certificate for the webhooks yet\n");
	certificate("server");
	world_pass_ms(5000);
	EXPECT_TEXT(get(SERVE_HEALTH, "/readyz"), "200 ok");
	end();
}

/* Webhooks ------------------------------------------------------------------------- */

static void
a_review_is_answered_over_tls(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("DELETE", "null")));
	EXPECT_TEXT(got(), "200 {\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"," ALLOWED
	    ",\"status\":{\"metadata\":{},\"code\":200}}}\n");
	CU_ASSERT_EQUAL(metric_cells[METRIC_REVIEWS], 1);
	CU_ASSERT_EQUAL(metric_cells[METRIC_WEBHOOK_ANSWERS + metric_code(200)], 1);
	end();
}

static void
the_webhook_port_is_closed_until_there_is_a_certificate(void)
{
	begin(false);
	start(local, "");
	CU_ASSERT(!sv.open[SERVE_WEBHOOK]);
	certificate("server");
	world_pass_ms(5000);
	CU_ASSERT(sv.open[SERVE_WEBHOOK]);
	EXPECT_TEXT(get(SERVE_WEBHOOK, "/"), "404 {\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
	    "\"status\":\"Failure\",\"message\":\"there is no webhook at this path\",\"reason\":\"NotFound\","
	    "\"code\":404}\n");
	end();
}

static void
a_webhook_takes_json_by_post(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	CU_ASSERT(str_starts(get(SERVE_WEBHOOK, ADMIT), STR("405 ")));
	ask(SERVE_WEBHOOK, "POST", ADMIT, STR_NONE, STR(REVIEW("DELETE", "null")));
	CU_ASSERT(str_starts(got(), STR("415 ")));
	ask(SERVE_WEBHOOK, "POST", ADMIT, STR("Content-Type: text/plain\r\n"), STR(REVIEW("DELETE", "null")));
	CU_ASSERT(str_starts(got(), STR("415 ")));
	ask(SERVE_WEBHOOK, "POST", ADMIT, STR("Content-Type: application/json; charset=utf-8\r\n"),
	    STR(REVIEW("DELETE", "null")));
	CU_ASSERT(str_starts(got(), STR("415 ")));
	review(STR("{}"));
	CU_ASSERT(str_starts(got(), STR("400 {\"kind\":\"Status\"")));
	end();
}

static void
what_only_the_cluster_knows_is_asked_before_the_answer(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_TEXT(got(), "nothing yet");
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	script_answer(200, "", STR(NODES));
	world_settle();
	CU_ASSERT(str_has(got(), STR(ALLOWED)));
	CU_ASSERT(!str_has(got(), STR("requires more K8s nodes")));
	end();
}

static void
how_many_nodes_there_are_is_remembered_for_a_while(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	script_answer(200, "", STR("{\"metadata\":{},\"items\":[]}"));
	CU_ASSERT(str_has(got(), STR("requires more K8s nodes")));
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_SILENCE();
	CU_ASSERT(str_has(got(), STR("requires more K8s nodes")));
	script_pass_ms(15000);
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	script_answer(200, "", STR(NODES));
	CU_ASSERT(str_has(got(), STR(ALLOWED)));
	end();
}

static void
while_one_counts_again_the_old_number_does_for_others(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	script_answer(200, "", STR("{\"metadata\":{},\"items\":[]}"));
	script_pass_ms(15000);
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_TEXT(got(), "nothing yet");
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_SILENCE();
	CU_ASSERT(str_has(got(), STR("requires more K8s nodes")));
	/* The one that asked has left: another does. */
	script_pass_ms(3000);
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	end();
}

static void
an_api_server_that_does_not_say_accepts_nothing(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("CREATE", OBJECT)));
	EXPECT_ASKED("GET /api/v1/nodes?limit=100");
	script_answer(403, "", STR("{\"kind\":\"Status\",\"message\":\"nodes is forbidden\"}"));
	CU_ASSERT(str_has(got(), STR("\"allowed\":false")));
	CU_ASSERT(str_has(got(), STR("counting nodes: ")));
	end();
}

static void
who_leaves_while_the_cluster_is_asked_frees_the_place(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	for (int i = 0; i < 40; i++) {
		review(STR(REVIEW("CREATE", OBJECT)));
		EXPECT_TEXT(got(), "nothing yet");
		client_close(&cl);
		world_settle();
	}
	review(STR(REVIEW("DELETE", "null")));
	CU_ASSERT(str_has(got(), STR(ALLOWED)));
	end();
}

static void
a_new_certificate_serves_new_connections(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	review(STR(REVIEW("DELETE", "null")));
	CU_ASSERT(str_starts(got(), STR("200 ")));
	certificate("self");
	world_pass_ms(5000);
	answered = false;
	client_begin(&cl, &call);
	call.deadline_ms += 10000;
	world_settle();
	CU_ASSERT(str_starts(got(), STR("200 ")));
	review(STR(REVIEW("DELETE", "null")));
	EXPECT_TEXT(got(), "no TLS with [::]:9443: its certificate is not signed by a trusted CA (TLS error 62)");
	end();
}

/* Conversion ------------------------------------------------------------------------ */

#define CONVERT(objects) "{\"kind\":\"ConversionReview\",\"apiVersion\":\"apiextensions.k8s.io/v1\"," \
	"\"request\":{\"uid\":\"" UID "\",\"desiredAPIVersion\":\"ais.nvidia.com/v1beta1\"," \
	"\"objects\":[" objects "]}}"

static void
convert(struct str body)
{
	ask(SERVE_WEBHOOK, "POST", "/convert?timeout=30s", STR("Content-Type: application/json\r\n"), body);
}

static void
objects_are_converted_as_they_come(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	convert(STR(CONVERT(OBJECT "," OBJECT)));
	CU_ASSERT(str_starts(got(), STR("200 {")));
	CU_ASSERT(str_has(got(), STR("\"status\":\"Success\"")));
	CU_ASSERT(str_has(got(), STR("\"uid\":\"" UID "\"")));
	CU_ASSERT_EQUAL(metric_cells[METRIC_WEBHOOK_ANSWERS + METRIC_CODES * 4 + metric_code(200)], 1);
	end();
}

static void
what_is_no_conversion_is_refused(void)
{
	begin(false);
	certificate("server");
	start(local, "");
	convert(STR("{}"));
	CU_ASSERT(str_starts(got(), STR("400 {\"kind\":\"Status\"")));
	convert(STR_NONE);
	CU_ASSERT(str_starts(got(), STR("400 {\"kind\":\"Status\"")));
	ask(SERVE_WEBHOOK, "POST", "/convert", STR_NONE, STR("{}"));
	CU_ASSERT(str_starts(got(), STR("415 ")));
	CU_ASSERT(str_starts(get(SERVE_WEBHOOK, "/convert"), STR("405 ")));
	end();
}

/* Metrics --------------------------------------------------------------------------- */

static void
metrics_are_plain_where_that_is_wanted(void)
{
	begin(false);
	world_file("/proc/self/stat",
	    STR("7 (a b) c) S 1 1 1 0 -1 4 1 0 0 0 150 50 0 0 20 0 1 0 100 9000 3 1 1 0\n"));
	start(local, "");
	CU_ASSERT(str_starts(get(SERVE_METRICS, "/metrics"), STR("200 # HELP ais_operator_info")));
	CU_ASSERT_EQUAL(metric_cells[METRIC_CPU], 2000000);
	CU_ASSERT_EQUAL(metric_cells[METRIC_RESIDENT] % 3, 0);
	CU_ASSERT(metric_cells[METRIC_RESIDENT] > 0);
	EXPECT_TEXT(get(SERVE_METRICS, "/"), "404 here is /metrics\n");
	ask(SERVE_METRICS, "POST", "/metrics", STR_NONE, STR_NONE);
	EXPECT_TEXT(got(), "405 GET, please\n");
	end();
}

static void
secure_metrics_are_for_who_may(void)
{
	struct serve_flags f = local;

	begin(false);
	certificate("server");
	f.metrics_secure = true;
	start(f, "");
	EXPECT_TEXT(get(SERVE_METRICS, "/metrics"), "401 Unauthorized\n");
	ask(SERVE_METRICS, "GET", "/metrics", STR("Authorization: Bearer abc\r\n"), STR_NONE);
	EXPECT_TEXT(got(), "nothing yet");
	EXPECT_ASKED("POST /apis/authentication.k8s.io/v1/tokenreviews?fieldManager=manager");
	script_answer(201, "", STR("{\"status\":{\"authenticated\":true,\"user\":{\"username\":\"u\"}}}"));
	EXPECT_ASKED("POST /apis/authorization.k8s.io/v1/subjectaccessreviews?fieldManager=manager");
	script_answer(201, "", STR("{\"status\":{\"allowed\":true}}"));
	CU_ASSERT(str_starts(got(), STR("200 # HELP")));
	ask(SERVE_METRICS, "GET", "/metrics", STR("Authorization: Bearer other\r\n"), STR_NONE);
	EXPECT_ASKED("POST /apis/authentication.k8s.io/v1/tokenreviews?fieldManager=manager");
	client_close(&cl);
	world_settle();
	end();
}

static void
secure_metrics_wait_for_a_certificate(void)
{
	struct serve_flags f = local;

	begin(false);
	f.metrics_secure = true;
	start(f, "");
	CU_ASSERT(!sv.open[SERVE_METRICS]);
	certificate("server");
	world_pass_ms(5000);
	CU_ASSERT(sv.open[SERVE_METRICS]);
	CU_ASSERT(sv.servers[SERVE_METRICS].identity != NULL);
	end();
}

static void
metrics_may_have_a_certificate_of_their_own(void)
{
	struct serve_flags f = local;

	begin(false);
	f.metrics_secure = true;
	f.metrics_path = "/m";
	f.metrics_name = "c";
	f.metrics_key = "k";
	certificate("server");
	start(f, "");
	CU_ASSERT(sv.open[SERVE_WEBHOOK] && !sv.open[SERVE_METRICS]);
	world_file("/m/c", certs_file("server-rsa.crt"));
	world_file("/m/k", certs_file("server-rsa.key"));
	world_pass_ms(5000);
	CU_ASSERT(sv.open[SERVE_METRICS]);
	CU_ASSERT(sv.servers[SERVE_METRICS].identity != sv.servers[SERVE_WEBHOOK].identity);
	end();
}

/* Ports ------------------------------------------------------------------------------- */

static void
nobody(struct world_peer *p, void *owner)
{
	(void)p;
	(void)owner;
}

static const struct addr any_8081 = { .ip_len = 16, .port = 8081 };

static void
a_taken_port_is_an_error_in_a_pod_or_where_it_was_given(void)
{
	begin(false);
	world_listen(any_8081, nobody, NULL);
	start((struct serve_flags){ .metrics = "0" }, "");
	CU_ASSERT(!sv.open[SERVE_HEALTH]);
	end();
	begin(true);
	world_listen(any_8081, nobody, NULL);
	start((struct serve_flags){ .metrics = "0" }, "cannot listen for health at [::]:8081: address in use");
	end();
	begin(false);
	world_listen(any_8081, nobody, NULL);
	start((struct serve_flags){ .metrics = "0", .health = ":8081" },
	    "cannot listen for health at [::]:8081: address in use");
	end();
}

static void
a_port_that_cannot_be_opened_later_is_told(void)
{
	begin(true);
	world_listen((struct addr){ .ip_len = 16, .port = 9443 }, nobody, NULL);
	start((struct serve_flags){ .metrics = "0", .health = "0" }, "");
	EXPECT_TEXT(str_of(hopeless_text), "");
	certificate("server");
	world_pass_ms(5000);
	EXPECT_TEXT(str_of(hopeless_text), "cannot listen for webhook at [::]:9443: address in use");
	end();
}

static void
nothing_is_opened_where_nothing_is_wanted(void)
{
	begin(true);
	start((struct serve_flags){ .metrics = "0", .health = "0" }, "");
	CU_ASSERT(!sv.open[SERVE_HEALTH] && !sv.open[SERVE_METRICS] && !sv.open[SERVE_WEBHOOK]);
	end();
}

static void
addresses_are_read_as_go_does(void)
{
	static const struct { const char *text, *want; } cases[] = {
		{ ":8081", "[::]:8081" }, { "127.0.0.1:80", "127.0.0.1:80" }, { "[::1]:80", "[::1]:80" },
		{ "0.0.0.0:80", "0.0.0.0:80" }, { "127.0.0.1:0", "127.0.0.1:0" }, { ":0", "[::]:0" },
		{ "", "" }, { "8081", "" }, { ":", "" }, { ":65536", "" }, { "localhost:80", "" }, { ":80x", "" },
		{ "::1:80", "[::1]:80" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char        text[64];
		struct out  o = out_over(text, sizeof(text));
		struct addr at;

		if (serve_address(str_of(cases[i].text), &at))
			addr_print(&o, &at);
		EXPECT_TEXT(out_view(&o), cases[i].want);
	}
	begin(false);
	start((struct serve_flags){ .health = "8081" },
	    "--health-probe-bind-address takes ADDRESS:PORT, :PORT, or 0 for none");
	end();
	begin(false);
	start((struct serve_flags){ .webhook_port = "x" }, "--webhook-port takes a port, or 0 for any");
	end();
}

SUITE(test_serve,
    { "alive is who answers", alive_is_who_answers },
    { "ready is who has listed everything once", ready_is_who_has_listed_everything_once },
    { "ready wants a valid certificate where there is one",
        ready_wants_a_valid_certificate_where_there_is_one },
    { "ready waits for a certificate that was asked for", ready_waits_for_a_certificate_that_was_asked_for },
    { "a review is answered over TLS", a_review_is_answered_over_tls },
    { "the webhook port is closed until there is a certificate",
        the_webhook_port_is_closed_until_there_is_a_certificate },
    { "a webhook takes JSON by POST", a_webhook_takes_json_by_post },
    { "what only the cluster knows is asked before the answer",
        what_only_the_cluster_knows_is_asked_before_the_answer },
    { "how many nodes there are is remembered for a while",
        how_many_nodes_there_are_is_remembered_for_a_while },
    { "while one counts again, the old number does for others",
        while_one_counts_again_the_old_number_does_for_others },
    { "an API server that does not say accepts nothing", an_api_server_that_does_not_say_accepts_nothing },
    { "who leaves while the cluster is asked frees the place",
        who_leaves_while_the_cluster_is_asked_frees_the_place },
    { "a new certificate serves new connections", a_new_certificate_serves_new_connections },
    { "objects are converted as they come", objects_are_converted_as_they_come },
    { "what is no conversion is refused", what_is_no_conversion_is_refused },
    { "metrics are plain where that is wanted", metrics_are_plain_where_that_is_wanted },
    { "secure metrics are for who may", secure_metrics_are_for_who_may },
    { "secure metrics wait for a certificate", secure_metrics_wait_for_a_certificate },
    { "metrics may have a certificate of their own", metrics_may_have_a_certificate_of_their_own },
    { "a taken port is an error in a Pod, or where it was given",
        a_taken_port_is_an_error_in_a_pod_or_where_it_was_given },
    { "a port that cannot be opened later is told", a_port_that_cannot_be_opened_later_is_told },
    { "nothing is opened where nothing is wanted", nothing_is_opened_where_nothing_is_wanted },
    { "addresses are read as Go does", addresses_are_read_as_go_does });
