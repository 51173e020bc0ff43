/* der_out.c - pure: writes DER. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/time_text.h"
#include "net/der.h"

#define LENGTH_MAX 5         /* its own count, and four bytes */

size_t
der_begin(struct out *o, unsigned tag)
{
	out_char(o, (char)tag);
	return o->len;
}

/* How long it is, in as few bytes as it takes. */
static struct str
length_print(size_t len, char *bytes)
{
	size_t at = LENGTH_MAX, rest = len, count;

	CHECK(len <= UINT32_MAX);
	do
		bytes[--at] = (char)rest;
	while ((rest >>= 8) > 0);
	count = LENGTH_MAX - at;
	if (len >= 0x80)
		bytes[--at] = (char)(0x80 | count);
	return (struct str){ bytes + at, LENGTH_MAX - at };
}

/* What it holds moves up, by the length of its length. */
void
der_end(struct out *o, size_t at)
{
	char       bytes[LENGTH_MAX];
	size_t     len = o->len - at;
	struct str head;

	CHECK(at <= o->len);
	head = length_print(len, bytes);
	out_str(o, head);
	if (!out_ok(o))
		return;
	memmove(o->at + at + head.len, o->at + at, len);
	memcpy(o->at + at, head.at, head.len);
}

void
der_put(struct out *o, unsigned tag, struct str value)
{
	size_t at = der_begin(o, tag);

	out_str(o, value);
	der_end(o, at);
}

/* A number with its first bit set would be negative: a zero goes before it. */
void
der_put_number(struct out *o, struct str big_endian)
{
	size_t at = der_begin(o, DER_INTEGER);

	while (big_endian.len > 0 && big_endian.at[0] == '\0')
		big_endian = str_from(big_endian, 1);
	if (big_endian.len == 0 || (unsigned char)big_endian.at[0] >= 0x80)
		out_char(o, '\0');
	out_str(o, big_endian);
	der_end(o, at);
}

void
der_put_bits(struct out *o, struct str bytes, unsigned unused)
{
	size_t at = der_begin(o, DER_BITS);

	CHECK(unused < 8 && (bytes.len > 0 || unused == 0));
	out_char(o, (char)unused);
	out_str(o, bytes);
	der_end(o, at);
}

/* 20261124210621Z; without its century from 1950 to 2049, as certificates want it. */
void
der_put_time(struct out *o, int64_t wall_s)
{
	char       text[32], digits[sizeof(text)];
	struct out t = out_over(text, sizeof(text)), d = out_over(digits, sizeof(digits));
	struct str all;
	bool       is_short;

	time_print(&t, wall_s * 1000000);
	CHECK(t.len == sizeof("2026-11-24T21:06:21Z") - 1);
	for (size_t i = 0; i < t.len; i++)
		if (text[i] != '-' && text[i] != ':' && text[i] != 'T')
			out_char(&d, text[i]);
	all = out_view(&d);
	is_short = str_cmp(all, STR("1950")) >= 0 && str_cmp(all, STR("2050")) < 0;
	der_put(o, is_short ? DER_TIME_SHORT : DER_TIME, str_from(all, is_short ? 2 : 0));
}
