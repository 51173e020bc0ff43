/* ais_config.c - the configuration of a simulated AIS cluster: its defaults are its schema. */
#include "tests/fake/ais_inner.h"

#include <stdio.h>
#include <string.h>

/* What aisinit 4.9 starts from.  Strings, numbers and truth values also say which type a key has. */
static const char defaults[] =
    "{'backend':{},"
    "'mirror':{'copies':2,'burst_buffer':128,'enabled':false},"
    "'ec':{'objsize_limit':262144,'compression':'never','bundle_multiplier':2,'data_slices':2,"
    "'parity_slices':2,'enabled':false,'disk_only':false,'burst_buffer':512},"
    "'chunks':{'objsize_limit':'0','max_monolithic_size':'1TiB','chunk_size':'1GiB','checkpoint_every':0,"
    "'flags':0},"
    "'log':{'level':'3','max_size':'4mb','max_total':'512mb','flush_time':'60s','stats_time':'3m',"
    "'to_stderr':false},"
    "'periodic':{'stats_time':'10s','notif_time':'30s','retry_sync_time':'2s'},"
    "'tracing':{'enabled':false,'exporter_endpoint':'','exporter_auth':{'token_header':'','token_file':''},"
    "'service_name_prefix':'','attributes':{},'sampler_probability':'1.0','skip_verify':false},"
    "'timeout':{'cplane_operation':'2s','max_keepalive':'5s','max_host_busy':'20s','startup_time':'1m',"
    "'join_startup_time':'3m','send_file_time':'5m','ec_streams_time':'10m','object_md':'2h',"
    "'cold_get_conflict':'5s'},"
    "'client':{'client_timeout':'10s','client_long_timeout':'5m','list_timeout':'1m'},"
    "'space':{'cleanupwm':65,'lowwm':75,'highwm':90,'out_of_space':95,'batch_size':32768,"
    "'dont_cleanup_time':'2h'},"
    "'lru':{'dont_evict_time':'2h','capacity_upd_time':'10m','enabled':false,'batch_size':32768},"
    "'disk':{'disk_util_low_wm':20,'disk_util_high_wm':80,'disk_util_max_wm':95,'iostat_time_long':'2s',"
    "'iostat_time_short':'100ms','iostat_time_smooth':'8s'},"
    "'rebalance':{'enabled':true,'dest_retry_time':'2m','compression':'never','bundle_multiplier':2,"
    "'burst_buffer':512},"
    "'resilver':{'enabled':true},"
    "'checksum':{'type':'xxhash2','validate_cold_get':true,'validate_warm_get':false,"
    "'validate_obj_move':false,'enable_read_range':false},"
    "'versioning':{'enabled':true,'validate_warm_get':false,'synchronize':false},"
    "'net':{'l4':{'proto':'tcp','sndrcv_buf_size':131072},'http':{'use_https':false,"
    "'server_crt':'server.crt',"
    "'server_key':'server.key','domain_tls':'','client_ca_tls':'','client_auth_tls':0,'write_buffer_size':0,"
    "'read_buffer_size':0,'idle_conn_time':'30s','idle_conns':4096,'idle_conns_per_host':128,"
    "'chunked_transfer':true,'skip_verify':false},'use_ipv6':false},"
    "'fshc':{'test_files':4,'error_limit':2,'io_err_limit':10,'io_err_time':'10s','enabled':true},"
    "'auth':{'enabled':false,'signature':{'key':'','method':''},'required_claims':{'aud':[]},"
    "'oidc':{'allowed_iss':[],'issuer_ca_bundle':'','jwks_cache':{}},"
    "'cluster_key':{'enabled':false,'ttl':'24h','nonce_window':'1m','rotation_grace':'1m'}},"
    "'keepalivetracker':{'proxy':{'name':'heartbeat','interval':'10s','factor':3},"
    "'target':{'name':'heartbeat','interval':'10s','factor':3},'num_retries':3,'retry_factor':5},"
    "'downloader':{'timeout':'1h'},"
    "'distributed_sort':{'duplicated_records':'ignore','missing_shards':'ignore',"
    "'ekm_malformed_line':'abort',"
    "'ekm_missing_key':'abort','default_max_mem_usage':'80%','dsorter_mem_threshold':'100GB',"
    "'call_timeout':'10m','compression':'never','bundle_multiplier':4,'burst_buffer':512},"
    "'transport':{'max_header':4096,'burst_buffer':512,'idle_teardown':'4s','quiescent':'10s',"
    "'lz4_block':'256kb','lz4_frame_checksum':false},"
    "'memsys':{'min_free':'6gb','default_buf':'32kb','to_gc':'4gb','hk_time':'3m','min_pct_total':0,"
    "'min_pct_free':0},"
    "'tcb':{'compression':'never','bundle_multiplier':2,'burst_buffer':512},"
    "'tco':{'compression':'never','bundle_multiplier':2,'burst_buffer':512},"
    "'arch':{'compression':'never','bundle_multiplier':2,'burst_buffer':512},"
    "'write_policy':{'data':'','md':''},"
    "'proxy':{'primary_url':'','original_url':'','discovery_url':''},"
    "'rate_limit':{'backend':{'num_retries':3,'interval':'1m','max_tokens':1000,'enabled':false,"
    "'per_op_max_tokens':''},'frontend':{'burst_size':375,'interval':'1m','max_tokens':1000,'enabled':false,"
    "'per_op_max_tokens':''}},"
    "'get_batch':{'max_wait':'30s','warmup_workers':2,'max_soft_errs':6,'max_gfn':5,'compression':'never',"
    "'bundle_multiplier':2,'burst_buffer':512},"
    "'features':'0'}";

/* Objects whose members anybody may name. */
static const char *const open_ended[] = { "backend", "tracing.attributes", "auth.oidc.jwks_cache" };

enum rule_kind { RULE_DURATION, RULE_NUMBER };

#define SECOND 1000000000ll
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define NO_MOST INT64_MAX

/* What validation wants of single values; zero_ok: 0 means the default. */
static const struct rule {
	const char    *path;
	enum rule_kind kind;
	bool           zero_ok;
	int64_t        least, most;
} rules[] = {
	{ "mirror.copies", RULE_NUMBER, false, 2, 32 },
	{ "ec.data_slices", RULE_NUMBER, false, 1, 32 },
	{ "ec.parity_slices", RULE_NUMBER, false, 1, 32 },
	{ "log.flush_time", RULE_DURATION, false, 0, HOUR },
	{ "log.stats_time", RULE_DURATION, false, 0, 10 * MINUTE },
	{ "periodic.stats_time", RULE_DURATION, false, SECOND, MINUTE },
	{ "periodic.notif_time", RULE_DURATION, false, SECOND, MINUTE },
	{ "periodic.retry_sync_time", RULE_DURATION, false, SECOND / 100, 10 * SECOND },
	{ "timeout.cplane_operation", RULE_DURATION, false, SECOND / 100, NO_MOST },
	{ "timeout.max_keepalive", RULE_DURATION, false, 1, NO_MOST },
	{ "timeout.max_host_busy", RULE_DURATION, false, 10 * SECOND, NO_MOST },
	{ "timeout.startup_time", RULE_DURATION, false, 30 * SECOND, NO_MOST },
	{ "timeout.join_startup_time", RULE_DURATION, true, MINUTE, NO_MOST },
	{ "timeout.send_file_time", RULE_DURATION, false, MINUTE, NO_MOST },
	{ "timeout.object_md", RULE_DURATION, true, 20 * MINUTE, 16 * HOUR },
	{ "timeout.cold_get_conflict", RULE_DURATION, true, SECOND, NO_MOST },
	{ "client.client_timeout", RULE_DURATION, true, SECOND, 30 * MINUTE },
	{ "client.client_long_timeout", RULE_DURATION, true, SECOND, 30 * MINUTE },
	{ "client.list_timeout", RULE_DURATION, true, SECOND, 30 * MINUTE },
	{ "space.cleanupwm", RULE_NUMBER, false, 1, 100 },
	{ "space.lowwm", RULE_NUMBER, false, 1, 100 },
	{ "space.highwm", RULE_NUMBER, false, 1, 100 },
	{ "space.out_of_space", RULE_NUMBER, false, 1, 100 },
	{ "space.dont_cleanup_time", RULE_DURATION, true, 15 * MINUTE, NO_MOST },
	{ "lru.dont_evict_time", RULE_DURATION, false, HOUR, NO_MOST },
	{ "lru.capacity_upd_time", RULE_DURATION, false, 10 * SECOND, NO_MOST },
	{ "disk.disk_util_low_wm", RULE_NUMBER, false, 1, 100 },
	{ "disk.disk_util_high_wm", RULE_NUMBER, false, 1, 100 },
	{ "disk.disk_util_max_wm", RULE_NUMBER, false, 1, 100 },
	{ "disk.iostat_time_long", RULE_DURATION, false, 2 * SECOND, MINUTE },
	{ "disk.iostat_time_short", RULE_DURATION, false, SECOND / 1000, MINUTE },
	{ "rebalance.dest_retry_time", RULE_DURATION, false, SECOND, 10 * MINUTE },
	{ "net.http.client_auth_tls", RULE_NUMBER, false, 0, 4 },
	{ "net.http.idle_conn_time", RULE_DURATION, true, 0, 30 * SECOND },
	{ "net.http.idle_conns", RULE_NUMBER, true, 0, 4096 },
	{ "fshc.test_files", RULE_NUMBER, false, 4, NO_MOST },
	{ "fshc.error_limit", RULE_NUMBER, false, 2, NO_MOST },
	{ "keepalivetracker.proxy.interval", RULE_DURATION, false, SECOND, MINUTE },
	{ "keepalivetracker.target.interval", RULE_DURATION, false, SECOND, MINUTE },
	{ "keepalivetracker.retry_factor", RULE_NUMBER, false, 1, 10 },
	{ "downloader.timeout", RULE_DURATION, false, SECOND, HOUR },
	{ "distributed_sort.call_timeout", RULE_DURATION, true, 1, NO_MOST },
	{ "transport.idle_teardown", RULE_DURATION, true, SECOND, NO_MOST },
	{ "transport.quiescent", RULE_DURATION, false, 8 * SECOND, NO_MOST },
	{ "memsys.hk_time", RULE_DURATION, true, 1, HOUR },
};

/* Chains: none may exceed the one after it. */
static const char *const chains[][4] = {
	{ "space.cleanupwm", "space.lowwm", "space.highwm", "space.out_of_space" },
	{ "disk.disk_util_low_wm", "disk.disk_util_high_wm", "disk.disk_util_max_wm", NULL },
};

struct tree *
ais_config_default(void)
{
	return tree_of(defaults);
}

static int64_t
unit_ns(struct str unit)
{
	static const struct { struct str name; int64_t ns; } units[] = {
		{ STR_INIT("ns"), 1 }, { STR_INIT("us"), 1000 }, { STR_INIT("\xc2\xb5s"), 1000 },
		{ STR_INIT("ms"), 1000000 }, { STR_INIT("s"), SECOND }, { STR_INIT("m"), MINUTE }, { STR_INIT("h"), HOUR },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_eq(unit, units[i].name))
			return units[i].ns;
	return 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One number with its unit off the front of *s. */
static bool
duration_part(struct str *s, int64_t *ns)
{
	size_t at = 0, from;
	double number = 0, scale = 1;
	bool   digits = false;
	int64_t unit;

	for (; at < s->len && is_digit(s->at[at]); at++, digits = true)
		number = number * 10 + (s->at[at] - '0');
	if (at < s->len && s->at[at] == '.')
		for (at++; at < s->len && is_digit(s->at[at]); at++, digits = true)
			number += (s->at[at] - '0') * (scale /= 10);
	for (from = at; at < s->len && !is_digit(s->at[at]) && s->at[at] != '.'; at++)
		;
	unit = unit_ns(str_upto(str_from(*s, from), at - from));
	if (!digits || unit == 0 || number * (double)unit > 9e18 - (double)*ns)
		return false;
	*ns += (int64_t)(number * (double)unit + 0.5);
	*s = str_from(*s, at);
	return true;
}

bool
ais_duration(struct str s, int64_t *ns)
{
	bool minus = s.len > 0 && s.at[0] == '-';

	*ns = 0;
	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	if (str_eq(s, STR("0")))
		return true;
	if (s.len == 0)
		return false;
	while (s.len > 0)
		if (!duration_part(&s, ns))
			return false;
	if (minus)
		*ns = -*ns;
	return true;
}

int64_t
ais_config_ms(const struct tree *config, const char *dotted)
{
	int64_t ns;

	return ais_duration(tree_str_at(config, dotted), &ns) ? ns / 1000000 : 0;
}

static bool
rule_holds(const struct rule *r, const struct tree *config, char *why, size_t why_size)
{
	const struct tree *v = tree_at(config, r->path);
	int64_t n;

	if (r->kind == RULE_NUMBER) {
		if (!str_i64(v->text, &n)) {
			snprintf(why, why_size, "invalid %s=" STR_FMT ": is not an integer", r->path, STR_ARG(v->text));
			return false;
		}
	} else if (!ais_duration(tree_str(v), &n)) {
		snprintf(why, why_size, "invalid %s: time: invalid duration \"" STR_FMT "\"", r->path,
		    STR_ARG(tree_str(v)));
		return false;
	}
	if ((n == 0 && r->zero_ok) || (n >= r->least && n <= r->most))
		return true;
	snprintf(why, why_size, "invalid %s=" STR_FMT ": out of range", r->path, STR_ARG(v->text));
	return false;
}

static bool
chains_hold(const struct tree *config, char *why, size_t why_size)
{
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		for (int k = 0; k < 3 && chains[i][k + 1] != NULL; k++)
			if (tree_int_at(config, chains[i][k], 0) > tree_int_at(config, chains[i][k + 1], 0)) {
				snprintf(why, why_size, "invalid %s: exceeds %s", chains[i][k], chains[i][k + 1]);
				return false;
			}
	return true;
}

static bool
auth_holds(const struct tree *config, char *why, size_t why_size)
{
	bool signature = tree_str_at(config, "auth.signature.method").len > 0;
	bool oidc = tree_item(tree_at(config, "auth.oidc.allowed_iss"), 0) != NULL;

	if (!tree_true_at(config, "auth.enabled") || signature != oidc)
		return true;
	snprintf(why, why_size, "invalid auth config: must provide one of signature or OIDC config if enabled");
	return false;
}

bool
ais_config_check(const struct tree *config, char *why, size_t why_size)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rule_holds(&rules[i], config, why, why_size))
			return false;
	if (ais_config_ms(config, "timeout.max_keepalive") < 2 * ais_config_ms(config, "timeout.cplane_operation")) {
		snprintf(why, why_size, "invalid timeout.max_keepalive: must be at least 2 * timeout.cplane_operation");
		return false;
	}
	for (int i = 0; i < 2; i++) {
		static const char *const path[] = { "keepalivetracker.proxy.interval", "keepalivetracker.target.interval" };

		if (ais_config_ms(config, path[i]) < ais_config_ms(config, "timeout.max_keepalive")) {
			snprintf(why, why_size, "invalid %s: is less than timeout.max_keepalive", path[i]);
			return false;
		}
	}
	if (!str_eq(tree_str_at(config, "net.l4.proto"), STR("tcp"))) {
		snprintf(why, why_size, "invalid net.l4.proto: only tcp is known");
		return false;
	}
	return chains_hold(config, why, why_size) && auth_holds(config, why, why_size);
}

static bool
is_open_ended(const char *path)
{
	for (size_t i = 0; i < sizeof(open_ended) / sizeof(open_ended[0]); i++)
		if (strcmp(path, open_ended[i]) == 0)
			return true;
	return false;
}

/* Go's decoder: null leaves a value as it is. */
static bool
decode(struct tree *into, const struct tree *patch, const char *path, char *why, size_t why_size)
{
	TREE_EACH(p, patch) {
		struct tree *old = tree_get(into, p->key);
		char at[256];

		snprintf(at, sizeof(at), "%s%s" STR_FMT, path, *path != 0 ? "." : "", STR_ARG(p->key));
		if (old == NULL && !is_open_ended(path)) {
			snprintf(why, why_size, "unknown field \"%s\" in the configuration", at);
			return false;
		}
		if (tree_is(p, TREE_NULL))
			continue;
		if (old != NULL && old->kind != p->kind) {
			snprintf(why, why_size, "configuration field \"%s\" has a wrong type", at);
			return false;
		}
		if (old == NULL || !tree_is(p, TREE_OBJECT))
			tree_set(into, p->key, tree_copy(p));
		else if (!decode(old, p, at, why, why_size))
			return false;
	}
	return true;
}

bool
ais_config_patch(struct tree **config, const struct tree *patch, char *why, size_t why_size)
{
	struct tree *next;

	if (!tree_is(patch, TREE_OBJECT)) {
		snprintf(why, why_size, "the configuration is no JSON object");
		return false;
	}
	next = tree_copy(*config);
	if (!decode(next, patch, "", why, why_size) || !ais_config_check(next, why, why_size)) {
		tree_free(next);
		return false;
	}
	tree_free(*config);
	*config = next;
	return true;
}
