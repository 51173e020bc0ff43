/* asked.c - answers: how objects are shown, and the end of a request. */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "tests/fake/apiserver_inner.h"

void
asked_end(struct asked *a, int code)
{
	audit_note(a, code);
	free(a);
}

void
asked_text(struct asked *a, int code, struct str content_type, struct str text)
{
	a->x->gone = NULL;
	server_answer(a->x, code, content_type, STR(""), text);
	asked_end(a, code);
}

static void
print_fields(struct out *o, const char *warning, int retry_after_s)
{
	if (warning != NULL && warning[0] != '\0') {
		OUT(o, STR("Warning: 299 - \""));
		for (const char *c = warning; *c != '\0'; c++) {
			if (*c == '"' || *c == '\\')
				out_char(o, '\\');
			out_char(o, *c);
		}
		OUT(o, STR("\"\r\n"));
	}
	if (retry_after_s > 0) {
		OUT(o, STR("Retry-After: "));
		out_int(o, retry_after_s);
		OUT(o, STR("\r\n"));
	}
}

static void
answer(struct asked *a, int code, struct tree *t, const char *warning, int retry_after_s)
{
	char       fields[1536];
	struct out o = out_over(fields, sizeof(fields));
	struct str text = tree_text_of(t);
	char      *line = malloc(text.len + 1);

	CHECK(line != NULL);
	memcpy(line, text.at, text.len);
	line[text.len] = '\n';
	print_fields(&o, warning, retry_after_s);
	a->x->gone = NULL;
	server_answer(a->x, code, STR("application/json"), out_view(&o), (struct str){ line, text.len + 1 });
	free(line);
	free((void *)(uintptr_t)text.at);
	tree_free(t);
	asked_end(a, code);
}

void
asked_tree(struct asked *a, int code, struct tree *t, const char *warning)
{
	answer(a, code, t, warning, 0);
}

void
asked_bad(struct asked *a, struct reply r)
{
	answer(a, r.code, reply_status(&r), NULL, r.retry_after_s);
}

void
asked_reply(struct asked *a, const struct reply *r)
{
	bool quiet = str_eq(target_query(&a->target, "fieldValidation"), STR("Ignore"));

	if (REPLY_OK(*r))
		asked_tree(a, r->code, shown(a, r->object), quiet ? NULL : r->warning);
	else
		asked_bad(a, *r);
}

bool
shown_as_table(const struct asked *a)
{
	return str_has(a->x->head.accept, STR("as=Table"));
}

static struct tree *
metadata_only(const struct tree *object)
{
	struct tree *t = tree_of("{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1'}");

	tree_set(t, STR("metadata"), tree_copy(tree_get(object, STR("metadata"))));
	return t;
}

struct tree *
shown(const struct asked *a, const struct tree *object)
{
	struct tree *t;

	if (shown_as_table(a)) {
		t = columns_table(a, true);
		columns_row(a, t, object);
		return t;
	}
	if (str_has(a->x->head.accept, STR("as=PartialObjectMetadata")))
		return metadata_only(object);
	t = tree_copy(object);
	if (a->version > 0) {
		char       text[160];
		struct out o = out_over(text, sizeof(text));

		resource_api_version(a->k, a->version, &o);
		tree_set_str(t, "apiVersion", out_view(&o));
	}
	return t;
}
