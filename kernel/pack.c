/* pack.c - numbers in groups of seven bits, lowest first; a text is its length and its bytes. */
#include "kernel/pack.h"

void
pack_u64(struct out *o, uint64_t v)
{
	char   at[10];
	size_t len = 0;

	for (; v >= 0x80; v >>= 7)
		at[len++] = (char)(v | 0x80);
	at[len++] = (char)v;
	out_str(o, (struct str){ at, len });
}

void
pack_str(struct out *o, struct str s)
{
	pack_u64(o, s.len);
	out_str(o, s);
}

struct unpack
unpack_over(struct str record)
{
	return (struct unpack){ .rest = record };
}

uint64_t
unpack_u64(struct unpack *u)
{
	uint64_t v = 0, group;

	for (unsigned shift = 0; u->rest.len > 0 && !u->broken && shift < 64; shift += 7) {
		group = (unsigned char)u->rest.at[0] & 0x7f;
		if (group << shift >> shift != group)
			break;
		v |= group << shift;
		u->rest = str_from(u->rest, 1);
		if ((unsigned char)u->rest.at[-1] < 0x80)
			return v;
	}
	u->broken = true;
	return 0;
}

struct str
unpack_str(struct unpack *u)
{
	uint64_t   len = unpack_u64(u);
	struct str s = { u->rest.at, (size_t)len };

	if (u->broken || len > u->rest.len) {
		u->broken = true;
		return STR_NONE;
	}
	u->rest = str_from(u->rest, s.len);
	return s;
}
