/* test_probe.c - the way through our own door. */
#include "webhook/probe.h"

#include "script.h"

static struct access access;
static struct api    api;
static struct probe  probe;
static int           passed;

static void
on_passed(struct probe *p)
{
	CU_ASSERT_PTR_EQUAL(p, &probe);
	passed++;
}

static void
begin(void)
{
	script_open();
	script_access(&access);
	api_open(&api, &access, STR("t"));
	passed = 0;
	probe = (struct probe){ .api = &api, .ns = STR("op"), .passed = on_passed,
		.request = { .into = probe.request.into } };
	probe_start(&probe);
}

static void
end(void)
{
	probe_stop(&probe);
	api_close(&api);
	world_settle();
}

#define ALPHA "POST /apis/ais.nvidia.com/v1alpha1/namespaces/op/aistores?dryRun=All&fieldManager=manager"
#define BETA  "POST /apis/ais.nvidia.com/v1beta1/namespaces/op/aistores?dryRun=All&fieldManager=manager"
#define IN_THE_WAY STR("{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"InternalError\"," \
	"\"message\":\"failed calling webhook\",\"code\":500}")

static void
a_denial_is_an_answer(void)
{
	begin();
	EXPECT_ASKED(ALPHA);
	CU_ASSERT(str_has(script_body(), STR("ais.nvidia.com/v1alpha1")));
	script_answer(403, "", STR("{}"));
	CU_ASSERT_EQUAL(passed, 1);
	EXPECT_SILENCE();
	end();
}

static void
without_v1alpha1_the_stored_version_is_tried(void)
{
	begin();
	EXPECT_ASKED(ALPHA);
	script_answer(404, "", STR("404 page not found"));
	EXPECT_ASKED(BETA);
	CU_ASSERT(str_has(script_body(), STR("ais.nvidia.com/v1beta1")));
	CU_ASSERT_EQUAL(passed, 0);
	script_answer(201, "", STR("{}"));
	CU_ASSERT_EQUAL(passed, 1);
	end();
}

static void
what_is_in_the_way_is_waited_for_and_not_stormed(void)
{
	int asked = 0;

	begin();
	for (int64_t at = 0; at < PROBE_WAIT_MS - 1000; at += 10) {
		if (str_eq(script_asked(), STR(ALPHA))) {
			asked++;
			script_answer(500, "", IN_THE_WAY);
		}
		script_pass_ms(10);
	}
	CU_ASSERT_EQUAL(passed, 0);
	CU_ASSERT(asked > 20 && asked < 40);
	end();
}

static void
after_a_minute_it_goes_on(void)
{
	begin();
	for (int64_t at = 0; at < PROBE_WAIT_MS + 2 * PROBE_LAST_MS && passed == 0; at += 10) {
		if (str_eq(script_asked(), STR(ALPHA)))
			script_answer(500, "", IN_THE_WAY);
		script_pass_ms(10);
	}
	CU_ASSERT_EQUAL(passed, 1);
	end();
}

SUITE(test_probe,
    { "a denial is an answer", a_denial_is_an_answer },
    { "without v1alpha1 the stored version is tried", without_v1alpha1_the_stored_version_is_tried },
    { "what is in the way is waited for, and not stormed", what_is_in_the_way_is_waited_for_and_not_stormed },
    { "after a minute it goes on", after_a_minute_it_goes_on });
