/* shape_alpha.c - an AIStore of v1alpha1, the 2021 version: hardly a bound anywhere. */
#include "ais/shape.h"

/* Configuration: durations are plain texts, sizes are numbers -----------------*/

static const struct member mirror[] = {
	FIELD("copies", AS_INT), FIELD("burst_buffer", AS_INT), FIELD("util_thresh", AS_INT),
	FIELD("optimize_put", AS_BOOL), FIELD("enabled", AS_BOOL), END,
};
static const struct member ec[] = {
	FIELD("enabled", AS_BOOL), FIELD("objsize_limit", AS_INT), FIELD("data_slices", AS_INT),
	FIELD("parity_slices", AS_INT), FIELD("compression", AS_TEXT), END,
};
static const struct member logs[] = {
	FIELD("dir", AS_TEXT), FIELD("level", AS_TEXT), FIELD("max_size", AS_BITS), FIELD("max_total", AS_BITS), END,
};
static const struct member periodic[] = {
	FIELD("stats_time", AS_TEXT), FIELD("retry_sync_time", AS_TEXT), FIELD("notif_time", AS_TEXT), END,
};
static const struct member timeout[] = {
	FIELD("cplane_operation", AS_TEXT), FIELD("max_keepalive", AS_TEXT), FIELD("max_host_busy", AS_TEXT),
	FIELD("startup_time", AS_TEXT), FIELD("send_file_time", AS_TEXT), END,
};
static const struct member client[] = {
	FIELD("client_timeout", AS_TEXT), FIELD("client_long_timeout", AS_TEXT), FIELD("list_timeout", AS_TEXT),
	FIELD("features", AS_TEXT), END,
};
static const struct member lru[] = {
	FIELD("lowwm", AS_INT), FIELD("highwm", AS_INT), FIELD("out_of_space", AS_INT),
	FIELD("dont_evict_time", AS_TEXT), FIELD("capacity_upd_time", AS_TEXT), FIELD("enabled", AS_BOOL), END,
};
static const struct member disk[] = {
	FIELD("disk_util_low_wm", AS_INT), FIELD("disk_util_high_wm", AS_INT), FIELD("disk_util_max_wm", AS_INT),
	FIELD("iostat_time_long", AS_TEXT), FIELD("iostat_time_short", AS_TEXT), END,
};
static const struct member rebalance[] = {
	FIELD("dest_retry_time", AS_TEXT), FIELD("quiescent", AS_TEXT), FIELD("compression", AS_TEXT),
	FIELD("multiplier", AS_BYTE), FIELD("enabled", AS_BOOL), END,
};
static const struct member replication[] = {
	FIELD("on_cold_get", AS_BOOL), FIELD("on_put", AS_BOOL), FIELD("on_lru_eviction", AS_BOOL), END,
};
static const struct member checksum[] = {
	FIELD("type", AS_TEXT), FIELD("validate_cold_get", AS_BOOL), FIELD("validate_warm_get", AS_BOOL),
	FIELD("validate_obj_move", AS_BOOL), FIELD("enable_read_range", AS_BOOL), END,
};
static const struct member versioning[] = {
	FIELD("enabled", AS_BOOL), FIELD("validate_warm_get", AS_BOOL), END,
};
static const struct member l4[] = {
	FIELD("proto", AS_TEXT), FIELD("port", AS_TEXT), FIELD("port_intra_control", AS_TEXT),
	FIELD("port_intra_data", AS_TEXT), FIELD("sndrcv_buf_size", AS_INT), END,
};
static const struct member http[] = {
	FIELD("server_crt", AS_TEXT), FIELD("server_key", AS_TEXT), FIELD("write_buffer_size", AS_INT),
	FIELD("read_buffer_size", AS_INT), FIELD("use_https", AS_BOOL), FIELD("skip_verify", AS_BOOL),
	FIELD("chunked_transfer", AS_BOOL), END,
};
static const struct member net[] = { OBJECT("l4", l4), OBJECT("http", http), END };
static const struct member fshc[] = {
	FIELD("test_files", AS_INT), FIELD("error_limit", AS_INT), FIELD("enabled", AS_BOOL), END,
};
static const struct member auth[] = { FIELD("secret", AS_TEXT), FIELD("enabled", AS_BOOL), END };
static const struct member keepalive[] = {
	FIELD("interval", AS_TEXT), FIELD("name", AS_TEXT), FIELD("factor", AS_BYTE), END,
};
static const struct member keepalives[] = {
	OBJECT("proxy", keepalive), OBJECT("target", keepalive), FIELD("retry_factor", AS_BYTE),
	FIELD("timeout_factor", AS_BYTE), END,
};
static const struct member downloader[] = { FIELD("timeout", AS_TEXT), END };
static const struct member sort[] = {
	FIELD("duplicated_records", AS_TEXT), FIELD("missing_shards", AS_TEXT), FIELD("ekm_malformed_line", AS_TEXT),
	FIELD("ekm_missing_key", AS_TEXT), FIELD("default_max_mem_usage", AS_TEXT), FIELD("call_timeout", AS_TEXT),
	FIELD("compression", AS_TEXT), FIELD("dsorter_mem_threshold", AS_TEXT), END,
};
static const struct member compression[] = { FIELD("block_size", AS_INT), FIELD("checksum", AS_BOOL), END };

static const struct member config[] = {
	FIELD("confdir", AS_TEXT), OBJECT("mirror", mirror), OBJECT("ec", ec), OBJECT("log", logs),
	OBJECT("periodic", periodic), OBJECT("timeout", timeout), OBJECT("client", client), OBJECT("lru", lru),
	OBJECT("disk", disk), OBJECT("rebalance", rebalance), OBJECT("replication", replication),
	OBJECT("checksum", checksum), OBJECT("versioning", versioning), OBJECT("net", net), OBJECT("fshc", fshc),
	OBJECT("auth", auth), OBJECT("keepalivetracker", keepalives), OBJECT("downloader", downloader),
	OBJECT("distributed_sort", sort), OBJECT("compression", compression), FIELD("md_write", AS_TEXT),
	FIELD("log_level", AS_TEXT), FIELD("vmodule", AS_TEXT), END,
};

/* The cluster ---------------------------------------------------------------*/

static const struct member role[] = {
	FIELD_IF("servicePort", AS_PORT, MUST), FIELD_IF("portPublic", AS_PORT, MUST),
	FIELD_IF("portIntraControl", AS_PORT, MUST), FIELD_IF("portIntraData", AS_PORT, MUST),
	OBJECT("securityContext", shape_pod_security), OBJECT("capabilities", shape_security),
	OBJECT("affinity", shape_affinity), MAP("nodeSelector", &shape_text), LIST("tolerations", &shape_toleration),
	END,
};

static const struct member no_disks[] = {
	FIELD_IF("dryobjsize", AS_AMOUNT, MUST), FIELD_IF("enabled", AS_BOOL, MUST), END,
};

static const struct member mount[] = {
	FIELD_IF("path", AS_TEXT, MUST), FIELD_IF("size", AS_AMOUNT, MUST),
	FIELD_IF("storageClass", AS_TEXT, .flags = POINTER), END,
};
static const struct member mount_item = OBJECT("", mount);

static const struct member target[] = {
	MORE(role), OBJECT_IF("nodiskio", no_disks, MUST), LIST_IF("mounts", &mount_item, MUST), END,
};

static const struct member spec[] = {
	FIELD_IF("size", AS_INT32, MUST), FIELD_IF("nodeImage", AS_TEXT, MUST), FIELD_IF("initImage", AS_TEXT, MUST),
	FIELD_IF("hostpathPrefix", AS_TEXT, MUST), OBJECT("configToUpdate", config),
	OBJECT_IF("proxySpec", role, MUST), OBJECT_IF("targetSpec", target, MUST), FIELD("cleanupData", AS_BOOL),
	FIELD("clusterDomain", AS_TEXT), LIST("imagePullSecrets", &shape_reference),
	FIELD_IF("disablePodAntiAffinity", AS_BOOL, .flags = POINTER),
	FIELD_IF("enableExternalLB", AS_BOOL, MUST), END,
};

static const struct member root[] = {
	FIELD("apiVersion", AS_TEXT), FIELD("kind", AS_TEXT), FIELD("metadata", AS_ANY), FIELD("status", AS_ANY),
	OBJECT("spec", spec), END,
};

const struct member shape_alpha = OBJECT("", root);
