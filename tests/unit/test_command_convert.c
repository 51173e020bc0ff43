/* test_command_convert.c - what `convert` answers: its exit code and its text. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ais/command.h"
#include "test.h"
#include "tests/world/world.h"

#define BETA "apiVersion: ais.nvidia.com/v1beta1\nkind: AIStore\nmetadata:\n  name: ais\n"

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
	code = command_convert(argc, argv);
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
	world_file("beta.yaml", STR(BETA "spec:\n  size: 2\n"));
	world_file("two.yaml", STR(BETA "---\n# nothing\n---\n" BETA));
	world_file("mixed.yaml", STR(BETA "---\napiVersion: v1\nkind: Pod\n"));
	world_file("empty.yaml", STR("# nothing\n"));
	world_file("broken.yaml", STR(BETA "---\na: [\n"));
}

static void
a_file_comes_out_in_the_other_version(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("--to", "v1alpha1", "-f", "beta.yaml"), 0);
	EXPECT_TEXT(str_of(said), "apiVersion: ais.nvidia.com/v1alpha1\nkind: AIStore\nmetadata:\n  name: ais\n"
	    "  annotations:\n    conversion.ais.nvidia.com/v1beta1: "
	    "\"{\\\"together\\\":{\\\"spec.hostpathPrefix\\\":null},"
	    "\\\"was\\\":{\\\"together\\\":{\\\"spec.hostpathPrefix\\\":\\\"\\\"}}}\"\n"
	    "spec:\n  enableExternalLB: false\n  hostpathPrefix: \"\"\n  size: 2\n");
	CU_ASSERT_EQUAL(RUN("--to", "v1beta1", "-f", "beta.yaml", "-o", "json"), 0);
	EXPECT_TEXT(str_of(said), "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\","
	    "\"metadata\":{\"name\":\"ais\"},\"spec\":{\"size\":2}}\n");
}

static void
every_document_of_a_file_is_converted(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("--to", "v1beta1", "-f", "two.yaml"), 0);
	EXPECT_TEXT(str_of(said), BETA "---\n" BETA);
}

static void
what_cannot_be_converted_is_said_with_its_place(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("--to", "v1alpha1", "-f", "mixed.yaml"), 1);
	EXPECT_TEXT(str_of(said), "mixed.yaml: document 2: apiVersion is neither ais.nvidia.com/v1alpha1 nor "
	    "ais.nvidia.com/v1beta1\n");
	CU_ASSERT_EQUAL(RUN("--to", "v1alpha1", "-f", "empty.yaml"), 1);
	EXPECT_TEXT(str_of(said), "empty.yaml: is empty: it should hold an AIStore\n");
	CU_ASSERT_EQUAL(RUN("--to", "v1alpha1", "-f", "none.yaml"), 1);
	EXPECT_TEXT(str_of(said), "none.yaml: does not exist\n");
	CU_ASSERT_EQUAL(RUN("--to", "v1alpha1", "-f", "broken.yaml"), 1);
	EXPECT_TEXT(str_of(said), "broken.yaml: line 7: did not find expected node content\n");
}

static void
a_wrong_command_line_is_a_2(void)
{
	files();
	CU_ASSERT_EQUAL(RUN("-f", "beta.yaml"), 2);
	CU_ASSERT_EQUAL(RUN("--to", "v1", "-f", "beta.yaml"), 2);
	EXPECT_TEXT(str_of(said), "--to takes v1alpha1 or v1beta1\n");
	CU_ASSERT_EQUAL(RUN("--to", "v1beta1", "-f", "beta.yaml", "-o", "xml"), 2);
	CU_ASSERT_EQUAL(RUN("--to", "v1beta1", "-f", "beta.yaml", "--yes"), 2);
	CU_ASSERT_EQUAL(RUN("--help"), 0);
}

SUITE(test_command_convert,
    { "a file comes out in the other version", a_file_comes_out_in_the_other_version },
    { "every document of a file is converted", every_document_of_a_file_is_converted },
    { "what cannot be converted is said with its place", what_cannot_be_converted_is_said_with_its_place },
    { "a wrong command line is a 2", a_wrong_command_line_is_a_2 });
