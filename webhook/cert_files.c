/* cert_files.c - two files, looked at every few seconds. */
#include "webhook/cert_files.h"

#include <string.h>

#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/metric.h"
#include "kernel/time_text.h"

#define ARENA_MAX (2 * FILE_SIZE_MAX + 4096)

_Static_assert(METRIC_COUNT(CERT) == CERT_METRICS + 1, "a label a use");

struct str
cert_use_text(enum cert_use use)
{
	return use == CERT_WEBHOOK ? STR("webhook") : STR("metrics");
}

/* Said when it is news. */
static void
trouble(struct cert_files *c, struct str path, struct str between, struct str what)
{
	char       text[sizeof(c->why)];
	struct out o = out_over(text, sizeof(text) - 1);

	OUT(&o, str_upto(path, 128), between);
	out_str(&o, str_upto(what, o.size - o.len));
	text[o.len] = '\0';
	if (strcmp(text, c->why) == 0)
		return;
	memcpy(c->why, text, o.len + 1);
	if (c->serving)
		LOG(LOG_WARN, "a new certificate cannot be used: the old one stays",
		    LOG_STR("use", cert_use_text(c->use)), LOG_STR("why", out_view(&o)));
	else
		LOG(LOG_WARN, "no certificate to serve with yet", LOG_STR("use", cert_use_text(c->use)),
		    LOG_STR("why", out_view(&o)));
}

static bool
read_one(struct cert_files *c, const char *path, struct str *out)
{
	enum file_result r = file_read(path, &c->arena, out);

	if (r != FILE_OK)
		trouble(c, str_of(path), STR(" "), str_of(file_result_text(r)));
	return r == FILE_OK;
}

static void
take(struct cert_files *c, struct tls_identity *id)
{
	char       text[32];
	struct out o = out_over(text, sizeof(text));

	tls_identity_dates(id, &c->from_us, &c->until_us);
	time_print(&o, c->until_us);
	LOG(LOG_INFO, "certificate", LOG_STR("use", cert_use_text(c->use)), LOG_STR("file", str_of(c->cert_path)),
	    LOG_STR("until", out_view(&o)));
	metric_set(METRIC_CERT_ENDS + c->use, (uint64_t)c->until_us);
	c->why[0] = '\0';
	c->serving = true;
	c->serve(c, id);
	tls_identity_drop(id);
}

static void
read_both(struct cert_files *c)
{
	struct tls_identity *id;
	struct str           cert, key;
	const char          *why;

	metric_add(METRIC_CERT_READ + c->use, 1);
	if (read_one(c, c->cert_path, &cert) && read_one(c, c->key_path, &key)) {
		id = tls_identity_parse(cert, key, &why);
		if (id != NULL)
			take(c, id);
		else
			trouble(c, str_of(c->cert_path), STR(": "), str_of(why));
	}
	if (c->why[0] != '\0')
		metric_add(METRIC_CERT_BAD + c->use, 1);
	memset(c->arena.base, 0, c->arena.peak);         /* there was a key in it */
	memory_give_back(c->arena.base, c->arena.peak);
	c->arena.peak = 0;
	arena_reset(&c->arena);
}

static void
notice_end(struct cert_files *c)
{
	if (!c->serving || c->until_us == c->ended_us || clock_wall_us() < c->until_us)
		return;
	c->ended_us = c->until_us;
	LOG(LOG_WARN, "the certificate has expired: who connects will refuse it",
	    LOG_STR("use", cert_use_text(c->use)), LOG_STR("file", str_of(c->cert_path)));
}

/* Also while there is trouble: the other file may have been the one that was too old. */
static void
look(struct loop_timer *t)
{
	struct cert_files *c = t->owner;
	struct file_stamp  cert = { 0 }, key = { 0 };
	bool               there = file_stamp(c->cert_path, &cert);

	there &= file_stamp(c->key_path, &key);
	if ((there && c->why[0] != '\0') || memcmp(&cert, &c->cert_stamp, sizeof(cert)) != 0 ||
	    memcmp(&key, &c->key_stamp, sizeof(key)) != 0) {
		c->cert_stamp = cert;
		c->key_stamp = key;
		read_both(c);
	}
	notice_end(c);
	loop_timer_set(t, loop_now_ms() + CERT_FILES_LOOK_MS);
}

static bool
print_path(char path[CERT_FILES_PATH], struct str folder, struct str name)
{
	struct out o = out_over(path, CERT_FILES_PATH - 1);

	OUT(&o, folder, STR("/"), name);
	path[o.len] = '\0';
	return out_ok(&o);
}

bool
cert_files_start(struct cert_files *c)
{
	if (!print_path(c->cert_path, c->folder, c->cert_name) || !print_path(c->key_path, c->folder, c->key_name))
		return false;
	if (c->arena.base == NULL)
		arena_init(&c->arena, memory_reserve(ARENA_MAX), ARENA_MAX);
	c->timer = (struct loop_timer){ .due = look, .owner = c };
	c->serving = false;
	c->why[0] = '\0';
	c->cert_stamp = c->key_stamp = (struct file_stamp){ .size = UINT64_MAX };    /* like no file */
	look(&c->timer);
	return true;
}

void
cert_files_stop(struct cert_files *c)
{
	loop_timer_stop(&c->timer);
}
