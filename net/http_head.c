/*
 * http_head.c - heads of requests and answers, as views of the bytes.
 *
 * A head that is there at once, as they mostly are, is gone over once.  For
 * one that came in pieces the end is looked for first, so that the bytes of
 * a slow peer are not parsed again with each of them.
 */
#include "net/http_head.h"

#include <string.h>

#include "net/http_text.h"

enum field {
	FIELD_OTHER,
	FIELD_HOST,
	FIELD_ACCEPT,
	FIELD_EXPECT,
	FIELD_WARNING,
	FIELD_CONNECTION,
	FIELD_RETRY_AFTER,
	FIELD_CONTENT_TYPE,
	FIELD_AUTHORIZATION,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
};

struct reader {
	const char *at, *end;            /* what is left of the bytes */
	bool        has_host, has_length, has_coding, chunked, unknown_coding, close, keep;
};

static enum http_result
broken(struct http_head *h, int refusal, const char *wrong)
{
	h->refusal = refusal;
	h->wrong = wrong;
	return HTTP_BROKEN;
}

/* Is it worth to parse?  Yes from the first empty line on, or a broken one. */
static bool
has_end(struct str in, size_t *looked)
{
	const char *lf;

	while (*looked < in.len && (lf = memchr(in.at + *looked, '\n', in.len - *looked)) != NULL) {
		size_t i = (size_t)(lf - in.at);

		if (i < 2 || lf[-1] != '\r' || lf[-2] == '\n')
			return true;
		*looked = i + 1;
	}
	*looked = in.len;
	return false;
}

/* The next line without its CRLF. */
static inline enum http_result
next_line(struct reader *r, struct str *line, struct http_head *h)
{
	const char *end = http_text_end(r->at, r->end);

	if (r->end - end >= 2 && end[0] == '\r' && end[1] == '\n') {
		*line = (struct str){ r->at, (size_t)(end - r->at) };
		r->at = end + 2;
		return HTTP_DONE;
	}
	if (end == r->end || (*end == '\r' && r->end - end == 1))
		return HTTP_MORE;
	return broken(h, 400, *end == '\n' ? "a line feed without a carriage return"
	    : "a control character stands in its head");
}

static enum field
is(struct str name, struct str lower, enum field field)
{
	return http_name_is(name, lower) ? field : FIELD_OTHER;
}

/* By length first: most names are thrown out without a look at them. */
static enum field
field_of(struct str name)
{
	switch (name.len) {
	case 4:
		return is(name, STR("host"), FIELD_HOST);
	case 6:
		return (name.at[0] | 0x20) == 'a' ? is(name, STR("accept"), FIELD_ACCEPT)
		    : is(name, STR("expect"), FIELD_EXPECT);
	case 7:
		return is(name, STR("warning"), FIELD_WARNING);
	case 10:
		return is(name, STR("connection"), FIELD_CONNECTION);
	case 11:
		return is(name, STR("retry-after"), FIELD_RETRY_AFTER);
	case 12:
		return is(name, STR("content-type"), FIELD_CONTENT_TYPE);
	case 13:
		return is(name, STR("authorization"), FIELD_AUTHORIZATION);
	case 14:
		return is(name, STR("content-length"), FIELD_CONTENT_LENGTH);
	case 17:
		return is(name, STR("transfer-encoding"), FIELD_TRANSFER_ENCODING);
	default:
		return FIELD_OTHER;
	}
}

static bool
version(struct str s, int *minor)
{
	if (s.len != 8 || memcmp(s.at, "HTTP/1.", 7) != 0 || (s.at[7] != '0' && s.at[7] != '1'))
		return false;
	*minor = s.at[7] - '0';
	return true;
}

/* Methods are large letters and dashes. */
static bool
is_method(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((s.at[i] < 'A' || s.at[i] > 'Z') && s.at[i] != '-')
			return false;
	}
	return s.len > 0;
}

static bool
is_target(struct str s)
{
	if (s.len == 0 || (s.at[0] != '/' && !str_eq(s, STR("*"))))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] <= ' ' || s.at[i] > '~')      /* as a signed char, too, 0x80 and up are out */
			return false;
	}
	return true;
}

/* GET /healthz HTTP/1.1 */
static enum http_result
request_line(struct str line, struct http_head *h)
{
	str_cut(&line, ' ', &h->method);
	if (line.at == NULL || !is_method(h->method))
		return broken(h, 400, "its first line is not a request");
	str_cut(&line, ' ', &h->target);
	if (!version(line, &h->minor))
		return broken(h, str_starts(line, STR("HTTP/")) ? 505 : 400, "its version is not HTTP/1.0 or 1.1");
	if (!is_target(h->target))
		return broken(h, 400, "its target is not a path");
	return HTTP_DONE;
}

/* HTTP/1.1 200 OK; the words after the number are anyone's. */
static enum http_result
status_line(struct str line, struct http_head *h)
{
	uint64_t status;

	if (!version(str_upto(line, 8), &h->minor))
		return broken(h, 0, "its version is not HTTP/1.0 or 1.1");
	if (line.len < 12 || line.at[8] != ' ' || (line.len > 12 && line.at[12] != ' ') ||
	    !str_u64((struct str){ line.at + 9, 3 }, &status) || status < 100)
		return broken(h, 0, "its first line has no status of three digits");
	h->status = (int)status;
	return HTTP_DONE;
}

static void
connection(struct reader *r, struct str value)
{
	struct str word;

	while (str_cut(&value, ',', &word)) {
		word = str_trim(word);
		r->close |= http_name_is(word, STR("close"));
		r->keep |= http_name_is(word, STR("keep-alive"));
	}
}

static bool
content_length(struct reader *r, struct str value, struct http_head *h)
{
	uint64_t length;

	if (!str_u64(value, &length) || (r->has_length && length != h->length))
		return false;
	r->has_length = true;
	h->length = length;
	return true;
}

static void
keep_first(struct str *kept, struct str value)
{
	if (kept->at == NULL)
		*kept = value;
}

static void
retry_after(struct str value, struct http_head *h)
{
	int64_t s;

	if (h->retry_after_s < 0 && str_i64(value, &s) && s >= 0)
		h->retry_after_s = s;
}

static enum http_result
take(struct reader *r, enum field field, struct str value, struct http_head *h)
{
	switch (field) {
	case FIELD_OTHER:
		break;
	case FIELD_HOST:
		if (r->has_host)
			return broken(h, 400, "it names its host twice");
		r->has_host = true;
		h->host = value;
		break;
	case FIELD_CONTENT_LENGTH:
		if (!content_length(r, value, h))
			return broken(h, 400, "its Content-Length is not one number");
		break;
	case FIELD_TRANSFER_ENCODING:
		r->chunked = !r->has_coding && http_name_is(value, STR("chunked"));
		r->unknown_coding |= !r->has_coding && !r->chunked;
		r->has_coding = true;
		break;
	case FIELD_CONNECTION:
		connection(r, value);
		break;
	case FIELD_EXPECT:
		if (!http_name_is(value, STR("100-continue")))
			return broken(h, 417, "it expects what is not known here");
		h->expect_continue = true;
		break;
	case FIELD_RETRY_AFTER:
		retry_after(value, h);
		break;
	case FIELD_ACCEPT:
		keep_first(&h->accept, value);
		break;
	case FIELD_AUTHORIZATION:
		keep_first(&h->authorization, value);
		break;
	case FIELD_CONTENT_TYPE:
		keep_first(&h->content_type, value);
		break;
	case FIELD_WARNING:
		keep_first(&h->warning, value);
		break;
	}
	return HTTP_DONE;
}

/* "name:value"; an empty name: the empty line. */
static enum http_result
next_field(struct reader *r, struct str *name, struct str *value, struct http_head *h)
{
	const char      *colon = http_name_end(r->at, r->end);
	enum http_result got;

	*name = (struct str){ r->at, (size_t)(colon - r->at) };
	if (colon == r->end)
		return HTTP_MORE;
	if (name->len > 0 && *colon != ':')
		return broken(h, 400, "a line of its head is not name and value");
	if (name->len > 0)
		r->at = colon + 1;
	got = next_line(r, value, h);
	if (got == HTTP_DONE && name->len == 0 && value->len > 0)
		return broken(h, 400, "a line of its head is not name and value");
	return got;
}

/* All lines up to the empty one. */
static enum http_result
fields(struct reader *r, struct http_head *h)
{
	struct str name, value;

	for (unsigned n = 0; n <= HTTP_FIELDS_MAX; n++) {
		enum http_result got = next_field(r, &name, &value, h);
		enum field       field;

		if (got != HTTP_DONE || name.len == 0)
			return got;
		field = field_of(name);
		if (field != FIELD_OTHER && take(r, field, http_blanks_off(value), h) != HTTP_DONE)
			return HTTP_BROKEN;
	}
	return broken(h, 431, "its head has more than 64 fields");
}

/* What the fields say together about the body and the connection. */
static enum http_result
framing(const struct reader *r, struct http_head *h)
{
	if (r->has_coding && r->has_length)
		return broken(h, 400, "it has both Content-Length and Transfer-Encoding");
	if (r->has_coding && h->minor == 0)
		return broken(h, 400, "it is HTTP/1.0 with a Transfer-Encoding");
	if (r->unknown_coding)
		return broken(h, 501, "its Transfer-Encoding is not just chunked");
	if (r->has_coding && !r->chunked)
		return broken(h, 400, "its Transfer-Encoding is said twice");
	h->framing = r->chunked ? HTTP_CHUNKED : r->has_length ? HTTP_LENGTH : HTTP_NO_BODY;
	h->keep_alive = !r->close && (h->minor == 1 || r->keep);
	return HTTP_DONE;
}

static enum http_result
parse(struct str bytes, size_t *looked, enum http_result (*first_line)(struct str, struct http_head *),
    struct reader *r, struct http_head *h)
{
	struct str       in = str_upto(bytes, HTTP_HEAD_MAX), line;
	enum http_result got = HTTP_MORE;

	*r = (struct reader){ .at = in.at, .end = in.at + in.len };
	if (*looked == 0 || has_end(in, looked)) {
		if ((got = next_line(r, &line, h)) == HTTP_DONE && (got = first_line(line, h)) == HTTP_DONE &&
		    (got = fields(r, h)) == HTTP_DONE)
			got = framing(r, h);
	}
	if (got == HTTP_MORE)
		*looked = in.len;
	if (got == HTTP_MORE && in.len == HTTP_HEAD_MAX)
		return broken(h, 431, "its head is over 16 KiB");
	h->size = (size_t)(r->at - in.at);
	return got;
}

enum http_result
http_request_parse(struct str bytes, size_t *looked, struct http_head *h)
{
	enum http_result got;
	struct reader    r;

	*h = (struct http_head){ .retry_after_s = -1 };
	if (bytes.len > 0 && !is_method(str_upto(bytes, 1)))
		return broken(h, 400, "its first line is not a request");
	if ((got = parse(bytes, looked, request_line, &r, h)) != HTTP_DONE)
		return got;
	if (!r.has_host && h->minor == 1)
		return broken(h, 400, "it names no host");
	return HTTP_DONE;
}

enum http_result
http_answer_parse(struct str bytes, size_t *looked, struct str asked, struct http_head *h)
{
	enum http_result got;
	struct reader    r;

	*h = (struct http_head){ .retry_after_s = -1 };
	if (!str_starts(STR("HTTP/1."), str_upto(bytes, 7)))
		return broken(h, 0, "it does not begin with HTTP/1");
	if ((got = parse(bytes, looked, status_line, &r, h)) != HTTP_DONE)
		return got;
	if (h->status < 200 || h->status == 204 || h->status == 304 || str_eq(asked, STR("HEAD"))) {
		h->framing = HTTP_NO_BODY;
	} else if (h->framing == HTTP_NO_BODY) {
		h->framing = HTTP_UNTIL_CLOSE;
		h->keep_alive = false;
	}
	return HTTP_DONE;
}
