/*
 * socket.h - TCP, never blocking.  A world file: tests bring their own.
 *
 * A read or write that cannot go on now gives 0; an ended peer gives
 * SOCKET_ENDED, everything else SOCKET_FAILED with a reason in *why
 * ("connection refused", ...; static text).
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <stddef.h>

#include "net/addr.h"

enum { SOCKET_ENDED = -1, SOCKET_FAILED = -2 };

/* All fds: close-on-exec, TCP_NODELAY.  -1: failed, *why says it. */
int  socket_dial(const struct addr *to, const char **why);       /* connected once writable */
int  socket_dialed(int fd, const char **why);             /* after writable: 1 connected, SOCKET_FAILED */
int  socket_listen(struct addr *at, const char **why);           /* port 0: any; at->port is filled in */
int  socket_accept(int fd, struct addr *peer);                   /* -1: none now */
long socket_read(int fd, void *at, size_t size, const char **why);
long socket_write(int fd, const void *at, size_t size, const char **why);
void socket_close(int fd);

#endif
