/* http_out.c - heads written, and foreign text made fit to be shown. */
#include "net/http_out.h"

#include "net/http_text.h"

static bool
have(struct str fields, struct str lower)
{
	struct str line;

	while (str_cut(&fields, '\n', &line)) {
		if (line.len > lower.len && line.at[lower.len] == ':' && http_name_is(str_upto(line, lower.len), lower))
			return true;
	}
	return false;
}

static void
length(struct out *o, uint64_t n)
{
	out_str(o, STR("Content-Length: "));
	out_u64(o, n);
	out_str(o, STR("\r\n"));
}

void
http_request_print(struct out *o, const struct http_asking *a)
{
	OUT(o, a->method, STR(" "), a->target, STR(" HTTP/1.1\r\nHost: "), a->host, STR("\r\n"));
	if (a->agent.len > 0)
		OUT(o, STR("User-Agent: "), a->agent, STR("\r\n"));
	if (!have(a->fields, STR("accept")))
		out_str(o, STR("Accept: application/json\r\n"));
	out_str(o, a->fields);
	if (a->body.at != NULL)
		length(o, a->body.len);
	out_str(o, STR("\r\n"));
}

static struct str
reason(int status)
{
	static const struct { int status; struct str text; } known[] = {
		{ 100, STR_INIT("Continue") },
		{ 200, STR_INIT("OK") },
		{ 201, STR_INIT("Created") },
		{ 202, STR_INIT("Accepted") },
		{ 204, STR_INIT("No Content") },
		{ 304, STR_INIT("Not Modified") },
		{ 307, STR_INIT("Temporary Redirect") },
		{ 400, STR_INIT("Bad Request") },
		{ 401, STR_INIT("Unauthorized") },
		{ 403, STR_INIT("Forbidden") },
		{ 404, STR_INIT("Not Found") },
		{ 405, STR_INIT("Method Not Allowed") },
		{ 406, STR_INIT("Not Acceptable") },
		{ 408, STR_INIT("Request Timeout") },
		{ 409, STR_INIT("Conflict") },
		{ 410, STR_INIT("Gone") },
		{ 413, STR_INIT("Content Too Large") },
		{ 415, STR_INIT("Unsupported Media Type") },
		{ 417, STR_INIT("Expectation Failed") },
		{ 422, STR_INIT("Unprocessable Content") },
		{ 429, STR_INIT("Too Many Requests") },
		{ 431, STR_INIT("Request Header Fields Too Large") },
		{ 500, STR_INIT("Internal Server Error") },
		{ 501, STR_INIT("Not Implemented") },
		{ 503, STR_INIT("Service Unavailable") },
		{ 504, STR_INIT("Gateway Timeout") },
		{ 505, STR_INIT("HTTP Version Not Supported") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].status == status)
			return known[i].text;
	}
	return STR("");
}

bool
http_status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

void
http_answer_print(struct out *o, const struct http_answering *a)
{
	out_str(o, STR("HTTP/1.1 "));
	out_int(o, a->status);
	OUT(o, STR(" "), reason(a->status), STR("\r\n"));
	if (a->content_type.len > 0)
		OUT(o, STR("Content-Type: "), a->content_type, STR("\r\n"));
	out_str(o, a->fields);
	if (a->chunked)
		out_str(o, STR("Transfer-Encoding: chunked\r\n"));
	else if (!a->until_close && http_status_has_body(a->status))
		length(o, a->length);
	if (a->close)
		out_str(o, STR("Connection: close\r\n"));
	else if (a->keep)
		out_str(o, STR("Connection: keep-alive\r\n"));
	out_str(o, STR("\r\n"));
}

void
http_add(struct out *o, struct str s)
{
	out_str(o, str_upto(s, o->size - o->len));
}

void
http_show(struct out *o, struct str bytes, size_t len_max)
{
	size_t end = o->len + len_max < o->size ? o->len + len_max : o->size;
	bool   html = str_starts(http_blanks_off(bytes), STR("<")), in_tag = false, blank = true;

	for (size_t i = 0; i < bytes.len && o->len < end; i++) {
		char c = bytes.at[i];
		bool shown;

		in_tag |= html && c == '<';
		shown = c > ' ' && c <= '~' && !in_tag;
		if (shown || !blank)
			out_char(o, shown ? c : ' ');
		blank = !shown;
		in_tag &= c != '>';
	}
}
