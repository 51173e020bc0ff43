/* defaults_pod.c - defaults of pods and of the templates of pods. */
#include "kernel/check.h"
#include "kernel/random.h"
#include "tests/fake/defaults.h"

#define NAME_MAX_BYTES 300

static void
http_get(struct tree *probe)
{
	if (tree_get(probe, STR("httpGet")) == NULL)
		return;
	defaults_set(probe, "httpGet.path", "'/'");
	defaults_set(probe, "httpGet.scheme", "'HTTP'");
}

static void
probe(struct tree *p)
{
	if (p == NULL)
		return;
	http_get(p);
	defaults_set(p, "timeoutSeconds", "1");
	defaults_set(p, "periodSeconds", "10");
	defaults_set(p, "successThreshold", "1");
	defaults_set(p, "failureThreshold", "3");
}

static void
amounts(struct tree *list)
{
	for (struct tree *c = list == NULL ? NULL : list->first, *next; c != NULL; c = next) {
		char       text[64], name[128];
		struct out o = out_over(text, sizeof(text)), n = out_over(name, sizeof(name));

		next = c->next;
		out_str(&n, c->key);
		if ((c->kind != TREE_TEXT && c->kind != TREE_NUMBER) || !quantity_canonical(c->text, &o))
			continue;
		tree_set(list, out_view(&n), tree_text(out_view(&o)));
	}
}

static void
resources(struct tree *container, bool of_pod)
{
	struct tree *r = tree_want(container, "resources");

	amounts(tree_get(r, STR("limits")));
	amounts(tree_get(r, STR("requests")));
	if (!of_pod)
		return;
	TREE_EACH(limit, tree_get(r, STR("limits"))) {
		struct tree *requests = tree_want(r, "requests");

		if (tree_get(requests, limit->key) == NULL)
			tree_set(requests, limit->key, tree_copy(limit));
	}
}

static bool
is_latest(struct str image)
{
	struct str after = image, part;

	if (str_has(image, STR("@")))
		return false;
	for (struct str rest = image; str_cut(&rest, '/', &part);)
		after = part;
	return !str_has(after, STR(":")) || str_ends(after, STR(":latest"));
}

static void
container(struct tree *c, bool of_pod)
{
	struct tree *life = tree_get(c, STR("lifecycle"));

	defaults_set(c, "terminationMessagePath", "'/dev/termination-log'");
	defaults_set(c, "terminationMessagePolicy", "'File'");
	defaults_set(c, "imagePullPolicy", is_latest(tree_str_at(c, "image")) ? "'Always'" : "'IfNotPresent'");
	resources(c, of_pod);
	probe(tree_get(c, STR("livenessProbe")));
	probe(tree_get(c, STR("readinessProbe")));
	probe(tree_get(c, STR("startupProbe")));
	http_get(tree_get(life, STR("preStop")));
	http_get(tree_get(life, STR("postStart")));
	TREE_EACH(port, tree_get(c, STR("ports")))
		defaults_set(port, "protocol", "'TCP'");
	TREE_EACH(env, tree_get(c, STR("env")))
		if (tree_at(env, "valueFrom.fieldRef") != NULL)
			defaults_set(env, "valueFrom.fieldRef.apiVersion", "'v1'");
}

static void
projected(struct tree *source)
{
	if (tree_get(source, STR("serviceAccountToken")) != NULL)
		defaults_set(source, "serviceAccountToken.expirationSeconds", "3600");
	TREE_EACH(item, tree_at(source, "downwardAPI.items"))
		if (tree_get(item, STR("fieldRef")) != NULL)
			defaults_set(item, "fieldRef.apiVersion", "'v1'");
}

static void
volume(struct tree *v)
{
	static const char *const with_mode[] = { "configMap", "secret", "projected", "downwardAPI" };

	for (size_t i = 0; i < sizeof(with_mode) / sizeof(with_mode[0]); i++) {
		struct tree *source = tree_get(v, str_of(with_mode[i]));

		if (source != NULL)
			defaults_set(source, "defaultMode", "420");
	}
	if (tree_get(v, STR("hostPath")) != NULL)
		defaults_set(v, "hostPath.type", "''");
	TREE_EACH(source, tree_at(v, "projected.sources"))
		projected(source);
	if (v->count == 1)
		defaults_set(v, "emptyDir", "{}");
}

void
defaults_pod_spec(struct tree *spec, bool of_pod)
{
	defaults_set(spec, "restartPolicy", "'Always'");
	defaults_set(spec, "terminationGracePeriodSeconds", "30");
	defaults_set(spec, "dnsPolicy", "'ClusterFirst'");
	defaults_set(spec, "securityContext", "{}");
	defaults_set(spec, "schedulerName", "'default-scheduler'");
	if (tree_get(spec, STR("serviceAccountName")) != NULL)
		tree_set_str(spec, "serviceAccount", tree_str_at(spec, "serviceAccountName"));
	if (of_pod)
		defaults_set(spec, "enableServiceLinks", "true");
	TREE_EACH(v, tree_get(spec, STR("volumes")))
		volume(v);
	TREE_EACH(c, tree_get(spec, STR("initContainers")))
		container(c, of_pod);
	TREE_EACH(c, tree_get(spec, STR("containers")))
		container(c, of_pod);
}

static void
tolerate(struct tree *spec, struct str key)
{
	struct tree *list = tree_get(spec, STR("tolerations")), *t;

	TREE_EACH(have, list) {
		struct str k = tree_str_at(have, "key"), effect = tree_str_at(have, "effect");

		if ((str_eq(k, key) || k.len == 0) && (effect.len == 0 || str_eq(effect, STR("NoExecute"))))
			return;
	}
	if (list == NULL)
		list = tree_set(spec, STR("tolerations"), tree_array());
	t = tree_push(list, tree_of("{'key':'','operator':'Exists','effect':'NoExecute','tolerationSeconds':300}"));
	tree_set_str(t, "key", key);
}

/* The token of the ServiceAccount, as admission mounts it. */
static void
mount_token(struct tree *spec)
{
	static const char digits[] = "bcdfghjklmnpqrstvwxz2456789";
	static const struct str path = STR_INIT("/var/run/secrets/kubernetes.io/serviceaccount");
	char              name[32] = "kube-api-access-";
	struct tree      *volumes = tree_get(spec, STR("volumes")), *v;

	TREE_EACH(c, tree_get(spec, STR("containers")))
		TREE_EACH(m, tree_get(c, STR("volumeMounts")))
			if (tree_str_is(m, "mountPath", path))
				return;
	for (size_t i = 0; i < 5; i++)
		name[16 + i] = digits[random_u64() % (sizeof(digits) - 1)];
	if (volumes == NULL)
		volumes = tree_set(spec, STR("volumes"), tree_array());
	v = tree_push(volumes, tree_of("{'name':'','projected':{'sources':["
	    "{'serviceAccountToken':{'expirationSeconds':3607,'path':'token'}},"
	    "{'configMap':{'name':'kube-root-ca.crt','items':[{'key':'ca.crt','path':'ca.crt'}]}},"
	    "{'downwardAPI':{'items':[{'path':'namespace','fieldRef':{'apiVersion':'v1',"
	    "'fieldPath':'metadata.namespace'}}]}}],'defaultMode':420}}"));
	tree_set_str(v, "name", str_of(name));
	for (int init = 0; init < 2; init++)
		TREE_EACH(c, tree_get(spec, init ? STR("initContainers") : STR("containers"))) {
			struct tree *mounts = tree_get(c, STR("volumeMounts")), *m;

			if (mounts == NULL)
				mounts = tree_set(c, STR("volumeMounts"), tree_array());
			m = tree_push(mounts, tree_of("{'name':'','readOnly':true,'mountPath':''}"));
			tree_set_str(m, "name", str_of(name));
			tree_set_str(m, "mountPath", path);
		}
}

/* Guaranteed: cpu and memory limited, and requested alike, everywhere. BestEffort: nothing said. */
static const char *
quality(const struct tree *spec)
{
	bool any = false, all = true;

	for (int init = 0; init < 2; init++)
		TREE_EACH(c, tree_get(spec, init ? STR("initContainers") : STR("containers")))
			for (int memory = 0; memory < 2; memory++) {
				struct str         what = memory ? STR("memory") : STR("cpu");
				const struct tree *limit = tree_get(tree_at(c, "resources.limits"), what);
				const struct tree *request = tree_get(tree_at(c, "resources.requests"), what);

				any = any || limit != NULL || request != NULL;
				all = all && limit != NULL && request != NULL && str_eq(limit->text, request->text);
			}
	return !any ? "'BestEffort'" : all ? "'Guaranteed'" : "'Burstable'";
}

void
defaults_pod_admit(struct registry *r, struct str ns, struct tree *pod)
{
	struct tree       *spec = tree_want(pod, "spec");
	const struct tree *account;

	defaults_set(spec, "serviceAccountName", "'default'");
	tree_set_str(spec, "serviceAccount", tree_str_at(spec, "serviceAccountName"));
	account = registry_find(r, registry_resource(r, STR(""), STR("serviceaccounts")), ns,
	    tree_str_at(spec, "serviceAccountName"));
	if (tree_get(spec, STR("automountServiceAccountToken")) != NULL
	    ? tree_true_at(spec, "automountServiceAccountToken")
	    : tree_at(account, "automountServiceAccountToken") == NULL
	    || tree_true_at(account, "automountServiceAccountToken"))
		mount_token(spec);
	if (tree_get(spec, STR("imagePullSecrets")) == NULL && tree_get(account, STR("imagePullSecrets")) != NULL)
		tree_set(spec, STR("imagePullSecrets"), tree_copy(tree_get(account, STR("imagePullSecrets"))));
	tolerate(spec, STR("node.kubernetes.io/not-ready"));
	tolerate(spec, STR("node.kubernetes.io/unreachable"));
	defaults_set(spec, "priority", "0");
	defaults_set(spec, "preemptionPolicy", "'PreemptLowerPriority'");
	tree_drop(pod, STR("status"));
	defaults_set(pod, "status.phase", "'Pending'");
	defaults_set(pod, "status.qosClass", quality(spec));
}
