/* amount.c - times and sizes as AIS's configuration writes them. */
#include "ais/amount.h"

#include "kernel/out.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
refuse(struct str *why, struct str sentence)
{
	*why = sentence;
	return false;
}

/* A decimal fraction: whole + part / scale. */
struct decimal {
	uint64_t whole, part, scale;
	bool     digits, point, too_large;
};

static struct decimal
take_decimal(struct str *s)
{
	struct decimal d = { .scale = 1 };

	for (; s->len > 0 && (is_digit(s->at[0]) || (!d.point && s->at[0] == '.')); *s = str_from(*s, 1)) {
		uint64_t digit = (uint64_t)(s->at[0] - '0');

		if (s->at[0] == '.') {
			d.point = true;
			continue;
		}
		d.digits = true;
		if (!d.point)
			d.too_large = d.too_large || d.whole > (INT64_MAX - digit) / 10;
		if (!d.point && !d.too_large)
			d.whole = d.whole * 10 + digit;
		else if (d.point && d.scale < 1000000000000000000) {
			d.part = d.part * 10 + digit;
			d.scale *= 10;
		}
	}
	return d;
}

/* d times `unit`; what is finer than one is dropped. */
static bool
multiply(const struct decimal *d, uint64_t unit, uint64_t *out)
{
	uint64_t part = (uint64_t)((double)d->part / (double)d->scale * (double)unit);

	return !d->too_large && !__builtin_mul_overflow(d->whole, unit, out) &&
	    !__builtin_add_overflow(*out, part, out) && *out <= INT64_MAX;
}

/* Times ---------------------------------------------------------------------*/

static const struct unit {
	struct str name;
	uint64_t   of;
} times[] = {
	{ STR_INIT("ns"), 1 }, { STR_INIT("us"), 1000 }, { STR_INIT("\xc2\xb5s"), 1000 },
	{ STR_INIT("\xce\xbcs"), 1000 }, { STR_INIT("ms"), 1000000 }, { STR_INIT("s"), 1000000000 },
	{ STR_INIT("m"), 60000000000 }, { STR_INIT("h"), 3600000000000 },
};

static struct str
take_unit(struct str *s)
{
	size_t len = 0;

	while (len < s->len && !is_digit(s->at[len]) && s->at[len] != '.')
		len++;
	*s = str_from(*s, len);
	return (struct str){ s->at - len, len };
}

static bool
take_time(struct str *s, uint64_t *ns, struct arena *a, struct str *why)
{
	struct decimal d = take_decimal(s);
	struct str     unit = take_unit(s);

	if (!d.digits)
		return refuse(why, STR("invalid duration: each number of a time is followed by its unit"));
	if (unit.len == 0)
		return refuse(why, STR("missing unit in duration: ns, us, ms, s, m or h"));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (str_eq(unit, times[i].name))
			return multiply(&d, times[i].of, ns) ||
			    refuse(why, STR("invalid duration: at most about 290 years fit"));
	return refuse(why, JOIN(a, STR("unknown unit \""), str_upto(unit, 20),
	    STR("\" in duration: ns, us, ms, s, m or h")));
}

bool
duration_parse(struct str s, int64_t *ns, struct arena *a, struct str *why)
{
	bool     minus = s.len > 0 && s.at[0] == '-';
	uint64_t sum = 0, part;

	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	*ns = 0;
	if (str_eq(s, STR("0")))
		return true;
	if (s.len == 0)
		return refuse(why, STR("invalid duration: a number and a unit are needed, such as 30s or 1h30m"));
	while (s.len > 0) {
		if (!take_time(&s, &part, a, why))
			return false;
		if (__builtin_add_overflow(sum, part, &sum) || sum > INT64_MAX)
			return refuse(why, STR("invalid duration: at most about 290 years fit"));
	}
	*ns = minus ? -(int64_t)sum : (int64_t)sum;
	return true;
}

/* Sizes ---------------------------------------------------------------------*/

/* Tried in this order; the last letter of a unit may be left out. */
static const struct unit sizes[] = {
	{ STR_INIT("KIB"), 1ull << 10 }, { STR_INIT("MIB"), 1ull << 20 }, { STR_INIT("GIB"), 1ull << 30 },
	{ STR_INIT("TIB"), 1ull << 40 }, { STR_INIT("KB"), 1ull << 10 }, { STR_INIT("MB"), 1ull << 20 },
	{ STR_INIT("GB"), 1ull << 30 }, { STR_INIT("TB"), 1ull << 40 }, { STR_INIT("KI"), 1ull << 10 },
	{ STR_INIT("MI"), 1ull << 20 }, { STR_INIT("GI"), 1ull << 30 }, { STR_INIT("TI"), 1ull << 40 },
	{ STR_INIT("K"), 1ull << 10 }, { STR_INIT("M"), 1ull << 20 }, { STR_INIT("G"), 1ull << 30 },
	{ STR_INIT("T"), 1ull << 40 }, { STR_INIT("B"), 1 },
};

static bool
ends_as(struct str s, struct str unit)
{
	struct str end = str_from(s, s.len - unit.len);

	if (s.len < unit.len)
		return false;
	for (size_t i = 0; i < unit.len; i++)
		if ((end.at[i] & ~0x20) != unit.at[i])
			return false;
	return true;
}

bool
size_parse(struct str s, int64_t *bytes, struct str *why)
{
	static const struct str invalid =
	    STR_INIT("invalid syntax: a size is a number and a unit, such as 64KiB, 10MiB or 1GiB");
	uint64_t       unit = 1, sum;
	struct decimal d;
	bool           minus;

	*bytes = 0;
	s = str_trim(s);
	if (s.len == 0)
		return true;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (ends_as(s, sizes[i].name)) {
			unit = sizes[i].of;
			s = str_trim(str_upto(s, s.len - sizes[i].name.len));
			break;
		}
	minus = s.len > 0 && s.at[0] == '-';
	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	d = take_decimal(&s);
	if (!d.digits || s.len > 0)
		return refuse(why, invalid);
	if (!multiply(&d, unit, &sum))
		return refuse(why, STR("value out of range: a size is below 8192PiB"));
	*bytes = minus ? -(int64_t)sum : (int64_t)sum;
	return true;
}
