/* value_end.c - brackets and quotes, byte by byte. */
#include "webhook/value_end.h"

#include <string.h>

/* Behind the quote that ends a text; all of them: it does not end here. */
static size_t
text_end(struct value_end *v, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (v->escape)
			v->escape = false;
		else if (bytes.at[i] == '\\')
			v->escape = true;
		else if (bytes.at[i] == '"') {
			v->text = false;
			return i + 1;
		}
	}
	return bytes.len;
}

static size_t
scalar_end(struct str bytes, bool *ended)
{
	size_t n = 0;

	while (n < bytes.len && memchr(" \n\r\t,:]}", bytes.at[n], 8) == NULL)
		n++;
	*ended = n < bytes.len;
	return n;
}

size_t
value_end_find(struct value_end *v, struct str bytes, bool *ended)
{
	size_t i = 0;

	*ended = false;
	if (!v->begun && bytes.len > 0) {
		v->begun = true;
		v->scalar = memchr("{[\"", bytes.at[0], 3) == NULL;
	}
	if (v->scalar)
		return scalar_end(bytes, ended);
	while (i < bytes.len && !*ended) {
		if (v->text) {
			i += text_end(v, str_from(bytes, i));
			*ended = !v->text && v->depth == 0;
			continue;
		}
		switch (bytes.at[i++]) {
		case '"':
			v->text = true;
			break;
		case '{':
		case '[':
			v->depth++;
			break;
		case '}':
		case ']':
			v->depth--;
			*ended = v->depth == 0;
			break;
		default:
			break;
		}
	}
	return i;
}
