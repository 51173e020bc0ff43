#include "k8s/reflector.h"
#include "test.h"

static void
it_doubles_from_eight_tenths_of_a_second(void)
{
	CU_ASSERT_EQUAL(backoff_ms(1, 0), 800);
	CU_ASSERT_EQUAL(backoff_ms(2, 0), 1600);
	CU_ASSERT_EQUAL(backoff_ms(5, 0), 12800);
}

static void
it_ends_at_thirty_seconds(void)
{
	CU_ASSERT_EQUAL(backoff_ms(7, 0), 30000);
	CU_ASSERT_EQUAL(backoff_ms(1000, 0), 30000);
	CU_ASSERT_EQUAL(backoff_ms(2000000000, 0), 30000);
}

static void
jitter_adds_up_to_as_much_again(void)
{
	CU_ASSERT_EQUAL(backoff_ms(1, UINT64_MAX), 1599);
	CU_ASSERT_EQUAL(backoff_ms(1, 1ull << 63), 1200);
	CU_ASSERT_TRUE(backoff_ms(100, UINT64_MAX) < 60000);
}

SUITE(test_backoff,
    { "it doubles from 0.8 seconds", it_doubles_from_eight_tenths_of_a_second },
    { "it ends at 30 seconds", it_ends_at_thirty_seconds },
    { "jitter adds up to as much again", jitter_adds_up_to_as_much_again });
