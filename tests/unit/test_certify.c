/* test_certify.c - our authority and its certificates, before our own X.509 judge. */
#include "webhook/certify.h"

#include "net/der.h"
#include "net/tls_inner.h"
#include "test.h"
#include "tests/world/world.h"

#define NOW      1795521600          /* as the world begins */
#define SVC      "hooks.ops.svc"
#define SVC_LONG "hooks.ops.svc.cluster.local"

static const struct certify_names names = {
	STR_INIT("hooks"), STR_INIT("ops"), STR_INIT("cluster.local"),
};

static char             block[4 * CERTIFY_ARENA];
static struct arena     a;
static struct certified ca, serving;

static const unsigned char *
seed(unsigned char n)
{
	static unsigned char s[2][CERTIFY_SEED];
	static int           next;
	unsigned char       *at = s[next++ % 2];

	memset(at, n, CERTIFY_SEED);
	return at;
}

static void
begin(void)
{
	world_reset();
	arena_init(&a, block, sizeof(block));
	certify_authority(seed(1), NOW, &a, &ca);
	CU_ASSERT_TRUE(certify_serving(seed(2), NOW, &ca, &names, &a, &serving));
	CU_ASSERT_TRUE(arena_ok(&a));
}

static struct str
der_of(struct str pem)
{
	struct str  name, der = STR_NONE;
	const char *why;

	CU_ASSERT_TRUE(pem_next(&pem, &a, &name, &der, &why));
	return der;
}

/* What the judge of a client says at the world's time; 0: fine. */
static unsigned
judge(struct str bundle, struct str cert, struct str name)
{
	static struct tls_judge j;
	const char             *why;
	struct tls_trust       *t = tls_trust_parse(bundle, &why);
	struct str              der = der_of(cert);
	unsigned                error;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	tls_judge_begin(&j, t, name, false);
	j.vtable->start_chain(&j.vtable, NULL);
	j.vtable->start_cert(&j.vtable, (uint32_t)der.len);
	j.vtable->append(&j.vtable, (const unsigned char *)der.at, der.len);
	j.vtable->end_cert(&j.vtable);
	error = j.vtable->end_chain(&j.vtable);
	tls_trust_drop(t);
	return error;
}

static void
it_is_accepted_under_both_of_its_names_and_no_other(void)
{
	begin();
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC)), 0);
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC_LONG)), 0);
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR("hooks.ops")), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR("ais-operator-webhook")), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_TRUE(cert_names(der_of(serving.cert), STR(SVC)));
	CU_ASSERT_FALSE(cert_names(der_of(serving.cert), STR("hooks.ops.sv")));
	CU_ASSERT_FALSE(cert_names(der_of(ca.cert), STR(SVC)));
}

static void
it_is_accepted_from_an_hour_ago_for_a_year(void)
{
	const struct { int64_t at_s; unsigned error; } cases[] = {
		{ -CERTIFY_EARLY_S - 1, BR_ERR_X509_EXPIRED }, { -CERTIFY_EARLY_S, 0 }, { 0, 0 },
		{ CERTIFY_SERVING_S - CERTIFY_EARLY_S, 0 },
		{ CERTIFY_SERVING_S - CERTIFY_EARLY_S + 1, BR_ERR_X509_EXPIRED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		world_step_wall_us(cases[i].at_s * 1000000);
		CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC)), cases[i].error);
	}
}

static void
it_never_outlives_its_authority(void)
{
	struct cert late, authority;

	begin();
	CU_ASSERT_TRUE(certify_serving(seed(3), NOW + CERTIFY_CA_S - CERTIFY_DAY_S, &ca, &names, &a, &serving));
	CU_ASSERT_TRUE(cert_read(der_of(serving.cert), &late));
	CU_ASSERT_TRUE(cert_read(der_of(ca.cert), &authority));
	CU_ASSERT_EQUAL(authority.from_s, NOW - CERTIFY_EARLY_S);
	CU_ASSERT_EQUAL(authority.until_s, authority.from_s + CERTIFY_CA_S);
	CU_ASSERT_EQUAL(late.until_s, authority.until_s);
}

static void
another_authority_does_not_vouch_for_it_and_both_in_one_bundle_do(void)
{
	struct certified other, theirs;
	struct cert      c, mine, not_mine;
	struct str       both;

	begin();
	certify_authority(seed(9), NOW, &a, &other);
	CU_ASSERT_TRUE(certify_serving(seed(8), NOW, &other, &names, &a, &theirs));
	CU_ASSERT_EQUAL(judge(other.cert, serving.cert, STR(SVC)), BR_ERR_X509_NOT_TRUSTED);
	both = JOIN(&a, other.cert, ca.cert);
	CU_ASSERT_EQUAL(judge(both, serving.cert, STR(SVC)), 0);
	CU_ASSERT_EQUAL(judge(both, theirs.cert, STR(SVC)), 0);
	CU_ASSERT_TRUE(cert_read(der_of(serving.cert), &c));
	CU_ASSERT_TRUE(cert_read(der_of(ca.cert), &mine));
	CU_ASSERT_TRUE(cert_read(der_of(other.cert), &not_mine));
	CU_ASSERT_TRUE(cert_signed_by(&c, &mine));
	CU_ASSERT_FALSE(cert_signed_by(&c, &not_mine));
	not_mine.subject = mine.subject;         /* and a name alone is nothing */
	CU_ASSERT_FALSE(cert_signed_by(&c, &not_mine));
}

static void
no_part_of_what_is_signed_can_be_changed(void)
{
	static char copy[4096];
	struct str  der;
	struct cert c, authority;

	begin();
	der = der_of(serving.cert);
	CU_ASSERT_TRUE(cert_read(der_of(ca.cert), &authority));
	for (size_t i = 0; i < der.len; i += 5) {
		memcpy(copy, der.at, der.len);
		copy[i] ^= 1;
		if (cert_read((struct str){ copy, der.len }, &c))
			CU_ASSERT_FALSE(cert_signed_by(&c, &authority));
	}
	for (size_t len = 0; len < der.len; len++)
		CU_ASSERT_FALSE(cert_read(str_upto(der, len), &c));
}

static void
the_same_seed_gives_the_same_and_another_another(void)
{
	struct certified again, another;

	begin();
	certify_authority(seed(1), NOW, &a, &again);
	CU_ASSERT_TRUE(str_eq(again.cert, ca.cert) && str_eq(again.key, ca.key));
	certify_authority(seed(5), NOW, &a, &another);
	CU_ASSERT_FALSE(str_eq(another.cert, ca.cert) || str_eq(another.key, ca.key));
}

static void
the_pair_is_an_identity_as_any_other(void)
{
	const char          *why;
	struct tls_identity *id;

	begin();
	id = tls_identity_parse(serving.cert, serving.key, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	CU_ASSERT_EQUAL(id->key_type, BR_KEYTYPE_EC);
	CU_ASSERT_EQUAL(id->key.ec.curve, BR_EC_secp256r1);
	tls_identity_drop(id);
	id = tls_identity_parse(serving.cert, ca.key, &why);
	CU_ASSERT_PTR_NULL(id);
}

static void
an_authority_that_is_damaged_signs_nothing(void)
{
	struct certified bad, got;

	begin();
	bad = (struct certified){ ca.cert, serving.key };
	CU_ASSERT_FALSE(certify_serving(seed(2), NOW, &bad, &names, &a, &got));
	bad = (struct certified){ ca.key, ca.key };
	CU_ASSERT_FALSE(certify_serving(seed(2), NOW, &bad, &names, &a, &got));
	bad = (struct certified){ STR(""), STR("") };
	CU_ASSERT_FALSE(certify_serving(seed(2), NOW, &bad, &names, &a, &got));
	for (size_t len = 0; len < ca.key.len - 1; len += 3) {
		bad = (struct certified){ ca.cert, str_upto(ca.key, len) };
		CU_ASSERT_FALSE(certify_serving(seed(2), NOW, &bad, &names, &a, &got));
	}
}

static void
a_domain_that_makes_no_name_is_left_out(void)
{
	static char          domain[300];
	struct certify_names n = names;

	begin();
	memset(domain, 'd', sizeof(domain));
	n.domain = (struct str){ domain, sizeof(domain) };
	CU_ASSERT_TRUE(certify_serving(seed(2), NOW, &ca, &n, &a, &serving));
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC)), 0);
	n.domain = STR_NONE;
	CU_ASSERT_TRUE(certify_serving(seed(2), NOW, &ca, &n, &a, &serving));
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC)), 0);
	CU_ASSERT_EQUAL(judge(ca.cert, serving.cert, STR(SVC_LONG)), BR_ERR_X509_BAD_SERVER_NAME);
}

static void
a_clock_that_is_far_off_gives_dates_all_the_same(void)
{
	static const int64_t clocks[] = { -99999999, 0, 250000000000, 900000000000 };

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct cert c;

		begin();
		certify_authority(seed(1), clocks[i], &a, &ca);
		CU_ASSERT_TRUE(certify_serving(seed(2), clocks[i], &ca, &names, &a, &serving));
		CU_ASSERT_TRUE(cert_read(der_of(serving.cert), &c));
		CU_ASSERT_EQUAL(c.until_s - c.from_s, CERTIFY_SERVING_S);
	}
}

static void
too_little_room_is_told(void)
{
	struct arena small;
	static char  little[600];

	begin();
	arena_init(&small, little, sizeof(little));
	CU_ASSERT_FALSE(certify_serving(seed(2), NOW, &ca, &names, &small, &serving));
	arena_init(&small, little, sizeof(little));
	certify_authority(seed(2), NOW, &small, &ca);
	CU_ASSERT_FALSE(arena_ok(&small));
}

SUITE(test_certify,
    { "it is accepted under both of its names, and no other",
      it_is_accepted_under_both_of_its_names_and_no_other },
    { "it is accepted from an hour ago for a year", it_is_accepted_from_an_hour_ago_for_a_year },
    { "it never outlives its authority", it_never_outlives_its_authority },
    { "another authority does not vouch for it, and both in one bundle do",
      another_authority_does_not_vouch_for_it_and_both_in_one_bundle_do },
    { "no part of what is signed can be changed", no_part_of_what_is_signed_can_be_changed },
    { "the same seed gives the same, and another another", the_same_seed_gives_the_same_and_another_another },
    { "the pair is an identity as any other", the_pair_is_an_identity_as_any_other },
    { "an authority that is damaged signs nothing", an_authority_that_is_damaged_signs_nothing },
    { "a domain that makes no name is left out", a_domain_that_makes_no_name_is_left_out },
    { "a clock that is far off gives dates all the same", a_clock_that_is_far_off_gives_dates_all_the_same },
    { "too little room is told", too_little_room_is_told });
