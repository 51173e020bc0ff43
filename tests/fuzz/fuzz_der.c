/*
 * fuzz_der.c - any bytes as a certificate and as what stands in the Secret;
 * and as a program for the writer, whose work the reader must give back.
 */
#include <stdint.h>

#include "kernel/base64.h"
#include "kernel/check.h"
#include "net/der.h"
#include "webhook/certs.h"

#define DEPTH_MAX 40
#define ROOM      (256u << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned
take(struct str *in)
{
	unsigned v = in->len == 0 ? 0 : (unsigned char)in->at[0];

	*in = str_from(*in, 1);
	return v;
}

static struct str
take_bytes(struct str *in)
{
	struct str s = str_upto(str_from(*in, 1), take(in));

	*in = str_from(*in, s.len);
	return s;
}

static void
write(struct str *in, struct out *o, int depth)
{
	struct str s;
	size_t     at;

	while (in->len > 0)
		switch (take(in) % 6) {
		case 0:
			if (depth > 0)
				return;
			break;
		case 1:
			if (depth == DEPTH_MAX)
				return;
			at = der_begin(o, DER_SEQUENCE);
			write(in, o, depth + 1);
			der_end(o, at);
			break;
		case 2:
			der_put(o, DER_OCTETS, take_bytes(in));
			break;
		case 3:
			der_put_number(o, take_bytes(in));
			break;
		case 4:
			s = take_bytes(in);
			der_put_bits(o, s, s.len == 0 ? 0 : take(in) % 8);
			break;
		case 5:
			der_put_time(o, (int64_t)(take(in) % 128) << 30 | take(in) << 14 | take(in));
			break;
		}
}

/* Writing what is read gives the same bytes. */
static void
copy(struct str in, struct out *o)
{
	struct str all, value;
	unsigned   tag;
	int64_t    wall_s;
	size_t     at;

	while (in.len > 0) {
		all = in;
		CHECK(der_next(&in, &tag, &value));
		if (tag == DER_SEQUENCE) {
			at = der_begin(o, tag);
			copy(value, o);
			der_end(o, at);
		} else if (tag == DER_TIME || tag == DER_TIME_SHORT) {
			CHECK(der_time(&all, &wall_s));
			der_put_time(o, wall_s);
		} else if (tag == DER_INTEGER)
			der_put_number(o, value);
		else
			der_put(o, tag, value);
	}
}

static void
write_and_read(struct str program)
{
	static char made[ROOM], again[ROOM];
	size_t      size = (size_t)take(&program) * 1024 + 1;
	struct out  o = out_over(made, size), back = out_over(again, sizeof(again));

	write(&program, &o, 0);
	if (!out_ok(&o))
		return;
	copy(out_view(&o), &back);
	CHECK(out_ok(&back) && str_eq(out_view(&back), out_view(&o)));
}

static void
read_cert(struct str der)
{
	struct cert c;
	int64_t     from_s, until_s;

	if (!cert_read(der, &c))
		return;
	CHECK(der_validity(der, &from_s, &until_s) && from_s == c.from_s && until_s == c.until_s);
	cert_signed_by(&c, &c);
	cert_names(der, STR("hooks.ops.svc"));
}

/* Certificates, a zero, and a key. */
static void
read_secret(struct str text)
{
	static char          block[CERTS_ARENA], encoded[2][ROOM];
	struct certify_names names = { STR("hooks"), STR("ops"), STR_NONE };
	struct certs_secret  s = { .ours = true };
	struct certs_pair    pair;
	struct arena         a;
	struct out           cert = out_over(encoded[0], ROOM), key = out_over(encoded[1], ROOM);
	struct str           rest = text, part;

	arena_init(&a, block, sizeof(block));
	if (!str_cut(&rest, '\0', &part))
		return;
	base64_print(&cert, part);
	base64_print(&key, rest);
	s.bundle = s.cert = out_view(&cert);
	s.authority_key = s.key = out_view(&key);
	certs_pair_read(&s, &names, &a, &pair);
	CHECK(pair.authority_wrong != NULL || pair.serving_wrong != NULL || pair.serving_until_s != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = { (const char *)data, size };

	write_and_read(s);
	read_cert(s);
	read_secret(s);
	return 0;
}
