/*
 * http_body.c - where a body's bytes are in a stream, and where it ends.
 *
 * Between chunks it goes from state to state a byte at a time, so input may
 * break off anywhere; content is stepped over in one go.
 */
#include "net/http_body.h"

/* A peer may spend so many bytes on chunk heads, extensions and trailers
 * before they are weighed against what it sent: eight to one is too much. */
#define OVERHEAD_FREE  (64u << 10)
#define OVERHEAD_TIMES 8

enum state {
	CONTENT,             /* `left` bytes of it */
	SIZE_BEGIN,          /* at least one digit */
	SIZE,
	SIZE_BLANKS,         /* after it: an extension or the end of the line */
	EXTENSION,
	SIZE_LF,
	CONTENT_CR,          /* what must follow each chunk */
	CONTENT_LF,
	TRAILER_BEGIN,
	TRAILER,
	TRAILER_LF,
	LAST_LF,
	ENDED,
	BAD,
};

void
http_body_begin(struct http_body *b, const struct http_head *h)
{
	*b = (struct http_body){ .framing = h->framing };
	switch (h->framing) {
	case HTTP_NO_BODY:
		b->state = ENDED;
		break;
	case HTTP_LENGTH:
		b->left = h->length;
		b->state = h->length == 0 ? ENDED : CONTENT;
		break;
	case HTTP_CHUNKED:
		b->state = SIZE_BEGIN;
		break;
	case HTTP_UNTIL_CLOSE:
		b->left = UINT64_MAX;
		b->state = CONTENT;
		break;
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum state
add_digit(struct http_body *b, char c)
{
	int digit = hex_digit(c);

	if (digit < 0 || b->left > UINT64_MAX >> 4)
		return BAD;
	b->left = b->left << 4 | (uint64_t)digit;
	return SIZE;
}

static enum state
after_size(char c)
{
	switch (c) {
	case '\r':
		return SIZE_LF;
	case ';':
		return EXTENSION;
	case ' ':
	case '\t':
		return SIZE_BLANKS;
	default:
		return BAD;
	}
}

/* Text up to a carriage return, of an extension or a trailer. */
static enum state
text(char c, enum state same, enum state end)
{
	if (c == '\r')
		return end;
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f ? BAD : same;
}

static enum state
must(char c, char wanted, enum state then)
{
	return c == wanted ? then : BAD;
}

/* One byte that is not content. */
static enum state
step(struct http_body *b, char c)
{
	switch ((enum state)b->state) {
	case SIZE_BEGIN:
		return add_digit(b, c);
	case SIZE:
		return hex_digit(c) >= 0 ? add_digit(b, c) : after_size(c);
	case SIZE_BLANKS:
		return after_size(c);
	case EXTENSION:
		return text(c, EXTENSION, SIZE_LF);
	case SIZE_LF:
		return must(c, '\n', b->left == 0 ? TRAILER_BEGIN : CONTENT);
	case CONTENT_CR:
		return must(c, '\r', CONTENT_LF);
	case CONTENT_LF:
		return must(c, '\n', SIZE_BEGIN);
	case TRAILER_BEGIN:
		return text(c, TRAILER, LAST_LF);
	case TRAILER:
		return text(c, TRAILER, TRAILER_LF);
	case TRAILER_LF:
		return must(c, '\n', TRAILER_BEGIN);
	case LAST_LF:
		return must(c, '\n', ENDED);
	case CONTENT:
	case ENDED:
	case BAD:
		break;
	}
	return BAD;
}

/* As much content as there is. */
static struct str
content(struct http_body *b, struct str bytes)
{
	struct str piece = str_upto(bytes, b->left < bytes.len ? (size_t)b->left : bytes.len);

	b->content += piece.len;
	if (b->framing == HTTP_UNTIL_CLOSE)
		return piece;
	b->left -= piece.len;
	if (b->left == 0)
		b->state = b->framing == HTTP_LENGTH ? ENDED : CONTENT_CR;
	return piece;
}

static bool
too_much_overhead(const struct http_body *b)
{
	return b->overhead > OVERHEAD_FREE && b->overhead / OVERHEAD_TIMES > b->content;
}

/* Goes over what stands before content, then takes content, once. */
enum http_result
http_body_next(struct http_body *b, struct str bytes, size_t *used, struct str *piece)
{
	size_t at = 0;

	*piece = STR_NONE;
	while (at < bytes.len && b->state != CONTENT && b->state != ENDED && b->state != BAD)
		b->state = (int)step(b, bytes.at[at++]);
	b->overhead += at;
	if (too_much_overhead(b))
		b->state = BAD;
	if (b->state == CONTENT) {
		*piece = content(b, str_from(bytes, at));
		at += piece->len;
	}
	*used = at;
	if (b->state == BAD)
		return HTTP_BROKEN;
	return b->state == ENDED ? HTTP_DONE : HTTP_MORE;
}

bool
http_body_may_end(const struct http_body *b)
{
	return b->state == ENDED || b->framing == HTTP_UNTIL_CLOSE;
}
