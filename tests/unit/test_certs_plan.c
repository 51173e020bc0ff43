/* test_certs_plan.c - our own certificates, told as small stories. */
#include "webhook/certs.h"

#include "test.h"

#define NOW    INT64_C(1795521600)
#define DAY    CERTIFY_DAY_S
#define CA     (NOW - CERTIFY_EARLY_S)

/* All is well: made now, shown everywhere, served. */
static struct certs_world
calm(void)
{
	return (struct certs_world){ .now_s = NOW, .now_ms = 1000000, .secret = CERTS_THERE, .ours = true,
		.pair = { .authority_from_s = CA, .authority_until_s = CA + CERTIFY_CA_S, .serving_from_s = CA,
		    .serving_until_s = CA + CERTIFY_SERVING_S, .by_newest = true, .id = 7 },
		.holders = { [CERTS_HOOKS] = { .known = CERTS_THERE }, [CERTS_CRD] = { .known = CERTS_THERE } },
		.served = 7, .served_until_s = CA + CERTIFY_SERVING_S };
}

static struct certs_plan plan;

static void
expect_story(const struct certs_world *w, const char *want, const char *file, int line)
{
	char       text[512];
	struct out o = out_over(text, sizeof(text));

	certs_plan(w, &plan);
	certs_plan_print(&plan, &o);
	expect_text(out_view(&o), want, file, line);
	CU_ASSERT_TRUE(plan.again_ms >= 0 && plan.again_ms <= CERTS_LOOK_MS);
}
#define STORY(w, want) expect_story((w), (want), __FILE__, __LINE__)

static void
what_is_not_listed_yet_is_waited_for(void)
{
	struct certs_world w = { .now_s = NOW, .now_ms = 1000000 };

	STORY(&w, "wait: the Secret is not listed yet");
	w.secret = CERTS_ABSENT;
	STORY(&w, "create the Secret: there is none");
	CU_ASSERT_FALSE(plan.shown);
}

static void
the_first_certificate_is_served_at_once_and_shown_then(void)
{
	struct certs_world w = calm();

	w.served = 0;
	w.holders[CERTS_HOOKS].wrong = 3;
	w.holders[CERTS_CRD].wrong = 1;
	STORY(&w, "serve; write caBundle into the webhooks: it holds another");
	CU_ASSERT_FALSE(plan.shown);
	w.served = 7;
	w.holders[CERTS_HOOKS].wrong = 0;
	STORY(&w, "write caBundle into the CRD: it holds another");
	w.holders[CERTS_CRD].wrong = 0;
	STORY(&w, "wait: all is as it should be");
	CU_ASSERT_TRUE(plan.shown);
	CU_ASSERT_EQUAL(plan.again_ms, CERTS_LOOK_MS);
}

static void
who_is_not_there_is_not_missed(void)
{
	struct certs_world w = calm();

	w.holders[CERTS_HOOKS].known = w.holders[CERTS_CRD].known = CERTS_ABSENT;
	STORY(&w, "wait: all is as it should be");
	CU_ASSERT_TRUE(plan.shown);
	w.holders[CERTS_CRD].known = CERTS_UNKNOWN;
	STORY(&w, "wait: who should hold the bundle is not listed yet");
	CU_ASSERT_FALSE(plan.shown);
}

static void
a_secret_of_others_is_not_touched(void)
{
	struct certs_world w = calm();

	w.ours = false;
	w.served = 0;
	w.pair.authority_wrong = "there is no authority in it";
	STORY(&w, "wait: a Secret of that name exists and is not ours (label app.kubernetes.io/managed-by): "
	    "delete it, or mount a certificate");
}

static void
what_is_damaged_is_made_anew_and_no_more_than_that(void)
{
	struct certs_world w = calm();

	w.pair.serving_wrong = "the certificate cannot be read";
	STORY(&w, "sign a certificate: the certificate cannot be read");
	w.pair.authority_wrong = "its authority cannot be read";
	STORY(&w, "replace the Secret: its authority cannot be read");
}

static void
it_is_renewed_at_two_thirds_of_its_life(void)
{
	struct certs_world w = calm();

	w.now_s = CA + CERTIFY_SERVING_S / 3 * 2 - 60;
	STORY(&w, "wait: all is as it should be");
	CU_ASSERT_EQUAL(plan.again_ms, 60000);
	w.now_s += 60;
	STORY(&w, "sign a certificate: two thirds of its life are over");
	/* And what was not renewed in time, an hour before its end: whatever is in the way. */
	w.pair.by_newest = false;
	w.holders[CERTS_HOOKS].known = CERTS_UNKNOWN;
	w.now_s = CA + CERTIFY_SERVING_S - CERTIFY_EARLY_S - 1;
	STORY(&w, "wait: who should hold the bundle is not listed yet");
	w.now_s++;
	STORY(&w, "sign a certificate: the certificate has expired");
}

static void
a_renewed_one_is_served_at_once_because_its_authority_is_known(void)
{
	struct certs_world w = calm();

	w.pair.id = 8;
	STORY(&w, "serve; wait: all is as it should be");
}

static void
a_new_authority_is_shown_first_rests_and_signs_then(void)
{
	struct certs_world w = calm();

	w.now_s = CA + CERTIFY_CA_S / 3 * 2;
	w.pair.serving_from_s = w.now_s - 10 * DAY;
	w.pair.serving_until_s = w.served_until_s = w.pair.serving_from_s + CERTIFY_SERVING_S;
	STORY(&w, "add an authority: two thirds of its authority's life are over");
	w.pair.authority_from_s = w.now_s - CERTIFY_EARLY_S;
	w.pair.authority_until_s = w.pair.authority_from_s + CERTIFY_CA_S;
	w.pair.by_newest = false;
	w.holders[CERTS_HOOKS].wrong = 3;
	STORY(&w, "write caBundle into the webhooks: it holds another");
	w.holders[CERTS_HOOKS].wrong = 0;
	STORY(&w, "wait: all is as it should be");
	w.now_s += CERTS_REST_S - 1;
	STORY(&w, "wait: all is as it should be");
	CU_ASSERT_EQUAL(plan.again_ms, 1000);
	w.now_s++;
	w.holders[CERTS_CRD].wrong = 1;
	STORY(&w, "write caBundle into the CRD: it holds another");
	w.holders[CERTS_CRD].wrong = 0;
	STORY(&w, "sign a certificate: every caBundle holds the new authority");
}

static void
a_certificate_of_a_new_authority_is_served_when_it_is_shown(void)
{
	struct certs_world w = calm();

	w.pair.id = 8;
	w.holders[CERTS_HOOKS].wrong = 1;
	STORY(&w, "write caBundle into the webhooks: it holds another");
	CU_ASSERT_FALSE(plan.serve);
	w.holders[CERTS_HOOKS].wrong = 0;
	STORY(&w, "serve; wait: all is as it should be");
	/* What was served is of no use any more: nothing is lost by going over. */
	w.holders[CERTS_HOOKS].known = CERTS_UNKNOWN;
	w.served_until_s = NOW + CERTIFY_EARLY_S + 1;
	STORY(&w, "wait: who should hold the bundle is not listed yet");
	CU_ASSERT_EQUAL(plan.again_ms, 1000);
	w.served_until_s--;
	STORY(&w, "serve; wait: who should hold the bundle is not listed yet");
}

static void
an_authority_that_has_expired_is_replaced(void)
{
	struct certs_world w = calm();

	w.now_s = CA + CERTIFY_CA_S - CERTIFY_EARLY_S;
	STORY(&w, "replace the Secret: its authority has expired");
}

static void
an_object_that_rests_is_not_written_and_the_others_are(void)
{
	struct certs_world w = calm();

	w.holders[CERTS_HOOKS].wrong = 1;
	w.rests_ms[CERTS_HOOKS] = w.now_ms + 800;
	STORY(&w, "wait: it holds another");
	CU_ASSERT_EQUAL(plan.again_ms, 800);
	w.holders[CERTS_CRD].wrong = 1;
	STORY(&w, "write caBundle into the CRD: it holds another");
	w.secret = CERTS_ABSENT;
	w.rests_ms[CERTS_SECRET] = w.now_ms + 5;
	STORY(&w, "wait: there is none");
	CU_ASSERT_EQUAL(plan.again_ms, 5);
}

static void
a_clock_far_off_does_no_harm(void)
{
	struct certs_world w = calm();

	w.now_s = CA - 1000 * DAY;       /* not valid yet, here; who asks has another clock */
	w.served = 0;
	STORY(&w, "serve; wait: all is as it should be");
	w.now_s = 0;
	STORY(&w, "serve; wait: all is as it should be");
}

SUITE(test_certs_plan,
    { "what is not listed yet is waited for", what_is_not_listed_yet_is_waited_for },
    { "the first certificate is served at once, and shown then",
      the_first_certificate_is_served_at_once_and_shown_then },
    { "who is not there is not missed", who_is_not_there_is_not_missed },
    { "a Secret of others is not touched", a_secret_of_others_is_not_touched },
    { "what is damaged is made anew, and no more than that",
      what_is_damaged_is_made_anew_and_no_more_than_that },
    { "it is renewed at two thirds of its life", it_is_renewed_at_two_thirds_of_its_life },
    { "a renewed one is served at once, because its authority is known",
      a_renewed_one_is_served_at_once_because_its_authority_is_known },
    { "a new authority is shown first, rests, and signs then",
      a_new_authority_is_shown_first_rests_and_signs_then },
    { "a certificate of a new authority is served when it is shown",
      a_certificate_of_a_new_authority_is_served_when_it_is_shown },
    { "an authority that has expired is replaced", an_authority_that_has_expired_is_replaced },
    { "an object that rests is not written, and the others are",
      an_object_that_rests_is_not_written_and_the_others_are },
    { "a clock far off does no harm", a_clock_far_off_does_no_harm });
