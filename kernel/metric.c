/* metric.c - cells, and how they read. */
#include "kernel/metric.h"

#include <stddef.h>

uint64_t metric_cells[METRIC_CELLS];

const uint32_t metric_bounds[METRIC_BOUNDS] = {
	50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 10000000,
};

#define TEXT(text) STR_INIT(text),
#define LIST(label) static const struct str label_##label[] = { METRIC_LABEL_##label(TEXT) };
LIST(NONE) LIST(RELEASE) LIST(CODE) LIST(VERB) LIST(EVENT) LIST(STORED) LIST(PASS) LIST(QUEUE) LIST(LEASE)
LIST(WEBHOOK) LIST(REVIEW) LIST(CERT)

static const struct family {
	enum metric_kind  kind;
	unsigned          cell;
	struct str        name, help;
	const struct str *first, *second;
	unsigned          firsts, seconds;
} families[] = {
#define FAMILY(id, kind, name, help, a, b) \
	{ METRIC_KIND_##kind, METRIC_##id, STR_INIT(name), STR_INIT(help), label_##a, label_##b, \
	    METRIC_COUNT(a), METRIC_COUNT(b) },
	METRICS(FAMILY)
};

static const int codes[METRIC_CODES] = {
	0, 200, 201, 202, 400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 431,
	500, 501, 502, 503, 504, 505, -1,
};

unsigned
metric_code(int status)
{
	unsigned i = 0;

	while (i < METRIC_CODES - 1 && codes[i] != status)
		i++;
	return i;
}

void
metric_time(unsigned cell, int64_t us)
{
	uint64_t t = us < 0 ? 0 : (uint64_t)us;
	unsigned i = 0;

	while (i < METRIC_BOUNDS && metric_bounds[i] < t)
		i++;
	metric_add(cell + i, 1);
	metric_add(cell + METRIC_BOUNDS + 1, t);
}

/* Text --------------------------------------------------------------------- */

static void
print_seconds(struct out *o, uint64_t us)
{
	uint64_t rest = us % 1000000, digit = 100000;

	out_u64(o, us / 1000000);
	if (rest > 0)
		out_char(o, '.');
	for (; rest > 0; rest %= digit, digit /= 10)
		out_char(o, (char)('0' + rest / digit));
}

static bool
is_in_us(enum metric_kind k)
{
	return k == METRIC_KIND_COUNTER_US || k == METRIC_KIND_GAUGE_US || k == METRIC_KIND_TIMES;
}

static struct str
type_text(enum metric_kind k)
{
	switch (k) {
	case METRIC_KIND_COUNTER: case METRIC_KIND_COUNTER_US:
		return STR("counter");
	case METRIC_KIND_GAUGE: case METRIC_KIND_GAUGE_US:
		return STR("gauge");
	case METRIC_KIND_TIMES:
		return STR("histogram");
	}
	check_failed("a known kind of metric", __FILE__, __LINE__);
}

/* name_suffix{labels} value */
static void
print_sample(struct out *o, const struct family *f, struct str suffix, const struct str labels[3],
             uint64_t value, bool seconds)
{
	struct str between = STR("{");

	OUT(o, f->name, suffix);
	for (int i = 0; i < 3; i++) {
		if (labels[i].len == 0)
			continue;
		OUT(o, between, labels[i]);
		between = STR(",");
	}
	out_str(o, between.at[0] == ',' ? STR("} ") : STR(" "));
	if (seconds)
		print_seconds(o, value);
	else
		out_u64(o, value);
	out_char(o, '\n');
}

static void
print_times(struct out *o, const struct family *f, struct str labels[3], const uint64_t *cells)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i <= METRIC_BOUNDS; i++) {
		char       text[32];
		struct out le = out_over(text, sizeof(text));

		sum += cells[i];
		out_str(&le, STR("le=\""));
		if (i < METRIC_BOUNDS)
			print_seconds(&le, metric_bounds[i]);
		else
			out_str(&le, STR("+Inf"));
		out_char(&le, '"');
		labels[2] = out_view(&le);
		print_sample(o, f, STR("_bucket"), labels, sum, false);
	}
	labels[2] = STR_NONE;
	print_sample(o, f, STR("_sum"), labels, cells[METRIC_BOUNDS + 1], true);
	print_sample(o, f, STR("_count"), labels, sum, false);
}

/* A counter with labels that has not counted is not there yet. */
static bool
is_silent(const struct family *f, const uint64_t *cells)
{
	unsigned width = f->kind == METRIC_KIND_TIMES ? METRIC_BOUNDS + 1 : 1;

	if (f->firsts * f->seconds == 1 || f->kind == METRIC_KIND_GAUGE || f->kind == METRIC_KIND_GAUGE_US)
		return false;
	while (width > 0)
		if (cells[--width] != 0)
			return false;
	return true;
}

static void
print_family(struct out *o, const struct family *f)
{
	unsigned width = f->kind == METRIC_KIND_TIMES ? METRIC_TIME_CELLS : 1;

	OUT(o, STR("# HELP "), f->name, STR(" "), f->help, STR("\n# TYPE "), f->name, STR(" "), type_text(f->kind),
	    STR("\n"));
	for (unsigned i = 0; i < f->firsts * f->seconds; i++) {
		const uint64_t *cells = &metric_cells[f->cell + i * width];
		struct str      labels[3] = { f->first[i / f->seconds], f->second[i % f->seconds], STR_NONE };

		if (is_silent(f, cells))
			continue;
		if (f->kind == METRIC_KIND_TIMES)
			print_times(o, f, labels, cells);
		else
			print_sample(o, f, STR_NONE, labels, *cells, is_in_us(f->kind));
	}
}

void
metric_print(struct out *o)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		print_family(o, &families[i]);
}
