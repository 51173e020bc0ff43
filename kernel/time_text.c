/*
 * time_text.c - moments as text and back.
 *
 * Days are counted in years that begin with March, so that the day that is
 * sometimes missing comes last; 400 such years always have the same length.
 */
#include "kernel/time_text.h"

#define SECOND_US   INT64_C(1000000)
#define DAY_US      (86400 * SECOND_US)
#define ERA_YEARS   400
#define ERA_DAYS    146097
#define EPOCH_DAYS  719468      /* from March 1 of year 0 to 1970 */

struct date { int64_t year, month, day; };

/* Rounded down, also below zero. */
static int64_t
divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* From March 1 to the first of the month; March is 0. */
static int64_t
days_before(int64_t month)
{
	return (153 * month + 2) / 5;
}

static int64_t
days_of(struct date d)
{
	int64_t year = d.year - (d.month <= 2), month = (d.month + 9) % 12;
	int64_t era = divide(year, ERA_YEARS), of_era = year - era * ERA_YEARS;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	    days_before(month) + d.day - 1 - EPOCH_DAYS;
}

static struct date
date_of(int64_t days)
{
	int64_t era = divide(days + EPOCH_DAYS, ERA_DAYS);
	int64_t rest = days + EPOCH_DAYS - era * ERA_DAYS;
	int64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t month;

	rest -= 365 * year + year / 4 - year / 100;
	month = (5 * rest + 2) / 153;
	return (struct date){
		.year = era * ERA_YEARS + year + (month >= 10),
		.month = (month + 2) % 12 + 1,
		.day = rest - days_before(month) + 1,
	};
}

/* `width` digits at least. */
static void
put(struct out *o, int64_t v, int width)
{
	for (int64_t most = 10; width > 1; width--, most *= 10)
		if (v < most) {
			for (; width > 1; width--)
				out_char(o, '0');
			break;
		}
	out_int(o, v);
}

static void
print_second(struct out *o, int64_t wall_us)
{
	int64_t     days = divide(wall_us, DAY_US);
	int64_t     second = (wall_us - days * DAY_US) / SECOND_US;
	struct date d = date_of(days);

	put(o, d.year, 4);
	out_char(o, '-');
	put(o, d.month, 2);
	out_char(o, '-');
	put(o, d.day, 2);
	out_char(o, 'T');
	put(o, second / 3600, 2);
	out_char(o, ':');
	put(o, second / 60 % 60, 2);
	out_char(o, ':');
	put(o, second % 60, 2);
}

void
time_print(struct out *o, int64_t wall_us)
{
	print_second(o, wall_us);
	out_char(o, 'Z');
}

void
time_print_micro(struct out *o, int64_t wall_us)
{
	print_second(o, wall_us);
	out_char(o, '.');
	put(o, wall_us - divide(wall_us, SECOND_US) * SECOND_US, 6);
	out_char(o, 'Z');
}

/* Takes a number of `width` digits, least to most, and then `mark` if it is not 0. */
static bool
take(struct str *s, size_t width, char mark, int64_t least, int64_t most, int64_t *v)
{
	if (s->len < width || !str_i64(str_upto(*s, width), v) || s->at[0] == '-' || *v < least || *v > most)
		return false;
	*s = str_from(*s, width);
	if (mark == 0)
		return true;
	if (s->len == 0 || s->at[0] != mark)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* What is finer than a microsecond is dropped. */
static bool
take_fraction(struct str *s, int64_t *us)
{
	int64_t unit = SECOND_US;

	*us = 0;
	if (s->len == 0 || s->at[0] != '.')
		return true;
	*s = str_from(*s, 1);
	for (; s->len > 0 && s->at[0] >= '0' && s->at[0] <= '9'; *s = str_from(*s, 1)) {
		unit /= 10;
		*us += (s->at[0] - '0') * unit;
	}
	return s->at[-1] != '.';
}

/* The rest: Z, or how far the clock there is ahead. */
static bool
take_zone(struct str *s, int64_t *ahead_s)
{
	int64_t hour, minute;
	char    sign;

	*ahead_s = 0;
	if (s->len == 0)
		return false;
	sign = s->at[0];
	*s = str_from(*s, 1);
	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !take(s, 2, ':', 0, 23, &hour) || !take(s, 2, 0, 0, 59, &minute))
		return false;
	*ahead_s = (hour * 60 + minute) * (sign == '+' ? 60 : -60);
	return true;
}

static bool
is_date(struct date d)
{
	struct date again = date_of(days_of(d));

	return again.month == d.month && again.day == d.day;
}

bool
time_parse(struct str s, int64_t *wall_us)
{
	struct date d;
	int64_t     hour, minute, second, us, ahead_s;

	if (!take(&s, 4, '-', 0, 9999, &d.year) || !take(&s, 2, '-', 1, 12, &d.month) ||
	    !take(&s, 2, 'T', 1, 31, &d.day) || !take(&s, 2, ':', 0, 23, &hour) ||
	    !take(&s, 2, ':', 0, 59, &minute) || !take(&s, 2, 0, 0, 59, &second) ||
	    !take_fraction(&s, &us) || !take_zone(&s, &ahead_s) || s.len > 0 || !is_date(d))
		return false;
	*wall_us = days_of(d) * DAY_US + ((hour * 60 + minute) * 60 + second - ahead_s) * SECOND_US + us;
	return true;
}
