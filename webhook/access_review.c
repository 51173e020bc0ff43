/* access_review.c - pure: two kinds of question to the API server. */
#include "webhook/access_review.h"

#include "kernel/json_out.h"

const struct kind kind_tokenreview = { STR_INIT("authentication.k8s.io"), STR_INIT("v1"),
	STR_INIT("tokenreviews"), STR_INIT("TokenReview"), false };
const struct kind kind_subjectaccessreview = { STR_INIT("authorization.k8s.io"), STR_INIT("v1"),
	STR_INIT("subjectaccessreviews"), STR_INIT("SubjectAccessReview"), false };

static struct json_out
begin(struct out *o, struct str api_version, struct str kind)
{
	struct json_out j = json_out(o);

	jo_obj(&j);
	jo_key_str(&j, STR("apiVersion"), api_version);
	jo_key_str(&j, STR("kind"), kind);
	jo_key_obj(&j, STR("spec"));
	return j;
}

void
token_review_print(struct str token, struct out *o)
{
	struct json_out j = begin(o, STR("authentication.k8s.io/v1"), kind_tokenreview.name);

	jo_key_str(&j, STR("token"), token);
	jo_obj_end(&j);
	jo_obj_end(&j);
}

bool
access_user_print(struct json user, struct out *o)
{
	static const struct { struct str theirs, ours; } members[] = {
		{ STR_INIT("username"), STR_INIT("\"user\":") }, { STR_INIT("uid"), STR_INIT(",\"uid\":") },
		{ STR_INIT("groups"), STR_INIT(",\"groups\":") }, { STR_INIT("extra"), STR_INIT(",\"extra\":") },
	};

	if (!json_is_str(json_get(user, members[0].theirs)))
		return false;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct json v = json_get(user, members[i].theirs);

		if (json_there(v) && !json_is_null(v))
			OUT(o, members[i].ours, json_text(v));
	}
	return out_ok(o);
}

static void
key_unless_empty(struct json_out *j, struct str key, struct str value)
{
	if (value.len > 0)
		jo_key_str(j, key, value);
}

void
access_review_print(struct str user, const struct access_wanted *w, struct out *o)
{
	struct json_out j = begin(o, STR("authorization.k8s.io/v1"), kind_subjectaccessreview.name);

	jo_key_obj(&j, w->path.len > 0 ? STR("nonResourceAttributes") : STR("resourceAttributes"));
	key_unless_empty(&j, STR("path"), w->path);
	key_unless_empty(&j, STR("namespace"), w->ns);
	key_unless_empty(&j, STR("verb"), w->verb);
	key_unless_empty(&j, STR("group"), w->group);
	key_unless_empty(&j, STR("version"), w->version);
	key_unless_empty(&j, STR("resource"), w->resource);
	key_unless_empty(&j, STR("name"), w->name);
	jo_obj_end(&j);
	OUT(o, STR(","), user);
	jo_obj_end(&j);
	jo_obj_end(&j);
}

enum reviewed
token_review_read(struct str body, struct arena *a, struct out *user)
{
	struct json_doc d;
	struct json     status;

	if (json_parse_in(&d, body, a) != JSON_OK)
		return REVIEWED_BROKEN;
	status = json_get(json_root(&d), STR("status"));
	if (!json_is_obj(status))
		return REVIEWED_BROKEN;
	if (!json_true(json_get(status, STR("authenticated"))))
		return REVIEWED_NO;
	return access_user_print(json_get(status, STR("user")), user) ? REVIEWED_YES : REVIEWED_BROKEN;
}

enum reviewed
access_review_read(struct str body, struct arena *a)
{
	struct json_doc d;
	struct json     allowed;

	if (json_parse_in(&d, body, a) != JSON_OK)
		return REVIEWED_BROKEN;
	allowed = json_path(json_root(&d), "status.allowed");
	if (!json_is_bool(allowed))
		return REVIEWED_BROKEN;
	return json_true(allowed) ? REVIEWED_YES : REVIEWED_NO;
}
