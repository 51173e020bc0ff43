/*
 * conversion.c - pure: a ConversionReview, read as it comes.
 *
 * Three things are looked into: the review, its request, and the list of
 * objects.  All other values are found by where they end; what is needed of
 * them is kept until then, and only then read as JSON.
 */
#include "webhook/conversion.h"

#include <string.h>

#include "kernel/check.h"
#include "kernel/json_out.h"

#define REVIEW_VERSION "apiextensions.k8s.io/v1"
#define NAME_MAX_SHOWN 253

static const struct {
	enum conversion_level  level;
	struct str             name;
	enum conversion_member member;
} members[] = {
	{ IN_REVIEW, STR_INIT("apiVersion"), MEMBER_VERSION },
	{ IN_REVIEW, STR_INIT("kind"), MEMBER_KIND },
	{ IN_REVIEW, STR_INIT("request"), MEMBER_REQUEST },
	{ IN_REQUEST, STR_INIT("uid"), MEMBER_UID },
	{ IN_REQUEST, STR_INIT("desiredAPIVersion"), MEMBER_TO },
	{ IN_REQUEST, STR_INIT("objects"), MEMBER_OBJECTS },
};

void
conversion_begin(struct conversion *c, void *room, size_t size)
{
	char *at = room;

	CHECK(size >= 4096);
	*c = (struct conversion){ .held = at, .held_max = size / 8, .status = 200 };
	c->out = out_over(at + c->held_max, size / 7);
	arena_init(&c->arena, at + c->held_max + size / 7, size - c->held_max - size / 7);
}

/* The first failure is the one that is told. */
static void
fail_all(struct conversion *c, const struct str *parts, size_t count)
{
	struct out o = out_over(c->why, sizeof(c->why) - 1);

	if (c->failed)
		return;
	c->failed = true;
	for (size_t i = 0; i < count; i++)
		out_str(&o, str_upto(parts[i], o.size - o.len));
	c->why[o.len] = '\0';
}

#define FAIL(c, ...) \
	fail_all((c), (const struct str[]){ __VA_ARGS__ }, \
	    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

/* From here on nothing is looked at any more. */
static void
broken(struct conversion *c, struct str why)
{
	FAIL(c, why);
	c->broken = true;
}

/* One object ----------------------------------------------------------------*/

static struct str
shown(struct conversion *c, struct json name)
{
	struct str s = json_str(name, &c->arena);

	return s.len <= NAME_MAX_SHOWN ? s : STR_NONE;
}

static void
fail_object(struct conversion *c, struct json object, struct str before, struct str why)
{
	struct json metadata = json_get(object, STR("metadata"));
	struct str  ns = shown(c, json_get(metadata, STR("namespace")));
	struct str  name = shown(c, json_get(metadata, STR("name")));
	char        text[20];
	struct out  number = out_over(text, sizeof(text));

	out_u64(&number, c->index);
	if (name.len > 0)
		FAIL(c, STR("AIStore "), ns, ns.len > 0 ? STR("/") : STR_NONE, name, STR(": "), before, why);
	else
		FAIL(c, STR("object "), out_view(&number), STR(" of the review: "), before, why);
}

static void
write_head(struct conversion *c)
{
	out_str(&c->out, c->head ? STR(",") : STR("{\"apiVersion\":\"" REVIEW_VERSION "\","
	    "\"kind\":\"ConversionReview\",\"response\":{\"convertedObjects\":["));
}

static void
convert_item(struct conversion *c, struct str text, struct str *piece)
{
	const struct json nothing = { NULL, -1 };
	struct json_doc   d;
	enum json_result  r;
	struct str        why;

	c->index++;
	if (c->failed)
		return;
	arena_reset(&c->arena);
	c->out.len = 0;
	write_head(c);
	if (text.len > c->held_max) {
		fail_object(c, nothing, STR_NONE, STR("it is larger than one object may be"));
		return;
	}
	r = json_parse_in(&d, text, &c->arena);
	if (r != JSON_OK) {
		fail_object(c, nothing, STR("it "), str_of(json_result_text(r)));
		return;
	}
	if (!convert(json_root(&d), c->to, &c->arena, &c->out, &why)) {
		fail_object(c, json_root(&d), STR_NONE, why);
		return;
	}
	c->head = true;
	c->converted++;
	*piece = out_view(&c->out);
}

/* Values of the review ------------------------------------------------------*/

static bool
read_text(struct conversion *c, struct str text, struct json_doc *d, struct json_token *token)
{
	if (text.len <= CONVERSION_SMALL_MAX && json_parse(d, text, token, 1) == JSON_OK &&
	    json_is_str(json_root(d)))
		return true;
	broken(c, STR("the review is not as it should be: a text is needed for apiVersion, kind, request.uid and "
	    "request.desiredAPIVersion"));
	return false;
}

static void
take_key(struct conversion *c, struct str text)
{
	struct json_token token;
	struct json_doc   d;

	c->member = MEMBER_OTHER;
	if (text.len > CONVERSION_SMALL_MAX)
		return;
	if (json_parse(&d, text, &token, 1) != JSON_OK) {
		broken(c, STR("the body is not JSON"));
		return;
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].level == c->level && json_str_is(json_root(&d), members[i].name))
			c->member = members[i].member;
	if (c->member != MEMBER_OTHER && c->seen[c->member])
		broken(c, STR("a member of the review comes twice"));
	c->seen[c->member] = true;
}

static void
take_wanted(struct conversion *c, struct json version)
{
	c->wants = true;
	if (json_str_is(version, STR("ais.nvidia.com/v1alpha1")))
		c->to = API_ALPHA;
	else if (json_str_is(version, STR("ais.nvidia.com/v1beta1")))
		c->to = API_BETA;
	else
		FAIL(c, STR("desiredAPIVersion is \""), str_upto(json_raw(version), 64),
		    STR("\": ais.nvidia.com/v1alpha1 and ais.nvidia.com/v1beta1 are what there is"));
}

static void
take_text(struct conversion *c, struct str text)
{
	struct json_token token;
	struct json_doc   d;

	if (!read_text(c, text, &d, &token))
		return;
	if (c->member == MEMBER_TO)
		take_wanted(c, json_root(&d));
	else if (c->member == MEMBER_UID && json_raw(json_root(&d)).len > 0) {
		memcpy(c->uid, text.at, text.len);
		c->uid_len = text.len;
	} else if ((c->member == MEMBER_VERSION && !json_str_is(json_root(&d), STR(REVIEW_VERSION))) ||
	    (c->member == MEMBER_KIND && !json_str_is(json_root(&d), STR("ConversionReview"))))
		broken(c, STR("a ConversionReview of " REVIEW_VERSION " is wanted here"));
}

/* Of one list that came too early, or of what is none. */
static void
take_list(struct conversion *c, struct str text)
{
	if (str_eq(text, STR("null")))
		return;
	if (text.at[0] != '[') {
		broken(c, STR("request.objects is not a list"));
		return;
	}
	if (text.len > c->held_max) {
		FAIL(c, STR("request.objects came before request.desiredAPIVersion, and is too large to wait for it"));
		return;
	}
	if (text.at != c->held)
		memcpy(c->held, text.at, text.len);
	c->held_len = text.len;
	c->waiting = true;
}

static void
take(struct conversion *c, struct str text, struct str *piece)
{
	switch (c->member) {
	case MEMBER_KEY:
		take_key(c, text);
		return;
	case MEMBER_ITEM:
		convert_item(c, text, piece);
		return;
	case MEMBER_OBJECTS:
		take_list(c, text);
		return;
	case MEMBER_VERSION:
	case MEMBER_KIND:
	case MEMBER_UID:
	case MEMBER_TO:
		take_text(c, text);
		return;
	case MEMBER_REQUEST:     /* not an object: missing */
	case MEMBER_OTHER:
	case CONVERSION_MEMBERS:
		return;
	}
}

/* Pieces --------------------------------------------------------------------*/

/* Bytes of a value that came in more than one piece.  Past its limit only its length is kept. */
static void
keep(struct conversion *c, struct str bytes)
{
	char   *at = c->keep == KEEP_HELD ? c->held : c->small;
	size_t *len = c->keep == KEEP_HELD ? &c->held_len : &c->small_len;
	size_t  max = c->keep == KEEP_HELD ? c->held_max : sizeof(c->small);

	if (c->keep != KEEP_NOTHING && bytes.len <= max && *len <= max - bytes.len)
		memcpy(at + *len, bytes.at, bytes.len);
	*len += bytes.len;
}

static struct str
kept(const struct conversion *c)
{
	return c->keep == KEEP_HELD ? (struct str){ c->held, c->held_len } : (struct str){ c->small, c->small_len };
}

static size_t
inside(struct conversion *c, struct str bytes, struct str *piece)
{
	bool       ended;
	size_t     n = value_end_find(&c->value, bytes, &ended);
	struct str text = str_upto(bytes, n);

	if (!ended || kept(c).len > 0) {
		keep(c, text);
		text = kept(c);
	}
	if (!ended)
		return n;
	c->at = c->member == MEMBER_KEY ? AT_COLON : AT_NEXT;
	take(c, text, piece);
	return n;
}

static enum conversion_keep
keep_of(const struct conversion *c)
{
	if (c->member == MEMBER_OTHER || c->member == MEMBER_REQUEST)
		return KEEP_NOTHING;
	if (c->member == MEMBER_ITEM || c->member == MEMBER_OBJECTS)
		return c->failed ? KEEP_NOTHING : KEEP_HELD;
	return KEEP_SMALL;
}

/* Is this the first byte of one of the three that are looked into? */
static bool
steps_in(const struct conversion *c, char byte)
{
	switch (c->level) {
	case OUTSIDE:
		return byte == '{';
	case IN_REVIEW:
		return byte == '{' && c->member == MEMBER_REQUEST;
	case IN_REQUEST:
		return byte == '[' && c->member == MEMBER_OBJECTS && (c->wants || c->failed);
	case IN_OBJECTS:
		return false;
	}
	check_failed("a known level", __FILE__, __LINE__);
}

/* At the first byte of a value, which is dealt with only when it is stepped into. */
static size_t
enter(struct conversion *c, char byte)
{
	if (c->level == IN_OBJECTS && c->at != AT_KEY)
		c->member = MEMBER_ITEM;
	if (c->at != AT_KEY && steps_in(c, byte)) {
		c->level++;
		c->at = AT_FIRST;
		return 1;
	}
	if (c->level == OUTSIDE || memchr(",:]}", byte, 4) != NULL || (c->at == AT_KEY && byte != '"')) {
		broken(c, STR("the body is not JSON"));
		return 1;
	}
	if (c->at == AT_KEY)
		c->member = MEMBER_KEY;
	c->at = AT_INSIDE;
	c->value = (struct value_end){ .depth = 0 };
	c->keep = keep_of(c);
	c->held_len = c->keep == KEEP_HELD ? 0 : c->held_len;
	c->small_len = 0;
	return 0;
}

static size_t
leave(struct conversion *c)
{
	c->level--;
	c->at = c->level == OUTSIDE ? AT_END : AT_NEXT;
	return 1;
}

/* At a byte between values. */
static size_t
between(struct conversion *c, char byte)
{
	const enum conversion_at member = c->level == IN_OBJECTS ? AT_VALUE : AT_KEY;
	const char               close = c->level == IN_OBJECTS ? ']' : '}';

	if (memchr(" \n\r\t", byte, 4) != NULL)
		return 1;
	if ((c->at == AT_FIRST || c->at == AT_NEXT) && byte == close)
		return leave(c);
	if (c->at == AT_FIRST)
		c->at = member;
	if (c->at == AT_VALUE || c->at == AT_KEY)
		return enter(c, byte);
	if (c->at == AT_NEXT && byte == ',')
		c->at = member;
	else if (c->at == AT_COLON && byte == ':')
		c->at = AT_VALUE;
	else
		broken(c, STR("the body is not JSON"));
	return 1;
}

size_t
conversion_feed(struct conversion *c, struct str bytes, struct str *piece)
{
	size_t i = 0;

	CHECK(!c->ending);
	*piece = STR_NONE;
	while (i < bytes.len && !c->broken && piece->len == 0)
		i += c->at == AT_INSIDE ? inside(c, str_from(bytes, i), piece) : between(c, bytes.at[i]);
	return c->broken ? bytes.len : i;
}

/* The end -------------------------------------------------------------------*/

static void
judge_end(struct conversion *c)
{
	c->ending = true;
	if (c->at != AT_END)
		broken(c, STR("the body ends in the middle of the review"));
	else if (!c->seen[MEMBER_VERSION] || !c->seen[MEMBER_KIND])
		broken(c, STR("a ConversionReview of " REVIEW_VERSION " is wanted here"));
	else if (c->uid_len == 0)
		broken(c, STR("request.uid is missing"));
	else if (!c->wants)
		FAIL(c, STR("request.desiredAPIVersion is missing"));
	c->list = scan_arr((struct str){ c->held, c->waiting ? c->held_len : 0 });
}

static void
write_status(struct conversion *c, struct json_out *j)
{
	jo_obj(j);
	jo_key_str(j, STR("kind"), STR("Status"));
	jo_key_str(j, STR("apiVersion"), STR("v1"));
	jo_key_raw(j, STR("metadata"), STR("{}"));
	jo_key_str(j, STR("status"), STR("Failure"));
	jo_key_str(j, STR("message"), str_of(c->why));
	jo_key_str(j, STR("reason"), STR("BadRequest"));
	jo_key_int(j, STR("code"), 400);
	jo_obj_end(j);
}

static void
write_tail(struct conversion *c)
{
	struct json_out j = json_out(&c->out);

	c->out.len = 0;
	if (c->uid_len == 0 && !c->head) {
		c->status = 400;
		write_status(c, &j);
		return;
	}
	if (!c->head)
		write_head(c);
	OUT(&c->out, STR("],\"uid\":"), c->uid_len > 0 ? (struct str){ c->uid, c->uid_len } : STR("\"\""),
	    STR(",\"result\":"));
	jo_obj(&j);
	jo_key_str(&j, STR("status"), c->failed ? STR("Failure") : STR("Success"));
	if (c->failed)
		jo_key_str(&j, STR("message"), str_of(c->why));
	jo_obj_end(&j);
	out_str(&c->out, STR("}}"));
}

bool
conversion_end(struct conversion *c, struct str *piece)
{
	*piece = STR_NONE;
	if (c->ended)
		return false;
	if (!c->ending)
		judge_end(c);
	if (c->waiting && !c->failed && scan_next(&c->list)) {
		convert_item(c, c->list.val, piece);
		return true;
	}
	if (c->waiting && c->list.broken)
		FAIL(c, STR("request.objects is not JSON"));
	write_tail(c);
	c->ended = true;
	CHECK(out_ok(&c->out));
	*piece = out_view(&c->out);
	return true;
}
