/* test_der.c - what we write in DER, our reader reads; and nothing less than the whole. */
#include "net/der.h"

#include "test.h"
#include "tests/world/certs.h"

#define ROOM 70000

static char bytes[ROOM], text[ROOM];

static struct out
fresh(void)
{
	return out_over(bytes, sizeof(bytes));
}

static void
a_length_takes_as_few_bytes_as_it_can(void)
{
	static const struct { size_t len, head; } cases[] = {
		{ 0, 2 }, { 1, 2 }, { 127, 2 }, { 128, 3 }, { 255, 3 }, { 256, 4 }, { 65535, 4 }, { 65536, 5 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct out o = fresh();
		struct str rest, value;

		memset(text, 'x', cases[i].len);
		der_put(&o, DER_OCTETS, (struct str){ text, cases[i].len });
		CU_ASSERT_EQUAL(o.len, cases[i].head + cases[i].len);
		rest = out_view(&o);
		CU_ASSERT_TRUE(der_enter(&rest, DER_OCTETS, &value));
		CU_ASSERT_EQUAL(rest.len, 0);
		CU_ASSERT_TRUE(str_eq(value, (struct str){ text, cases[i].len }));
	}
}

static void
expect_number(struct str big_endian, const char *want, size_t want_len)
{
	struct out o = fresh();

	der_put_number(&o, big_endian);
	CU_ASSERT_TRUE(str_eq(out_view(&o), (struct str){ want, want_len }));
}

static void
a_number_is_short_and_never_negative(void)
{
	expect_number(STR(""), "\x02\x01\x00", 3);
	expect_number(STR("\0\0"), "\x02\x01\x00", 3);
	expect_number(STR("\x7f"), "\x02\x01\x7f", 3);
	expect_number(STR("\x80"), "\x02\x02\x00\x80", 4);
	expect_number(STR("\0\0\x01\x00"), "\x02\x02\x01\x00", 4);
}

static void
bits_say_how_many_do_not_count(void)
{
	struct out o = fresh();

	der_put_bits(&o, STR("\x06"), 1);
	CU_ASSERT_TRUE(str_eq(out_view(&o), STR("\x03\x02\x01\x06")));
}

/* A sequence in a sequence, long enough that the lengths differ in size. */
static void
write_nested(struct out *o)
{
	size_t outer = der_begin(o, DER_SEQUENCE), middle, inner;

	der_put(o, DER_OID, STR("\x55\x1d\x11"));
	middle = der_begin(o, DER_OCTETS);
	inner = der_begin(o, DER_SEQUENCE);
	memset(text, 'n', 300);
	der_put(o, DER_DNS_NAME, (struct str){ text, 100 });
	der_put(o, DER_DNS_NAME, (struct str){ text, 200 });
	der_end(o, inner);
	der_end(o, middle);
	der_put_time(o, 1795521600);
	der_end(o, outer);
}

static bool
read_nested(struct str all)
{
	struct str outer, middle, inner, name;
	int64_t    wall_s;

	return der_enter(&all, DER_SEQUENCE, &outer) && all.len == 0 && der_enter(&outer, DER_OID, &name) &&
	    der_enter(&outer, DER_OCTETS, &middle) && der_enter(&middle, DER_SEQUENCE, &inner) && middle.len == 0 &&
	    der_enter(&inner, DER_DNS_NAME, &name) && name.len == 100 && der_enter(&inner, DER_DNS_NAME, &name) &&
	    name.len == 200 && inner.len == 0 && der_time(&outer, &wall_s) && wall_s == 1795521600 && outer.len == 0;
}

static void
what_is_written_is_read_and_no_part_of_it_is(void)
{
	struct out o = fresh();
	struct str all;

	write_nested(&o);
	all = out_view(&o);
	CU_ASSERT_TRUE(out_ok(&o));
	CU_ASSERT_TRUE(read_nested(all));
	for (size_t len = 0; len < all.len; len++)
		CU_ASSERT_FALSE(read_nested(str_upto(all, len)));
}

static void
what_does_not_fit_is_marked_whatever_the_room(void)
{
	struct out o = fresh();
	size_t     len;

	write_nested(&o);
	len = o.len;
	for (size_t size = 0; size <= len; size++) {
		o = out_over(bytes, size);
		bytes[size] = '!';
		write_nested(&o);
		CU_ASSERT_EQUAL(out_ok(&o), size == len);
		CU_ASSERT_EQUAL(bytes[size], '!');
	}
}

static void
expect_time(int64_t wall_s, struct str want)
{
	struct out o = fresh();
	struct str rest;
	int64_t    got;

	der_put_time(&o, wall_s);
	CU_ASSERT_TRUE(str_eq(out_view(&o), want));
	rest = out_view(&o);
	CU_ASSERT_TRUE(der_time(&rest, &got));
	CU_ASSERT_EQUAL(got, wall_s);
}

static void
a_moment_leaves_out_its_century_from_1950_to_2049(void)
{
	expect_time(1795521600, STR("\x17\x0d" "261124120000Z"));
	expect_time(0, STR("\x17\x0d" "700101000000Z"));
	expect_time(-631152000, STR("\x17\x0d" "500101000000Z"));
	expect_time(-631152001, STR("\x18\x0f" "19491231235959Z"));
	expect_time(2524607999, STR("\x17\x0d" "491231235959Z"));
	expect_time(2524608000, STR("\x18\x0f" "20500101000000Z"));
}

static void
other_forms_of_moments_are_refused(void)
{
	static const struct str cases[] = {
		STR_INIT("\x17\x0b" "2611241200Z"), STR_INIT("\x17\x0d" "261324120000Z"),
		STR_INIT("\x17\x0d" "261124250000Z"),
		STR_INIT("\x17\x0d" "26112412000 Z"), STR_INIT("\x17\x0d" "2611241200000"),
		STR_INIT("\x17\x0d" "-11124120000Z"),
		STR_INIT("\x18\x0d" "261124120000Z"), STR_INIT("\x17\x0f" "20261124120000Z"), STR_INIT("\x17\x00"),
		STR_INIT("\x18\x11" "20261124120000.5Z"), STR_INIT("\x04\x0d" "261124120000Z"), STR_INIT(""),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str rest = cases[i];
		int64_t    got;

		CU_ASSERT_FALSE(der_time(&rest, &got));
	}
}

static void
the_dates_of_a_certificate_are_found_and_in_no_part_of_it(void)
{
	static char  block[8192];
	struct arena a;
	struct str   pem = certs_file("server.crt"), name, der, inner, part;
	const char  *why;
	int64_t      from_s = 0, until_s = 0;

	arena_init(&a, block, sizeof(block));
	CU_ASSERT_TRUE(pem_next(&pem, &a, &name, &der, &why));
	CU_ASSERT_TRUE(der_validity(der, &from_s, &until_s));
	CU_ASSERT_EQUAL(from_s, 1577836800);
	CU_ASSERT_EQUAL(until_s, 2208988800);
	for (size_t len = 0; len < der.len; len++)
		CU_ASSERT_FALSE(der_validity(str_upto(der, len), &from_s, &until_s));
	CU_ASSERT_FALSE(der_validity(STR("\x30\x02\x30\x00"), &from_s, &until_s));
	inner = der;
	CU_ASSERT_TRUE(der_enter(&inner, DER_SEQUENCE, &part));
	CU_ASSERT_FALSE(der_validity(part, &from_s, &until_s));
}

static void
pem_is_written_as_it_is_read(void)
{
	static char block[4096];
	struct out  o;

	for (size_t len = 0; len < 200; len++) {
		struct arena a;
		struct str   rest, name, der;
		const char  *why;

		o = fresh();
		arena_init(&a, block, sizeof(block));
		for (size_t i = 0; i < len; i++)
			text[i] = (char)(i * 7);
		pem_print(&o, STR("A THING"), (struct str){ text, len });
		rest = out_view(&o);
		CU_ASSERT_TRUE(pem_next(&rest, &a, &name, &der, &why));
		EXPECT_TEXT(name, "A THING");
		CU_ASSERT_TRUE(str_eq(der, (struct str){ text, len }));
		CU_ASSERT_EQUAL(rest.len, 0);
	}
	o = fresh();
	pem_print(&o, STR("T"), STR("0123456789abcdef0123456789abcdef0123456789abcdef0"));
	EXPECT_TEXT(out_view(&o), "-----BEGIN T-----\n"
	    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm\n"
	    "MA==\n"
	    "-----END T-----\n");
}

SUITE(test_der,
    { "a length takes as few bytes as it can", a_length_takes_as_few_bytes_as_it_can },
    { "a number is short and never negative", a_number_is_short_and_never_negative },
    { "bits say how many do not count", bits_say_how_many_do_not_count },
    { "what is written is read, and no part of it is", what_is_written_is_read_and_no_part_of_it_is },
    { "what does not fit is marked, whatever the room", what_does_not_fit_is_marked_whatever_the_room },
    { "a moment leaves out its century from 1950 to 2049",
      a_moment_leaves_out_its_century_from_1950_to_2049 },
    { "other forms of moments are refused", other_forms_of_moments_are_refused },
    { "the dates of a certificate are found, and in no part of it",
      the_dates_of_a_certificate_are_found_and_in_no_part_of_it },
    { "PEM is written as it is read", pem_is_written_as_it_is_read });
