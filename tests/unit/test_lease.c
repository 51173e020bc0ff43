#include "k8s/lease.h"

#include <stdio.h>

#include "k8s/lease_record.h"
#include "kernel/clock.h"
#include "tests/peer/script.h"
#include "tests/world/world_inner.h"

#define PATH "/apis/coordination.k8s.io/v1/namespaces/ns/leases"

static struct access access;
static struct api    api;
static struct lease  one, two;
static char          told[256];
static size_t        told_len;

static void
tell(const struct lease *l, struct str what)
{
	struct out o = out_over(told + told_len, sizeof(told) - told_len);

	OUT(&o, l->identity, STR(" "), what, STR(";"));
	told_len += o.len;
}

static void gained(struct lease *l) { tell(l, STR("gained")); }
static void lost(struct lease *l) { tell(l, STR("lost")); }
static void released(struct lease *l) { tell(l, STR("released")); }

static struct str
what_was_told(void)
{
	struct str t = { told, told_len };

	told_len = 0;
	return t;
}

static void
make(struct lease *l, struct str identity)
{
	*l = (struct lease){ .api = &api, .ns = STR("ns"), .name = STR("op"), .identity = identity, .gained = gained,
		.lost = lost, .released = released };
}

static void
begin(void)
{
	script_open();
	script_access(&access);
	api_open(&api, &access, STR("test/1"));
	make(&one, STR("one"));
	make(&two, STR("two"));
	told_len = 0;
}

static void
end(void)
{
	lease_stop(&one);
	lease_stop(&two);
	api_close(&api);
}

/* As the API server shows it. */
static struct str
shown(const char *holder, int version, int renewed, int seconds, int transitions)
{
	static char text[1024];
	int         len = snprintf(text, sizeof(text), "{\"kind\":\"Lease\",\"metadata\":{\"name\":\"op\","
	    "\"namespace\":\"ns\",\"resourceVersion\":\"%d\",\"uid\":\"u\"},\"spec\":{\"holderIdentity\":\"%s\","
	    "\"leaseDurationSeconds\":%d,\"acquireTime\":\"2026-11-24T11:00:00.000000Z\","
	    "\"renewTime\":\"2026-11-24T11:00:%02d.000000Z\",\"leaseTransitions\":%d}}",
	    version, holder, seconds, renewed, transitions);

	return (struct str){ text, (size_t)len };
}

/* Of what was written last. */
static struct lease_record
wrote(void)
{
	struct lease_record r;

	CU_ASSERT_TRUE(lease_record_parse(script_body(), &r));
	return r;
}

static void
gain(void)
{
	begin();
	lease_start(&one);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("", 5, 0, 1, 3));
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(200, "", shown("one", 6, 1, 15, 4));
	EXPECT_TEXT(what_was_told(), "one gained;");
}

static void
where_there_is_none_it_is_made(void)
{
	begin();
	lease_start(&one);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(404, "", STR("{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"no\",\"code\":404}"));
	EXPECT_ASKED("POST " PATH);
	EXPECT_TEXT(script_body(), "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\","
	    "\"metadata\":{\"name\":\"op\",\"namespace\":\"ns\"},"
	    "\"spec\":{\"holderIdentity\":\"one\",\"leaseDurationSeconds\":15,"
	    "\"acquireTime\":\"2026-11-24T12:00:00.000000Z\",\"renewTime\":\"2026-11-24T12:00:00.000000Z\","
	    "\"leaseTransitions\":0}}");
	CU_ASSERT_FALSE(lease_held(&one));
	script_answer(201, "", shown("one", 1, 0, 15, 0));
	CU_ASSERT_TRUE(lease_held(&one));
	EXPECT_TEXT(what_was_told(), "one gained;");
	end();
}

static void
a_released_one_is_taken_at_once_on_its_version(void)
{
	gain();
	EXPECT_TEXT(wrote().version, "5");
	EXPECT_TEXT(wrote().holder, "one");
	CU_ASSERT_EQUAL(wrote().transitions, 4);
	end();
}

static void
it_is_renewed_every_two_seconds_by_one_put(void)
{
	gain();
	script_pass_ms(1999);
	EXPECT_SILENCE();
	script_pass_ms(1);
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "6");
	CU_ASSERT_EQUAL(wrote().transitions, 4);
	CU_ASSERT_TRUE(str_has(script_body(), STR("\"acquireTime\":\"2026-11-24T11:00:00.000000Z\"")));
	script_answer(200, "", shown("one", 7, 2, 15, 4));
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "7");
	EXPECT_TEXT(what_was_told(), "");
	end();
}

/* Ten seconds from when the last good renewal was sent, not from when it was answered. */
static void
not_renewed_in_time_it_is_lost_before_it_expires(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_refuse(true);
	script_cut();
	script_pass_ms(7999);
	CU_ASSERT_TRUE(lease_held(&one));
	EXPECT_TEXT(what_was_told(), "");
	script_pass_ms(1);
	CU_ASSERT_FALSE(lease_held(&one));
	EXPECT_TEXT(what_was_told(), "one lost;");
	CU_ASSERT_EQUAL(one.state, LEASE_WAITING);
	end();
}

/* A process that was stopped for a while knows it before any timer tells it. */
static void
by_our_own_clock_it_is_not_held_after_a_pause(void)
{
	gain();
	clock_pass_us(1000 * (LEASE_RENEW_MS - 1));
	CU_ASSERT_TRUE(lease_held(&one));
	clock_pass_us(1000);
	CU_ASSERT_FALSE(lease_held(&one));
	CU_ASSERT_EQUAL(one.state, LEASE_HELD);
	end();
}

static void
an_answer_that_hangs_is_given_up_and_tried_again(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_pass_ms(LEASE_CALL_MS + LEASE_RETRY_MS + LEASE_RETRY_MS / 5);
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(200, "", shown("one", 7, 2, 15, 4));
	script_pass_ms(1000);
	CU_ASSERT_TRUE(lease_held(&one));
	end();
}

/* Others' long calls are in the way of nobody's renewal. */
static void
a_renewal_never_waits_behind_other_calls(void)
{
	static struct request hung[8];

	gain();
	for (int i = 0; i < 8; i++) {
		hung[i] = (struct request){ .verb = VERB_GET, .kind = &kind_pod, .ns = STR("n"), .name = STR("p") };
		hung[i].done = NULL;
		api_send(&api, &hung[i]);
	}
	EXPECT_ASKED("GET /api/v1/namespaces/n/pods/p");
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	for (int i = 0; i < 8; i++)
		api_cancel(&hung[i]);
	end();
}

static void
somebody_elses_it_is_lost_at_once(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(409, "", STR("{\"kind\":\"Status\",\"reason\":\"Conflict\",\"message\":\"no\",\"code\":409}"));
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("two", 9, 3, 15, 5));
	EXPECT_TEXT(what_was_told(), "one lost;");
	end();
}

/* A label put on it by a person is no reason to stop. */
static void
a_conflict_over_our_own_is_written_again(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(409, "", STR("{}"));
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("one", 9, 3, 15, 4));
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "9");
	script_answer(200, "", shown("one", 10, 4, 15, 4));
	CU_ASSERT_TRUE(lease_held(&one));
	end();
}

static void
of_two_who_race_one_gains(void)
{
	int first, second;

	begin();
	lease_start(&one);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("", 5, 0, 1, 0));
	EXPECT_ASKED("PUT " PATH "/op");
	first = script_conn();
	api.lanes[LANE_CALLS].conns_max = 2;
	lease_start(&two);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("", 5, 0, 1, 0));
	EXPECT_ASKED("PUT " PATH "/op");
	second = script_conn();
	script_to(first);
	script_answer(200, "", shown("one", 6, 1, 15, 1));
	script_to(second);
	script_answer(409, "", STR("{\"kind\":\"Status\",\"reason\":\"Conflict\",\"message\":\"no\",\"code\":409}"));
	EXPECT_TEXT(what_was_told(), "one gained;");
	CU_ASSERT_FALSE(lease_held(&two));
	end();
}

static void
waits_for(const char *holder, int seconds)
{
	begin();
	lease_start(&one);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown(holder, 5, 0, seconds, 3));
	EXPECT_ASKED("GET " PATH "?fieldSelector=metadata.name%3Dop&resourceVersion=5&timeoutSeconds=N&watch=true");
}

/* However old the other's renewTime looks: its clock is not ours. */
static void
expiry_counts_from_when_it_was_last_seen_to_change(void)
{
	waits_for("two", 15);
	script_answer(403, "", STR("{}"));
	for (int i = 0; i < 7; i++) {
		script_pass_ms(2000);
		if (str_eq(script_asked(), STR("GET " PATH "/op")))
			script_answer(200, "", shown("two", 5, 0, 15, 3));
	}
	CU_ASSERT_FALSE(lease_held(&one));
	script_pass_ms(1000);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("two", 5, 0, 15, 3));
	EXPECT_ASKED("PUT " PATH "/op");
	CU_ASSERT_EQUAL(wrote().transitions, 4);
	script_answer(200, "", shown("one", 6, 0, 15, 4));
	EXPECT_TEXT(what_was_told(), "one gained;");
	end();
}

static void
it_expires_when_its_holder_said_it_would(void)
{
	waits_for("two", 60);
	script_answer(403, "", STR("{}"));
	for (int i = 0; i < 25; i++) {
		script_pass_ms(2300);
		if (str_eq(script_asked(), STR("GET " PATH "/op")))
			script_answer(200, "", shown("two", 5, 0, 60, 3));
	}
	CU_ASSERT_EQUAL(api.counts[VERB_UPDATE], 0);
	script_pass_ms(2500);
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("two", 5, 0, 60, 3));
	EXPECT_ASKED("PUT " PATH "/op");
	end();
}

static void
a_renewal_of_the_other_starts_the_count_anew(void)
{
	waits_for("two", 15);
	script_answer(403, "", STR("{}"));
	for (int i = 1; i <= 20; i++) {
		script_pass_ms(2500);
		if (str_eq(script_asked(), STR("GET " PATH "/op")))
			script_answer(200, "", shown("two", 5 + i, i, 15, 3));
	}
	EXPECT_TEXT(what_was_told(), "");
	CU_ASSERT_EQUAL(one.state, LEASE_WAITING);
	CU_ASSERT_EQUAL(api.counts[VERB_UPDATE], 0);
	end();
}

static void
who_waits_hears_of_the_release_at_once(void)
{
	char         event[1200];
	struct str   object;
	int          len;

	waits_for("two", 15);
	script_stream();
	script_pass_ms(1000);
	object = shown("", 6, 1, 1, 3);
	len = snprintf(event, sizeof(event), "{\"type\":\"MODIFIED\",\"object\":" STR_FMT "}\n", STR_ARG(object));
	script_piece((struct str){ event, (size_t)len });
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "6");
	script_answer(200, "", shown("one", 7, 1, 15, 4));
	EXPECT_TEXT(what_was_told(), "one gained;");
	CU_ASSERT_FALSE(one.watch.busy);
	end();
}

static void
while_the_watch_speaks_nothing_is_asked(void)
{
	char         event[1200];
	struct str   object;
	int          len;

	waits_for("two", 15);
	script_stream();
	for (int i = 1; i <= 10; i++) {
		script_pass_ms(2000);
		object = shown("two", 5 + i, i, 15, 3);
		len = snprintf(event, sizeof(event), "{\"type\":\"MODIFIED\",\"object\":" STR_FMT "}\n", STR_ARG(object));
		script_piece((struct str){ event, (size_t)len });
	}
	CU_ASSERT_EQUAL(api.counts[VERB_GET], 1);
	script_pass_ms(9000);
	EXPECT_ASKED("GET " PATH "/op");
	end();
}

static void
steps_of_the_wall_clock_change_nothing(void)
{
	gain();
	world_step_wall_us(3600ll * 1000000);
	CU_ASSERT_TRUE(lease_held(&one));
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(200, "", shown("one", 7, 2, 15, 4));
	world_step_wall_us(-7200ll * 1000000);
	script_pass_ms(2000);
	CU_ASSERT_TRUE(lease_held(&one));
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(what_was_told(), "");
	end();
}

static void
a_clean_stop_gives_it_back(void)
{
	gain();
	lease_release(&one);
	CU_ASSERT_FALSE(lease_held(&one));
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().holder, "");
	CU_ASSERT_EQUAL(wrote().seconds, 1);
	CU_ASSERT_EQUAL(wrote().transitions, 4);
	EXPECT_TEXT(what_was_told(), "");
	script_answer(200, "", shown("", 7, 2, 1, 4));
	EXPECT_TEXT(what_was_told(), "one released;");
	CU_ASSERT_EQUAL(one.state, LEASE_OVER);
	end();
}

/* The renewal that was in flight may have been done. */
static void
a_release_over_a_renewal_in_flight_looks_again(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	lease_release(&one);
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "6");
	script_answer(409, "", STR("{}"));
	EXPECT_ASKED("GET " PATH "/op");
	script_answer(200, "", shown("one", 7, 2, 15, 4));
	EXPECT_ASKED("PUT " PATH "/op");
	EXPECT_TEXT(wrote().version, "7");
	script_answer(200, "", shown("", 8, 2, 1, 4));
	EXPECT_TEXT(what_was_told(), "one released;");
	end();
}

static void
a_release_does_not_wait_for_ever(void)
{
	gain();
	lease_release(&one);
	EXPECT_ASKED("PUT " PATH "/op");
	script_pass_ms(LEASE_RELEASE_MS);
	EXPECT_TEXT(what_was_told(), "one released;");
	end();
}

static void
who_never_held_it_has_nothing_to_give_back(void)
{
	waits_for("two", 15);
	lease_release(&one);
	EXPECT_TEXT(what_was_told(), "");
	world_settle();
	EXPECT_TEXT(what_was_told(), "one released;");
	CU_ASSERT_EQUAL(api.counts[VERB_UPDATE], 0);
	end();
}

static void
a_lease_that_is_deleted_is_lost(void)
{
	gain();
	script_pass_ms(2000);
	EXPECT_ASKED("PUT " PATH "/op");
	script_answer(404, "", STR("{}"));
	EXPECT_TEXT(what_was_told(), "one lost;");
	end();
}

/* A name with an escape in it is somebody's. */
static void
a_strange_holder_is_still_a_holder(void)
{
	struct lease_record r;

	CU_ASSERT_TRUE(lease_record_parse(shown("a\\n", 1, 0, 15, 0), &r));
	CU_ASSERT_TRUE(r.holder.len > 0);
	CU_ASSERT_FALSE(lease_record_parse(STR("{\"metadata\":{\"name\":\"x\"},\"spec\":"
	    "{\"leaseDurationSeconds\":\"15\"}}"), &r));
	CU_ASSERT_TRUE(lease_record_parse(STR("{\"metadata\":{\"name\":\"x\"},"
	    "\"spec\":{\"holderIdentity\":null}}"), &r));
	CU_ASSERT_EQUAL(r.holder.len, 0);
}

SUITE(test_lease,
    { "where there is none it is made", where_there_is_none_it_is_made },
    { "a released one is taken at once, on its version", a_released_one_is_taken_at_once_on_its_version },
    { "it is renewed every two seconds by one PUT", it_is_renewed_every_two_seconds_by_one_put },
    { "not renewed in time it is lost before it expires", not_renewed_in_time_it_is_lost_before_it_expires },
    { "by our own clock it is not held after a pause", by_our_own_clock_it_is_not_held_after_a_pause },
    { "an answer that hangs is given up and tried again", an_answer_that_hangs_is_given_up_and_tried_again },
    { "a renewal never waits behind other calls", a_renewal_never_waits_behind_other_calls },
    { "somebody else's, it is lost at once", somebody_elses_it_is_lost_at_once },
    { "a conflict over our own is written again", a_conflict_over_our_own_is_written_again },
    { "of two who race one gains", of_two_who_race_one_gains },
    { "expiry counts from when it was last seen to change",
      expiry_counts_from_when_it_was_last_seen_to_change },
    { "it expires when its holder said it would", it_expires_when_its_holder_said_it_would },
    { "a renewal of the other starts the count anew", a_renewal_of_the_other_starts_the_count_anew },
    { "who waits hears of the release at once", who_waits_hears_of_the_release_at_once },
    { "while the watch speaks nothing is asked", while_the_watch_speaks_nothing_is_asked },
    { "steps of the wall clock change nothing", steps_of_the_wall_clock_change_nothing },
    { "a clean stop gives it back", a_clean_stop_gives_it_back },
    { "a release over a renewal in flight looks again", a_release_over_a_renewal_in_flight_looks_again },
    { "a release does not wait for ever", a_release_does_not_wait_for_ever },
    { "who never held it has nothing to give back", who_never_held_it_has_nothing_to_give_back },
    { "a lease that is deleted is lost", a_lease_that_is_deleted_is_lost },
    { "a strange holder is still a holder", a_strange_holder_is_still_a_holder });
