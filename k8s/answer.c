/* answer.c - what an API server said: its Status, its warnings, or why there is no answer. */
#include <string.h>

#include "k8s/api_inner.h"
#include "kernel/json.h"
#include "kernel/log.h"
#include "kernel/table.h"

#define TOKENS_MAX 256           /* a Status is small */
#define WAIT_MAX_S 600           /* no Retry-After is believed beyond that */

/* Any text, as one line of at most API_MESSAGE_MAX bytes. */
static struct str
one_line(struct api *a, struct str text)
{
	struct str s = str_upto(str_trim(text), API_MESSAGE_MAX);
	char      *copy = arena_take(&a->scratch, s.len + 1, 1);

	while (s.len > 0 && s.len == API_MESSAGE_MAX && ((unsigned char)s.at[s.len - 1] & 0xc0) == 0x80)
		s.len--;
	for (size_t i = 0; copy != NULL && i < s.len; i++)
		copy[i] = (unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f ? ' ' : s.at[i];
	return copy == NULL ? STR_NONE : (struct str){ copy, s.len };
}

static int64_t
wait_of(int64_t seconds)
{
	return seconds < 0 ? -1 : 1000 * (seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S);
}

static bool
read_status(struct api *a, struct str body, struct answer *out)
{
	struct json_token tokens[TOKENS_MAX];
	struct json_doc   doc;
	struct json       root;
	int64_t           seconds;

	if (json_parse(&doc, body, tokens, TOKENS_MAX) != JSON_OK)
		return false;
	root = json_root(&doc);
	if (!json_str_is(json_path(root, "kind"), STR("Status")))
		return false;
	out->reason = arena_copy(&a->scratch, json_str(json_path(root, "reason"), &a->scratch));
	out->message = arena_copy(&a->scratch, json_str(json_path(root, "message"), &a->scratch));
	if (out->retry_after_ms < 0 && json_i64(json_path(root, "details.retryAfterSeconds"), &seconds) &&
	    seconds > 0)
		out->retry_after_ms = wait_of(seconds);
	return true;
}

static struct str
bare_answer(struct api *a, int status, struct str body)
{
	struct str line = one_line(a, body);
	struct out o = out_in(&a->scratch);

	out_str(&o, STR("the API server answered "));
	out_int(&o, status);
	if (line.len > 0)
		OUT(&o, STR(": "), line);
	return out_keep(&o, &a->scratch);
}

/* 299 - "text" */
static struct str
warning_text(struct str warning)
{
	struct str text = str_trim(warning);

	if (str_starts(text, STR("299 - \"")))
		text = str_from(text, 7);
	return str_ends(text, STR("\"")) ? str_upto(text, text.len - 1) : text;
}

/* The same one over and over tells nothing new. */
static void
log_warning(struct api *a, struct str text)
{
	uint64_t what = table_hash(text, STR_NONE, 1);

	if (text.len == 0)
		return;
	for (size_t i = 0; i < API_WARNED_MAX; i++)
		if (a->warned[i] == what)
			return;
	a->warned[a->warned_next] = what;
	a->warned_next = (a->warned_next + 1) % API_WARNED_MAX;
	LOG(LOG_INFO, "the API server warns", LOG_STR("text", text));
}

void
answer_read(struct api *a, const struct call *c, struct answer *out)
{
	struct str body = c->into == NULL ? STR_NONE : buf_view(c->into);

	arena_reset(&a->scratch);
	*out = (struct answer){ .outcome = c->outcome, .status = c->status };
	out->retry_after_ms = wait_of(c->retry_after_s);
	log_warning(a, warning_text(str_of(c->warning)));
	if (c->outcome != OUTCOME_ANSWERED) {
		out->message = str_of(c->why);
		return;
	}
	out->ok = c->status >= 200 && c->status <= 299;
	if (out->ok)
		out->body = body;
	else if (!read_status(a, body, out) || out->message.len == 0)
		out->message = bare_answer(a, c->status, body);
}
