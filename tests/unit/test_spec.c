/* test_spec.c - what an AIStore asks for. */
#include "sample.h"

#include <stdio.h>

#include "test.h"

static void
the_smallest_cluster_is_understood(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("", "", "");
	EXPECT_TEXT(s->invalid, "");
	EXPECT_TEXT(s->unsupported, "");
	EXPECT_TEXT(s->node_image, "aisnode:v4.9");
	EXPECT_TEXT(s->init_image, "ais-init:v4.9");
	EXPECT_TEXT(s->state_prefix, "/etc/ais");
	EXPECT_TEXT(s->cluster_domain, "cluster.local");
	EXPECT_TEXT(s->dns_mode, "IP");
	CU_ASSERT_EQUAL(s->role[ROLE_PROXY].size, 1);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].size, 1);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].service_port, 51081);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].public_port, 51081);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].control_port, 51082);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].data_port, 51083);
	CU_ASSERT(!json_there(s->role[ROLE_PROXY].env));
	CU_ASSERT(!json_there(s->role[ROLE_PROXY].resources));
	CU_ASSERT_EQUAL_FATAL(s->mount_count, 1);
	EXPECT_TEXT(s->mounts[0].path, "/ais1");
	EXPECT_TEXT(s->mounts[0].size, "10Gi");
	EXPECT_TEXT(s->mounts[0].storage_class, "fast");
	EXPECT_TEXT(s->mounts[0].label, "disk1");
}

static void
a_roles_own_size_goes_before_that_of_the_cluster(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("'size':3", "", "'size':5");
	CU_ASSERT_EQUAL(s->role[ROLE_PROXY].size, 3);
	CU_ASSERT_EQUAL(s->role[ROLE_TARGET].size, 5);
	s = sample_spec("'size':null", "'size':2", "'size':4");
	EXPECT_TEXT(s->invalid, "");
	CU_ASSERT_EQUAL(s->role[ROLE_PROXY].size, 2);
}

static void
a_port_may_be_a_text(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("", "'portPublic':'8080'", "");
	EXPECT_TEXT(s->invalid, "");
	CU_ASSERT_EQUAL(s->role[ROLE_PROXY].public_port, 8080);
}

static void
the_size_of_a_volume_is_canonical_and_whole(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("", "", "'mounts':[{'path':'/a','size':'1.5Gi'},{'path':'/b','size':'5.8Ti'},"
	    "{'path':'/c','size':1073741824}]");
	EXPECT_TEXT(s->invalid, "");
	EXPECT_TEXT(s->mounts[0].size, "1536Mi");
	EXPECT_TEXT(s->mounts[0].storage_class, "");
	EXPECT_TEXT(s->mounts[1].size, "6377167441100");
	EXPECT_TEXT(s->mounts[2].size, "1073741824");
}

static void
the_older_host_path_counts_when_alone(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("'hostpathPrefix':'/old'", "", "");
	EXPECT_TEXT(s->state_prefix, "/etc/ais");
	s = sample_spec("'stateStorage':null,'hostpathPrefix':'/old'", "", "");
	EXPECT_TEXT(s->state_prefix, "/old");
	s = sample_spec("'stateStorage':null,'hostpathPrefix':'/old','stateStorageClass':'fast'", "", "");
	EXPECT_TEXT(s->unsupported, "spec.stateStorageClass");
	s = sample_spec("'stateStorageClass':'fast'", "", "");
	EXPECT_TEXT(s->unsupported, "");
}

static void
a_host_path_is_cleaned(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("'stateStorage':{'hostPath':{'prefix':'/var//lib/./ais/'}}", "", "");
	EXPECT_TEXT(s->state_prefix, "/var/lib/ais");
	s = sample_spec("'stateStorage':{'hostPath':{'prefix':'/'}}", "", "");
	EXPECT_TEXT(s->state_prefix, "/");
}

static void
what_is_left_at_its_default_is_no_wish(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("'shutdownCluster':false,'cleanupMetadata':false,'cleanupData':false,"
	    "'logsDir':'','apiMode':'','enableExternalLB':false,'imagePullSecrets':[],'configToUpdate':{},"
	    "'adminClient':{'enabled':false},"
	    "'priorityClassName':null,'clusterDomain':'','operatorSkipVerifyCrt':false",
	    "'annotations':{},'tolerations':[],'hostPort':0,'affinity':{},'nodeSelector':{},'env':[],'resources':{}",
	    "'pdb':{'enabled':false,'maxUnavailable':1},'hostNetwork':false,'disablePodAntiAffinity':false,"
	    "'scaleDownMode':'','mounts':[{'path':'/a','size':'1Gi','useHostPath':false,'selector':{}}]");
	EXPECT_TEXT(s->unsupported, "");
	EXPECT_TEXT(s->invalid, "");
	CU_ASSERT(!s->shutdown && !s->cleanup_data && !s->cleanup_metadata);
}

static void
every_other_wish_is_named_and_not_granted(void)
{
	static const struct {
		const char *cluster, *proxy, *target, *path;
	} cases[] = {
		{ "'size':-1", "", "", "spec.size" },
		{ "", "'size':-1", "", "spec.proxySpec.size" },
		{ "'logSidecar':{'image':'x'}", "", "", "spec.logSidecar" },
		{ "'stateStorage':{'pvc':{'storageClass':'x'}}", "", "", "spec.stateStorage.pvc" },
		{ "'stateStorage':{'emptyDir':{}}", "", "", "spec.stateStorage.emptyDir" },
		{ "'configToUpdate':{'net':{}}", "", "", "spec.configToUpdate.net" },
		{ "'hostnameMap':{}", "", "", "spec.hostnameMap" },
		{ "'tls':{}", "", "", "spec.tls" },
		{ "'auth':{'tokenExchange':{}}", "", "", "spec.auth" },
		{ "'shutdownCluster':true", "", "", "spec.shutdownCluster" },
		{ "'cleanupMetadata':true", "", "", "spec.cleanupMetadata" },
		{ "'cleanupData':true", "", "", "spec.cleanupData" },
		{ "'adminClient':{}", "", "", "spec.adminClient" },
		{ "'publicNetDNSMode':'Node'", "", "", "spec.publicNetDNSMode" },
		{ "'imagePullSecrets':[{'name':'x'}]", "", "", "spec.imagePullSecrets" },
		{ "'typo':1", "", "", "spec.typo" },
		{ "", "'externalAccess':{}", "", "spec.proxySpec.externalAccess" },
		{ "", "'securityContext':{}", "", "spec.proxySpec.securityContext" },
		{ "", "'hostPort':51080", "", "spec.proxySpec.hostPort" },
		{ "", "'mounts':[]", "", "spec.proxySpec.mounts" },
		{ "", "'resources':{'claims':[{'name':'x'}]}", "", "spec.proxySpec.resources.claims" },
		{ "", "", "'pdb':{'enabled':true}", "spec.targetSpec.pdb" },
		{ "", "", "'hostNetwork':true", "spec.targetSpec.hostNetwork" },
		{ "", "", "'scaleDownMode':'retain'", "spec.targetSpec.scaleDownMode" },
		{ "", "", "'mounts':[{'path':'/a','size':'1Gi','useHostPath':true}]",
		    "spec.targetSpec.mounts[0].useHostPath" },
		{ "", "", "'mounts':[{'path':'/a','size':'1Gi'},{'path':'/b','size':'1Gi','selector':"
		    "{'matchLabels':{'a':'b'}}}]", "spec.targetSpec.mounts[1].selector" },
		/* The first one in the order of the CRD, however it is written. */
		{ "'priorityClassName':'x','logsDir':'/logs'", "'hostPort':1", "", "spec.proxySpec.hostPort" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spec *s;

		sample_begin();
		s = sample_spec(cases[i].cluster, cases[i].proxy, cases[i].target);
		EXPECT_TEXT(s->unsupported, cases[i].path);
		EXPECT_TEXT(s->invalid, "");
	}
}

static void
what_is_wrong_is_said_in_one_sentence(void)
{
	static const struct {
		const char *cluster, *proxy, *target, *sentence;
	} cases[] = {
		{ "'nodeImage':null", "", "", "spec.nodeImage is missing: "
		    "name the image of aisnode, such as docker.io/aistorage/aisnode:v4.9" },
		{ "'initImage':''", "", "", "spec.initImage is \"\": a text is needed" },
		{ "'size':0", "", "", "spec.size is 0: the number of daemons of each role is at least 1" },
		{ "'size':null", "", "'size':3",
		    "spec.size is missing: the number of daemons of each role is at least 1" },
		{ "'size':'3'", "", "", "spec.size is \"3\": a whole number is needed" },
		{ "'size':1.5", "", "", "spec.size is 1.5: a whole number is needed" },
		{ "'size':10001", "", "", "spec.size is 10001: the number of daemons is from 1 to 10000" },
		{ "'size':-2", "", "", "spec.size is -2: the number of daemons is from 1 to 10000" },
		{ "", "'size':0", "", "spec.proxySpec.size is 0: "
		    "the number of daemons is at least 1; leave it out to use spec.size" },
		{ "'proxySpec':5", "", "", "spec.proxySpec is 5: an object is needed" },
		{ "'proxySpec':null", "", "", "spec.proxySpec is missing: give the ports of the proxies" },
		{ "'proxySpec':{}", "", "", "spec.proxySpec.servicePort is missing: a port is a number from 1 to 65535" },
		{ "", "'servicePort':70000", "",
		    "spec.proxySpec.servicePort is 70000: a port is a number from 1 to 65535" },
		{ "", "'portPublic':'http'", "",
		    "spec.proxySpec.portPublic is \"http\": a port is a number from 1 to 65535" },
		{ "", "", "'portIntraData':51082", "spec.targetSpec is an object: "
		    "servicePort, portIntraControl and portIntraData must differ" },
		{ "'stateStorage':null", "", "", "spec.stateStorage is missing: "
		    "say where daemons keep their state, such as hostPath: {prefix: /etc/ais}" },
		{ "'stateStorage':{}", "", "", "spec.stateStorage is an object: "
		    "exactly one of hostPath, pvc and emptyDir must be set" },
		{ "'stateStorage':{'hostPath':{}}", "", "", "spec.stateStorage.hostPath.prefix is missing: "
		    "name a directory on the host, such as /etc/ais" },
		{ "'stateStorage':{'hostPath':{'prefix':'etc'}}", "", "", "spec.stateStorage.hostPath.prefix is \"etc\": "
		    "the state's place on the host is an absolute path without \"..\", such as /etc/ais" },
		{ "'stateStorage':{'hostPath':{'prefix':'/a/../b'}}", "", "",
		    "spec.stateStorage.hostPath.prefix is \"/a/../b\": "
		    "the state's place on the host is an absolute path without \"..\", such as /etc/ais" },
		{ "'clusterDomain':'-x.y'", "", "", "spec.clusterDomain is \"-x.y\": "
		    "a DNS domain is needed, such as cluster.local" },
		{ "'publicNetDNSMode':'Host'", "", "", "spec.publicNetDNSMode is \"Host\": it is one of IP, Node and Pod" },
		{ "", "", "'mounts':null", "spec.targetSpec.mounts is missing: "
		    "a list of the targets' data mounts is needed" },
		{ "", "", "'mounts':[{'size':'1Gi'}]", "spec.targetSpec.mounts[0].path is missing: "
		    "a data mount has a path, such as /ais/disk1" },
		{ "", "", "'mounts':[{'path':'/a'}]", "spec.targetSpec.mounts[0].size is missing: "
		    "a volume claim has a size, such as 10Gi" },
		{ "", "", "'mounts':[{'path':'/a','size':'0'}]", "spec.targetSpec.mounts[0].size is \"0\": "
		    "a volume has at least one byte" },
		{ "", "", "'mounts':[{'path':'/a','size':'1 GB'}]", "spec.targetSpec.mounts[0].size is \"1 GB\": "
		    "a quantity is needed, such as 500m, 2 or 1.5Gi" },
		{ "", "", "'mounts':[{'path':'/a','size':'1Gi'},{'path':'/a','size':'1Gi'}]",
		    "spec.targetSpec.mounts[1].path is \"/a\": another mount has the same path" },
		{ "", "", "'mounts':[{'path':'/Data','size':'1Gi'}]", "spec.targetSpec.mounts[0].path is \"/Data\": "
		    "a data mount has an absolute path of lower-case letters, digits, - and /, "
		    "because its volume claim is named after it" },
		{ "", "", "'scaleDownMode':'fast'", "spec.targetSpec.scaleDownMode is \"fast\": "
		    "it is one of decommission, retain and safe_decommission" },
		{ "", "'resources':{'requests':{'cpu':'much'}}", "", "spec.proxySpec.resources.requests.cpu is \"much\": "
		    "a quantity is needed, such as 500m, 2 or 1.5Gi" },
		{ "", "'resources':{'limits':{'memory':'-1Gi'}}", "",
		    "spec.proxySpec.resources.limits.memory is \"-1Gi\": a resource is not negative" },
		{ "", "'env':{}", "", "spec.proxySpec.env is an object: a list is needed" },
		{ "", "'env':[{'value':'x'}]", "",
		    "spec.proxySpec.env[0].name is missing: each variable has a name" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sample_begin();
		EXPECT_TEXT(sample_spec(cases[i].cluster, cases[i].proxy, cases[i].target)->invalid, cases[i].sentence);
	}
}

static void
no_value_of_the_environment_is_repeated(void)
{
	sample_begin();
	EXPECT_TEXT(sample_spec("", "'env':[{'name':'PIN','value':48151623}]", "")->invalid,
	    "spec.proxySpec.env[0].value is not a text: put the value in quotes");
}

static void
a_long_wrong_value_is_cut_at_a_whole_character(void)
{
	struct str sentence;

	sample_begin();
	sentence = sample_spec("'publicNetDNSMode':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "\xc3\xa4 and more'", "", "")->invalid;
	EXPECT_TEXT(sentence,
	    "spec.publicNetDNSMode is \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aa...: it is one of IP, Node and Pod");
}

static void
there_is_a_limit_to_data_mounts(void)
{
	struct arena *a = sample_begin();
	struct out    o = out_in(a);
	char          text[8192];
	struct str    most;

	out_str(&o, STR("'mounts':["));
	for (int i = 0; i < SPEC_MOUNTS_MAX; i++) {
		OUT(&o, STR("{'size':'1Gi','path':'/d"));
		out_int(&o, i);
		OUT(&o, STR("'}"), i < SPEC_MOUNTS_MAX - 1 ? STR(",") : STR_NONE);
	}
	most = out_keep(&o, a);
	snprintf(text, sizeof(text), STR_FMT "]", STR_ARG(most));
	EXPECT_TEXT(sample_spec("", "", text)->invalid, "");
	snprintf(text, sizeof(text), STR_FMT ",{'size':'1Gi','path':'/more'}]", STR_ARG(most));
	EXPECT_TEXT(sample_spec("", "", text)->invalid,
	    "spec.targetSpec.mounts is a list: at most 64 data mounts are possible");
}

static void
what_is_no_object_asks_for_nothing(void)
{
	struct spec   *s;
	struct json    none = { NULL, -1 };
	struct arena  *a = sample_begin();

	s = ARENA_NEW(a, struct spec);
	spec_parse(none, STR("cluster.local"), a, s);
	EXPECT_TEXT(s->invalid, "spec is missing: an object is needed");
}

static void
a_null_is_as_good_as_absent(void)
{
	struct spec *s;

	sample_begin();
	s = sample_spec("'tls':null,'hostnameMap':null,'typo':null,'configToUpdate':{'net':null}",
	    "'externalAccess':null,'env':null", "'pdb':null");
	EXPECT_TEXT(s->unsupported, "");
	EXPECT_TEXT(s->invalid, "");
}

SUITE(test_spec,
    { "the smallest cluster is understood", the_smallest_cluster_is_understood },
    { "a role's own size goes before that of the cluster", a_roles_own_size_goes_before_that_of_the_cluster },
    { "a port may be a text", a_port_may_be_a_text },
    { "the size of a volume is canonical and whole", the_size_of_a_volume_is_canonical_and_whole },
    { "the older host path counts only without the newer", the_older_host_path_counts_when_alone },
    { "a host path is cleaned", a_host_path_is_cleaned },
    { "what is left at its default is no wish", what_is_left_at_its_default_is_no_wish },
    { "every other wish is named and not granted", every_other_wish_is_named_and_not_granted },
    { "what is wrong is said in one sentence", what_is_wrong_is_said_in_one_sentence },
    { "no value of the environment is repeated", no_value_of_the_environment_is_repeated },
    { "a long wrong value is cut at a whole character", a_long_wrong_value_is_cut_at_a_whole_character },
    { "there is a limit to data mounts", there_is_a_limit_to_data_mounts },
    { "what is no object asks for nothing", what_is_no_object_asks_for_nothing },
    { "a null is as good as absent", a_null_is_as_good_as_absent });
