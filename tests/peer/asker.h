/* asker.h - calls of one client to scripted peers, and what came of them as text. */
#ifndef TESTS_PEER_ASKER_H
#define TESTS_PEER_ASKER_H

#include "kernel/clock.h"
#include "net/client.h"
#include "tests/unit/test.h"
#include "tests/world/world.h"

#define PEERS_MAX 64

struct asker {
	struct call call;
	struct buf  into;
	const char *name;
	void      (*then)(struct asker *);       /* from inside done(), and from the last piece */
	int         pieces_max;                  /* on_piece() says: enough; 0: never */
	int         pieces;
	char        text[4096];                  /* what on_piece() saw */
	size_t      text_len;
};

static struct client      cl;
static struct world_peer *peers[PEERS_MAX];      /* in the order of their connections */
static int                peers_count;
static struct out         asked_log;

#define EXPECT_LOG(want)      expect_log((want), __FILE__, __LINE__)
#define EXPECT_ASKED(n, want) expect_asked((n), (want), __FILE__, __LINE__)

#define GET_X "GET /x HTTP/1.1\r\nHost: h\r\nUser-Agent: t/1\r\nAccept: application/json\r\n\r\n"
#define JSON  "Content-Type: application/json\r\n"
#define OK    "HTTP/1.1 200 OK\r\n"
#define HELLO OK "Content-Length: 5\r\n\r\nhello"

/* Where a test listens. */
static inline struct addr
here(void)
{
	return (struct addr){ .ip = { 10, 0, 0, 1 }, .ip_len = 4, .port = 80 };
}

static inline void
accepted(struct world_peer *p, void *owner)
{
	(void)owner;
	CU_ASSERT_FATAL(peers_count < PEERS_MAX);
	peers[peers_count++] = p;
}

static inline void
listen_there(struct addr at)
{
	world_listen(at, accepted, NULL);
}

static inline void
open_client(int conns_max)
{
	static char text[4096];

	world_reset();
	cl.addr = here();
	cl.host = STR("h");
	cl.agent = STR("t/1");
	cl.conns_max = conns_max;
	client_open(&cl);
	peers_count = 0;
	asked_log = out_over(text, sizeof(text));
	listen_there(here());
}

/* Nothing of a client stays in the world. */
static inline void
close_client(void)
{
	client_close(&cl);
	world_settle();
	CU_ASSERT_EQUAL(world_connections(), 0);
	CU_ASSERT_EQUAL(world_next_timer_ms(), -1);
}

/* "a answered 200 body", "a late: why": a line a call. */
static inline void
done(struct call *call)
{
	struct asker *k = call->owner;

	OUT(&asked_log, str_of(k->name), STR(" "), str_of(outcome_text(call->outcome)));
	if (call->status != 0) {
		out_str(&asked_log, STR(" "));
		out_int(&asked_log, call->status);
	}
	if (call->outcome == OUTCOME_ANSWERED && buf_view(&k->into).len > 0)
		OUT(&asked_log, STR(" "), buf_view(&k->into));
	if (k->text_len > 0)
		OUT(&asked_log, STR(" <"), ((struct str){ k->text, k->text_len }), STR(">"));
	if (call->why[0] != '\0')
		OUT(&asked_log, STR(": "), str_of(call->why));
	out_str(&asked_log, STR("\n"));
	if (k->then != NULL)
		k->then(k);
}

static inline bool
on_piece(struct call *call, struct str piece)
{
	struct asker *k = call->owner;

	CU_ASSERT_FATAL(piece.len > 0 && k->text_len + piece.len <= sizeof(k->text));
	memcpy(k->text + k->text_len, piece.at, piece.len);
	k->text_len += piece.len;
	k->pieces++;
	if (k->pieces == k->pieces_max && k->then != NULL)
		k->then(k);
	return k->pieces != k->pieces_max;
}

static inline void
prepare(struct asker *k, const char *name, size_t into_max)
{
	struct buf into = k->into;

	*k = (struct asker){ .name = name };
	if (into.base == NULL)
		buf_init(&into, 1 << 20);
	into.size = into_max;
	k->into = into;
	k->call = (struct call){ .method = STR("GET"), .target = STR("/x"), .done = done, .owner = k,
		.into = &k->into, .repeatable = true, .deadline_ms = clock_mono_ms() + 1000 };
}

static inline void
begin(struct asker *k)
{
	client_begin(&cl, &k->call);
	world_settle();
}

static inline void
ask(struct asker *k, const char *name)
{
	prepare(k, name, 1 << 20);
	begin(k);
}

static inline void
ask_stream(struct asker *k, const char *name, int pieces_max)
{
	prepare(k, name, 1 << 20);
	k->call.on_piece = on_piece;
	k->pieces_max = pieces_max;
	begin(k);
}

static inline void
answer(int peer, struct str bytes)
{
	CU_ASSERT_FATAL(peer < peers_count);
	world_send(peers[peer], bytes);
	world_settle();
}

/* What has become of the calls since the last look. */
static inline void
expect_log(const char *want, const char *file, int line)
{
	expect_text(out_view(&asked_log), want, file, line);
	asked_log.len = 0;
}

/* All that peer n was asked since the last look. */
static inline void
expect_asked(int n, const char *want, const char *file, int line)
{
	CU_ASSERT_FATAL(n < peers_count);
	expect_text(world_got(peers[n]), want, file, line);
	world_taken(peers[n], world_got(peers[n]).len);
}

#endif
