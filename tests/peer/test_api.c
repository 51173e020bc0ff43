#include <stdio.h>

#include "script.h"

static struct access  access;
static struct api     api;
static struct request r;
static struct answer  last;
static char           message[512], reason[64], body[512];
static int            answers;

static void
copy(char *to, size_t size, struct str s)
{
	snprintf(to, size, STR_FMT, STR_ARG(s));
}

static void
done(struct request *request, const struct answer *a)
{
	CU_ASSERT_PTR_EQUAL(request, &r);
	last = *a;
	copy(message, sizeof(message), a->message);
	copy(reason, sizeof(reason), a->reason);
	copy(body, sizeof(body), a->body);
	answers++;
}

static void
begin(void)
{
	script_open();
	script_access(&access);
	api_open(&api, &access, STR("ais-operator/9"));
	r = (struct request){ .into = r.into };
	answers = 0;
}

static void
end(void)
{
	api_cancel(&r);
	api_close(&api);
	world_settle();
}

static void
send(enum verb verb, const struct kind *kind, struct str text)
{
	r.verb = verb;
	r.kind = kind;
	r.ns = STR("ns");
	r.name = verb == VERB_CREATE || verb == VERB_LIST ? STR_NONE : STR("x");
	r.body = text;
	r.done = done;
	api_send(&api, &r);
	CU_ASSERT_EQUAL(answers, 0);
}

static void
each_verb_is_said_as_the_api_server_wants_it(void)
{
	static const struct {
		enum verb   verb;
		struct str  body;
		const char *asked, *type;
	} cases[] = {
		{ VERB_GET, { NULL, 0 }, "GET /apis/apps/v1/namespaces/ns/statefulsets/x", "" },
		{ VERB_LIST, { NULL, 0 }, "GET /apis/apps/v1/namespaces/ns/statefulsets", "" },
		{ VERB_CREATE, STR_INIT("{}"), "POST /apis/apps/v1/namespaces/ns/statefulsets?fieldManager=manager",
		  "Content-Type: application/json\r\n" },
		{ VERB_UPDATE, STR_INIT("{}"), "PUT /apis/apps/v1/namespaces/ns/statefulsets/x?fieldManager=manager",
		  "Content-Type: application/json\r\n" },
		{ VERB_APPLY, STR_INIT("{}"),
		  "PATCH /apis/apps/v1/namespaces/ns/statefulsets/x?fieldManager=ais-operator&force=true",
		  "Content-Type: application/apply-patch+yaml\r\n" },
		{ VERB_MERGE, STR_INIT("{}"), "PATCH /apis/apps/v1/namespaces/ns/statefulsets/x?fieldManager=manager",
		  "Content-Type: application/merge-patch+json\r\n" },
		{ VERB_DELETE, STR_INIT("{\"propagationPolicy\":\"Background\"}"),
		  "DELETE /apis/apps/v1/namespaces/ns/statefulsets/x", "Content-Type: application/json\r\n" },
	};

	begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		answers = 0;
		send(cases[i].verb, &kind_statefulset, cases[i].body);
		EXPECT_ASKED(cases[i].asked);
		CU_ASSERT_TRUE(str_has(script_head(), str_of(cases[i].type)));
		EXPECT_TEXT(script_body(), i < 2 ? "" : cases[i].body.at);
		script_answer(200, "", STR("{\"a\":1}"));
		CU_ASSERT_EQUAL(answers, 1);
		CU_ASSERT_TRUE(last.ok);
		EXPECT_TEXT(str_of(body), "{\"a\":1}");
		CU_ASSERT_EQUAL(api.counts[cases[i].verb], 1);
	}
	end();
}

static void
events_and_leases_name_no_field_manager(void)
{
	begin();
	send(VERB_CREATE, &kind_event, STR("{}"));
	EXPECT_ASKED("POST /apis/events.k8s.io/v1/namespaces/ns/events");
	script_answer(201, "", STR("{}"));
	end();
}

static void
who_writes_may_be_named(void)
{
	begin();
	r.manager = STR("somebody");
	send(VERB_APPLY, &kind_pod, STR("{}"));
	EXPECT_ASKED("PATCH /api/v1/namespaces/ns/pods/x?fieldManager=somebody&force=true");
	script_answer(200, "", STR("{}"));
	answers = 0;
	send(VERB_MERGE, &kind_pod, STR("{}"));
	EXPECT_ASKED("PATCH /api/v1/namespaces/ns/pods/x?fieldManager=somebody");
	end();
}

static void
who_we_are_stands_in_every_head(void)
{
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x");
	CU_ASSERT_TRUE(str_has(script_head(), STR("\r\nAuthorization: Bearer t1\r\n")));
	CU_ASSERT_TRUE(str_has(script_head(), STR("\r\nUser-Agent: ais-operator/9\r\n")));
	CU_ASSERT_TRUE(str_has(script_head(), STR("\r\nAccept: application/json\r\n")));
	CU_ASSERT_FALSE(str_has(script_head(), STR("Accept-Encoding")));
	end();
}

static void
a_path_of_the_server_comes_before_every_target(void)
{
	begin();
	access.path = STR("/k8s/clusters/c1");
	r.sub = STR("status");
	r.query = STR("dryRun=All");
	send(VERB_MERGE, &kind_pod, STR("{}"));
	EXPECT_ASKED("PATCH /k8s/clusters/c1/api/v1/namespaces/ns/pods/x/status?dryRun=All&fieldManager=manager");
	end();
}

static void
a_status_gives_reason_and_message(void)
{
	begin();
	send(VERB_CREATE, &kind_pod, STR("{}"));
	script_asked();
	script_answer(409, "", STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
	    "\"message\":\"pods \\\"x\\\" already exists\",\"reason\":\"AlreadyExists\",\"code\":409}"));
	CU_ASSERT_FALSE(last.ok);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_ANSWERED);
	CU_ASSERT_EQUAL(last.status, 409);
	EXPECT_TEXT(str_of(reason), "AlreadyExists");
	EXPECT_TEXT(str_of(message), "pods \"x\" already exists");
	CU_ASSERT_EQUAL(last.retry_after_ms, -1);
	end();
}

static void
an_answer_that_is_no_status_is_cut_to_a_line(void)
{
	static char text[1000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "<html>\n", 7);
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(502, "", (struct str){ text, sizeof(text) });
	CU_ASSERT_EQUAL(last.status, 502);
	CU_ASSERT_TRUE(str_starts(str_of(message), STR("the API server answered 502: <html> xxx")));
	CU_ASSERT_EQUAL(strlen(message), strlen("the API server answered 502: ") + API_MESSAGE_MAX);
	CU_ASSERT_EQUAL(reason[0], '\0');
	answers = 0;
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(500, "", STR_NONE);
	EXPECT_TEXT(str_of(message), "the API server answered 500");
	end();
}

static void
retry_after_is_told_from_wherever_it_stands(void)
{
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(429, "Retry-After: 7\r\n", STR("{}"));
	CU_ASSERT_EQUAL(last.retry_after_ms, 7000);
	answers = 0;
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(429, "", STR("{\"kind\":\"Status\",\"message\":\"slow\","
	    "\"details\":{\"retryAfterSeconds\":3}}"));
	CU_ASSERT_EQUAL(last.retry_after_ms, 3000);
	answers = 0;
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(503, "Retry-After: 999999999\r\n", STR("{}"));
	CU_ASSERT_EQUAL(last.retry_after_ms, 600000);
	end();
}

static void
after_a_401_the_token_is_read_again_and_the_call_is_sent_once_more(void)
{
	begin();
	world_file("/token", STR("t1"));
	access.token_file = STR("/token");
	send(VERB_GET, &kind_pod, STR_NONE);
	EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x");
	world_file("/token", STR("t2\n"));
	script_answer(401, "", STR("{\"kind\":\"Status\",\"message\":\"Unauthorized\",\"code\":401}"));
	CU_ASSERT_EQUAL(answers, 0);
	EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x");
	CU_ASSERT_TRUE(str_has(script_head(), STR("Bearer t2\r\n")));
	script_answer(401, "", STR("{\"kind\":\"Status\",\"message\":\"Unauthorized\",\"code\":401}"));
	EXPECT_SILENCE();
	CU_ASSERT_EQUAL(answers, 1);
	EXPECT_TEXT(str_of(message), "Unauthorized");
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 2);
	end();
}

static void
the_token_is_read_again_every_minute(void)
{
	begin();
	world_file("/token", STR("t2"));
	access.token_file = STR("/token");
	script_pass_ms(API_REFRESH_MS);
	EXPECT_TEXT(str_of(access.token), "t2");
	world_file("/token", STR("t3"));
	script_pass_ms(API_REFRESH_MS);
	EXPECT_TEXT(str_of(access.token), "t3");
	end();
}

/* Whether a create was done is not known: only its caller can tell what to do. */
static void
what_may_be_repeated_is_and_a_create_is_not(void)
{
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_answer(200, "", STR("{}"));
	answers = 0;
	send(VERB_APPLY, &kind_pod, STR("{}"));
	CU_ASSERT_TRUE(str_starts(script_asked(), STR("PATCH ")));
	script_cut();
	CU_ASSERT_EQUAL(answers, 0);
	CU_ASSERT_TRUE(str_starts(script_asked(), STR("PATCH ")));
	script_answer(200, "", STR("{}"));
	CU_ASSERT_EQUAL(answers, 1);
	answers = 0;
	send(VERB_CREATE, &kind_pod, STR("{}"));
	CU_ASSERT_TRUE(str_starts(script_asked(), STR("POST ")));
	script_cut();
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_CUT);
	EXPECT_SILENCE();
	end();
}

static void
every_call_has_a_deadline(void)
{
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	script_pass_ms(API_CALL_MS - 1);
	CU_ASSERT_EQUAL(answers, 0);
	script_pass_ms(1);
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_LATE);
	CU_ASSERT_TRUE(strlen(message) > 10);
	end();
}

static void
nobody_there_is_said(void)
{
	begin();
	script_refuse(true);
	send(VERB_GET, &kind_pod, STR_NONE);
	world_settle();
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_UNREACHABLE);
	CU_ASSERT_TRUE(str_has(str_of(message), STR("127.0.0.1:6443")));
	end();
}

static void
a_name_that_cannot_be_looked_up_is_said_and_not_from_inside_the_call(void)
{
	begin();
	access.host = STR("no.such.host.example");
	api_close(&api);
	api_open(&api, &access, STR("ais-operator/9"));
	send(VERB_GET, &kind_pod, STR_NONE);
	world_settle();
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_EQUAL(last.outcome, OUTCOME_UNREACHABLE);
	CU_ASSERT_TRUE(str_has(str_of(message), STR("no.such.host.example")));
	end();
}

static void
what_is_too_long_to_send_is_refused(void)
{
	static char name[5000];

	memset(name, 'n', sizeof(name));
	begin();
	r.query = (struct str){ name, sizeof(name) };
	send(VERB_GET, &kind_pod, STR_NONE);
	world_settle();
	CU_ASSERT_EQUAL(answers, 1);
	EXPECT_TEXT(str_of(message), "the names in this request are too long");
	EXPECT_SILENCE();
	end();
}

static void
a_cancelled_request_is_never_heard_of_again(void)
{
	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	script_asked();
	api_cancel(&r);
	api_cancel(&r);
	world_settle();
	CU_ASSERT_TRUE(script_gone());
	CU_ASSERT_EQUAL(answers, 0);
	end();
}

static int   chain_left;

static void
chained(struct request *request, const struct answer *a)
{
	CU_ASSERT_TRUE(a->ok);
	answers++;
	if (chain_left-- > 0)
		api_send(&api, request);
}

static void
a_request_may_be_sent_again_from_its_own_answer(void)
{
	begin();
	chain_left = 3;
	send(VERB_GET, &kind_pod, STR_NONE);
	r.done = chained;
	for (int i = 0; i < 4; i++) {
		EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x");
		script_answer(200, "", STR("{}"));
	}
	EXPECT_SILENCE();
	CU_ASSERT_EQUAL(answers, 4);
	CU_ASSERT_FALSE(r.busy);
	end();
}

static int pieces;

static bool
on_piece(struct request *request, struct str piece)
{
	(void)request;
	pieces++;
	return !str_has(piece, STR("enough"));
}

/* At the start a second handshake would cost more than it saves. */
static void
before_the_first_watch_one_connection_is_enough(void)
{
	static struct request more[3];

	begin();
	send(VERB_GET, &kind_pod, STR_NONE);
	for (int i = 0; i < 3; i++) {
		more[i] = (struct request){ .verb = VERB_GET, .kind = &kind_node, .name = STR("n"), .done = done };
		api_send(&api, &more[i]);
	}
	EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x");
	EXPECT_SILENCE();
	CU_ASSERT_EQUAL(world_connections(), 1);
	api_cancel(&more[0]);
	more[0] = (struct request){ .verb = VERB_WATCH, .kind = &kind_node, .done = done, .on_piece = on_piece };
	api_send(&api, &more[0]);
	EXPECT_ASKED("GET /api/v1/nodes?watch=true");
	CU_ASSERT_EQUAL(world_connections(), 2);
	api_cancel(&more[2]);
	api_send(&api, &more[2]);
	EXPECT_ASKED("GET /api/v1/nodes/n");
	EXPECT_ASKED("GET /api/v1/nodes/n");
	for (int i = 0; i < 3; i++)
		api_cancel(&more[i]);
	end();
}

/* The API server answers our write when our webhook has answered, which asks the API server. */
static void
what_a_webhook_asks_does_not_wait_behind_calls(void)
{
	static struct request asks;

	begin();
	send(VERB_MERGE, &kind_pod, STR("{}"));
	EXPECT_ASKED("PATCH /api/v1/namespaces/ns/pods/x?fieldManager=manager");
	asks = (struct request){ .verb = VERB_GET, .kind = &kind_node, .name = STR("n"), .done = chained,
		.lane = LANE_REVIEWS };
	chain_left = 0;
	api_send(&api, &asks);
	EXPECT_ASKED("GET /api/v1/nodes/n");
	script_answer(200, "", STR("{}"));
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_TRUE(r.busy);
	end();
}

static void
a_watch_can_be_cut_by_who_reads_it(void)
{
	begin();
	pieces = 0;
	r.on_piece = on_piece;
	r.deadline_ms = 2000000;
	send(VERB_WATCH, &kind_pod, STR_NONE);
	EXPECT_ASKED("GET /api/v1/namespaces/ns/pods/x?watch=true");
	script_stream();
	script_piece(STR("one\n"));
	CU_ASSERT_EQUAL(pieces, 1);
	CU_ASSERT_EQUAL(answers, 0);
	script_piece(STR("enough\n"));
	CU_ASSERT_EQUAL(answers, 1);
	CU_ASSERT_TRUE(script_gone());
	end();
}

SUITE(test_api,
    { "each verb is said as the API server wants it", each_verb_is_said_as_the_api_server_wants_it },
    { "events and leases name no field manager", events_and_leases_name_no_field_manager },
    { "who writes may be named", who_writes_may_be_named },
    { "who we are stands in every head", who_we_are_stands_in_every_head },
    { "a path of the server comes before every target", a_path_of_the_server_comes_before_every_target },
    { "a Status gives reason and message", a_status_gives_reason_and_message },
    { "an answer that is no Status is cut to a line", an_answer_that_is_no_status_is_cut_to_a_line },
    { "Retry-After is told from wherever it stands", retry_after_is_told_from_wherever_it_stands },
    { "after a 401 the token is read again and the call is sent once more",
      after_a_401_the_token_is_read_again_and_the_call_is_sent_once_more },
    { "the token is read again every minute", the_token_is_read_again_every_minute },
    { "what may be repeated is, and a create is not", what_may_be_repeated_is_and_a_create_is_not },
    { "every call has a deadline", every_call_has_a_deadline },
    { "nobody there is said", nobody_there_is_said },
    { "a name that cannot be looked up is said, and not from inside the call",
      a_name_that_cannot_be_looked_up_is_said_and_not_from_inside_the_call },
    { "what is too long to send is refused", what_is_too_long_to_send_is_refused },
    { "a cancelled request is never heard of again", a_cancelled_request_is_never_heard_of_again },
    { "a request may be sent again from its own answer", a_request_may_be_sent_again_from_its_own_answer },
    { "before the first watch one connection is enough", before_the_first_watch_one_connection_is_enough },
    { "what a webhook asks does not wait behind calls", what_a_webhook_asks_does_not_wait_behind_calls },
    { "a watch can be cut by who reads it", a_watch_can_be_cut_by_who_reads_it });
