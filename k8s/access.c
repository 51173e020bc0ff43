/*
 * access.c - credentials: read at the start, and read again when they change.
 */
#include "k8s/access.h"

#include <stdlib.h>
#include <string.h>

#include "k8s/kubeconfig.h"
#include "k8s/server_url.h"
#include "kernel/log.h"

#define POD_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"
#define POD_NAME   "kubernetes.default.svc"

static struct out
why_of(struct access *a)
{
	memset(a->why, 0, sizeof(a->why));
	return out_over(a->why, sizeof(a->why) - 1);
}

/* "WHERE: WHAT". */
static bool
refuse(struct access *a, struct str where, struct str what)
{
	struct out o = why_of(a);

	OUT(&o, str_upto(where, 200), STR(": "), str_upto(what, sizeof(a->why) - 210));
	return false;
}

/* A NUL follows the view. */
static struct str
ended(struct arena *arena, struct str s)
{
	struct str copy = JOIN(arena, s, ((struct str){ "", 1 }));

	return copy.len == 0 ? STR_NONE : str_upto(copy, s.len);
}

static bool
read_whole(struct access *a, struct str path, struct arena *arena, struct str *text)
{
	enum file_result r = path.len == 0 ? FILE_FAILED : file_read(path.at, arena, text);

	return r == FILE_OK || refuse(a, path, str_of(file_result_text(r)));
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f)
			return false;
	return s.len > 0;
}

/* The token itself never gets into a sentence. */
static bool
set_token(struct access *a, struct str where, struct str token)
{
	token = str_trim(token);
	if (token.len >= sizeof(a->token))
		return refuse(a, where, STR("the token is too long"));
	if (!is_token(token))
		return refuse(a, where, STR("there is no token in it"));
	memcpy(a->token, token.at, token.len);
	a->token[token.len] = '\0';
	a->token_len = token.len;
	return true;
}

static bool
set_trust(struct access *a, struct str where, struct str pem)
{
	const char       *why = NULL;
	struct tls_trust *trust = tls_trust_parse(pem, &why);

	if (trust == NULL)
		return refuse(a, where, str_of(why));
	if (a->trust != NULL)
		tls_trust_drop(a->trust);
	a->trust = trust;
	return true;
}

static bool
set_identity(struct access *a, struct str where, struct str chain, struct str key)
{
	const char          *why = NULL;
	struct tls_identity *identity = tls_identity_parse(chain, key, &why);

	if (identity == NULL)
		return refuse(a, where, str_of(why));
	if (a->identity != NULL)
		tls_identity_drop(a->identity);
	a->identity = identity;
	return true;
}

/* Files ------------------------------------------------------------------- */

static bool
read_token(struct access *a, struct arena *arena)
{
	struct str text;

	return read_whole(a, a->token_file, arena, &text) && set_token(a, a->token_file, text);
}

static bool
read_trust(struct access *a, struct arena *arena)
{
	struct str pem;

	file_stamp(a->ca_file.at, &a->ca_stamp);
	return read_whole(a, a->ca_file, arena, &pem) && set_trust(a, a->ca_file, pem);
}

/* Each half may stand in a file or in the kubeconfig. */
static bool
read_identity(struct access *a, struct str where, struct str chain, struct str key, struct arena *arena)
{
	if (a->cert_file.len > 0) {
		file_stamp(a->cert_file.at, &a->cert_stamp);
		if (!read_whole(a, a->cert_file, arena, &chain))
			return false;
	}
	if (a->key_file.len > 0) {
		file_stamp(a->key_file.at, &a->key_stamp);
		if (!read_whole(a, a->key_file, arena, &key))
			return false;
	}
	return set_identity(a, a->cert_file.len > 0 ? a->cert_file : where, chain, key);
}

/* Environment ------------------------------------------------------------- */

static struct str
env(const char *name, const char *lower)
{
	struct str s = str_trim(str_of(getenv(name)));

	return s.len > 0 || lower == NULL ? s : str_trim(str_of(getenv(lower)));
}

static bool
check_proxy(struct access *a, struct str where)
{
	struct str proxy = env("HTTPS_PROXY", "https_proxy");

	if (!a->tls || proxy.len == 0 || server_url_bypasses(env("NO_PROXY", "no_proxy"), a->host, a->port))
		return true;
	return refuse(a, where, STR("HTTPS_PROXY is set, but this program speaks to the API server directly: "
	    "add the server to NO_PROXY, or unset HTTPS_PROXY"));
}

/* A server whose CA nobody names may still have a public one. */
static bool
check_trust(struct access *a, struct str where, struct arena *arena)
{
	if (!a->tls || a->insecure || a->trust != NULL)
		return true;
	a->ca_file = ended(arena, env("SSL_CERT_FILE", NULL));
	if (a->ca_file.len > 0)
		return read_trust(a, arena);
	return refuse(a, where, STR("certificate-authority is missing: without it the server cannot be trusted "
	    "(or name a bundle of public CAs in SSL_CERT_FILE)"));
}

/* Kubeconfig --------------------------------------------------------------- */

static bool
set_server(struct access *a, struct str url, struct arena *arena, struct out *why)
{
	struct server_url u;

	a->server = arena_copy(arena, url);
	if (!server_url_parse(a->server, &u, why))
		return false;
	a->tls = u.tls;
	a->host = u.host;
	a->port = u.port;
	a->path = u.path;
	a->name = u.host;
	return true;
}

/* Relative to the folder of the kubeconfig. */
static struct str
beside(struct str config, struct str path, struct arena *arena)
{
	const char *slash = memrchr(config.at, '/', config.len);

	if (path.len == 0)
		return STR_NONE;
	if (path.at[0] == '/' || slash == NULL)
		return ended(arena, path);
	return ended(arena, JOIN(arena, str_upto(config, (size_t)(slash - config.at) + 1), path));
}

static bool
take_credentials(struct access *a, struct str where, const struct kubeconfig *k, struct arena *arena)
{
	a->ca_file = beside(where, k->ca_file, arena);
	a->cert_file = beside(where, k->cert_file, arena);
	a->key_file = beside(where, k->key_file, arena);
	a->token_file = beside(where, k->token_file, arena);
	if (k->ca_data.len > 0 && !set_trust(a, where, k->ca_data))
		return false;
	if (a->ca_file.len > 0 && !read_trust(a, arena))
		return false;
	if ((k->cert_data.len > 0 || a->cert_file.len > 0) &&
	    !read_identity(a, where, k->cert_data, k->key_data, arena))
		return false;
	if (a->token_file.len > 0)
		return read_token(a, arena);
	return k->token.len == 0 || set_token(a, where, k->token);
}

static bool
load_kubeconfig(struct access *a, struct str path, struct arena *arena)
{
	char              text[400];
	struct out        why = out_over(text, sizeof(text));
	struct kubeconfig k;
	struct str        yaml;

	path = ended(arena, path);
	if (!read_whole(a, path, arena, &yaml))
		return false;
	if (!kubeconfig_parse(yaml, arena, &k, &why) || !set_server(a, k.server, arena, &why))
		return refuse(a, path, out_view(&why));
	a->insecure = k.insecure;
	a->namespace = k.namespace;
	if (k.server_name.len > 0)
		a->name = k.server_name;
	if (!take_credentials(a, path, &k, arena) || !check_trust(a, path, arena) || !check_proxy(a, path))
		return false;
	return arena_ok(arena) || refuse(a, path, STR("it is too large"));
}

/* Pod ----------------------------------------------------------------------- */

bool
access_in_cluster(struct access *a, struct str host, struct str port, const char *folder, struct arena *arena)
{
	char       text[400];
	struct out why = out_over(text, sizeof(text));
	struct str where = STR("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"), in = str_of(folder), ns;
	bool       v6 = host.len > 0 && memchr(host.at, ':', host.len) != NULL && host.at[0] != '[';

	*a = (struct access){ .in_cluster = true };
	host = v6 ? JOIN(arena, STR("["), host, STR("]")) : host;
	port = port.len > 0 ? port : STR("443");
	if (!set_server(a, JOIN(arena, STR("https://"), host, STR(":"), port), arena, &why))
		return refuse(a, where, out_view(&why));
	a->other_name = STR(POD_NAME);
	a->token_file = ended(arena, JOIN(arena, in, STR("/token")));
	a->ca_file = ended(arena, JOIN(arena, in, STR("/ca.crt")));
	if (read_whole(a, ended(arena, JOIN(arena, in, STR("/namespace"))), arena, &ns))
		a->namespace = str_trim(ns);
	return read_token(a, arena) && read_trust(a, arena) && check_proxy(a, where) &&
	    (arena_ok(arena) || refuse(a, where, STR("no room for the credentials")));
}

bool
access_load(struct access *a, const char *kubeconfig, struct arena *arena)
{
	struct str path = kubeconfig != NULL ? str_of(kubeconfig) : env("KUBECONFIG", NULL);
	struct str host = env("KUBERNETES_SERVICE_HOST", NULL), home = env("HOME", NULL);

	*a = (struct access){ .in_cluster = false };
	if (kubeconfig == NULL && path.len > 0 && memchr(path.at, ':', path.len) != NULL)
		return refuse(a, STR("KUBECONFIG"), STR("it names several files: name one with --kubeconfig"));
	if (path.len > 0)
		return load_kubeconfig(a, path, arena);
	if (host.len > 0)
		return access_in_cluster(a, host, env("KUBERNETES_SERVICE_PORT", NULL), POD_FOLDER, arena);
	return load_kubeconfig(a, JOIN(arena, home, STR("/.kube/config")), arena);
}

/* Again -------------------------------------------------------------------- */

static bool
has_changed(struct str path, const struct file_stamp *known)
{
	struct file_stamp now;

	return path.len > 0 && file_stamp(path.at, &now) && (now.inode != known->inode || now.size != known->size ||
	    now.changed_ns != known->changed_ns);
}

static bool
refresh_token(struct access *a, struct arena *scratch)
{
	struct str text;
	bool       fine = read_whole(a, a->token_file, scratch, &text);

	if (fine && str_eq(str_trim(text), (struct str){ a->token, a->token_len }))
		return false;
	if (fine && set_token(a, a->token_file, text))
		return true;
	LOG(LOG_WARN, "the token cannot be read again: the old one stays", LOG_STR("why", str_of(a->why)));
	return false;
}

static bool
refresh_trust(struct access *a, struct arena *scratch)
{
	if (!has_changed(a->ca_file, &a->ca_stamp))
		return false;
	if (read_trust(a, scratch))
		return true;
	LOG(LOG_WARN, "the CA cannot be read again: the old one stays", LOG_STR("why", str_of(a->why)));
	return false;
}

/* A certificate that came before its key does not fit it: looked at again when the key comes. */
static bool
refresh_identity(struct access *a, struct arena *scratch)
{
	if (a->cert_file.len == 0 || a->key_file.len == 0)
		return false;
	if (!has_changed(a->cert_file, &a->cert_stamp) && !has_changed(a->key_file, &a->key_stamp))
		return false;
	if (read_identity(a, a->cert_file, STR_NONE, STR_NONE, scratch))
		return true;
	LOG(LOG_WARN, "the client certificate cannot be read again: the old one stays",
	    LOG_STR("why", str_of(a->why)));
	return false;
}

bool
access_refresh(struct access *a, struct arena *scratch)
{
	bool token = a->token_file.len > 0 && refresh_token(a, scratch);
	bool trust = refresh_trust(a, scratch);

	return refresh_identity(a, scratch) || trust || token;
}
