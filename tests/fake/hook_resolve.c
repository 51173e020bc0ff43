/* hook_resolve.c - where a webhook's Service is: the ready addresses of its EndpointSlices. */
#include "kernel/random.h"
#include "tests/fake/hook.h"

struct search {
	struct str   service, port_name;
	struct addr *at;
	int          found;
};

static bool
is_ready(const struct tree *endpoint)
{
	const struct tree *ready = tree_at(endpoint, "conditions.ready");

	return ready == NULL || ready->truth;
}

/* Of n addresses each is chosen by a chance of 1 in n. */
static void
take_addresses(const struct tree *endpoint, int64_t port, struct search *s)
{
	TREE_EACH(address, tree_get(endpoint, STR("addresses"))) {
		struct addr a = { .ip_len = 0 };

		if (!addr_ip(tree_str(address), &a))
			continue;
		a.port = (uint16_t)port;
		if (random_u64() % (uint64_t)++s->found == 0)
			*s->at = a;
	}
}

static bool
look_into(const struct tree *slice, void *owner)
{
	struct search *s = owner;
	int64_t        port = 0;

	if (!str_eq(tree_str(tree_get(tree_at(slice, "metadata.labels"), STR("kubernetes.io/service-name"))),
	    s->service))
		return true;
	TREE_EACH(p, tree_get(slice, STR("ports")))
		if (str_eq(tree_str_at(p, "name"), s->port_name))
			port = tree_int_at(p, "port", 0);
	if (port < 1 || port > 65535)
		return true;
	TREE_EACH(endpoint, tree_get(slice, STR("endpoints")))
		if (is_ready(endpoint))
			take_addresses(endpoint, port, s);
	return true;
}

static const struct tree *
find_port(const struct tree *service, int64_t number)
{
	TREE_EACH(p, tree_at(service, "spec.ports"))
		if (tree_int_at(p, "port", 0) == number)
			return p;
	return NULL;
}

bool
hook_resolve(const struct registry *r, const struct tree *service, struct addr *at, struct out *why)
{
	struct str         ns = tree_str_at(service, "namespace"), name = tree_str_at(service, "name");
	int64_t            number = tree_int_at(service, "port", 443);
	const struct resource *slices = registry_resource(r, STR("discovery.k8s.io"), STR("endpointslices"));
	const struct tree *found = registry_find(r, registry_resource(r, STR(""), STR("services")), ns, name);
	const struct tree *port = find_port(found, number);
	struct search      s = { .service = name, .port_name = tree_str_at(port, "name"), .at = at };

	if (found == NULL)
		OUT(why, STR("service \""), name, STR("\" not found"));
	else if (port == NULL) {
		OUT(why, STR("no service port "));
		out_int(why, number);
		OUT(why, STR(" found for service \""), name, STR("\""));
	} else {
		registry_list(r, slices, ns, STR_NONE, STR_NONE, look_into, &s);
		if (s.found == 0)
			OUT(why, STR("no endpoints available for service \""), name, STR("\""));
	}
	return s.found > 0;
}
