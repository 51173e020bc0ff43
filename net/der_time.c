/* der_time.c - pure: moments in DER, and when a certificate is valid. */
#include "kernel/time_text.h"
#include "net/der.h"

#define SHORT_LEN 13         /* YYMMDDhhmmssZ */
#define LONG_LEN  15

/* As der_put_time() writes it: to the second, UTC, and no other form. */
bool
der_time(struct str *rest, int64_t *wall_s)
{
	static const char marks[] = "--T::";
	char              text[32];
	struct out        o = out_over(text, sizeof(text));
	struct str        digits;
	unsigned          tag;
	int64_t           wall_us;

	if (!der_next(rest, &tag, &digits) ||
	    !((tag == DER_TIME_SHORT && digits.len == SHORT_LEN) || (tag == DER_TIME && digits.len == LONG_LEN)))
		return false;
	if (tag == DER_TIME_SHORT)
		out_str(&o, digits.at[0] < '5' ? STR("20") : STR("19"));
	else
		out_str(&o, str_upto(digits, 2));
	digits = str_from(digits, digits.len - SHORT_LEN);
	for (size_t i = 0; i < SHORT_LEN - 1; i += 2) {
		out_str(&o, str_upto(str_from(digits, i), 2));
		if (i / 2 < sizeof(marks) - 1)
			out_char(&o, marks[i / 2]);
	}
	out_str(&o, str_from(digits, SHORT_LEN - 1));
	if (!str_ends(digits, STR("Z")) || !time_parse(out_view(&o), &wall_us))
		return false;
	*wall_s = wall_us / 1000000;
	return true;
}

/* Behind its version, serial number, algorithm and issuer. */
bool
der_validity(struct str cert, int64_t *from_s, int64_t *until_s)
{
	struct str inner, part, value, life;
	unsigned   tag;

	if (!der_enter(&cert, DER_SEQUENCE, &inner) || !der_enter(&inner, DER_SEQUENCE, &part) ||
	    !der_next(&part, &tag, &value))
		return false;
	if (tag == DER_FIRST && !der_next(&part, &tag, &value))
		return false;
	return tag == DER_INTEGER && der_enter(&part, DER_SEQUENCE, &value) &&
	    der_enter(&part, DER_SEQUENCE, &value) && der_enter(&part, DER_SEQUENCE, &life) &&
	    der_time(&life, from_s) && der_time(&life, until_s);
}
