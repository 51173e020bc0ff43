/*
 * test.h - what every test file uses.
 *
 * A test is a sentence that states a rule.  A file ends with
 *
 *	SUITE(test_str,
 *	    { "an empty part is a part", an_empty_part_is_a_part },
 *	    { "...", ... });
 *
 * and registers itself.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stddef.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "kernel/out.h"

struct suite {
	const char   *name;
	CU_TestInfo  *tests;
	struct suite *next;
};

void suite_add(struct suite *s);

#define SUITE(suite_name, ...) \
	static struct suite suite_name##_suite; \
	__attribute__((constructor)) static void suite_name##_add(void) { suite_add(&suite_name##_suite); } \
	static CU_TestInfo suite_name##_tests[] = { __VA_ARGS__, CU_TEST_INFO_NULL }; \
	static struct suite suite_name##_suite = { #suite_name, suite_name##_tests, NULL }

/* Compare whole texts; shows both when they differ. */
void expect_text(struct str got, const char *want, const char *file, int line);
#define EXPECT_TEXT(got, want) expect_text((got), (want), __FILE__, __LINE__)

#endif
