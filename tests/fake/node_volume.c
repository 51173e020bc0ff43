/*
 * node_volume.c - volumes: made for claims of our classes, and what stands on them.
 *
 * A folder is what one path on one volume holds.  Its key says how long it
 * lives: "pv/NAME" as the volume, "host/NODE/PATH" for ever, "pod/UID/NAME"
 * as its pod.
 */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tree *
object_of(const struct record *r)
{
	struct unpack u = unpack_over(r->kept);

	return tree_parse(unpack_str(&u), NULL);
}

static bool
is_ours(const struct tree *o, const char *key)
{
	return str_eq(tree_str(tree_get(tree_at(o, "metadata.annotations"), str_of(key))), STR(NODE_PROVISIONER));
}

static void
provision(struct node_side *n, const struct tree *claim)
{
	struct tree *t = tree_of("{'apiVersion':'v1','kind':'PersistentVolume','spec':{"
	    "'persistentVolumeReclaimPolicy':'Delete',"
	    "'claimRef':{'apiVersion':'v1','kind':'PersistentVolumeClaim'}}}");
	const struct tree *size = tree_at(claim, "spec.resources.requests.storage");
	char name[256], path[320];

	snprintf(name, sizeof(name), "pvc-" STR_FMT, STR_ARG(tree_str_at(claim, "metadata.uid")));
	snprintf(path, sizeof(path), "/devcluster/%s", name);
	tree_set_str(t, "metadata.name", str_of(name));
	tree_set(tree_want(t, "metadata.annotations"), STR("pv.kubernetes.io/provisioned-by"),
	    tree_text(STR(NODE_PROVISIONER)));
	tree_set_at(t, "spec.capacity.storage", size != NULL ? tree_copy(size) : tree_text(STR("1Gi")));
	tree_set_at(t, "spec.accessModes", tree_copy(tree_at(claim, "spec.accessModes")));
	tree_set_str(t, "spec.storageClassName", tree_str_at(claim, "spec.storageClassName"));
	tree_set_str(t, "spec.hostPath.path", str_of(path));
	tree_set_str(t, "spec.claimRef.namespace", tree_str_at(claim, "metadata.namespace"));
	tree_set_str(t, "spec.claimRef.name", tree_str_at(claim, "metadata.name"));
	tree_set_str(t, "spec.claimRef.uid", tree_str_at(claim, "metadata.uid"));
	node_write(n, VERB_CREATE, &kind_persistentvolume, STR_NONE, str_of(name), "", t, STR_NONE, NULL);
}

/* One is made where nobody else has made one; that it was made before is an answer of 409. */
void
volume_claim_seen(struct node_side *n, const struct record *r)
{
	struct tree *claim = object_of(r);

	if (tree_str_at(claim, "spec.volumeName").len > 0)
		pod_volumes_moved(n);
	else if (is_ours(claim, "volume.kubernetes.io/storage-provisioner") && !r->deleting)
		provision(n, claim);
	tree_free(claim);
}

void
volume_seen(struct node_side *n, const struct record *r)
{
	struct tree *v = object_of(r);

	if (is_ours(v, "pv.kubernetes.io/provisioned-by") && tree_str_is(v, "status.phase", STR("Released")) &&
	    !r->deleting)
		node_write(n, VERB_DELETE, &kind_persistentvolume, STR_NONE, r->name, "", NULL, STR_NONE, NULL);
	tree_free(v);
}

void
volume_gone(struct node_side *n, const struct record *r)
{
	char prefix[300];

	snprintf(prefix, sizeof(prefix), "pv/" STR_FMT "/", STR_ARG(r->name));
	volume_forget(n, str_of(prefix));
}

bool
volume_of_claim(struct node_side *n, struct str ns, struct str claim, char name[256])
{
	const struct record *r = store_find(&n->store, &n->views[NODE_CLAIMS], ns, claim);
	struct tree *t = r == NULL || r->absent ? NULL : object_of(r);
	bool bound = tree_str_is(t, "status.phase", STR("Bound"));

	snprintf(name, 256, STR_FMT, STR_ARG(tree_str_at(t, "spec.volumeName")));
	tree_free(t);
	return bound;
}

struct ais_folder *
volume_folder(struct node_side *n, struct str key)
{
	struct folder *f = n->folders;

	while (f != NULL && !str_eq(str_of(f->key), key))
		f = f->next;
	if (f == NULL) {
		f = calloc(1, sizeof(*f));
		snprintf(f->key, sizeof(f->key), STR_FMT, STR_ARG(key));
		f->next = n->folders;
		n->folders = f;
	}
	return &f->folder;
}

void
volume_forget(struct node_side *n, struct str prefix)
{
	struct folder **at = &n->folders;

	while (*at != NULL) {
		struct folder *f = *at;

		if (!str_starts(str_of(f->key), prefix)) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		ais_folder_wipe(&f->folder);
		free(f);
	}
}

/* "$(MY_POD)/x" with the container's environment. */
static void
expand(const struct container *c, struct str text, struct out *o)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t end = i;
		char   name[128];

		while (end < text.len && text.at[end] != ')')
			end++;
		if (text.at[i] != '$' || i + 1 >= text.len || text.at[i + 1] != '(' || end == text.len) {
			out_char(o, text.at[i]);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - i - 2), text.at + i + 2);
		out_str(o, pod_env(c->pod, c, name));
		i = end;
	}
}

struct ais_folder *
volume_mounted(const struct container *c, const struct tree *mount)
{
	const struct pod *p = c->pod;
	char key[1024], volume[256];
	struct out o = out_over(key, sizeof(key));

	TREE_EACH(v, tree_at(p->object, "spec.volumes")) {
		struct str claim = tree_str_at(v, "persistentVolumeClaim.claimName");

		if (!str_eq(tree_str_at(v, "name"), tree_str_at(mount, "name")))
			continue;
		if (claim.len > 0) {
			if (!volume_of_claim(p->side, str_of(p->ns), claim, volume))
				return NULL;
			OUT(&o, STR("pv/"), str_of(volume));
		} else if (tree_get(v, STR("hostPath")) != NULL)
			OUT(&o, STR("host/"), str_of(p->node), tree_str_at(v, "hostPath.path"));
		else
			OUT(&o, STR("pod/"), str_of(p->uid), STR("/"), tree_str_at(v, "name"));
		out_char(&o, '/');
		expand(c, tree_str_at(mount, "subPathExpr"), &o);
		out_str(&o, tree_str_at(mount, "subPath"));
		return out_ok(&o) ? volume_folder(p->side, out_view(&o)) : NULL;
	}
	return NULL;
}
