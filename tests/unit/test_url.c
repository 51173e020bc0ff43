/* test_url.c - addresses, taken apart. */
#include "ais/url.h"

#include "test.h"

static void
an_address_has_parts(void)
{
	static const struct {
		const char *text, *scheme, *host, *path, *query, *fragment;
	} good[] = {
		{ "https://idp.example:8443", "https", "idp.example:8443", "", "", "" },
		{ "https://idp.example/", "https", "idp.example", "/", "", "" },
		{ "https://me:secret@idp/a/b?x=1#end", "https", "idp", "/a/b", "x=1", "end" },
		{ "https://a@b@c", "https", "c", "", "", "" },
		{ "http://[2001:db8::1]:80/x", "http", "[2001:db8::1]:80", "/x", "", "" },
		{ "//host/path", "", "host", "/path", "", "" },
		{ "/token", "", "", "/token", "", "" },
		{ "token?a", "", "", "token", "a", "" },
		{ "idp.example:8443", "idp.example", "", "", "", "" },
		{ "http:///path", "http", "", "/path", "", "" },
		{ "https://h?q/r", "https", "h", "", "q/r", "" },
		{ "", "", "", "", "", "" },
		{ "/a%2Fb", "", "", "/a%2Fb", "", "" },
	};
	struct url u;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT(url_parse(str_of(good[i].text), &u));
		EXPECT_TEXT(u.scheme, good[i].scheme);
		EXPECT_TEXT(u.host, good[i].host);
		EXPECT_TEXT(u.path, good[i].path);
		EXPECT_TEXT(u.query, good[i].query);
		EXPECT_TEXT(u.fragment, good[i].fragment);
	}
}

static void
what_go_would_not_take_is_refused(void)
{
	static const char *const bad[] = { ":8443", "http://h:port", "http://a b/", "/a%2", "/a%zz", "http://h/\n",
		"http://[::1", "http://[::1]x", "1.2.3.4:80", "http://h#%" };
	struct url u;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(!url_parse(str_of(bad[i]), &u));
}

SUITE(test_url,
    { "an address has parts", an_address_has_parts },
    { "what Go would not take is refused", what_go_would_not_take_is_refused });
