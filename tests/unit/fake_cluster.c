/* fake_cluster.c - see fake_cluster.h. */
#include "fake_cluster.h"

#include <stdio.h>

#include "test.h"
#include "tests/world/world.h"

static const struct registry_write by_test = { .manager = STR_INIT("test") };

static const struct resource *
kind(struct fake_cluster *f, const char *group, const char *plural)
{
	const struct resource *k = registry_resource(f->registry, str_of(group), str_of(plural));

	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

static struct str
home(const struct resource *k)
{
	return k->namespaced ? STR("default") : STR_NONE;
}

void
fake_open(struct fake_cluster *f)
{
	world_reset();
	f->registry = registry_open();
	f->controllers = controllers_open(f->registry);
	world_settle();
}

void
fake_close(struct fake_cluster *f)
{
	world_settle();
	controllers_close(f->controllers);
	registry_close(f->registry);
}

static void
check(struct reply r)
{
	if (!REPLY_OK(r))
		fprintf(stderr, "\nrefused: %d %s %s\n", r.code, r.reason, r.message);
	CU_ASSERT(REPLY_OK(r));
	world_settle();
}

void
fake_create(struct fake_cluster *f, const char *group, const char *plural, const char *json)
{
	const struct resource *k = kind(f, group, plural);

	check(registry_create(f->registry, k, home(k), tree_of(json), &by_test));
}

void
fake_merge(struct fake_cluster *f, const char *group, const char *plural, const char *name, const char *json)
{
	const struct resource *k = kind(f, group, plural);

	check(registry_merge(f->registry, k, home(k), str_of(name), tree_of(json), &by_test));
}

void
fake_status(struct fake_cluster *f, const char *group, const char *plural, const char *name, const char *json)
{
	const struct resource *k = kind(f, group, plural);

	check(registry_patch_status(f->registry, k, home(k), str_of(name), tree_of(json), STR("test")));
}

void
fake_delete(struct fake_cluster *f, const char *group, const char *plural, const char *name, int64_t grace_s)
{
	const struct resource *k = kind(f, group, plural);
	struct registry_delete d = { .has_grace = grace_s >= 0, .grace_s = grace_s };

	check(registry_delete(f->registry, k, home(k), str_of(name), &d));
}

const struct tree *
fake_find(struct fake_cluster *f, const char *group, const char *plural, const char *name)
{
	const struct resource *k = kind(f, group, plural);

	return registry_find(f->registry, k, home(k), str_of(name));
}

void
fake_node(struct fake_cluster *f, const char *name, const char *spec)
{
	char json[1024];

	snprintf(json, sizeof(json), "{'apiVersion':'v1','kind':'Node','metadata':{'name':'%s',"
	    "'labels':{'kubernetes.io/hostname':'%s'}},'spec':%s}", name, name, spec);
	fake_create(f, "", "nodes", json);
	fake_status(f, "", "nodes", name, "{'status':{'allocatable':{'cpu':'2','memory':'4Gi','pods':'110'},"
	    "'conditions':[{'type':'Ready','status':'True'}]}}");
}

void
fake_ready(struct fake_cluster *f, const char *pod)
{
	fake_status(f, "", "pods", pod, "{'status':{'phase':'Running','podIP':'10.0.0.1',"
	    "'conditions':[{'type':'PodScheduled','status':'True'},{'type':'Ready','status':'True'}]}}");
}

void
fake_end(struct fake_cluster *f, const char *pod)
{
	fake_delete(f, "", "pods", pod, 0);
}

static bool
add_name(const struct tree *o, void *owner)
{
	struct out *all = owner;

	OUT(all, all->len > 0 ? STR(" ") : STR(""), tree_str_at(o, "metadata.name"));
	return true;
}

struct str
fake_names(struct fake_cluster *f, const char *group, const char *plural)
{
	static char text[4096];
	struct out all = out_over(text, sizeof(text));

	registry_list(f->registry, kind(f, group, plural), STR_NONE, STR_NONE, STR_NONE, add_name, &all);
	return out_view(&all);
}
