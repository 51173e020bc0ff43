/* test_client_tls.c - the HTTP client and server with TLS between them. */
#include <stdio.h>

#include "guest.h"
#include "kernel/clock.h"
#include "net/client.h"

static struct client        cl;
static struct buf           into;
static struct tls_trust    *trust;
static struct tls_identity *identity;
static int                  done_count;

static struct str
file(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "rb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	size = fread(buf, 1, size, f);
	fclose(f);
	return (struct str){ buf, size };
}

static void
done(struct call *c)
{
	(void)c;
	done_count++;
}

static void
open_client(struct addr at, const char *name)
{
	char        pem[2][8192];
	const char *why;

	if (into.base == NULL)
		buf_init(&into, 1 << 20);
	if (trust == NULL)
		trust = tls_trust_parse(file("build/certs/ca.crt", pem[0], sizeof(pem[0])), &why);
	if (identity == NULL)
		identity = tls_identity_parse(file("build/certs/server.crt", pem[0], sizeof(pem[0])),
		    file("build/certs/server.key", pem[1], sizeof(pem[1])), &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(trust);
	CU_ASSERT_PTR_NOT_NULL_FATAL(identity);
	cl.addr = at;
	cl.tls = true;
	cl.trust = trust;
	cl.name = str_of(name);
	cl.host = STR("h");
	cl.conns_max = 1;
	client_open(&cl);
	done_count = 0;
}

static void
get(struct call *c, struct str body)
{
	*c = (struct call){ .method = STR("PUT"), .target = STR("/x"), .body = body, .into = &into, .done = done,
		.deadline_ms = clock_mono_ms() + 1000, .repeatable = true };
	client_begin(&cl, c);
	world_settle();
}

static void
close_both(void)
{
	client_close(&cl);
	close_server();
	if (trust != NULL)
		tls_trust_drop(trust);
	if (identity != NULL)
		tls_identity_drop(identity);
	trust = NULL;
	identity = NULL;
	sv.identity = NULL;
}

/* The identity must be there before the server opens. */
static void
open_both(const char *name)
{
	open_client((struct addr){ .ip = { 10, 0, 0, 2 }, .ip_len = 4, .port = 8080 }, name);
	sv.identity = identity;
	open_server(echo);
	sv.body_max = 60000;
	sv.pending_max = 100000;
}

static void
calls_go_through_tls_in_pieces_of_any_size(void)
{
	static const size_t splits[] = { 0, 1, 2, 3, 5, 16, 1000, 16384 };

	for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++) {
		struct call c;

		open_both("kubernetes.default.svc");
		world_split(splits[i]);
		for (int n = 0; n < 3; n++) {
			get(&c, STR("hello"));
			CU_ASSERT_EQUAL(c.outcome, OUTCOME_ANSWERED);
			EXPECT_TEXT(buf_view(&into), "hello");
		}
		CU_ASSERT_EQUAL(world_connections(), 1);
		close_both();
	}
}

static void
no_trust_is_said_and_nothing_is_sent(void)
{
	struct call c;

	open_both("elsewhere.example");
	get(&c, STR("secret"));
	CU_ASSERT_EQUAL(c.outcome, OUTCOME_TLS);
	CU_ASSERT(str_starts(str_of(c.why), STR("no TLS with 10.0.0.2:8080: its certificate is for another name")));
	EXPECT_SEEN("");
	close_both();
}

static void
plain_accepted(struct world_peer *p, void *owner)
{
	(void)owner;
	world_send(p, STR("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request"));
}

static void
a_plain_port_is_named_as_such(void)
{
	struct addr at = { .ip = { 10, 0, 0, 3 }, .ip_len = 4, .port = 80 };
	struct call c;

	open_both("localhost");
	client_close(&cl);
	world_listen(at, plain_accepted, NULL);
	open_client(at, "localhost");
	get(&c, STR_NONE);
	CU_ASSERT_EQUAL(c.outcome, OUTCOME_TLS);
	CU_ASSERT(str_starts(str_of(c.why), STR("no TLS with 10.0.0.3:80: the peer does not speak TLS there "
	    "(is it a plain HTTP port?)")));
	close_both();
}

SUITE(test_client_tls,
    { "calls go through TLS in pieces of any size", calls_go_through_tls_in_pieces_of_any_size },
    { "no trust is said, and nothing is sent", no_trust_is_said_and_nothing_is_sent },
    { "a plain port is named as such", a_plain_port_is_named_as_such });
