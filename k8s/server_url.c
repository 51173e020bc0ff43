/* server_url.c - the server's address taken apart. */
#include "k8s/server_url.h"

#include <string.h>

#include "net/addr.h"

static bool
refuse(struct out *why, struct str url, struct str what)
{
	OUT(why, STR("server \""), url, STR("\" "), what);
	return false;
}

/* host:port, [v6]:port, v6, host: the port is left as it is where there is none. */
static bool
split_port(struct str s, struct str *host, uint16_t *port)
{
	const char *colon;
	struct str  rest;

	if (s.len > 0 && s.at[0] == '[') {
		const char *end = memchr(s.at, ']', s.len);

		if (end == NULL)
			return false;
		*host = (struct str){ s.at + 1, (size_t)(end - s.at) - 1 };
		rest = str_from(s, host->len + 2);
		return rest.len == 0 || (rest.at[0] == ':' && addr_port(str_from(rest, 1), port));
	}
	*host = s;
	colon = s.len == 0 ? NULL : memrchr(s.at, ':', s.len);
	if (colon == NULL || memchr(s.at, ':', s.len) != colon)
		return true;
	*host = str_upto(s, (size_t)(colon - s.at));
	return addr_port(str_from(s, host->len + 1), port);
}

static bool
is_host(struct str s)
{
	struct addr ip;

	if (addr_ip(s, &ip))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (!((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z') && !(s.at[i] >= '0' && s.at[i] <= '9') &&
		    s.at[i] != '-' && s.at[i] != '.' && s.at[i] != '_')
			return false;
	return s.len > 0 && s.len <= 253;
}

static bool
is_path(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] == '?' || s.at[i] == '#' || s.at[i] == 0x7f)
			return false;
	return true;
}

bool
server_url_parse(struct str url, struct server_url *u, struct out *why)
{
	struct str  rest = url, host;
	const char *slash;

	*u = (struct server_url){ .tls = str_starts(url, STR("https://")) };
	if (!u->tls && !str_starts(url, STR("http://")))
		return refuse(why, url, STR("does not begin with https://"));
	rest = str_from(url, u->tls ? 8 : 7);
	slash = rest.len == 0 ? NULL : memchr(rest.at, '/', rest.len);
	host = slash == NULL ? rest : str_upto(rest, (size_t)(slash - rest.at));
	u->path = str_from(rest, host.len);
	while (str_ends(u->path, STR("/")))
		u->path.len--;
	u->port = u->tls ? 443 : 80;
	if (!split_port(host, &u->host, &u->port) || !is_host(u->host))
		return refuse(why, url, STR("has no host and port that can be understood"));
	if (!is_path(u->path))
		return refuse(why, url, STR("has more than a path behind its host"));
	if (!u->tls && !server_url_is_local(u->host))
		return refuse(why, url, STR("is plain http: tokens would be readable on the way; use https"));
	return true;
}

bool
server_url_is_local(struct str host)
{
	static const uint8_t v6[16] = { [15] = 1 };
	struct addr          ip;

	if (!addr_ip(host, &ip))
		return str_eq(host, STR("localhost"));
	return ip.ip_len == 4 ? ip.ip[0] == 127 : memcmp(ip.ip, v6, sizeof(v6)) == 0;
}

static bool
is_in_network(const struct addr *ip, struct str network, uint64_t bits)
{
	struct addr base;

	if (!addr_ip(network, &base) || base.ip_len != ip->ip_len || bits > 8u * base.ip_len)
		return false;
	for (size_t i = 0; i < bits; i++)
		if (((ip->ip[i / 8] ^ base.ip[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

static bool
covers(struct str pattern, struct str host, uint16_t port)
{
	struct addr ip, same;
	struct str  network = pattern, name, left;
	uint16_t    only = port;
	uint64_t    bits;

	if (str_eq(pattern, STR("*")))
		return true;
	if (str_cut(&network, '/', &left) && network.at != NULL)
		return str_u64(network, &bits) && addr_ip(host, &ip) && is_in_network(&ip, left, bits);
	if (!split_port(pattern, &name, &only) || only != port)
		return false;
	if (addr_ip(host, &ip))
		return addr_ip(name, &same) && ip.ip_len == same.ip_len && memcmp(ip.ip, same.ip, ip.ip_len) == 0;
	if (str_starts(name, STR("*")))
		name = str_from(name, 1);
	if (str_starts(name, STR(".")))
		return str_ends(host, name);
	return str_eq(host, name) || (name.len > 0 && host.len > name.len && str_ends(host, name) &&
	    host.at[host.len - name.len - 1] == '.');
}

bool
server_url_bypasses(struct str no_proxy, struct str host, uint16_t port)
{
	struct str rest = no_proxy, part;

	if (server_url_is_local(host))
		return true;
	while (rest.len > 0 && str_cut(&rest, ',', &part))
		if (str_trim(part).len > 0 && covers(str_trim(part), host, port))
			return true;
	return false;
}
