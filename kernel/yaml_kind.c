/*
 * yaml_kind.c - the meaning of plain scalars.
 *
 * Go's reader follows YAML 1.1 here and there (yes is true, 0755 is 493),
 * others do not.  What they do not agree on is nobody's to guess.
 */
#include <string.h>

#include "yaml_inner.h"

static const struct word { const char *text; enum yaml_kind kind; } words[] = {
	{ "", YAML_KIND_NULL }, { "~", YAML_KIND_NULL },
	{ "null", YAML_KIND_NULL }, { "Null", YAML_KIND_NULL }, { "NULL", YAML_KIND_NULL },
	{ "true", YAML_KIND_BOOL }, { "True", YAML_KIND_BOOL }, { "TRUE", YAML_KIND_BOOL },
	{ "false", YAML_KIND_BOOL }, { "False", YAML_KIND_BOOL }, { "FALSE", YAML_KIND_BOOL },
	{ "<<", YAML_KIND_MERGE },
};

/* In any case of letters. */
static const char *const unclear[] = {
	"y", "n", "yes", "no", "on", "off", ".inf", "+.inf", "-.inf", ".nan",
};

static bool
same_word(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.at, word, s.len) == 0;
}

/* How many bytes from the front are one of these. */
static size_t
span(struct str s, const char *of)
{
	size_t n = 0;

	while (n < s.len && s.at[n] != '\0' && strchr(of, s.at[n]) != NULL)
		n++;
	return n;
}

/* Takes the span off *s. */
static size_t
take(struct str *s, const char *of)
{
	size_t n = span(*s, of);

	*s = str_from(*s, n);
	return n;
}

#define DIGITS "0123456789_"

/* A number to one reader or the other. */
static bool
looks_like_number(struct str s)
{
	size_t digits;

	if (s.len > 1 && (s.at[0] == '+' || s.at[0] == '-'))
		s = str_from(s, 1);
	if (s.len > 2 && s.at[0] == '0' && (s.at[1] | 0x20) == 'x')
		return span(str_from(s, 2), DIGITS "abcdefABCDEF") == s.len - 2;
	if (s.len > 2 && s.at[0] == '0' && strchr("bBoO", s.at[1]) != NULL)
		return span(str_from(s, 2), DIGITS) == s.len - 2;
	if (s.len == 0 || s.at[0] == '_')
		return false;
	digits = take(&s, DIGITS);
	if (s.len > 0 && s.at[0] == '.') {
		s = str_from(s, 1);
		digits += take(&s, DIGITS);
	}
	if (digits == 0 || s.len == 0)
		return digits > 0;
	if ((s.at[0] | 0x20) != 'e')
		return false;
	s = str_from(s, 1);
	if (s.len > 0 && (s.at[0] == '+' || s.at[0] == '-'))
		s = str_from(s, 1);
	return s.len > 0 && span(s, DIGITS) == s.len;
}

enum yaml_kind
yaml_kind_of(struct str plain)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(plain, str_of(words[i].text)))
			return words[i].kind;
	for (size_t i = 0; i < sizeof(unclear) / sizeof(unclear[0]); i++)
		if (same_word(plain, unclear[i]))
			return YAML_KIND_UNCLEAR;
	if (!looks_like_number(plain))
		return YAML_KIND_TEXT;
	if (json_check(plain, NULL) != JSON_OK)
		return YAML_KIND_UNCLEAR;
	return span(plain, "-0123456789") == plain.len ? YAML_KIND_INT : YAML_KIND_FLOAT;
}
