/* shape_config.c - spec.configToUpdate of v1beta1: what AIS's own configuration is to say differently. */
#include "ais/shape.h"

/* Three keys that several sections share: of streams between targets. */
static const struct member streams[] = {
	FIELD("compression", AS_TEXT), FIELD("bundle_multiplier", AS_INT), FIELD("burst_buffer", AS_INT), END,
};

static const struct member nothing[] = { END };
static const struct member any_backend = OBJECT("", nothing);

static const struct member mirror[] = {
	FIELD("enabled", AS_BOOL), FIELD("copies", AS_INT), FIELD("burst_buffer", AS_INT), END,
};

static const struct member ec[] = {
	FIELD("enabled", AS_BOOL), FIELD("objsize_limit", AS_INT), FIELD("data_slices", AS_INT),
	FIELD("parity_slices", AS_INT), FIELD("disk_only", AS_BOOL), MORE(streams), END,
};

static const struct member get_batch[] = {
	FIELD("max_wait", AS_TIME), FIELD("warmup_workers", AS_INT), FIELD("max_soft_errs", AS_INT),
	FIELD("max_gfn", AS_INT), MORE(streams), END,
};

static const struct member logs[] = {
	FIELD("level", AS_TEXT), FIELD("to_stderr", AS_BOOL), FIELD("max_size", AS_SIZE),
	FIELD("max_total", AS_SIZE), FIELD("flush_time", AS_TIME), FIELD("stats_time", AS_TIME), END,
};

static const struct member periodic[] = {
	FIELD("stats_time", AS_TIME), FIELD("retry_sync_time", AS_TIME), FIELD("notif_time", AS_TIME), END,
};

static const struct member exporter_auth[] = {
	FIELD("token_header", AS_TEXT), FIELD("token_file", AS_TEXT), END,
};

static const struct member tracing[] = {
	FIELD("enabled", AS_BOOL), FIELD("exporter_endpoint", AS_TEXT), OBJECT("exporter_auth", exporter_auth),
	FIELD("service_name_prefix", AS_TEXT), MAP("attributes", &shape_text), FIELD("sampler_probability", AS_TEXT),
	FIELD("skip_verify", AS_BOOL), END,
};

static const struct member timeout[] = {
	FIELD("cplane_operation", AS_TIME), FIELD("max_keepalive", AS_TIME), FIELD("max_host_busy", AS_TIME),
	FIELD("startup_time", AS_TIME), FIELD("join_startup_time", AS_TIME), FIELD("send_file_time", AS_TIME),
	FIELD("ec_streams_time", AS_TIME), FIELD("object_md", AS_TIME), FIELD("cold_get_conflict", AS_TIME), END,
};

static const struct member client[] = {
	FIELD("client_timeout", AS_TIME), FIELD("client_long_timeout", AS_TIME), FIELD("list_timeout", AS_TIME), END,
};

static const struct member space[] = {
	FIELD_IF("cleanupwm", AS_INT, BETWEEN(0, 100)), FIELD_IF("lowwm", AS_INT, BETWEEN(0, 100)),
	FIELD_IF("highwm", AS_INT, BETWEEN(0, 100)), FIELD_IF("out_of_space", AS_INT, BETWEEN(0, 100)),
	FIELD("batch_size", AS_INT), FIELD("dont_cleanup_time", AS_TIME), END,
};

static const struct member lru[] = {
	FIELD("enabled", AS_BOOL), FIELD("dont_evict_time", AS_TIME), FIELD("capacity_upd_time", AS_TIME),
	FIELD("batch_size", AS_INT), END,
};

static const struct member disk[] = {
	FIELD("disk_util_low_wm", AS_INT), FIELD("disk_util_high_wm", AS_INT), FIELD("disk_util_max_wm", AS_INT),
	FIELD("iostat_time_long", AS_TIME), FIELD("iostat_time_short", AS_TIME),
	FIELD("iostat_time_smooth", AS_TIME), END,
};

static const struct member rebalance[] = {
	FIELD("enabled", AS_BOOL), FIELD("dest_retry_time", AS_TIME), MORE(streams), END,
};

static const struct member resilver[] = { FIELD("enabled", AS_BOOL), END };

static const struct member checksum[] = {
	FIELD("type", AS_TEXT), FIELD("validate_cold_get", AS_BOOL), FIELD("validate_warm_get", AS_BOOL),
	FIELD("validate_obj_move", AS_BOOL), FIELD("enable_read_range", AS_BOOL), END,
};

static const struct member versioning[] = {
	FIELD("enabled", AS_BOOL), FIELD("validate_warm_get", AS_BOOL), FIELD("synchronize", AS_BOOL), END,
};

static const struct member http[] = {
	FIELD("server_crt", AS_TEXT), FIELD("server_key", AS_TEXT), FIELD("client_ca_tls", AS_TEXT),
	FIELD("domain_tls", AS_TEXT), FIELD("client_auth_tls", AS_INT), FIELD("idle_conn_time", AS_TIME),
	FIELD("idle_conns", AS_INT), FIELD("idle_conns_per_host", AS_INT), FIELD("write_buffer_size", AS_INT),
	FIELD("read_buffer_size", AS_INT), FIELD("use_https", AS_BOOL), FIELD("skip_verify", AS_BOOL),
	FIELD("chunked_transfer", AS_BOOL), END,
};

static const struct member net[] = { OBJECT("http", http), END };

static const struct member fshc[] = {
	FIELD("enabled", AS_BOOL), FIELD("test_files", AS_INT), FIELD("error_limit", AS_INT),
	FIELD("io_err_limit", AS_INT), FIELD("io_err_time", AS_TIME), END,
};

static const struct member chunks[] = {
	FIELD("objsize_limit", AS_SIZE), FIELD("max_monolithic_size", AS_SIZE), FIELD("chunk_size", AS_SIZE),
	FIELD("checkpoint_every", AS_INT), FIELD("flags", AS_BITS), END,
};

static const struct member signature[] = { FIELD("key", AS_TEXT), FIELD("method", AS_TEXT), END };
static const struct member claims[] = { LIST("aud", &shape_text), END };
static const struct member oidc[] = {
	LIST("allowed_iss", &shape_text), FIELD("issuer_ca_bundle", AS_TEXT), END,
};

static const struct member cluster_key[] = {
	FIELD("enabled", AS_BOOL), FIELD("ttl", AS_TIME), FIELD("nonce_window", AS_TIME),
	FIELD("rotation_grace", AS_TIME), END,
};

static const struct member auth[] = {
	FIELD("enabled", AS_BOOL), OBJECT("signature", signature), OBJECT("required_claims", claims),
	OBJECT("oidc", oidc), OBJECT("cluster_key", cluster_key), END,
};

static const struct member keepalive[] = {
	FIELD("interval", AS_TIME), FIELD("name", AS_TEXT), FIELD("factor", AS_BYTE), END,
};

static const struct member keepalives[] = {
	OBJECT("proxy", keepalive), OBJECT("target", keepalive), FIELD("num_retries", AS_INT),
	FIELD("retry_factor", AS_BYTE), END,
};

static const struct member downloader[] = { FIELD("timeout", AS_TIME), END };

static const struct member sort[] = {
	FIELD("duplicated_records", AS_TEXT), FIELD("missing_shards", AS_TEXT), FIELD("ekm_malformed_line", AS_TEXT),
	FIELD("ekm_missing_key", AS_TEXT), FIELD("default_max_mem_usage", AS_TEXT),
	FIELD("dsorter_mem_threshold", AS_TEXT), FIELD("call_timeout", AS_TIME), MORE(streams), END,
};

static const struct member transport[] = {
	FIELD("max_header", AS_INT), FIELD("burst_buffer", AS_INT), FIELD("idle_teardown", AS_TIME),
	FIELD("quiescent", AS_TIME), FIELD("lz4_block", AS_INT), FIELD("lz4_frame_checksum", AS_BOOL), END,
};

static const struct member memsys[] = {
	FIELD("min_free", AS_SIZE), FIELD("default_buf", AS_SIZE), FIELD("to_gc", AS_SIZE),
	FIELD("hk_time", AS_TIME), FIELD("min_pct_total", AS_INT), FIELD("min_pct_free", AS_INT), END,
};

static const struct member write_policy[] = { FIELD("data", AS_TEXT), FIELD("md", AS_TEXT), END };

static const struct member proxy[] = {
	FIELD("primary_url", AS_TEXT), FIELD("original_url", AS_TEXT), FIELD("discovery_url", AS_TEXT),
	FIELD("non_electable", AS_BOOL), END,
};

static const struct member rate_both[] = {
	FIELD("enabled", AS_BOOL), FIELD("interval", AS_TIME), FIELD("max_tokens", AS_INT),
	FIELD("per_op_max_tokens", AS_TEXT), END,
};
static const struct member rate_backend[] = { MORE(rate_both), FIELD("num_retries", AS_INT), END };
static const struct member rate_frontend[] = { MORE(rate_both), FIELD("burst_size", AS_INT), END };

static const struct member rate_limit[] = {
	OBJECT("backend", rate_backend), OBJECT("frontend", rate_frontend), END,
};

const struct member shape_config[] = {
	MAP("backend", &any_backend),
	OBJECT("mirror", mirror),
	OBJECT("ec", ec),
	OBJECT("get_batch", get_batch),
	OBJECT("log", logs),
	OBJECT("periodic", periodic),
	OBJECT("tracing", tracing),
	OBJECT("timeout", timeout),
	OBJECT("client", client),
	OBJECT("space", space),
	OBJECT("lru", lru),
	OBJECT("disk", disk),
	OBJECT("rebalance", rebalance),
	OBJECT("resilver", resilver),
	OBJECT("checksum", checksum),
	OBJECT("versioning", versioning),
	OBJECT("net", net),
	OBJECT("fshc", fshc),
	OBJECT("chunks", chunks),
	OBJECT("auth", auth),
	OBJECT("keepalivetracker", keepalives),
	OBJECT("downloader", downloader),
	OBJECT("distributed_sort", sort),
	OBJECT("transport", transport),
	OBJECT("memsys", memsys),
	OBJECT("tcb", streams),
	OBJECT("tco", streams),
	OBJECT("arch", streams),
	OBJECT("write_policy", write_policy),
	OBJECT("proxy", proxy),
	OBJECT("rate_limit", rate_limit),
	FIELD("features", AS_TEXT),
	END,
};
