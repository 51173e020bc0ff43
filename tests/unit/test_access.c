#include "k8s/access.h"

#include <stdlib.h>

#include "k8s/kubeconfig.h"
#include "k8s/server_url.h"
#include "kernel/base64.h"
#include "test.h"
#include "tests/world/world.h"

/* Made for these tests: two CAs, and the key of the first. */
#define CA_A \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBbzCCARWgAwIBAgIUJGiNXDzc9TmxPz0klUxdIXdAWfcwCgYIKoZIzj0EAwIw\n" \
	"DDEKMAgGA1UEAwwBYTAgFw0yNjExMjQyMTU2MDNaGA8yMTI2MTAzMTIxNTYwM1ow\n" \
	"DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCGxrikksHsr\n" \
	"IpXNv+WSB6cugCXwFWHm5ugi0ndmkwOuAJKD2REFc50sbZAKtqT0TxyActF2P5d/\n" \
	"OT691rwVacqjUzBRMB0GA1UdDgQWBBQAWqzEwPx2ybyr+1zAvKc+edxDtzAfBgNV\n" \
	"HSMEGDAWgBQAWqzEwPx2ybyr+1zAvKc+edxDtzAPBgNVHRMBAf8EBTADAQH/MAoG\n" \
	"CCqGSM49BAMCA0gAMEUCIAumjMaA/Gfvnf+bIaJqvV97Q8WavpTPaf+t+6sOC8rl\n" \
	"AiEAwV7hfAH1uWv/qu4ppFsw+C6NHFa+dDtiPAWxpOGVnPY=\n" \
	"-----END CERTIFICATE-----\n"
#define KEY_A \
	"-----BEGIN PRIVATE KEY-----\n" \
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF2rQ+VuvLJ9BEYoF\n" \
	"Y6KQUqLndjjUC93oMwNj1IQQXpuhRANCAAQhsa4pJLB7KyKVzb/lkgenLoAl8BVh\n" \
	"5uboItJ3ZpMDrgCSg9kRBXOdLG2QCrak9E8cgHLRdj+Xfzk+vda8FWnK\n" \
	"-----END PRIVATE KEY-----\n"
#define CA_B \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBbzCCARWgAwIBAgIUPtJAvDoPx37ns/P5OiM36W8I6hwwCgYIKoZIzj0EAwIw\n" \
	"DDEKMAgGA1UEAwwBYjAgFw0yNjExMjQyMTU2MDNaGA8yMTI2MTAzMTIxNTYwM1ow\n" \
	"DDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBJKHHG7vDJ6\n" \
	"iaDjcLvaF7nGKek1btrCbrAeFjy+vgudkfg9g2qjGjISBwzObGsFuaPNgdWpIJ+v\n" \
	"d/qQjj7ugfujUzBRMB0GA1UdDgQWBBSjQzudKDUq1Yk2SG6WfCKKBNwV+zAfBgNV\n" \
	"HSMEGDAWgBSjQzudKDUq1Yk2SG6WfCKKBNwV+zAPBgNVHRMBAf8EBTADAQH/MAoG\n" \
	"CCqGSM49BAMCA0gAMEUCICEmTrQaWAjcUhSHtJqfkxENJj63S+mUA4jwQEJ6UV3s\n" \
	"AiEAwcGeUwwuMnUT1BdD59vVZsSP07R9KYxskBhU4ExrD/4=\n" \
	"-----END CERTIFICATE-----\n"

#define CONFIG(cluster, user) \
	"apiVersion: v1\nkind: Config\ncurrent-context: dev\n" \
	"contexts:\n- name: other\n  context: {cluster: x, user: x}\n" \
	"- name: dev\n  context:\n    cluster: c\n    user: u\n    namespace: ais\n" \
	"clusters:\n- name: c\n  cluster:\n" cluster \
	"users:\n- name: u\n  user:\n" user

#define SERVER "    server: https://10.0.0.1:6443\n"
#define CLUSTER SERVER "    certificate-authority: ca.crt\n"

static char          block[8 << 20];
static struct arena  arena;
static struct access access;

static void
begin(void)
{
	world_reset();
	unsetenv("KUBECONFIG");
	unsetenv("HTTPS_PROXY");
	unsetenv("https_proxy");
	unsetenv("NO_PROXY");
	unsetenv("no_proxy");
	unsetenv("SSL_CERT_FILE");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
	setenv("HOME", "/home/me", 1);
	arena_init(&arena, block, sizeof(block));
	world_file("/etc/k/ca.crt", STR(CA_A));
	world_file("/etc/k/tls.crt", STR(CA_A));
	world_file("/etc/k/tls.key", STR(KEY_A));
	world_file("/etc/k/token", STR("secret-token\n"));
}

static void
end(void)
{
	if (access.trust != NULL)
		tls_trust_drop(access.trust);
	if (access.identity != NULL)
		tls_identity_drop(access.identity);
	access.trust = NULL;
	access.identity = NULL;
}

static bool
load(struct str config)
{
	begin();
	world_file("/etc/k/config", config);
	return access_load(&access, "/etc/k/config", &arena);
}

static void
refused(struct str config, const char *sentence)
{
	CU_ASSERT_FALSE(load(config));
	EXPECT_TEXT(str_of(access.why), sentence);
	end();
}

static void
the_current_context_says_it_all(void)
{
	CU_ASSERT_TRUE(load(STR(CONFIG(CLUSTER, "    tokenFile: token\n    client-certificate: tls.crt\n"
	    "    client-key: /etc/k/tls.key\n"))));
	EXPECT_TEXT(str_of(access.why), "");
	EXPECT_TEXT(access.server, "https://10.0.0.1:6443");
	EXPECT_TEXT(access.host, "10.0.0.1");
	CU_ASSERT_EQUAL(access.port, 6443);
	CU_ASSERT_TRUE(access.tls);
	CU_ASSERT_FALSE(access.insecure);
	CU_ASSERT_FALSE(access.in_cluster);
	EXPECT_TEXT(access.name, "10.0.0.1");
	EXPECT_TEXT(access.namespace, "ais");
	EXPECT_TEXT(access.ca_file, "/etc/k/ca.crt");
	EXPECT_TEXT(str_of(access.token), "secret-token");
	CU_ASSERT_PTR_NOT_NULL(access.trust);
	CU_ASSERT_PTR_NOT_NULL(access.identity);
	end();
}

static void
inline_data_needs_no_files(void)
{
	static char text[16384];
	struct out  o = out_over(text, sizeof(text));

	OUT(&o, STR("{\"current-context\":\"x\","
	    "\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\",\"user\":\"u\"}}],"
	    "\"clusters\":[{\"name\":\"c\",\"cluster\":{"
	    "\"server\":\"https://[::1]\",\"tls-server-name\":\"kubernetes\","
	    "\"certificate-authority-data\":\""));
	base64_print(&o, STR(CA_A));
	OUT(&o, STR("\",\"certificate-authority\":\"/not/there\"}}],"
	    "\"users\":[{\"name\":\"u\",\"user\":{\"token\":\"t\",\"client-certificate-data\":\""));
	base64_print(&o, STR(CA_A));
	OUT(&o, STR("\",\"client-key-data\":\""));
	base64_print(&o, STR(KEY_A));
	OUT(&o, STR("\"}}]}"));
	CU_ASSERT_TRUE(load(out_view(&o)));
	EXPECT_TEXT(str_of(access.why), "");
	EXPECT_TEXT(access.host, "::1");
	CU_ASSERT_EQUAL(access.port, 443);
	EXPECT_TEXT(access.name, "kubernetes");
	EXPECT_TEXT(str_of(access.token), "t");
	CU_ASSERT_PTR_NOT_NULL(access.identity);
	end();
}

static void
what_we_cannot_do_is_refused_by_a_sentence(void)
{
	refused(STR(CONFIG(CLUSTER, "    exec: {command: aws}\n")),
	    "/etc/k/config: context \"dev\": its user has exec: "
	    "this program runs no other programs; give it a token, a tokenFile or a client certificate");
	refused(STR(CONFIG(CLUSTER, "    auth-provider: {name: gcp}\n")),
	    "/etc/k/config: context \"dev\": its user has "
	    "auth-provider: give it a token, a tokenFile or a client certificate");
	refused(STR(CONFIG(CLUSTER, "    username: me\n    password: pw\n")),
	    "/etc/k/config: context \"dev\": its user "
	    "has username: API servers no longer take passwords; give it a token");
	refused(STR(CONFIG(CLUSTER, "    token: t\n    as: root\n")),
	    "/etc/k/config: context \"dev\": its user has as: "
	    "this program does not impersonate anyone");
	refused(STR(CONFIG(CLUSTER "    proxy-url: http://p:1\n", "    token: t\n")),
	    "/etc/k/config: context \"dev\": "
	    "its cluster has proxy-url: "
	    "this program speaks to the API server directly; give it a server that it can reach");
}

static void
what_is_missing_is_named(void)
{
	refused(STR("kind: Config\n"),
	    "/etc/k/config: no current-context is set: choose one with "
	    "kubectl config use-context");
	refused(STR("current-context: x\n"),
	    "/etc/k/config: context \"x\": there is no entry \"x\" in contexts");
	refused(STR("current-context: x\ncontexts:\n- name: x\n  context: {cluster: c}\n"),
	    "/etc/k/config: context \"x\": there is no entry \"c\" in clusters");
	refused(STR(CONFIG("    insecure-skip-tls-verify: true\n", "    token: t\n")),
	    "/etc/k/config: context \"dev\": its cluster names no server");
	refused(STR(CONFIG(CLUSTER, "    client-certificate: tls.crt\n")),
	    "/etc/k/config: context \"dev\": "
	    "client-certificate and client-key go together: one is missing");
	refused(STR(CONFIG(SERVER, "    token: t\n")),
	    "/etc/k/config: certificate-authority is missing: without it the "
	    "server cannot be trusted (or name a bundle of public CAs in SSL_CERT_FILE)");
	refused(STR(""),
	    "/etc/k/config: it is empty");
	refused(STR("- a\n"),
	    "/etc/k/config: it is not a kubeconfig");
}

static void
what_is_broken_is_named(void)
{
	refused(STR(CONFIG(SERVER "    certificate-authority-data: '***'\n", "    token: t\n")),
	    "/etc/k/config: context \"dev\": certificate-authority-data is not base64");
	refused(STR(CONFIG(SERVER "    certificate-authority: none.crt\n", "    token: t\n")),
	    "/etc/k/none.crt: does not exist");
	refused(STR(CONFIG(CLUSTER, "    tokenFile: none\n")),
	    "/etc/k/none: does not exist");
	refused(STR(CONFIG("    server: ftp://x\n", "    token: t\n")),
	    "/etc/k/config: server \"ftp://x\" does not begin "
	    "with https://");
	refused(STR(CONFIG("    server: http://10.0.0.1\n", "    token: t\n")),
	    "/etc/k/config: server \"http://10.0.0.1\" "
	    "is plain http: tokens would be readable on the way; use https");
	CU_ASSERT_FALSE(load(STR("a: [\n")));
	CU_ASSERT_TRUE(str_starts(str_of(access.why), STR("/etc/k/config: line ")));
	world_file("/etc/k/ca.crt", STR("no pem"));
	CU_ASSERT_FALSE(load(STR(CONFIG(SERVER "    certificate-authority: config\n", "    token: t\n"))));
	CU_ASSERT_TRUE(str_starts(str_of(access.why), STR("/etc/k/config: ")));
	CU_ASSERT_TRUE(strlen(access.why) > 20);
	begin();
	CU_ASSERT_FALSE(access_load(&access, "/nowhere", &arena));
	EXPECT_TEXT(str_of(access.why), "/nowhere: does not exist");
}

static void
a_token_never_gets_into_a_sentence(void)
{
	CU_ASSERT_FALSE(load(STR(CONFIG(CLUSTER, "    token: \"secret one\"\n"))));
	EXPECT_TEXT(str_of(access.why), "/etc/k/config: there is no token in it");
	end();
}

static void
plain_http_is_for_this_machine_only(void)
{
	CU_ASSERT_TRUE(load(STR(CONFIG("    server: http://127.0.0.1:8001/k/\n", "    token: t\n"))));
	CU_ASSERT_FALSE(access.tls);
	EXPECT_TEXT(access.path, "/k");
	CU_ASSERT_EQUAL(access.port, 8001);
	CU_ASSERT_TRUE(load(STR(CONFIG("    server: http://localhost\n", "    token: t\n"))));
	CU_ASSERT_EQUAL(access.port, 80);
	end();
}

static void
a_proxy_in_the_environment_is_not_passed_over(void)
{
	struct str config = STR(CONFIG(CLUSTER, "    token: t\n"));

	begin();
	world_file("/etc/k/config", config);
	setenv("HTTPS_PROXY", "http://proxy:3128", 1);
	CU_ASSERT_FALSE(access_load(&access, "/etc/k/config", &arena));
	EXPECT_TEXT(str_of(access.why), "/etc/k/config: HTTPS_PROXY is set, but "
	    "this program speaks to the API server directly: add the server to NO_PROXY, or unset HTTPS_PROXY");
	end();
	setenv("NO_PROXY", "example.com, 10.0.0.0/8", 1);
	CU_ASSERT_TRUE(access_load(&access, "/etc/k/config", &arena));
	end();
	begin();
}

static void
no_proxy_covers_names_addresses_and_networks(void)
{
	CU_ASSERT_TRUE(server_url_bypasses(STR("*"), STR("a.b"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("x,b.c"), STR("a.b.c"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("b.c"), STR("b.c"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR(".b.c"), STR("a.b.c"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR(".b.c"), STR("b.c"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR("b.c"), STR("ab.c"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("*.b.c"), STR("a.b.c"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("10.0.0.1"), STR("10.0.0.1"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR("10.0.0.1"), STR("10.0.0.11"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("10.96.0.0/12"), STR("10.111.255.1"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR("10.96.0.0/12"), STR("10.112.0.1"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR("10.96.0.0/33"), STR("10.96.0.0"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("fd00::/8"), STR("fd12::1"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR("b.c:443"), STR("b.c"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR("b.c:444"), STR("b.c"), 443));
	CU_ASSERT_FALSE(server_url_bypasses(STR(""), STR("b.c"), 443));
	CU_ASSERT_TRUE(server_url_bypasses(STR(""), STR("127.0.0.9"), 443));
}

static void
a_pod_finds_its_credentials(void)
{
	begin();
	world_file("/sa/token", STR("pod-token"));
	world_file("/sa/ca.crt", STR(CA_A CA_B));
	world_file("/sa/namespace", STR("operators\n"));
	CU_ASSERT_TRUE(access_in_cluster(&access, STR("10.96.0.1"), STR("443"), "/sa", &arena));
	EXPECT_TEXT(access.server, "https://10.96.0.1:443");
	EXPECT_TEXT(access.name, "10.96.0.1");
	EXPECT_TEXT(access.other_name, "kubernetes.default.svc");
	EXPECT_TEXT(access.namespace, "operators");
	CU_ASSERT_TRUE(access.in_cluster);
	end();
	CU_ASSERT_TRUE(access_in_cluster(&access, STR("fd00::1"), STR(""), "/sa", &arena));
	EXPECT_TEXT(access.server, "https://[fd00::1]:443");
	EXPECT_TEXT(access.host, "fd00::1");
	end();
	world_file_remove("/sa/token");
	CU_ASSERT_FALSE(access_in_cluster(&access, STR("10.96.0.1"), STR("443"), "/sa", &arena));
	EXPECT_TEXT(str_of(access.why), "/sa/token: does not exist");
	end();
}

static void
without_a_flag_kubeconfig_comes_first_then_the_pod_then_home(void)
{
	begin();
	world_file("/etc/k/config", STR(CONFIG(CLUSTER, "    token: one\n")));
	world_file("/home/me/.kube/config", STR(CONFIG("    server: http://127.0.0.1\n", "    token: home\n")));
	CU_ASSERT_TRUE(access_load(&access, NULL, &arena));
	EXPECT_TEXT(str_of(access.token), "home");
	setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1);
	CU_ASSERT_FALSE(access_load(&access, NULL, &arena));
	EXPECT_TEXT(str_of(access.why), "/var/run/secrets/kubernetes.io/serviceaccount/token: does not exist");
	setenv("KUBECONFIG", "/etc/k/config", 1);
	CU_ASSERT_TRUE(access_load(&access, NULL, &arena));
	EXPECT_TEXT(str_of(access.token), "one");
	end();
	setenv("KUBECONFIG", "/a:/b", 1);
	CU_ASSERT_FALSE(access_load(&access, NULL, &arena));
	EXPECT_TEXT(str_of(access.why), "KUBECONFIG: it names several files: name one with --kubeconfig");
	begin();
}

static void
a_rotated_token_is_taken_and_a_broken_one_is_not(void)
{
	static char  scratch_block[1 << 20];
	struct arena scratch;

	arena_init(&scratch, scratch_block, sizeof(scratch_block));
	CU_ASSERT_TRUE(load(STR(CONFIG(CLUSTER, "    tokenFile: token\n"))));
	CU_ASSERT_FALSE(access_refresh(&access, &scratch));
	world_file("/etc/k/token", STR("second"));
	CU_ASSERT_TRUE(access_refresh(&access, &scratch));
	EXPECT_TEXT(str_of(access.token), "second");
	world_file("/etc/k/token", STR(""));
	CU_ASSERT_FALSE(access_refresh(&access, &scratch));
	world_file_remove("/etc/k/token");
	CU_ASSERT_FALSE(access_refresh(&access, &scratch));
	EXPECT_TEXT(str_of(access.token), "second");
	end();
}

static void
a_rotated_ca_is_taken_and_a_broken_one_is_not(void)
{
	static char       scratch_block[1 << 20];
	struct arena      scratch;
	struct tls_trust *before;

	arena_init(&scratch, scratch_block, sizeof(scratch_block));
	CU_ASSERT_TRUE(load(STR(CONFIG(CLUSTER, "    client-certificate: tls.crt\n    client-key: tls.key\n"))));
	before = access.trust;
	world_file("/etc/k/ca.crt", STR("-----BEGIN"));
	CU_ASSERT_FALSE(access_refresh(&access, &scratch));
	CU_ASSERT_PTR_EQUAL(access.trust, before);
	tls_trust_hold(before);
	world_file("/etc/k/ca.crt", STR(CA_B));
	CU_ASSERT_TRUE(access_refresh(&access, &scratch));
	CU_ASSERT_PTR_NOT_EQUAL(access.trust, before);
	tls_trust_drop(before);
	CU_ASSERT_FALSE(access_refresh(&access, &scratch));
	world_file("/etc/k/tls.key", STR(KEY_A));
	CU_ASSERT_TRUE(access_refresh(&access, &scratch));
	end();
}

/* No part of a kubeconfig makes it fall over. */
static void
a_kubeconfig_that_is_cut_anywhere_is_refused_or_whole(void)
{
	struct str config = STR(CONFIG(CLUSTER, "    tokenFile: token\n"));

	for (size_t i = 0; i < config.len; i++) {
		struct kubeconfig k;
		char              text[1024];
		struct out        why = out_over(text, sizeof(text));

		arena_init(&arena, block, sizeof(block));
		CU_ASSERT_TRUE(kubeconfig_parse(str_upto(config, i), &arena, &k, &why) || why.len > 0);
	}
}

SUITE(test_access,
    { "the current context says it all", the_current_context_says_it_all },
    { "inline data needs no files", inline_data_needs_no_files },
    { "what we cannot do is refused by a sentence", what_we_cannot_do_is_refused_by_a_sentence },
    { "what is missing is named", what_is_missing_is_named },
    { "what is broken is named", what_is_broken_is_named },
    { "a token never gets into a sentence", a_token_never_gets_into_a_sentence },
    { "plain http is for this machine only", plain_http_is_for_this_machine_only },
    { "a proxy in the environment is not passed over", a_proxy_in_the_environment_is_not_passed_over },
    { "NO_PROXY covers names, addresses and networks", no_proxy_covers_names_addresses_and_networks },
    { "a Pod finds its credentials", a_pod_finds_its_credentials },
    { "without a flag KUBECONFIG comes first, then the Pod, then home",
      without_a_flag_kubeconfig_comes_first_then_the_pod_then_home },
    { "a rotated token is taken, a broken one is not", a_rotated_token_is_taken_and_a_broken_one_is_not },
    { "a rotated CA is taken, a broken one is not", a_rotated_ca_is_taken_and_a_broken_one_is_not },
    { "a kubeconfig that is cut anywhere is refused, or whole",
      a_kubeconfig_that_is_cut_anywhere_is_refused_or_whole });
