/* http_out.h - pure: heads written, and foreign text made fit to be shown. */
#ifndef NET_HTTP_OUT_H
#define NET_HTTP_OUT_H

#include "kernel/out.h"

struct http_asking {
	struct str method, target, host, agent;
	struct str fields;               /* more lines, each with CRLF */
	struct str body;                 /* NULL at: none */
};

/* The whole head.  Accept: application/json unless the fields have an Accept. */
void http_request_print(struct out *o, const struct http_asking *a);

struct http_answering {
	int        status;
	struct str content_type;         /* empty: none */
	struct str fields;
	bool       chunked;              /* else the length, where a status has a body */
	bool       until_close;          /* neither */
	uint64_t   length;
	bool       close, keep;          /* said in words; keep: to HTTP/1.0 */
};

void http_answer_print(struct out *o, const struct http_answering *a);
bool http_status_has_body(int status);

/* Text that is cut, not lost, where it does not fit. */
void http_add(struct out *o, struct str s);

/* What a person would read in these bytes: without tags of HTML, controls and runs of blanks. */
void http_show(struct out *o, struct str bytes, size_t len_max);

#endif
