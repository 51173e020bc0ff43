/* tls_pem.c - pure: objects between BEGIN and END lines. */
#include "kernel/base64.h"
#include "net/tls_inner.h"

#define BEGIN STR("-----BEGIN ")
#define END   STR("-----END ")
#define DASH  STR("-----")

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

bool
pem_next(struct str *rest, struct arena *a, struct str *name, struct str *der, const char **why)
{
	struct str line, body, end;

	*why = NULL;
	*rest = line_from(*rest, BEGIN);
	if (!str_cut(rest, '\n', &line))
		return false;
	line = str_trim(line);
	end = line_from(*rest, END);
	if (!str_ends(line, DASH) || line.len < BEGIN.len + DASH.len || end.at == NULL) {
		*why = "a PEM object in it has no END line (is the file cut?)";
		return false;
	}
	*name = (struct str){ line.at + BEGIN.len, line.len - BEGIN.len - DASH.len };
	body = (struct str){ rest->at, (size_t)(end.at - rest->at) };
	*rest = end;
	str_cut(rest, '\n', &line);
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
