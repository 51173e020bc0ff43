/* test_tls.c - two engines of ours against each other, certificates of every kind. */
#include <stdio.h>

#include "net/tls.h"
#include "net/tls_inner.h"
#include "test.h"
#include "tests/world/certs.h"
#include "tests/world/world.h"

/* Bytes from one to the other, at most `most` at once.  False: nothing moved. */
static bool
carry(struct tls *from, struct tls *to, size_t most)
{
	size_t len, room;
	char  *out, *in;

	if (!(tls_want(from) & TLS_SEND))
		return false;
	if (!(tls_want(to) & TLS_RECEIVE)) {
		out = tls_out(from, &len);
		(void)out;
		tls_out_done(from, len);        /* nobody listens any more */
		return true;
	}
	out = tls_out(from, &len);
	in = tls_in(to, &room);
	if (len > room)
		len = room;
	if (len > most)
		len = most;
	memcpy(in, out, len);
	tls_out_done(from, len);
	tls_in_done(to, len);
	return true;
}

static void
exchange(struct tls *a, struct tls *b, size_t most)
{
	bool moved = true;

	while (moved) {
		moved = carry(a, b, most);
		moved |= carry(b, a, most);
	}
}

/* The client's error after a handshake; 0: it stands. */
static int
shake(struct tls_trust *t, struct tls_identity *server_id, const char *name, bool insecure)
{
	struct tls *c = tls_client(t, NULL, str_of(name), insecure), *s = tls_server(server_id);
	int         error;

	exchange(c, s, SIZE_MAX);
	error = tls_error(c);
	CU_ASSERT_EQUAL(error == 0, !tls_handshaking(c));
	CU_ASSERT_EQUAL(error == 0, !tls_handshaking(s));
	tls_end(c);
	tls_end(s);
	return error;
}

static int
shake_files(const char *ca, const char *server, const char *name)
{
	struct tls_trust    *t = certs_trust(ca);
	struct tls_identity *id = certs_identity(server);
	int                  error = shake(t, id, name, false);

	tls_trust_drop(t);
	tls_identity_drop(id);
	return error;
}

static void
send_text(struct tls *from, struct str s)
{
	size_t room;
	char  *at;

	while (s.len > 0) {
		at = tls_room(from, &room);
		CU_ASSERT_NOT_EQUAL_FATAL(at, NULL);
		if (room > s.len)
			room = s.len;
		memcpy(at, s.at, room);
		tls_room_done(from, room);
		s = str_from(s, room);
	}
	tls_flush(from);
}

static struct str
got_text(struct tls *to)
{
	static char text[32 << 10];
	size_t      len;
	char       *at = tls_data(to, &len);

	if (at == NULL)
		return STR_NONE;
	memcpy(text, at, len);
	tls_data_done(to, len);
	return (struct str){ text, len };
}

static void
two_ends_talk_however_the_bytes_are_cut(void)
{
	struct tls_trust    *t;
	struct tls_identity *id;

	world_reset();
	t = certs_trust("ca");
	id = certs_identity("server");
	for (size_t most = 1; most < 40; most = most < 7 ? most + 1 : most * 2) {
		struct tls *c = tls_client(t, NULL, STR("localhost"), false), *s = tls_server(id);

		exchange(c, s, most);
		CU_ASSERT_FALSE(tls_handshaking(c) || tls_handshaking(s));
		send_text(c, STR("ask"));
		exchange(c, s, most);
		EXPECT_TEXT(got_text(s), "ask");
		send_text(s, STR("answer"));
		exchange(c, s, most);
		EXPECT_TEXT(got_text(c), "answer");
		tls_close(s);
		exchange(c, s, most);
		CU_ASSERT_EQUAL(tls_want(c), TLS_CLOSED);
		CU_ASSERT_EQUAL(tls_error(c), 0);
		tls_end(c);
		tls_end(s);
	}
	tls_trust_drop(t);
	tls_identity_drop(id);
}

static void
keys_of_every_kind_serve(void)
{
	world_reset();
	CU_ASSERT_EQUAL(shake_files("ca", "server", "localhost"), 0);
	CU_ASSERT_EQUAL(shake_files("ca", "server-rsa", "localhost"), 0);
	CU_ASSERT_EQUAL(shake_files("ca", "server-chain", "localhost"), 0);      /* P-384, by another CA */
	CU_ASSERT_EQUAL(shake_files("ca-rsa", "server-p521", "localhost"), 0);       /* signed with RSA-4096 */
	CU_ASSERT_EQUAL(shake_files("ca", "server-noeku", "localhost"), 0);
	CU_ASSERT_EQUAL(shake_files("self", "self", "localhost"), 0);                /* trusted itself */
}

static void
a_name_must_stand_in_the_certificate(void)
{
	static const char *const good[] = { "localhost", "LocalHost", "kubernetes.default.svc",
		"kubernetes.default.svc.", "127.0.0.1", "10.96.0.1", "::1", "[::1]", "0:0::1" };
	static const char *const bad[] = { "localhos", "ocalhost", "localhost.example", "10.96.0.2", "::2", "", ".",
		"*", "127.0.0.1.", "0177.0.0.1", "local host" };
	struct tls_trust    *t;
	struct tls_identity *id;

	world_reset();
	t = certs_trust("ca");
	id = certs_identity("server");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_EQUAL(shake(t, id, good[i], false), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(shake(t, id, bad[i], false), BR_ERR_X509_BAD_SERVER_NAME);
	tls_trust_drop(t);
	tls_identity_drop(id);
}

static void
an_address_is_matched_by_addresses_alone(void)
{
	world_reset();
	CU_ASSERT_EQUAL(shake_files("ca", "server-iptrick", "127.0.0.1"), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_EQUAL(shake_files("ca", "server-cnonly", "127.0.0.1"), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_EQUAL(shake_files("ca", "server-wrongname", "127.0.0.1"), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_EQUAL(shake_files("ca", "server-wrongname", "10.0.0.99"), 0);
}

static void
a_common_name_is_no_name(void)
{
	world_reset();
	CU_ASSERT_EQUAL(shake_files("ca", "server-wrongname", "localhost"), BR_ERR_X509_BAD_SERVER_NAME);
	CU_ASSERT_EQUAL(shake_files("ca", "server-cnonly", "server-cnonly"), BR_ERR_X509_BAD_SERVER_NAME);
}

static void
a_long_name_is_checked_too(void)
{
	static char          name[400];
	struct tls_trust    *t;
	struct tls_identity *id;

	world_reset();
	t = certs_trust("ca");
	id = certs_identity("server");
	for (size_t len = 250; len < 260; len++) {
		memset(name, 'a', len);
		name[len] = '\0';
		CU_ASSERT_EQUAL(shake(t, id, name, false), BR_ERR_X509_BAD_SERVER_NAME);
	}
	tls_trust_drop(t);
	tls_identity_drop(id);
}

static void
a_certificate_must_be_trusted_and_fit(void)
{
	world_reset();
	CU_ASSERT_EQUAL(shake_files("other-ca", "server", "localhost"), BR_ERR_X509_NOT_TRUSTED);
	CU_ASSERT_EQUAL(shake_files("twin-ca", "server", "localhost"), BR_ERR_X509_NOT_TRUSTED);
	CU_ASSERT_EQUAL(shake_files("ca", "self", "localhost"), BR_ERR_X509_NOT_TRUSTED);
	CU_ASSERT_EQUAL(shake_files("self", "server", "localhost"), BR_ERR_X509_NOT_TRUSTED);
	CU_ASSERT_EQUAL(shake_files("ca", "server-expired", "localhost"), BR_ERR_X509_EXPIRED);
	CU_ASSERT_EQUAL(shake_files("ca", "server-future", "localhost"), BR_ERR_X509_EXPIRED);
	CU_ASSERT_EQUAL(shake_files("ca", "server-client", "localhost"), BR_ERR_X509_FORBIDDEN_KEY_USAGE);
	CU_ASSERT_EQUAL(shake_files("ca", "server-sha1", "localhost"), BR_ERR_X509_UNSUPPORTED);
}

static void
validity_follows_the_clock(void)
{
	const int64_t year_us = (int64_t)365 * 86400 * 1000000;

	world_reset();
	world_step_wall_us(-6 * year_us);                /* 2020: what is expired today was valid then */
	CU_ASSERT_EQUAL(shake_files("ca", "server-expired", "localhost"), 0);
	world_step_wall_us(20 * year_us);                /* 2040: nothing is valid */
	CU_ASSERT_EQUAL(shake_files("ca", "server", "localhost"), BR_ERR_X509_EXPIRED);
}

static void
insecure_takes_any_certificate(void)
{
	struct tls_identity *id;

	world_reset();
	id = certs_identity("server-expired");
	CU_ASSERT_EQUAL(shake(NULL, id, "anything", true), 0);
	tls_identity_drop(id);
	id = certs_identity("server-rsa");
	CU_ASSERT_EQUAL(shake(NULL, id, "", true), 0);
	tls_identity_drop(id);
}

static void
append(struct out *o, struct str s)
{
	out_str(o, s);
	CU_ASSERT_FATAL(out_ok(o));
}

static void
a_bundle_may_hold_much(void)
{
	static char          text[64 << 10];
	struct out           o = out_over(text, sizeof(text));
	const char          *why;
	struct tls_trust    *t;
	struct tls_identity *id;

	world_reset();
	append(&o, STR("# authorities\r\n\nsubject=/CN=x\n"));
	append(&o, certs_file("other-ca.crt"));
	append(&o, STR("words between\n"));
	append(&o, certs_file("twin-ca.crt"));            /* the same name as the next */
	append(&o, certs_file("ca.crt"));
	append(&o, certs_file("client-public.pem"));
	append(&o, certs_file("ca-rsa.crt"));
	o.len--;                                         /* no line end at the end */
	t = tls_trust_parse(out_view(&o), &why);
	CU_ASSERT_NOT_EQUAL_FATAL(t, NULL);
	CU_ASSERT_EQUAL(t->count, 4);
	id = certs_identity("server");
	CU_ASSERT_EQUAL(shake(t, id, "localhost", false), 0);
	tls_identity_drop(id);
	id = certs_identity("server-p521");
	CU_ASSERT_EQUAL(shake(t, id, "localhost", false), 0);
	tls_identity_drop(id);
	tls_trust_drop(t);
}

static void
a_bundle_that_is_none_is_refused_by_a_sentence(void)
{
	const char *why;
	struct str  pem;

	world_reset();
	CU_ASSERT_EQUAL(tls_trust_parse(STR(""), &why), NULL);
	EXPECT_TEXT(str_of(why), "there is no certificate in it (PEM is wanted: -----BEGIN CERTIFICATE-----)");
	CU_ASSERT_EQUAL(tls_trust_parse(certs_file("ca.key"), &why), NULL);
	EXPECT_TEXT(str_of(why),
	    "no certificate in it can be used (keys: RSA up to 4096 bits, EC P-256, P-384, P-521)");
	pem = STR("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
	CU_ASSERT_EQUAL(tls_trust_parse(pem, &why), NULL);
	EXPECT_TEXT(str_of(why), "a PEM object in it is not base64");
	pem = certs_file("ca.crt");
	CU_ASSERT_EQUAL(tls_trust_parse(str_upto(pem, pem.len / 2), &why), NULL);
	EXPECT_TEXT(str_of(why), "a PEM object in it has no END line (is the file cut?)");
}

/* Cut anywhere it is refused, changed anywhere it is refused or another one;
 * never a crash. */
static void
damaged_files_do_no_harm(void)
{
	static const char *const names[] = { "server", "client-rsa" };
	static char              text[16 << 10];
	const char              *why;

	world_reset();
	for (size_t i = 0; i < 2; i++) {
		char       path[64];
		struct str crt, key;

		snprintf(path, sizeof(path), "%s.crt", names[i]);
		crt = certs_file(path);
		snprintf(path, sizeof(path), "%s.key", names[i]);
		key = certs_file(path);
		for (size_t len = 0; len + 2 < key.len; len++)
			CU_ASSERT_EQUAL(tls_identity_parse(crt, str_upto(key, len), &why), NULL);
		for (size_t len = 0; len + 2 < crt.len; len++) {
			CU_ASSERT_EQUAL(tls_identity_parse(str_upto(crt, len), key, &why), NULL);
			CU_ASSERT_EQUAL(tls_trust_parse(str_upto(crt, len), &why), NULL);
		}
		for (size_t at = 30; at < key.len - 30; at++) {
			struct tls_identity *id;

			memcpy(text, key.at, key.len);
			text[at] = text[at] == 'A' ? 'B' : 'A';
			id = tls_identity_parse(crt, (struct str){ text, key.len }, &why);
			if (id != NULL)
				tls_identity_drop(id);
		}
	}
}

static void
refused(const char *crt, const char *key, const char *sentence)
{
	const char *why = NULL;

	CU_ASSERT_EQUAL(tls_identity_parse(certs_file(crt), certs_file(key), &why), NULL);
	EXPECT_TEXT(str_of(why), sentence);
}

static void
a_key_that_does_not_serve_is_refused_by_a_sentence(void)
{
	static char big[20 << 10];
	const char *why;

	world_reset();
	refused("client.crt", "client-encrypted.key",
	    "the private key is encrypted: this program needs it without a passphrase");
	refused("client-rsa.crt", "client-encrypted1.key",
	    "the private key is encrypted: this program needs it without a passphrase");
	refused("client.crt", "client-ed25519.key", "the private key is of a kind that this program does not know: "
	    "use RSA or EC (P-256, P-384, P-521)");
	refused("client.crt", "server.key", "the private key does not belong to the certificate");
	refused("client.crt", "client-rsa.key", "the private key does not belong to the certificate");
	refused("client-rsa.crt", "server-rsa.key", "the private key does not belong to the certificate");
	refused("client.crt", "client.crt",
	    "there is no private key in it (PEM is wanted: -----BEGIN PRIVATE KEY-----)");
	refused("client.key", "client.key",
	    "there is no certificate in it (PEM is wanted: -----BEGIN CERTIFICATE-----)");
	memset(big, '\n', sizeof(big));
	CU_ASSERT_EQUAL(tls_identity_parse(certs_file("client.crt"), (struct str){ big, sizeof(big) }, &why), NULL);
	EXPECT_TEXT(str_of(why), "the private key's file is larger than 16 KB");
}

static void
every_form_of_a_key_is_read(void)
{
	static const char *const pairs[][2] = {
		{ "client.crt", "client.key" }, { "client.crt", "client-sec1.key" },
		{ "client-rsa.crt", "client-rsa.key" }, { "client-rsa.crt", "client-pkcs1.key" },
		{ "server-p384.crt", "server-p384.key" }, { "server-p521.crt", "server-p521.key" },
		{ "ca-rsa.crt", "ca-rsa.key" },
	};
	const char *why;

	world_reset();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct tls_identity *id = tls_identity_parse(certs_file(pairs[i][0]), certs_file(pairs[i][1]), &why);

		CU_ASSERT_NOT_EQUAL_FATAL(id, NULL);
		CU_ASSERT_EQUAL(id->key_type, str_has(str_of(pairs[i][0]), STR("rsa")) ? BR_KEYTYPE_RSA : BR_KEYTYPE_EC);
		tls_identity_drop(id);
	}
}

/* The two bytes after the session id of the first flight's list of suites. */
static void
the_hello_offers_what_we_say(void)
{
	struct tls_trust    *t;
	struct tls          *c;
	size_t               len;
	const unsigned char *hello;
	struct str           all;

	world_reset();
	t = certs_trust("ca");
	c = tls_client(t, NULL, STR("10.96.0.1"), false);
	hello = (const unsigned char *)tls_out(c, &len);
	all = (struct str){ (const char *)hello, len };
	/* TLS 1.2, no session, the four suites (and the mark of RFC 5746) in order. */
	CU_ASSERT(str_has(all, STR("\x03\x03")));
	CU_ASSERT(str_has(all, STR("\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30\x01\x00")));
	CU_ASSERT(str_has(all, STR("\x00\x0a\x00\x06\x00\x04\x00\x17\x00\x1d")));    /* P-256, X25519 */
	CU_ASSERT(str_has(all, STR("http/1.1")));
	CU_ASSERT_FALSE(str_has(all, STR("10.96.0.1")));                           /* an address is no server name */
	tls_end(c);
	c = tls_client(t, NULL, STR("kubernetes.default.svc"), false);
	all.at = tls_out(c, &all.len);
	CU_ASSERT(str_has(all, STR("kubernetes.default.svc")));
	tls_end(c);
	tls_trust_drop(t);
}

static void
contexts_run_out_and_come_back(void)
{
	static struct tls   *all[TLS_LIVE_MAX];
	struct tls_trust    *t;
	struct tls_identity *id;
	size_t               n = 0;

	world_reset();
	t = certs_trust("ca");
	id = certs_identity("server");
	while (n < TLS_LIVE_MAX && (all[n] = n % 2 ? tls_server(id) : tls_client(t, NULL, STR("a"), false)) != NULL)
		n++;
	CU_ASSERT(n > TLS_LIVE_MAX / 2);       /* other tests may have left some */
	CU_ASSERT_EQUAL(tls_client(t, NULL, STR("a"), false), NULL);
	CU_ASSERT_EQUAL(tls_server(id), NULL);
	/* One that was a client serves as a server. */
	tls_end(all[0]);
	all[0] = tls_server(id);
	CU_ASSERT_NOT_EQUAL(all[0], NULL);
	while (n > 0)
		tls_end(all[--n]);
	CU_ASSERT_EQUAL(shake(t, id, "localhost", false), 0);
	CU_ASSERT_EQUAL(t->held, 1);
	CU_ASSERT_EQUAL(id->held, 1);
	tls_trust_drop(t);
	tls_identity_drop(id);
}

static void
a_record_that_was_changed_ends_it(void)
{
	struct tls_trust    *t;
	struct tls_identity *id;
	struct tls          *c, *s;
	size_t               len;

	world_reset();
	t = certs_trust("ca");
	id = certs_identity("server");
	c = tls_client(t, NULL, STR("localhost"), false);
	s = tls_server(id);
	exchange(c, s, SIZE_MAX);
	send_text(c, STR("pay 10"));
	tls_out(c, &len)[12] ^= 1;
	exchange(c, s, SIZE_MAX);
	EXPECT_TEXT(got_text(s), "");
	EXPECT_TEXT(str_of(tls_error_text(tls_error(s))), "a TLS record was changed on its way");
	CU_ASSERT_FALSE(tls_ended(s));
	tls_end(c);
	tls_end(s);
	tls_trust_drop(t);
	tls_identity_drop(id);
}

static void
what_does_not_speak_tls_is_told_so(void)
{
	static const struct { struct str answer; const char *text; } cases[] = {
		{ STR_INIT("HTTP/1.1 400 Bad Request\r\n\r\n"),
		    "the peer does not speak TLS there (is it a plain HTTP port?)" },
		{ STR_INIT("SSH-2.0-OpenSSH_9.2\r\n"), "the peer does not speak TLS there (is it a plain HTTP port?)" },
		{ STR_INIT("\x15\x03\x03\x00\x02\x02\x46"),
		    "the server speaks TLS 1.3 only, which this program does not: allow TLS 1.2 there" },
	};
	struct tls_trust *t;

	world_reset();
	t = certs_trust("ca");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tls *c = tls_client(t, NULL, STR("a"), false);
		struct str  left = cases[i].answer;
		size_t      len;
		char       *at;

		tls_out(c, &len);
		tls_out_done(c, len);
		while (left.len > 0 && (at = tls_in(c, &len)) != NULL) {
			if (len > left.len)
				len = left.len;
			memcpy(at, left.at, len);
			tls_in_done(c, len);
			left = str_from(left, len);
		}
		EXPECT_TEXT(str_of(tls_error_text(tls_error(c))), cases[i].text);
		tls_end(c);
	}
	tls_trust_drop(t);
}

static void
every_number_has_a_text_that_fits(void)
{
	for (int error = 0; error < 1024; error++) {
		size_t len = strlen(tls_error_text(error));

		CU_ASSERT(len > 10 && len < 170);
	}
}

SUITE(test_tls,
    { "two ends talk however the bytes are cut", two_ends_talk_however_the_bytes_are_cut },
    { "keys of every kind serve", keys_of_every_kind_serve },
    { "a name must stand in the certificate", a_name_must_stand_in_the_certificate },
    { "an address is matched by addresses alone", an_address_is_matched_by_addresses_alone },
    { "a common name is no name", a_common_name_is_no_name },
    { "a long name is checked too", a_long_name_is_checked_too },
    { "a certificate must be trusted and fit", a_certificate_must_be_trusted_and_fit },
    { "validity follows the clock", validity_follows_the_clock },
    { "insecure takes any certificate", insecure_takes_any_certificate },
    { "a bundle may hold much", a_bundle_may_hold_much },
    { "a bundle that is none is refused by a sentence", a_bundle_that_is_none_is_refused_by_a_sentence },
    { "damaged files do no harm", damaged_files_do_no_harm },
    { "a key that does not serve is refused by a sentence",
      a_key_that_does_not_serve_is_refused_by_a_sentence },
    { "every form of a key is read", every_form_of_a_key_is_read },
    { "the hello offers what we say", the_hello_offers_what_we_say },
    { "contexts run out and come back", contexts_run_out_and_come_back },
    { "a record that was changed ends it", a_record_that_was_changed_ends_it },
    { "what does not speak TLS is told so", what_does_not_speak_tls_is_told_so },
    { "every number has a text that fits", every_number_has_a_text_that_fits });
