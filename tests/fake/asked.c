/* asked.c - answers: how objects are shown, and the end of a request. */
#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "tests/fake/apiserver_inner.h"

void
asked_end(struct asked *a, int code)
{
	audit_note(a, code);
	consult_close(&a->consult);
	views_close(&a->views);
	free(a);
}

void
asked_text(struct asked *a, int code, struct str content_type, struct str text)
{
	a->x->gone = NULL;
	server_answer(a->x, code, content_type, STR(""), text);
	asked_end(a, code);
}

/* Warnings as the real one limits them: each once; cut when they are many. */
#define WARNINGS_MAX    4096
#define WARNING_MAX     256
#define WARNINGS_LINES  64

static void
print_warning(struct out *o, struct str w)
{
	OUT(o, STR("Warning: 299 - \""));
	for (size_t i = 0; i < w.len; i++) {
		if (w.at[i] == '"' || w.at[i] == '\\')
			out_char(o, '\\');
		out_char(o, w.at[i]);
	}
	OUT(o, STR("\"\r\n"));
}

static bool
is_among(struct str w, const struct str *list, int count)
{
	for (int i = 0; i < count; i++)
		if (str_eq(w, list[i]))
			return true;
	return false;
}

static void
print_warnings(struct out *o, const char *own, const char *of_webhooks)
{
	const char *texts[] = { own == NULL ? "" : own, of_webhooks };
	struct str  list[WARNINGS_LINES], rest, line;
	size_t      size = 0;
	int         count = 0;

	for (int i = 0; i < 2; i++)
		for (rest = str_of(texts[i]); str_cut(&rest, '\n', &line) && line.len > 0;)
			if (count < WARNINGS_LINES && !is_among(line, list, count)) {
				list[count++] = line;
				size += line.len;
			}
	for (int i = 0; i < count; i++)
		print_warning(o, size > WARNINGS_MAX ? str_upto(list[i], WARNING_MAX) : list[i]);
}

static void
answer(struct asked *a, int code, struct tree *t, const char *warning, int retry_after_s)
{
	char       fields[4096];
	struct out o = out_over(fields, sizeof(fields));
	struct str text = tree_text_of(t);
	char      *line = malloc(text.len + 1);

	CHECK(line != NULL);
	memcpy(line, text.at, text.len);
	line[text.len] = '\n';
	print_warnings(&o, warning, a->consult.warnings);
	if (!out_ok(&o))
		o.len = 0;
	if (retry_after_s > 0) {
		OUT(&o, STR("Retry-After: "));
		out_int(&o, retry_after_s);
		OUT(&o, STR("\r\n"));
	}
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
	if (!REPLY_WAITS(r))
		answer(a, r.code, reply_status(&r), r.warning, r.retry_after_s);
}

void
asked_reply(struct asked *a, const struct reply *r)
{
	if (REPLY_OK(*r))
		asked_tree(a, r->code, shown(a, r->view != NULL ? r->view : r->object), r->warning);
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
	if (shown_as_table(a)) {
		struct tree *t = columns_table(a, true);
		columns_row(a, t, object);
		return t;
	}
	if (str_has(a->x->head.accept, STR("as=PartialObjectMetadata")))
		return metadata_only(object);
	return tree_copy(object);
}

/* Views ---------------------------------------------------------------------*/

static void
views_done(struct views *v)
{
	struct asked *a = v->owner;
	struct reply  r;
	char          version[160];
	struct out    o = out_over(version, sizeof(version));

	if (v->why[0] == '\0') {
		asked_run(a);
		return;
	}
	resource_api_version(a->k, a->version, &o);
	r = reply_bad(429, "TooManyRequests", "storage is (re)initializing: failed to list " STR_FMT ", Kind="
	    STR_FMT ": %s", STR_ARG(out_view(&o)), STR_ARG(a->k->kind), v->why);
	r.retry_after_s = 1;
	asked_bad(a, r);
}

/* What the real one's cache of a version has: it is not there before all of it is. */
bool
all_views(struct asked *a, const struct snapshot *s)
{
	bool all = true;

	if (a->version == 0 || !version_needs_webhook(a->k))
		return true;
	a->views.done = views_done;
	a->views.owner = a;
	for (int i = 0; i < s->count; i++)
		all = views_want(&a->views, s->at[i], a->version) && all;
	return all;
}
