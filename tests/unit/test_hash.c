/* test_hash.c - SHA-256 gives what FIPS 180 says. */
#include "kernel/hash.h"

#include "test.h"

static void
the_digest_of_abc_is_known(void)
{
	char       buf[64];
	struct out o = out_over(buf, sizeof(buf));

	sha256_hex(STR("abc"), &o);
	EXPECT_TEXT(out_view(&o), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
nothing_has_a_digest_too(void)
{
	char       buf[64];
	struct out o = out_over(buf, sizeof(buf));

	sha256_hex(STR_NONE, &o);
	EXPECT_TEXT(out_view(&o), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
the_short_form_is_the_first_eight_bytes(void)
{
	uint8_t digest[32];

	CU_ASSERT_EQUAL(sha256_u64(STR("abc")), 0xba7816bf8f01cfeau);
	sha256(STR("abc"), digest);
	CU_ASSERT_EQUAL(digest[0], 0xba);
	CU_ASSERT_EQUAL(digest[31], 0xad);
}

SUITE(test_hash,
    { "the digest of abc is known", the_digest_of_abc_is_known },
    { "nothing has a digest too", nothing_has_a_digest_too },
    { "the short form is the first eight bytes", the_short_form_is_the_first_eight_bytes });
