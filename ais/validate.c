/* validate.c - the front door: which tables and rules judge a resource, and what they found. */
#include "ais/validate.h"

#include "ais/validate_inner.h"
#include "kernel/check.h"

/* Findings ------------------------------------------------------------------*/

void
finding_put(struct findings *f, struct finding what)
{
	f->errors += what.error;
	if (f->count == FINDINGS_MAX)
		f->more = true;
	else
		f->list[f->count++] = what;
}

void
finding_add(struct findings *f, bool error, struct str path, struct str text)
{
	finding_put(f, (struct finding){ error, BY_RULE, path, text });
}

void
finding_print(const struct finding *f, struct out *o)
{
	if (f->path.len > 0 && !str_starts(f->text, f->path))
		OUT(o, f->path, STR(": "));
	out_str(o, f->text);
}

static const struct {
	struct str name;
	int        code;
} sayers[] = {
	[BY_RULE] = { STR_INIT("rule"), 403 },     [BY_FIELD] = { STR_INIT("field"), 422 },
	[BY_DECODE] = { STR_INIT("decode"), 400 }, [BY_SCHEMA] = { STR_INIT("schema"), 422 },
	[BY_CEL] = { STR_INIT("cel"), 422 },       [BY_STRICT] = { STR_INIT("strict"), 400 },
	[BY_FAILURE] = { STR_INIT("failure"), 500 }, [BY_ADVICE] = { STR_INIT("advice"), 403 },
};

int
finding_code(const struct finding *f)
{
	return sayers[f->by].code;
}

struct str
finding_by_text(enum finding_by by)
{
	return sayers[by].name;
}

/* Trials --------------------------------------------------------------------*/

static const struct {
	struct str   version, kind;
	void         (*cel)(struct trial *t);
	rule *const *rules;
} resources[] = {
	[RESOURCE_AISTORE_BETA] =
	    { STR_INIT("ais.nvidia.com/v1beta1"), STR_INIT("AIStore"), cel_beta, rules_beta },
	[RESOURCE_AISTORE_ALPHA] =
	    { STR_INIT("ais.nvidia.com/v1alpha1"), STR_INIT("AIStore"), NULL, rules_alpha },
	[RESOURCE_AUTH] =
	    { STR_INIT("auth.ais.nvidia.com/v1alpha1"), STR_INIT("AIStoreAuth"), cel_auth, rules_auth },
	[RESOURCE_AUTH_PROFILE] =
	    { STR_INIT("auth.ais.nvidia.com/v1alpha1"), STR_INIT("AIStoreAuthProfile"), cel_profile, rules_profile },
};

enum resource
resource_of(struct json object)
{
	for (enum resource r = 0; r < RESOURCE_UNKNOWN; r++)
		if (json_str_is(json_get(object, STR("apiVersion")), resources[r].version) &&
		    json_str_is(json_get(object, STR("kind")), resources[r].kind))
			return r;
	return RESOURCE_UNKNOWN;
}

struct trial
trial_of(struct json object, struct json old, struct arena *a, struct findings *f)
{
	struct trial t = { .a = a, .f = f, .object = object, .old = old };

	t.spec = json_get(object, STR("spec"));
	t.old_spec = json_get(old, STR("spec"));
	t.role[ROLE_PROXY] = json_get(t.spec, STR("proxySpec"));
	t.role[ROLE_TARGET] = json_get(t.spec, STR("targetSpec"));
	t.old_role[ROLE_PROXY] = json_get(t.old_spec, STR("proxySpec"));
	t.old_role[ROLE_TARGET] = json_get(t.old_spec, STR("targetSpec"));
	return t;
}

static bool
is_known(enum resource r, struct json object, struct findings *f)
{
	if (r != RESOURCE_UNKNOWN && json_is_obj(object))
		return true;
	finding_put(f, (struct finding){ true, BY_SCHEMA, STR("apiVersion"),
	    STR("this apiVersion and kind are none of ais.nvidia.com/v1beta1 and v1alpha1 AIStore, "
	    "auth.ais.nvidia.com/v1alpha1 AIStoreAuth and AIStoreAuthProfile") });
	return false;
}

void
validate_schema(enum resource r, struct json object, struct arena *a, struct findings *f)
{
	validate_schema_update(r, object, (struct json){ NULL, -1 }, a, f);
}

void
validate_schema_update(enum resource r, struct json object, struct json old, struct arena *a,
    struct findings *f)
{
	struct look  look = { .a = a, .f = f };
	struct trial t;

	if (!is_known(r, object, f))
		return;
	shape_check(&look, shape_of(r), object, old, NULL);
	t = trial_of(object, old, a, f);
	if (!look.blind && resources[r].cel != NULL && json_set(t.spec))
		resources[r].cel(&t);
}

void
validate_rules(enum resource r, struct json object, struct json old, struct arena *a, struct findings *f)
{
	struct trial t;
	int          before = f->errors;

	if (!is_known(r, object, f))
		return;
	shape_decode(shape_of(r), object, NULL, a, f);
	if (f->errors > before)
		return;
	t = trial_of(object, old, a, f);
	for (rule *const *one = resources[r].rules; *one != NULL; one++)
		(*one)(&t);
}

void
deny(struct trial *t, struct str path, struct str text)
{
	finding_put(t->f, (struct finding){ true, BY_RULE, path, text });
}

void
deny_field(struct trial *t, struct str path, struct str text)
{
	finding_put(t->f, (struct finding){ true, BY_FIELD, path, text });
}

void
warn(struct trial *t, struct str path, struct str text)
{
	finding_put(t->f, (struct finding){ false, BY_RULE, path, text });
}

void
advise(struct trial *t, struct str path, struct str text)
{
	finding_put(t->f, (struct finding){ false, BY_ADVICE, path, text });
}
