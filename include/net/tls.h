/*
 * tls.h - TLS 1.2 as a machine without sockets, in BearSSL's shape: what do
 * you want, here are n bytes.  The one place that knows BearSSL's engine, so
 * that another library could stand here.
 *
 * Ours: TLS 1.2 only, four AES-GCM suites with AES-GCM first, X25519 and
 * P-256 for the key exchange, no renegotiation, no resumption.  IP addresses
 * are matched against iPAddress SANs (BearSSL skips those); a name is never
 * left unchecked.
 *
 * A struct tls is large, points into itself and is pooled: made once, reset
 * for each connection.  One half-duplex record buffer each (16.7 KB).
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/str.h"

struct tls;
struct tls_trust;        /* certificate authorities */
struct tls_identity;     /* a certificate chain and its private key */

enum {
	TLS_SEND    = 1,     /* has bytes for the peer: tls_out() */
	TLS_RECEIVE = 2,     /* wants bytes from the peer: tls_in() */
	TLS_WRITE   = 4,     /* takes application bytes: tls_room() */
	TLS_READ    = 8,     /* has application bytes: tls_data() */
	TLS_CLOSED  = 16,
};

#define TLS_LIVE_MAX 4096         /* contexts, clients and servers together */

/* PEM with one or more CERTIFICATEs (text around them is skipped), or a chain
 * and its key.  NULL: *why is a sentence without its full stop (static text).
 * Counted references: a connection holds its own. */
struct tls_trust    *tls_trust_parse(struct str pem, const char **why);
struct tls_identity *tls_identity_parse(struct str chain_pem, struct str key_pem, const char **why);
void                 tls_trust_hold(struct tls_trust *t);
void                 tls_trust_drop(struct tls_trust *t);
void                 tls_identity_hold(struct tls_identity *i);
void                 tls_identity_drop(struct tls_identity *i);
/* When the first certificate is valid: microseconds since 1970. */
void                 tls_identity_dates(const struct tls_identity *i, int64_t *from_us, int64_t *until_us);

/* `name`: a DNS name or an IP address that the server's certificate must
 * carry.  trust == NULL only with `insecure` (insecure-skip-tls-verify).
 * NULL: no context left. */
struct tls *tls_client(struct tls_trust *trust, struct tls_identity *id, struct str name, bool insecure);
struct tls *tls_server(struct tls_identity *id);
void        tls_end(struct tls *t);

unsigned    tls_want(const struct tls *t);
char       *tls_out(struct tls *t, size_t *len);         /* then tls_out_done() */
void        tls_out_done(struct tls *t, size_t len);
char       *tls_in(struct tls *t, size_t *room);         /* then tls_in_done() */
void        tls_in_done(struct tls *t, size_t len);
char       *tls_room(struct tls *t, size_t *room);       /* then tls_room_done(), tls_flush() */
void        tls_room_done(struct tls *t, size_t len);
void        tls_flush(struct tls *t);
char       *tls_data(struct tls *t, size_t *len);        /* then tls_data_done() */
void        tls_data_done(struct tls *t, size_t len);
void        tls_close(struct tls *t);               /* begins close_notify; does not wait for the peer's */

int         tls_error(const struct tls *t);              /* BearSSL's number; 0: none */
/* What that number means to a person: "the server speaks TLS 1.3 only, which
 * this program does not", "its certificate is not signed by a trusted CA", ... */
const char *tls_error_text(int error);
bool        tls_handshaking(const struct tls *t);
bool        tls_ended(const struct tls *t);         /* the peer has said its close_notify: no more comes */

#endif
