/*
 * log.c - a line a fact.
 *
 *	2026-11-24T21:06:21.000123Z info pass key=ais/big acts=3
 *	{"time":"2026-11-24T21:06:21.000123Z","level":"info","msg":"pass","key":"ais/big","acts":3}
 *
 * A line is one write of at most PIPE_BUF bytes, made only when the pipe has
 * room for it: such a write is whole and never waits.
 */
#include "kernel/log.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "kernel/clock.h"
#include "kernel/metric.h"
#include "kernel/out.h"
#include "kernel/time_text.h"

#define VALUE_MAX 1024
#define CUT_ROOM  24              /* for the mark of a line that was cut, and its end */

static const struct str level_names[] = {
	STR_INIT("debug"), STR_INIT("info"), STR_INIT("warn"), STR_INIT("error"),
};

static enum log_level least_level = LOG_INFO;
static bool           as_json;
static uint64_t       dropped;    /* lines, since the last that was written */

void
log_setup(enum log_level least, bool json)
{
	least_level = least;
	as_json = json;
}

bool
log_wants(enum log_level level)
{
	return level >= least_level;
}

bool
log_level_of(struct str name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
		if (str_eq(name, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

/* How many bytes the character at s has; 0: it is not UTF-8. */
static size_t
utf8_len(struct str s)
{
	const unsigned char *b = (const unsigned char *)s.at;
	size_t               len = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3
	    : b[0] < 0xf5 ? 4 : 0;

	if (len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf0 && b[1] < 0x90) ||
	    (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return len;
}

/* A byte that cannot stand in a line as it is. */
static void
print_odd(struct out *o, unsigned char b)
{
	if (b == '"' || b == '\\') {
		out_char(o, '\\');
		out_char(o, (char)b);
	} else if (b == '\n' || b == '\r' || b == '\t') {
		out_char(o, '\\');
		out_char(o, b == '\n' ? 'n' : b == '\r' ? 'r' : 't');
	} else if (as_json && b >= 0x80)
		out_str(o, STR("\\ufffd"));
	else {
		out_str(o, as_json ? STR("\\u00") : STR("\\x"));
		out_hex(o, &b, 1);
	}
}

static void
print_quoted(struct out *o, struct str s)
{
	out_char(o, '"');
	for (size_t len; s.len > 0; s = str_from(s, len)) {
		unsigned char b = (unsigned char)s.at[0];

		len = utf8_len(s);
		/* U+0080 to U+009F are controls too: terminals obey them. */
		if (len == 0 || b < ' ' || b == 0x7f || b == '"' || b == '\\' || (b == 0xc2 && s.at[1] < '\xa0')) {
			print_odd(o, b);
			len = 1;
		} else
			out_str(o, str_upto(s, len));
	}
	out_char(o, '"');
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] > '~' || s.at[i] == '"' || s.at[i] == '\\' || s.at[i] == '=')
			return false;
	return s.len > 0;
}

static void
print_field(struct out *o, const struct log_field *f)
{
	struct str text = str_upto(f->text, VALUE_MAX);

	if (as_json)
		OUT(o, STR(",\""), str_of(f->key), STR("\":"));
	else
		OUT(o, STR(" "), str_of(f->key), STR("="));
	if (f->is_number)
		out_int(o, f->number);
	else if (!as_json && is_plain(text))
		out_str(o, text);
	else
		print_quoted(o, text);
}

static void
print_start(struct out *o, enum log_level level, struct str what)
{
	out_str(o, as_json ? STR("{\"time\":\"") : STR(""));
	time_print_micro(o, clock_wall_us());
	OUT(o, as_json ? STR("\",\"level\":\"") : STR(" "), level_names[level]);
	OUT(o, as_json ? STR("\",\"msg\":\"") : STR(" "), what, as_json ? STR("\"") : STR(""));
}

static void
send_line(struct str line)
{
	struct pollfd   p = { .fd = STDERR_FILENO, .events = POLLOUT };
	struct timespec no_time = { 0, 0 };

	if (ppoll(&p, 1, &no_time, NULL) == 1 && (p.revents & POLLOUT) &&
	    write(STDERR_FILENO, line.at, line.len) == (ssize_t)line.len)
		return;
	dropped++;
	metric_add(METRIC_LOG_DROPPED, 1);
}

static void
print_line(enum log_level level, struct str what, const struct log_field *f, size_t count)
{
	char       line[PIPE_BUF];
	struct out o = out_over(line, sizeof(line) - CUT_ROOM);

	print_start(&o, level, what);
	for (size_t i = 0; i < count; i++) {
		size_t before = o.len;

		print_field(&o, &f[i]);
		if (out_ok(&o))
			continue;
		o = (struct out){ line, before, sizeof(line), false };
		out_str(&o, as_json ? STR(",\"cut\":true") : STR(" cut=true"));
		break;
	}
	o.size = sizeof(line);
	out_str(&o, as_json ? STR("}\n") : STR("\n"));
	send_line(out_view(&o));
}

void
log_line(enum log_level level, struct str what, const struct log_field *f, size_t count)
{
	uint64_t lost = dropped;

	if (!log_wants(level))
		return;
	if (lost > 0) {
		dropped = 0;
		print_line(LOG_WARN, STR("log lines dropped"),
		    &(struct log_field)LOG_INT("count", lost), 1);
		if (dropped > 0)
			dropped += lost - 1;
	}
	print_line(level, what, f, count);
}
