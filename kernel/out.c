/* out.c - text into a fixed buffer; what does not fit is remembered. */
#include "kernel/out.h"

#include <string.h>

#include "kernel/check.h"

struct out
out_over(char *buf, size_t size)
{
	return (struct out){ .at = buf, .size = size };
}

void
out_str(struct out *o, struct str s)
{
	if (o->overflowed || s.len > o->size - o->len) {
		o->overflowed = true;
		return;
	}
	if (s.len > 0)
		memcpy(o->at + o->len, s.at, s.len);
	o->len += s.len;
}

void
out_char(struct out *o, char c)
{
	out_str(o, (struct str){ &c, 1 });
}

void
out_u64(struct out *o, uint64_t v)
{
	char   digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	out_str(o, (struct str){ digits + i, sizeof(digits) - i });
}

void
out_int(struct out *o, int64_t v)
{
	if (v < 0)
		out_char(o, '-');
	out_u64(o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
out_hex(struct out *o, const void *bytes, size_t len)
{
	static const char    digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++) {
		out_char(o, digits[b[i] >> 4]);
		out_char(o, digits[b[i] & 15]);
	}
}

bool
out_ok(const struct out *o)
{
	return !o->overflowed;
}

struct str
out_view(const struct out *o)
{
	return (struct str){ o->at, o->len };
}

void
out_all(struct out *o, const struct str *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out_str(o, parts[i]);
}

struct out
out_in(struct arena *a)
{
	return (struct out){ .at = a->base + a->used, .size = a->size - a->used, .overflowed = a->overflowed };
}

struct str
out_keep(struct out *o, struct arena *a)
{
	CHECK(a->overflowed || o->at == a->base + a->used);
	if (o->overflowed) {
		a->overflowed = true;
		return STR_NONE;
	}
	a->used += o->len;
	if (a->used > a->peak)
		a->peak = a->used;
	return out_view(o);
}

struct str
out_join(struct arena *a, const struct str *parts, size_t count)
{
	struct out o = out_in(a);

	out_all(&o, parts, count);
	return out_keep(&o, a);
}
