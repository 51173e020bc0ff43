/*
 * log.h - a line a fact, to standard error: key=value or JSON.
 *
 *	LOG(LOG_INFO, "pass", LOG_STR("key", key), LOG_INT("acts", n));
 *
 * A text value is quoted when it has blanks, quotes or controls; nothing a
 * peer sends can break a line.  Secrets are never given to it.  When the
 * disk or pipe is full the line is dropped and counted: the loop never waits
 * for a log.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
	const char *key;
	struct str  text;
	int64_t     number;
	bool        is_number;
};

#define LOG_STR(k, v) { (k), (v), 0, false }
#define LOG_INT(k, v) { (k), { NULL, 0 }, (int64_t)(v), true }

/* At least one field. */
#define LOG(level, what, ...) \
	log_line((level), STR(what), (const struct log_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

void log_setup(enum log_level least, bool json);
bool log_wants(enum log_level level);
void log_line(enum log_level level, struct str what, const struct log_field *f, size_t count);
bool log_level_of(struct str name, enum log_level *out);     /* debug info warn error */

#endif
