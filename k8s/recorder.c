/* recorder.c - events: their names, their bodies, and which were said lately. */
#include "k8s/recorder.h"

#include "kernel/hash.h"
#include "kernel/json_out.h"
#include "kernel/time_text.h"

#define NOTE_MAX      1024
#define WORD_MAX      128                    /* of reason, action and instance */
#define NAME_MAX_K8S  253
#define QUIET_MS      (6 * 60 * 1000)

/* At most `most` bytes, never the half of a character. */
static struct str
cut(struct str s, size_t most)
{
	if (s.len <= most)
		return s;
	while (most > 0 && ((unsigned char)s.at[most] & 0xc0) == 0x80)
		most--;
	return str_upto(s, most);
}

static struct str
type_of(const struct event *e)
{
	return e->warning ? STR("Warning") : STR("Normal");
}

/* What is said, of whom, and what makes it a new event: in one number. */
static uint64_t
identity_of(const struct event *e)
{
	const struct str said[] = {
		type_of(e), e->reason, e->action, e->note, e->once,
		e->regarding.kind, e->regarding.ns, e->regarding.name, e->regarding.uid,
		e->related.kind, e->related.name,
	};
	uint8_t digests[sizeof(said) / sizeof(said[0])][32];

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		sha256(said[i], digests[i]);
	return sha256_u64((struct str){ (const char *)digests, sizeof(digests) });
}

static void
print_name(const struct event *e, struct out *o)
{
	uint64_t id = identity_of(e);
	uint8_t  bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(id >> (56 - 8 * i));
	OUT(o, str_upto(e->regarding.name, NAME_MAX_K8S - 17), STR("."));
	out_hex(o, bytes, sizeof(bytes));
}

static void
print_some(struct json_out *j, struct str key, struct str s)
{
	if (s.len > 0)
		jo_key_str(j, key, s);
}

static void
print_ref(struct json_out *j, struct str key, const struct event_ref *r)
{
	jo_key_obj(j, key);
	print_some(j, STR("apiVersion"), r->api_version);
	print_some(j, STR("kind"), r->kind);
	print_some(j, STR("namespace"), r->ns);
	print_some(j, STR("name"), r->name);
	print_some(j, STR("uid"), r->uid);
	print_some(j, STR("resourceVersion"), r->version);
	jo_obj_end(j);
}

static void
print_time(struct json_out *j, struct str key, int64_t wall_us)
{
	char       text[40];
	struct out o = out_over(text, sizeof(text));

	time_print_micro(&o, wall_us);
	jo_key_str(j, key, out_view(&o));
}

void
event_print(const struct event *e, struct str reporter, struct str instance, int64_t wall_us,
    struct out *name, struct out *body)
{
	struct json_out j = json_out(body);

	print_name(e, name);
	jo_obj(&j);
	jo_key_str(&j, STR("apiVersion"), STR("events.k8s.io/v1"));
	jo_key_str(&j, STR("kind"), STR("Event"));
	jo_key_obj(&j, STR("metadata"));
	jo_key_str(&j, STR("name"), out_view(name));
	jo_key_str(&j, STR("namespace"), e->regarding.ns.len > 0 ? e->regarding.ns : STR("default"));
	jo_obj_end(&j);
	print_time(&j, STR("eventTime"), wall_us);
	jo_key_str(&j, STR("type"), type_of(e));
	jo_key_str(&j, STR("reason"), cut(e->reason, WORD_MAX));
	jo_key_str(&j, STR("action"), cut(e->action, WORD_MAX));
	jo_key_str(&j, STR("note"), cut(e->note, NOTE_MAX));
	jo_key_str(&j, STR("reportingController"), reporter);
	jo_key_str(&j, STR("reportingInstance"), cut(instance, WORD_MAX));
	print_ref(&j, STR("regarding"), &e->regarding);
	if (e->related.kind.len > 0)
		print_ref(&j, STR("related"), &e->related);
	jo_obj_end(&j);
}

int
recorder_count(struct recorder *r, const struct event *e, int64_t now_ms)
{
	uint64_t what = identity_of(e);
	int      oldest = 0;

	for (int i = 0; i < RECORDER_SLOTS; i++) {
		if (r->said[i].count > 0 && r->said[i].what == what && now_ms - r->said[i].at_ms < QUIET_MS) {
			r->said[i].at_ms = now_ms;
			return ++r->said[i].count;
		}
		if (r->said[i].count == 0 ? r->said[oldest].count > 0 :
		    r->said[oldest].count > 0 && r->said[i].at_ms < r->said[oldest].at_ms)
			oldest = i;
	}
	r->said[oldest].what = what;
	r->said[oldest].at_ms = now_ms;
	r->said[oldest].count = 1;
	return 0;
}

void
recorder_forget(struct recorder *r, const struct event *e)
{
	uint64_t what = identity_of(e);

	for (int i = 0; i < RECORDER_SLOTS; i++)
		if (r->said[i].what == what)
			r->said[i].count = 0;
}

void
event_series_print(int count, int64_t wall_us, struct out *body)
{
	struct json_out j = json_out(body);

	jo_obj(&j);
	jo_key_obj(&j, STR("series"));
	jo_key_int(&j, STR("count"), count);
	print_time(&j, STR("lastObservedTime"), wall_us);
	jo_obj_end(&j);
	jo_obj_end(&j);
}
