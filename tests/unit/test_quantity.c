/* test_quantity.c - amounts as Kubernetes writes them. */
#include "ais/quantity.h"

#include "test.h"

static struct str
canonical(const char *text, char room[64])
{
	struct out      o = out_over(room, 64);
	struct quantity q;

	if (quantity_parse(str_of(text), &q))
		quantity_print(&q, &o);
	else
		out_str(&o, STR("no"));
	return out_view(&o);
}

static void
expect_table(const char *const (*pairs)[2], size_t count)
{
	char room[64];

	for (size_t i = 0; i < count; i++)
		EXPECT_TEXT(canonical(pairs[i][0], room), pairs[i][1]);
}
#define EXPECT_PAIRS(...) do { \
	static const char *const pairs[][2] = { __VA_ARGS__ }; \
	expect_table(pairs, sizeof(pairs) / sizeof(pairs[0])); \
} while (0)

static void
bytes_have_the_largest_unit_of_two(void)
{
	EXPECT_PAIRS({ "1.5Gi", "1536Mi" }, { "10Gi", "10Gi" }, { "1024Mi", "1Gi" },
	    { "5.8Ti", "6377167441100800m" }, { "23037203685477.58007", "23037203685477580070u" },
	    { "1536Ki", "1536Ki" }, { "0.5Ki", "512" }, { "1Ki", "1Ki" }, { "4Ei", "4Ei" }, { "0.5Mi", "512Ki" });
}

static void
other_amounts_have_the_largest_unit_of_ten(void)
{
	EXPECT_PAIRS({ "0.5", "500m" }, { "2", "2" }, { "1000m", "1" }, { "1500m", "1500m" }, { "1000", "1k" },
	    { "1500", "1500" }, { "2000000", "2M" }, { "0.001", "1m" }, { "0.0005", "500u" }, { "1n", "1n" },
	    { "1.000000001", "1000000001n" }, { "3E", "3E" }, { "12.", "12" }, { ".5", "500m" }, { "007", "7" });
}

static void
exponents_stay_exponents(void)
{
	EXPECT_PAIRS({ "1e3", "1e3" }, { "1E3", "1e3" }, { "12e6", "12e6" }, { "15e2", "1500" },
	    { "5e-1", "500e-3" },
	    { "1e+3", "1e3" });
}

static void
signs_and_zero(void)
{
	EXPECT_PAIRS({ "-1.5Gi", "-1536Mi" }, { "+2", "2" }, { "0", "0" }, { "-0", "0" }, { "0Gi", "0" });
}

static void
what_is_finer_than_a_billionth_is_rounded_up(void)
{
	EXPECT_PAIRS({ "0.0000000001", "1n" }, { "0.5n", "1n" }, { "1.9999999999", "2" },
	    { "0.0000000000000000000001", "1n" });
}

static void
what_is_no_quantity_or_too_large_is_refused(void)
{
	EXPECT_PAIRS({ "", "no" }, { "Gi", "no" }, { ".", "no" }, { "-", "no" }, { "1.2.3", "no" }, { "1 Gi", "no" },
	    { "1gi", "no" }, { "1KiB", "no" }, { "ten", "no" }, { "1e", "no" }, { "0x10", "no" },
	    { "8Ei", "no" }, { "9223372036854775808", "no" }, { "9223372036854775807", "9223372036854775807" },
	    { "100000000000000000000", "no" }, { "1e19", "no" }, { "1e999999999999", "no" });
}

static void
volumes_have_whole_bytes(void)
{
	struct quantity q;
	char            room[64];
	struct out      o = out_over(room, sizeof(room));

	CU_ASSERT(quantity_parse(STR("5.8Ti"), &q));
	q = quantity_floor(q);
	quantity_print(&q, &o);
	EXPECT_TEXT(out_view(&o), "6377167441100");
	CU_ASSERT(quantity_parse(STR("0.5"), &q));
	q = quantity_floor(q);
	CU_ASSERT(!quantity_positive(&q));
	CU_ASSERT(quantity_parse(STR("-1Gi"), &q));
	CU_ASSERT(!quantity_positive(&q));
}

static void
resources_have_whole_thousandths(void)
{
	struct quantity q;
	char            room[64];
	struct out      o = out_over(room, sizeof(room));

	CU_ASSERT(quantity_parse(STR("0.0001"), &q));
	q = quantity_ceil_milli(q);
	quantity_print(&q, &o);
	EXPECT_TEXT(out_view(&o), "1m");
	CU_ASSERT(quantity_parse(STR("1.9999"), &q));
	q = quantity_ceil_milli(q);
	CU_ASSERT_EQUAL(q.units, 2);
	CU_ASSERT_EQUAL(q.nano, 0);
}

static void
a_canonical_text_is_its_own_canonical_text(void)
{
	static const char *const texts[] = { "1.5Gi", "5.8Ti", "0.1234567Mi", "1e-9", "123456789123",
		"1001m", "7E" };
	char                     once[64], twice[64];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str first = canonical(texts[i], once);

		once[first.len] = '\0';
		EXPECT_TEXT(canonical(once, twice), once);
	}
}

SUITE(test_quantity,
    { "bytes have the largest unit of two without a fraction", bytes_have_the_largest_unit_of_two },
    { "others have the largest unit of ten without a fraction", other_amounts_have_the_largest_unit_of_ten },
    { "exponents stay exponents", exponents_stay_exponents },
    { "signs and zero", signs_and_zero },
    { "what is finer than a billionth is rounded up", what_is_finer_than_a_billionth_is_rounded_up },
    { "what is no quantity or too large is refused", what_is_no_quantity_or_too_large_is_refused },
    { "volumes have whole bytes", volumes_have_whole_bytes },
    { "resources have whole thousandths", resources_have_whole_thousandths },
    { "a canonical text is its own canonical text", a_canonical_text_is_its_own_canonical_text });
