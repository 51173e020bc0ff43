/* addr.c - IP addresses and ports as text. */
#include "net/addr.h"

#include <string.h>

/* Four numbers without leading zeroes: "010" is octal to some. */
static bool
ip4_parse(struct str text, uint8_t ip[4])
{
	struct str part;
	uint64_t   v;
	int        n = 0;

	while (str_cut(&text, '.', &part)) {
		if (n == 4 || part.len > 3 || (part.len > 1 && part.at[0] == '0') || !str_u64(part, &v) || v > 255)
			return false;
		ip[n++] = (uint8_t)v;
	}
	return n == 4;
}

static bool
group_parse(struct str text, uint8_t out[2])
{
	unsigned v = 0;

	if (text.len == 0 || text.len > 4)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
	return true;
}

/* Groups between single colons; the last may be an IPv4 address.  How many
 * bytes they make, -1: not an address. */
static int
groups_parse(struct str text, bool last, uint8_t ip[16])
{
	struct str part;
	int        n = 0;

	if (text.len == 0)
		return 0;
	while (str_cut(&text, ':', &part)) {
		if (last && text.at == NULL && n <= 12 && ip4_parse(part, ip + n))
			n += 4;
		else if (n <= 14 && group_parse(part, ip + n))
			n += 2;
		else
			return -1;
	}
	return n;
}

static bool
ip6_parse(struct str text, uint8_t ip[16])
{
	uint8_t tail[16] = { 0 };
	size_t  gap = 0;
	int     head_len, tail_len;

	memset(ip, 0, 16);
	while (gap + 1 < text.len && memcmp(text.at + gap, "::", 2) != 0)
		gap++;
	if (gap + 1 >= text.len)
		return groups_parse(text, true, ip) == 16;
	head_len = groups_parse(str_upto(text, gap), false, ip);
	tail_len = groups_parse(str_from(text, gap + 2), true, tail);
	if (head_len < 0 || tail_len < 0 || head_len + tail_len > 14)
		return false;
	memcpy(ip + 16 - tail_len, tail, (size_t)tail_len);
	return true;
}

bool
addr_ip(struct str text, struct addr *a)
{
	uint8_t ip[16] = { 0 };
	bool    bracketed = text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';

	if (bracketed)
		text = (struct str){ text.at + 1, text.len - 2 };
	if (!bracketed && ip4_parse(text, ip))
		a->ip_len = 4;
	else if (ip6_parse(text, ip))
		a->ip_len = 16;
	else
		return false;
	memset(a->ip, 0, sizeof(a->ip));
	memcpy(a->ip, ip, a->ip_len);
	return true;
}

bool
addr_port(struct str text, uint16_t *port)
{
	uint64_t v;

	if (!str_u64(text, &v) || v == 0 || v > UINT16_MAX)
		return false;
	*port = (uint16_t)v;
	return true;
}

static unsigned
group(const struct addr *a, int i)
{
	return (unsigned)a->ip[2 * i] << 8 | a->ip[2 * i + 1];
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952). */
static int
longest_gap(const struct addr *a, int *len)
{
	int best = -1, from = 0;

	*len = 1;
	for (int i = 0; i < 8; i++) {
		if (group(a, i) != 0)
			from = i + 1;
		else if (i + 1 - from > *len) {
			best = from;
			*len = i + 1 - from;
		}
	}
	return best;
}

static void
group_print(struct out *o, unsigned v)
{
	static const char digits[] = "0123456789abcdef";
	int               shift = 12;

	while (shift > 0 && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		out_char(o, digits[v >> shift & 15]);
}

static void
ip6_print(struct out *o, const struct addr *a)
{
	int len, gap = longest_gap(a, &len);

	for (int i = 0; i < 8; i++) {
		if (i == gap) {
			out_str(o, STR("::"));
			i += len - 1;
			continue;
		}
		if (i > 0 && !(gap >= 0 && i == gap + len))
			out_char(o, ':');
		group_print(o, group(a, i));
	}
}

void
addr_print_ip(struct out *o, const struct addr *a)
{
	if (a->ip_len == 16)
		ip6_print(o, a);
	else if (a->ip_len == 0)
		out_char(o, '-');
	else
		for (int i = 0; i < 4; i++) {
			out_str(o, i > 0 ? STR(".") : STR(""));
			out_u64(o, a->ip[i]);
		}
}

void
addr_print(struct out *o, const struct addr *a)
{
	out_str(o, a->ip_len == 16 ? STR("[") : STR(""));
	addr_print_ip(o, a);
	out_str(o, a->ip_len == 16 ? STR("]:") : STR(":"));
	out_u64(o, a->port);
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->ip_len == b->ip_len && a->port == b->port && memcmp(a->ip, b->ip, a->ip_len) == 0;
}
