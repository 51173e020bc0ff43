/* fuzz_watch_line.c - any line: no view leaves it, and what has an object with a name has it twice. */
#include <stdint.h>

#include "k8s/object.h"
#include "k8s/watch_line.h"
#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct str whole, struct str part)
{
	CHECK(part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len));
}

static void
check_object(struct str line, const struct object *o)
{
	const struct str parts[] = { o->ns, o->name, o->uid, o->version, o->owner_kind, o->owner_name, o->owner_uid,
		o->labels, o->annotations, o->finalizers, o->spec, o->status, o->raw };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		check_inside(line, parts[i]);
	check_inside(line, object_label(o, STR("app")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str        line = { (const char *)data, size };
	struct watch_line w;
	struct object     o, again;

	watch_line_parse(line, &w);
	check_inside(line, w.object);
	check_inside(line, w.reason);
	check_inside(line, w.message);
	CHECK(w.code >= 0 && w.code <= 999);
	if (w.event == WATCH_BROKEN || !object_scan(w.object, &o))
		return 0;
	check_object(line, &o);
	CHECK(object_scan(o.raw, &again) && str_eq(o.name, again.name));
	return 0;
}
