/* fake_door.c - see fake_door.h. */
#include "fake_door.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/base64.h"
#include "tests/world/certs.h"

#include "test.h"

#define PORT 9443

struct door door;

static struct server        hook;
static struct tls_identity *identity;
static char                 bundle[16 << 10];    /* base64 */
static const struct registry_write by_door = { .manager = STR_INIT("door") };

static const char definition[] =
    "{'metadata':{'name':'wells.x.io'},'spec':{'group':'x.io','scope':'Namespaced',"
    "'names':{'plural':'wells','singular':'well','kind':'Well'},"
    "'conversion':{'strategy':'Webhook','webhook':{'conversionReviewVersions':['v1'],"
    "'clientConfig':{'service':{'name':'kubernetes','namespace':'default','path':'/convert'}}}},"
    "'versions':["
    "{'name':'v2','served':true,'storage':true,'subresources':{'status':{}},'schema':{'openAPIV3Schema':"
    "{'type':'object','properties':{'spec':{'type':'object','properties':{'deep':{'type':'integer',"
    "'minimum':0},"
    "'note':{'type':'string'},'mode':{'type':'string','default':'slow'}}},"
    "'status':{'type':'object','properties':{'state':{'type':'string'}}}}}}},"
    "{'name':'v1','served':true,'storage':false,'subresources':{'status':{}},'schema':{'openAPIV3Schema':"
    "{'type':'object','properties':{'spec':{'type':'object','required':['depth'],'properties':"
    "{'depth':{'type':'integer'},'note':{'type':'string'}}},"
    "'status':{'type':'object','properties':{'state':{'type':'string'}}}}}}}]}}";

static void
rename_member(struct tree *spec, struct str from, struct str to)
{
	struct tree *v = tree_get(spec, from);

	if (v != NULL)
		tree_set(spec, to, tree_copy(v));
	tree_drop(spec, from);
}

static struct tree *
convert(const struct tree *object, struct str version)
{
	struct tree *t = tree_copy(object), *spec = tree_get(t, STR("spec"));

	tree_set_str(t, "apiVersion", version);
	if (spec != NULL && str_eq(version, STR("x.io/v1"))) {
		rename_member(spec, STR("deep"), STR("depth"));
		tree_drop(spec, STR("mode"));
	} else if (spec != NULL)
		rename_member(spec, STR("depth"), STR("deep"));
	if (door.spoil != NULL)
		door.spoil(t);
	return t;
}

static struct tree *
converted(const struct tree *asked)
{
	struct tree *t = tree_of("{'kind':'ConversionReview','apiVersion':'apiextensions.k8s.io/v1',"
	    "'response':{'result':{'status':'Success'},'convertedObjects':[]}}");

	door.conversions++;
	tree_set_str(t, "response.uid", tree_str_at(asked, "request.uid"));
	TREE_EACH(o, tree_at(asked, "request.objects"))
		tree_push(tree_at(t, "response.convertedObjects"), convert(o, tree_str_at(asked,
		    "request.desiredAPIVersion")));
	return t;
}

static struct tree *
judged(const struct tree *asked)
{
	char         text[8192];
	struct tree *t;

	door.reviews++;
	tree_free(door.asked);
	door.asked = tree_copy(asked);
	snprintf(text, sizeof(text), "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','response':{"
	    "'uid':'" STR_FMT "',%s}}", STR_ARG(tree_str_at(asked, "request.uid")),
	    door.answer == NULL ? "'allowed':true" : door.answer);
	t = tree_of(text);
	return t;
}

static void
handle(struct exchange *x)
{
	struct tree *asked = tree_parse(x->body, NULL), *t;
	struct str   text;

	snprintf(door.path, sizeof(door.path), STR_FMT, STR_ARG(x->head.target));
	t = tree_str_is(asked, "kind", STR("ConversionReview")) ? converted(asked) : judged(asked);
	text = door.instead != NULL ? str_of(door.instead) : tree_text_of(t);
	if (!door.silent)
		server_answer(x, door.status == 0 ? 200 : door.status, STR("application/json"), STR(""), text);
	if (door.instead == NULL)
		free((void *)(uintptr_t)text.at);
	tree_free(t);
	tree_free(asked);
}

void
door_up(void)
{
	const char *why;

	hook = (struct server){ .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = PORT }, .identity = identity,
	    .handle = handle, .conns_max = 8, .body_max = 1 << 20, .pending_max = 1 << 20, .idle_ms = 60000 };
	CU_ASSERT_TRUE_FATAL(server_open(&hook, &why));
}

void
door_down(void)
{
	server_close(&hook);
	world_settle();
}

static void
create(const char *group, const char *plural, struct str ns, struct tree *t)
{
	struct reply r = registry_create(door.registry, registry_resource(door.registry, str_of(group),
	    str_of(plural)),
	    ns, t, &by_door);

	if (!REPLY_OK(r))
		fprintf(stderr, "\n%s\n", r.message);
	CU_ASSERT_TRUE_FATAL(REPLY_OK(r));
}

static void
open_service(void)
{
	create("", "services", STR("default"), tree_of("{'metadata':{'name':'kubernetes'},'spec':{'ports':"
	    "[{'name':'https','port':443}]}}"));
	create("discovery.k8s.io", "endpointslices", STR("default"), tree_of("{'metadata':{'name':'one','labels':{"
	    "'kubernetes.io/service-name':'kubernetes'}},'addressType':'IPv4','ports':[{'name':'https',"
	    "'port':9443}],"
	    "'endpoints':[{'addresses':['10.9.9.9'],'conditions':{'ready':false}},{'addresses':['127.0.0.1']}]}"));
}

void
door_open(void)
{
	struct apiserver_config c = { .at = { .ip = { 127, 0, 0, 1 }, .ip_len = 4, .port = 8080 } };
	struct out              o = out_over(bundle, sizeof(bundle) - 1);
	struct tree            *crd = tree_of(definition);
	const char             *why;

	world_reset();
	door = (struct door){ .registry = registry_open() };
	base64_print(&o, certs_file("ca.crt"));
	bundle[o.len] = '\0';
	identity = certs_identity("server");
	tree_set_str(crd, "spec.conversion.webhook.clientConfig.caBundle", str_of(bundle));
	create("apiextensions.k8s.io", "customresourcedefinitions", STR(""), crd);
	open_service();
	c.registry = door.registry;
	door.apiserver = apiserver_open(&c, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(door.apiserver);
	door.peer = world_connect(apiserver_addr(door.apiserver));
	door_up();
}

void
door_close(void)
{
	server_close(&hook);
	apiserver_close(door.apiserver);
	world_settle();
	registry_close(door.registry);
	tree_free(door.asked);
	tls_identity_drop(identity);
}

struct str
door_ask(const char *line, const char *fields, const char *body)
{
	static char text[16 << 10];
	int         len = snprintf(text, sizeof(text), "%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n",
	    line,
	    fields, strlen(body)), from = len;

	len += snprintf(text + len, sizeof(text) - (size_t)len, "%s", body);
	for (int i = from; i < len; i++)
		text[i] = text[i] == '\'' ? '"' : text[i];
	world_taken(door.peer, world_got(door.peer).len);
	world_send(door.peer, (struct str){ text, (size_t)len });
	world_settle();
	return world_got(door.peer);
}

bool
door_is(struct str got, int status)
{
	char want[32];

	snprintf(want, sizeof(want), "HTTP/1.1 %d ", status);
	if (!str_starts(got, str_of(want)))
		fprintf(stderr, "\n" STR_FMT "\n", STR_ARG(str_upto(got, 1500)));
	return str_starts(got, str_of(want));
}

void
door_guard(const char *name, const char *members)
{
	char         text[4096];
	struct tree *t, *more;

	snprintf(text, sizeof(text), "{'metadata':{'name':'%s'},'webhooks':[{'name':'%s.x.io','sideEffects':'None',"
	    "'admissionReviewVersions':['v1'],'clientConfig':{'service':{'name':'kubernetes','namespace':'default',"
	    "'path':'/judge'}},'rules':[{'apiGroups':['x.io'],'apiVersions':['v2'],'operations':['CREATE','UPDATE'],"
	    "'resources':['wells']}]}]}", name, name);
	t = tree_of(text);
	more = tree_of(members);
	tree_merge(&tree_at(t, "webhooks")->first, more);
	tree_free(more);
	tree_set_str(tree_at(t, "webhooks")->first, "clientConfig.caBundle", str_of(bundle));
	create("admissionregistration.k8s.io", "validatingwebhookconfigurations", STR(""), t);
	world_settle();
}
