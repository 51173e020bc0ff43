/* cel_rules.c - trees as the operator's table of rules reads them. */
#include "tests/fake/cel_rules.h"

#include <stdlib.h>

#include "ais/validate.h"
#include "kernel/check.h"

#define ROOM (32u << 20)

static struct json
read(const struct tree *t, struct arena *a, struct json_doc *d)
{
	struct str text, kept;

	if (t == NULL)
		return (struct json){ NULL, -1 };
	text = tree_text_of(t);
	kept = arena_copy(a, text);
	free((void *)(uintptr_t)text.at);
	return json_parse_in(d, kept, a) == JSON_OK ? json_root(d) : (struct json){ NULL, -1 };
}

void
cel_broken(const struct tree *object, const struct tree *old,
    void (*each)(struct str path, struct str text, bool error, void *owner), void *owner)
{
	static struct findings f;
	struct json_doc        docs[2];
	struct json            is, was;
	struct arena           a;
	char                  *room = malloc(ROOM);

	CHECK(room != NULL);
	arena_init(&a, room, ROOM);
	is = read(object, &a, &docs[0]);
	was = read(old, &a, &docs[1]);
	f = (struct findings){ .count = 0 };
	if (resource_of(is) != RESOURCE_UNKNOWN)
		validate_schema_update(resource_of(is), is, was, &a, &f);
	for (int i = 0; i < f.count; i++)
		if (f.list[i].by == BY_CEL)
			each(f.list[i].path, f.list[i].text, f.list[i].error, owner);
	free(room);
}
