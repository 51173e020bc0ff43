/* test_convert_config.c - where each key of AIS's configuration stands in both versions. */
#include "versions.h"

static void
configuration_moves_to_where_it_is_now(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with(",'configToUpdate':{'lru':{'lowwm':70,'highwm':90,'out_of_space':95},"
	    "'log':{'max_size':4194304},'rebalance':{'multiplier':2,'quiescent':'20s'},"
	    "'compression':{'checksum':true},'md_write':'never','client':{'features':'0'}}", "");
	beta = up(0, alpha);
	AT(beta, "spec.configToUpdate", "{'features':'0','log':{'max_size':'4194304B'},"
	    "'rebalance':{'bundle_multiplier':2},'space':{'highwm':90,'lowwm':70,'out_of_space':95},"
	    "'transport':{'lz4_frame_checksum':true,'quiescent':'20s'},'write_policy':{'md':'never'}}");
	CU_ASSERT(same(down(1, beta), alpha));
}

/* Every key of 2021. */
#define CONFIG_2021 "'auth':{'enabled':true,'secret':'x'}," \
	"'checksum':{'enable_read_range':true,'type':'xxhash'," \
	"'validate_cold_get':true,'validate_obj_move':true,'validate_warm_get':true},'client':{" \
	"'client_long_timeout':'5m','client_timeout':'10s','features':'1','list_timeout':'2m'}," \
	"'compression':{'block_size':65536,'checksum':true},'confdir':'/c','disk':{'disk_util_high_wm':80," \
	"'disk_util_low_wm':60,'disk_util_max_wm':95,'iostat_time_long':'2s','iostat_time_short':'100ms'}," \
	"'distributed_sort':{'call_timeout':'10m','compression':'never','default_max_mem_usage':'80%'," \
	"'dsorter_mem_threshold':'100GB','duplicated_records':'ignore','ekm_malformed_line':'abort'," \
	"'ekm_missing_key':'abort','missing_shards':'ignore'},'downloader':{'timeout':'1h'}," \
	"'ec':{'compression':'never','data_slices':2,'enabled':true,'objsize_limit':262144,'parity_slices':2}," \
	"'fshc':{'enabled':true,'error_limit':2,'test_files':4},'keepalivetracker':{'proxy':{'factor':3," \
	"'interval':'10s','name':'heartbeat'},'retry_factor':5,'target':{'factor':3,'interval':'10s'," \
	"'name':'heartbeat'},'timeout_factor':3},'log':{'dir':'/l','level':'3','max_size':1,'max_total':2}," \
	"'log_level':'4','lru':{'capacity_upd_time':'10m','dont_evict_time':'2h','enabled':true,'highwm':90," \
	"'lowwm':75,'out_of_space':95},'md_write':'never','mirror':{'burst_buffer':512,'copies':2," \
	"'enabled':true,'optimize_put':true,'util_thresh':0},'net':{'http':{'chunked_transfer':true," \
	"'read_buffer_size':1,'server_crt':'c','server_key':'k','skip_verify':true,'use_https':true," \
	"'write_buffer_size':2},'l4':{'port':'1','port_intra_control':'2','port_intra_data':'3','proto':'tcp'," \
	"'sndrcv_buf_size':4}},'periodic':{'notif_time':'30s','retry_sync_time':'2s','stats_time':'10s'}," \
	"'rebalance':{'compression':'never','dest_retry_time':'2m','enabled':true,'multiplier':4," \
	"'quiescent':'20s'},'replication':{'on_cold_get':true,'on_lru_eviction':true,'on_put':true}," \
	"'timeout':{'cplane_operation':'2s','max_host_busy':'20s','max_keepalive':'4s','send_file_time':'5m'," \
	"'startup_time':'1m'},'versioning':{'enabled':true,'validate_warm_get':true},'vmodule':'v'"

static void
every_key_of_2021_has_its_place(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with(",'configToUpdate':{" CONFIG_2021 "}", "");
	beta = up(0, alpha);
	AT(beta, "spec.configToUpdate", "{'auth':{'enabled':true},'checksum':{'enable_read_range':true,"
	    "'type':'xxhash','validate_cold_get':true,'validate_obj_move':true,'validate_warm_get':true},"
	    "'client':{'client_long_timeout':'5m','client_timeout':'10s','list_timeout':'2m'},"
	    "'disk':{'disk_util_high_wm':80,'disk_util_low_wm':60,'disk_util_max_wm':95,'iostat_time_long':'2s',"
	    "'iostat_time_short':'100ms'},'distributed_sort':{'call_timeout':'10m','compression':'never',"
	    "'default_max_mem_usage':'80%','dsorter_mem_threshold':'100GB','duplicated_records':'ignore',"
	    "'ekm_malformed_line':'abort','ekm_missing_key':'abort','missing_shards':'ignore'},"
	    "'downloader':{'timeout':'1h'},'ec':{'compression':'never','data_slices':2,'enabled':true,"
	    "'objsize_limit':262144,'parity_slices':2},'features':'1','fshc':{'enabled':true,'error_limit':2,"
	    "'test_files':4},'keepalivetracker':{'proxy':{'factor':3,'interval':'10s','name':'heartbeat'},"
	    "'retry_factor':5,'target':{'factor':3,'interval':'10s','name':'heartbeat'}},'log':{'level':'3',"
	    "'max_size':'1B','max_total':'2B'},'lru':{'capacity_upd_time':'10m','dont_evict_time':'2h',"
	    "'enabled':true},'mirror':{'burst_buffer':512,'copies':2,'enabled':true},'net':{'http':{"
	    "'chunked_transfer':true,'read_buffer_size':1,'server_crt':'c','server_key':'k','skip_verify':true,"
	    "'use_https':true,'write_buffer_size':2}},'periodic':{'notif_time':'30s','retry_sync_time':'2s',"
	    "'stats_time':'10s'},'rebalance':{'bundle_multiplier':4,'compression':'never','dest_retry_time':'2m',"
	    "'enabled':true},'space':{'highwm':90,'lowwm':75,'out_of_space':95},'timeout':{"
	    "'cplane_operation':'2s','max_host_busy':'20s','max_keepalive':'4s','send_file_time':'5m',"
	    "'startup_time':'1m'},'transport':{'lz4_block':65536,'lz4_frame_checksum':true,'quiescent':'20s'},"
	    "'versioning':{'enabled':true,'validate_warm_get':true},'write_policy':{'md':'never'}}");
	RIDES(beta, ALPHA_RIDES, "{'spec':{'configToUpdate':{'auth':{'secret':'x'},'confdir':'/c',"
	    "'keepalivetracker':{'timeout_factor':3},'log':{'dir':'/l'},'mirror':{'optimize_put':true,"
	    "'util_thresh':0},'net':{'l4':{'port':'1','port_intra_control':'2','port_intra_data':'3',"
	    "'proto':'tcp','sndrcv_buf_size':4}},'replication':{'on_cold_get':true,'on_lru_eviction':true,"
	    "'on_put':true},'vmodule':'v'},'targetSpec':{'nodiskio':{'dryobjsize':'8M','enabled':false}}},"
	    "'together':{'spec.configToUpdate.log_level':'4'},"
	    "'was':{'together':{'spec.configToUpdate.log.level':'3'}}}");
	CU_ASSERT(same(down(1, beta), alpha));
	/* Without the rider alpha shows all that beta says. */
	beta = sample_replace(beta, "'annotations':{", "'theirs':{");
	AT(down(1, beta), "spec.configToUpdate.log", "{'level':'3','max_size':1,'max_total':2}");
	AT(down(1, beta), "spec.configToUpdate.rebalance", "{'compression':'never','dest_retry_time':'2m',"
	    "'enabled':true,'multiplier':4,'quiescent':'20s'}");
	AT(down(1, beta), "spec.configToUpdate.lru", "{'capacity_upd_time':'10m','dont_evict_time':'2h',"
	    "'enabled':true,'highwm':90,'lowwm':75,'out_of_space':95}");
	AT(down(1, beta), "spec.configToUpdate.keepalivetracker", "{'proxy':{'factor':3,'interval':'10s',"
	    "'name':'heartbeat'},'retry_factor':5,'target':{'factor':3,'interval':'10s','name':'heartbeat'}}");
}

static void
what_go_cannot_read_waits_aside(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with(",'configToUpdate':{'timeout':{'startup_time':'soon','max_keepalive':'4s'},"
	    "'lru':{'lowwm':101}}", "");
	beta = up(0, alpha);
	AT(beta, "spec.configToUpdate", "{'timeout':{'max_keepalive':'4s'}}");
	RIDES(beta, ALPHA_RIDES, "{'spec':{'configToUpdate':{'lru':{'lowwm':101},'timeout':{'startup_time':'soon'}},"
	    "'targetSpec':{'nodiskio':{'dryobjsize':'8M','enabled':false}}}}");
	CU_ASSERT(same(down(1, beta), alpha));
	/* Once beta says a time there, alpha shows it. */
	beta = sample_replace(beta, "'max_keepalive':'4s'", "'max_keepalive':'4s','startup_time':'1m'");
	AT(down(1, beta), "spec.configToUpdate.timeout", "{'max_keepalive':'4s','startup_time':'1m'}");
	CU_ASSERT(same(up(2, down(1, beta)), beta));
}

static void
what_waits_aside_does_not_come_back_over_an_edit(void)
{
	struct str beta, alpha;

	sample_begin();
	beta = up(0, alpha_with(",'configToUpdate':{'timeout':{'startup_time':'soon'}}", ""));
	beta = sample_replace(beta, "'size':1,", "'size':1,'configToUpdate':{'timeout':{'startup_time':'1m'}},");
	alpha = sample_replace(down(1, beta), "'startup_time':'1m'", "");
	AT(down(2, up(0, alpha)), "spec.configToUpdate.timeout", "{}");
}

static void
a_section_is_shown_though_alpha_has_no_word_for_what_is_in_it(void)
{
	struct str beta, alpha;

	sample_begin();
	beta = beta_with(",'size':1,'configToUpdate':{'log':{'flush_time':'1s'},'lru':{'dont_evict_time':'x'}}",
	    "", "");
	AT(down(0, beta), "spec.configToUpdate", "{'log':{},'lru':{}}");
	CU_ASSERT(same(up(1, down(0, beta)), beta));
	/* Removed is only what alpha said in it. */
	beta = sample_replace(beta, "'flush_time':'1s'", "'flush_time':'1s','max_size':'4MiB'");
	alpha = sample_replace(down(0, beta), "'log':{'max_size':4194304},", "");
	AT(up(1, alpha), "spec.configToUpdate.log", "{'flush_time':'1s'}");
	beta = sample_replace(beta, "'flush_time':'1s',", "");
	alpha = sample_replace(down(0, beta), "'log':{'max_size':4194304},", "");
	AT(up(1, alpha), "spec.configToUpdate.log", "");
}

static void
the_older_place_of_the_log_level_gives_way(void)
{
	struct str alpha, beta;

	sample_begin();
	alpha = alpha_with(",'configToUpdate':{'log_level':'3'}", "");
	beta = up(0, alpha);
	AT(beta, "spec.configToUpdate", "{'log':{'level':'3'}}");
	CU_ASSERT(same(down(1, beta), alpha));
	beta = sample_replace(beta, "{'level':'3'}", "{'level':'5'}");
	AT(down(1, beta), "spec.configToUpdate", "{'log':{'level':'5'}}");
	alpha = alpha_with(",'configToUpdate':{'log_level':'3','log':{'level':'4'}}", "");
	AT(up(0, alpha), "spec.configToUpdate", "{'log':{'level':'4'}}");
	CU_ASSERT(same(down(1, up(0, alpha)), alpha));
}

SUITE(test_convert_config,
    { "every key of 2021 has its place", every_key_of_2021_has_its_place },
    { "configuration moves to where it is now", configuration_moves_to_where_it_is_now },
    { "what Go cannot read waits aside", what_go_cannot_read_waits_aside },
    { "what waits aside does not come back over an edit", what_waits_aside_does_not_come_back_over_an_edit },
    { "a section is shown though alpha has no word for what is in it",
      a_section_is_shown_though_alpha_has_no_word_for_what_is_in_it },
    { "the older place of the log level gives way", the_older_place_of_the_log_level_gives_way });
