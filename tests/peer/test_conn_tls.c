/* test_conn_tls.c - TLS connections: both ends ours, the bytes cut in every way. */
#include <bearssl.h>

#include "kernel/loop.h"
#include "net/conn.h"
#include "net/socket.h"
#include "net/tls_inner.h"
#include "tests/unit/test.h"
#include "tests/world/certs.h"
#include "tests/world/world.h"

static struct addr at = { .ip = { 10, 0, 0, 1 }, .ip_len = 4, .port = 443 };

struct owner {
	struct conn c;
	char        got[600000];
	size_t      got_len;
	struct str  to_write;
	int         moves;
	bool        deaf;                    /* takes nothing */
};

static struct owner          client, served;
static struct loop_io        listening;
static struct tls_identity  *identity;
static struct tls_trust     *trust;

static void
moved(struct conn *c)
{
	struct owner *o = c->owner;
	struct str    data = conn_data(c);

	o->moves++;
	if (!o->deaf && data.len > 0) {
		CU_ASSERT_FATAL(data.len <= sizeof(o->got) - o->got_len);
		memcpy(o->got + o->got_len, data.at, data.len);
		o->got_len += data.len;
		conn_taken(c, data.len);
	}
	if (o->to_write.len > 0)
		o->to_write = str_from(o->to_write, conn_write(c, o->to_write));
}

static struct str
got(const struct owner *o)
{
	return (struct str){ o->got, o->got_len };
}

static void
owner_reset(struct owner *o)
{
	o->c = (struct conn){ .moved = moved, .owner = o };
	o->got_len = 0;
	o->to_write = STR_NONE;
	o->moves = 0;
	o->deaf = false;
}

static void
accept_ready(struct loop_io *io, unsigned events)
{
	struct addr peer;
	int         fd = socket_accept(io->fd, &peer);

	(void)events;
	owner_reset(&served);
	conn_accepted(&served.c, fd, &peer, tls_server(identity));
}

static void
start(const char *ca, const char *server)
{
	const char *why;

	world_reset();
	at.port = 443;
	trust = certs_trust(ca);
	identity = certs_identity(server);
	listening = (struct loop_io){ .fd = socket_listen(&at, &why), .ready = accept_ready };
	loop_io_want(&listening, LOOP_READ);
}

static void
stop(void)
{
	conn_abort(&client.c);
	conn_abort(&served.c);
	loop_io_remove(&listening);
	socket_close(listening.fd);
	CU_ASSERT_EQUAL(world_connections(), 0);
	tls_trust_drop(trust);
	tls_identity_drop(identity);
}

static void
dial(struct str name)
{
	owner_reset(&client);
	owner_reset(&served);
	CU_ASSERT(conn_dial(&client.c, &at, tls_client(trust, NULL, name, false)));
	world_settle();
}

/* How a dial ends: "open", or the reason. */
static struct str
outcome(const char *ca, const char *server, const char *name)
{
	static char text[256];
	struct out  o = out_over(text, sizeof(text));

	start(ca, server);
	dial(str_of(name));
	if (client.c.state == CONN_OPEN && served.c.state == CONN_OPEN)
		out_str(&o, STR("open"));
	else {
		CU_ASSERT_EQUAL(client.c.state, CONN_ENDED);
		CU_ASSERT(client.c.handshake_failed);
		CU_ASSERT_EQUAL(client.moves, 1);
		out_str(&o, str_of(client.c.error_text));
	}
	stop();
	return out_view(&o);
}

static void
a_server_is_believed_when_its_certificate_is_right(void)
{
	EXPECT_TEXT(outcome("ca", "server", "localhost"), "open");
	EXPECT_TEXT(outcome("ca", "server", "10.96.0.1"), "open");
	EXPECT_TEXT(outcome("ca", "server-rsa", "kubernetes.default.svc"), "open");
	EXPECT_TEXT(outcome("ca", "server-chain", "127.0.0.1"), "open");
	EXPECT_TEXT(outcome("self", "self", "localhost"), "open");
}

static void
a_server_that_is_not_the_right_one_is_named_so(void)
{
	EXPECT_TEXT(outcome("other-ca", "server", "localhost"),
	    "its certificate is not signed by a trusted CA (TLS error 62)");
	EXPECT_TEXT(outcome("ca", "server", "elsewhere.example"), "its certificate is for another name: the name or "
	    "address that is dialled must stand in its subjectAltName (TLS error 56)");
	EXPECT_TEXT(outcome("ca", "server", "10.96.0.2"), "its certificate is for another name: the name or "
	    "address that is dialled must stand in its subjectAltName (TLS error 56)");
	EXPECT_TEXT(outcome("ca", "server-expired", "localhost"), "its certificate has expired or is not valid yet "
	    "(see its dates, and the clock here) (TLS error 54)");
}

static void
talk_cut_at(size_t split)
{
	dial(STR("localhost"));
	CU_ASSERT_EQUAL_FATAL(client.c.state, CONN_OPEN);
	CU_ASSERT_EQUAL_FATAL(served.c.state, CONN_OPEN);
	CU_ASSERT_EQUAL(conn_write(&client.c, STR("ask ")), 4);
	CU_ASSERT_EQUAL(conn_write(&client.c, STR("more")), 4);
	world_split(split);
	world_settle();
	CU_ASSERT(conn_written(&client.c));
	EXPECT_TEXT(got(&served), "ask more");
	CU_ASSERT_EQUAL(conn_write(&served.c, STR("answer")), 6);
	conn_close(&served.c);
	CU_ASSERT_EQUAL(served.c.state, CONN_IDLE);
	world_settle();
	EXPECT_TEXT(got(&client), "answer");
	CU_ASSERT_EQUAL(client.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(client.c.error_text), "");
}

static void
two_ends_talk_however_the_bytes_are_cut(void)
{
	for (size_t split = 1; split < 48; split += 1 + split / 8) {
		start("ca", "server");
		world_split(split);
		talk_cut_at(split);
		stop();
	}
}

static char much[300000];

static void
fill(void)
{
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)(i * 31 + i / 251);
}

static void
much_goes_both_ways_at_once(void)
{
	fill();
	for (size_t split = 0; split < 70000; split = split * 5 + 1013) {
		start("ca", "server");
		dial(STR("localhost"));
		world_split(split);
		client.to_write = served.to_write = (struct str){ much, sizeof(much) / 2 };
		moved(&client.c);
		moved(&served.c);
		world_settle();
		CU_ASSERT(str_eq(got(&client), (struct str){ much, sizeof(much) / 2 }));
		CU_ASSERT(str_eq(got(&served), (struct str){ much, sizeof(much) / 2 }));
		stop();
	}
}

static void
an_owner_that_takes_nothing_holds_the_peer(void)
{
	size_t taken = 0, len;

	fill();
	start("ca", "server");
	dial(STR("localhost"));
	client.deaf = true;
	served.to_write = (struct str){ much, sizeof(much) };
	moved(&served.c);
	world_settle();
	CU_ASSERT(conn_data(&client.c).len >= CONN_KEPT_MAX);
	CU_ASSERT(conn_data(&client.c).len < CONN_KEPT_MAX + (16 << 10));
	while ((len = conn_data(&client.c).len) > 0) {
		if (len > 20000)
			len = 20000;
		CU_ASSERT(memcmp(conn_data(&client.c).at, much + taken, len) == 0);
		conn_taken(&client.c, len);
		taken += len;
		world_settle();
	}
	CU_ASSERT_EQUAL(taken, sizeof(much));
	stop();
}

static void
a_pause_in_the_middle_loses_nothing(void)
{
	fill();
	start("ca", "server");
	dial(STR("localhost"));
	served.to_write = (struct str){ much, sizeof(much) };
	moved(&served.c);
	for (int i = 0; i < 200; i++) {
		conn_pause(&client.c, i % 2 == 0);
		loop_turn(0);
		if (i % 2 == 0)
			loop_turn(0);
	}
	conn_pause(&client.c, false);
	world_settle();
	CU_ASSERT(str_eq(got(&client), (struct str){ much, sizeof(much) }));
	stop();
}

static void
a_cut_is_not_an_end_in_order(void)
{
	start("ca", "server");
	dial(STR("localhost"));
	conn_abort(&served.c);
	world_settle();
	CU_ASSERT_EQUAL(client.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(client.c.error_text), "the peer cut the connection without the end that TLS wants");
	CU_ASSERT_FALSE(client.c.handshake_failed);
	stop();
}

static void
a_close_lets_go_what_was_written(void)
{
	size_t took;

	fill();
	start("ca", "server");
	dial(STR("localhost"));
	conn_pause(&client.c, true);
	/* More than the network holds: records wait. */
	for (took = 0; took < sizeof(much);) {
		size_t n = conn_write(&served.c, (struct str){ much + took, sizeof(much) - took });

		if (n == 0)
			break;
		took += n;
	}
	CU_ASSERT(took < sizeof(much));
	world_settle();
	CU_ASSERT_FALSE(conn_written(&served.c));
	conn_close(&served.c);
	CU_ASSERT_EQUAL(served.c.state, CONN_IDLE);
	CU_ASSERT_EQUAL(world_connections(), 1);
	conn_pause(&client.c, false);
	world_settle();
	CU_ASSERT(str_eq(got(&client), (struct str){ much, took }));
	CU_ASSERT_EQUAL(client.c.state, CONN_ENDED);
	EXPECT_TEXT(str_of(client.c.error_text), "");
	stop();
}

static void
a_close_does_not_wait_for_ever(void)
{
	start("ca", "server");
	dial(STR("localhost"));
	conn_pause(&client.c, true);
	served.to_write = (struct str){ much, sizeof(much) };
	moved(&served.c);
	world_settle();
	conn_close(&served.c);
	world_pass_ms(CONN_CLOSING_MS);
	conn_pause(&client.c, false);
	world_settle();
	CU_ASSERT_EQUAL(client.c.state, CONN_ENDED);
	CU_ASSERT_NOT_EQUAL(client.c.error_text[0], '\0');
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
	stop();
}

enum { MANY = 12 };
static struct conn many_served[MANY];
static int         many_accepted;

static void
quiet(struct conn *c)
{
	(void)c;
}

static void
accept_many(struct loop_io *io, unsigned events)
{
	struct conn *c = &many_served[many_accepted++];
	struct addr  peer;
	int          fd = socket_accept(io->fd, &peer);

	(void)events;
	*c = (struct conn){ .moved = quiet };
	conn_accepted(c, fd, &peer, tls_server(identity));
}

static int
count_open(const struct conn *all)
{
	int n = 0;

	for (int i = 0; i < MANY; i++)
		n += all[i].state == CONN_OPEN;
	return n;
}

static void
only_two_handshakes_are_worked_on_in_a_turn(void)
{
	struct conn all[MANY] = { 0 };
	int         open = 0, now_open, turns = 0;

	start("ca", "server");
	listening.ready = accept_many;
	many_accepted = 0;
	for (int i = 0; i < MANY; i++) {
		all[i] = (struct conn){ .moved = quiet };
		CU_ASSERT(conn_dial(&all[i], &at, tls_client(trust, NULL, STR("localhost"), false)));
	}
	do {
		loop_turn(0);
		now_open = count_open(all) + count_open(many_served);
		CU_ASSERT(now_open - open <= 2);
		open = now_open;
	} while (open < 2 * MANY && ++turns < 1000);
	CU_ASSERT_EQUAL(open, 2 * MANY);
	for (int i = 0; i < MANY; i++) {
		conn_abort(&all[i]);
		conn_abort(&many_served[i]);
	}
	owner_reset(&client);
	owner_reset(&served);
	stop();
}

/* A server of BearSSL's own, at the test's end of the connection. */
static struct {
	struct world_peer      *peer;
	br_ssl_server_context   s;
	br_x509_minimal_context clients;
	unsigned char           record[BR_SSL_BUFSIZE_MONO];
	bool                    wants_certificate;
} other;

static void
other_accepted(struct world_peer *p, void *owner)
{
	(void)owner;
	other.peer = p;
	br_ssl_server_init_full_ec(&other.s, identity->chain, identity->count, BR_KEYTYPE_EC, &identity->key.ec);
	if (other.wants_certificate) {
		br_x509_minimal_init_full(&other.clients, trust->anchors, trust->count);
		br_x509_minimal_set_time(&other.clients, 740309, 0);
		br_ssl_engine_set_default_rsavrfy(&other.s.eng);
		br_ssl_engine_set_default_ecdsa(&other.s.eng);
		br_ssl_engine_set_x509(&other.s.eng, &other.clients.vtable);
		br_ssl_server_set_trust_anchor_names_alt(&other.s, trust->anchors, trust->count);
	}
	br_ssl_engine_set_buffer(&other.s.eng, other.record, sizeof(other.record), 0);
	br_ssl_engine_inject_entropy(&other.s.eng, "enough of it for a test", 23);
	br_ssl_server_reset(&other.s);
}

/* Its turn; false: nothing to do. */
static bool
other_moves(void)
{
	size_t         len;
	unsigned char *b;
	struct str     in = world_got(other.peer);
	bool           moved_it = false;

	if ((b = br_ssl_engine_sendrec_buf(&other.s.eng, &len)) != NULL) {
		world_send(other.peer, (struct str){ (char *)b, len });
		br_ssl_engine_sendrec_ack(&other.s.eng, len);
		moved_it = true;
	} else if ((b = br_ssl_engine_recvrec_buf(&other.s.eng, &len)) != NULL && in.len > 0) {
		if (len > in.len)
			len = in.len;
		memcpy(b, in.at, len);
		br_ssl_engine_recvrec_ack(&other.s.eng, len);
		world_taken(other.peer, len);
		moved_it = true;
	}
	return moved_it;
}

/* The error of the server, after the client with that identity dialled it. */
static int
dial_other(const char *client_name)
{
	struct tls_identity *id = client_name != NULL ? certs_identity(client_name) : NULL;
	int                  error;

	world_reset();
	trust = certs_trust("ca");
	identity = certs_identity("server");
	world_listen(at, other_accepted, NULL);
	owner_reset(&client);
	CU_ASSERT(conn_dial(&client.c, &at, tls_client(trust, id, STR("localhost"), false)));
	do
		world_settle();
	while (other_moves());
	error = br_ssl_engine_last_error(&other.s.eng);
	if (br_ssl_engine_current_state(&other.s.eng) == BR_SSL_CLOSED)
		world_end(other.peer);
	world_settle();
	CU_ASSERT_EQUAL(client.c.state, error == 0 ? CONN_OPEN : CONN_ENDED);
	conn_abort(&client.c);
	if (id != NULL)
		tls_identity_drop(id);
	tls_trust_drop(trust);
	tls_identity_drop(identity);
	return error;
}

static void
a_client_certificate_is_sent_when_wanted(void)
{
	other.wants_certificate = true;
	CU_ASSERT_EQUAL(dial_other("client"), 0);
	CU_ASSERT_EQUAL(dial_other("client-rsa"), 0);
	CU_ASSERT_EQUAL(dial_other(NULL), BR_ERR_NO_CLIENT_AUTH);
	CU_ASSERT_EQUAL(dial_other("self"), BR_ERR_X509_NOT_TRUSTED);
	other.wants_certificate = false;
	CU_ASSERT_EQUAL(dial_other("client"), 0);
	CU_ASSERT_EQUAL(dial_other(NULL), 0);
}

SUITE(test_conn_tls,
    { "a server is believed when its certificate is right",
      a_server_is_believed_when_its_certificate_is_right },
    { "a server that is not the right one is named so", a_server_that_is_not_the_right_one_is_named_so },
    { "two ends talk however the bytes are cut", two_ends_talk_however_the_bytes_are_cut },
    { "much goes both ways at once", much_goes_both_ways_at_once },
    { "an owner that takes nothing holds the peer", an_owner_that_takes_nothing_holds_the_peer },
    { "a pause in the middle loses nothing", a_pause_in_the_middle_loses_nothing },
    { "a cut is not an end in order", a_cut_is_not_an_end_in_order },
    { "a close lets go what was written", a_close_lets_go_what_was_written },
    { "a close does not wait for ever", a_close_does_not_wait_for_ever },
    { "only two handshakes are worked on in a turn", only_two_handshakes_are_worked_on_in_a_turn },
    { "a client certificate is sent when wanted", a_client_certificate_is_sent_when_wanted });
