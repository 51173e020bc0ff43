/* audit.c - the audit log, in the shape of the real one: a line of JSON per answered request. */
#include <stdlib.h>

#include "kernel/clock.h"
#include "kernel/random.h"
#include "kernel/time_text.h"
#include "net/addr.h"
#include "tests/fake/apiserver_inner.h"

static void
set_time(struct tree *t, const char *key, int64_t wall_us)
{
	char       text[40];
	struct out o = out_over(text, sizeof(text));

	time_print_micro(&o, wall_us);
	tree_set_str(t, key, out_view(&o));
}

static void
set_if(struct tree *t, const char *key, struct str s)
{
	if (s.len > 0)
		tree_set_str(t, key, s);
}

static void
set_id(struct tree *t)
{
	char       text[40];
	struct out o = out_over(text, sizeof(text));
	uint64_t   n[2] = { random_u64(), random_u64() };

	out_hex(&o, n, sizeof(n));
	tree_set_str(t, "auditID", out_view(&o));
}

static void
add_object(struct tree *t, const struct asked *a)
{
	struct tree *ref = tree_want(t, "objectRef");

	tree_set_str(ref, "resource", a->target.plural);
	set_if(ref, "namespace", a->target.ns);
	set_if(ref, "name", a->target.name.len > 0 ? a->target.name : str_of(a->made));
	set_if(ref, "apiGroup", a->target.group);
	tree_set_str(ref, "apiVersion", a->target.version);
	set_if(ref, "subresource", a->target.sub);
}

/* code 0: never answered. */
void
audit_note(struct asked *a, int code)
{
	struct tree *t;
	struct str   text;
	char         peer[64];
	struct out   o = out_over(peer, sizeof(peer));

	if (a->server->audit == NULL || code == 0 || str_starts(str_of(a->uri), STR("/devcluster/")))
		return;
	t = tree_of("{'kind':'Event','apiVersion':'audit.k8s.io/v1','level':'Metadata'}");
	set_id(t);
	tree_set_str(t, "stage", STR("ResponseComplete"));
	tree_set_str(t, "requestURI", str_of(a->uri));
	tree_set_str(t, "verb", str_of(a->verb));
	tree_set_str(t, "user.username", str_of(a->user));
	addr_print_ip(&o, &a->peer);
	tree_push(tree_set(t, STR("sourceIPs"), tree_array()), tree_text(out_view(&o)));
	set_if(t, "userAgent", str_of(a->agent));
	if (a->target.is_resource)
		add_object(t, a);
	tree_set(tree_want(t, "responseStatus"), STR("metadata"), tree_object());
	tree_set_int(t, "responseStatus.code", code);
	set_time(t, "requestReceivedTimestamp", a->received_us);
	set_time(t, "stageTimestamp", clock_wall_us());
	text = tree_text_of(t);
	fprintf(a->server->audit, STR_FMT "\n", STR_ARG(text));
	fflush(a->server->audit);
	free((void *)(uintptr_t)text.at);
	tree_free(t);
}
