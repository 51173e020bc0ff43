/* test_options.c - command lines. */
#include "kernel/options.h"
#include "test.h"

static const char *file, *other;
static bool        flag;

static const struct option options[] = {
	{ "file", OPTION_TEXT, &file, NULL, "FILE", "a file" },
	{ "o", OPTION_TEXT, &other, NULL, "X", "something" },
	{ "flag", OPTION_BOOL, NULL, &flag, NULL, "a flag" },
	{ "later", OPTION_LATER, NULL, NULL, NULL, NULL },
};

static void
expect(const char *why, int argc, const char *const *argv)
{
	char       text[256];
	struct out o = out_over(text, sizeof(text));

	file = other = NULL;
	CU_ASSERT_EQUAL(options_read(options, 4, argc, (char **)argv, &o), why[0] == '\0');
	EXPECT_TEXT(out_view(&o), why);
}

#define EXPECT(why, ...) \
	expect((why), (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
	    (const char *[]){ __VA_ARGS__ })

static void
values_come_after_a_sign_or_as_the_next_word(void)
{
	EXPECT("", "--file=a=b", "-o", "x");
	EXPECT_TEXT(str_of(file), "a=b");
	EXPECT_TEXT(str_of(other), "x");
	EXPECT("", "-file", "", "--o=");
	EXPECT_TEXT(str_of(file), "");
}

static void
a_flag_alone_is_true(void)
{
	flag = false;
	EXPECT("", "--flag");
	CU_ASSERT(flag);
	EXPECT("", "--flag=false");
	CU_ASSERT(!flag);
	EXPECT("--flag takes true or false", "--flag=maybe");
}

static void
what_is_wrong_is_said_by_name(void)
{
	EXPECT("--nothing is unknown: see --help", "--nothing=1");
	EXPECT("--file needs a value: see --help", "--file");
	EXPECT("word is not an option: see --help", "word");
	EXPECT("- is not an option: see --help", "-");
	EXPECT("--later is not supported by this version", "--later", "x");
}

SUITE(test_options,
    { "values come after a sign or as the next word", values_come_after_a_sign_or_as_the_next_word },
    { "a flag alone is true", a_flag_alone_is_true },
    { "what is wrong is said by name", what_is_wrong_is_said_by_name });
