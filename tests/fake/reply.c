/* reply.c - refusals, in the API server's own words, and their Status. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/fake/registry.h"

struct reply
reply_bad(int code, const char *reason, const char *format, ...)
{
	struct reply r = { .code = code };
	va_list      args;

	snprintf(r.reason, sizeof(r.reason), "%s", reason);
	va_start(args, format);
	vsnprintf(r.message, sizeof(r.message), format, args);
	va_end(args);
	return r;
}

void
reply_about(struct reply *r, const struct resource *k, struct str name)
{
	bool invalid = r->code == 422;

	snprintf(r->name, sizeof(r->name), STR_FMT, STR_ARG(name));
	if (k == NULL)
		return;
	snprintf(r->group, sizeof(r->group), STR_FMT, STR_ARG(k->group));
	/* Refusals for what is in an object name its kind, all others the resource. */
	snprintf(r->kind, sizeof(r->kind), STR_FMT, STR_ARG(invalid ? k->kind : k->plural));
}

struct reply
reply_on(const struct resource *k, struct str name, int code, const char *reason, const char *text)
{
	char         what[160];
	struct out   o = out_over(what, sizeof(what));
	struct reply r;

	resource_print(k, &o);
	r = reply_bad(code, reason, code == 409 && strcmp(reason, "Conflict") == 0
	    ? "Operation cannot be fulfilled on " STR_FMT " \"" STR_FMT "\": %s"
	    : STR_FMT " \"" STR_FMT "\" %s", STR_ARG(out_view(&o)), STR_ARG(name), text);
	reply_about(&r, k, name);
	return r;
}

struct reply
reply_generic(int code, const char *reason, const char *text)
{
	struct reply r = reply_bad(code, reason, "%s", text);

	r.details = true;
	return r;
}

struct reply
reply_not_found(const struct resource *k, struct str name)
{
	return reply_on(k, name, 404, "NotFound", "not found");
}

void
reply_cause(struct reply *r, const char *reason, const char *field, const char *format, ...)
{
	struct reply_cause *c = &r->causes[r->cause_count];
	va_list             args;

	r->code = 422;
	if (r->cause_count == REGISTRY_CAUSES_MAX)
		return;
	r->cause_count++;
	snprintf(c->reason, sizeof(c->reason), "%s", reason);
	snprintf(c->field, sizeof(c->field), "%s", field);
	va_start(args, format);
	vsnprintf(c->message, sizeof(c->message), format, args);
	va_end(args);
}

/* Some causes come twice, from two checks; the sentence says them once. */
static bool
is_repeated(const struct reply *r, int i)
{
	for (int j = 0; j < i; j++)
		if (strcmp(r->causes[j].field, r->causes[i].field) == 0 &&
		    strcmp(r->causes[j].message, r->causes[i].message) == 0)
			return true;
	return false;
}

/* `Kind.group "name" is invalid: field: message`, several in brackets. */
void
reply_invalid(struct reply *r, const struct resource *k, struct str name)
{
	struct out o = out_over(r->message, sizeof(r->message) - 1);
	int        distinct = 0;

	for (int i = 0; i < r->cause_count; i++)
		distinct += !is_repeated(r, i);
	r->code = 422;
	snprintf(r->reason, sizeof(r->reason), "Invalid");
	reply_about(r, k, name);
	out_str(&o, k->kind);
	/* Events are core events to whoever checks them. */
	if (str_eq(k->group, STR("events.k8s.io")))
		r->group[0] = '\0';
	else if (k->group.len > 0)
		OUT(&o, STR("."), k->group);
	OUT(&o, STR(" \""), name, STR("\" is invalid: "), distinct > 1 ? STR("[") : STR(""));
	for (int i = 0; i < r->cause_count; i++)
		if (!is_repeated(r, i))
			OUT(&o, i > 0 ? STR(", ") : STR(""), str_of(r->causes[i].field), STR(": "),
			    str_of(r->causes[i].message));
	if (distinct > 1)
		out_char(&o, ']');
	r->message[o.len] = '\0';
}

static void
set_if(struct tree *t, const char *key, const char *text)
{
	if (text[0] != '\0')
		tree_set_str(t, key, str_of(text));
}

static void
add_causes(struct tree *details, const struct reply *r)
{
	struct tree *causes = r->cause_count == 0 ? NULL : tree_set(details, STR("causes"), tree_array());

	for (int i = 0; i < r->cause_count; i++) {
		struct tree *c = tree_push(causes, tree_object());

		set_if(c, "reason", r->causes[i].reason);
		set_if(c, "message", r->causes[i].message);
		set_if(c, "field", r->causes[i].field);
	}
}

struct tree *
reply_status(const struct reply *r)
{
	struct tree *s = tree_of("{'kind':'Status','apiVersion':'v1','metadata':{}}");
	struct tree *details = tree_object();

	tree_set_str(s, "status", REPLY_OK(*r) ? STR("Success") : STR("Failure"));
	set_if(s, "message", r->message);
	set_if(s, "reason", r->reason);
	set_if(details, "name", r->name);
	set_if(details, "group", r->group);
	set_if(details, "kind", r->kind);
	add_causes(details, r);
	if (r->retry_after_s > 0)
		tree_set_int(details, "retryAfterSeconds", r->retry_after_s);
	if (details->count > 0 || r->details)
		tree_set(s, STR("details"), details);
	else
		tree_free(details);
	tree_set_int(s, "code", r->code);
	return s;
}
