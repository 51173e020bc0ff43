/*
 * quantity.c - amounts as Kubernetes writes them.
 *
 * The digits are kept as a text with a point, which a decimal suffix moves.
 * Then the number is whole units and a fraction of two digits to the base of
 * 10^9, so a binary suffix is a few multiplications by 1024 in 64 bits.
 */
#include "ais/quantity.h"

#define BILLION    1000000000u
#define DIGITS_MAX 48            /* behind these, what is finer only rounds up */

struct number {
	char at[DIGITS_MAX];     /* values, not characters; no zeros in front */
	int  count;
	int  point;              /* how many stand before it; may be negative or past the end */
	bool finer;
};

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

static void
add_digit(struct number *n, char digit, bool before)
{
	bool zero = n->count == 0 && digit == 0;

	n->point += zero ? (before ? 0 : -1) : before;
	if (n->count == DIGITS_MAX)
		n->finer = n->finer || digit != 0;
	else if (!zero)
		n->at[n->count++] = digit;
}

/* Digits with at most one point, taken off s. */
static bool
take_number(struct str *s, struct number *n)
{
	bool before = true, some = false;

	for (; s->len > 0 && (is_digit(s->at[0]) || (before && s->at[0] == '.')); *s = str_from(*s, 1)) {
		if (s->at[0] == '.') {
			before = false;
			continue;
		}
		add_digit(n, (char)(s->at[0] - '0'), before);
		some = true;
	}
	return some;
}

static uint64_t
digit_at(const struct number *n, int place)
{
	return place >= 0 && place < n->count ? (uint64_t)n->at[place] : 0;
}

static bool
widen(const struct number *n, struct wide *w)
{
	if (n->count > 0 && n->point > 19)
		return false;
	for (int i = 0; i < n->point; i++)
		if (__builtin_mul_overflow(w->units, 10u, &w->units) ||
		    __builtin_add_overflow(w->units, digit_at(n, i), &w->units))
			return false;
	for (int i = 0; i < 18; i++) {
		uint64_t *part = i < 9 ? &w->nano : &w->atto;

		*part = *part * 10 + digit_at(n, n->point + i);
	}
	w->finer = n->finer;
	for (int i = 0; i < n->count; i++)
		w->finer = w->finer || (i >= n->point + 18 && n->at[i] != 0);
	return true;
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

/* Moves the point, or says how many times 1024. */
static bool
read_suffix(struct str s, struct number *n, int *kilobytes, enum quantity_form *form)
{
	int64_t exponent;

	*kilobytes = 0;
	for (size_t i = 0; i < SUFFIXES; i++) {
		if (!str_eq(s, suffixes[i].text))
			continue;
		*form = suffixes[i].binary ? QUANTITY_BINARY : QUANTITY_DECIMAL;
		if (suffixes[i].binary)
			*kilobytes = suffixes[i].power;
		else
			n->point += 3 * suffixes[i].power;
		return true;
	}
	if (s.len < 2 || (s.at[0] != 'e' && s.at[0] != 'E'))
		return false;
	s = str_from(s, s.at[1] == '+' ? 2 : 1);
	*form = QUANTITY_EXPONENT;
	if (!str_i64(s, &exponent) || exponent < -18 || exponent > 18)
		return false;
	n->point += (int)exponent;
	return true;
}

bool
quantity_parse(struct str s, struct quantity *q)
{
	struct number n = { .count = 0 };
	struct wide   w = { 0 };
	int           kilobytes;
	bool          up;

	*q = (struct quantity){ .minus = s.len > 0 && s.at[0] == '-' };
	if (s.len > QUANTITY_TEXT_MAX)
		return false;
	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	if (!take_number(&s, &n) || !read_suffix(s, &n, &kilobytes, &q->form) || !widen(&n, &w))
		return false;
	while (kilobytes-- > 0)
		if (!multiply(&w, 1024))
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
