/* json_out.c - commas and escapes by themselves. */
#include "kernel/json_out.h"

#include "json_inner.h"

struct json_out
json_out(struct out *o)
{
	return (struct json_out){ .o = o, .html = true };
}

/* Before a key or a value. */
static void
begin(struct json_out *j)
{
	if (j->comma)
		out_char(j->o, ',');
	j->comma = false;
}

/* How many bytes from the front go out as they are: a whole run of them. */
static size_t
plain_run(const struct json_out *j, struct str s)
{
	size_t n = 0;

	for (; n < s.len; n++) {
		unsigned char c = (unsigned char)s.at[n];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\' ||
		    (j->html && (c == '<' || c == '>' || c == '&')))
			break;
	}
	return n;
}

static void
put_code(struct out *o, unsigned code)
{
	const unsigned char bytes[2] = { (unsigned char)(code >> 8), (unsigned char)code };

	out_str(o, STR("\\u"));
	out_hex(o, bytes, 2);
}

/* One byte of ASCII that must not stand as it is. */
static void
put_escape(struct out *o, char c)
{
	switch (c) {
	case '"':  out_str(o, STR("\\\"")); break;
	case '\\': out_str(o, STR("\\\\")); break;
	case '\n': out_str(o, STR("\\n")); break;
	case '\r': out_str(o, STR("\\r")); break;
	case '\t': out_str(o, STR("\\t")); break;
	default:   put_code(o, (unsigned char)c); break;
	}
}

/* One character beyond ASCII; gives its length.  A byte that is not UTF-8 goes out as U+FFFD, as in Go. */
static size_t
put_wide(struct out *o, struct str s)
{
	size_t     len = json_utf8(s);
	struct str c = str_upto(s, len);

	if (len == 0)
		put_code(o, 0xfffd);
	else if (str_eq(c, STR("\xe2\x80\xa8")))
		put_code(o, 0x2028);
	else if (str_eq(c, STR("\xe2\x80\xa9")))
		put_code(o, 0x2029);
	else
		out_str(o, c);
	return len == 0 ? 1 : len;
}

static void
put_text(struct json_out *j, struct str s)
{
	size_t run;

	out_char(j->o, '"');
	while (s.len > 0) {
		run = plain_run(j, s);
		out_str(j->o, str_upto(s, run));
		s = str_from(s, run);
		if (s.len == 0)
			break;
		if ((unsigned char)s.at[0] >= 0x80) {
			s = str_from(s, put_wide(j->o, s));
			continue;
		}
		put_escape(j->o, s.at[0]);
		s = str_from(s, 1);
	}
	out_char(j->o, '"');
}

static void
open_with(struct json_out *j, char c)
{
	begin(j);
	out_char(j->o, c);
}

static void
close_with(struct json_out *j, char c)
{
	out_char(j->o, c);
	j->comma = true;
}

void jo_obj(struct json_out *j)     { open_with(j, '{'); }
void jo_obj_end(struct json_out *j) { close_with(j, '}'); }
void jo_arr(struct json_out *j)     { open_with(j, '['); }
void jo_arr_end(struct json_out *j) { close_with(j, ']'); }

void
jo_key(struct json_out *j, struct str key)
{
	begin(j);
	put_text(j, key);
	out_char(j->o, ':');
}

void
jo_str(struct json_out *j, struct str s)
{
	begin(j);
	put_text(j, s);
	j->comma = true;
}

void
jo_int(struct json_out *j, int64_t v)
{
	begin(j);
	out_int(j->o, v);
	j->comma = true;
}

void
jo_raw(struct json_out *j, struct str json)
{
	begin(j);
	out_str(j->o, json);
	j->comma = true;
}

void jo_bool(struct json_out *j, bool v) { jo_raw(j, v ? STR("true") : STR("false")); }
void jo_null(struct json_out *j)         { jo_raw(j, STR("null")); }

void
jo_key_str(struct json_out *j, struct str key, struct str s)
{
	jo_key(j, key);
	jo_str(j, s);
}

void
jo_key_int(struct json_out *j, struct str key, int64_t v)
{
	jo_key(j, key);
	jo_int(j, v);
}

void
jo_key_bool(struct json_out *j, struct str key, bool v)
{
	jo_key(j, key);
	jo_bool(j, v);
}

void
jo_key_raw(struct json_out *j, struct str key, struct str json)
{
	jo_key(j, key);
	jo_raw(j, json);
}

void
jo_key_obj(struct json_out *j, struct str key)
{
	jo_key(j, key);
	jo_obj(j);
}

void
jo_key_arr(struct json_out *j, struct str key)
{
	jo_key(j, key);
	jo_arr(j);
}
