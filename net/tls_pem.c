/* tls_pem.c - pure: objects between BEGIN and END lines, read and written. */
#include "kernel/base64.h"
#include "net/der.h"

#define BEGIN STR("-----BEGIN ")
#define END   STR("-----END ")
#define DASH  STR("-----")

#define LINE_BYTES 48        /* as base64: 64 characters */

/* From the first line that starts with `what` on; NULL at: there is none. */
static struct str
line_from(struct str text, struct str what)
{
	struct str rest = text, line;

	while (str_cut(&rest, '\n', &line))
		if (str_starts(line, what))
			return str_from(text, (size_t)(line.at - text.at));
	return STR_NONE;
}

size_t
pem_count(struct str pem)
{
	size_t count = 0;

	while ((pem = line_from(pem, BEGIN)).at != NULL) {
		pem = str_from(pem, BEGIN.len);
		count++;
	}
	return count;
}

/* "-----BEGIN NAME-----" or "-----END NAME-----": the name. */
static bool
line_name(struct str line, struct str what, struct str *name)
{
	line = str_trim(line);
	if (!str_starts(line, what) || !str_ends(line, DASH) || line.len < what.len + DASH.len)
		return false;
	*name = (struct str){ line.at + what.len, line.len - what.len - DASH.len };
	return true;
}

bool
pem_next(struct str *rest, struct arena *a, struct str *name, struct str *der, const char **why)
{
	struct str line, last, body, end_name;

	*why = NULL;
	*rest = line_from(*rest, BEGIN);
	if (!str_cut(rest, '\n', &line))
		return false;
	body = *rest;
	*rest = line_from(*rest, END);
	if (!line_name(line, BEGIN, name) || !str_cut(rest, '\n', &last) || !line_name(last, END, &end_name) ||
	    !str_eq(*name, end_name)) {
		*why = "a PEM object in it has no END line (is the file cut?)";
		return false;
	}
	body.len = (size_t)(last.at - body.at);
	if (str_has(body, STR("Proc-Type:"))) {
		*why = "the private key is encrypted: this program needs it without a passphrase";
		return false;
	}
	if (!base64_parse(body, a, der)) {
		*why = "a PEM object in it is not base64";
		return false;
	}
	return true;
}

void
pem_print(struct out *o, struct str name, struct str der)
{
	OUT(o, BEGIN, name, DASH, STR("\n"));
	for (; der.len > 0; der = str_from(der, LINE_BYTES)) {
		base64_print(o, str_upto(der, LINE_BYTES));
		out_char(o, '\n');
	}
	OUT(o, END, name, DASH, STR("\n"));
}
