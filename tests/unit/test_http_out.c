/* test_http_out.c - rules of heads that are written, and of foreign text that is shown. */
#include "net/http_out.h"

#include "net/http_head.h"
#include "test.h"

static char text[1024];

static struct out
fresh(size_t size)
{
	return out_over(text, size);
}

static void
a_request_says_what_it_accepts_unless_it_is_said(void)
{
	struct http_asking a = { .method = STR("GET"), .target = STR("/x"), .host = STR("h") };
	struct out         o = fresh(sizeof(text));

	http_request_print(&o, &a);
	EXPECT_TEXT(out_view(&o), "GET /x HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n\r\n");
	o = fresh(sizeof(text));
	a.fields = STR("X: Accept: no\r\nACCEPT: a/b\r\n");
	http_request_print(&o, &a);
	EXPECT_TEXT(out_view(&o), "GET /x HTTP/1.1\r\nHost: h\r\nX: Accept: no\r\nACCEPT: a/b\r\n\r\n");
}

static void
what_is_written_can_be_read(void)
{
	struct http_asking    a = { STR("PUT"), STR("/x?y"), STR("h:1"), STR("t/1"), STR("Expect: 100-continue\r\n"),
		STR("{}") };
	struct http_answering b = { .status = 201, .content_type = STR("a/b"), .fields = STR("Retry-After: 5\r\n"),
		.length = 7, .close = true };
	struct out            o = fresh(sizeof(text));
	struct http_head      h;
	size_t                looked = 0;

	http_request_print(&o, &a);
	CU_ASSERT_EQUAL(http_request_parse(out_view(&o), &looked, &h), HTTP_DONE);
	EXPECT_TEXT(h.target, "/x?y");
	CU_ASSERT(h.framing == HTTP_LENGTH && h.length == 2 && h.expect_continue && h.size == o.len);
	looked = 0;
	o = fresh(sizeof(text));
	http_answer_print(&o, &b);
	CU_ASSERT_EQUAL(http_answer_parse(out_view(&o), &looked, STR("GET"), &h), HTTP_DONE);
	CU_ASSERT(h.status == 201 && h.length == 7 && !h.keep_alive && h.retry_after_s == 5 && h.size == o.len);
}

static void
every_status_can_be_written(void)
{
	for (int status = 100; status < 600; status++) {
		struct http_answering a = { .status = status };
		struct out            o = fresh(sizeof(text));
		struct http_head      h;
		size_t                looked = 0;

		http_answer_print(&o, &a);
		CU_ASSERT_EQUAL(http_answer_parse(out_view(&o), &looked, STR("GET"), &h), HTTP_DONE);
		CU_ASSERT_EQUAL(h.status, status);
		CU_ASSERT_EQUAL(h.framing, http_status_has_body(status) ? HTTP_LENGTH : HTTP_NO_BODY);
	}
}

static void
text_is_cut_where_it_does_not_fit(void)
{
	struct out o = fresh(5);

	http_add(&o, STR("abc"));
	http_add(&o, STR("def"));
	http_add(&o, STR("ghi"));
	CU_ASSERT(out_ok(&o));
	EXPECT_TEXT(out_view(&o), "abcde");
}

static void
foreign_text_is_shown_as_one_would_read_it(void)
{
	static const struct { struct str bytes; const char *shown; } cases[] = {
		{ STR_INIT(""), "" },
		{ STR_INIT("plain"), "plain" },
		{ STR_INIT(" two\r\n\t words"), "two words" },
		{ STR_INIT("a\0b\x1b[31mc\xff"), "a b [31mc " },
		{ STR_INIT("1 < 2 > 0"), "1 < 2 > 0" },
		{ STR_INIT("<html><h1>502 Bad Gateway</h1>\n<p>nginx</p>"), "502 Bad Gateway nginx " },
		{ STR_INIT("<unclosed"), "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct out o = fresh(sizeof(text)), small = out_over(text + 512, 3);

		http_show(&o, cases[i].bytes, 100);
		EXPECT_TEXT(out_view(&o), cases[i].shown);
		http_show(&small, cases[i].bytes, 100);
		CU_ASSERT(out_ok(&small) && small.len <= 3);
	}
}

SUITE(test_http_out,
    { "a request says what it accepts unless it is said", a_request_says_what_it_accepts_unless_it_is_said },
    { "what is written can be read", what_is_written_can_be_read },
    { "every status can be written", every_status_can_be_written },
    { "text is cut where it does not fit", text_is_cut_where_it_does_not_fit },
    { "foreign text is shown as one would read it", foreign_text_is_shown_as_one_would_read_it });
