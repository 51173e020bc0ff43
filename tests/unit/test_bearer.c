/* test_bearer.c - who may read the metrics: asked of a scripted API server, and remembered. */
#include "webhook/bearer.h"

#include "test.h"
#include "tests/peer/script.h"

#define TOKEN_ASKED  "POST /apis/authentication.k8s.io/v1/tokenreviews?fieldManager=manager"
#define ACCESS_ASKED "POST /apis/authorization.k8s.io/v1/subjectaccessreviews?fieldManager=manager"
#define USER         "{\"username\":\"system:serviceaccount:mon:prom\",\"uid\":\"7\"," \
                     "\"groups\":[\"a\",\"b\"]}"
#define KNOWN        "{\"status\":{\"authenticated\":true,\"user\":" USER "}}"
#define UNKNOWN      "{\"status\":{\"error\":\"invalid\"}}"
#define MAY          "{\"status\":{\"allowed\":true}}"
#define MAY_NOT      "{\"status\":{\"allowed\":false,\"reason\":\"no\"}}"

static struct access access;
static struct api    api;
static struct bearer gate;
static int           statuses[8], count, owners[8];

static void
decided(void *owner, int status)
{
	CU_ASSERT_PTR_EQUAL(owner, &owners[count]);
	statuses[count++] = status;
}

static void
begin(void)
{
	script_open();
	script_access(&access);
	api_open(&api, &access, STR("ais-operator/9"));
	gate = (struct bearer){ .api = &api, .path = STR("/metrics"), .decided = decided };
	count = 0;
}

static void
end(void)
{
	api_close(&api);
	world_settle();
}

static int
ask(const char *header)
{
	return bearer_ask(&gate, str_of(header), &owners[count]);
}

/* The whole way, from a token that is not known. */
static int
ask_all(const char *header, const char *access_answer)
{
	int before = count;

	CU_ASSERT_EQUAL(ask(header), 0);
	EXPECT_ASKED(TOKEN_ASKED);
	script_answer(201, "", STR(KNOWN));
	EXPECT_ASKED(ACCESS_ASKED);
	script_answer(201, "", str_of(access_answer));
	CU_ASSERT_EQUAL_FATAL(count, before + 1);
	return statuses[before];
}

static void
who_it_is_and_whether_they_may_is_asked_in_turn(void)
{
	begin();
	CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
	EXPECT_ASKED(TOKEN_ASKED);
	EXPECT_TEXT(script_body(),
	    "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"abc\"}}");
	script_answer(201, "", STR(KNOWN));
	EXPECT_ASKED(ACCESS_ASKED);
	EXPECT_TEXT(script_body(), "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\","
	    "\"spec\":{\"nonResourceAttributes\":{\"path\":\"/metrics\",\"verb\":\"get\"},"
	    "\"user\":\"system:serviceaccount:mon:prom\",\"uid\":\"7\",\"groups\":[\"a\",\"b\"]}}");
	CU_ASSERT_EQUAL(count, 0);
	script_answer(201, "", STR(MAY));
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(statuses[0], 200);
	end();
}

static void
without_a_token_nobody_is_asked(void)
{
	static const char *const headers[] = { "", "Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "Bearer a\"b",
		"bearer abc" };

	begin();
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		CU_ASSERT_EQUAL(ask(headers[i]), 401);
	EXPECT_SILENCE();
	end();
}

static void
an_unknown_token_is_nobody_s_and_is_asked_again(void)
{
	begin();
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
		EXPECT_ASKED(TOKEN_ASKED);
		script_answer(201, "", STR(UNKNOWN));
		CU_ASSERT_EQUAL(statuses[i], 401);
	}
	end();
}

static void
an_api_server_that_does_not_say_lets_nobody_in(void)
{
	static const char *const odd[] = { "", "{}", "[]", "{\"status\":{\"authenticated\":true}}",
		"{\"status\":{\"authenticated\":true,\"user\":{\"username\":7}}}", "{\"status\":{\"allowed\":\"true\"}}" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		begin();
		CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
		EXPECT_ASKED(TOKEN_ASKED);
		script_answer(201, "", i == 5 ? STR(KNOWN) : str_of(odd[i]));
		if (i == 5) {
			EXPECT_ASKED(ACCESS_ASKED);
			script_answer(201, "", str_of(odd[i]));
		}
		CU_ASSERT_EQUAL(statuses[0], i == 5 ? 500 : str_has(str_of(odd[i]), STR("allowed")) ? 401 : 500);
		end();
	}
	begin();
	CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
	EXPECT_ASKED(TOKEN_ASKED);
	script_answer(403, "", STR("{\"kind\":\"Status\",\"message\":\"no\"}"));
	CU_ASSERT_EQUAL(statuses[0], 500);
	end();
}

static void
an_answer_is_remembered_for_its_time(void)
{
	begin();
	CU_ASSERT_EQUAL(ask_all("Bearer abc", MAY), 200);
	script_pass_ms(BEARER_USER_MS - 1);
	CU_ASSERT_EQUAL(ask("Bearer abc"), 200);
	EXPECT_SILENCE();
	script_pass_ms(1);
	CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
	EXPECT_ASKED(TOKEN_ASKED);
	script_answer(201, "", STR(KNOWN));
	CU_ASSERT_EQUAL(statuses[1], 200);
	EXPECT_SILENCE();
	end();
}

static void
a_no_is_remembered_for_half_a_minute(void)
{
	begin();
	CU_ASSERT_EQUAL(ask_all("Bearer abc", MAY_NOT), 403);
	script_pass_ms(BEARER_NO_MS - 1);
	CU_ASSERT_EQUAL(ask("Bearer abc"), 403);
	script_pass_ms(1);
	CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
	EXPECT_ASKED(ACCESS_ASKED);
	script_answer(201, "", STR(MAY));
	CU_ASSERT_EQUAL(statuses[1], 200);
	end();
}

static void
a_token_that_is_somebody_else_now_is_asked_about_anew(void)
{
	begin();
	CU_ASSERT_EQUAL(ask_all("Bearer abc", MAY), 200);
	script_pass_ms(BEARER_USER_MS);
	CU_ASSERT_EQUAL(ask("Bearer abc"), 0);
	EXPECT_ASKED(TOKEN_ASKED);
	script_answer(201, "", STR("{\"status\":{\"authenticated\":true,\"user\":{\"username\":\"other\"}}}"));
	EXPECT_ASKED(ACCESS_ASKED);
	script_answer(201, "", STR(MAY_NOT));
	CU_ASSERT_EQUAL(statuses[1], 403);
	end();
}

static void
few_ask_at_once_and_who_has_left_is_forgotten(void)
{
	begin();
	for (int i = 0; i < BEARER_ASKS; i++)
		CU_ASSERT_EQUAL(bearer_ask(&gate, STR("Bearer abc"), &owners[i]), 0);
	CU_ASSERT_EQUAL(bearer_ask(&gate, STR("Bearer abc"), &owners[7]), 503);
	for (int i = 0; i < BEARER_ASKS; i++)
		bearer_forget(&gate, &owners[i]);
	CU_ASSERT_EQUAL(bearer_ask(&gate, STR("Bearer abc"), &owners[7]), 0);
	bearer_forget(&gate, &owners[7]);
	world_settle();
	CU_ASSERT_EQUAL(count, 0);
	end();
}

static void
a_stranger_is_never_taken_for_one_who_may(void)
{
	char text[] = "Bearer aaa0";

	begin();
	for (int i = 0; i < 2 * BEARER_KNOWN; i++) {
		text[10] = (char)('0' + i);
		count = 0;
		CU_ASSERT_EQUAL(ask_all(text, i % 2 == 0 ? MAY : MAY_NOT), i % 2 == 0 ? 200 : 403);
		CU_ASSERT_EQUAL(ask(text), i % 2 == 0 ? 200 : 403);
		script_pass_ms(1);
	}
	end();
}

SUITE(test_bearer,
    { "who it is and whether they may is asked in turn", who_it_is_and_whether_they_may_is_asked_in_turn },
    { "without a token nobody is asked", without_a_token_nobody_is_asked },
    { "an unknown token is nobody's, and is asked again", an_unknown_token_is_nobody_s_and_is_asked_again },
    { "an API server that does not say lets nobody in", an_api_server_that_does_not_say_lets_nobody_in },
    { "an answer is remembered for its time", an_answer_is_remembered_for_its_time },
    { "a no is remembered for half a minute", a_no_is_remembered_for_half_a_minute },
    { "a token that is somebody else now is asked about anew",
        a_token_that_is_somebody_else_now_is_asked_about_anew },
    { "few ask at once, and who has left is forgotten", few_ask_at_once_and_who_has_left_is_forgotten },
    { "a stranger is never taken for one who may", a_stranger_is_never_taken_for_one_who_may });
