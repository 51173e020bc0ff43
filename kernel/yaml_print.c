/*
 * yaml_print.c - JSON to YAML that reads back as the same JSON.
 *
 * A text stands plain only where nothing but text could be meant; all else is
 * in double quotes, on one line.
 */
#include <string.h>

#include "json_inner.h"
#include "kernel/check.h"
#include "yaml_inner.h"

/* libyaml refuses a key beside its value when it is longer than 1024 characters. */
#define KEY_BESIDE_MAX 256

static bool
is_letter(char c)
{
	char low = c | 0x20;

	return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') || c == '_' || c == '/' || c == '.';
}

static bool
may_be_plain(struct str raw)
{
	if (raw.len == 0 || !is_letter(raw.at[0]) || raw.at[raw.len - 1] == ' ' || raw.at[raw.len - 1] == ':' ||
	    str_starts(raw, STR("...")))
		return false;
	for (size_t i = 1; i < raw.len; i++) {
		char c = raw.at[i];

		if (!is_letter(c) && strchr(" -+=@()%~;", c) == NULL && (c != ':' || raw.at[i + 1] == ' '))
			return false;
		if (c == '\0')
			return false;
	}
	return yaml_kind_of(raw) == YAML_KIND_TEXT;
}

static uint32_t
code_of(struct str c)
{
	uint32_t code = (unsigned char)c.at[0];

	if (c.len > 1)
		code &= 0xffu >> (c.len + 1);
	for (size_t i = 1; i < c.len; i++)
		code = code << 6 | ((unsigned char)c.at[i] & 0x3f);
	return code;
}

/* What YAML lets stand inside quotes; the separators of lines and the mark of byte order are no letters. */
static bool
is_printable(uint32_t code)
{
	return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xfffd && code != 0xfeff &&
	    code != 0x2028 && code != 0x2029) || code > 0xffff;
}

static void
put_code(struct out *o, uint32_t code)
{
	const unsigned char bytes[2] = { (unsigned char)(code >> 8), (unsigned char)code };

	out_str(o, STR("\\u"));
	out_hex(o, bytes, sizeof(bytes));
}

static void
put_quoted(struct out *o, struct str raw)
{
	char       room[4];
	struct str c;

	out_char(o, '"');
	while (raw.len > 0) {
		c = json_char(&raw, room);
		if (c.at[0] == '"' || c.at[0] == '\\')
			out_char(o, '\\');
		if (c.at[0] == '\n')
			out_str(o, STR("\\n"));
		else if (is_printable(code_of(c)))
			out_str(o, c);
		else
			put_code(o, code_of(c));
	}
	out_char(o, '"');
}

static void
put_text(struct out *o, struct str raw)
{
	if (may_be_plain(raw))
		out_str(o, raw);
	else
		put_quoted(o, raw);
}

static void
put_line(struct out *o, int indent)
{
	out_char(o, '\n');
	while (indent-- > 0)
		out_str(o, STR("  "));
}

static void print_value(struct out *o, struct json v, int indent);

/* What has members of its own begins on the next line; in a mapping a list need not be indented. */
static void
print_member(struct out *o, struct str key, struct json v, int indent)
{
	bool beside = key.len <= KEY_BESIDE_MAX;

	if (!beside)
		out_str(o, STR("? "));
	put_text(o, key);
	if (!beside)
		put_line(o, indent);
	out_char(o, ':');
	if (json_size(v) == 0) {
		out_char(o, ' ');
		print_value(o, v, indent);
		return;
	}
	indent += json_is_obj(v);
	put_line(o, indent);
	print_value(o, v, indent);
}

/* At its first column.  As deep as JSON can be, which is not deep. */
static void
print_value(struct out *o, struct json v, int indent)
{
	struct json_iter it = json_each(v);

	if (json_is_str(v)) {
		put_text(o, json_raw(v));
		return;
	}
	if (json_size(v) == 0) {
		out_str(o, json_is_obj(v) ? STR("{}") : json_is_arr(v) ? STR("[]") : json_raw(v));
		return;
	}
	for (bool first = true; json_next(&it); first = false) {
		if (!first)
			put_line(o, indent);
		if (json_is_obj(v)) {
			print_member(o, it.key, it.val, indent);
			continue;
		}
		out_str(o, STR("- "));
		print_value(o, it.val, indent + 1);
	}
}

void
yaml_print(struct out *o, struct json v)
{
	CHECK(json_there(v));
	print_value(o, v, 0);
	out_char(o, '\n');
}
