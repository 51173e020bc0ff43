/* test_convert.c - both versions of an AIStore say the same. */
#include "versions.h"

#define C5 beta_with(",'stateStorage':{'pvc':{'storageClass':'fast'}},'tls':{'secretName':'t'}", \
	",'size':1,'hostPort':51080", ",'size':3,'mounts':[{'path':'/a','useHostPath':true}]")

/* The examples of the map --------------------------------------------------*/

static void
the_resource_of_2021_is_understood(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with("", "");
	beta = up(0, alpha);
	AT(beta, "apiVersion", "'ais.nvidia.com/v1beta1'");
	AT(beta, "spec.size", "1");
	AT(beta, "spec.stateStorage", "{'hostPath':{'prefix':'/etc/ais'}}");
	AT(beta, "spec.hostpathPrefix", "");
	AT(beta, "spec.enableExternalLB", "");
	AT(beta, "spec.targetSpec.nodiskio", "");
	RIDES(beta, ALPHA_RIDES, "{'spec':{'targetSpec':{'nodiskio':{'dryobjsize':'8M','enabled':false}}}}");
	CU_ASSERT(same(down(1, beta), alpha));
	AT(down(1, beta), "metadata.annotations", "");
}

static void
what_alpha_says_in_another_way_has_the_same_meaning(void)
{
	struct str beta;

	sample_begin();
	beta = up(0, alpha_with(",'cleanupData':true,'disablePodAntiAffinity':true,'enableExternalLB':true",
	    ",'capabilities':{'privileged':true}"));
	AT(beta, "spec.cleanupMetadata", "true");
	AT(beta, "spec.cleanupData", "true");
	AT(beta, "spec.targetSpec.disablePodAntiAffinity", "true");
	AT(beta, "spec.disablePodAntiAffinity", "");
	AT(beta, "spec.enableExternalLB", "true");
	AT(beta, "spec.targetSpec.aisContainerSecurityContext", "{'privileged':true}");
	AT(beta, "spec.targetSpec.capabilities", "");
}

static void
what_beta_alone_can_say_rides(void)
{
	struct str beta, alpha;

	sample_begin();
	beta = C5;
	alpha = down(0, beta);
	AT(alpha, "spec.size", "3");
	AT(alpha, "spec.hostpathPrefix", "''");
	AT(alpha, "spec.enableExternalLB", "false");
	AT(alpha, "spec.targetSpec.nodiskio", "{'dryobjsize':'0','enabled':false}");
	AT(alpha, "spec.targetSpec.mounts", "[{'path':'/a','size':'0'}]");
	AT(alpha, "spec.tls", "");
	RIDES(alpha, BETA_RIDES, "{'spec':{'proxySpec':{'hostPort':51080},'tls':{'secretName':'t'}},"
	    "'together':{'spec.hostpathPrefix':null,'spec.proxySpec.size':1,'spec.size':null,"
	    "'spec.stateStorage':{'pvc':{'storageClass':'fast'}},"
	    "'spec.targetSpec.mounts':{'/a':{'size':null,'useHostPath':true}},'spec.targetSpec.size':3},"
	    "'was':{'together':{'spec.hostpathPrefix':'','spec.size':3,"
	    "'spec.targetSpec.mounts':{'/a':{'size':'0'}}}}}");
	CU_ASSERT(same(up(1, alpha), beta));
}

static void
an_edit_of_alpha_keeps_what_only_beta_can_say(void)
{
	struct str alpha;

	sample_begin();
	alpha = sample_replace(down(0, C5), "aisnode:v4.9", "aisnode:v5.0");
	CU_ASSERT(same(up(1, alpha), sample_replace(C5, "aisnode:v4.9", "aisnode:v5.0")));
}

static void
without_the_rider_beta_is_made_anew(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with("", "");
	beta = up(0, sample_replace(alpha, "/etc/ais", ""));
	AT(beta, "spec.stateStorage", "");
	AT(beta, "spec.hostpathPrefix", "''");
	AT(beta, "spec.proxySpec.size", "");
}

static void
the_size_that_alpha_shows_is_what_it_changes(void)
{
	static const struct {
		const char *spec, *proxies, *targets, *shown, *to, *all, *of_proxies, *of_targets;
	} cases[] = {
		{ "", ",'size':1", ",'size':3", "3", "4", "", "1", "4" },
		{ ",'size':2", "", ",'size':3", "3", "4", "2", "", "4" },
		{ ",'size':2", ",'size':1", "", "2", "4", "4", "1", "" },
		{ ",'size':2", "", "", "2", "4", "4", "", "" },
		{ ",'size':-1", ",'size':1", ",'size':3", "-1", "4", "4", "1", "4" },
		{ ",'size':2", ",'size':1", ",'size':3", "3", "-1", "-1", "1", "3" },
		{ ",'size':2", ",'size':2", ",'size':2", "2", "4", "2", "2", "4" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node *object;
		struct str   beta;

		sample_begin();
		beta = down(0, beta_with(cases[i].spec, cases[i].proxies, cases[i].targets));
		AT(beta, "spec.size", cases[i].shown);
		object = tree(beta);
		node_put(object, STR("spec.size"), node_made(sample_arena(), str_of(cases[i].to)));
		beta = up(2, printed(object));
		AT(beta, "spec.size", cases[i].all);
		AT(beta, "spec.proxySpec.size", cases[i].of_proxies);
		AT(beta, "spec.targetSpec.size", cases[i].of_targets);
		AT(down(3, beta), "spec.size", cases[i].to);
	}
}

static void
a_data_mount_is_known_by_its_path(void)
{
	struct str beta, alpha;

	sample_begin();
	beta = beta_with(",'size':1", "", ",'mounts':[{'path':'/a','size':'1Gi','label':'x'},"
	    "{'path':'/b','size':'2Gi','label':'y'}]");
	alpha = sample_replace(down(0, beta), "[{'path':'/a','size':'1Gi'},", "[{'path':'/c','size':'3Gi'},");
	AT(up(1, alpha), "spec.targetSpec.mounts",
	    "[{'path':'/c','size':'3Gi'},{'label':'y','path':'/b','size':'2Gi'}]");
	/* Paths that say nothing apart: the list is one value. */
	beta = beta_with(",'size':1", "", ",'mounts':[{'path':'/a','label':'x'},{'path':'/a','label':'y'}]");
	CU_ASSERT(same(up(1, down(0, beta)), beta));
}

static void
which_of_two_fields_was_used_is_kept(void)
{
	struct str beta;

	sample_begin();
	beta = beta_with(",'size':1,'hostpathPrefix':'/x'", ",'capabilities':{'privileged':true}", "");
	AT(down(0, beta), "spec.hostpathPrefix", "'/x'");
	AT(down(0, beta), "spec.proxySpec.capabilities", "{'privileged':true}");
	CU_ASSERT(same(up(1, down(0, beta)), beta));
	/* An edit goes to the newer one, and the older one does not stay behind. */
	beta = up(1, sample_replace(down(0, beta), "'/x'", "'/y'"));
	AT(beta, "spec.stateStorage", "{'hostPath':{'prefix':'/y'}}");
	AT(beta, "spec.hostpathPrefix", "");
	AT(beta, "spec.proxySpec.capabilities", "{'privileged':true}");
	/* An empty class is none. */
	beta = beta_with(",'size':1,'hostpathPrefix':'/x','stateStorageClass':''", "", "");
	AT(down(0, beta), "spec.hostpathPrefix", "'/x'");
	beta = beta_with(",'size':1,'hostpathPrefix':'/x','stateStorageClass':'c'", "", "");
	AT(down(0, beta), "spec.hostpathPrefix", "''");
	/* What alpha removes does not come back from behind. */
	beta = beta_with(",'size':1", ",'capabilities':{'runAsUser':1},"
	    "'aisContainerSecurityContext':{'runAsUser':2}", "");
	beta = up(1, sample_replace(down(0, beta), "'capabilities':{'runAsUser':2},", ""));
	AT(beta, "spec.proxySpec.capabilities", "");
	AT(beta, "spec.proxySpec.aisContainerSecurityContext", "");
}

static void
to_clean_up_is_asked_for_or_it_is_not(void)
{
	struct str beta;

	sample_begin();
	beta = beta_with(",'size':1,'cleanupMetadata':true", "", "");
	AT(down(0, beta), "spec.cleanupData", "");
	CU_ASSERT(same(up(1, down(0, beta)), beta));
	/* Alpha says no: then nothing of it stays. */
	beta = up(1, sample_replace(down(0, beta), "'spec':{", "'spec':{'cleanupData':false,"));
	AT(beta, "spec.cleanupData", "false");
	AT(beta, "spec.cleanupMetadata", "");
}

static void
only_annotations_change_around_spec_and_status(void)
{
	struct str alpha;

	sample_begin();
	alpha = sample_replace(alpha_with("", ""), "'uid':'u'",
	    "'uid':'u','annotations':{'a<b':'c','conversion.ais.nvidia.com/v1alpha1':'{}'},'labels':{'d':'e'},"
	    "'managedFields':[{'manager':'m'}]");
	AT(up(0, alpha), "metadata.labels", "{'d':'e'}");
	AT(up(0, alpha), "metadata.managedFields", "[{'manager':'m'}]");
	AT(up(0, alpha), "metadata.annotations", "{'a<b':'c','conversion.ais.nvidia.com/v1alpha1':"
	    "'{\\\"spec\\\":{\\\"targetSpec\\\":"
	    "{\\\"nodiskio\\\":{\\\"dryobjsize\\\":\\\"8M\\\",\\\"enabled\\\":false}}}}'}");
	AT(down(1, up(0, alpha)), "metadata.annotations", "{'a<b':'c'}");
}

static void
status_goes_along(void)
{
	struct str beta, alpha;

	sample_begin();
	beta = sample_replace(beta_with(",'size':1", "", ""), "'spec':{",
	    "'status':{'state':'Ready','conditions':[],"
	    "'clusterID':'x','intraClusterURL':'http://y'},'spec':{");
	alpha = down(0, beta);
	AT(alpha, "status", "{'conditions':[],'state':'Ready'}");
	CU_ASSERT(same(up(1, alpha), beta));
	alpha = sample_replace(alpha_with("", ""), "'spec':{",
	    "'status':{'state':'Failed','conditions':[],'consecutive_error_count':3},'spec':{");
	AT(up(0, alpha), "status", "{'conditions':[],'state':'Failed'}");
	CU_ASSERT(same(down(1, up(0, alpha)), alpha));
}

static void
an_object_in_the_wanted_version_stays_as_it_is(void)
{
	struct str alpha;

	sample_begin();
	alpha = alpha_with("", "");
	CU_ASSERT(str_eq(down(0, alpha), alpha));
	alpha = sample_json("{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStore'}");
	EXPECT_TEXT(up(0, alpha), "{\"apiVersion\":\"ais.nvidia.com/v1beta1\",\"kind\":\"AIStore\"}");
}

static void
what_cannot_be_converted_is_a_sentence(void)
{
	static const struct { const char *object, *why; } cases[] = {
		{ "[]", "apiVersion is neither ais.nvidia.com/v1alpha1 nor ais.nvidia.com/v1beta1" },
		{ "{'apiVersion':'v1','kind':'Pod'}",
		    "apiVersion is neither ais.nvidia.com/v1alpha1 nor ais.nvidia.com/v1beta1" },
		{ "{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStoreList'}", "only an AIStore can be converted" },
		{ "{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStore','spec':[]}", "spec is not an object" },
		{ "{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStore','metadata':1}", "metadata is not an object" },
		{ "{'apiVersion':'ais.nvidia.com/v1alpha1','kind':'AIStore','metadata':{'annotations':"
		    "{'conversion.ais.nvidia.com/v1beta1':'x'}}}",
		    "the annotation conversion.ais.nvidia.com/v1beta1 is not as it was read: put it back, "
		    "or remove it and lose what only v1beta1 can say" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sample_begin();
		EXPECT_TEXT(up(0, sample_json(cases[i].object)), cases[i].why);
	}
}

static void
a_stored_rider_that_cannot_be_read_hides_nothing(void)
{
	static const char *const values[] = { "'x'", "'[]'", "7", "'{\\\"spec\\\":5,\\\"was\\\":[]}'" };

	for (size_t i = 0; i < 4; i++) {
		struct str beta;

		sample_begin();
		beta = sample_replace(beta_with(",'size':1", "", ""), "'uid':'u'",
		    "'uid':'u','annotations':{'conversion.ais.nvidia.com/v1alpha1':0}");
		beta = sample_replace(beta, "v1alpha1':0", "v1alpha1':X");
		beta = sample_replace(beta, "X", values[i]);
		AT(down(0, beta), "spec.size", "1");
		CU_ASSERT(same(up(1, down(0, beta)), beta));
	}
}

static struct str
put_in(struct str text, const char *from, struct str to)
{
	const char *found = memmem(text.at, text.len, from, strlen(from));

	CU_ASSERT_FATAL(found != NULL);
	return JOIN(sample_arena(), str_upto(text, (size_t)(found - text.at)), to,
	    str_from(text, (size_t)(found - text.at) + strlen(from)));
}

static void
what_is_too_much_for_an_annotation_can_be_read_but_not_written_back(void)
{
	static char text[300 << 10];
	struct str  beta, alpha, big = { text, sizeof(text) };

	memset(text, 'x', sizeof(text));
	sample_begin();
	beta = sample_replace(beta_with(",'size':1", ",'env':[{'name':'A','value':'BIG'}]", ""), "BIG", "B");
	beta = JOIN(sample_arena(), str_upto(beta, beta.len - 2), STR(",\"logsDir\":\""), big, STR("\"}}"));
	alpha = down(0, beta);
	AT(alpha, "spec.size", "1");
	RIDES(alpha, BETA_RIDES, "{'tooLarge':true}");
	EXPECT_TEXT(up(1, alpha),
	    "v1beta1 says more here than an annotation of v1alpha1 can carry: change it as v1beta1");
	/* The annotations of others take their part. */
	big.len = 200 << 10;
	beta = sample_replace(beta_with(",'size':1,'logsDir':'BIG'", "", ""), "'uid':'u'",
	    "'uid':'u','annotations':{'a':'OTHER'}");
	beta = put_in(put_in(beta, "OTHER", big), "BIG", str_upto(big, 50 << 10));
	CU_ASSERT(same(up(1, down(0, beta)), beta));
	beta = sample_replace(beta_with(",'size':1,'logsDir':'BIG'", "", ""), "'uid':'u'",
	    "'uid':'u','annotations':{'a':'OTHER'}");
	beta = put_in(put_in(beta, "OTHER", big), "BIG", str_upto(big, 60 << 10));
	RIDES(down(0, beta), BETA_RIDES, "{'tooLarge':true}");
}

static void
without_room_nothing_is_written(void)
{
	struct str objects[2];
	size_t     needed[2] = { 0, 0 };

	sample_begin();
	objects[0] = alpha_with(",'configToUpdate':{'log_level':'3','lru':{'lowwm':1}}", "");
	objects[1] = C5;
	for (int i = 0; i < 2; i++) {
		struct json object = parsed(objects[i]);

		for (size_t size = 1; needed[i] == 0; size += 61) {
			static char  block[1 << 20], small[1 << 16];
			struct arena a;
			struct out   o = out_over(small, size / 8);
			struct str   why;

			CU_ASSERT_FATAL(size < sizeof(block) / 2);
			arena_init(&a, block, size);
			if (convert(object, i == 0 ? API_BETA : API_ALPHA, &a, &o, &why)) {
				CU_ASSERT_EQUAL(json_check(out_view(&o), NULL), JSON_OK);
				needed[i] = size;
				break;
			}
			CU_ASSERT_EQUAL(o.len, 0);
			EXPECT_TEXT(why, "this is too large to be converted");
		}
	}
}

SUITE(test_convert,
    { "the resource of 2021 is understood", the_resource_of_2021_is_understood },
    { "what alpha says in another way has the same meaning",
      what_alpha_says_in_another_way_has_the_same_meaning },
    { "what beta alone can say rides", what_beta_alone_can_say_rides },
    { "an edit of alpha keeps what only beta can say", an_edit_of_alpha_keeps_what_only_beta_can_say },
    { "without the rider beta is made anew", without_the_rider_beta_is_made_anew },
    { "the size that alpha shows is what it changes", the_size_that_alpha_shows_is_what_it_changes },
    { "a data mount is known by its path", a_data_mount_is_known_by_its_path },
    { "which of two fields was used is kept", which_of_two_fields_was_used_is_kept },
    { "to clean up is asked for, or it is not", to_clean_up_is_asked_for_or_it_is_not },
    { "only annotations change around spec and status", only_annotations_change_around_spec_and_status },
    { "status goes along", status_goes_along },
    { "an object in the wanted version stays as it is", an_object_in_the_wanted_version_stays_as_it_is },
    { "what cannot be converted is a sentence", what_cannot_be_converted_is_a_sentence },
    { "a stored rider that cannot be read hides nothing", a_stored_rider_that_cannot_be_read_hides_nothing },
    { "what is too much for an annotation can be read but not written back",
      what_is_too_much_for_an_annotation_can_be_read_but_not_written_back },
    { "without room nothing is written", without_room_nothing_is_written });
