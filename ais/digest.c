/*
 * digest.c - is what is there what we want?
 *
 * Both sides are brought into one canonical text of the fields that we set,
 * by the same code, and the texts' hashes are compared.
 */
#include "ais/keep_inner.h"
#include "ais/quantity.h"
#include "kernel/hash.h"

struct digest
digest_begin(struct arena *a, size_t most)
{
	char *room = arena_take(a, most, 1);

	return (struct digest){ .a = a, .text = out_over(room, room == NULL ? 0 : most) };
}

uint64_t
digest_end(struct digest *d)
{
	uint64_t hash = out_ok(&d->text) && arena_ok(d->a) ? sha256_u64(out_view(&d->text)) : 0;

	d->text.len = 0;
	return hash;
}

struct sorted
sorted_members(struct json v)
{
	return (struct sorted){ .of = v, .in_order = json_each(v) };
}

struct sorted
sorted_items(struct json v, const char *name)
{
	return (struct sorted){ .of = v, .name = name, .in_order = json_each(v) };
}

static struct str
sort_key(const struct sorted *s, const struct json_iter *it)
{
	return s->name == NULL ? it->key : json_raw(json_path(it->val, s->name));
}

/* The next higher key: quadratic, so there is a limit, but needs no room. */
static bool
next_higher(struct sorted *s)
{
	struct json_iter it = json_each(s->of);
	struct str       last = s->key;
	bool             found = false;

	while (json_next(&it)) {
		struct str key = sort_key(s, &it);

		if ((!s->begun || str_cmp(key, last) > 0) && (!found || str_cmp(key, s->key) <= 0)) {
			s->key = key;
			s->val = it.val;
			found = true;
		}
	}
	s->begun = true;
	return found;
}

bool
sorted_next(struct sorted *s)
{
	if (json_size(s->of) <= SORTED_MAX)
		return next_higher(s);
	if (!json_next(&s->in_order))
		return false;
	s->key = sort_key(s, &s->in_order);
	s->val = s->in_order.val;
	return true;
}

/* Its length first, so that no text can look like two. */
void
digest_text(struct digest *d, struct str s)
{
	out_u64(&d->text, s.len);
	OUT(&d->text, STR("'"), s);
}

static bool
is_absent(struct json v)
{
	return !json_there(v) || json_is_null(v) || json_str_is(v, STR("")) ||
	    ((json_is_obj(v) || json_is_arr(v)) && json_size(v) == 0);
}

/* What the API server writes where nothing was said. */
static bool
is_default(struct str key, struct json v)
{
	return is_absent(v) || (str_eq(key, STR("apiVersion")) && json_str_is(v, STR("v1"))) ||
	    (str_eq(key, STR("divisor")) && json_str_is(v, STR("0"))) ||
	    (str_eq(key, STR("optional")) && json_is_bool(v) && !json_true(v));
}

static void
digest_object(struct digest *d, struct json v)
{
	struct sorted s = sorted_members(v);

	out_char(&d->text, '{');
	while (sorted_next(&s))
		digest_pair(d, s.key, s.val);
	out_char(&d->text, '}');
}

void
digest_value(struct digest *d, struct json v)
{
	struct json_iter it = json_each(v);

	if (json_is_str(v))
		digest_text(d, json_str(v, d->a));
	else if (json_is_obj(v))
		digest_object(d, v);
	else if (json_is_arr(v)) {
		out_char(&d->text, '[');
		while (json_next(&it))
			digest_value(d, it.val);
		out_char(&d->text, ']');
	} else
		OUT(&d->text, json_raw(v), STR(";"));
}

void
digest_pair(struct digest *d, struct str key, struct json v)
{
	if (is_default(key, v))
		return;
	digest_text(d, key);
	out_char(&d->text, ':');
	digest_value(d, v);
}

void
digest_member(struct digest *d, struct json of, struct str key)
{
	digest_pair(d, key, json_get(of, key));
}

/* By value, rounded up to thousandths as the API server does. */
void
digest_quantity(struct digest *d, struct json v)
{
	struct quantity q;

	if (!quantity_parse(json_raw(v), &q)) {
		digest_value(d, v);
		return;
	}
	q = quantity_ceil_milli(q);
	q.form = QUANTITY_DECIMAL;
	quantity_print(&q, &d->text);
	out_char(&d->text, ';');
}

/* The other owned kinds ------------------------------------------------------*/

static const struct str managed_by = STR_INIT("app.kubernetes.io/managed-by");

static void
digest_members(struct digest *d, struct json of, const struct str *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		digest_member(d, of, keys[i]);
}
#define MEMBERS(d, of, ...) \
	digest_members((d), (of), (const struct str[]){ __VA_ARGS__ }, \
	    sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

static void
digest_service_port(struct digest *d, struct json port)
{
	struct json number = json_get(port, STR("port")), target = json_get(port, STR("targetPort"));

	MEMBERS(d, port, STR("name"));
	if (!json_str_is(json_get(port, STR("protocol")), STR("TCP")))
		MEMBERS(d, port, STR("protocol"));
	digest_value(d, number);
	digest_value(d, json_there(target) ? target : number);
}

/* Ports that somebody has added are not ours to judge: an apply leaves them. */
static bool
is_our_port(struct json name)
{
	return json_str_is(name, STR("pub")) || json_str_is(name, STR("control")) || json_str_is(name, STR("data"));
}

static void
digest_service(struct digest *d, struct json root)
{
	struct json      spec = json_get(root, STR("spec"));
	struct json_iter it = json_each(json_get(spec, STR("ports")));

	MEMBERS(d, json_path(root, "metadata.labels"), STR("app"), STR("app.kubernetes.io/name"),
	    STR("app.kubernetes.io/component"));
	MEMBERS(d, json_path(root, "metadata.annotations"), STR("prometheus.io/scrape"));
	MEMBERS(d, spec, STR("clusterIP"), STR("publishNotReadyAddresses"), STR("selector"));
	while (json_next(&it))
		if (is_our_port(json_get(it.val, STR("name"))))
			digest_service_port(d, it.val);
}

static void
digest_binding(struct digest *d, struct json root)
{
	struct json_iter it = json_each(json_get(root, STR("subjects")));

	MEMBERS(d, json_get(root, STR("roleRef")), STR("apiGroup"), STR("kind"), STR("name"));
	while (json_next(&it))
		MEMBERS(d, it.val, STR("kind"), STR("namespace"), STR("name"));
}

static void
digest_owned(const struct kind *k, struct digest *d, struct json root)
{
	if (k == &kind_service) {
		digest_service(d, root);
		return;
	}
	MEMBERS(d, json_path(root, "metadata.labels"), managed_by);
	if (k == &kind_configmap)
		MEMBERS(d, json_get(root, STR("data")), STR("ais.json"), STR("ais_local.json"));
	else if (k == &kind_role)
		MEMBERS(d, root, STR("rules"));
	else if (k == &kind_rolebinding)
		digest_binding(d, root);
}

void
digest_of(const struct kind *k, struct str body, struct arena *a, uint64_t *groups)
{
	bool            set = k == &kind_statefulset;
	struct json_doc doc;
	struct object   o;
	struct digest   d;

	for (int g = 0; g < (set ? GROUP_COUNT : 1); g++)
		groups[g] = 0;
	if (!object_scan(body, &o) || json_parse_in(&doc, set ? o.spec : body, a) != JSON_OK)
		return;
	d = digest_begin(a, DIGEST_ROOM(body.len));
	if (set)
		digest_groups(json_root(&doc), &d, groups);
	else {
		digest_owned(k, &d, json_root(&doc));
		groups[0] = digest_end(&d);
	}
}
