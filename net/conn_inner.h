/*
 * conn_inner.h - what the files of connections share.
 *
 *   conn.c        states, the way in, the loop
 *   conn_out.c    the way out
 *   conn_held.c   blocks in which bytes wait
 */
#ifndef NET_CONN_INNER_H
#define NET_CONN_INNER_H

#include "net/conn.h"

struct str held_view(const struct conn_held *h);
bool       held_add(struct conn_held *h, struct str s);     /* false: no memory for it */
void       held_take(struct conn_held *h, size_t len);
void       held_drop(struct conn_held *h);

/* TLS: records to the kernel, as many as it takes.  NULL, or why it failed. */
const char *conn_push(struct conn *c);
/* How much of it went out or into a record; sets `failed`. */
size_t      conn_put(struct conn *c, struct str s);
/* Records that cannot leave yet, and their socket, are not c's any more. */
void        conn_leave_behind(struct conn *c);

#endif
