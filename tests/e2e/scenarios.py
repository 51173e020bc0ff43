"""scenarios.py - the list of what must hold, the same for both API servers.

A scenario is a function whose name is the promise.  QUICK ones are part of
`make test`; a comment says why one makes sense on one target only.
"""
import story_cases
import story_cost
import story_death
import story_door
import story_faults
import story_input
import story_lead
import story_server
import story_up
import story_versions

BOTH = ("devcluster", "real")
QUICK = True

ALL = (
    # promise, on which API servers, also in `make test`
    (story_up.a_minimal_cluster_becomes_ready_and_says_so_once, BOTH, QUICK),
    (story_up.three_proxies_and_three_targets_become_ready, BOTH, QUICK),
    (story_up.ten_clusters_in_two_namespaces_with_the_same_names_become_ready, BOTH, False),
    (story_up.the_samples_become_ready, BOTH, False),
    # It starts a cluster of its own.
    (story_up.at_the_pace_of_real_kubelets_and_real_ais_it_works_the_same, ("devcluster",), False),
    (story_up.kubectl_applies_waits_shows_and_deletes, BOTH, False),
    (story_cost.bring_up_takes_at_most_35_requests_and_none_of_them_in_vain, BOTH, QUICK),
    (story_cost.a_settled_cluster_costs_nothing_and_a_restart_only_lists, BOTH, QUICK),
    (story_cost.other_acts_do_not_queue_behind_the_role_binding, BOTH, QUICK),
    # Only where the audit log has everybody's requests.
    (story_cost.what_the_operator_adds_to_a_bring_up_is_little, ("real",), False),
    (story_up.deletion_keeps_the_data_and_leaves_nothing_else, BOTH, QUICK),
    (story_up.what_this_version_cannot_do_is_named_and_nothing_is_created, BOTH, QUICK),
    (story_death.death_after_some_requests_changes_nothing, BOTH, QUICK),
    # Every point takes minutes on the real one; there the five above must do.
    (story_death.death_after_every_request_changes_nothing, ("devcluster",), False),
    (story_lead.when_the_leader_dies_the_other_acts_within_the_lease_time, BOTH, False),
    (story_lead.a_clean_stop_lets_the_successor_act_within_300_ms, BOTH, QUICK),
    (story_lead.one_that_was_frozen_until_its_lease_was_taken_writes_nothing_more, BOTH, False),
    (story_lead.a_leader_that_cannot_renew_stops_before_another_begins, BOTH, False),
    (story_server.cut_connections_are_made_again, BOTH, QUICK),
    (story_server.a_watch_that_is_cut_in_the_middle_of_a_chunk_goes_on, BOTH, QUICK),
    (story_server.a_server_that_says_429_is_given_the_time_that_it_asks_for, BOTH, QUICK),
    (story_server.a_server_that_fails_is_not_stormed, BOTH, QUICK),
    (story_server.an_api_server_that_goes_and_comes_back_is_found_again, BOTH, QUICK),
    (story_server.a_watch_whose_history_is_compacted_lists_again, BOTH, QUICK),
    # Our own stand-in keeps everything in memory: there a death of the server is another world.
    (story_server.a_real_api_server_is_restarted_and_everything_goes_on, ("real",), False),
    (story_server.a_token_that_is_replaced_is_read_again_after_a_401, BOTH, QUICK),
    (story_server.a_ca_that_is_replaced_is_trusted_from_then_on, BOTH, False),
    (story_server.one_ais_that_never_answers_delays_no_other, BOTH, QUICK),
    (story_input.a_wrong_kubeconfig_gives_one_sentence, BOTH, QUICK),
    (story_input.a_server_that_cannot_be_trusted_gives_one_sentence, BOTH, QUICK),
    (story_input.the_token_is_never_shown, BOTH, QUICK),
    (story_input.odd_events_are_survived_and_said, BOTH, False),
    # Where webhooks are called.
    (story_door.a_wrong_cluster_is_refused_in_one_sentence_however_it_is_sent, BOTH, False),
    (story_door.a_reapply_of_an_unchanged_cluster_changes_nothing, BOTH, False),
    (story_door.kubectl_shows_what_is_deprecated_and_what_a_change_will_do, BOTH, False),
    (story_door.while_no_webhook_answers_nothing_is_written_but_status, BOTH, False),
    (story_door.an_operator_that_starts_does_not_stand_before_its_own_door, BOTH, QUICK),
    (story_door.certificates_of_our_own_are_trusted_and_put_back, BOTH, QUICK),
    (story_door.two_replicas_that_begin_at_once_serve_with_one_authority, BOTH, QUICK),
    (story_door.with_certificates_of_its_own_it_acts_when_the_way_through_its_door_is_free, BOTH, QUICK),
    (story_door.two_thousand_connections_leave_the_operator_at_work, BOTH, False),
    (story_faults.what_the_cluster_cannot_answer_is_refused_as_an_internal_error, BOTH, QUICK),
    (story_faults.reviews_that_were_written_by_hand_are_answered_as_they_are_meant, BOTH, QUICK),
    (story_faults.a_review_of_the_older_version_is_answered_in_it, BOTH, QUICK),
    (story_faults.an_edit_of_a_profile_needs_access_to_what_stays_in_it, BOTH, QUICK),
    (story_faults.an_autoscaling_cluster_is_counted_against_the_nodes_that_it_selects, BOTH, QUICK),
    (story_versions.the_resource_of_2021_becomes_ready, BOTH, False),
    (story_versions.what_v1alpha1_cannot_say_survives_who_edits_it_there, BOTH, QUICK),
    (story_versions.while_nothing_converts_status_is_written_and_an_apply_fails_with_a_sentence, BOTH, QUICK),
    (story_versions.a_hundred_of_them_are_listed_in_the_other_version, BOTH, False),
    (story_cases.every_case_gets_its_verdict_from_an_api_server, BOTH, QUICK),
    (story_cost.nothing_that_it_asked_for_was_forbidden, ("real",), False),
)
