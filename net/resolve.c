/* resolve.c - a host's address: it is one, or it is "localhost", or it stands in the hosts file. */
#include "net/resolve.h"

#include "kernel/file.h"

#define HOSTS_PATH "/etc/hosts"

static void
fail(struct resolve *r, struct str before, struct str after)
{
	struct out o = out_over(r->why, sizeof(r->why) - 1);

	/* A host may have 253 characters; what is said after it matters more. */
	OUT(&o, before, str_upto(r->host, 40), r->host.len > 40 ? STR("...") : STR(""), after);
	r->why[o.len] = '\0';
	r->found.ip_len = 0;
}

static bool
same_name(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.at[i], y = b.at[i];

		if (x != y && ((x | 0x20) != (y | 0x20) || (x | 0x20) < 'a' || (x | 0x20) > 'z'))
			return false;
	}
	return true;
}

/* The next word of a line; empty: no more. */
static struct str
word_cut(struct str *line)
{
	struct str word;
	size_t     len = 0;

	*line = str_trim(*line);
	while (len < line->len && line->at[len] != ' ' && line->at[len] != '\t')
		len++;
	word = str_upto(*line, len);
	*line = str_from(*line, len);
	return word;
}

static bool
line_names(struct str line, struct str host, struct addr *a)
{
	struct str name, address;

	if (!str_cut(&line, '#', &address))
		return false;
	line = address;
	address = word_cut(&line);
	if (!addr_ip(address, a))
		return false;
	while ((name = word_cut(&line)).len > 0)
		if (same_name(name, host))
			return true;
	return false;
}

static bool
hosts_find(struct str hosts, struct str host, struct addr *a)
{
	struct str line;

	while (str_cut(&hosts, '\n', &line))
		if (line_names(line, host, a))
			return true;
	a->ip_len = 0;
	return false;
}

static void
look_up(struct resolve *r)
{
	static char  block[64u << 10];      /* only while we look */
	struct arena a;
	struct str   hosts, host = r->host;

	r->found = (struct addr){ .port = r->port };
	r->why[0] = '\0';
	if (host.len == 0) {
		fail(r, STR("the host is empty"), STR(""));
		return;
	}
	if (addr_ip(host, &r->found))
		return;
	if (str_ends(host, STR(".")))
		host.len--;
	arena_init(&a, block, sizeof(block));
	if (file_read(HOSTS_PATH, &a, &hosts) == FILE_OK && hosts_find(hosts, host, &r->found))
		return;
	if (same_name(host, STR("localhost")))
		addr_ip(STR("127.0.0.1"), &r->found);
	else
		fail(r, STR("cannot look up \""), STR("\": this version knows addresses and " HOSTS_PATH
		    " only; use an IP address or add the name there"));
}

void
resolve_begin(struct resolve *r)
{
	look_up(r);
	r->done(r);
}

/* The answer is there before resolve_begin() returns. */
void
resolve_cancel(struct resolve *r)
{
	(void)r;
}
