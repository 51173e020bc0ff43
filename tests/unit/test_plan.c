/* test_plan.c - bring-up and leaving, told as small stories. */
#include "scene.h"
#include "test.h"

static void
first_of_all_its_deletion_waits_for_us(void)
{
	STORY(scene_new(1, 1),
	    "add finalizer: its deletion must wait for an orderly shutdown\n"
	    "changed: taking charge\n");
}

static void
what_the_watch_does_not_show_is_looked_for(void)
{
	struct scene *s = scene_new(1, 1);

	s->world.cr.finalizer = true;
	STORY(s,
	    "look for StatefulSet ais-proxy: the watch does not show it, which proves nothing\n"
	    "look for StatefulSet ais-target: the watch does not show it, which proves nothing\n"
	    "asked: what is there already?\n");
}

static void
then_it_is_initialized(void)
{
	struct scene *s = scene_proven(1, 1);

	s->world.cr.state = STR_NONE;
	s->world.cr.condition_count = 0;
	STORY(s,
	    "status Initialized: we look after it\n"
	    "changed: taking charge\n");
}

static void
everything_and_the_primary_in_one_go(void)
{
	STORY(scene_proven(3, 3),
	    "apply ServiceAccount ais-sa: not there\n"
	    "apply Role ais-role: not there\n"
	    "apply RoleBinding ais-rb: not there\n"
	    "apply ConfigMap ais-global-cm: not there\n"
	    "apply ConfigMap ais-proxy: not there\n"
	    "apply Service ais-proxy: not there\n"
	    "apply ConfigMap ais-target: not there\n"
	    "apply Service ais-target: not there\n"
	    "create StatefulSet ais-proxy: proven absent\n"
	    "changed: starting the primary proxy\n");
}

static void
only_what_differs_is_applied(void)
{
	struct scene *s = scene_created(1, 1);

	s->world.owned[WANT_PROXY_CONFIG].digest++;
	s->world.owned[WANT_TARGET_SERVICE].known = KNOWN_NOTHING;
	STORY(s,
	    "apply ConfigMap ais-proxy: not as wanted\n"
	    "apply Service ais-target: not there\n"
	    "changed: bringing its objects in order\n");
}

static void
what_belongs_to_others_is_not_touched(void)
{
	struct scene *s = scene_proven(1, 1);

	s->world.owned[WANT_TARGET_SERVICE] = (struct seen){ .known = KNOWN_FOREIGN,
		.owner = STR("Deployment web") };
	STORY(s,
	    "status Initialized: Service ais-target exists and belongs to Deployment web, not to this AIStore: "
	    "delete it or choose another name\n"
	    "changed: Service ais-target exists and belongs to Deployment web, not to this AIStore: "
	    "delete it or choose another name\n");
}

static void
the_primary_is_waited_for(void)
{
	struct scene *s = scene_primary(3, 3);

	STORY(s,
	    "event Waiting: Waiting for primary proxy to come up\n"
	    "status Initialized: waiting for the primary proxy: pod ais-proxy-0 is Pending\n"
	    "changed: waiting for the primary proxy: pod ais-proxy-0 is Pending\n");
	s->members[0].pod.trouble = STR("Unschedulable");
	s->members[0].pod.trouble_text = STR("0/3 nodes are available");
	s->world.cr.conditions[1].reason = STR("WaitingForPrimary");
	s->world.cr.conditions[1].message = STR("another moment ago");
	s->world.status_ms = s->world.now_ms - 999;
	STORY(s,
	    "wait: waiting for the primary proxy: pod ais-proxy-0 is Pending, Unschedulable: "
	    "0/3 nodes are available\n");
	s->world.status_ms--;
	STORY(s,
	    "status Initialized: waiting for the primary proxy: pod ais-proxy-0 is Pending, Unschedulable: "
	    "0/3 nodes are available\n"
	    "changed: waiting for the primary proxy: pod ais-proxy-0 is Pending, Unschedulable: "
	    "0/3 nodes are available\n");
}

static void
when_the_primary_runs_all_others_start(void)
{
	struct scene *s = scene_primary(3, 3);

	s->members[0].pod.phase = STR("Running");
	STORY(s,
	    "scale StatefulSet ais-proxy to 3: the primary runs\n"
	    "event Initialized: Successfully initialized proxy nodes\n"
	    "create StatefulSet ais-target: proven absent\n"
	    "event Initialized: Successfully initialized target nodes\n"
	    "event Created: Successfully created AIS cluster\n"
	    "status Created: all of it exists\n"
	    "changed: starting all proxies and targets\n");
}

static void
a_single_proxy_is_not_scaled(void)
{
	struct scene *s = scene_primary(1, 1);

	s->members[0].pod.phase = STR("Running");
	STORY(s,
	    "create StatefulSet ais-target: proven absent\n"
	    "event Initialized: Successfully initialized target nodes\n"
	    "event Created: Successfully created AIS cluster\n"
	    "status Created: all of it exists\n"
	    "changed: starting all proxies and targets\n");
}

static void
who_died_between_an_act_and_its_event_says_it_again(void)
{
	struct scene *s = scene_created(3, 3);

	s->world.cr.state = STR("Initialized");
	STORY(s,
	    "event Initialized: Successfully initialized proxy nodes\n"
	    "event Initialized: Successfully initialized target nodes\n"
	    "event Created: Successfully created AIS cluster\n"
	    "status Created: all of it exists\n"
	    "changed: starting all proxies and targets\n");
}

static void
targets_that_somebody_deleted_come_back(void)
{
	struct scene *s = scene_ready(1, 3);

	s->world.owned[WANT_TARGET_SET].known = KNOWN_ABSENT;
	STORY(s,
	    "create StatefulSet ais-target: proven absent\n"
	    "changed: starting all proxies and targets\n");
}

static void
unready_pods_are_named(void)
{
	struct scene *s = scene_created(1, 2);

	s->members[0].pod.ready = true;
	s->members[2].pod.phase = STR("Pending");
	s->members[2].pod.trouble = STR("ErrImagePull");
	STORY(s,
	    "status Created: waiting for pods to become ready: pod ais-target-0 is Running, not ready yet; "
	    "pod ais-target-1 is Pending, ErrImagePull\n"
	    "changed: waiting for pods to become ready: pod ais-target-0 is Running, not ready yet; "
	    "pod ais-target-1 is Pending, ErrImagePull\n");
}

static void
ais_is_asked_when_all_pods_are_ready(void)
{
	struct scene *s = scene_pods(1, 1);

	STORY(s,
	    "ask AIS whether it is up: all pods are ready\n"
	    "asked: all pods are ready\n");
	s->world.ais.asking = true;
	STORY(s, "wait: a question to AIS is on its way\n");
}

static void
ais_that_is_not_up_is_asked_again_later(void)
{
	struct scene *s = scene_pods(1, 1);

	s->world.ais.ready = (struct fact){ HEARD_NO, 0, STR("it answered 503, it is starting up") };
	s->world.ais.ask_again_ms = s->world.now_ms + 250;
	STORY(s,
	    "status Created: it answered 503, it is starting up\n"
	    "changed: it answered 503, it is starting up\n");
	s->world.now_ms += 250;
	STORY(s,
	    "ask AIS whether it is up: all pods are ready\n"
	    "asked: all pods are ready\n");
}

static void
a_pod_that_is_not_in_the_map_is_missed_by_name(void)
{
	struct scene *s = scene_joined(1, 12);

	/* ais-target-1 is not there; ais-target-10 does not stand in for it. */
	s->nodes[2].host = STR("ais-target-10.svc.ns");
	s->world.ais.ask_again_ms = s->world.now_ms + 250;
	STORY(s,
	    "status Created: pod ais-target-1 is ready but not an active member of the AIS cluster map\n"
	    "changed: pod ais-target-1 is ready but not an active member of the AIS cluster map\n");
	s->world.now_ms += 250;
	STORY(s,
	    "ask AIS for its cluster map: not all had joined\n"
	    "asked: who has joined?\n");
}

static void
all_joined_allows_rebalance_then_tells_ais(void)
{
	struct scene *s = scene_joined(1, 1);
	struct want   want;

	STORY(s,
	    "status Created: all members are there\n"
	    "changed: allowing rebalance\n");
	s = scene_ready(1, 1);
	s->world.cr.state = STR("Created");
	s->world.cr.config_hash = STR_NONE;
	s->world.cr.conditions[1].status = STR("False");
	s->world.ais = (struct ais_facts){ .ready.heard = HEARD_YES, .map.heard = HEARD_YES, .smap = &s->smap };
	s->world.owned[WANT_GLOBAL_CONFIG].digest++;
	STORY(s,
	    "apply ConfigMap ais-global-cm: not as wanted\n"
	    "changed: bringing its objects in order\n");
	s->world.owned[WANT_GLOBAL_CONFIG].digest--;
	s->world.cr.restart_hash = STR_NONE;
	want = (struct want){ .cluster = s->world.id, .spec = &s->world.spec, .rebalance = true };
	s->world.ais.config_hash = want_config_hash(&want, &s->arena);
	s->world.ais.config.heard = HEARD_YES;
	STORY(s,
	    "annotate: AIS has this configuration now\n"
	    "changed: noting what AIS was told\n");
	s->world.cr.config_hash = s->world.ais.config_hash;
	STORY(s,
	    "event Ready: Successfully reconciled AIStore cluster\n"
	    "status Ready: everything is as asked\n"
	    "changed: the cluster is ready\n");
}

/* What AIS would be told about URLs; false: nothing. */
static bool
tells_urls(struct scene *s)
{
	static char  memory[1 << 20];
	struct arena arena;
	struct plan  p;

	arena_init(&arena, memory, sizeof(memory));
	plan_make(&s->world, &arena, &p);
	CU_ASSERT_EQUAL_FATAL(p.act_count, 1);
	CU_ASSERT_EQUAL(p.acts[0].kind, ACT_SET_CONFIG);
	CU_ASSERT(str_has(p.acts[0].body, STR("\"rebalance\":{\"enabled\":true}")));
	return str_has(p.acts[0].body, STR("primary_url"));
}

static void
a_primary_that_has_moved_is_not_called_back(void)
{
	struct scene *s = scene_ready(2, 1);

	s->world.cr.state = STR("Created");
	s->world.cr.config_hash = STR_NONE;
	s->world.ais = (struct ais_facts){ .ready.heard = HEARD_YES, .map.heard = HEARD_YES, .smap = &s->smap };
	s->nodes[0].id = STR("one");
	s->nodes[1].id = STR("two");
	s->smap.primary = STR("one");
	CU_ASSERT(tells_urls(s));
	s->smap.primary = STR("two");
	CU_ASSERT(!tells_urls(s));
}

static void
a_ready_cluster_is_left_alone(void)
{
	STORY(scene_ready(3, 3), "settled: as asked\n");
}

static void
a_ready_cluster_with_a_lost_pod_is_not_ready(void)
{
	struct scene *s = scene_ready(1, 1);

	s->members[1].pod.ready = false;
	s->world.set[ROLE_TARGET].ready = 0;
	STORY(s,
	    "status Upgrading: waiting for pods to become ready: pod ais-target-0 is Running, not ready yet\n"
	    "changed: waiting for pods to become ready: pod ais-target-0 is Running, not ready yet\n");
}

static void
a_changed_spec_restarts_nothing(void)
{
	struct scene *s = scene_ready(1, 1);

	s->world.spec.node_image = STR("aisnode:v5.0");
	STORY(s,
	    "status Upgrading: the spec asks for other images than StatefulSet ais-proxy has: "
	    "changing a running cluster is not supported by this version; nothing was changed\n"
	    "changed: the spec asks for other images than StatefulSet ais-proxy has: "
	    "changing a running cluster is not supported by this version; nothing was changed\n");
}

static void
a_smaller_size_takes_nothing_away(void)
{
	struct scene *s = scene_ready(1, 3);

	s->world.spec.role[ROLE_TARGET].size = 1;
	STORY(s,
	    "status Upgrading: the spec asks for other replicas than StatefulSet ais-target has: "
	    "changing a running cluster is not supported by this version; nothing was changed\n"
	    "changed: the spec asks for other replicas than StatefulSet ais-target has: "
	    "changing a running cluster is not supported by this version; nothing was changed\n");
}

static void
an_unsupported_field_creates_nothing(void)
{
	struct scene *s = scene_new(1, 1);

	s->world.spec.unsupported = STR("spec.targetSpec.pdb");
	STORY(s,
	    "status: spec.targetSpec.pdb is not supported by this version of ais-operator: remove it\n"
	    "changed: spec.targetSpec.pdb is not supported by this version of ais-operator: remove it\n");
}

static void
an_ais_of_another_age_creates_nothing(void)
{
	struct scene *s = scene_new(1, 1);

	s->world.spec.node_image = STR("aistorage/aisnode:3.3.1");
	STORY(s,
	    "status: spec.nodeImage aistorage/aisnode:3.3.1 holds another AIS than this operator speaks with: "
	    "use an image of AIS 4.8, 4.9 or 5.0\n"
	    "changed: spec.nodeImage aistorage/aisnode:3.3.1 holds another AIS than this operator speaks with: "
	    "use an image of AIS 4.8, 4.9 or 5.0\n");
}

static void
a_refusal_is_said_once_and_tried_again(void)
{
	struct scene *s = scene_proven(1, 1);

	s->world.refused = STR("the API server refused to apply Role ais-role: forbidden");
	STORY(s,
	    "event Failed: the API server refused to apply Role ais-role: forbidden\n"
	    "status Initialized: the API server refused to apply Role ais-role: forbidden\n"
	    "changed: the API server refused to apply Role ais-role: forbidden\n");
	s->world.cr.conditions[1].reason = STR("Refused");
	s->world.cr.conditions[1].message = s->world.refused;
	STORY(s,
	    "apply ServiceAccount ais-sa: not there\n"
	    "apply Role ais-role: not there\n"
	    "apply RoleBinding ais-rb: not there\n"
	    "apply ConfigMap ais-global-cm: not there\n"
	    "apply ConfigMap ais-proxy: not there\n"
	    "apply Service ais-proxy: not there\n"
	    "apply ConfigMap ais-target: not there\n"
	    "apply Service ais-target: not there\n"
	    "create StatefulSet ais-proxy: proven absent\n"
	    "changed: starting the primary proxy\n");
}

static void
deletion_shuts_ais_down_first(void)
{
	struct scene *s = scene_ready(1, 1);

	s->world.deleting = true;
	STORY(s,
	    "event CRDeleted: Decommissioning...\n"
	    "status Decommissioning: Decommissioning...\n"
	    "changed: leaving\n");
	s->world.cr.state = STR("Decommissioning");
	STORY(s,
	    "tell AIS to shut down: the AIStore is being deleted\n"
	    "asked: shutting AIS down\n");
	s->world.ais.stop.heard = HEARD_FAILED;
	STORY(s,
	    "event DecommissionCompleted: Decommission completed\n"
	    "status CleaningResources: Decommission completed\n"
	    "changed: AIS is down\n");
}

static void
then_its_objects_go_and_at_last_the_finalizer(void)
{
	struct scene *s = scene_ready(1, 1);

	s->world.deleting = true;
	s->world.cr.state = STR("CleaningResources");
	STORY(s,
	    "delete StatefulSet ais-target: the AIStore is being deleted\n"
	    "changed: ending the targets\n");
	s->world.owned[WANT_TARGET_SET].known = KNOWN_ABSENT;
	STORY(s,
	    "status CleaningResources: waiting for pod ais-target-0 to end on node node-1\n"
	    "changed: waiting for pod ais-target-0 to end on node node-1\n");
	s->world.member_count = 1;
	STORY(s,
	    "delete StatefulSet ais-proxy: the AIStore is being deleted\n"
	    "delete Service ais-target: the AIStore is being deleted\n"
	    "delete ConfigMap ais-target: the AIStore is being deleted\n"
	    "delete Service ais-proxy: the AIStore is being deleted\n"
	    "delete ConfigMap ais-proxy: the AIStore is being deleted\n"
	    "delete ConfigMap ais-global-cm: the AIStore is being deleted\n"
	    "delete RoleBinding ais-rb: the AIStore is being deleted\n"
	    "delete Role ais-role: the AIStore is being deleted\n"
	    "delete ServiceAccount ais-sa: the AIStore is being deleted\n"
	    "changed: deleting its objects\n");
	for (enum want_kind k = 0; k < WANT_COUNT; k++)
		s->world.owned[k].known = KNOWN_ABSENT;
	STORY(s,
	    "status CleaningResources: waiting for pod ais-proxy-0 to end on node node-1\n"
	    "changed: waiting for pod ais-proxy-0 to end on node node-1\n");
	s->world.member_count = 0;
	s->world.cr.finalizers = STR("[\"a.b/c\",\"finalize.ais\"]");
	STORY(s,
	    "drop finalizer: nothing of it is left\n"
	    "changed: letting go\n");
}

static void
a_cleanup_flag_keeps_everything(void)
{
	struct scene *s = scene_ready(1, 1);

	s->world.deleting = true;
	s->world.spec.cleanup_metadata = true;
	s->world.spec.unsupported = STR("spec.cleanupMetadata");
	STORY(s,
	    "status Upgrading: spec.cleanupMetadata is not supported by this version of ais-operator, "
	    "so nothing was deleted: set it to false to delete the cluster and keep its data\n"
	    "changed: spec.cleanupMetadata is not supported by this version of ais-operator, so nothing was "
	    "deleted: set it to false to delete the cluster and keep its data\n");
}

static void
the_same_world_gives_the_same_plan(void)
{
	static char  one[1 << 20], two[1 << 20];
	struct arena a, b;
	struct plan  p, q;

	arena_init(&a, one, sizeof(one));
	arena_init(&b, two, sizeof(two));
	plan_make(&scene_proven(3, 3)->world, &a, &p);
	plan_make(&scene_proven(3, 3)->world, &b, &q);
	CU_ASSERT_EQUAL_FATAL(p.act_count, q.act_count);
	for (int i = 0; i < p.act_count; i++)
		CU_ASSERT(str_eq(p.acts[i].body, q.acts[i].body));
}

SUITE(test_plan,
    { "first of all its deletion waits for us", first_of_all_its_deletion_waits_for_us },
    { "what the watch does not show is looked for", what_the_watch_does_not_show_is_looked_for },
    { "then it is Initialized", then_it_is_initialized },
    { "everything and the primary in one go", everything_and_the_primary_in_one_go },
    { "only what differs is applied", only_what_differs_is_applied },
    { "what belongs to others is not touched", what_belongs_to_others_is_not_touched },
    { "the primary is waited for, and a new message alone waits a second", the_primary_is_waited_for },
    { "when the primary runs all others start", when_the_primary_runs_all_others_start },
    { "a single proxy is not scaled", a_single_proxy_is_not_scaled },
    { "who died between an act and its event says it again",
        who_died_between_an_act_and_its_event_says_it_again },
    { "targets that somebody deleted come back", targets_that_somebody_deleted_come_back },
    { "unready pods are named", unready_pods_are_named },
    { "AIS is asked when all pods are ready", ais_is_asked_when_all_pods_are_ready },
    { "AIS that is not up is asked again later", ais_that_is_not_up_is_asked_again_later },
    { "a pod that is not in the map is missed by name", a_pod_that_is_not_in_the_map_is_missed_by_name },
    { "all joined allows rebalance, then tells AIS", all_joined_allows_rebalance_then_tells_ais },
    { "a primary that has moved is not called back", a_primary_that_has_moved_is_not_called_back },
    { "a Ready cluster is left alone", a_ready_cluster_is_left_alone },
    { "a Ready cluster with a lost pod is not Ready", a_ready_cluster_with_a_lost_pod_is_not_ready },
    { "a changed spec restarts nothing", a_changed_spec_restarts_nothing },
    { "a smaller size takes nothing away", a_smaller_size_takes_nothing_away },
    { "an unsupported field creates nothing", an_unsupported_field_creates_nothing },
    { "an AIS of another age creates nothing", an_ais_of_another_age_creates_nothing },
    { "a refusal is said once and tried again", a_refusal_is_said_once_and_tried_again },
    { "deletion shuts AIS down first", deletion_shuts_ais_down_first },
    { "then its objects go, and at last the finalizer", then_its_objects_go_and_at_last_the_finalizer },
    { "a cleanup flag keeps everything", a_cleanup_flag_keeps_everything },
    { "the same world gives the same plan", the_same_world_gives_the_same_plan });
