/* node_side.c - the nodes themselves, what is watched, and who is told. */
#include "tests/fake/node_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/random.h"
#include "kernel/time_text.h"

#define OBJECTS_MAX 100000
#define BYTES_MAX   (1u << 30)

int64_t
node_wait(const struct node_side *n, int64_t ms)
{
	int64_t wait = ms / n->options.speed;

	return wait > 0 ? wait : 1;
}

int
node_number(const struct node_side *n, struct str name)
{
	uint64_t i;

	if (!str_starts(name, STR("node-")) || !str_u64(str_from(name, 5), &i) || i < 1 ||
	    i > (uint64_t)n->options.nodes)
		return 0;
	return (int)i;
}

static struct tree *
quantities(void)
{
	return tree_of("{'cpu':'1000','memory':'4Ti','ephemeral-storage':'20Ti','pods':'5000'}");
}

static struct tree *
node_condition(const char *type, const char *status, const char *reason, struct str now)
{
	struct tree *t = tree_object();

	tree_set_str(t, "type", str_of(type));
	tree_set_str(t, "status", str_of(status));
	tree_set_str(t, "reason", str_of(reason));
	tree_set_str(t, "message", STR("devcluster"));
	tree_set_str(t, "lastHeartbeatTime", now);
	tree_set_str(t, "lastTransitionTime", now);
	return t;
}

static void
node_status(struct node_side *n, const char *name, int number)
{
	struct tree *t = tree_object(), *list;
	char ip[32], now[40];
	struct out o = out_over(now, sizeof(now));

	time_print(&o, clock_wall_us());
	snprintf(ip, sizeof(ip), "%u.%u.1.%d", n->base.ip[0], n->base.ip[1], number);
	tree_set_at(t, "status.capacity", quantities());
	tree_set_at(t, "status.allocatable", quantities());
	list = tree_set_at(t, "status.addresses", tree_array());
	tree_set_str(tree_push(list, tree_of("{'type':'InternalIP'}")), "address", str_of(ip));
	tree_set_str(tree_push(list, tree_of("{'type':'Hostname'}")), "address", str_of(name));
	tree_set_at(t, "status.nodeInfo", tree_of("{'kubeletVersion':'v1.36.3','operatingSystem':'linux',"
	    "'architecture':'amd64','osImage':'devcluster','kernelVersion':'devcluster','bootID':'','machineID':'',"
	    "'systemUUID':'','kubeProxyVersion':'','containerRuntimeVersion':'devcluster://1'}"));
	list = tree_set_at(t, "status.conditions", tree_array());
	tree_push(list, node_condition("MemoryPressure", "False", "KubeletHasSufficientMemory", out_view(&o)));
	tree_push(list, node_condition("DiskPressure", "False", "KubeletHasNoDiskPressure", out_view(&o)));
	tree_push(list, node_condition("PIDPressure", "False", "KubeletHasSufficientPID", out_view(&o)));
	tree_push(list, node_condition("Ready", "True", "KubeletReady", out_view(&o)));
	node_write(n, VERB_MERGE, &kind_node, STR_NONE, str_of(name), "status", t, STR_NONE, NULL);
}

/* There or not before: its status is ours. */
static void
node_made(struct node_side *n, const struct write *w, const struct answer *a)
{
	if (a->ok || a->status == 409)
		node_status(n, w->name, node_number(n, str_of(w->name)));
}

static void
make_nodes(struct node_side *n)
{
	for (int i = 1; i <= n->options.nodes; i++) {
		struct tree *t = tree_of("{'apiVersion':'v1','kind':'Node'}"), *labels;
		char name[32];

		snprintf(name, sizeof(name), "node-%d", i);
		tree_set_str(t, "metadata.name", str_of(name));
		labels = tree_want(t, "metadata.labels");
		tree_set(labels, STR("kubernetes.io/hostname"), tree_text(str_of(name)));
		tree_set(labels, STR("kubernetes.io/os"), tree_text(STR("linux")));
		tree_set(labels, STR("kubernetes.io/arch"), tree_text(STR("amd64")));
		node_write(n, VERB_CREATE, &kind_node, STR_NONE, str_of(name), "", t, STR_NONE, node_made);
	}
}

static void
make_class(struct node_side *n, const char *name, const char *mode, bool first)
{
	struct tree *t = tree_of("{'apiVersion':'storage.k8s.io/v1','kind':'StorageClass',"
	    "'reclaimPolicy':'Delete'}");

	tree_set_str(t, "metadata.name", str_of(name));
	if (first)
		tree_set(tree_want(t, "metadata.annotations"), STR("storageclass.kubernetes.io/is-default-class"),
		    tree_text(STR("true")));
	tree_set_str(t, "provisioner", STR(NODE_PROVISIONER));
	tree_set_str(t, "volumeBindingMode", str_of(mode));
	node_write(n, VERB_CREATE, &kind_storageclass, STR_NONE, str_of(name), "", t, STR_NONE, NULL);
}

/* Everything: what runs here depends on all of an object. */
static void
keep(const struct object *o, struct arena *scratch, struct out *kept)
{
	(void)scratch;
	pack_str(kept, o->raw);
}

static void
changed(struct store *s, enum stored how, const struct record *r)
{
	struct node_side *n = s->owner;

	if (r->view == &n->views[NODE_PODS]) {
		if (how == STORED_GONE)
			pod_vanished(n, r->uid);
		else
			pod_seen(n, r);
	} else if (r->view == &n->views[NODE_CLAIMS] && how != STORED_GONE)
		volume_claim_seen(n, r);
	else if (r->view == &n->views[NODE_VOLUMES]) {
		if (how == STORED_GONE)
			volume_gone(n, r);
		else
			volume_seen(n, r);
	}
}

static void
watch(struct node_side *n)
{
	static const struct kind *const kinds[NODE_VIEWS] = {
		&kind_pod, &kind_persistentvolumeclaim, &kind_persistentvolume,
	};

	for (int i = 0; i < NODE_VIEWS; i++)
		n->views[i] = (struct view){ .kind = kinds[i], .keep = keep };
	store_init(&n->store, n->views, NODE_VIEWS, OBJECTS_MAX, BYTES_MAX);
	n->store.changed = changed;
	n->store.owner = n;
	/* Pods last: when they come, the claims are known. */
	for (int i = NODE_VIEWS - 1; i >= 0; i--) {
		n->reflectors[i].api = n->api;
		n->reflectors[i].store = &n->store;
		n->reflectors[i].view = &n->views[i];
		reflector_start(&n->reflectors[i]);
	}
}

static bool
read_cidr(struct node_side *n, const char **why)
{
	struct str rest = n->options.pod_cidr, ip;

	if (str_cut(&rest, '/', &ip) && addr_ip(ip, &n->base) && n->base.ip_len == 4 && str_eq(rest, STR("16")))
		return true;
	*why = "--pod-cidr must be an IPv4 network of 16 bits, as in 10.42.0.0/16";
	return false;
}

struct node_side *
node_open(const struct node_options *o, const char **why)
{
	struct node_side *n = calloc(1, sizeof(*n));

	n->options = *o;
	n->api = o->api;
	if (!read_cidr(n, why)) {
		free(n);
		return NULL;
	}
	n->ais = (struct ais_world){ .speed = o->speed, .seed = random_u64(), .moved = node_ais_moved };
	make_class(n, NODE_CLASS, "WaitForFirstConsumer", true);
	make_class(n, NODE_CLASS_NOW, "Immediate", false);
	make_nodes(n);
	watch(n);
	return n;
}

const struct ais_world *
node_ais(const struct node_side *n)
{
	return &n->ais;
}

void
node_close(struct node_side *n)
{
	n->closing = true;
	for (int i = 0; i < NODE_VIEWS; i++)
		reflector_stop(&n->reflectors[i]);
	while (n->pods != NULL) {
		struct pod *p = n->pods;

		n->pods = p->next;
		pod_free(p);
	}
	loop_timer_stop(&n->ais_timer);
	node_write_stop(n);
	ais_world_free(&n->ais);
	while (n->folders != NULL) {
		struct folder *f = n->folders;

		n->folders = f->next;
		ais_folder_wipe(&f->folder);
		free(f);
	}
	free(n);
}
