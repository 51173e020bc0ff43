/*
 * controller_claim.c - claims and volumes: who provisions, binding, protection, release.
 *
 * The volume itself is made by a provisioner, here the node side: a
 * PersistentVolume whose claimRef names the claim.  That is then bound.
 */
#include "tests/fake/controller_inner.h"

static const struct registry_write by_us = { .manager = STR_INIT("kube-controller-manager") };

static const struct tree *
annotation(const struct tree *o, struct str key)
{
	return tree_get(tree_at(o, "metadata.annotations"), key);
}

static void
annotate(struct controllers *c, const struct tree *claim, struct str provisioner)
{
	struct tree *patch = tree_object(), *a = tree_want(patch, "metadata.annotations");

	tree_set(a, STR("volume.beta.kubernetes.io/storage-provisioner"), tree_text(provisioner));
	tree_set(a, STR("volume.kubernetes.io/storage-provisioner"), tree_text(provisioner));
	registry_merge(c->registry, c->claim, meta(claim, "namespace"), meta(claim, "name"), patch, &by_us);
}

/* A claim of a waiting class is told to its provisioner when a pod has chosen a node. */
static void
ask_provisioner(struct controllers *c, const struct tree *claim)
{
	const struct tree *class = registry_find(c->registry, c->storage_class, STR_NONE,
	    tree_str_at(claim, "spec.storageClassName"));
	bool waits = tree_str_is(class, "volumeBindingMode", STR("WaitForFirstConsumer"));

	if (class != NULL && annotation(claim, STR("volume.kubernetes.io/storage-provisioner")) == NULL &&
	    (!waits || annotation(claim, STR("volume.kubernetes.io/selected-node")) != NULL))
		annotate(c, claim, tree_str_at(class, "provisioner"));
}

static const struct tree *
volume_for(struct controllers *c, const struct tree *claim)
{
	const struct tree *found = NULL;
	struct list l;

	list_read(c, c->volume, STR_NONE, &l);
	for (int i = 0; i < l.count && found == NULL; i++)
		if (tree_str_is(l.at[i], "spec.claimRef.uid", meta(claim, "uid")))
			found = l.at[i];
	list_free(&l);
	return found;
}

static void
bind(struct controllers *c, const struct tree *claim, const struct tree *volume)
{
	struct str ns = meta(claim, "namespace"), name = meta(claim, "name"), of = meta(volume, "name");
	struct tree *patch = tree_object(), *a = tree_want(patch, "metadata.annotations"), *status = tree_object();

	if (!tree_str_is(volume, "status.phase", STR("Bound")))
		put_status(c, c->volume, volume, tree_of("{'phase':'Bound'}"), by_us.manager);
	volume = registry_find(c->registry, c->volume, STR_NONE, of);
	tree_set(a, STR("pv.kubernetes.io/bind-completed"), tree_text(STR("yes")));
	tree_set(a, STR("pv.kubernetes.io/bound-by-controller"), tree_text(STR("yes")));
	tree_set_str(patch, "spec.volumeName", meta(volume, "name"));
	registry_merge(c->registry, c->claim, ns, name, patch, &by_us);
	tree_set_str(status, "status.phase", STR("Bound"));
	tree_set_at(status, "status.accessModes", tree_copy(tree_at(volume, "spec.accessModes")));
	tree_set_at(status, "status.capacity", tree_copy(tree_at(volume, "spec.capacity")));
	registry_patch_status(c->registry, c->claim, ns, name, status, by_us.manager);
}

static bool
is_used(struct controllers *c, struct str ns, struct str claim)
{
	struct list l;
	bool used = false;

	list_read(c, c->pod, ns, &l);
	for (int i = 0; i < l.count; i++)
		TREE_EACH(v, is_finished(l.at[i]) ? NULL : tree_at(l.at[i], "spec.volumes"))
			used |= tree_str_is(v, "persistentVolumeClaim.claimName", claim);
	list_free(&l);
	return used;
}

static void
unprotect(struct controllers *c, const struct tree *claim)
{
	struct tree *patch = tree_object();
	struct tree *list = tree_set_at(patch, "metadata.finalizers", tree_array());

	TREE_EACH(f, tree_at(claim, "metadata.finalizers"))
		if (!str_eq(tree_str(f), STR("kubernetes.io/pvc-protection")))
			tree_push(list, tree_copy(f));
	registry_merge(c->registry, c->claim, meta(claim, "namespace"), meta(claim, "name"), patch, &by_us);
}

static bool
is_protected(const struct tree *claim)
{
	TREE_EACH(f, tree_at(claim, "metadata.finalizers"))
		if (str_eq(tree_str(f), STR("kubernetes.io/pvc-protection")))
			return true;
	return false;
}

void
claim_look(struct controllers *c, struct str ns, struct str name)
{
	const struct tree *claim = registry_find(c->registry, c->claim, ns, name), *volume;

	if (claim == NULL)
		return;
	if (is_deleting(claim)) {
		if (is_protected(claim) && !is_used(c, ns, name))
			unprotect(c, claim);
		return;
	}
	if (tree_str_is(claim, "status.phase", STR("Bound")))
		return;
	volume = volume_for(c, claim);
	if (volume != NULL)
		bind(c, claim, volume);
	else
		ask_provisioner(c, claim);
}

/* A volume whose claim is gone is released; its provisioner takes it away. */
void
volume_look(struct controllers *c, struct str ns, struct str name)
{
	const struct tree *volume = registry_find(c->registry, c->volume, ns, name), *claim;

	if (volume == NULL || tree_at(volume, "spec.claimRef") == NULL)
		return;
	claim = registry_find(c->registry, c->claim, tree_str_at(volume, "spec.claimRef.namespace"),
	    tree_str_at(volume, "spec.claimRef.name"));
	if (tree_str_is(claim, "metadata.uid", tree_str_at(volume, "spec.claimRef.uid")))
		return;
	if (!tree_str_is(volume, "status.phase", STR("Released")))
		put_status(c, c->volume, volume, tree_of("{'phase':'Released'}"), by_us.manager);
}
