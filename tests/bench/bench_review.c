/*
 * bench_review.c - what one admission review of 15 KB costs, in instructions: for callgrind.
 *
 *	valgrind --tool=callgrind --toggle-collect=review_read bench_review
 *	valgrind --tool=callgrind --toggle-collect=judge bench_review
 *
 * Half CREATE, half UPDATE with a change of size, as the API server sends
 * them: managedFields and the last-applied annotation make half of an object.
 * One hundred of each; the totals by 200 are what limits are set for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ais/foresee.h"
#include "kernel/check.h"
#include "kernel/clock.h"
#include "kernel/memory.h"
#include "webhook/review.h"

#define TIMES 100

static char         text[2][64 << 10], answer[REVIEW_ANSWER_MAX];
static struct arena arena;

/* As kubectl apply leaves it: every field is named again. */
static void
put_object(struct out *o, int size)
{
	OUT(o, STR("{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\",\"metadata\":{\"annotations\":{"
	    "\"kubectl.kubernetes.io/last-applied-configuration\":\""));
	for (int i = 0; i < 24; i++)
		OUT(o, STR("{\\\"name\\\":\\\"AIS_SETTING\\\",\\\"value\\\":\\\"some text that is longer\\\"},"));
	OUT(o, STR("\"},\"creationTimestamp\":\"2026-11-24T12:00:00Z\",\"generation\":3,\"managedFields\":["));
	for (int i = 0; i < 2; i++) {
		OUT(o, i > 0 ? STR(",") : STR_NONE, STR("{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"fieldsType\":"
		    "\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{\".\":{}"));
		for (int k = 0; k < 60; k++)
			OUT(o, STR(",\"f:someFieldName\":{}"));
		OUT(o, STR("}},\"manager\":\"kubectl\",\"operation\":\"Update\",\"time\":\"2026-11-24T12:00:00Z\"}"));
	}
	OUT(o, STR("],\"name\":\"ais\",\"namespace\":\"ais\",\"resourceVersion\":\"7\",\"uid\":\"u\"},\"spec\":{"
	    "\"nodeImage\":\"docker.io/aistorage/aisnode:v4.9\",\"initImage\":\"docker.io/aistorage/ais-init:v4.9\","
	    "\"hostpathPrefix\":\"/etc/ais\",\"clusterDomain\":\"cluster.local\",\"size\":"));
	out_int(o, size);
	for (int r = 0; r < 2; r++) {
		OUT(o, r == 0 ? STR(",\"proxySpec\":{") : STR(",\"targetSpec\":{"), STR("\"servicePort\":51080,"
		    "\"portPublic\":51080,\"portIntraControl\":51082,\"portIntraData\":51083,\"resources\":{\"requests\":"
		    "{\"cpu\":\"4\",\"memory\":\"16Gi\"}},\"env\":["));
		for (int i = 0; i < 16; i++)
			OUT(o, i > 0 ? STR(",") : STR_NONE, STR("{\"name\":\"AIS_SETTING\",\"value\":\"some text\"}"));
		OUT(o, STR("]"), r == 0 ? STR("}") : STR(",\"mounts\":[{\"path\":\"/ais1\",\"size\":\"10Gi\","
		    "\"storageClass\":\"local\"},{\"path\":\"/ais2\",\"size\":\"10Gi\",\"storageClass\":\"local\"}]}"));
	}
	OUT(o, STR("},\"status\":{\"state\":\"Ready\"}}"));
}

static struct str
make(char *at, bool update)
{
	struct out o = out_over(at, sizeof(text[0]));

	OUT(&o, STR("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u1\","
	    "\"kind\":{\"group\":\"ais.nvidia.com\",\"version\":\"v1beta1\",\"kind\":\"AIStore\"},\"operation\":\""),
	    update ? STR("UPDATE") : STR("CREATE"), STR("\",\"userInfo\":{\"username\":\"u\"},\"object\":"));
	put_object(&o, 3);
	OUT(&o, STR(",\"oldObject\":"));
	if (update)
		put_object(&o, 2);
	else
		OUT(&o, STR("null"));
	OUT(&o, STR(",\"dryRun\":false}}"));
	CHECK(out_ok(&o));
	return out_view(&o);
}

static void
look_ahead(const struct review *r, struct findings *f)
{
	struct spec *now = ARENA_NEW(&arena, struct spec), *then = ARENA_NEW(&arena, struct spec);

	spec_parse(json_get(r->object, STR("spec")), STR("cluster.local"), &arena, now);
	if (r->operation == REVIEW_UPDATE)
		spec_parse(json_get(r->old, STR("spec")), STR("cluster.local"), &arena, then);
	foresee(r->operation == REVIEW_UPDATE ? then : NULL, now, &arena, f);
}

/* Not inlined: callgrind is told its name. */
static void __attribute__((noinline))
judge(struct str body)
{
	static struct review   r;
	static struct findings f;
	struct out             o = out_over(answer, sizeof(answer));
	int                    status;

	arena_reset(&arena);
	f = (struct findings){ .count = 0 };
	CHECK(review_read(body, RESOURCE_AISTORE_BETA, &arena, &r));
	validate_rules(RESOURCE_AISTORE_BETA, r.object, r.old, &arena, &f);
	if (f.errors == 0)
		look_ahead(&r, &f);
	CHECK(review_answer(&r, &f, &o, &status) == REVIEW_ALLOWED && arena_ok(&arena));
}

int
main(int argc, char **argv)
{
	struct str create = make(text[0], false), update = make(text[1], true);
	int        times = argc > 1 ? atoi(argv[1]) : TIMES;
	int64_t    began_us;

	arena_init(&arena, memory_reserve(REVIEW_ARENA), REVIEW_ARENA);
	began_us = clock_mono_us();
	for (int i = 0; i < times; i++) {
		judge(create);
		judge(update);
	}
	printf("%d reviews of %zu and %zu bytes: %lld ns each\n%s", 2 * times, create.len, update.len,
	    (long long)((clock_mono_us() - began_us) * 1000 / (2 * times)), answer);
	return EXIT_SUCCESS;
}
