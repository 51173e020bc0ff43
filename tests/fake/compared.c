/* compared.c - what a write changes, in the versions of those who own fields. */
#include "tests/fake/managed_inner.h"
#include "tests/fake/versions.h"

int
managed_version(const struct resource *k, const struct tree *entry)
{
	struct str version = tree_str_at(entry, "apiVersion"), group = STR("");

	if (k->group.len > 0 && !(str_cut(&version, '/', &group) && str_eq(group, k->group)))
		return -1;
	return resource_version(k, version);
}

static void
compare(struct compared *c, const struct resource *k, int version, const struct tree *old,
    const struct tree *new)
{
	struct grain s = grain_root(k, version);

	fields_compare(old, new, &s, &c->changed[version], &c->removed[version]);
	fields_strip(c->changed[version]);
	fields_strip(c->removed[version]);
}

static bool
compare_in(struct compared *c, const struct resource *k, int version, const struct tree *old,
    const struct tree *new, const struct registry_write *w, struct reply *bad)
{
	struct tree *was = version_for_fields(k, old, w->version, version, w->consult, bad);
	struct tree *is = was == NULL ? NULL : version_for_fields(k, new, w->version, version, w->consult, bad);

	if (is != NULL)
		compare(c, k, version, was, is);
	tree_free(was);
	tree_free(is);
	return is != NULL;
}

bool
compared_make(struct compared *c, const struct resource *k, const struct tree *entries,
    const struct tree *mine, const struct tree *old, const struct tree *new, const struct registry_write *w,
    struct reply *bad)
{
	*c = (struct compared){ { NULL }, { NULL } };
	compare(c, k, w->version, old, new);
	TREE_EACH(e, entries) {
		int version = managed_version(k, e);

		if (e == mine || version < 0 || c->changed[version] != NULL || old == NULL || w->consult == NULL)
			continue;
		if (!compare_in(c, k, version, old, new, w, bad)) {
			compared_free(c);
			return false;
		}
	}
	return true;
}

void
compared_free(struct compared *c)
{
	for (int i = 0; i < RESOURCE_VERSIONS_MAX; i++) {
		tree_free(c->changed[i]);
		tree_free(c->removed[i]);
	}
}

void
compared_release(const struct compared *c, const struct resource *k, struct tree *entries,
    const struct tree *except, bool removed)
{
	for (struct tree *e = entries->first, *next; e != NULL; e = next) {
		struct tree *theirs = tree_get(e, STR("fieldsV1"));
		int          version = managed_version(k, e);

		next = e->next;
		if (theirs == NULL)
			continue;
		if (version < 0)
			tree_drop_child(entries, e);
		if (version < 0 || c->changed[version] == NULL)
			continue;
		if (e != except)
			fields_subtract(theirs, c->changed[version]);
		if (removed)
			fields_subtract(theirs, c->removed[version]);
		if (e != except && fields_none(theirs))
			tree_drop_child(entries, e);
	}
}
