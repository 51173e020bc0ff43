/*
 * quantity.c - amounts as Kubernetes writes them.
 *
 * A number is kept as whole units and a fraction of two digits to the base
 * of 10^9, so a suffix is a few multiplications by 1024 or 1000 in 64 bits.
 */
#include "ais/quantity.h"

#define BILLION 1000000000u

struct wide {
	uint64_t units;
	uint64_t nano, atto;     /* 10^-9 and 10^-18, each below BILLION */
	bool     finer;          /* something was below that */
};

static const struct suffix {
	struct str text;
	int        power;        /* of 1024 or 1000 */
	bool       binary;
} suffixes[] = {
	{ STR_INIT("Ki"), 1, true }, { STR_INIT("Mi"), 2, true }, { STR_INIT("Gi"), 3, true },
	{ STR_INIT("Ti"), 4, true }, { STR_INIT("Pi"), 5, true }, { STR_INIT("Ei"), 6, true },
	{ STR_INIT("n"), -3, false }, { STR_INIT("u"), -2, false }, { STR_INIT("m"), -1, false },
	{ STR_INIT(""), 0, false }, { STR_INIT("k"), 1, false }, { STR_INIT("M"), 2, false },
	{ STR_INIT("G"), 3, false }, { STR_INIT("T"), 4, false }, { STR_INIT("P"), 5, false },
	{ STR_INIT("E"), 6, false },
};
#define SUFFIXES (sizeof(suffixes) / sizeof(suffixes[0]))

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits at the front of s, taken off it. */
static struct str
digits(struct str *s)
{
	struct str d = *s;

	for (d.len = 0; d.len < s->len && is_digit(s->at[d.len]);)
		d.len++;
	*s = str_from(*s, d.len);
	return d;
}

static bool
whole(struct str d, struct wide *w)
{
	while (d.len > 0 && d.at[0] == '0')
		d = str_from(d, 1);
	return d.len == 0 || str_u64(d, &w->units);
}

static void
fraction(struct str d, struct wide *w)
{
	for (size_t i = 0; i < 18; i++) {
		uint64_t *part = i < 9 ? &w->nano : &w->atto;

		*part = *part * 10 + (i < d.len ? (uint64_t)(d.at[i] - '0') : 0);
	}
	for (size_t i = 18; i < d.len; i++)
		w->finer = w->finer || d.at[i] != '0';
}

static bool
multiply(struct wide *w, uint64_t by)
{
	w->atto *= by;
	w->nano = w->nano * by + w->atto / BILLION;
	w->atto %= BILLION;
	if (__builtin_mul_overflow(w->units, by, &w->units) ||
	    __builtin_add_overflow(w->units, w->nano / BILLION, &w->units))
		return false;
	w->nano %= BILLION;
	return true;
}

static void
divide(struct wide *w, uint64_t by)
{
	w->nano += w->units % by * BILLION;
	w->units /= by;
	w->atto += w->nano % by * BILLION;
	w->nano /= by;
	w->finer = w->finer || w->atto % by != 0;
	w->atto /= by;
}

static bool
scale(struct wide *w, int power, uint64_t by)
{
	for (; power < 0; power++)
		divide(w, by);
	while (power-- > 0)
		if (!multiply(w, by))
			return false;
	return true;
}

static bool
suffix_scale(struct str s, struct wide *w, enum quantity_form *form)
{
	int64_t exponent;

	for (size_t i = 0; i < SUFFIXES; i++) {
		if (!str_eq(s, suffixes[i].text))
			continue;
		*form = suffixes[i].binary ? QUANTITY_BINARY : QUANTITY_DECIMAL;
		return scale(w, suffixes[i].power, suffixes[i].binary ? 1024 : 1000);
	}
	if (s.len < 2 || (s.at[0] != 'e' && s.at[0] != 'E'))
		return false;
	s = str_from(s, s.at[1] == '+' ? 2 : 1);
	*form = QUANTITY_EXPONENT;
	return str_i64(s, &exponent) && exponent >= -18 && exponent <= 18 && scale(w, (int)exponent, 10);
}

bool
quantity_parse(struct str s, struct quantity *q)
{
	struct wide w = { 0 };
	bool        minus = s.len > 0 && s.at[0] == '-', up;
	struct str  before, after = STR_NONE;

	if (s.len > 0 && (minus || s.at[0] == '+'))
		s = str_from(s, 1);
	before = digits(&s);
	if (s.len > 0 && s.at[0] == '.') {
		s = str_from(s, 1);
		after = digits(&s);
	}
	*q = (struct quantity){ .minus = minus };
	if (before.len + after.len == 0 || !whole(before, &w))
		return false;
	fraction(after, &w);
	if (!suffix_scale(s, &w, &q->form))
		return false;
	up = w.atto > 0 || w.finer;
	q->units = w.units + (w.nano + up) / BILLION;
	q->nano = (uint32_t)((w.nano + up) % BILLION);
	return q->units <= INT64_MAX;
}

struct quantity
quantity_floor(struct quantity q)
{
	q.nano = 0;
	return q;
}

struct quantity
quantity_ceil_milli(struct quantity q)
{
	uint32_t milli = (q.nano + 999999) / 1000000;

	q.units += milli / 1000;
	q.nano = milli % 1000 * 1000000;
	return q;
}

bool
quantity_positive(const struct quantity *q)
{
	return !q->minus && (q->units > 0 || q->nano > 0);
}

/* The largest power of `by` that divides units, which are divided by it. */
static int
strip(uint64_t *units, uint64_t by)
{
	int power = 0;

	for (; power < 6 && *units % by == 0; power++)
		*units /= by;
	return power;
}

static void
print_suffix(struct out *o, int power, enum quantity_form form)
{
	if (form == QUANTITY_EXPONENT && power != 0) {
		out_char(o, 'e');
		out_int(o, power * 3);
		return;
	}
	for (size_t i = 0; i < SUFFIXES; i++)
		if (suffixes[i].power == power && (power == 0 || suffixes[i].binary == (form == QUANTITY_BINARY)))
			out_str(o, suffixes[i].text);
}

/* In thousandths, millionths or billionths: the coarsest that is exact. */
static void
print_fraction(const struct quantity *q, struct out *o)
{
	uint32_t rest = q->nano;
	int      places = 9;
	char     text[9];

	for (; places > 3 && rest % 1000 == 0; places -= 3)
		rest /= 1000;
	for (int i = places; i-- > 0; rest /= 10)
		text[i] = (char)('0' + rest % 10);
	if (q->units > 0) {
		out_u64(o, q->units);
		out_str(o, (struct str){ text, (size_t)places });
	} else {
		int zeros = 0;

		while (text[zeros] == '0')
			zeros++;
		out_str(o, (struct str){ text + zeros, (size_t)(places - zeros) });
	}
	print_suffix(o, -places / 3, q->form == QUANTITY_EXPONENT ? QUANTITY_EXPONENT : QUANTITY_DECIMAL);
}

void
quantity_print(const struct quantity *q, struct out *o)
{
	bool     binary = q->form == QUANTITY_BINARY && q->units >= 1024;
	uint64_t units = q->units;
	int      power;

	if (units == 0 && q->nano == 0) {
		out_char(o, '0');
		return;
	}
	if (q->minus)
		out_char(o, '-');
	if (q->nano > 0) {
		print_fraction(q, o);
		return;
	}
	power = strip(&units, binary ? 1024 : 1000);
	out_u64(o, units);
	print_suffix(o, power, binary || q->form != QUANTITY_BINARY ? q->form : QUANTITY_DECIMAL);
}
