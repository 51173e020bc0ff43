/*
 * bench_scan.c - what one event of a watch costs from its line to the store, in instructions: for callgrind.
 *
 *	valgrind --tool=callgrind --toggle-collect='one_event*' bench_scan [TIMES]
 *	valgrind --tool=callgrind --toggle-collect='one_skip*' bench_scan [TIMES]
 *
 * The totals by TIMES (1000) are what limits are set for.  The line is that of
 * a pod of a StatefulSet as kube-apiserver sends it: 10 KB, of which a third
 * is managedFields.  Every second event changes something that we keep.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ais/keep.h"
#include "k8s/watch_line.h"
#include "kernel/check.h"
#include "kernel/json.h"

#define LINE_MAX (16u << 10)

static const char *const variables[] = {
	"AIS_CONF_FILE", "AIS_LOCAL_CONF_FILE", "AIS_NODE_ROLE", "AIS_CLUSTER_CIDR", "AIS_PUBLIC_HOSTNAME",
	"ENABLE_EXTERNAL_ACCESS", "AIS_USE_HTTPS", "AIS_LOG_DIR", "TERMINATION_PERIOD", "AWS_REGION", "GOMEMLIMIT",
};
static const char *const mounts[] = { "/etc/ais", "/var/ais_config", "/var/log/ais", "/ais1" };
static const char *const conditions[] = {
	"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
};

/* JSON that can be read here: ' is written as ", and ` as \". */
static void
put(struct out *o, const char *text)
{
	for (; *text != '\0'; text++)
		out_str(o, *text == '\'' ? STR("\"") : *text == '`' ? STR("\\\"") : (struct str){ text, 1 });
}

static void
put_three(struct out *o, const char *a, const char *b, const char *c)
{
	put(o, a);
	put(o, b);
	put(o, c);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define EACH(o, list, before, behind) \
	for (size_t i = 0; i < COUNT(list); i++) \
		put_three((o), i == 0 ? before : "," before, (list)[i], behind)

#define STAMP "2026-11-22T10:01:07Z"
#define LEAF  "':{'.':{},'f:"

static void
put_managed_fields(struct out *o)
{
	put(o, "'managedFields':[{'manager':'kube-controller-manager','operation':'Update',"
	    "'apiVersion':'v1','time':'" STAMP "','fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{"
	    "'f:annotations':{'.':{},'f:prometheus.io/port':{},'f:prometheus.io/scrape':{}},"
	    "'f:generateName':{},'f:labels':{'.':{},'f:app.kubernetes.io/component':{},"
	    "'f:app.kubernetes.io/managed-by':{},'f:app.kubernetes.io/name':{},'f:controller-revision-hash':{},"
	    "'f:apps.kubernetes.io/pod-index':{},'f:statefulset.kubernetes.io/pod-name':{}},"
	    "'f:ownerReferences':{'.':{},'k:{`uid`:`e4d46067-5b40-46d6-9c90-2892039fd4ce`}':{}}},"
	    "'f:spec':{'f:affinity':{'.':{},'f:podAntiAffinity':{'.':{},"
	    "'f:requiredDuringSchedulingIgnoredDuringExecution':{}}},"
	    "'f:containers':{'k:{`name`:`ais-node`}':{'.':{},'f:env':{");
	EACH(o, variables, "'k:{`name`:`", "`}" LEAF "name':{},'f:value':{}}");
	put(o, "},'f:image':{},'f:imagePullPolicy':{},'f:name':{},'f:livenessProbe':{'.':{},"
	    "'f:failureThreshold':{},'f:httpGet':{'.':{},'f:path':{},'f:port':{},'f:scheme':{}},"
	    "'f:initialDelaySeconds':{},'f:periodSeconds':{},'f:successThreshold':{},'f:timeoutSeconds':{}},"
	    "'f:ports':{'.':{},'k:{`containerPort`:51081,`protocol`:`TCP`}':{'.':{},"
	    "'f:containerPort':{},'f:name':{},'f:protocol':{}}},'f:readinessProbe':{'.':{},"
	    "'f:httpGet':{'.':{},'f:path':{},'f:port':{}}},'f:resources':{},'f:securityContext':{'.':{},"
	    "'f:capabilities':{'.':{}}},'f:terminationMessagePath':{},'f:terminationMessagePolicy':{},"
	    "'f:volumeMounts':{");
	EACH(o, mounts, "'k:{`mountPath`:`", "`}" LEAF "mountPath':{},'f:name':{}}");
	put(o, "}}},'f:dnsPolicy':{},'f:enableServiceLinks':{},'f:hostname':{},'f:restartPolicy':{},"
	    "'f:schedulerName':{},'f:securityContext':{},'f:serviceAccount':{},'f:serviceAccountName':{},"
	    "'f:terminationGracePeriodSeconds':{}}}},{'manager':'kubelet','operation':'Update',"
	    "'apiVersion':'v1','time':'" STAMP "','fieldsType':'FieldsV1','fieldsV1':{'f:status':{"
	    "'f:conditions':{");
	EACH(o, conditions, "'k:{`type`:`",
	    "`}" LEAF "lastProbeTime':{},'f:lastTransitionTime':{},'f:status':{},'f:type':{}}");
	put(o, "},'f:containerStatuses':{},'f:hostIP':{},'f:initContainerStatuses':{},'f:phase':{},"
	    "'f:podIP':{},'f:podIPs':{'.':{},'k:{`ip`:`10.244.3.17`}':{'.':{},'f:ip':{}}},"
	    "'f:startTime':{}}},'subresource':'status'}]");
}

static void
put_metadata(struct out *o, uint64_t version)
{
	put(o, "'metadata':{'name':'ais-target-1','generateName':'ais-target-','namespace':'ais',"
	    "'uid':'6b279ca8-6de6-4d4b-bba6-ba2f7740b7cf','resourceVersion':'");
	out_u64(o, version);
	put(o, "','creationTimestamp':'" STAMP "','labels':{'app.kubernetes.io/component':'target',"
	    "'app.kubernetes.io/managed-by':'ais-operator','app.kubernetes.io/name':'ais',"
	    "'apps.kubernetes.io/pod-index':'1','controller-revision-hash':'ais-target-6c9f7d5b8c',"
	    "'statefulset.kubernetes.io/pod-name':'ais-target-1'},"
	    "'annotations':{'prometheus.io/port':'51081','prometheus.io/scrape':'true'},"
	    "'ownerReferences':[{'apiVersion':'apps/v1','kind':'StatefulSet','name':'ais-target',"
	    "'uid':'e4d46067-5b40-46d6-9c90-2892039fd4ce','controller':true,'blockOwnerDeletion':true}],");
	put_managed_fields(o);
	put(o, "},");
}

#define PROBE(path) \
	"{'httpGet':{'path':'" path "','port':'http','scheme':'HTTP'},'timeoutSeconds':5," \
	"'periodSeconds':5,'successThreshold':1,'failureThreshold':5}"
#define ENDING \
	"'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File'," \
	"'imagePullPolicy':'IfNotPresent'"

static void
put_mounts(struct out *o)
{
	put(o, "'volumeMounts':[");
	EACH(o, mounts, "{'name':'a-volume-of-ais','mountPath':'", "'}");
	put(o, ",{'name':'kube-api-access-x7k2p','readOnly':true,"
	    "'mountPath':'/var/run/secrets/kubernetes.io/serviceaccount'}]");
}

static void
put_spec(struct out *o)
{
	put(o, "'spec':{'volumes':[{'name':'ais-ais1','persistentVolumeClaim':{'claimName':"
	    "'ais-ais1-ais-target-1'}},{'name':'config-global','configMap':{'name':'ais-global-cm',"
	    "'defaultMode':420}},{'name':'state-mount','hostPath':{'path':'/etc/ais/ais/ais/target',"
	    "'type':'DirectoryOrCreate'}},{'name':'logs-dir','hostPath':{'path':'/var/log/ais',"
	    "'type':'DirectoryOrCreate'}},{'name':'kube-api-access-x7k2p','projected':{'sources':["
	    "{'serviceAccountToken':{'expirationSeconds':3607,'path':'token'}},{'configMap':{'name':"
	    "'kube-root-ca.crt','items':[{'key':'ca.crt','path':'ca.crt'}]}},{'downwardAPI':{'items':["
	    "{'path':'namespace','fieldRef':{'apiVersion':'v1','fieldPath':'metadata.namespace'}}]}}],"
	    "'defaultMode':420}}],'initContainers':[{'name':'populate-env','image':"
	    "'docker.io/aistorage/ais-init:v3.25','args':['-role=target',"
	    "'-local_config_template=/var/ais_config/ais_local.json',"
	    "'-output_local_config=/etc/ais/.ais_local.conf',"
	    "'-hostname_map_file=/var/ais_config/hostname_map.json'],'env':[{'name':'MY_NODE','valueFrom':{"
	    "'fieldRef':{'apiVersion':'v1','fieldPath':'spec.nodeName'}}}],'resources':{},");
	put_mounts(o);
	put(o, "," ENDING "}],'containers':[{'name':'ais-node','image':"
	    "'docker.io/aistorage/aisnode:v3.25','command':['aisnode'],'args':['-config=/var/ais_config/ais.json',"
	    "'-local_config=/etc/ais/.ais_local.conf','-role=target'],'ports':[{'name':'http',"
	    "'containerPort':51081,'protocol':'TCP'}],'env':[");
	EACH(o, variables, "{'name':'", "','value':'/etc/ais/value'}");
	put(o, "],'resources':{},");
	put_mounts(o);
	put(o, ",'livenessProbe':" PROBE("/v1/health") ",'readinessProbe':"
	    PROBE("/v1/health?readiness=true") "," ENDING ",'securityContext':{'capabilities':{'drop':['ALL']}}}],"
	    "'restartPolicy':'Always','terminationGracePeriodSeconds':630,'dnsPolicy':'ClusterFirst',"
	    "'serviceAccountName':'ais-sa','serviceAccount':'ais-sa','nodeName':'node-0001.example.internal',"
	    "'securityContext':{},'hostname':'ais-target-1','affinity':{'podAntiAffinity':{"
	    "'requiredDuringSchedulingIgnoredDuringExecution':[{'labelSelector':{'matchLabels':{"
	    "'app.kubernetes.io/component':'target','app.kubernetes.io/name':'ais'}},"
	    "'topologyKey':'kubernetes.io/hostname'}]}},'schedulerName':'default-scheduler','tolerations':["
	    "{'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute',"
	    "'tolerationSeconds':300},{'key':'node.kubernetes.io/unreachable','operator':'Exists',"
	    "'effect':'NoExecute','tolerationSeconds':300}],'priority':0,'enableServiceLinks':true,"
	    "'preemptionPolicy':'PreemptLowerPriority'},");
}

#define SHA "6f1c2a9d0b3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c"

static void
put_container(struct out *o, const char *name, const char *state, uint64_t restarts)
{
	put_three(o, "[{'name':'", name, "','state':");
	put_three(o, state, ",'lastState':{},'ready':true,", "'restartCount':");
	out_u64(o, restarts);
	put(o, ",'image':'docker.io/aistorage/aisnode:v3.25','imageID':"
	    "'docker.io/aistorage/aisnode@sha256:" SHA "','containerID':'containerd://" SHA "','started':true}]");
}

static void
put_status(struct out *o, uint64_t restarts)
{
	put(o, "'status':{'phase':'Running','conditions':[");
	EACH(o, conditions, "{'type':'",
	    "','status':'True','lastProbeTime':null,'lastTransitionTime':'" STAMP "'}");
	put(o, "],'hostIP':'172.18.0.1','hostIPs':[{'ip':'172.18.0.1'}],'podIP':'10.244.3.17',"
	    "'podIPs':[{'ip':'10.244.3.17'}],'startTime':'" STAMP "','initContainerStatuses':");
	put_container(o, "populate-env", "{'terminated':{'exitCode':0,'reason':'Completed',"
	    "'startedAt':'" STAMP "','finishedAt':'" STAMP "','containerID':'containerd://" SHA "'}}", 0);
	put(o, ",'containerStatuses':");
	put_container(o, "ais-node", "{'running':{'startedAt':'" STAMP "'}}", restarts);
	put(o, ",'qosClass':'BestEffort'}");
}

static struct str
make_line(char *buf, uint64_t version, uint64_t restarts)
{
	struct out o = out_over(buf, LINE_MAX);

	put(&o, "{'type':'MODIFIED','object':{'kind':'Pod','apiVersion':'v1',");
	put_metadata(&o, version);
	put_spec(&o);
	put_status(&o, restarts);
	put(&o, "}}");
	CHECK(out_ok(&o) && json_check(out_view(&o), NULL) == JSON_OK);
	return out_view(&o);
}

/* From the line to the record. */
static __attribute__((noinline)) enum stored
one_event(struct store *s, struct str line)
{
	struct watch_line w;

	watch_line_parse(line, &w);
	CHECK(w.event == WATCH_MODIFIED && w.named);
	return store_put_object(s, &watched_views[WATCHED_POD], &w.meta);
}

/* Over the whole line and nothing else: what can be reached. */
static __attribute__((noinline)) void
one_skip(struct str line)
{
	struct scan s = scan_obj(line);

	while (scan_next(&s))
		;
	CHECK(!s.broken);
}

static double
us_each(clock_t ticks, uint64_t times)
{
	return (double)ticks * 1e6 / CLOCKS_PER_SEC / (double)times;
}

int
main(int argc, char **argv)
{
	static char         first[LINE_MAX], second[LINE_MAX];
	static struct store store;
	struct str          lines[2] = { make_line(first, 1000, 1), make_line(second, 1000, 2) };
	uint64_t            times = 1000, changed = 0;
	clock_t             start, middle;

	if (argc > 1 && (!str_u64(str_of(argv[1]), &times) || times == 0))
		return EXIT_FAILURE;

	store_init(&store, watched_views, WATCHED_COUNT, 100, 1u << 20);
	start = clock();
	for (uint64_t i = 0; i < times; i++)
		changed += one_event(&store, lines[i / 2 % 2]) == STORED_CHANGED;
	middle = clock();
	for (uint64_t i = 0; i < times; i++)
		one_skip(lines[0]);
	printf("%" PRIu64 " events of %zu bytes, %" PRIu64 " changes: %.2f us each, %.2f us to step over one\n",
	    times, lines[0].len, changed,
	    us_each(middle - start, times), us_each(clock() - middle, times));
	return EXIT_SUCCESS;
}
