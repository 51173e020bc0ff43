/* test_command_validate.c - what the command answers: its exit code and its lines. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ais/command.h"
#include "tests/world/world.h"

#include "test.h"

#define SPEC "apiVersion: ais.nvidia.com/v1beta1\nkind: AIStore\nmetadata: {name: ais}\nspec:\n" \
	"  nodeImage: aisnode:v4.9\n  initImage: ais-init:v4.9\n  stateStorage: {hostPath: {prefix: /etc/ais}}\n" \
	"  proxySpec: {servicePort: 1, portPublic: 1, portIntraControl: 2, portIntraData: 3}\n" \
	"  targetSpec: {servicePort: 4, portPublic: 4, portIntraControl: 5, portIntraData: 6, " \
	"mounts: [{path: /a, size: 1Gi}]}\n"

static char said[4096];

/* The exit code; what went to either stream is in `said`. */
static int
run(int argc, const char *const *words)
{
	FILE *f = tmpfile();
	int   out = dup(1), err = dup(2), code;
	char *argv[8];

	CU_ASSERT_FATAL(f != NULL && out >= 0 && err >= 0);
	for (int i = 0; i < argc; i++)
		argv[i] = strdup(words[i]);
	fflush(stdout);
	dup2(fileno(f), 1);
	dup2(fileno(f), 2);
	code = command_validate(argc, argv, STR("cluster.local"));
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	rewind(f);
	said[fread(said, 1, sizeof(said) - 1, f)] = '\0';
	fclose(f);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return code;
}

#define RUN(...) run((int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)), \
	(const char *const[]){ __VA_ARGS__ })

static void
files(void)
{
	world_reset();
	world_file("one.yaml", STR(SPEC "  size: 1\n"));
	world_file("three.yaml", STR(SPEC "  size: 3\n"));
	world_file("zero.yaml", STR(SPEC "  size: 0\n  clusterDomain: a.b\n"));
	world_file("none.yaml", STR(SPEC));
	world_file("typo.yaml", STR(SPEC "  size: 1\n  sise: 2\n"));
	world_file("broken.yaml", STR("a: [\n"));
	world_file("pod.yaml", STR("apiVersion: v1\nkind: Pod\n"));
}

static void
what_is_accepted_needs_no_words(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "one.yaml"), 0);
	EXPECT_TEXT(str_of(said), "");
	CU_ASSERT_EQUAL(RUN("-f", "one.yaml", "-o", "json"), 0);
	EXPECT_TEXT(str_of(said), "{\"accepted\":true,\"findings\":[]}\n");
}

static void
what_is_found_takes_a_line_each(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "zero.yaml"), 1);
	EXPECT_TEXT(str_of(said),
	    "warning spec.clusterDomain: spec.clusterDomain is deprecated and will be removed in a future release; "
	    "use the operator's configured or discovered cluster domain instead\n"
	    "error spec.size: invalid cluster size 0: it must be at least 1, or -1 for autoscaling\n");
	CU_ASSERT_EQUAL(RUN("-f", "none.yaml", "-o=json"), 1);
	EXPECT_TEXT(str_of(said), "{\"accepted\":false,\"findings\":[{\"severity\":\"error\",\"by\":\"cel\","
	    "\"path\":\"spec\",\"text\":\"Invalid value: \\\"object\\\": Invalid cluster size: set spec.size, or "
	    "both spec.proxySpec.size and spec.targetSpec.size\"}]}\n");
	CU_ASSERT_EQUAL(RUN("-f", "pod.yaml"), 1);
	CU_ASSERT(strncmp(said, "error apiVersion: ", 18) == 0);
}

static void
an_update_is_judged_beside_what_stands_there(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "three.yaml", "--old", "one.yaml"), 0);
	CU_ASSERT(strncmp(said, "effect spec.proxySpec.size: proxies 1 to 3: ", 44) == 0);
	CU_ASSERT_EQUAL(RUN("-f", "none.yaml", "--old", "none.yaml"), 1);
	CU_ASSERT(strncmp(said, "warning spec: ", 14) == 0);
	CU_ASSERT(strstr(said, "\nerror spec.size: cluster size is not specified") != NULL);
}

static void
an_unknown_field_is_refused_where_that_is_asked_for(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "typo.yaml"), 0);
	CU_ASSERT(strncmp(said, "warning spec.sise: unknown field \"spec.sise\"", 44) == 0);
	CU_ASSERT_EQUAL(RUN("-f", "typo.yaml", "--strict"), 1);
	CU_ASSERT(strncmp(said, "error spec.sise: unknown field \"spec.sise\"", 42) == 0);
}

static void
what_cannot_be_judged_is_said_in_a_sentence(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "absent.yaml"), 1);
	EXPECT_TEXT(str_of(said), "absent.yaml: does not exist\n");
	CU_ASSERT_EQUAL(RUN("-f", "broken.yaml"), 1);
	CU_ASSERT(strncmp(said, "broken.yaml: line 2: ", 21) == 0);
	CU_ASSERT_EQUAL(RUN("-f", "one.yaml", "--old", "absent.yaml"), 1);
	CU_ASSERT_EQUAL(RUN("-o", "json"), 2);
	CU_ASSERT_EQUAL(RUN("-f", "one.yaml", "-o", "xml"), 2);
	EXPECT_TEXT(str_of(said), "-o takes text or json\n");
	CU_ASSERT_EQUAL(RUN("-f", "one.yaml", "--new"), 2);
	CU_ASSERT_EQUAL(RUN("--help"), 0);
}

SUITE(test_command_validate,
    { "what is accepted needs no words", what_is_accepted_needs_no_words },
    { "what is found takes a line each", what_is_found_takes_a_line_each },
    { "an update is judged beside what stands there", an_update_is_judged_beside_what_stands_there },
    { "an unknown field is refused where that is asked for",
        an_unknown_field_is_refused_where_that_is_asked_for },
    { "what cannot be judged is said in a sentence", what_cannot_be_judged_is_said_in_a_sentence });
