/* certs.h - the files that tests/certs.sh made; read from the repository's root. */
#ifndef TESTS_CERTS_H
#define TESTS_CERTS_H

#include "net/tls.h"

struct str           certs_file(const char *name);         /* valid until four more were read */
struct tls_trust    *certs_trust(const char *name);        /* "ca": of ca.crt */
struct tls_identity *certs_identity(const char *name);     /* "server": of server.crt, server.key */

#endif
