/* render.c - every object that an AIStore would have once it is Ready, as text. */
#include "ais/render.h"

#include "ais/want.h"
#include "kernel/yaml.h"

static const struct str no_room = STR_INIT("the objects need more room than there is");

static bool
is_ours(struct json cr)
{
	return json_str_is(json_get(cr, STR("apiVersion")), STR("ais.nvidia.com/v1beta1")) &&
	    json_str_is(json_get(cr, STR("kind")), kind_aistore.name);
}

static bool
refuse(struct str *why, struct str sentence)
{
	*why = sentence;
	return false;
}

static bool
understood(const struct spec *s, struct arena *a, struct str *why)
{
	if (s->invalid.len > 0)
		return refuse(why, s->invalid);
	if (s->unsupported.len > 0)
		return refuse(why, JOIN(a, s->unsupported, STR(" is not supported by this version: leave it out")));
	return true;
}

static bool
print_yaml(struct str body, struct arena *a, struct out *o)
{
	struct json_doc doc;

	if (json_parse_in(&doc, body, a) != JSON_OK)
		return false;
	out_str(o, STR("---\n"));
	yaml_print(o, json_root(&doc));
	return true;
}

static bool
print_all(const struct want *w, bool yaml, struct arena *a, struct out *o)
{
	for (enum want_kind k = 0; k < WANT_COUNT; k++) {
		struct str body = want_body(k, w, a);

		if (yaml && !print_yaml(body, a, o))
			return false;
		if (!yaml)
			OUT(o, body, STR("\n"));
	}
	return arena_ok(a) && out_ok(o);
}

bool
render(struct str cr_json, struct str ns, struct str domain, bool yaml, struct arena *a, struct out *o,
    struct str *why)
{
	struct json_doc  doc;
	struct json      cr, meta;
	struct spec     *spec = ARENA_NEW(a, struct spec);
	struct want      w = { .spec = spec, .rebalance = true };
	enum json_result r = json_parse_in(&doc, cr_json, a);

	if (spec == NULL || r != JSON_OK)
		return refuse(why, r == JSON_OK ? no_room : str_of(json_result_text(r)));
	cr = json_root(&doc);
	meta = json_get(cr, STR("metadata"));
	if (!is_ours(cr))
		return refuse(why, STR("is not an AIStore of ais.nvidia.com/v1beta1"));
	w.cluster.name = json_str(json_get(meta, STR("name")), a);
	w.cluster.ns = json_str(json_get(meta, STR("namespace")), a);
	w.cluster.uid = json_str(json_get(meta, STR("uid")), a);
	if (w.cluster.name.len == 0)
		return refuse(why, STR("metadata.name is missing: the objects are named after it"));
	if (w.cluster.ns.len == 0)
		w.cluster.ns = ns;
	spec_parse(json_get(cr, STR("spec")), domain, a, spec);
	if (!understood(spec, a, why))
		return false;
	for (enum role role = ROLE_PROXY; role <= ROLE_TARGET; role++)
		w.replicas[role] = spec->role[role].size;
	if (print_all(&w, yaml, a, o))
		return true;
	o->len = 0;
	return refuse(why, no_room);
}
