/* list.c - lists: selectors, pages, versions. */

#include "tests/fake/apiserver_inner.h"
#include "tests/fake/selector.h"

#define TOKEN_MAX 1200

static const char too_old[] =
    "The provided continue parameter is too old to display a consistent list result.";

struct page {
	uint64_t   version;              /* 0: now */
	bool       exact;                /* at that version and no other */
	struct str after_ns, after_name; /* begin behind this one */
	int64_t    limit;                /* 0: all */
	char       room[TOKEN_MAX];
};

/* A token is "VERSION/NS/NAME" in hexadecimal: opaque, and fit for a query as it is. */
static void
print_token(struct out *o, uint64_t version, const struct object *last)
{
	char       text[TOKEN_MAX / 2];
	struct out t = out_over(text, sizeof(text));

	out_u64(&t, version);
	OUT(&t, STR("/"), last->ns, STR("/"), last->name);
	out_hex(o, text, t.len);
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_token(struct str token, struct page *p)
{
	struct out o = out_over(p->room, sizeof(p->room));
	struct str rest, version;

	for (size_t i = 0; i + 1 < token.len; i += 2) {
		if (digit(token.at[i]) < 0 || digit(token.at[i + 1]) < 0)
			return false;
		out_char(&o, (char)(digit(token.at[i]) * 16 + digit(token.at[i + 1])));
	}
	rest = out_view(&o);
	p->exact = true;
	return out_ok(&o) && token.len % 2 == 0 && str_cut(&rest, '/', &version) && str_u64(version, &p->version) &&
	    str_cut(&rest, '/', &p->after_ns) && (p->after_name = rest).len > 0;
}

static struct reply
invalid_options(const char *field, const char *text)
{
	struct reply r = { 0 };

	reply_cause(&r, "FieldValueForbidden", field, "%s", text);
	reply_invalid(&r, &(struct resource){ .kind = STR("ListOptions"), .group = STR("meta.k8s.io") }, STR(""));
	return r;
}

struct reply
check_selectors(const struct asked *a)
{
	struct str labels = target_query(&a->target, "labelSelector"), bad;
	struct str fields = target_query(&a->target, "fieldSelector");

	if (!selector_parses(labels, &bad))
		return reply_bad(400, "BadRequest", "unable to parse requirement: \"" STR_FMT "\"", STR_ARG(bad));
	if (!selector_fields_parse(fields, a->k, &bad))
		return reply_bad(400, "BadRequest", selector_has_fields(a->k) ? "field label not supported: " STR_FMT
		    : "\"" STR_FMT "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
		    STR_ARG(bad));
	return (struct reply){ .code = 200 };
}

struct reply
too_new(const struct asked *a, uint64_t version)
{
	struct reply r = reply_bad(504, "Timeout", "Timeout: Too large resource version: %llu, current: %llu",
	    (unsigned long long)version, (unsigned long long)a->server->registry->version);

	reply_cause(&r, "ResourceVersionTooLarge", "", "Too large resource version");
	r.code = 504;
	r.retry_after_s = 1;
	return r;
}

struct reply
bad_version(struct str version)
{
	return reply_bad(400, "BadRequest", "invalid resource version: resourceVersion: Invalid value: \"" STR_FMT
	    "\": strconv.ParseUint: parsing \"" STR_FMT "\": invalid syntax", STR_ARG(version), STR_ARG(version));
}

static struct reply
read_page(const struct asked *a, struct page *p)
{
	struct str token = target_query(&a->target, "continue");
	struct str version = target_query(&a->target, "resourceVersion");
	struct str match = target_query(&a->target, "resourceVersionMatch");

	*p = (struct page){ .limit = target_int(&a->target, "limit", 0) };
	if (token.len > 0) {
		if (version.len > 0 && !str_eq(version, STR("0")))
			return reply_bad(400, "BadRequest", "specifying resource version is not allowed when using continue");
		if (match.len > 0)
			return invalid_options("resourceVersionMatch",
			    "Forbidden: resourceVersionMatch is forbidden for continue");
		return read_token(token, p) ? (struct reply){ .code = 200 }
		    : reply_bad(400, "BadRequest", "invalid continue token: continue key is not valid");
	}
	if (match.len > 0 && version.len == 0)
		return invalid_options("resourceVersionMatch",
		    "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
	if (target_has(&a->target, "sendInitialEvents"))
		return invalid_options("sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list");
	if (version.len > 0 && !str_u64(version, &p->version))
		return bad_version(version);
	if (p->version > a->server->registry->version)
		return too_new(a, p->version);
	p->exact = p->version > 0 && (str_eq(match, STR("Exact")) || (match.len == 0 && p->limit > 0));
	return (struct reply){ .code = 200 };
}

/* Items of typed lists go without kind and apiVersion. */
static void
add_item(const struct asked *a, struct tree *list, struct tree *items, const struct tree *object)
{
	struct tree *item;

	if (shown_as_table(a)) {
		columns_row(a, list, object);
		return;
	}
	item = tree_push(items, shown(a, object));
	if (a->k->crd == NULL && !tree_str_is(item, "kind", STR("PartialObjectMetadata"))) {
		tree_drop(item, STR("kind"));
		tree_drop(item, STR("apiVersion"));
	}
}

static struct tree *
begin_list(const struct asked *a)
{
	char         kind[128], version[160];
	struct out   k = out_over(kind, sizeof(kind)), v = out_over(version, sizeof(version));
	struct tree *list;

	if (shown_as_table(a))
		return columns_table(a, true);
	if (str_has(a->x->head.accept, STR("as=PartialObjectMetadata")))
		return tree_of("{'kind':'PartialObjectMetadataList','apiVersion':'meta.k8s.io/v1','metadata':{},"
		    "'items':[]}");
	list = tree_of("{'kind':'','apiVersion':'','metadata':{},'items':[]}");
	OUT(&k, a->k->kind, STR("List"));
	resource_api_version(a->k, a->version, &v);
	tree_set_str(list, "kind", out_view(&k));
	tree_set_str(list, "apiVersion", out_view(&v));
	return list;
}

static bool
is_wanted(const struct asked *a, const struct object *o, struct str labels, struct str fields)
{
	return (a->target.ns.len == 0 || str_eq(o->ns, a->target.ns)) &&
	    selector_matches(labels, tree_at(o->tree, "metadata.labels")) && selector_fields_match(fields, o->tree);
}

static bool
is_behind(const struct object *o, const struct page *p)
{
	int d = str_cmp(o->ns, p->after_ns);

	return p->after_name.len == 0 || d > 0 || (d == 0 && str_cmp(o->name, p->after_name) > 0);
}

static void
end_page(struct tree *list, const struct snapshot *s, const struct object *last, int left, bool filtered)
{
	char       token[TOKEN_MAX], version[24];
	struct out t = out_over(token, sizeof(token)), v = out_over(version, sizeof(version));

	out_u64(&v, s->version);
	tree_set_str(list, "metadata.resourceVersion", out_view(&v));
	if (left == 0)
		return;
	print_token(&t, s->version, last);
	tree_set_str(list, "metadata.continue", out_view(&t));
	if (!filtered)
		tree_set_int(list, "metadata.remainingItemCount", left);
}

static struct tree *
make_list(const struct asked *a, const struct snapshot *s, const struct page *p)
{
	struct str           labels = target_query(&a->target, "labelSelector");
	struct str           fields = target_query(&a->target, "fieldSelector");
	struct tree         *list = begin_list(a), *items = tree_get(list, STR("items"));
	const struct object *last = NULL;
	int64_t              count = 0;
	int                  left = 0;

	for (int i = 0; i < s->count; i++) {
		if (!is_behind(s->at[i], p) || !is_wanted(a, s->at[i], labels, fields))
			continue;
		if (p->limit > 0 && count >= p->limit) {
			left++;
			continue;
		}
		add_item(a, list, items, view_of(s->at[i], a->version));
		last = s->at[i];
		count++;
	}
	end_page(list, s, last, left, labels.len > 0 || fields.len > 0);
	if (a->k->crd != NULL && !shown_as_table(a)) {
		if (left == 0)
			tree_set_str(list, "metadata.continue", STR(""));
		tree_to_front(tree_get(list, STR("metadata")), STR("continue"));
		for (struct str keys = STR("metadata,kind,items,apiVersion"), key; str_cut(&keys, ',', &key);)
			tree_to_front(list, key);
	}
	return list;
}

/* Too old: with what it takes to go on, inconsistently. */
static void
expired(struct asked *a, const struct page *p)
{
	struct reply  bad = reply_bad(410, "Expired", "%s", p->after_name.len > 0 ? too_old
	    : "The resourceVersion for the provided list is too old.");
	struct tree  *status = reply_status(&bad);
	struct object last = { .ns = p->after_ns, .name = p->after_name };
	char          token[TOKEN_MAX];
	struct out    t = out_over(token, sizeof(token));

	if (p->after_name.len > 0) {
		print_token(&t, 0, &last);
		tree_set_str(status, "metadata.continue", out_view(&t));
	}
	asked_tree(a, 410, status, NULL);
}

void
list_run(struct asked *a)
{
	struct reply    bad = check_selectors(a);
	struct page     p;
	struct snapshot s;

	if (REPLY_OK(bad))
		bad = read_page(a, &p);
	if (!REPLY_OK(bad)) {
		asked_bad(a, bad);
		return;
	}
	if (!snapshot_take(a->server->registry, a->k, p.exact ? p.version : 0, &s)) {
		expired(a, &p);
		return;
	}
	if (all_views(a, &s))
		asked_tree(a, 200, make_list(a, &s, &p), NULL);
	snapshot_drop(&s);
}

void
list_delete(struct asked *a)
{
	struct reply    bad = check_selectors(a);
	struct page     all = { .limit = 0 };
	struct snapshot s;
	struct tree    *list;

	if (!REPLY_OK(bad)) {
		asked_bad(a, bad);
		return;
	}
	snapshot_take(a->server->registry, a->k, 0, &s);
	if (!all_views(a, &s)) {
		snapshot_drop(&s);
		return;
	}
	list = make_list(a, &s, &all);
	for (int i = 0; i < s.count; i++)
		if (is_wanted(a, s.at[i], target_query(&a->target, "labelSelector"),
		    target_query(&a->target, "fieldSelector")))
			registry_delete(a->server->registry, a->k, s.at[i]->ns, s.at[i]->name, &(struct registry_delete){ 0 });
	snapshot_drop(&s);
	asked_tree(a, 200, list, NULL);
}
