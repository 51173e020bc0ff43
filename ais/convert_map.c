/*
 * convert_map.c - what v1alpha1 and v1beta1 both can say, and where.
 *
 * Each direction makes a new document of what has a counterpart.  All else is
 * not looked at: it rides.
 */
#include "ais/amount.h"
#include "ais/convert_inner.h"

enum rule {
	COPY,
	TIME,                    /* text in both; beta cannot be read with one that Go cannot */
	BYTES,                   /* alpha: a number; beta: text with a unit */
	PERCENT,                 /* beta: 0 to 100 */
};

#define ROLE_COPIED "servicePort portPublic portIntraControl portIntraData securityContext affinity " \
	"nodeSelector tolerations"

/* Members of one name in both. */
static const struct section {
	struct str at, names;
	enum rule  rule;
} sections[] = {
	{ STR_INIT("spec"), STR_INIT("nodeImage initImage clusterDomain imagePullSecrets enableExternalLB "
	    "cleanupData"), COPY },
	{ STR_INIT("spec.proxySpec"), STR_INIT(ROLE_COPIED), COPY },
	{ STR_INIT("spec.targetSpec"), STR_INIT(ROLE_COPIED), COPY },
	{ STR_INIT("status"), STR_INIT("state conditions"), COPY },
#define CONFIG(section, names, rule) { STR_INIT("spec.configToUpdate" section), STR_INIT(names), rule }
	CONFIG("", "", COPY),
	CONFIG(".mirror", "copies burst_buffer enabled", COPY),
	CONFIG(".ec", "enabled objsize_limit data_slices parity_slices compression", COPY),
	CONFIG(".log", "level", COPY),
	CONFIG(".log", "max_size max_total", BYTES),
	CONFIG(".periodic", "stats_time retry_sync_time notif_time", TIME),
	CONFIG(".timeout", "cplane_operation max_keepalive max_host_busy startup_time send_file_time", TIME),
	CONFIG(".client", "client_timeout client_long_timeout list_timeout", TIME),
	CONFIG(".lru", "enabled", COPY),
	CONFIG(".lru", "dont_evict_time capacity_upd_time", TIME),
	CONFIG(".disk", "disk_util_low_wm disk_util_high_wm disk_util_max_wm", COPY),
	CONFIG(".disk", "iostat_time_long iostat_time_short", TIME),
	CONFIG(".rebalance", "compression enabled", COPY),
	CONFIG(".rebalance", "dest_retry_time", TIME),
	CONFIG(".checksum", "type validate_cold_get validate_warm_get validate_obj_move enable_read_range", COPY),
	CONFIG(".versioning", "enabled validate_warm_get", COPY),
	CONFIG(".net", "", COPY),
	CONFIG(".net.http", "server_crt server_key write_buffer_size read_buffer_size use_https skip_verify "
	    "chunked_transfer", COPY),
	CONFIG(".fshc", "test_files error_limit enabled", COPY),
	CONFIG(".auth", "enabled", COPY),
	CONFIG(".keepalivetracker", "retry_factor", COPY),
	CONFIG(".keepalivetracker.proxy", "name factor", COPY),
	CONFIG(".keepalivetracker.proxy", "interval", TIME),
	CONFIG(".keepalivetracker.target", "name factor", COPY),
	CONFIG(".keepalivetracker.target", "interval", TIME),
	CONFIG(".downloader", "timeout", TIME),
	CONFIG(".distributed_sort", "duplicated_records missing_shards ekm_malformed_line ekm_missing_key "
	    "default_max_mem_usage compression dsorter_mem_threshold", COPY),
	CONFIG(".distributed_sort", "call_timeout", TIME),
#undef CONFIG
};

/* Members that have another place. */
static const struct move {
	struct str alpha, beta;
	enum rule  rule;
} moves[] = {
	{ STR_INIT("spec.disablePodAntiAffinity"), STR_INIT("spec.targetSpec.disablePodAntiAffinity"), COPY },
	{ STR_INIT("spec.proxySpec.capabilities"), STR_INIT("spec.proxySpec.aisContainerSecurityContext"), COPY },
	{ STR_INIT("spec.targetSpec.capabilities"), STR_INIT("spec.targetSpec.aisContainerSecurityContext"), COPY },
#define CONFIG(alpha, beta, rule) \
	{ STR_INIT("spec.configToUpdate." alpha), STR_INIT("spec.configToUpdate." beta), rule }
	CONFIG("client.features", "features", COPY),
	CONFIG("lru.lowwm", "space.lowwm", PERCENT),
	CONFIG("lru.highwm", "space.highwm", PERCENT),
	CONFIG("lru.out_of_space", "space.out_of_space", PERCENT),
	CONFIG("rebalance.multiplier", "rebalance.bundle_multiplier", COPY),
	CONFIG("rebalance.quiescent", "transport.quiescent", TIME),
	CONFIG("compression.block_size", "transport.lz4_block", COPY),
	CONFIG("compression.checksum", "transport.lz4_frame_checksum", COPY),
	CONFIG("md_write", "write_policy.md", COPY),
#undef CONFIG
};

#define SIZE         STR("spec.size")
#define PROXY_SIZE   STR("spec.proxySpec.size")
#define TARGET_SIZE  STR("spec.targetSpec.size")
#define PREFIX       STR("spec.hostpathPrefix")
#define STATE        STR("spec.stateStorage")
#define STATE_CLASS  STR("spec.stateStorageClass")
#define MOUNTS       STR("spec.targetSpec.mounts")
#define NODISKIO     STR("spec.targetSpec.nodiskio")
#define EXTERNAL_LB  STR("spec.enableExternalLB")
#define LOG_LEVEL    STR("spec.configToUpdate.log.level")
#define LOG_LEVEL_2  STR("spec.configToUpdate.log_level")

/* Values --------------------------------------------------------------------*/

static struct node *
made_number(struct arena *a, int64_t number, struct str before, struct str after)
{
	struct out o = out_in(a);

	out_str(&o, before);
	out_int(&o, number);
	out_str(&o, after);
	return node_made(a, out_keep(&o, a));
}

/* NULL: beta cannot say it, or it is not what alpha says there. */
static struct node *
raised(struct node *v, enum rule rule)
{
	struct json s = node_scalar(v);
	struct str  why;
	int64_t     number;

	switch (rule) {
	case COPY:
		return node_copy(v);
	case TIME:
		return json_is_str(s) && duration_parse(json_str(s, v->arena), &number, v->arena, &why)
		    ? node_copy(v) : NULL;
	case BYTES:
		return json_i64(s, &number) && number >= 0 ? made_number(v->arena, number, STR("\""), STR("B\"")) : NULL;
	case PERCENT:
		return json_i64(s, &number) && number >= 0 && number <= 100 ? node_copy(v) : NULL;
	}
	return NULL;
}

static struct node *
lowered(struct node *v, enum rule rule)
{
	struct json s = node_scalar(v);
	struct str  why;
	int64_t     number;

	/* What could not come back up is not shown either. */
	if (rule != BYTES)
		return raised(v, rule);
	return json_is_str(s) && size_parse(json_str(s, v->arena), &number, &why) && number >= 0
	    ? made_number(v->arena, number, STR_NONE, STR_NONE) : NULL;
}

/* The table -----------------------------------------------------------------*/

static void
carry(struct node *v, struct node *to, struct str path, enum rule rule, bool up)
{
	if (node_there(v))
		node_put(to, path, up ? raised(v, rule) : lowered(v, rule));
}

static void
carry_section(const struct section *s, struct node *from, struct node *to, bool up)
{
	struct node *in = node_path(from, s->at);
	struct str   names = s->names, name;

	if (!node_is_object(in))
		return;
	/* An empty section is a wish too.  One whose members all have moved need not stay. */
	if ((!up || node_first(in) == NULL || !str_starts(s->at, STR("spec.configToUpdate."))) &&
	    node_path(to, s->at) == NULL)
		node_put(to, s->at, node_object(to->arena));
	while (names.len > 0 && str_cut(&names, ' ', &name))
		carry(node_get(in, name), to, JOIN(to->arena, s->at, STR("."), name), s->rule, up);
}

static void
carry_all(struct node *from, struct node *to, bool up)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		carry_section(&sections[i], from, to, up);
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		carry(node_path(from, up ? moves[i].alpha : moves[i].beta), to, up ? moves[i].beta : moves[i].alpha,
		    moves[i].rule, up);
}

/* What the table cannot say -------------------------------------------------*/

static void
carry_if_none(struct node *from, struct str path, struct node *to, struct str as)
{
	if (!node_there(node_path(to, as)))
		carry(node_path(from, path), to, as, COPY, true);
}

/* Of each data mount the members that both versions have. */
static struct node *
common_mounts(struct node *list)
{
	static const struct str names[] = { STR_INIT("path"), STR_INIT("size"), STR_INIT("storageClass") };
	struct node            *common = node_is_list(list) ? node_list(list->arena) : NULL, **end, *m;

	if (common == NULL)
		return NULL;
	end = &common->first;
	for (list = node_first(list); list != NULL; list = list->next) {
		m = node_object(list->arena);
		for (int i = 0; i < 3 && m != NULL; i++)
			carry(node_get(list, names[i]), m, names[i], COPY, true);
		if ((*end = m) != NULL)
			end = &m->next;
	}
	return common;
}

static struct node *
true_only(struct node *v)
{
	return json_true(node_scalar(v)) ? v : NULL;
}

struct node *
map_up(struct node *alpha)
{
	struct node *beta = node_object(alpha->arena), *prefix = node_path(alpha, PREFIX);
	bool         no_prefix = json_str_is(node_scalar(prefix), STR(""));

	if (beta == NULL)
		return NULL;
	carry_all(alpha, beta, true);
	carry(node_path(alpha, SIZE), beta, SIZE, COPY, true);
	carry(prefix, beta, no_prefix ? PREFIX : STR("spec.stateStorage.hostPath.prefix"), COPY, true);
	/* In 2021 to clean up meant both: to leave the cluster and to drop its data. */
	carry(true_only(node_path(alpha, STR("spec.cleanupData"))), beta, STR("spec.cleanupMetadata"), COPY, true);
	carry_if_none(alpha, LOG_LEVEL_2, beta, LOG_LEVEL);
	node_put(beta, MOUNTS, common_mounts(node_path(alpha, MOUNTS)));
	return beta;
}

static bool
is_minus_one(struct node *size)
{
	int64_t number;

	return json_i64(node_scalar(size), &number) && number == -1;
}

/* That of the targets: they hold the data. */
static struct node *
shown_size(struct node *beta)
{
	struct node *all = node_path(beta, SIZE), *targets = node_path(beta, TARGET_SIZE);

	if (is_minus_one(all))
		return all;
	return node_there(targets) ? targets : node_there(all) ? all : node_path(beta, PROXY_SIZE);
}

/* Where daemons keep their state on the host; an empty text: not there. */
static struct node *
shown_prefix(struct node *beta)
{
	struct node *class = node_path(beta, STATE_CLASS), *shown;

	if (node_there(node_path(beta, STATE)))
		shown = node_path(beta, STR("spec.stateStorage.hostPath.prefix"));
	else if (node_there(class) && !json_str_is(node_scalar(class), STR("")))
		shown = NULL;
	else
		shown = node_path(beta, PREFIX);
	return node_there(shown) ? shown : node_made(beta->arena, STR("\"\""));
}

struct node *
map_down(struct node *beta)
{
	struct node *alpha = node_object(beta->arena), *mounts = common_mounts(node_path(beta, MOUNTS));

	if (alpha == NULL)
		return NULL;
	carry_all(beta, alpha, false);
	if (node_is_object(node_path(beta, STR("spec")))) {
		carry(shown_size(beta), alpha, SIZE, COPY, false);
		carry(shown_prefix(beta), alpha, PREFIX, COPY, false);
	}
	carry_if_none(beta, STR("spec.proxySpec.capabilities"), alpha, STR("spec.proxySpec.capabilities"));
	carry_if_none(beta, STR("spec.targetSpec.capabilities"), alpha, STR("spec.targetSpec.capabilities"));
	node_put(alpha, MOUNTS, mounts);
	for (struct node *m = node_first(mounts); m != NULL; m = m->next)
		if (!node_there(node_get(m, STR("size"))))
			node_set(m, STR("size"), node_made(m->arena, STR("\"0\"")));
	return alpha;
}

static struct node *
no_nodiskio(struct arena *a)
{
	return node_made(a, STR("{\"dryobjsize\":\"0\",\"enabled\":false}"));
}

void
map_fill(struct node *alpha)
{
	if (!node_is_object(node_path(alpha, STR("spec"))))
		return;
	if (!node_there(node_path(alpha, EXTERNAL_LB)))
		node_put(alpha, EXTERNAL_LB, node_made(alpha->arena, STR("false")));
	if (node_is_object(node_path(alpha, STR("spec.targetSpec"))) && !node_there(node_path(alpha, NODISKIO)))
		node_put(alpha, NODISKIO, no_nodiskio(alpha->arena));
}

void
map_unfill(struct node *alpha)
{
	struct node *lb = node_path(alpha, EXTERNAL_LB), *nodiskio = node_path(alpha, NODISKIO);

	if (json_is_bool(node_scalar(lb)) && !json_true(node_scalar(lb)))
		node_take(alpha, EXTERNAL_LB);
	if (nodiskio != NULL && node_alike(nodiskio, no_nodiskio(alpha->arena)))
		node_take(alpha, NODISKIO);
}

/* Units ---------------------------------------------------------------------*/

/*
 * Somebody changed the one size that alpha shows, and the roles have sizes of
 * their own.  What was shown is what is changed: that of the targets; the
 * proxies keep theirs.
 */
static void
keep_sizes(struct node **now, struct node **then, struct node **was)
{
	struct node *wish = now[0], *all = then[0] != NULL ? then[0] : was[0];

	if (!node_there(wish))
		return;
	now[1] = then[1];
	if (!node_there(then[2]))
		return;
	now[2] = is_minus_one(wish) ? then[2] : wish;
	if (!is_minus_one(wish) && !is_minus_one(all))
		now[0] = all;
}

const struct unit alpha_units[] = {
	{ { STR_INIT("spec.configToUpdate.log.level"), STR_INIT("spec.configToUpdate.log_level") }, NULL },
	{ { { NULL, 0 } }, NULL },
};

const struct unit beta_units[] = {
	{ { STR_INIT("spec.size"), STR_INIT("spec.proxySpec.size"), STR_INIT("spec.targetSpec.size") }, keep_sizes },
	{ { STR_INIT("spec.stateStorage"), STR_INIT("spec.hostpathPrefix"), STR_INIT("spec.stateStorageClass") },
	    NULL },
	{ { STR_INIT("spec.cleanupData"), STR_INIT("spec.cleanupMetadata") }, NULL },
	{ { STR_INIT("spec.proxySpec.aisContainerSecurityContext"), STR_INIT("spec.proxySpec.capabilities") },
	    NULL },
	{ { STR_INIT("spec.targetSpec.aisContainerSecurityContext"), STR_INIT("spec.targetSpec.capabilities") },
	    NULL },
	{ { { NULL, 0 } }, NULL },
};
