/* fuzz_kubeconfig.c - any file: a usable context, or a sentence. */
#include <stdint.h>

#include "k8s/kubeconfig.h"
#include "k8s/server_url.h"
#include "kernel/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char       block[1 << 20];
	char              text[1024];
	struct arena      arena;
	struct out        why = out_over(text, sizeof(text));
	struct kubeconfig k;
	struct server_url u;

	arena_init(&arena, block, sizeof(block));
	if (!kubeconfig_parse((struct str){ (const char *)data, size }, &arena, &k, &why)) {
		CHECK(why.len > 0);
		return 0;
	}
	CHECK(k.server.len > 0);
	CHECK(!(k.insecure && k.ca_data.len + k.ca_file.len > 0));
	if (!server_url_parse(k.server, &u, &why))
		return 0;
	CHECK(u.host.len > 0 && u.port > 0);
	CHECK(u.tls || server_url_is_local(u.host));
	server_url_bypasses(k.namespace, u.host, u.port);
	return 0;
}
