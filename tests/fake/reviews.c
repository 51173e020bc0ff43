/*
 * reviews.c - questions about users, answered and never stored.
 *
 * Whoever has a token here, is a ServiceAccount or one of system:masters may
 * do anything, but for what POST /devcluster/deny took from him.
 */
#include "tests/fake/apiserver_inner.h"

static const struct review {
	struct str group, plural, singular, kind;
} reviews[] = {
	{ STR_INIT("authentication.k8s.io"), STR_INIT("selfsubjectreviews"), STR_INIT("selfsubjectreview"),
	    STR_INIT("SelfSubjectReview") },
	{ STR_INIT("authentication.k8s.io"), STR_INIT("tokenreviews"), STR_INIT("tokenreview"),
	    STR_INIT("TokenReview") },
	{ STR_INIT("authorization.k8s.io"), STR_INIT("selfsubjectaccessreviews"),
	    STR_INIT("selfsubjectaccessreview"), STR_INIT("SelfSubjectAccessReview") },
	{ STR_INIT("authorization.k8s.io"), STR_INIT("subjectaccessreviews"), STR_INIT("subjectaccessreview"),
	    STR_INIT("SubjectAccessReview") },
};
#define COUNT (sizeof(reviews) / sizeof(reviews[0]))

/* Users ---------------------------------------------------------------------*/

static struct str
account_space(struct str user)
{
	struct str rest = user, part = STR("");

	if (!str_starts(user, STR("system:serviceaccount:")))
		return STR("");
	for (int i = 0; i < 3; i++)
		str_cut(&rest, ':', &part);
	return part;
}

struct tree *
user_info(const char *user)
{
	struct tree *t = tree_object(), *groups;
	struct str   name = str_of(user), space = account_space(name);
	char         text[128];
	struct out   o = out_over(text, sizeof(text));

	tree_set_str(t, "username", name);
	if (space.len == 0)
		tree_set_str(t, "uid", name);
	groups = tree_set(t, STR("groups"), tree_array());
	if (space.len > 0) {
		OUT(&o, STR("system:serviceaccounts:"), str_upto(space, 64));
		tree_push(groups, tree_text(STR("system:serviceaccounts")));
		tree_push(groups, tree_text(out_view(&o)));
	} else if (str_eq(name, STR("admin")) || str_eq(name, STR("system:admin")))
		tree_push(groups, tree_text(STR("system:masters")));
	tree_push(groups, tree_text(STR("system:authenticated")));
	return t;
}

static bool
user_is_known(const struct apiserver *s, struct str user)
{
	for (int i = 0; i < s->token_count; i++)
		if (str_eq(user, str_of(s->tokens[i].user)))
			return true;
	return s->token_count == 0 || account_space(user).len > 0;
}

static bool
is_master(const struct tree *spec)
{
	TREE_EACH(g, tree_get(spec, STR("groups")))
		if (str_eq(tree_str(g), STR("system:masters")))
			return true;
	return false;
}

static bool
may(const struct apiserver *s, struct str user, const struct tree *spec)
{
	struct str resource = tree_str_at(spec, "resourceAttributes.resource");

	for (int i = 0; i < s->denied_count; i++)
		if (str_eq(user, str_of(s->denied[i].user)) && (s->denied[i].resource[0] == '\0' ||
		    str_eq(resource, str_of(s->denied[i].resource))))
			return false;
	return is_master(spec) || user_is_known(s, user);
}

/* Answers -------------------------------------------------------------------*/

static struct reply
invalid(const char *field, const char *message)
{
	struct reply r = { 0 };

	reply_cause(&r, "FieldValueInvalid", field, "%s", message);
	reply_invalid(&r, &(struct resource){ .kind = STR(""), .group = STR("authorization.k8s.io") }, STR(""));
	return r;
}

static struct reply
check_access(const struct tree *spec, bool self)
{
	bool one = tree_get(spec, STR("resourceAttributes")) != NULL;

	if (one == (tree_get(spec, STR("nonResourceAttributes")) != NULL))
		return invalid("spec.resourceAttributes", "Invalid value: null: exactly one of nonResourceAttributes or "
		    "resourceAttributes must be specified");
	if (!self && tree_str_at(spec, "user").len == 0 && tree_get(spec, STR("groups")) == NULL)
		return invalid("spec.user", "Invalid value: \"\": at least one of user or group must be specified");
	return (struct reply){ .code = 200 };
}

/* May he, or may I. */
static struct reply
access_review(struct asked *a, struct tree *t, bool self)
{
	const struct tree *spec = tree_get(t, STR("spec"));
	struct str         user = self ? str_of(a->user) : tree_str_at(spec, "user");
	struct reply       r = check_access(spec, self);

	if (REPLY_OK(r))
		tree_set(tree_want(t, "status"), STR("allowed"), tree_bool(may(a->server, user, spec)));
	return r;
}

static struct reply
token_review(struct asked *a, struct tree *t)
{
	const struct apiserver *s = a->server;
	struct str              token = tree_str_at(t, "spec.token");
	struct tree            *status = tree_set(t, STR("status"), tree_object());

	if (token.len == 0)
		return reply_bad(400, "BadRequest", "token is required for TokenReview in authentication");
	for (int i = 0; i < s->token_count; i++)
		if (str_eq(token, str_of(s->tokens[i].token))) {
			tree_set(status, STR("authenticated"), tree_bool(true));
			tree_set(status, STR("user"), user_info(s->tokens[i].user));
			tree_push(tree_set(status, STR("audiences"), tree_array()),
			    tree_text(STR("https://kubernetes.default.svc.cluster.local")));
			return (struct reply){ .code = 200 };
		}
	tree_set(status, STR("user"), tree_object());
	tree_set_str(status, "error", STR("invalid bearer token"));
	return (struct reply){ .code = 200 };
}

static struct reply
fill(struct asked *a, const struct review *kind, struct tree *t)
{
	char       version[64];
	struct out o = out_over(version, sizeof(version));

	OUT(&o, kind->group, STR("/v1"));
	tree_set_str(t, "kind", kind->kind);
	tree_set_str(t, "apiVersion", out_view(&o));
	tree_want(t, "metadata");
	if (str_eq(kind->plural, STR("selfsubjectreviews"))) {
		tree_set(tree_want(t, "status"), STR("userInfo"), user_info(a->user));
		return (struct reply){ .code = 200 };
	}
	if (str_eq(kind->plural, STR("tokenreviews")))
		return token_review(a, t);
	return access_review(a, t, str_starts(kind->plural, STR("self")));
}

bool
reviews_run(struct asked *a)
{
	const struct review *kind = NULL;
	const char          *why = "";
	struct tree         *t;
	struct reply         r;

	for (size_t i = 0; i < COUNT; i++)
		if (str_eq(a->target.group, reviews[i].group) && str_eq(a->target.plural, reviews[i].plural) &&
		    str_eq(a->target.version, STR("v1")) && str_eq(a->x->head.method, STR("POST")))
			kind = &reviews[i];
	if (kind == NULL)
		return false;
	if (str_starts(a->x->head.content_type, STR("application/vnd.kubernetes.protobuf"))) {
		asked_bad(a, reply_bad(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
		    "accepted media types include: application/json, application/yaml"));
		return true;
	}
	t = a->x->body.len == 0 ? tree_object() : tree_parse(a->x->body, &why);
	if (!tree_is(t, TREE_OBJECT)) {
		tree_free(t);
		asked_bad(a, reply_bad(400, "BadRequest", "the object provided is unrecognized: the body %s", why));
		return true;
	}
	r = fill(a, kind, t);
	if (REPLY_OK(r)) {
		asked_tree(a, 201, t, NULL);
		return true;
	}
	tree_free(t);
	asked_bad(a, r);
	return true;
}

/* Discovery -----------------------------------------------------------------*/

void
reviews_describe(struct tree *list, struct str group, struct str version)
{
	for (size_t i = 0; i < COUNT; i++) {
		struct tree *r;

		if (!str_eq(group, reviews[i].group) || !str_eq(version, STR("v1")))
			continue;
		r = tree_push(list, tree_object());
		tree_set_str(r, "name", reviews[i].plural);
		tree_set_str(r, "singularName", reviews[i].singular);
		tree_set(r, STR("namespaced"), tree_bool(false));
		tree_set_str(r, "kind", reviews[i].kind);
		tree_push(tree_set(r, STR("verbs"), tree_array()), tree_text(STR("create")));
	}
}
