/* guest.h - a server of ours, its handler, and scripted clients. */
#ifndef TESTS_PEER_GUEST_H
#define TESTS_PEER_GUEST_H

#include "net/server.h"
#include "tests/unit/test.h"
#include "tests/world/world.h"

static struct server    sv;
static struct exchange *held;                /* what the handler has not answered */
static int              gone_count;
static void           (*handler)(struct exchange *);     /* in place of echo() */
static struct out       seen;

#define EXPECT_SEEN(want)   expect_seen((want), __FILE__, __LINE__)
#define EXPECT_GOT(p, want) expect_got((p), (want), __FILE__, __LINE__)

#define GET_X   "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
#define ECHO(n) "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " #n "\r\n\r\n"

/* Answers with the body, or with the target when there is none. */
static inline void
echo(struct exchange *x)
{
	server_answer(x, 200, STR("text/plain"), STR(""), x->body.len > 0 ? x->body : x->head.target);
}

static inline void
gone(struct exchange *x)
{
	CU_ASSERT_PTR_EQUAL(x, held);
	held = NULL;
	gone_count++;
}

/* For tests that answer later. */
static inline void
hold(struct exchange *x)
{
	CU_ASSERT_PTR_NULL(held);
	held = x;
	x->gone = gone;
}

/* "POST /x body": a line a request. */
static inline void
handle(struct exchange *x)
{
	OUT(&seen, x->head.method, STR(" "), x->head.target);
	if (x->body.len > 0)
		OUT(&seen, STR(" "), x->body);
	out_str(&seen, STR("\n"));
	handler(x);
}

static inline void
open_server(void (*with)(struct exchange *))
{
	static char text[4096];
	const char *why;

	world_reset();
	sv.at = (struct addr){ .ip = { 10, 0, 0, 2 }, .ip_len = 4, .port = 8080 };
	sv.handle = handle;
	sv.conns_max = 3;
	sv.body_max = 100;
	sv.pending_max = 1000;
	sv.idle_ms = 5000;
	CU_ASSERT_FATAL(server_open(&sv, &why));
	handler = with;
	held = NULL;
	gone_count = 0;
	seen = out_over(text, sizeof(text));
}

/* Nothing of a server stays in the world. */
static inline void
close_server(void)
{
	server_close(&sv);
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
}

static inline struct world_peer *
visit(void)
{
	struct world_peer *p = world_connect(sv.at);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	world_settle();
	return p;
}

static inline void
say(struct world_peer *p, struct str bytes)
{
	world_send(p, bytes);
	world_settle();
}

static inline void
expect_seen(const char *want, const char *file, int line)
{
	expect_text(out_view(&seen), want, file, line);
	seen.len = 0;
}

/* What has come to the client since the last look. */
static inline void
expect_got(struct world_peer *p, const char *want, const char *file, int line)
{
	expect_text(world_got(p), want, file, line);
	world_taken(p, world_got(p).len);
}

#endif
