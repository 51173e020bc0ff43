/* test_time_text.c - rules of moments as text. */
#include "kernel/time_text.h"

#include "test.h"

#define SECOND INT64_C(1000000)

static const struct { int64_t second; const char *text; } moments[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ 951868799, "2000-02-29T23:59:59Z" },
	{ 951868800, "2000-03-01T00:00:00Z" },
	{ 1709164800, "2024-02-29T00:00:00Z" },
	{ 1795554381, "2026-11-24T21:06:21Z" },
	{ 4107542400, "2100-03-01T00:00:00Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
	{ -62167219200, "0000-01-01T00:00:00Z" },
};

static const char *const wrong[] = {
	"", "2026-11-24", "2026-11-24T21:06:21", "2026-11-24 21:06:21Z", "2026-11-24T21:06:21z",
	"2026-11-24t21:06:21Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
	"2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
	"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "-026-01-01T00:00:00Z",
	"2026-1-01T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1:00",
	"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100", "2026-01-01T00:-1:00Z",
};

static bool
parses(const char *text, int64_t *us)
{
	return time_parse(str_of(text), us);
}

static void
a_moment_and_its_text_are_two_sides_of_one_thing(void)
{
	char       buf[40];
	struct out o;
	int64_t    us;

	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		o = out_over(buf, sizeof(buf));
		time_print(&o, moments[i].second * SECOND);
		EXPECT_TEXT(out_view(&o), moments[i].text);
		CU_ASSERT(parses(moments[i].text, &us));
		CU_ASSERT_EQUAL(us, moments[i].second * SECOND);
	}
}

static void
every_day_of_800_years_comes_back(void)
{
	char       buf[40];
	struct out o;
	int64_t    us;
	bool       same = true;

	for (int64_t day = -146097; day < 146097; day++) {
		o = out_over(buf, sizeof(buf));
		time_print(&o, day * 86400 * SECOND);
		same = same && time_parse(out_view(&o), &us) && us == day * 86400 * SECOND;
	}
	CU_ASSERT(same);
}

static void
microseconds_have_six_digits(void)
{
	char       buf[80];
	struct out o = out_over(buf, sizeof(buf));

	time_print_micro(&o, 1795554381 * SECOND + 123);
	out_char(&o, ' ');
	time_print_micro(&o, -1);
	EXPECT_TEXT(out_view(&o), "2026-11-24T21:06:21.000123Z 1969-12-31T23:59:59.999999Z");
}

static void
fractions_may_have_any_number_of_digits(void)
{
	int64_t us;

	CU_ASSERT(parses("1970-01-01T00:00:00.5Z", &us) && us == 500000);
	CU_ASSERT(parses("1970-01-01T00:00:00.000001Z", &us) && us == 1);
	CU_ASSERT(parses("1970-01-01T00:00:00.123456789Z", &us) && us == 123456);
}

static void
a_zone_ahead_is_an_earlier_moment(void)
{
	int64_t us;

	CU_ASSERT(parses("1970-01-01T02:30:00+02:30", &us) && us == 0);
	CU_ASSERT(parses("1969-12-31T23:00:00.25-01:00", &us) && us == 250000);
}

static void
what_is_not_a_moment_is_refused(void)
{
	int64_t us;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_FALSE(parses(wrong[i], &us));
}

static void
a_moment_cut_off_anywhere_is_none(void)
{
	struct str text = STR("2026-11-24T21:06:21.000123+01:00");
	int64_t    us;

	CU_ASSERT(time_parse(text, &us));
	for (size_t len = 0; len < text.len; len++)
		CU_ASSERT_FALSE(time_parse(str_upto(text, len), &us));
}

SUITE(test_time_text,
    { "a moment and its text are two sides of one thing",
      a_moment_and_its_text_are_two_sides_of_one_thing },
    { "every day of 800 years comes back", every_day_of_800_years_comes_back },
    { "microseconds have six digits", microseconds_have_six_digits },
    { "fractions may have any number of digits", fractions_may_have_any_number_of_digits },
    { "a zone ahead is an earlier moment", a_zone_ahead_is_an_earlier_moment },
    { "what is not a moment is refused", what_is_not_a_moment_is_refused },
    { "a moment cut off anywhere is none", a_moment_cut_off_anywhere_is_none });
