/* target.c - paths and queries of the Kubernetes API. */
#include "tests/fake/target.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
decode(struct str s, bool plus, struct out *room, struct str *out)
{
	char *at = room->at + room->len;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '%') {
			if (s.len - i < 3 || digit(s.at[i + 1]) < 0 || digit(s.at[i + 2]) < 0)
				return false;
			c = (char)(digit(s.at[i + 1]) * 16 + digit(s.at[i + 2]));
			i += 2;
		} else if (c == '+' && plus)
			c = ' ';
		out_char(room, c);
	}
	*out = (struct str){ at, (size_t)(room->at + room->len - at) };
	return out_ok(room);
}

static bool
read_path(struct str path, struct target *t, struct out *room)
{
	struct str part;

	while (str_cut(&path, '/', &part)) {
		if (part.len == 0)
			continue;
		if (t->part_count == TARGET_PARTS_MAX || !decode(part, false, room, &t->parts[t->part_count++]))
			return false;
	}
	return true;
}

static bool
read_query(struct str query, struct target *t, struct out *room)
{
	struct str pair, key;

	while (str_cut(&query, '&', &pair)) {
		if (pair.len == 0)
			continue;
		if (t->query_count == TARGET_QUERY_MAX || !str_cut(&pair, '=', &key))
			return false;
		if (!decode(key, true, room, &t->keys[t->query_count]) ||
		    !decode(pair, true, room, &t->values[t->query_count]))
			return false;
		t->query_count++;
	}
	return true;
}

static struct str
part(const struct target *t, int i)
{
	return i < t->part_count ? t->parts[i] : STR("");
}

/* Of "namespaces/NS/pods/NAME/status", "namespaces/NAME/status", "nodes/NAME". */
static void
read_resource(struct target *t, int at)
{
	bool inside = str_eq(part(t, at), STR("namespaces")) && t->part_count > at + 2 &&
	    !str_eq(part(t, at + 2), STR("status")) && !str_eq(part(t, at + 2), STR("finalize"));

	if (inside) {
		t->ns = part(t, at + 1);
		at += 2;
	}
	t->plural = part(t, at);
	t->name = part(t, at + 1);
	t->sub = part(t, at + 2);
	t->is_resource = t->plural.len > 0 && t->part_count <= at + 3;
}

bool
target_parse(struct str text, struct target *t)
{
	struct out room = out_over(t->room, sizeof(t->room));
	struct str path;

	t->part_count = t->query_count = 0;
	t->is_resource = false;
	t->group = t->version = t->ns = t->plural = t->name = t->sub = STR("");
	if (!str_cut(&text, '?', &path) || !read_path(path, t, &room) || !read_query(text, t, &room))
		return false;
	if (str_eq(part(t, 0), STR("api"))) {
		t->version = part(t, 1);
		read_resource(t, 2);
	} else if (str_eq(part(t, 0), STR("apis"))) {
		t->group = part(t, 1);
		t->version = part(t, 2);
		read_resource(t, 3);
	}
	return true;
}

static int
find(const struct target *t, const char *key)
{
	for (int i = 0; i < t->query_count; i++)
		if (str_eq(t->keys[i], str_of(key)))
			return i;
	return -1;
}

struct str
target_query(const struct target *t, const char *key)
{
	int i = find(t, key);

	return i < 0 ? STR("") : t->values[i];
}

bool
target_has(const struct target *t, const char *key)
{
	return find(t, key) >= 0;
}

bool
target_true(const struct target *t, const char *key)
{
	struct str v = target_query(t, key);

	return str_eq(v, STR("true")) || str_eq(v, STR("1"));
}

int64_t
target_int(const struct target *t, const char *key, int64_t otherwise)
{
	int64_t n;

	return str_i64(target_query(t, key), &n) ? n : otherwise;
}
