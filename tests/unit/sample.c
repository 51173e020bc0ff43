/* sample.c - one AIStore and its objects. */
#include "sample.h"

#include "test.h"

static char         memory[32 << 20];
static struct arena arena;

struct arena *
sample_begin(void)
{
	arena_init(&arena, memory, sizeof(memory));
	return &arena;
}

struct arena *
sample_arena(void)
{
	return &arena;
}

struct str
sample_json(const char *quoted)
{
	struct out o = out_in(&arena);

	for (; *quoted != '\0'; quoted++)
		out_char(&o, *quoted == '\'' ? '"' : *quoted);
	return out_keep(&o, &arena);
}

struct str
sample_replace(struct str text, const char *from, const char *to)
{
	struct str  what = sample_json(from), with = sample_json(to);
	const char *at = memmem(text.at, text.len, what.at, what.len);

	CU_ASSERT_FATAL(at != NULL);
	return JOIN(&arena, str_upto(text, (size_t)(at - text.at)), with,
	    str_from(text, (size_t)(at - text.at) + what.len));
}

static struct str
more(const char *members)
{
	return members[0] == '\0' ? STR_NONE : JOIN(&arena, STR(","), sample_json(members));
}

struct str
sample_spec_text(const char *cluster, const char *proxy, const char *target)
{
	struct str base = sample_json("{'size':1,'nodeImage':'aisnode:v4.9','initImage':'ais-init:v4.9',"
	    "'stateStorage':{'hostPath':{'prefix':'/etc/ais'}},'publicNetDNSMode':'IP'");
	struct str of_proxies = sample_json("'proxySpec':{'servicePort':51080,'portPublic':51080,"
	    "'portIntraControl':51082,'portIntraData':51083");
	struct str of_targets = sample_json("'targetSpec':{'servicePort':51081,'portPublic':51081,"
	    "'portIntraControl':51082,'portIntraData':51083,'scaleDownMode':'safe_decommission',"
	    "'mounts':[{'path':'/ais1','size':'10Gi','storageClass':'fast','label':'disk1'}]");
	struct str added[3] = { more(cluster), more(proxy), more(target) };

	return JOIN(&arena, base, STR(","), of_proxies, added[1], STR("},"), of_targets, added[2], STR("}"),
	    added[0], STR("}"));
}

struct spec *
sample_spec(const char *cluster, const char *proxy, const char *target)
{
	struct json_doc *doc = ARENA_NEW(&arena, struct json_doc);
	struct spec     *s = ARENA_NEW(&arena, struct spec);

	CU_ASSERT_EQUAL_FATAL(json_parse_in(doc, sample_spec_text(cluster, proxy, target), &arena), JSON_OK);
	spec_parse(json_root(doc), STR("cluster.local"), &arena, s);
	CU_ASSERT_FATAL(arena_ok(&arena));
	return s;
}

struct want
sample_want(const struct spec *s)
{
	CU_ASSERT_EQUAL(s->invalid.len, 0);
	CU_ASSERT_EQUAL(s->unsupported.len, 0);
	return (struct want){ .cluster = { STR("ns"), STR("ais"), STR("uid-1") }, .spec = s,
		.replicas = { s->role[ROLE_PROXY].size, s->role[ROLE_TARGET].size } };
}

/* Live StatefulSets ------------------------------------------------------------*/

/* In <...> stands what differs between the two, or repeats. */
static const char *const live[] = {
	"{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{<note>'generation':1,'labels':<labels>,"
	"'name':'ais-<role>','namespace':'ns','ownerReferences':[{'apiVersion':'ais.nvidia.com/v1beta1',"
	"'blockOwnerDeletion':true,'controller':true,'kind':'AIStore','name':'ais','uid':'uid-1'}],"
	"'resourceVersion':'2908','uid':'uid-s'},",
	"'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain','whenScaled':'Retain'},"
	"'podManagementPolicy':'Parallel','replicas':1,'revisionHistoryLimit':10,'selector':<selector>,"
	"'serviceName':'ais-<role>','template':{"
	"'metadata':{'annotations':{'config.aistore.nvidia.com/restart-hash':''},'labels':<labels>},",
	"'spec':{'affinity':{'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':["
	"{'labelSelector':<selector>,'topologyKey':'kubernetes.io/hostname'}]}},"
	"'containers':[{'args':['-config=/var/ais_config/ais.json','-local_config=/var/ais_config/ais_local.json',"
	"'-role=<role>'<ntargets>],'command':['aisnode'],'env':[<fields>],"
	"'image':'aisnode:v4.9','imagePullPolicy':'Always',",
	"'livenessProbe':{'failureThreshold':10,'httpGet':{'path':'/v1/health','port':<port>,'scheme':'HTTP'},"
	"'initialDelaySeconds':60,'periodSeconds':5,'successThreshold':1,'timeoutSeconds':5},'name':'ais-node',"
	"'ports':[{'containerPort':<port>,'name':'http','protocol':'TCP'}],"
	"'readinessProbe':{'failureThreshold':5,<ready>},"
	"'resources':{'requests':{'ephemeral-storage':'656Mi'}},'securityContext':{"
	"'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']}},"
	"'startupProbe':{'failureThreshold':30,<ready>},<messages>,",
	"'volumeMounts':[{'mountPath':'/var/ais_config','name':'config-mount'},"
	"{'mountPath':'/var/log/ais','name':'logs-dir'<own>},{'mountPath':'/etc/ais','name':'state-mount'<own>}"
	"<mounts>]}],'dnsPolicy':'ClusterFirst','initContainers':[{'args':['-role=<role>',"
	"'-local_config_template=/var/ais_config_template/ais_local.json',"
	"'-output_local_config=/var/ais_config/ais_local.json',"
	"'-cluster_config_override=/var/global_config/ais.json','-output_cluster_config=/var/ais_config/ais.json'],",
	"'env':[{'name':'HOST_IPS','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'status.hostIPs'}}},"
	"{'name':'AIS_K8S_CLUSTER_DOMAIN','value':'cluster.local'},"
	"{'name':'ENABLE_EXTERNAL_ACCESS','value':'false'},{'name':'AIS_PUBLIC_DNS_MODE','value':'IP'},"
	"<fields>,{'name':'MY_SERVICE','value':'ais-<role>'}],'image':'ais-init:v4.9',"
	"'imagePullPolicy':'Always','name':'populate-env','resources':{'limits':{'cpu':'1','memory':'1Gi'},"
	"'requests':{'cpu':'1','ephemeral-storage':'48Mi','memory':'1Gi'}},",
	"'securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']},"
	"'readOnlyRootFilesystem':true},<messages>,"
	"'volumeMounts':[{'mountPath':'/var/ais_config_template','name':'config-template'},"
	"{'mountPath':'/var/ais_config','name':'config-mount'},"
	"{'mountPath':'/var/global_config','name':'config-global'}]}],'restartPolicy':'Always',"
	"'schedulerName':'default-scheduler',",
	"'securityContext':{'runAsNonRoot':false,'seccompProfile':{'type':'RuntimeDefault'}},"
	"'serviceAccount':'ais-sa','serviceAccountName':'ais-sa','terminationGracePeriodSeconds':30,"
	"'volumes':[{'configMap':{'defaultMode':420,'name':'ais-<role>'},'name':'config-template'},"
	"{'emptyDir':{},'name':'config-mount'},{'configMap':{'defaultMode':420,'name':'ais-global-cm'},"
	"'name':'config-global'},{'emptyDir':{},'name':'logs-dir'},"
	"{'hostPath':{'path':'/etc/ais/ns/ais/<role>','type':'DirectoryOrCreate'},'name':'state-mount'}]}},",
	"'updateStrategy':<strategy>},'status':{'availableReplicas':1,'collisionCount':0,'currentReplicas':1,"
	"'currentRevision':'ais-<role>-6974','observedGeneration':1,'readyReplicas':1,'replicas':1,"
	"'updateRevision':'ais-<role>-6974','updatedReplicas':1}}",
};

static const struct {
	const char *what, *in[ROLES];    /* of proxies, of targets; NULL: the same */
} parts[] = {
	{ "<note>", { "", "'annotations':{'config.aistore.nvidia.com/restart-hash':''}," } },
	{ "<labels>", { "{'app':'ais','app.kubernetes.io/component':'<role>',"
	    "'app.kubernetes.io/managed-by':'ais-operator','app.kubernetes.io/name':'ais','component':'<role>'}" } },
	{ "<selector>", {
	    "{'matchLabels':{'app.kubernetes.io/component':'<role>','app.kubernetes.io/name':'ais'}}" } },
	{ "<ntargets>", { ",'-ntargets=1'", "" } },
	{ "<fields>", {
	    "{'name':'MY_NODE','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'spec.nodeName'}}},"
	    "{'name':'MY_POD','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.name'}}},"
	    "{'name':'K8S_NS','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.namespace'}}}" } },
	{ "<ready>", { "'httpGet':{'path':'/v1/health?readiness=true','port':<port>,'scheme':'HTTP'},"
	    "'periodSeconds':5,'successThreshold':1,'timeoutSeconds':5" } },
	{ "<messages>", {
	    "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File'" } },
	{ "<own>", { "", ",'subPathExpr':'$(MY_POD)'" } },
	{ "<mounts>", { "", ",{'mountPath':'/ais1','name':'ais-ais1'}" } },
	{ "<strategy>", { "{'rollingUpdate':{'partition':0},'type':'RollingUpdate'}",
	    "{'type':'OnDelete'},'volumeClaimTemplates':[{'apiVersion':'v1','kind':'PersistentVolumeClaim',"
	    "'metadata':{'name':'ais-ais1'},'spec':{'accessModes':['ReadWriteOnce'],"
	    "'resources':{'requests':{'storage':'10Gi'}},'storageClassName':'fast','volumeMode':'Filesystem'},"
	    "'status':{'phase':'Pending'}}]" } },
	{ "<port>", { "51080", "51081" } },
	{ "<role>", { "proxy", "target" } },
};

struct str
sample_live_set(enum role r)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		text = JOIN(&arena, text, sample_json(live[i]));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		while (str_has(text, str_of(parts[i].what)))
			text = sample_replace(text, parts[i].what,
			    parts[i].in[1] == NULL ? parts[i].in[0] : parts[i].in[r]);
	return text;
}
