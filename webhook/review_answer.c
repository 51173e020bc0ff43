/* review_answer.c - pure: AdmissionReviews that answer, in the order of Go's fields. */
#include "kernel/json_out.h"
#include "webhook/review.h"

static struct str
reason_text(int code)
{
	switch (code) {
	case 400: return STR("BadRequest");
	case 403: return STR("Forbidden");
	case 404: return STR("NotFound");
	case 405: return STR("MethodNotAllowed");
	case 413: return STR("RequestEntityTooLarge");
	case 415: return STR("UnsupportedMediaType");
	case 422: return STR("Invalid");
	case 429: return STR("TooManyRequests");
	case 503: return STR("ServiceUnavailable");
	default:  return STR("InternalError");
	}
}

/* At most `most` bytes, whole characters, and a mark where something is missing. */
static void
add_cut(struct out *o, struct str s, size_t most)
{
	size_t len = most < 3 ? 0 : most - 3;

	if (s.len <= most) {
		out_str(o, s);
		return;
	}
	while (len > 0 && ((unsigned char)s.at[len] & 0xc0) == 0x80)
		len--;
	OUT(o, str_upto(s, len), STR("..."));
}

static void
add_finding(struct out *o, const struct finding *f, size_t most)
{
	char       text[2 * REVIEW_MESSAGE_MAX];
	struct out whole = out_over(text, sizeof(text));

	finding_print(f, &whole);
	if (!out_ok(&whole))
		whole = out_over(text, sizeof(text)), out_str(&whole, str_upto(f->text, sizeof(text)));
	add_cut(o, out_view(&whole), most);
}

/* Of those that fitted into the list. */
static int
count(const struct findings *f, bool errors)
{
	int n = 0;

	for (int i = 0; i < f->count; i++)
		n += f->list[i].error == errors;
	return n;
}

static void
add_more(struct out *o, int count, struct str what)
{
	out_str(o, STR("and "));
	out_int(o, count);
	OUT(o, STR(" more "), what);
}

/* The warnings or none: a member of its own behind status. */
static void
add_warnings(struct json_out *j, const struct findings *f)
{
	size_t total = 0;
	int    left = count(f, false);

	if (left == 0)
		return;
	jo_key_arr(j, STR("warnings"));
	for (int i = 0; i < f->count && left > 0; i++) {
		char       text[REVIEW_WARNING_MAX];
		struct out o = out_over(text, sizeof(text));

		if (f->list[i].error)
			continue;
		if (total + REVIEW_WARNING_MAX + 32 > REVIEW_WARNINGS_MAX && left > 1) {
			add_more(&o, left, STR("warnings"));
			left = 0;
		} else {
			add_finding(&o, &f->list[i], REVIEW_WARNING_MAX);
			left--;
		}
		jo_str(j, out_view(&o));
		total += o.len;
	}
	jo_arr_end(j);
}

static struct json_out
begin(struct out *o, const struct review *r, bool allowed)
{
	struct json_out j = json_out(o);

	jo_obj(&j);
	jo_key_str(&j, STR("kind"), STR("AdmissionReview"));
	jo_key_str(&j, STR("apiVersion"), r->api_version);
	jo_key_obj(&j, STR("response"));
	jo_key_str(&j, STR("uid"), r->uid);
	jo_key_bool(&j, STR("allowed"), allowed);
	jo_key_obj(&j, STR("status"));
	jo_key_raw(&j, STR("metadata"), STR("{}"));
	return j;
}

/* Of status, then of all of it. */
static void
end(struct json_out *j, int code, const struct findings *f)
{
	jo_key_int(j, STR("code"), code);
	jo_obj_end(j);
	add_warnings(j, f);
	jo_obj_end(j);
	jo_obj_end(j);
	out_char(j->o, '\n');
}

/* All that is wrong in one sentence; errors of fields as Kubernetes words them. */
static void
add_message(struct json_out *j, const struct review *r, const struct findings *f, int code)
{
	char       text[2 * REVIEW_MESSAGE_MAX];
	struct out o = out_over(text, sizeof(text));
	int        left = count(f, true);
	size_t     lead;

	if (code == 422)
		OUT(&o, r->kind, STR("."), r->group, STR(" \""), str_upto(r->name, 253), STR("\" is invalid: "));
	lead = o.len;

	for (int i = 0; i < f->count && left > 0; i++) {
		if (!f->list[i].error)
			continue;
		if (o.len > lead)
			out_str(&o, STR("; "));
		if (o.len + 64 > REVIEW_MESSAGE_MAX) {
			add_more(&o, left, STR("errors"));
			break;
		}
		add_finding(&o, &f->list[i], REVIEW_MESSAGE_MAX - o.len);
		left--;
	}
	jo_key_str(j, STR("message"), out_view(&o));
}

/* For tools, and for kubectl, which shows a line each. */
static void
add_causes(struct json_out *j, const struct review *r, const struct findings *f)
{
	size_t total = 0;

	jo_key_obj(j, STR("details"));
	jo_key_str(j, STR("name"), str_upto(r->name, 253));
	jo_key_str(j, STR("group"), r->group);
	jo_key_str(j, STR("kind"), r->kind);
	jo_key_arr(j, STR("causes"));
	for (int i = 0; i < f->count && total < REVIEW_MESSAGE_MAX; i++) {
		char       text[REVIEW_MESSAGE_MAX];
		struct out o = out_over(text, sizeof(text));

		if (!f->list[i].error)
			continue;
		add_cut(&o, f->list[i].text, REVIEW_MESSAGE_MAX - total);
		jo_obj(j);
		jo_key_str(j, STR("reason"), str_starts(f->list[i].text, STR("Forbidden")) ? STR("FieldValueForbidden")
		    : STR("FieldValueInvalid"));
		jo_key_str(j, STR("message"), out_view(&o));
		jo_key_str(j, STR("field"), str_upto(f->list[i].path, 256));
		jo_obj_end(j);
		total += o.len + 256;
	}
	jo_arr_end(j);
	jo_obj_end(j);
}

/* 403 for a plain rule, 422 for a field, 400 for what has another type: the first one tells. */
static int
denial_code(const struct findings *f)
{
	for (int i = 0; i < f->count; i++)
		if (f->list[i].error)
			return finding_code(&f->list[i]);
	return 403;
}

static void
put_denial(struct out *o, const struct review *r, const struct findings *f)
{
	struct json_out j = begin(o, r, false);
	int             code = denial_code(f);

	add_message(&j, r, f, code);
	jo_key_str(&j, STR("reason"), reason_text(code));
	if (code == 422)
		add_causes(&j, r, f);
	end(&j, code, f);
}

static void
put_refusal(struct out *o, const struct review *r)
{
	static const struct findings none;
	struct json_out              j = begin(o, r, false);

	jo_key_str(&j, STR("message"), r->why);
	jo_key_str(&j, STR("reason"), reason_text(r->refusal));
	end(&j, r->refusal, &none);
}

enum review_verdict
review_answer(const struct review *r, const struct findings *f, struct out *answer, int *status)
{
	struct json_out j;

	*status = r->refusal != 0 && r->uid.len == 0 ? r->refusal : 200;
	if (*status != 200)
		review_status(answer, r->refusal, r->why);
	else if (r->refusal != 0)
		put_refusal(answer, r);
	else if (f->errors > 0)
		put_denial(answer, r, f);
	else {
		j = begin(answer, r, true);
		end(&j, 200, f);
		return REVIEW_ALLOWED;
	}
	return r->refusal != 0 ? REVIEW_REFUSED : REVIEW_DENIED;
}

void
review_status(struct out *answer, int code, struct str message)
{
	struct json_out j = json_out(answer);

	jo_obj(&j);
	jo_key_str(&j, STR("kind"), STR("Status"));
	jo_key_str(&j, STR("apiVersion"), STR("v1"));
	jo_key_raw(&j, STR("metadata"), STR("{}"));
	jo_key_str(&j, STR("status"), STR("Failure"));
	jo_key_str(&j, STR("message"), message);
	jo_key_str(&j, STR("reason"), reason_text(code));
	jo_key_int(&j, STR("code"), code);
	jo_obj_end(&j);
	out_char(answer, '\n');
}
