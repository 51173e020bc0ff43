/* cells.c - what kubectl shows of an object that is not simply one of its fields. */
#include "tests/fake/columns_inner.h"

static void
ratio(struct out *o, int64_t have, int64_t of)
{
	out_int(o, have);
	out_char(o, '/');
	out_int(o, of);
}

void
cell_age(const struct tree *object, struct out *o)
{
	columns_age(tree_at(object, "metadata.creationTimestamp"), o);
}

void
cell_data(const struct tree *object, struct out *o)
{
	const struct tree *data = tree_get(object, STR("data")), *binary = tree_get(object, STR("binaryData"));

	out_int(o, (data == NULL ? 0 : data->count) + (binary == NULL ? 0 : binary->count));
}

void
cell_pod_ready(const struct tree *object, struct out *o)
{
	const struct tree *containers = tree_at(object, "spec.containers");
	int                ready = 0;

	TREE_EACH(s, tree_at(object, "status.containerStatuses"))
		ready += tree_true_at(s, "ready");
	ratio(o, ready, containers == NULL ? 0 : containers->count);
}

void
cell_pod_restarts(const struct tree *object, struct out *o)
{
	int64_t n = 0;

	TREE_EACH(s, tree_at(object, "status.containerStatuses"))
		n += tree_int_at(s, "restartCount", 0);
	out_int(o, n);
}

/* "Init:0/1", "Init:CrashLoopBackOff"; false: they are done. */
static bool
init_status(const struct tree *pod, struct out *o)
{
	const struct tree *all = tree_at(pod, "spec.initContainers");
	int                done = 0;

	TREE_EACH(s, tree_at(pod, "status.initContainerStatuses")) {
		struct str reason = tree_str_at(s, "state.waiting.reason");

		if (tree_at(s, "state.terminated") != NULL && tree_int_at(s, "state.terminated.exitCode", 0) == 0) {
			done++;
			continue;
		}
		if (tree_at(s, "state.terminated") != NULL)
			reason = tree_str_at(s, "state.terminated.reason");
		out_str(o, STR("Init:"));
		if (reason.len > 0 && !str_eq(reason, STR("PodInitializing")))
			out_str(o, reason);
		else
			ratio(o, done, all == NULL ? 0 : all->count);
		return true;
	}
	return false;
}

void
cell_pod_status(const struct tree *object, struct out *o)
{
	struct str reason = tree_str_at(object, "status.reason");

	if (tree_at(object, "metadata.deletionTimestamp") != NULL) {
		out_str(o, STR("Terminating"));
		return;
	}
	if (init_status(object, o))
		return;
	if (reason.len == 0)
		reason = tree_str_at(object, "status.phase");
	TREE_EACH(s, tree_at(object, "status.containerStatuses")) {
		if (tree_str_at(s, "state.waiting.reason").len > 0)
			reason = tree_str_at(s, "state.waiting.reason");
		else if (tree_str_at(s, "state.terminated.reason").len > 0)
			reason = tree_str_at(s, "state.terminated.reason");
	}
	out_str(o, reason);
}

void
cell_set_ready(const struct tree *object, struct out *o)
{
	ratio(o, tree_int_at(object, "status.readyReplicas", 0), tree_int_at(object, "spec.replicas", 0));
}

void
cell_external(const struct tree *object, struct out *o)
{
	const struct tree *first = tree_item(tree_at(object, "status.loadBalancer.ingress"), 0);

	if (!tree_str_is(object, "spec.type", STR("LoadBalancer")))
		out_str(o, STR("<none>"));
	else if (first == NULL)
		out_str(o, STR("<pending>"));
	else
		out_str(o, tree_str_at(first, tree_get(first, STR("ip")) != NULL ? "ip" : "hostname"));
}

void
cell_ports(const struct tree *object, struct out *o)
{
	size_t before = o->len;

	TREE_EACH(p, tree_at(object, "spec.ports")) {
		if (o->len > before)
			out_char(o, ',');
		out_int(o, tree_int_at(p, "port", 0));
		if (tree_int_at(p, "nodePort", 0) > 0) {
			out_char(o, ':');
			out_int(o, tree_int_at(p, "nodePort", 0));
		}
		OUT(o, STR("/"), tree_str_at(p, "protocol"));
	}
	if (o->len == before)
		out_str(o, STR("<none>"));
}

void
cell_node_status(const struct tree *object, struct out *o)
{
	bool ready = false;

	TREE_EACH(c, tree_at(object, "status.conditions"))
		ready = ready || (tree_str_is(c, "type", STR("Ready")) && tree_str_is(c, "status", STR("True")));
	out_str(o, ready ? STR("Ready") : STR("NotReady"));
	if (tree_true_at(object, "spec.unschedulable"))
		out_str(o, STR(",SchedulingDisabled"));
}

void
cell_last_seen(const struct tree *object, struct out *o)
{
	static const char *const times[] = { "series.lastObservedTime", "lastTimestamp", "eventTime",
	    "metadata.creationTimestamp" };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (tree_str_at(object, times[i]).len > 0) {
			columns_age(tree_at(object, times[i]), o);
			return;
		}
}

void
cell_involved(const struct tree *object, struct out *o)
{
	bool       core = tree_get(object, STR("involvedObject")) != NULL;
	struct str kind = tree_str_at(object, core ? "involvedObject.kind" : "regarding.kind");

	for (size_t i = 0; i < kind.len; i++)
		out_char(o, kind.at[i] >= 'A' && kind.at[i] <= 'Z' ? (char)(kind.at[i] + 32) : kind.at[i]);
	OUT(o, STR("/"), tree_str_at(object, core ? "involvedObject.name" : "regarding.name"));
}

void
cell_message(const struct tree *object, struct out *o)
{
	struct str text = tree_str_at(object, "message");

	out_str(o, str_trim(text.len > 0 ? text : tree_str_at(object, "note")));
}

static void
of_containers(const struct tree *object, struct str key, struct out *o)
{
	size_t before = o->len;

	TREE_EACH(c, tree_at(object, "spec.template.spec.containers"))
		OUT(o, o->len > before ? STR(",") : STR(""), tree_str(tree_get(c, key)));
}

void
cell_containers(const struct tree *object, struct out *o)
{
	of_containers(object, STR("name"), o);
}

void
cell_images(const struct tree *object, struct out *o)
{
	of_containers(object, STR("image"), o);
}

void
cell_selector(const struct tree *object, struct out *o)
{
	size_t before = o->len;

	TREE_EACH(s, tree_at(object, "spec.selector"))
		OUT(o, o->len > before ? STR(",") : STR(""), s->key, STR("="), tree_str(s));
	if (o->len == before)
		out_str(o, STR("<none>"));
}
