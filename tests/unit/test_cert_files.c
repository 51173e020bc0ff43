/* test_cert_files.c - a serving certificate from files, read again when they change. */
#include "kernel/metric.h"
#include "test.h"
#include "tests/world/certs.h"
#include "tests/world/world.h"
#include "webhook/cert_files.h"

static struct cert_files    files;
static struct tls_identity *served;
static int                  serves;

static void
serve(struct cert_files *c, struct tls_identity *id)
{
	CU_ASSERT_PTR_EQUAL(c, &files);
	if (served != NULL)
		tls_identity_drop(served);
	tls_identity_hold(id);
	served = id;
	serves++;
}

static void
write_pair(const char *cert, const char *key)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.crt", cert);
	world_file("/certs/tls.crt", certs_file(name));
	snprintf(name, sizeof(name), "%s.key", key);
	world_file("/certs/tls.key", certs_file(name));
}

static void
start(void)
{
	files = (struct cert_files){ .use = CERT_WEBHOOK, .folder = STR("/certs"), .cert_name = STR("tls.crt"),
		.key_name = STR("tls.key"), .serve = serve, .arena = files.arena };
	serves = 0;
	memset(metric_cells, 0, sizeof(metric_cells));
	CU_ASSERT_FATAL(cert_files_start(&files));
}

static void
stop(void)
{
	cert_files_stop(&files);
	if (served != NULL)
		tls_identity_drop(served);
	served = NULL;
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
}

static void
what_is_there_is_served_at_once(void)
{
	world_reset();
	write_pair("server", "server");
	start();
	CU_ASSERT_EQUAL(serves, 1);
	CU_ASSERT(files.serving);
	EXPECT_TEXT(str_of(files.why), "");
	CU_ASSERT_EQUAL(files.from_us, INT64_C(1577836800) * 1000000);
	CU_ASSERT_EQUAL(files.until_us, INT64_C(2208988800) * 1000000);
	CU_ASSERT_EQUAL(metric_cells[METRIC_CERT_ENDS], (uint64_t)files.until_us);
	world_pass_ms(60000);
	CU_ASSERT_EQUAL(serves, 1);
	CU_ASSERT_EQUAL(metric_cells[METRIC_CERT_READ], 1);
	stop();
}

static void
files_may_come_later(void)
{
	world_reset();
	start();
	CU_ASSERT(!files.serving);
	EXPECT_TEXT(str_of(files.why), "/certs/tls.crt does not exist");
	world_file("/certs/tls.crt", certs_file("server.crt"));
	world_pass_ms(5000);
	EXPECT_TEXT(str_of(files.why), "/certs/tls.key does not exist");
	world_file("/certs/tls.key", certs_file("server.key"));
	world_pass_ms(5000);
	CU_ASSERT_EQUAL(serves, 1);
	EXPECT_TEXT(str_of(files.why), "");
	stop();
}

static void
a_new_pair_is_served_from_the_next_look_on(void)
{
	world_reset();
	write_pair("server", "server");
	start();
	write_pair("server-rsa", "server-rsa");
	world_pass_ms(4999);
	CU_ASSERT_EQUAL(serves, 1);
	world_pass_ms(1);
	CU_ASSERT_EQUAL(serves, 2);
	stop();
}

static void
a_pair_that_cannot_be_used_changes_nothing(void)
{
	static const struct { const char *cert, *key, *why; } pairs[] = {
		{ "server", "server-rsa", "/certs/tls.crt: the private key does not belong to the certificate" },
		{ "server", "client-encrypted",
		    "/certs/tls.crt: the private key is encrypted: this program needs it without a passphrase" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		world_reset();
		write_pair("server", "server");
		start();
		write_pair(pairs[i].cert, pairs[i].key);
		world_pass_ms(5000);
		EXPECT_TEXT(str_of(files.why), pairs[i].why);
		CU_ASSERT(files.serving);
		CU_ASSERT_EQUAL(serves, 1);
		CU_ASSERT_EQUAL(metric_cells[METRIC_CERT_BAD], 1);
		write_pair("server-rsa", "server-rsa");
		world_pass_ms(5000);
		CU_ASSERT_EQUAL(serves, 2);
		EXPECT_TEXT(str_of(files.why), "");
		stop();
	}
}

static void
a_pair_that_was_caught_in_the_middle_is_read_again(void)
{
	world_reset();
	write_pair("server", "server");
	start();
	world_file("/certs/tls.crt", certs_file("server-rsa.crt"));
	world_pass_ms(5000);
	CU_ASSERT_EQUAL(serves, 1);
	world_file("/certs/tls.key", certs_file("server-rsa.key"));
	world_pass_ms(5000);
	CU_ASSERT_EQUAL(serves, 2);
	stop();
}

static void
files_that_go_leave_what_is_served(void)
{
	world_reset();
	write_pair("server", "server");
	start();
	world_file_remove("/certs/tls.crt");
	world_pass_ms(5000);
	CU_ASSERT(files.serving);
	EXPECT_TEXT(str_of(files.why), "/certs/tls.crt does not exist");
	CU_ASSERT_PTR_NOT_NULL(served);
	stop();
}

static void
paths_have_a_limit(void)
{
	static char name[CERT_FILES_PATH];
	struct cert_files c = { .folder = STR("/certs"), .key_name = STR("k") };

	memset(name, 'x', sizeof(name));
	c.cert_name = (struct str){ name, sizeof(name) };
	CU_ASSERT(!cert_files_start(&c));
}

SUITE(test_cert_files,
    { "what is there is served at once", what_is_there_is_served_at_once },
    { "files may come later", files_may_come_later },
    { "a new pair is served from the next look on", a_new_pair_is_served_from_the_next_look_on },
    { "a pair that cannot be used changes nothing", a_pair_that_cannot_be_used_changes_nothing },
    { "a pair that was caught in the middle is read again",
        a_pair_that_was_caught_in_the_middle_is_read_again },
    { "files that go leave what is served", files_that_go_leave_what_is_served },
    { "paths have a limit", paths_have_a_limit });
