/* test_addr.c - addresses as text. */
#include "net/addr.h"
#include "test.h"

static struct str
printed(const char *text)
{
	static char buf[64];
	struct out  o = out_over(buf, sizeof(buf));
	struct addr a = { .port = 443 };

	if (!addr_ip(str_of(text), &a))
		return STR("no");
	addr_print(&o, &a);
	return out_view(&o);
}

static void
an_address_is_printed_as_people_write_it(void)
{
	EXPECT_TEXT(printed("10.0.0.1"), "10.0.0.1:443");
	EXPECT_TEXT(printed("255.255.255.255"), "255.255.255.255:443");
	EXPECT_TEXT(printed("::1"), "[::1]:443");
	EXPECT_TEXT(printed("[::1]"), "[::1]:443");
	EXPECT_TEXT(printed("::"), "[::]:443");
	EXPECT_TEXT(printed("FE80:0:0:0:0:0:0:00Ab"), "[fe80::ab]:443");
	EXPECT_TEXT(printed("1:2:3:4:5:6:7:8"), "[1:2:3:4:5:6:7:8]:443");
	EXPECT_TEXT(printed("1:0:3:4:5:6:7:8"), "[1:0:3:4:5:6:7:8]:443");
	EXPECT_TEXT(printed("1:0:0:4:0:0:0:8"), "[1:0:0:4::8]:443");
	EXPECT_TEXT(printed("1:0:0:4:5:0:0:8"), "[1::4:5:0:0:8]:443");
	EXPECT_TEXT(printed("1::"), "[1::]:443");
	EXPECT_TEXT(printed("::ffff:10.0.0.1"), "[::ffff:a00:1]:443");
	EXPECT_TEXT(printed("1:2:3:4:5:6:10.0.0.1"), "[1:2:3:4:5:6:a00:1]:443");
	EXPECT_TEXT(printed("1:2:3:4:5:6:7::"), "[1:2:3:4:5:6:7:0]:443");
}

static void
what_is_no_address_is_refused(void)
{
	static const char *const bad[] = {
		"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1..2.3", "-1.2.3.4",
		"[1.2.3.4]", "[", "[]", "[:]", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
		"g::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", "::1%eth0", "1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8", "localhost", "0x7f.1",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_TEXT(printed(bad[i]), "no");
	CU_ASSERT_FALSE(addr_ip(STR("1.2.3.4\0"), &(struct addr){ 0 }));
}

static void
a_port_is_1_to_65535(void)
{
	uint16_t p = 0;

	CU_ASSERT(addr_port(STR("1"), &p) && p == 1);
	CU_ASSERT(addr_port(STR("65535"), &p) && p == 65535);
	CU_ASSERT_FALSE(addr_port(STR("0"), &p));
	CU_ASSERT_FALSE(addr_port(STR("65536"), &p));
	CU_ASSERT_FALSE(addr_port(STR(""), &p));
	CU_ASSERT_FALSE(addr_port(STR("80a"), &p));
}

static void
no_address_is_printed_as_a_dash(void)
{
	char       buf[16];
	struct out o = out_over(buf, sizeof(buf));

	addr_print_ip(&o, &(struct addr){ 0 });
	EXPECT_TEXT(out_view(&o), "-");
}

static void
addresses_are_equal_in_all_parts(void)
{
	struct addr a = { .port = 1 }, b = { .port = 1 };

	addr_ip(STR("1.2.3.4"), &a);
	addr_ip(STR("::1"), &b);
	CU_ASSERT_FALSE(addr_eq(&a, &b));
	addr_ip(STR("1.2.3.4"), &b);
	CU_ASSERT(addr_eq(&a, &b));
	b.port = 2;
	CU_ASSERT_FALSE(addr_eq(&a, &b));
}

SUITE(test_addr,
    { "an address is printed as people write it", an_address_is_printed_as_people_write_it },
    { "what is no address is refused", what_is_no_address_is_refused },
    { "a port is 1 to 65535", a_port_is_1_to_65535 },
    { "no address is printed as a dash", no_address_is_printed_as_a_dash },
    { "addresses are equal in all parts", addresses_are_equal_in_all_parts });
