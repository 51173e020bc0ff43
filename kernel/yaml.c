/*
 * yaml.c - YAML to JSON, event by event.
 *
 * Nothing of the document is kept but what is open and what keys were seen.
 * libyaml has no limits of its own and never expands an alias in this way of
 * using it: depth is counted here, aliases are refused.
 */
#include "kernel/yaml.h"

#include <string.h>
#include <yaml.h>

#include "kernel/check.h"
#include "kernel/file.h"
#include "kernel/hash.h"
#include "kernel/json_out.h"
#include "yaml_inner.h"

/*
 * The keys of all mappings seen, as marks of which key in which mapping.  A
 * mark is made with SHA-256, so nobody can craft many that fall into one
 * place, or two that are the same.
 */
struct keys {
	uint64_t *marks;        /* 0: free */
	size_t    mask;
};

struct level {
	bool     map;
	bool     key_next;
	uint64_t number;        /* of this mapping, in the stream */
};

struct reader {
	yaml_parser_t      parser;
	struct json_out    json;
	struct keys        keys;
	struct level       levels[JSON_DEPTH_MAX];
	int                depth;
	uint64_t           mappings;
	int                index;      /* documents to go before the one that is asked for */
	struct yaml_error *error;
};

enum step { STEP_ON, STEP_DONE, STEP_END, STEP_BAD };

/* Keys ----------------------------------------------------------------------*/

/* Before each key but the first of a mapping stands one of these. */
static size_t
keys_most(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.at[i] == ':' || text.at[i] == ',' || text.at[i] == '{' || text.at[i] == '?';
	return n;
}

static bool
keys_init(struct keys *k, struct str text, struct arena *a)
{
	size_t size = 2;

	while (size < 2 * keys_most(text))
		size *= 2;
	k->mask = size - 1;
	k->marks = ARENA_ARRAY(a, uint64_t, size);
	return k->marks != NULL;
}

/* False: it is there. */
static bool
keys_add(struct keys *k, uint64_t mapping, struct str key)
{
	uint64_t mark = sha256_u64(key) + mapping * 0x9e3779b97f4a7c15u;
	size_t   at = mark & k->mask;

	mark += mark == 0;
	for (; k->marks[at] != 0; at = (at + 1) & k->mask)
		if (k->marks[at] == mark)
			return false;
	k->marks[at] = mark;
	return true;
}

/* Sentences -----------------------------------------------------------------*/

static enum step
refuse_at(struct yaml_error *e, size_t line, size_t column, const struct str *parts, size_t count)
{
	struct out o = out_over(e->text, sizeof(e->text) - 1);

	for (size_t i = 0; i < count; i++)
		out_str(&o, str_upto(parts[i], o.size - o.len));
	e->text[o.len] = '\0';
	e->line = (int)line + 1;
	e->column = (int)column + 1;
	return STEP_BAD;
}

#define REFUSE(error, line, column, ...) \
	refuse_at((error), (line), (column), (const struct str[]){ __VA_ARGS__ }, \
	    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
#define REFUSE_EVENT(r, e, ...) \
	REFUSE((r)->error, (e)->start_mark.line, (e)->start_mark.column, __VA_ARGS__)

/* So much of a foreign text as a sentence can bear. */
static struct str
some(struct str s)
{
	return str_upto(s, 40);
}

static enum step
refuse_offset(struct yaml_error *e, struct str text, size_t offset, struct str why)
{
	size_t line = 0, column = 0;

	for (size_t i = 0; i < offset && i < text.len; i++) {
		column = text.at[i] == '\n' ? 0 : column + 1;
		line += text.at[i] == '\n';
	}
	return REFUSE(e, line, column, why);
}

/* What libyaml itself did not like. */
static enum step
refuse_parser(struct reader *r, struct str text)
{
	const yaml_parser_t *p = &r->parser;
	struct str           problem = str_of(p->problem);

	if (p->error == YAML_MEMORY_ERROR)
		return refuse_offset(r->error, text, 0, STR("there is no memory left to read it"));
	if (p->error == YAML_READER_ERROR)
		return refuse_offset(r->error, text, p->problem_offset, problem);
	return REFUSE(r->error, p->problem_mark.line, p->problem_mark.column, problem);
}

/* Events --------------------------------------------------------------------*/

static struct level *
top(struct reader *r)
{
	return r->depth == 0 ? NULL : &r->levels[r->depth - 1];
}

/* A value has ended: in a mapping a key comes next. */
static enum step
value_ended(struct reader *r)
{
	if (top(r) != NULL)
		top(r)->key_next = true;
	return STEP_ON;
}

static enum step
on_key(struct reader *r, const yaml_event_t *e, struct str s, enum yaml_kind kind)
{
	if (kind == YAML_KIND_MERGE)
		return REFUSE_EVENT(r, e, STR("merge keys (<<) are not supported: write the members out"));
	if (kind != YAML_KIND_TEXT)
		return REFUSE_EVENT(r, e, STR("the key "), some(s), STR(" is not text: put it in quotes"));
	if (!keys_add(&r->keys, top(r)->number, s))
		return REFUSE_EVENT(r, e, STR("the key \""), some(s), STR("\" stands here for the second time"));
	top(r)->key_next = false;
	jo_key(&r->json, s);
	return STEP_ON;
}

static enum step
on_value(struct reader *r, const yaml_event_t *e, struct str s, enum yaml_kind kind)
{
	switch (kind) {
	case YAML_KIND_TEXT:
	case YAML_KIND_MERGE:
		jo_str(&r->json, s);
		break;
	case YAML_KIND_NULL:
		jo_null(&r->json);
		break;
	case YAML_KIND_BOOL:
		jo_bool(&r->json, s.at[0] == 't' || s.at[0] == 'T');
		break;
	case YAML_KIND_INT:
	case YAML_KIND_FLOAT:
		jo_raw(&r->json, s);
		break;
	case YAML_KIND_UNCLEAR:
		return REFUSE_EVENT(r, e, STR("not all readers of YAML take "), some(s),
		    STR(" for the same: write true, false or a decimal number, or put it in quotes"));
	}
	return value_ended(r);
}

#define CORE "tag:yaml.org,2002:"

/* A tag of the core says what it is; then it must be that. */
static bool
tag_allows(struct str tag, bool plain, struct str s, enum yaml_kind *kind)
{
	static const struct { struct str tag; enum yaml_kind kind; } tags[] = {
		{ STR_INIT(CORE "null"), YAML_KIND_NULL },
		{ STR_INIT(CORE "bool"), YAML_KIND_BOOL },
		{ STR_INIT(CORE "int"), YAML_KIND_INT },
		{ STR_INIT(CORE "float"), YAML_KIND_FLOAT },
	};

	*kind = tag.len == 0 && plain ? yaml_kind_of(s) : YAML_KIND_TEXT;
	if (tag.len == 0 || str_eq(tag, STR("!")) || str_eq(tag, STR(CORE "str")))
		return true;
	*kind = yaml_kind_of(s);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (str_eq(tag, tags[i].tag))
			return *kind == tags[i].kind || (*kind == YAML_KIND_INT && tags[i].kind == YAML_KIND_FLOAT);
	return false;
}

static enum step
on_scalar(struct reader *r, const yaml_event_t *e)
{
	struct str     s = { (const char *)e->data.scalar.value, e->data.scalar.length };
	struct str     tag = str_of((const char *)e->data.scalar.tag);
	enum yaml_kind kind;

	if (e->data.scalar.anchor != NULL)
		return REFUSE_EVENT(r, e, STR("anchors are not supported: write the value out where it is needed"));
	if (!tag_allows(tag, e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, s, &kind))
		return REFUSE_EVENT(r, e, STR("the tag "), some(tag), STR(" does not fit this value: leave it out"));
	if (top(r) != NULL && top(r)->map && top(r)->key_next)
		return on_key(r, e, s, kind);
	return on_value(r, e, s, kind);
}

static enum step
on_start(struct reader *r, const yaml_event_t *e, bool map, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct str t = str_of((const char *)tag);

	if (anchor != NULL)
		return REFUSE_EVENT(r, e, STR("anchors are not supported: write the value out where it is needed"));
	if (t.len > 0 && !str_eq(t, STR("!")) && !str_eq(t, map ? STR(CORE "map") : STR(CORE "seq")))
		return REFUSE_EVENT(r, e, STR("the tag "), some(t), STR(" does not fit this value: leave it out"));
	if (top(r) != NULL && top(r)->map && top(r)->key_next)
		return REFUSE_EVENT(r, e, STR("a list or a mapping cannot be a key"));
	if (r->depth == JSON_DEPTH_MAX)
		return REFUSE_EVENT(r, e, STR("this is nested too deeply: 64 levels are the most"));
	r->levels[r->depth++] = (struct level){ .map = map, .key_next = true, .number = r->mappings++ };
	if (map)
		jo_obj(&r->json);
	else
		jo_arr(&r->json);
	return STEP_ON;
}

static enum step
on_end(struct reader *r)
{
	CHECK(r->depth > 0);
	if (top(r)->map)
		jo_obj_end(&r->json);
	else
		jo_arr_end(&r->json);
	r->depth--;
	return value_ended(r);
}

/* Of a document that nobody asked for nothing stays. */
static enum step
on_document_end(struct reader *r)
{
	if (r->index-- == 0)
		return STEP_DONE;
	r->json.o->len = 0;
	r->json.comma = false;
	return STEP_ON;
}

static enum step
on_event(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return STEP_ON;
	case YAML_STREAM_END_EVENT:
		return STEP_END;
	case YAML_DOCUMENT_END_EVENT:
		return on_document_end(r);
	case YAML_ALIAS_EVENT:
		return REFUSE_EVENT(r, e, STR("aliases are not supported: write the value out here"));
	case YAML_SCALAR_EVENT:
		return on_scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(r, e, false, e->data.sequence_start.anchor, e->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return on_start(r, e, true, e->data.mapping_start.anchor, e->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(r);
	}
	check_failed("a known event", __FILE__, __LINE__);
}

static enum step
read_document(struct reader *r, struct str text)
{
	yaml_event_t e;
	enum step    step = STEP_ON;

	if (!yaml_parser_initialize(&r->parser))
		return refuse_offset(r->error, text, 0, STR("there is no memory left to read it"));
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)(text.at == NULL ? "" : text.at), text.len);
	while (step == STEP_ON) {
		if (!yaml_parser_parse(&r->parser, &e)) {
			step = refuse_parser(r, text);
			break;
		}
		step = on_event(r, &e);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&r->parser);
	return step;
}

/* A text that is JSON goes through as it is: libyaml does not know all of its escapes. */
static enum step
read_json(struct reader *r, const struct json_doc *d, struct arena *a)
{
	struct json_iter it;
	struct json      key;

	for (int i = 0; i < d->count; i++) {
		if (!json_is_obj((struct json){ d, i }))
			continue;
		for (it = json_each((struct json){ d, i }); json_next(&it);) {
			key = (struct json){ d, it.val.at - 1 };
			if (!keys_add(&r->keys, (uint64_t)i, json_str(key, a)))
				return refuse_offset(r->error, d->text, (size_t)(it.key.at - d->text.at) - 1,
				    STR("this key stands here for the second time"));
		}
	}
	return STEP_DONE;
}

bool
yaml_to_json(struct str yaml, int index, struct arena *a, struct str *json, struct yaml_error *error)
{
	struct reader   r = { .index = index, .error = error };
	struct json_doc d;
	struct out      o;
	enum step       step;

	*json = STR_NONE;
	*error = (struct yaml_error){ .line = 0 };
	if (yaml.len > FILE_SIZE_MAX) {
		REFUSE(error, 0, 0, STR("this is too large: 4 MiB are the most"));
		return false;
	}
	if (json_check(yaml, NULL) == JSON_OK) {
		if (index > 0)
			return false;
		step = keys_init(&r.keys, yaml, a) && json_parse_in(&d, yaml, a) == JSON_OK
		    ? read_json(&r, &d, a) : STEP_DONE;
		if (step == STEP_DONE)
			*json = arena_copy(a, str_trim(yaml));
	} else {
		keys_init(&r.keys, yaml, a);
		o = out_in(a);
		r.json = json_out(&o);
		r.json.html = false;
		step = arena_ok(a) ? read_document(&r, yaml) : STEP_DONE;
		if (step == STEP_DONE)
			*json = out_keep(&o, a);
	}
	if (!arena_ok(a))
		step = REFUSE(error, 0, 0, STR("this is too large for the memory there is to read it"));
	return step == STEP_DONE;
}
