/* test_metric.c - what is counted, and how Prometheus reads it. */
#include "kernel/metric.h"
#include "test.h"

static char text[METRIC_TEXT_MAX];

static struct str
printed(void)
{
	struct out o = out_over(text, sizeof(text));

	metric_print(&o);
	CU_ASSERT(out_ok(&o));
	return out_view(&o);
}

/* The lines that begin with it. */
static struct str
lines_of(const char *name)
{
	static char found[8192];
	struct out  o = out_over(found, sizeof(found));
	struct str  rest = printed(), line;

	while (str_cut(&rest, '\n', &line))
		if (str_starts(line, str_of(name)))
			OUT(&o, line, STR("\n"));
	return out_view(&o);
}

static void
reset(void)
{
	memset(metric_cells, 0, sizeof(metric_cells));
}

static void
a_counter_counts_from_nothing(void)
{
	reset();
	EXPECT_TEXT(lines_of("ais_operator_log_lines_dropped_total"), "ais_operator_log_lines_dropped_total 0\n");
	EXPECT_TEXT(lines_of("# HELP ais_operator_log_lines_dropped_total"),
	    "# HELP ais_operator_log_lines_dropped_total Lines that standard error did not take.\n");
	EXPECT_TEXT(lines_of("# TYPE ais_operator_log_lines_dropped_total"),
	    "# TYPE ais_operator_log_lines_dropped_total counter\n");
	metric_add(METRIC_LOG_DROPPED, 2);
	metric_add(METRIC_LOG_DROPPED, 1);
	EXPECT_TEXT(lines_of("ais_operator_log_lines_dropped_total "), "ais_operator_log_lines_dropped_total 3\n");
}

static void
labels_appear_once_they_count(void)
{
	reset();
	EXPECT_TEXT(lines_of("rest_client_requests_total{"), "");
	metric_add(METRIC_API_CALLS + METRIC_CODES * 1 + metric_code(200), 1);
	metric_add(METRIC_API_CALLS + METRIC_CODES * 7 + metric_code(410), 5);
	metric_add(METRIC_API_CALLS, 1);
	EXPECT_TEXT(lines_of("rest_client_requests_total{"),
	    "rest_client_requests_total{method=\"GET\",verb=\"get\",code=\"<error>\"} 1\n"
	    "rest_client_requests_total{method=\"GET\",verb=\"list\",code=\"200\"} 1\n"
	    "rest_client_requests_total{method=\"GET\",verb=\"watch\",code=\"410\"} 5\n");
}

static void
codes_have_their_places_and_strange_ones_share_one(void)
{
	static const int known[] = { 0, 200, 201, 202, 400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422,
		429, 431, 500, 501, 502, 503, 504, 505 };

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		CU_ASSERT_EQUAL(metric_code(known[i]), i);
	CU_ASSERT_EQUAL(metric_code(418), METRIC_CODES - 1);
	CU_ASSERT_EQUAL(metric_code(-1), METRIC_CODES - 1);
	reset();
	metric_add(METRIC_AIS_CALLS + metric_code(505), 1);
	metric_add(METRIC_AIS_CALLS + metric_code(418), 1);
	EXPECT_TEXT(lines_of("ais_operator_ais_calls_total{"), "ais_operator_ais_calls_total{code=\"505\"} 1\n"
	    "ais_operator_ais_calls_total{code=\"other\"} 1\n");
}

static void
a_gauge_is_what_was_set_last(void)
{
	reset();
	metric_set(METRIC_QUEUE, 7);
	metric_set(METRIC_QUEUE, 4);
	EXPECT_TEXT(lines_of("workqueue_depth{"), "workqueue_depth{name=\"aistore\"} 4\n");
	metric_set(METRIC_CERT_ENDS + 1, UINT64_C(1795518000000000));
	EXPECT_TEXT(lines_of("ais_operator_certificate_not_after_seconds{"),
	    "ais_operator_certificate_not_after_seconds{use=\"webhook\"} 0\n"
	    "ais_operator_certificate_not_after_seconds{use=\"metrics\"} 1795518000\n");
}

static void
microseconds_are_shown_as_seconds(void)
{
	static const struct { uint64_t us; const char *want; } cases[] = {
		{ 0, "process_cpu_seconds_total 0\n" }, { 1, "process_cpu_seconds_total 0.000001\n" },
		{ 1500000, "process_cpu_seconds_total 1.5\n" }, { 10020, "process_cpu_seconds_total 0.01002\n" },
		{ 999999, "process_cpu_seconds_total 0.999999\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		metric_set(METRIC_CPU, cases[i].us);
		EXPECT_TEXT(lines_of("process_cpu_seconds_total "), cases[i].want);
	}
}

static void
a_time_counts_in_bounds_that_it_is_not_above(void)
{
	struct str lines;

	reset();
	metric_time(METRIC_TURNS, 50);
	metric_time(METRIC_TURNS, 51);
	metric_time(METRIC_TURNS, -3);
	metric_time(METRIC_TURNS, 10000001);
	lines = lines_of("ais_operator_loop_turn_seconds_");
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_bucket{le=\"0.00005\"} 2\n")));
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_bucket{le=\"0.0001\"} 3\n")));
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_bucket{le=\"10\"} 3\n")));
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_bucket{le=\"+Inf\"} 4\n")));
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_sum 10.000102\n")));
	CU_ASSERT(str_has(lines, STR("ais_operator_loop_turn_seconds_count 4\n")));
}

static void
a_time_has_labels_too(void)
{
	struct str lines;

	reset();
	metric_time(METRIC_WEBHOOK_TIMES + METRIC_TIME_CELLS * 4, 700);
	lines = lines_of("controller_runtime_webhook_latency_seconds_");
	CU_ASSERT(str_has(lines,
	    STR("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/convert\",le=\"0.001\"} 1\n")));
	CU_ASSERT(str_has(lines,
	    STR("controller_runtime_webhook_latency_seconds_sum{webhook=\"/convert\"} 0.0007\n")));
	CU_ASSERT(!str_has(lines, STR("aistore")));
}

static void
the_whole_text_fits_however_much_was_counted(void)
{
	memset(metric_cells, 0xff, sizeof(metric_cells));
	CU_ASSERT(str_ends(printed(), STR("\n")));
	reset();
}

SUITE(test_metric,
    { "a counter counts from nothing", a_counter_counts_from_nothing },
    { "labels appear once they count", labels_appear_once_they_count },
    { "codes have their places, and strange ones share one",
        codes_have_their_places_and_strange_ones_share_one },
    { "a gauge is what was set last", a_gauge_is_what_was_set_last },
    { "microseconds are shown as seconds", microseconds_are_shown_as_seconds },
    { "a time counts in bounds that it is not above", a_time_counts_in_bounds_that_it_is_not_above },
    { "a time has labels too", a_time_has_labels_too },
    { "the whole text fits, however much was counted", the_whole_text_fits_however_much_was_counted });
