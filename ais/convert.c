/*
 * convert.c - one AIStore from one version to the other.
 *
 * map_up() and map_down() carry what both versions can say; what is left
 * rides in an annotation: what alpha alone can say on the beta object, which
 * is stored, and the other way round on the alpha object, which only clients
 * see.  So an object that comes back unchanged is what it was, and in one
 * that was edited the edit counts and the rest is kept.
 */
#include "ais/convert_inner.h"

#define ALPHA_RIDER STR("conversion.ais.nvidia.com/v1alpha1")    /* on beta objects: what only alpha says */
#define BETA_RIDER  STR("conversion.ais.nvidia.com/v1beta1")     /* on alpha objects: what only beta says */
#define TOO_LARGE   STR("tooLarge")
#define RIDES       STR("v1alpha1")      /* in the document of a beta object: its rider, as a text */

#define ANNOTATIONS_MAX (256u << 10)     /* of one object, keys and values: the API server's limit */

struct job {
	struct arena *a;
	struct json   object, annotations;
	struct out   *o;                 /* its free end is scratch until the result is written */
	struct str   *why;
	struct node  *result;            /* spec and status of the other version */
	struct str    key, rider;        /* rider: JSON of a text; empty: nothing rides */
	bool          too_large;         /* a rider was */
	bool          as_it_is;          /* it is in the wanted version */
};

static bool
refuse(struct job *c, struct str why)
{
	*c->why = why;
	return false;
}

/* Riders as text ------------------------------------------------------------*/

static struct out
scratch(struct job *c, size_t most)
{
	size_t left = c->o->size - c->o->len;

	return out_over(c->o->at + c->o->len, left < most ? left : most);
}

/* A JSON text of that content. */
static struct node *
quoted(struct job *c, struct str content)
{
	struct out      o = scratch(c, SIZE_MAX);
	struct json_out j = json_out(&o);

	jo_str(&j, content);
	return out_ok(&o) ? node_made(c->a, arena_copy(c->a, out_view(&o))) : NULL;
}

/* NULL: nothing rides, or too much. */
static struct node *
rider_text(struct job *c, struct node *rider)
{
	struct out      o = scratch(c, ANNOTATIONS_MAX);
	struct json_out j = json_out(&o);

	if (node_first(rider) == NULL)
		return NULL;
	node_print_sorted(rider, &j);
	c->too_large = c->too_large || !out_ok(&o);
	return out_ok(&o) ? quoted(c, arena_copy(c->a, out_view(&o))) : NULL;
}

/* NULL: there is none that could be read. */
static struct node *
rider_of(struct job *c, struct json text)
{
	struct node *rider = json_is_str(text) ? node_made(c->a, json_str(text, c->a)) : NULL;

	return node_is_object(rider) ? rider : NULL;
}

/* Documents -----------------------------------------------------------------*/

static struct node *
document_of(struct job *c)
{
	struct node *d = node_object(c->a);

	node_set(d, STR("spec"), node_of(c->a, json_get(c->object, STR("spec"))));
	node_set(d, STR("status"), node_of(c->a, json_get(c->object, STR("status"))));
	return d;
}

/* With its rider, whose members are the same bytes each time. */
static struct node *
to_beta(struct job *c, struct node *alpha)
{
	struct node *core = node_copy(alpha), *beta;

	if (core == NULL)
		return NULL;
	map_unfill(core);
	beta = map_up(core);
	if (beta != NULL)
		node_set(beta, RIDES, rider_text(c, ride_make(map_down(beta), core, alpha_units)));
	return beta;
}

static struct node *
to_alpha(struct job *c, struct node *beta)
{
	struct node *rider = rider_of(c, node_scalar(node_get(beta, RIDES)));
	struct node *alpha = map_down(beta);

	if (rider != NULL && alpha != NULL)
		alpha = ride_apply(alpha, rider, alpha_units);
	if (alpha != NULL)
		map_fill(alpha);
	return alpha;
}

/* A stored alpha rider that says other than the client does is of before the edit. */
static void
settle_rider(struct job *c, struct node *alpha, struct node *fresh, struct node *beta)
{
	if (node_alike(node_get(beta, RIDES), node_get(fresh, RIDES)))
		return;
	map_fill(alpha);
	if (node_alike(to_alpha(c, beta), alpha))
		return;
	node_take(beta, RIDES);
	node_set(beta, RIDES, node_copy(node_get(fresh, RIDES)));
}

static bool
go_up(struct job *c)
{
	struct json  ridden = json_get(c->annotations, BETA_RIDER);
	struct node *rider = rider_of(c, ridden), *alpha = document_of(c), *fresh = to_beta(c, alpha);

	if (c->too_large)
		return refuse(c, STR("what only v1alpha1 can say is too large for an annotation of v1beta1"));
	if (node_there(node_get(rider, TOO_LARGE)))
		return refuse(c, STR("v1beta1 says more here than an annotation of v1alpha1 can carry: "
		    "change it as v1beta1"));
	if (json_there(ridden) && rider == NULL)
		return refuse(c, STR("the annotation conversion.ais.nvidia.com/v1beta1 is not as it was read: put it "
		    "back, or remove it and lose what only v1beta1 can say"));
	c->result = fresh;
	if (rider != NULL && fresh != NULL)
		c->result = ride_apply(fresh, rider, beta_units);
	if (c->result != NULL)
		settle_rider(c, alpha, fresh, c->result);
	c->key = ALPHA_RIDER;
	c->rider = json_text(node_scalar(node_take(c->result, RIDES)));
	return true;
}

static struct json
key_of(const struct json_iter *it)
{
	return (struct json){ it->val.doc, it->val.at - 1 };
}

static bool
is_rider(const struct json_iter *it)
{
	return json_str_is(key_of(it), ALPHA_RIDER) || json_str_is(key_of(it), BETA_RIDER);
}

/* How much the annotations that stay take. */
static size_t
annotations_size(struct job *c)
{
	struct json_iter it = json_each(c->annotations);
	size_t           sum = 0;

	while (json_next(&it))
		if (!is_rider(&it))
			sum += it.key.len + json_raw(it.val).len;
	return sum;
}

static bool
go_down(struct job *c)
{
	struct node *beta = document_of(c), *fresh, *rider;
	struct node *marker = quoted(c, STR("{\"tooLarge\":true}"));

	if (beta == NULL)
		return true;
	node_set(beta, RIDES, node_of(c->a, json_get(c->annotations, ALPHA_RIDER)));
	c->result = to_alpha(c, beta);
	fresh = c->result == NULL ? NULL : to_beta(c, c->result);
	rider = rider_text(c, ride_make(fresh, beta, beta_units));
	c->key = BETA_RIDER;
	c->rider = json_text(node_scalar(rider));
	if (c->too_large || c->rider.len + c->key.len + annotations_size(c) > ANNOTATIONS_MAX)
		c->rider = json_text(node_scalar(marker));
	return true;
}

/* The object around them ----------------------------------------------------*/

static void
write_member(struct job *c, const struct json_iter *it, struct json_out *j)
{
	jo_key_raw(j, json_str(key_of(it), c->a), json_text(it->val));
}

/* Theirs, and the new rider; no member at all when that is nothing. */
static void
write_annotations(struct job *c, struct json_out *j)
{
	struct json_iter it;
	bool             some = c->rider.len > 0;

	for (it = json_each(c->annotations); json_next(&it);)
		some = some || !is_rider(&it);
	if (!some)
		return;
	jo_key_obj(j, STR("annotations"));
	for (it = json_each(c->annotations); json_next(&it);)
		if (!is_rider(&it))
			write_member(c, &it, j);
	if (c->rider.len > 0)
		jo_key_raw(j, c->key, c->rider);
	jo_obj_end(j);
}

static void
write_metadata(struct job *c, struct json_out *j)
{
	struct json_iter it = json_each(json_get(c->object, STR("metadata")));

	jo_key_obj(j, STR("metadata"));
	while (json_next(&it))
		if (!json_str_is(key_of(&it), STR("annotations")))
			write_member(c, &it, j);
	write_annotations(c, j);
	jo_obj_end(j);
}

static void
write_part(struct job *c, struct json_out *j, struct str key)
{
	struct node *part = node_get(c->result, key);

	if (!node_there(part))
		return;
	jo_key(j, key);
	node_print(part, j);
}

static void
write_object(struct job *c, struct str version, struct json_out *j)
{
	static const struct str ours[] = {
		STR_INIT("apiVersion"), STR_INIT("metadata"), STR_INIT("spec"), STR_INIT("status"),
	};
	struct json_iter it = json_each(c->object);
	bool             other;

	jo_obj(j);
	jo_key_str(j, ours[0], version);
	while (json_next(&it)) {
		other = true;
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			other = other && !json_str_is(key_of(&it), ours[i]);
		if (other)
			write_member(c, &it, j);
	}
	if (json_there(json_get(c->object, ours[1])) || c->rider.len > 0)
		write_metadata(c, j);
	write_part(c, j, ours[2]);
	write_part(c, j, ours[3]);
	jo_obj_end(j);
}

/* Both versions ask for objects in these places. */
static bool
check_parts(struct job *c)
{
	static const struct str parts[] = { STR_INIT("metadata"), STR_INIT("spec"), STR_INIT("status") };
	struct json             v;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		v = json_get(c->object, parts[i]);
		if (json_there(v) && !json_is_null(v) && !json_is_obj(v))
			return refuse(c, JOIN(c->a, parts[i], STR(" is not an object")));
	}
	if (!json_str_is(json_get(c->object, STR("kind")), STR("AIStore")))
		return refuse(c, STR("only an AIStore can be converted"));
	return true;
}

static bool
written(struct job *c, struct str version)
{
	struct json_out j = json_out(c->o);
	size_t          len = c->o->len;

	if (c->as_it_is)
		jo_raw(&j, json_text(c->object));
	else if (arena_ok(c->a))
		write_object(c, version, &j);
	if (arena_ok(c->a) && out_ok(c->o))
		return true;
	c->o->len = len;
	c->o->overflowed = false;
	return refuse(c, STR("this is too large to be converted"));
}

bool
convert(struct json object, enum api_version to, struct arena *a, struct out *o, struct str *why)
{
	struct job c = {
		.a = a, .object = object, .o = o, .why = why,
		.annotations = json_path(object, "metadata.annotations"),
	};
	struct json version = json_get(object, STR("apiVersion"));
	bool        is_alpha = json_str_is(version, STR(ALPHA_GROUP_VERSION));

	if (!is_alpha && !json_str_is(version, STR(BETA_GROUP_VERSION)))
		return refuse(&c, STR("apiVersion is neither " ALPHA_GROUP_VERSION " nor " BETA_GROUP_VERSION));
	if (!check_parts(&c))
		return false;
	if (is_alpha == (to == API_ALPHA))
		c.as_it_is = true;
	else if (!(is_alpha ? go_up(&c) : go_down(&c)))
		return false;
	return written(&c, is_alpha ? STR(BETA_GROUP_VERSION) : STR(ALPHA_GROUP_VERSION));
}
