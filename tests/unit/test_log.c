/* test_log.c - lines of the log, read back through a pipe in place of standard error. */
#include <fcntl.h>
#include <unistd.h>

#include "kernel/log.h"
#include "test.h"
#include "tests/world/world.h"

static int    ends[2], old_stderr;
static char   text[70000];

static void
start(enum log_level least, bool json)
{
	world_reset();
	log_setup(least, json);
	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_NONBLOCK), 0);
	old_stderr = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
}

/* Ends it: what was written. */
static struct str
written(void)
{
	size_t  len = 0;
	ssize_t n;

	dup2(old_stderr, STDERR_FILENO);
	close(old_stderr);
	close(ends[1]);
	while ((n = read(ends[0], text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	close(ends[0]);
	log_setup(LOG_ERROR, false);
	return (struct str){ text, len };
}

static void
a_fact_is_a_line(void)
{
	start(LOG_INFO, false);
	LOG(LOG_INFO, "pass", LOG_STR("key", STR("ais/big")), LOG_INT("acts", -3));
	LOG(LOG_DEBUG, "unseen", LOG_INT("n", 1));
	EXPECT_TEXT(written(), "2026-11-24T12:00:00.000000Z info pass key=ais/big acts=-3\n");
}

static void
a_fact_is_a_line_of_json(void)
{
	start(LOG_INFO, true);
	LOG(LOG_WARN, "late", LOG_STR("why", STR("a \"b\"\n\x01")), LOG_INT("ms", 7));
	EXPECT_TEXT(written(), "{\"time\":\"2026-11-24T12:00:00.000000Z\",\"level\":\"warn\",\"msg\":\"late\","
	    "\"why\":\"a \\\"b\\\"\\n\\u0001\",\"ms\":7}\n");
}

static void
nothing_that_a_peer_sends_breaks_a_line(void)
{
	start(LOG_INFO, false);
	LOG(LOG_INFO, "x", LOG_STR("a", STR("")), LOG_STR("b", STR("two words")), LOG_STR("c", STR("q\"\\=\r\n\t")),
	    LOG_STR("d", STR("\x1b[2J\xc2\x9b\xff")), LOG_STR("e", STR("k=v")),
	    LOG_STR("f", STR("gr\xc3\xbc\xc3\x9f")));
	EXPECT_TEXT(written(), "2026-11-24T12:00:00.000000Z info x a=\"\" b=\"two words\" c=\"q\\\"\\\\=\\r\\n\\t\" "
	    "d=\"\\x1b[2J\\xc2\\x9b\\xff\" e=\"k=v\" f=\"gr\xc3\xbc\xc3\x9f\"\n");
}

static void
json_stays_utf_8(void)
{
	start(LOG_INFO, true);
	LOG(LOG_INFO, "x", LOG_STR("a", STR("\xff\xc3")), LOG_STR("b", STR("\xed\xa0\x80")),
	    LOG_STR("c", STR("\xf0\x9f\x98\x80")));
	EXPECT_TEXT(written(), "{\"time\":\"2026-11-24T12:00:00.000000Z\",\"level\":\"info\",\"msg\":\"x\","
	    "\"a\":\"\\ufffd\\ufffd\",\"b\":\"\\ufffd\\ufffd\\ufffd\",\"c\":\"\xf0\x9f\x98\x80\"}\n");
}

static void
a_line_has_a_limit_and_says_when_it_was_cut(void)
{
	static char long_text[2000];
	struct str  s = { long_text, sizeof(long_text) }, got;

	memset(long_text, 1, sizeof(long_text));      /* four characters each */
	for (int json = 0; json < 2; json++) {
		start(LOG_INFO, json == 1);
		LOG(LOG_INFO, "x", LOG_STR("a", STR("b")), LOG_STR("c", s), LOG_STR("d", STR("e")));
		got = written();
		CU_ASSERT(got.len <= 4096);
		CU_ASSERT(str_ends(got, json == 1 ? STR(",\"a\":\"b\",\"cut\":true}\n") : STR(" a=b cut=true\n")));
	}
}

static void
the_loop_never_waits_for_a_log(void)
{
	struct str got;

	start(LOG_INFO, false);
	fcntl(ends[1], F_SETPIPE_SZ, 8192);
	fcntl(ends[1], F_SETFL, 0);                   /* a write without room would wait */
	for (int i = 0; i < 1000; i++)
		LOG(LOG_INFO, "many", LOG_INT("i", i));
	CU_ASSERT(read(ends[0], text, 8192) > 4096);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	while (read(ends[0], text, sizeof(text)) > 0)
		continue;
	LOG(LOG_INFO, "after", LOG_INT("i", 1));
	got = written();
	CU_ASSERT(str_starts(got, STR("2026-11-24T12:00:00.000000Z warn log lines dropped count=")));
	CU_ASSERT(str_ends(got, STR("\n2026-11-24T12:00:00.000000Z info after i=1\n")));
}

static void
levels_have_names(void)
{
	enum log_level level;

	CU_ASSERT(log_level_of(STR("debug"), &level) && level == LOG_DEBUG);
	CU_ASSERT(log_level_of(STR("error"), &level) && level == LOG_ERROR);
	CU_ASSERT_FALSE(log_level_of(STR("Info"), &level));
	CU_ASSERT_FALSE(log_level_of(STR(""), &level));
}

SUITE(test_log,
    { "a fact is a line", a_fact_is_a_line },
    { "a fact is a line of JSON", a_fact_is_a_line_of_json },
    { "nothing that a peer sends breaks a line", nothing_that_a_peer_sends_breaks_a_line },
    { "JSON stays UTF-8", json_stays_utf_8 },
    { "a line has a limit and says when it was cut", a_line_has_a_limit_and_says_when_it_was_cut },
    { "the loop never waits for a log", the_loop_never_waits_for_a_log },
    { "levels have names", levels_have_names });
