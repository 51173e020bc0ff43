/*
 * quantity.c - amounts as Kubernetes writes them.
 *
 * A quantity is kept as thousandths.  The canonical form has the largest unit
 * that leaves no fraction: of two to the tenth for those written with one
 * ("1024Mi" is "1Gi"), else of ten ("1000m" is "1").
 */
#include "tests/fake/tree.h"

static const struct unit {
	struct str name;
	bool       binary;
	int        power;       /* of 1000 or 1024 */
} units[] = {
	{ STR_INIT("Ki"), true, 1 }, { STR_INIT("Mi"), true, 2 }, { STR_INIT("Gi"), true, 3 },
	{ STR_INIT("Ti"), true, 4 }, { STR_INIT("Pi"), true, 5 }, { STR_INIT("Ei"), true, 6 },
	{ STR_INIT("m"), false, -1 }, { STR_INIT("k"), false, 1 }, { STR_INIT("M"), false, 2 },
	{ STR_INIT("G"), false, 3 }, { STR_INIT("T"), false, 4 }, { STR_INIT("P"), false, 5 },
	{ STR_INIT("E"), false, 6 }, { STR_INIT(""), false, 0 },
};

__extension__ typedef __int128 wide;
#define MILLI_MAX ((wide)INT64_MAX * 1000)

/* Digits with at most one point, as thousandths (further digits are rounded up). */
static bool
number(struct str s, wide *milli)
{
	wide v = 0;
	int  after = -1, digits = 0;
	bool up = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (s.at[i] < '0' || s.at[i] > '9' || v > MILLI_MAX)
			return false;
		digits++;
		if (after >= 3) {
			up = up || s.at[i] != '0';
			continue;
		}
		v = v * 10 + (s.at[i] - '0');
		after += after >= 0;
	}
	for (int i = after < 0 ? 0 : after; i < 3; i++)
		v *= 10;
	*milli = v + up;
	return digits > 0;
}

static bool
parse(struct str s, wide *milli, bool *binary)
{
	bool minus = s.len > 0 && s.at[0] == '-';

	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const struct unit *u = &units[i];
		wide               by = u->binary ? 1024 : 1000;

		if (!str_ends(s, u->name))
			continue;
		if (!number(str_upto(s, s.len - u->name.len), milli))
			return false;
		for (int p = 0; p < u->power && *milli <= MILLI_MAX; p++)
			*milli *= by;
		if (u->power < 0)
			*milli = (*milli + 999) / 1000;
		*milli = minus ? -*milli : *milli;
		*binary = u->binary;
		return true;
	}
	return false;
}

bool
quantity_value(struct str s, int64_t *milli)
{
	wide v;
	bool binary;

	if (!parse(s, &v, &binary))
		return false;
	*milli = v > INT64_MAX ? INT64_MAX : v < -INT64_MAX ? -INT64_MAX : (int64_t)v;
	return true;
}

bool
quantity_canonical(struct str s, struct out *out)
{
	static const char letters[2][8] = { " kMGTPE", " KMGTPE" };
	wide              v, by;
	bool              binary;
	size_t            power = 0;

	if (!parse(s, &v, &binary) || v > MILLI_MAX || v < -MILLI_MAX)
		return false;
	binary = binary && v % 1000 == 0;
	if (v % 1000 != 0) {
		out_int(out, (int64_t)v);
		out_char(out, 'm');
		return true;
	}
	v /= 1000;
	by = binary ? 1024 : 1000;
	while (v != 0 && v % by == 0 && power < 6) {
		v /= by;
		power++;
	}
	out_int(out, (int64_t)v);
	if (power > 0) {
		out_char(out, letters[binary][power]);
		if (binary)
			out_char(out, 'i');
	}
	return true;
}
