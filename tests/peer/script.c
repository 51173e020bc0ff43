/* script.c - a server that says nothing on its own. */
#include "script.h"

#include <stdlib.h>
#include <stdio.h>

#include "kernel/check.h"

#define CONNS_MAX 64

static struct addr        at;
static struct world_peer *conns[CONNS_MAX];
static int                conn_count, to;
static char               line[8192], head[32768], body[1 << 20];

static void
accepted(struct world_peer *p, void *owner)
{
	(void)owner;
	CHECK(conn_count < CONNS_MAX);
	conns[conn_count++] = p;
}

void
script_open(void)
{
	world_reset();
	conn_count = 0;
	to = -1;
	CHECK(addr_ip(STR("127.0.0.1"), &at));
	at.port = SCRIPT_PORT;
	world_listen(at, accepted, NULL);
}

void
script_access(struct access *a)
{
	*a = (struct access){ .server = STR("http://127.0.0.1:6443"), .host = STR("127.0.0.1"), .port = SCRIPT_PORT,
		.name = STR("127.0.0.1"), .token = "t1", .token_len = 2 };
}

void
script_refuse(bool refuse)
{
	if (refuse)
		world_unlisten(at);
	else
		world_listen(at, accepted, NULL);
}

/* The value of a header field; empty: none. */
static struct str
field(struct str h, const char *name)
{
	struct str row, key;

	while (str_cut(&h, '\n', &row))
		if (str_cut(&row, ':', &key) && row.at != NULL && str_eq(key, str_of(name)))
			return str_trim(row);
	return STR_NONE;
}

static void
mask_timeout(struct str request, struct out *o)
{
	static const char key[] = "timeoutSeconds=";
	const char       *found = memmem(request.at, request.len, key, sizeof(key) - 1);
	size_t            len = found == NULL ? request.len : (size_t)(found - request.at) + sizeof(key) - 1;

	out_str(o, str_upto(request, len));
	if (found == NULL)
		return;
	out_char(o, 'N');
	while (len < request.len && request.at[len] >= '0' && request.at[len] <= '9')
		len++;
	out_str(o, str_from(request, len));
}

/* A whole request of that connection, taken. */
static bool
take(int conn, struct out *o)
{
	struct str  got = world_got(conns[conn]), h, request;
	const char *end = got.len == 0 ? NULL : memmem(got.at, got.len, "\r\n\r\n", 4);
	uint64_t    length = 0;

	if (end == NULL)
		return false;
	h = str_upto(got, (size_t)(end - got.at) + 4);
	str_u64(field(h, "Content-Length"), &length);
	if (got.len - h.len < length)
		return false;
	CHECK(h.len < sizeof(head) && length < sizeof(body));
	snprintf(head, sizeof(head), STR_FMT, STR_ARG(h));
	memcpy(body, got.at + h.len, length);
	body[length] = '\0';
	request = str_upto(h, (size_t)((char *)memchr(h.at, '\r', h.len) - h.at));
	if (str_ends(request, STR(" HTTP/1.1")))
		request.len -= 9;
	mask_timeout(request, o);
	world_taken(conns[conn], h.len + length);
	to = conn;
	return true;
}

struct str
script_asked(void)
{
	struct out o = out_over(line, sizeof(line));

	world_settle();
	for (int i = 0; i < conn_count; i++)
		if (take(i, &o))
			break;
	return out_view(&o);
}

struct str
script_head(void)
{
	return str_of(head);
}

struct str
script_body(void)
{
	return str_of(body);
}

int
script_conn(void)
{
	return to;
}

void
script_to(int conn)
{
	to = conn;
}

void
script_raw(struct str bytes)
{
	world_send(conns[to], bytes);
	world_settle();
}

void
script_answer(int status, const char *fields, struct str text)
{
	char text_head[512];
	int  len = snprintf(text_head, sizeof(text_head), "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n%s\r\n", status, text.len, fields);

	world_send(conns[to], (struct str){ text_head, (size_t)len });
	script_raw(text);
}

void
script_stream(void)
{
	script_raw(STR("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

void
script_piece(struct str bytes)
{
	char size[32];
	int  len = snprintf(size, sizeof(size), "%zx\r\n", bytes.len);

	world_send(conns[to], (struct str){ size, (size_t)len });
	world_send(conns[to], bytes);
	script_raw(STR("\r\n"));
}

void
script_end(void)
{
	script_raw(STR("0\r\n\r\n"));
}

void
script_cut(void)
{
	world_cut(conns[to]);
	world_settle();
}

bool
script_gone(void)
{
	return world_ended(conns[to]);
}

void
script_pass_ms(int64_t ms)
{
	world_pass_ms(ms);
}
