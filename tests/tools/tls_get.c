/*
 * tls_get.c - one GET over our real loop, sockets and TLS; for tests/peer/openssl.sh.
 *
 *	tls_get PORT NAME CA|insecure [CRT KEY]
 *
 * Prints the first line of the answer and how many bytes came in all, or why
 * there is no answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/file.h"
#include "kernel/loop.h"
#include "kernel/memory.h"
#include "net/conn.h"

#define WAIT_MS   5000
#define FILES_MAX (1u << 20)

static size_t came;
static bool   asked;
static char   first_line[128];

static void
moved(struct conn *c)
{
	struct str data = conn_data(c), ask = STR("GET / HTTP/1.0\r\n\r\n");
	size_t     len = 0;

	if (c->state == CONN_OPEN && !asked)
		asked = conn_write(c, ask) == ask.len;
	if (came == 0 && data.len > 0) {
		while (len < data.len && len + 1 < sizeof(first_line) && data.at[len] >= ' ')
			len++;
		memcpy(first_line, data.at, len);
	}
	came += data.len;
	conn_taken(c, data.len);
	if (c->state == CONN_ENDED)
		loop_stop();
}

static void
too_late(struct loop_timer *t)
{
	(void)t;
	printf("no end within %d ms\n", WAIT_MS);
	exit(1);
}

static struct str
read_file(const char *path, struct arena *a)
{
	struct str        text;
	enum file_result  r = file_read(path, a, &text);

	if (r != FILE_OK) {
		printf("%s %s\n", path, file_result_text(r));
		exit(1);
	}
	return text;
}

static void
refuse(const char *why)
{
	if (why != NULL) {
		printf("%s\n", why);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct addr          to = { .ip = { 127, 0, 0, 1 }, .ip_len = 4 };
	struct conn          c = { .moved = moved };
	struct loop_timer    limit = { .due = too_late };
	struct tls_trust    *trust = NULL;
	struct tls_identity *id = NULL;
	struct arena         a;
	const char          *why = NULL;

	if ((argc != 4 && argc != 6) || !addr_port(str_of(argv[1]), &to.port)) {
		fprintf(stderr, "usage: tls_get PORT NAME CA|insecure [CRT KEY]\n");
		return 2;
	}
	arena_init(&a, memory_reserve(FILES_MAX), FILES_MAX);
	loop_init();
	if (strcmp(argv[3], "insecure") != 0)
		trust = tls_trust_parse(read_file(argv[3], &a), &why);
	refuse(why);
	if (argc == 6)
		id = tls_identity_parse(read_file(argv[4], &a), read_file(argv[5], &a), &why);
	refuse(why);
	loop_timer_set(&limit, clock_mono_ms() + WAIT_MS);
	if (conn_dial(&c, &to, tls_client(trust, id, str_of(argv[2]), trust == NULL)))
		loop_run();
	if (came > 0)
		printf("%s, %zu bytes%s%s\n", first_line, came, c.error_text[0] != '\0' ? "; " : "", c.error_text);
	else
		printf("%s\n", c.error_text);
	return came > 0 ? 0 : 1;
}
