/* routes.c - who answers at which path. */
#include "webhook/routes.h"

#include "kernel/clock.h"
#include "webhook/admission.h"
#include "webhook/bearer.h"
#include "webhook/converting.h"
#include "webhook/scrape.h"
#include "webhook/serve.h"

#define TEXT STR("text/plain; charset=utf-8")

/* What was asked for, without a query. */
static struct str
path_of(const struct exchange *x)
{
	struct str rest = x->head.target, path = STR_NONE;

	str_cut(&rest, '?', &path);
	return path;
}

static bool
is_read(const struct exchange *x)
{
	return str_eq(x->head.method, STR("GET")) || str_eq(x->head.method, STR("HEAD"));
}

static void
say(struct exchange *x, int status, struct str text)
{
	server_answer(x, status, TEXT, status == 405 ? STR("Allow: GET\r\n") : STR_NONE, text);
}

/* Webhooks ------------------------------------------------------------------------- */

static const struct str paths[] = {
	[RESOURCE_AISTORE_BETA] = STR_INIT("/validate-ais-nvidia-com-v1beta1-aistore"),
	[RESOURCE_AISTORE_ALPHA] = STR_INIT("/validate-ais-nvidia-com-v1alpha1-aistore"),
	[RESOURCE_AUTH] = STR_INIT("/validate-auth-ais-nvidia-com-v1alpha1-aistoreauth"),
	[RESOURCE_AUTH_PROFILE] = STR_INIT("/validate-auth-ais-nvidia-com-v1alpha1-aistoreauthprofile"),
};

static enum resource
resource_at(struct str path)
{
	enum resource r = 0;

	while (r < RESOURCE_UNKNOWN && !str_eq(path, paths[r]))
		r++;
	return r;
}

/* Without parameters, as 3.4.0 wants it and API servers send it. */
static bool
is_json(struct str content_type)
{
	return str_eq(str_trim(content_type), STR("application/json"));
}

static bool
is_post_of_json(const struct exchange *x)
{
	return str_eq(x->head.method, STR("POST")) && is_json(x->head.content_type);
}

void
route_head(struct exchange *x)
{
	if (str_eq(path_of(x), STR("/convert")) && is_post_of_json(x))
		converting_begin(x);
}

void
route_webhook(struct exchange *x)
{
	struct serve *s = x->server->owner;
	enum resource r = resource_at(path_of(x));

	if (x->on_piece != NULL)
		converting_end(x);
	else if (r == RESOURCE_UNKNOWN && !str_eq(path_of(x), STR("/convert")))
		admission_refuse(x, 404, STR("there is no webhook at this path"));
	else if (!str_eq(x->head.method, STR("POST")))
		admission_refuse(x, 405, STR("a webhook takes POST"));
	else if (!is_json(x->head.content_type))
		admission_refuse(x, 415, STR("a webhook takes application/json"));
	else if (r == RESOURCE_UNKNOWN)
		admission_refuse(x, 400, STR("the body is missing"));
	else
		admission_handle(s->admission, x, r);
}

/* Health --------------------------------------------------------------------------- */

static void
unready(struct out *o, struct str why)
{
	OUT(o, STR("not ready: "), why, STR("\n"));
}

void
serve_unready(const struct serve *s, struct out *o)
{
	int64_t now = clock_wall_us();

	if (!s->control->synced)
		unready(o, STR("not all kinds have been listed yet"));
	if (!s->wanted[SERVE_WEBHOOK])
		return;
	if (s->until_us == 0)
		unready(o, STR("there is no certificate for the webhooks yet"));
	else if (now < s->from_us || now >= s->until_us)
		unready(o, STR("the certificate of the webhooks is not valid now"));
	else if (!s->open[SERVE_WEBHOOK])
		unready(o, STR("the webhook port is not open"));
}

static void
answer_ready(struct exchange *x)
{
	char       text[512];
	struct out o = out_over(text, sizeof(text));

	serve_unready(x->server->owner, &o);
	say(x, o.len == 0 ? 200 : 503, o.len == 0 ? STR("ok") : out_view(&o));
}

void
route_health(struct exchange *x)
{
	struct str path = path_of(x);
	bool       ready = str_eq(path, STR("/readyz"));

	if (!ready && !str_eq(path, STR("/healthz")))
		say(x, 404, STR("here are /healthz and /readyz\n"));
	else if (!is_read(x))
		say(x, 405, STR("GET, please\n"));
	else if (ready)
		answer_ready(x);
	else
		say(x, 200, STR("ok"));      /* the loop turns, or this would not be said */
}

/* Metrics -------------------------------------------------------------------------- */

static void
answer_metrics(struct exchange *x, int status)
{
	struct serve *s = x->server->owner;

	if (status == 200)
		server_answer(x, 200, STR("text/plain; version=0.0.4; charset=utf-8"), STR_NONE,
		    scrape(s->control, s->started_us));
	else if (status == 401)
		server_answer(x, 401, TEXT, STR("WWW-Authenticate: Bearer\r\n"), STR("Unauthorized\n"));
	else
		say(x, status, status == 403 ? STR("Forbidden: get on /metrics is wanted\n")
		    : STR("the API server could not be asked who this is: try again\n"));
}

void
route_decided(void *owner, int status)
{
	answer_metrics(owner, status);
}

static void
gone(struct exchange *x)
{
	struct serve *s = x->server->owner;

	bearer_forget(s->bearer, x);
}

void
route_metrics(struct exchange *x)
{
	struct serve *s = x->server->owner;
	int           status = 200;

	if (!str_eq(path_of(x), STR("/metrics"))) {
		say(x, 404, STR("here is /metrics\n"));
		return;
	}
	if (!is_read(x)) {
		say(x, 405, STR("GET, please\n"));
		return;
	}
	if (s->secure)
		status = bearer_ask(s->bearer, x->head.authorization, x);
	if (status != 0)
		answer_metrics(x, status);
	else
		x->gone = gone;
}
