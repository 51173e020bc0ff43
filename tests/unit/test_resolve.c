/* test_resolve.c - hosts and their addresses. */
#include "net/resolve.h"
#include "test.h"
#include "tests/world/world.h"

static int answers;

static void
answered(struct resolve *r)
{
	(void)r;
	answers++;
}

/* The address, or the sentence. */
static struct str
found(struct str host)
{
	static char    text[256];
	struct out     o = out_over(text, sizeof(text));
	struct resolve r = { .host = host, .port = 6443, .done = answered };

	answers = 0;
	resolve_begin(&r);
	CU_ASSERT_EQUAL(answers, 1);
	if (r.found.ip_len == 0)
		out_str(&o, str_of(r.why));
	else
		addr_print(&o, &r.found);
	return out_view(&o);
}

static void
an_address_is_its_own_answer(void)
{
	world_reset();
	EXPECT_TEXT(found(STR("10.96.0.1")), "10.96.0.1:6443");
	EXPECT_TEXT(found(STR("::1")), "[::1]:6443");
	EXPECT_TEXT(found(STR("[fd00::1]")), "[fd00::1]:6443");
}

static void
localhost_is_known_without_a_file(void)
{
	world_reset();
	EXPECT_TEXT(found(STR("localhost")), "127.0.0.1:6443");
	world_file("/etc/hosts", STR("::1 localhost\n"));
	EXPECT_TEXT(found(STR("localhost")), "[::1]:6443");
}

static void
names_come_from_the_hosts_file(void)
{
	world_reset();
	world_file("/etc/hosts", STR(
	    "# 10.0.0.9 api.example\n"
	    "\n"
	    "nonsense api.example\n"
	    "10.0.0.1\tfirst  api.example # api2.example\n"
	    "10.0.0.2 api.example API3.example\r\n"
	    "10.0.0.3 api4.example"));
	EXPECT_TEXT(found(STR("api.example")), "10.0.0.1:6443");
	EXPECT_TEXT(found(STR("Api.Example.")), "10.0.0.1:6443");
	EXPECT_TEXT(found(STR("api3.example")), "10.0.0.2:6443");
	EXPECT_TEXT(found(STR("api4.example")), "10.0.0.3:6443");
	CU_ASSERT(str_starts(found(STR("api2.example")), STR("cannot look up")));
	CU_ASSERT(str_starts(found(STR("pi.example")), STR("cannot look up")));
}

static void
any_other_name_is_refused_by_a_sentence(void)
{
	world_reset();
	EXPECT_TEXT(found(STR("x.example")), "cannot look up \"x.example\": this version knows addresses and "
	    "/etc/hosts only; use an IP address or add the name there");
	EXPECT_TEXT(found(STR("")), "the host is empty");
	EXPECT_TEXT(found(STR("a123456789a123456789a123456789a123456789a123456789.example")),
	    "cannot look up \"a123456789a123456789a123456789a123456789...\": this version knows addresses and "
	    "/etc/hosts only; use an IP address or add the name there");
}

SUITE(test_resolve,
    { "an address is its own answer", an_address_is_its_own_answer },
    { "localhost is known without a file", localhost_is_known_without_a_file },
    { "names come from the hosts file", names_come_from_the_hosts_file },
    { "any other name is refused by a sentence", any_other_name_is_refused_by_a_sentence });
