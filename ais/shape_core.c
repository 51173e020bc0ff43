/* shape_core.c - core types of Kubernetes 1.36 that stand in our resources. */
#include "ais/shape.h"

const struct member shape_text = FIELD("", AS_TEXT);
const struct member shape_amount = FIELD("", AS_AMOUNT);

static const struct member whole = FIELD("", AS_INT);

static const struct member reference[] = { FIELD("name", AS_TEXT), END };
const struct member        shape_reference = OBJECT("", reference);

/* Resources -----------------------------------------------------------------*/

static const struct member claim[] = { FIELD_IF("name", AS_TEXT, MUST), FIELD("request", AS_TEXT), END };
static const struct member claim_item = OBJECT("", claim);

const struct member shape_resources[] = {
	LIST("claims", &claim_item), MAP("limits", &shape_amount), MAP("requests", &shape_amount), END,
};

/* Environment ---------------------------------------------------------------*/

static const struct member key_reference[] = {
	FIELD_IF("key", AS_TEXT, MUST), FIELD("name", AS_TEXT), FIELD("optional", AS_BOOL), END,
};

static const struct member field_reference[] = {
	FIELD("apiVersion", AS_TEXT), FIELD_IF("fieldPath", AS_TEXT, MUST), END,
};

static const struct member file_reference[] = {
	FIELD_IF("key", AS_TEXT, MUST), FIELD("optional", AS_BOOL), FIELD_IF("path", AS_TEXT, MUST),
	FIELD_IF("volumeName", AS_TEXT, MUST), END,
};

static const struct member resource_reference[] = {
	FIELD("containerName", AS_TEXT), FIELD("divisor", AS_AMOUNT), FIELD_IF("resource", AS_TEXT, MUST), END,
};

static const struct member value_from[] = {
	OBJECT("configMapKeyRef", key_reference), OBJECT("fieldRef", field_reference),
	OBJECT("fileKeyRef", file_reference), OBJECT("resourceFieldRef", resource_reference),
	OBJECT("secretKeyRef", key_reference), END,
};

static const struct member variable[] = {
	FIELD_IF("name", AS_TEXT, MUST), FIELD("value", AS_TEXT), OBJECT("valueFrom", value_from), END,
};
const struct member shape_env = OBJECT("", variable);

/* Where pods go -------------------------------------------------------------*/

static const struct member toleration[] = {
	FIELD("effect", AS_TEXT), FIELD("key", AS_TEXT), FIELD("operator", AS_TEXT),
	FIELD_IF("tolerationSeconds", AS_INT, .flags = POINTER), FIELD("value", AS_TEXT), END,
};
const struct member shape_toleration = OBJECT("", toleration);

static const struct member expression[] = {
	FIELD_IF("key", AS_TEXT, MUST), FIELD_IF("operator", AS_TEXT, MUST), LIST("values", &shape_text), END,
};
static const struct member expression_item = OBJECT("", expression);

const struct member shape_selector[] = {
	LIST("matchExpressions", &expression_item), MAP("matchLabels", &shape_text), END,
};

static const struct member node_term[] = {
	LIST("matchExpressions", &expression_item), LIST("matchFields", &expression_item), END,
};
static const struct member node_term_item = OBJECT("", node_term);

static const struct member preferred_node[] = {
	OBJECT_IF("preference", node_term, MUST), FIELD_IF("weight", AS_INT32, MUST), END,
};
static const struct member preferred_node_item = OBJECT("", preferred_node);

static const struct member required_nodes[] = { LIST_IF("nodeSelectorTerms", &node_term_item, MUST), END };

static const struct member node_affinity[] = {
	LIST("preferredDuringSchedulingIgnoredDuringExecution", &preferred_node_item),
	OBJECT("requiredDuringSchedulingIgnoredDuringExecution", required_nodes), END,
};

static const struct member pod_term[] = {
	OBJECT("labelSelector", shape_selector), LIST("matchLabelKeys", &shape_text),
	LIST("mismatchLabelKeys", &shape_text), OBJECT("namespaceSelector", shape_selector),
	LIST("namespaces", &shape_text), FIELD_IF("topologyKey", AS_TEXT, MUST), END,
};
static const struct member pod_term_item = OBJECT("", pod_term);

static const struct member preferred_pod[] = {
	OBJECT_IF("podAffinityTerm", pod_term, MUST), FIELD_IF("weight", AS_INT32, MUST), END,
};
static const struct member preferred_pod_item = OBJECT("", preferred_pod);

static const struct member pod_affinity[] = {
	LIST("preferredDuringSchedulingIgnoredDuringExecution", &preferred_pod_item),
	LIST("requiredDuringSchedulingIgnoredDuringExecution", &pod_term_item), END,
};

const struct member shape_affinity[] = {
	OBJECT("nodeAffinity", node_affinity), OBJECT("podAffinity", pod_affinity),
	OBJECT("podAntiAffinity", pod_affinity), END,
};

/* Security ------------------------------------------------------------------*/

static const struct member profile[] = {
	FIELD("localhostProfile", AS_TEXT), FIELD_IF("type", AS_TEXT, MUST), END,
};

static const struct member selinux[] = {
	FIELD("level", AS_TEXT), FIELD("role", AS_TEXT), FIELD("type", AS_TEXT), FIELD("user", AS_TEXT), END,
};

static const struct member windows[] = {
	FIELD("gmsaCredentialSpec", AS_TEXT), FIELD("gmsaCredentialSpecName", AS_TEXT),
	FIELD("hostProcess", AS_BOOL), FIELD("runAsUserName", AS_TEXT), END,
};

static const struct member sysctl[] = {
	FIELD_IF("name", AS_TEXT, MUST), FIELD_IF("value", AS_TEXT, MUST), END,
};
static const struct member sysctl_item = OBJECT("", sysctl);

static const struct member both_security[] = {
	OBJECT("appArmorProfile", profile), FIELD("runAsGroup", AS_INT), FIELD("runAsNonRoot", AS_BOOL),
	FIELD("runAsUser", AS_INT), OBJECT("seLinuxOptions", selinux), OBJECT("seccompProfile", profile),
	OBJECT("windowsOptions", windows), END,
};

const struct member shape_pod_security[] = {
	FIELD("fsGroup", AS_INT), FIELD("fsGroupChangePolicy", AS_TEXT), FIELD("seLinuxChangePolicy", AS_TEXT),
	LIST("supplementalGroups", &whole), FIELD("supplementalGroupsPolicy", AS_TEXT),
	LIST("sysctls", &sysctl_item), MORE(both_security), END,
};

static const struct member capabilities[] = { LIST("add", &shape_text), LIST("drop", &shape_text), END };

const struct member shape_security[] = {
	FIELD("allowPrivilegeEscalation", AS_BOOL), OBJECT("capabilities", capabilities),
	FIELD("privileged", AS_BOOL), FIELD("procMount", AS_TEXT), FIELD("readOnlyRootFilesystem", AS_BOOL),
	MORE(both_security), END,
};

/* Probes --------------------------------------------------------------------*/

static const struct member exec[] = { LIST("command", &shape_text), END };
static const struct member grpc[] = { FIELD_IF("port", AS_INT32, MUST), FIELD("service", AS_TEXT), END };
static const struct member header[] = {
	FIELD_IF("name", AS_TEXT, MUST), FIELD_IF("value", AS_TEXT, MUST), END,
};
static const struct member header_item = OBJECT("", header);
static const struct member tcp[] = { FIELD("host", AS_TEXT), FIELD_IF("port", AS_PORT, MUST), END };

static const struct member http[] = {
	FIELD("host", AS_TEXT), LIST("httpHeaders", &header_item), FIELD("path", AS_TEXT),
	FIELD_IF("port", AS_PORT, MUST), FIELD("scheme", AS_TEXT), END,
};

const struct member shape_probe[] = {
	OBJECT("exec", exec), FIELD("failureThreshold", AS_INT32), OBJECT("grpc", grpc), OBJECT("httpGet", http),
	FIELD("initialDelaySeconds", AS_INT32), FIELD("periodSeconds", AS_INT32),
	FIELD("successThreshold", AS_INT32), OBJECT("tcpSocket", tcp),
	FIELD("terminationGracePeriodSeconds", AS_INT), FIELD("timeoutSeconds", AS_INT32), END,
};
