/* url.c - addresses, taken apart. */
#include "ais/url.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
has_controls(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
			return true;
	return false;
}

/* A percent sign leads two hex digits; a host has no blanks and the like. */
static bool
is_sound(struct str s, bool host)
{
	for (size_t i = 0; i < s.len; i++) {
		if (host && memchr(" \\^`{|}", s.at[i], 7) != NULL)
			return false;
		if (s.at[i] == '%' && (i + 2 >= s.len || !is_hex(s.at[i + 1]) || !is_hex(s.at[i + 2])))
			return false;
	}
	return true;
}

static struct str
cut_behind(struct str *s, char sep)
{
	const char *at = s->len > 0 ? memchr(s->at, sep, s->len) : NULL;
	struct str  rest = STR_NONE;

	if (at == NULL)
		return rest;
	rest = str_from(*s, (size_t)(at - s->at) + 1);
	*s = str_upto(*s, (size_t)(at - s->at));
	return rest;
}

/* Taken off *s with its colon. */
static bool
take_scheme(struct str *s, struct str *scheme)
{
	for (size_t i = 0; i < s->len; i++) {
		char c = s->at[i];

		if (c == ':' && i == 0)
			return false;
		if (c == ':') {
			*scheme = str_upto(*s, i);
			*s = str_from(*s, i + 1);
			return true;
		}
		if (!is_letter(c) && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.')))
			return true;
	}
	return true;
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.at[i]))
			return false;
	return true;
}

/* host, host:port, [address]:port; a port may be missing behind its colon. */
static bool
is_host(struct str host)
{
	struct str port;

	if (str_starts(host, STR("["))) {
		port = cut_behind(&host, ']');
		return port.at != NULL && (port.len == 0 || (port.at[0] == ':' && is_digits(str_from(port, 1))));
	}
	port = cut_behind(&host, ':');
	return is_digits(port) && is_sound(host, true);
}

bool
url_parse(struct str s, struct url *u)
{
	struct str login, rest;

	*u = (struct url){ .authority = false };
	if (has_controls(s))
		return false;
	u->fragment = cut_behind(&s, '#');
	if (!is_sound(u->fragment, false) || !take_scheme(&s, &u->scheme))
		return false;
	u->query = cut_behind(&s, '?');
	u->authority = str_starts(s, STR("//"));
	if (u->authority) {
		u->host = str_from(s, 2);
		u->path = cut_behind(&u->host, '/');
		if (u->path.at != NULL)
			u->path = (struct str){ u->path.at - 1, u->path.len + 1 };
		for (rest = u->host; (login = cut_behind(&rest, '@')).at != NULL; rest = login)
			u->host = login;
		return is_host(u->host) && is_sound(u->path, false);
	}
	if (u->scheme.len > 0 && !str_starts(s, STR("/")))
		return true;         /* opaque: neither host nor path */
	u->path = s;
	login = s;
	if (u->scheme.len == 0 && str_cut(&s, '/', &login) && str_has(login, STR(":")))
		return false;
	return is_sound(u->path, false);
}
