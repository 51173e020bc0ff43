/* base64.c - four digits for three bytes. */
#include "kernel/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Padding counts as zeros; the bytes that it made are taken off at the end. */
bool
base64_parse(struct str text, struct arena *a, struct str *out)
{
	struct out  o = out_in(a);
	uint32_t    group = 0;
	size_t      count = 0, pads = 0;
	const char *digit;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		digit = c == '\0' ? NULL : strchr(digits, c);
		if (c == '=')
			pads++;
		else if (digit == NULL || pads > 0)
			return false;
		group = group << 6 | (digit == NULL ? 0 : (uint32_t)(digit - digits));
		if (++count % 4 == 0)
			out_str(&o, (struct str){ (char[]){ (char)(group >> 16), (char)(group >> 8), (char)group }, 3 });
	}
	if (count % 4 != 0 || pads > 2)
		return false;
	if (out_ok(&o))
		o.len -= pads;
	*out = out_keep(&o, a);
	return true;
}

void
base64_print(struct out *o, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t   left = bytes.len - i;
		uint32_t group = (uint32_t)(unsigned char)bytes.at[i] << 16;

		if (left > 1)
			group |= (uint32_t)(unsigned char)bytes.at[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)bytes.at[i + 2];
		out_char(o, digits[group >> 18]);
		out_char(o, digits[group >> 12 & 63]);
		out_char(o, left > 1 ? digits[group >> 6 & 63] : '=');
		out_char(o, left > 2 ? digits[group & 63] : '=');
	}
}
