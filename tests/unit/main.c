/* main.c - runs the suites that the test files have registered; an argument names one. */
#include <stdio.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

#include "test.h"

static struct suite *first;

/* In the order of their names, however the linker ordered them. */
void
suite_add(struct suite *s)
{
	struct suite **at = &first;

	while (*at != NULL && strcmp((*at)->name, s->name) < 0)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
}

void
expect_text(struct str got, const char *want, const char *file, int line)
{
	bool same = str_eq(got, str_of(want));

	if (!same)
		fprintf(stderr, "\n%s:%d: wanted <<%s>>\n     got <<" STR_FMT ">>\n", file, line, want, STR_ARG(got));
	CU_assertImplementation(same, (unsigned)line, want, file, "", CU_FALSE);
}

int
main(int argc, char **argv)
{
	unsigned failed;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	for (struct suite *s = first; s != NULL; s = s->next) {
		CU_SuiteInfo info[] = { { s->name, NULL, NULL, NULL, NULL, s->tests }, CU_SUITE_INFO_NULL };

		if (argc < 2 || strcmp(argv[1], s->name) == 0)
			CU_register_suites(info);
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
