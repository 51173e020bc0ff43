/* versions.c - AIStores in both versions. */
#include "versions.h"

#include <stdio.h>

static char rooms[ROOMS][4 << 20];

struct json
parsed(struct str text)
{
	struct json_doc *d = ARENA_NEW(sample_arena(), struct json_doc);

	CU_ASSERT_FATAL(d != NULL && json_parse_in(d, text, sample_arena()) == JSON_OK);
	return json_root(d);
}

static struct str
to(int room, enum api_version version, struct str object)
{
	struct out o = out_over(rooms[room], sizeof(rooms[room]));
	struct str why = STR_NONE;

	if (!convert(parsed(object), version, sample_arena(), &o, &why)) {
		CU_ASSERT_EQUAL(o.len, 0);
		return why;
	}
	CU_ASSERT(arena_ok(sample_arena()) && out_ok(&o));
	CU_ASSERT_EQUAL(json_check(out_view(&o), NULL), JSON_OK);
	return out_view(&o);
}

struct str
up(int room, struct str object)
{
	return to(room, API_BETA, object);
}

struct str
down(int room, struct str object)
{
	return to(room, API_ALPHA, object);
}

struct node *
tree(struct str text)
{
	return node_of(sample_arena(), parsed(text));
}

bool
same(struct str a, struct str b)
{
	bool yes = node_same(tree(a), tree(b));

	if (!yes)
		fprintf(stderr, "\nthese differ:\n" STR_FMT "\n" STR_FMT "\n", STR_ARG(a), STR_ARG(b));
	return yes;
}

struct str
printed(struct node *n)
{
	static char     text[1 << 20];
	struct out      o = out_over(text, sizeof(text));
	struct json_out j = json_out(&o);

	node_print(n, &j);
	CU_ASSERT_FATAL(out_ok(&o));
	return arena_copy(sample_arena(), out_view(&o));
}

struct str
at(struct str object, const char *path)
{
	static char     text[4][65536];
	static int      turn;
	struct out      o = out_over(text[turn++ % 4], sizeof(text[0]));
	struct json_out j = json_out(&o);
	struct node    *n = node_path(tree(object), str_of(path));

	if (n == NULL)
		return STR_NONE;
	j.html = false;
	node_print_sorted(n, &j);
	return out_view(&o);
}

void
expect_at(struct str object, const char *path, const char *quoted, const char *file, int line)
{
	struct str want = sample_json(quoted);
	char       text[4096];
	struct out o = out_over(text, sizeof(text) - 1);

	out_str(&o, want);
	text[o.len] = '\0';
	expect_text(at(object, path), text, file, line);
}

struct str
rider(struct str object, const char *key)
{
	struct json v = json_get(json_path(parsed(object), "metadata.annotations"), str_of(key));

	return json_str(v, sample_arena());
}

void
expect_rider(struct str object, const char *key, const char *quoted, const char *file, int line)
{
	char       text[4096];
	struct out o = out_over(text, sizeof(text) - 1);

	out_str(&o, sample_json(quoted));
	text[o.len] = '\0';
	expect_text(rider(object, key), text, file, line);
}

#define ALPHA_ROLE "'servicePort':51080,'portPublic':51080,'portIntraControl':51081,'portIntraData':51082"

struct str
alpha_with(const char *spec, const char *targets)
{
	return JOIN(sample_arena(), sample_json("{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStore',"
	    "'metadata':{'name':'ais','namespace':'ais','uid':'u'},'spec':{'size':1,"
	    "'nodeImage':'registry.example/aisnode:3.3.1','initImage':'registry.example/ais-init:latest',"
	    "'hostpathPrefix':'/etc/ais','enableExternalLB':false,'proxySpec':{" ALPHA_ROLE "},"
	    "'targetSpec':{" ALPHA_ROLE ",'nodiskio':{'enabled':false,'dryobjsize':'8M'},"
	    "'mounts':[{'path':'/ais1','size':'10Gi'}]"), sample_json(targets), STR("}"), sample_json(spec),
	    STR("}}"));
}

struct str
beta_with(const char *spec, const char *proxies, const char *targets)
{
	return JOIN(sample_arena(), sample_json("{'apiVersion':'ais.nvidia.com/v1beta1','kind':'AIStore',"
	    "'metadata':{'name':'ais','namespace':'ais','uid':'u'},'spec':{"
	    "'nodeImage':'aisnode:v4.9','initImage':'ais-init:v4.9','proxySpec':{" ALPHA_ROLE), sample_json(proxies),
	    sample_json("},'targetSpec':{" ALPHA_ROLE), sample_json(targets), STR("}"), sample_json(spec),
	    STR("}}"));
}
