/* test_amount.c - times and sizes of AIS's configuration. */
#include "ais/amount.h"

#include "sample.h"

#include "test.h"

static void
a_time_is_numbers_with_units(void)
{
	static const struct {
		const char *text;
		int64_t     ns;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "90s", 90000000000 }, { "1h30m", 5400000000000 }, { "1.5s", 1500000000 },
		{ "-250ms", -250000000 }, { "+2us", 2000 }, { "3\xc2\xb5s", 3000 }, { ".5m", 30000000000 }, { "1ns", 1 },
		{ "5.s", 5000000000 }, { "2562047h47m16.854775807s", INT64_MAX },
	};
	struct arena *a = sample_begin();
	struct str    why;
	int64_t       ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT(duration_parse(str_of(good[i].text), &ns, a, &why));
		CU_ASSERT_EQUAL(ns, good[i].ns);
	}
}

static void
what_go_cannot_read_as_a_time_is_refused_in_its_words(void)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "invalid duration" }, { "30", "missing unit" }, { "1d", "unknown unit \"d\"" },
		{ "s", "invalid duration" }, { ".s", "invalid duration" }, { "-", "invalid duration" },
		{ "1h 30m", "unknown unit \"h \"" }, { "3000000h", "invalid duration" }, { "1s-", "unknown unit" },
		{ "99999999999999999999s", "invalid duration" }, { "never", "invalid duration" },
		{ "1h30", "missing unit" }, { " 1s", "invalid duration" },
	};
	struct arena *a = sample_begin();
	struct str    why;
	int64_t       ns;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = STR_NONE;
		CU_ASSERT(!duration_parse(str_of(bad[i].text), &ns, a, &why));
		CU_ASSERT(str_starts(why, str_of(bad[i].why)));
	}
}

static void
a_size_is_binary_whatever_its_unit_says(void)
{
	static const struct {
		const char *text;
		int64_t     bytes;
	} good[] = {
		{ "", 0 }, { "  ", 0 }, { "4194304", 4194304 }, { "10GB", 10737418240 }, { "10GiB", 10737418240 },
		{ "1.5kib", 1536 }, { "64k", 65536 }, { " 2 MiB ", 2097152 }, { "7b", 7 }, { "-1", -1 }, { "+3", 3 },
		{ "1Ti", 1099511627776 }, { ".5K", 512 }, { "8191TiB", 9006099743113216 },
	};
	struct str why;
	int64_t    bytes;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT(size_parse(str_of(good[i].text), &bytes, &why));
		CU_ASSERT_EQUAL(bytes, good[i].bytes);
	}
}

static void
what_is_no_size_is_refused(void)
{
	static const char *const bad[] = { "huge", "B", "1.2.3K", "1PiB", "1e3", "--1", "0x10", "1 0", "KiB1" };
	struct str  why;
	int64_t     bytes;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT(!size_parse(str_of(bad[i]), &bytes, &why));
		CU_ASSERT(str_starts(why, STR("invalid syntax")));
	}
	CU_ASSERT(!size_parse(STR("99999999999T"), &bytes, &why));
	CU_ASSERT(str_starts(why, STR("value out of range")));
	CU_ASSERT(!size_parse(STR("99999999999999999999"), &bytes, &why));
	CU_ASSERT(str_starts(why, STR("value out of range")));
}

SUITE(test_amount,
    { "a time is numbers with units", a_time_is_numbers_with_units },
    { "what Go cannot read as a time is refused in its words",
        what_go_cannot_read_as_a_time_is_refused_in_its_words },
    { "a size is binary, whatever its unit says", a_size_is_binary_whatever_its_unit_says },
    { "what is no size is refused", what_is_no_size_is_refused });
