/* watch_line.c - one line of a watch stream: {"type": ..., "object": {...}}. */
#include "k8s/watch_line.h"

static enum watch_event
event_of(struct str type)
{
	static const struct { struct str name; enum watch_event event; } events[] = {
		{ STR_INIT("ADDED"), WATCH_ADDED },
		{ STR_INIT("MODIFIED"), WATCH_MODIFIED },
		{ STR_INIT("DELETED"), WATCH_DELETED },
		{ STR_INIT("BOOKMARK"), WATCH_BOOKMARK },
		{ STR_INIT("ERROR"), WATCH_ERROR },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (str_eq(type, events[i].name))
			return events[i].event;
	return WATCH_BROKEN;
}

/* Without its quotes; escapes stay. */
static struct str
inside(struct str val)
{
	if (val.len < 2 || val.at[0] != '"')
		return STR_NONE;
	return str_upto(str_from(val, 1), val.len - 2);
}

static bool
parse_status(struct watch_line *w)
{
	struct scan s = scan_obj(w->object);
	int64_t     code = 0;

	while (scan_next(&s)) {
		if (str_eq(s.key, STR("code")) && !str_i64(s.val, &code))
			return false;
		if (str_eq(s.key, STR("reason")))
			w->reason = inside(s.val);
		if (str_eq(s.key, STR("message")))
			w->message = inside(s.val);
	}
	w->code = code >= 0 && code <= 999 ? (int)code : 0;
	return !s.broken;
}

void
watch_line_parse(struct str line, struct watch_line *w)
{
	struct scan s = scan_obj(line);
	struct str  type = STR_NONE;

	*w = (struct watch_line){ .event = WATCH_BROKEN };
	while (scan_key(&s)) {
		if (str_eq(s.key, STR("object"))) {
			struct scan object = scan_into(&s);

			w->named = object_walk(&object, &w->meta);
			scan_back(&s, &object);
			w->object = w->meta.raw = s.val;
		} else if (scan_val(&s) && str_eq(s.key, STR("type")))
			scan_plain(s.val, &type);
	}
	if (s.broken || w->object.len == 0 || w->object.at[0] != '{')
		return;
	w->event = event_of(type);
	if (w->event == WATCH_ERROR && !parse_status(w))
		w->event = WATCH_BROKEN;
}
