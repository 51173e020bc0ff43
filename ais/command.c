/* command.c - `render` and `plan`: what would be made of a CR, without a cluster. */
#include "ais/command_inner.h"

#include <stdio.h>

#include "ais/plan.h"
#include "ais/render.h"
#include "kernel/json.h"
#include "kernel/memory.h"

#define PLAN_ROUNDS 8

struct input {
	const char  *file, *output, *ns;
	bool         help;
	struct arena arena;
	struct str   cr;             /* JSON */
};

/* 0: go on; else the exit code + 1. */
static int
begin(const char *command, int argc, char **argv, struct input *in)
{
	const struct option options[] = {
		{ "f", OPTION_TEXT, &in->file, NULL, "FILE", "the AIStore, as YAML or JSON; - is standard input" },
		{ "o", OPTION_TEXT, &in->output, NULL, "FORMAT", "yaml (the default) or json; render only" },
		{ "namespace", OPTION_TEXT, &in->ns, NULL, "NS", "where the file names none (default: default)" },
		{ "help", OPTION_BOOL, NULL, &in->help, NULL, "this text" },
	};
	const int  count = sizeof(options) / sizeof(options[0]);
	char       text[256];
	struct out why = out_over(text, sizeof(text));
	struct str wrong;

	*in = (struct input){ .output = "yaml", .ns = "default" };
	if (!options_read(options, count, argc, argv, &why)) {
		fprintf(stderr, "%.*s\n", (int)why.len, text);
		return 2 + 1;
	}
	if (in->help || in->file == NULL)
		return command_usage(command, "-f CR.yaml [option]...", options, count, in->help) + 1;
	if (!str_eq(str_of(in->output), STR("yaml")) && !str_eq(str_of(in->output), STR("json"))) {
		fprintf(stderr, "-o takes yaml or json\n");
		return 2 + 1;
	}
	arena_init(&in->arena, memory_reserve(COMMAND_ARENA), COMMAND_ARENA);
	return command_read(in->file, &in->arena, &in->cr, &wrong) ? 0 : command_fail(in->file, wrong) + 1;
}

int
command_render(int argc, char **argv, struct str domain)
{
	struct input in;
	struct str   why;
	struct out   o;
	int          code = begin("render", argc, argv, &in);
	char        *room;

	if (code != 0)
		return code - 1;
	room = memory_reserve(COMMAND_ARENA);
	o = out_over(room, COMMAND_ARENA);
	if (!render(in.cr, str_of(in.ns), domain, str_eq(str_of(in.output), STR("yaml")), &in.arena, &o, &why))
		return command_fail(in.file, why);
	fwrite(room, 1, o.len, stdout);
	return fflush(stdout) == 0 ? 0 : command_fail("standard output", STR("cannot be written"));
}

/* The world of a CR that has just been created: nothing else is known. */
static bool
fresh_world(struct input *in, struct str domain, struct world *w, struct str *why)
{
	struct json_doc *doc = ARENA_NEW(&in->arena, struct json_doc);
	struct object    cr;
	struct record    r;
	struct out       kept;

	if (doc == NULL || !object_scan(in->cr, &cr) || !str_has(in->cr, STR("\"AIStore\""))) {
		*why = STR("is not an AIStore with a name");
		return false;
	}
	kept = out_in(&in->arena);
	watched_views[WATCHED_AISTORE].keep(&cr, &in->arena, &kept);
	r = (struct record){ .view = &watched_views[WATCHED_AISTORE], .kept = out_keep(&kept, &in->arena) };
	*w = (struct world){ .id = { cr.ns.len > 0 ? cr.ns : str_of(in->ns), cr.name, STR("uid") },
		.version = 1, .generation = 1 };
	cr_view(&r, &in->arena, &w->cr);
	w->cr.state = STR_NONE;
	w->cr.finalizer = false;
	w->cr.condition_count = 0;
	if (json_parse_in(doc, cr.spec, &in->arena) != JSON_OK) {
		*why = STR("has no spec");
		return false;
	}
	spec_parse(json_root(doc), domain, &in->arena, &w->spec);
	return true;
}

/* As if each act had succeeded. */
static void
carry_out(struct world *w, const struct plan *p, struct arena *a)
{
	for (int i = 0; i < p->act_count; i++) {
		const struct act *act = &p->acts[i];

		if (act->kind == ACT_ADD_FINALIZER)
			w->cr.finalizer = true;
		else if (act->kind == ACT_STATUS)
			w->cr.state = act->name;
		else if (act->kind == ACT_PROVE_ABSENT) {
			struct want want = { .cluster = w->id, .spec = &w->spec };

			for (enum want_kind k = WANT_PROXY_SET; k < WANT_COUNT; k++)
				if (str_eq(want_name(k, &want, a), act->name))
					w->owned[k].known = KNOWN_ABSENT;
		}
	}
}

static bool
creates(const struct plan *p)
{
	for (int i = 0; i < p->act_count; i++)
		if (p->acts[i].kind == ACT_CREATE)
			return true;
	return false;
}

int
command_plan(int argc, char **argv, struct str domain)
{
	struct input  in;
	struct str    why;
	struct world *w;
	struct plan  *p;
	int           code = begin("plan", argc, argv, &in);

	if (code != 0)
		return code - 1;
	w = ARENA_NEW(&in.arena, struct world);
	p = ARENA_NEW(&in.arena, struct plan);
	if (!fresh_world(&in, domain, w, &why))
		return command_fail(in.file, why);
	for (int round = 0; round < PLAN_ROUNDS; round++) {
		struct out o;

		plan_make(w, &in.arena, p);
		o = out_in(&in.arena);
		plan_print(p, &o);
		fwrite(o.at, 1, o.len, stdout);
		if (p->verdict == VERDICT_BLOCKED || w->spec.invalid.len > 0 || w->spec.unsupported.len > 0)
			return command_fail(in.file, p->reason);
		if (creates(p))
			break;
		carry_out(w, p, &in.arena);
	}
	return fflush(stdout) == 0 ? 0 : command_fail("standard output", STR("cannot be written"));
}
