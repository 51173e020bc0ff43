/* socket.c - TCP from the kernel, never blocking. */
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512

union where {
	struct sockaddr     any;
	struct sockaddr_in  in4;
	struct sockaddr_in6 in6;
};

static socklen_t
where_of(const struct addr *a, union where *w)
{
	memset(w, 0, sizeof(*w));
	if (a->ip_len == 16) {
		w->in6.sin6_family = AF_INET6;
		w->in6.sin6_port = htons(a->port);
		memcpy(&w->in6.sin6_addr, a->ip, 16);
		return sizeof(w->in6);
	}
	w->in4.sin_family = AF_INET;
	w->in4.sin_port = htons(a->port);
	memcpy(&w->in4.sin_addr, a->ip, 4);
	return sizeof(w->in4);
}

static void
addr_of(const union where *w, struct addr *a)
{
	*a = (struct addr){ .ip_len = w->any.sa_family == AF_INET6 ? 16 : 4 };
	if (a->ip_len == 16) {
		memcpy(a->ip, &w->in6.sin6_addr, 16);
		a->port = ntohs(w->in6.sin6_port);
	} else {
		memcpy(a->ip, &w->in4.sin_addr, 4);
		a->port = ntohs(w->in4.sin_port);
	}
}

/* In the words of a person; strerror() would do, but in the system's language. */
static const char *
reason_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "connection refused";
	case ECONNRESET:
	case EPIPE:
		return "connection reset by peer";
	case ETIMEDOUT:
		return "no answer from there (timed out)";
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return "no route to that host";
	case ENETUNREACH:
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
		return "that network cannot be reached from here";
	case EADDRINUSE:
		return "address in use";
	case EACCES:
	case EPERM:
		return "not permitted";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	case ENOBUFS:
	case ENOMEM:
		return "no memory for it";
	default:
		return "the network failed";
	}
}

/* Small messages leave at once: with Nagle each handshake costs 40 ms. */
static void
be_prompt(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int
socket_new(const struct addr *a)
{
	return socket(a->ip_len == 16 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int
socket_dial(const struct addr *to, const char **why)
{
	union where w;
	socklen_t   len = where_of(to, &w);
	int         fd = socket_new(to);

	*why = NULL;
	if (fd >= 0) {
		be_prompt(fd);
		if (connect(fd, &w.any, len) == 0 || errno == EINPROGRESS || errno == EINTR)
			return fd;
	}
	*why = reason_of(errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

int
socket_dialed(int fd, const char **why)
{
	int       error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0)
		return 1;
	*why = reason_of(error);
	return SOCKET_FAILED;
}

/* One descriptor more than is used.  When the table is full, a connection
 * that waits cannot be accepted and would wake the loop for ever: it gets
 * this place, and is closed. */
static int spare = -1;

static void
turn_away(int listening)
{
	close(spare);
	spare = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	if (spare >= 0)
		close(spare);
	spare = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
}

int
socket_listen(struct addr *at, const char **why)
{
	union where w;
	socklen_t   len = where_of(at, &w);
	int         fd = socket_new(at), on = 1;

	*why = NULL;
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(fd, &w.any, len) == 0 && listen(fd, BACKLOG) == 0 && getsockname(fd, &w.any, &len) == 0) {
			addr_of(&w, at);
			if (spare < 0)
				spare = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
			return fd;
		}
	}
	*why = reason_of(errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

int
socket_accept(int fd, struct addr *peer)
{
	union where w;
	socklen_t   len = sizeof(w);
	int         got;

	do
		got = accept4(fd, &w.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (got < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (got < 0 && (errno == EMFILE || errno == ENFILE))
		turn_away(fd);
	if (got < 0)
		return -1;
	be_prompt(got);
	addr_of(&w, peer);
	return got;
}

long
socket_read(int fd, void *at, size_t size, const char **why)
{
	ssize_t n;

	do
		n = recv(fd, at, size, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	if (n == 0)
		return SOCKET_ENDED;
	if (errno == EAGAIN)
		return 0;
	*why = reason_of(errno);
	return SOCKET_FAILED;
}

long
socket_write(int fd, const void *at, size_t size, const char **why)
{
	ssize_t n;

	do
		n = send(fd, at, size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == EAGAIN)
		return 0;
	*why = reason_of(errno);
	return SOCKET_FAILED;
}

void
socket_close(int fd)
{
	close(fd);
}
