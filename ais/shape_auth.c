/* shape_auth.c - AIStoreAuth and AIStoreAuthProfile. */
#include "ais/shape.h"

/* AIStoreAuth ---------------------------------------------------------------*/

static const struct member key[] = {
	FIELD_IF("bits", AS_INT32, FROM(2048)), FIELD_IF("mode", AS_TEXT, .choices = "external"), END,
};
static const struct member db[] = { FIELD_IF("type", AS_TEXT, .choices = "BuntDB"), END };

static const struct member tokens[] = {
	FIELD("expirationTime", AS_TIME), FIELD("maxTokenAge", AS_TIME), OBJECT("signingKey", key),
	OBJECT("db", db), END,
};
static const struct member logs[] = {
	FIELD_IF("level", AS_INT32, BETWEEN(0, 5)), FIELD("flushInterval", AS_TIME), END,
};
static const struct member http[] = { FIELD_IF("port", AS_INT32, BETWEEN(1024, 65535)), END };
static const struct member net[] = { FIELD("externalURL", AS_TEXT), OBJECT("http", http), END };
static const struct member timeout[] = { FIELD("defaultTimeout", AS_TIME), END };

static const struct member config[] = {
	OBJECT("auth", tokens), OBJECT("log", logs), OBJECT("net", net), OBJECT("timeout", timeout), END,
};

static const struct member tls[] = {
	FIELD("secretName", AS_TEXT), OBJECT("certificate", shape_certificate), END,
};

static const struct member persistence[] = {
	FIELD("size", AS_AMOUNT), FIELD_IF("storageClass", AS_TEXT, BETWEEN(1, 253)),
	FIELD_IF("volumeName", AS_TEXT, BETWEEN(1, 253)),
	FIELD_IF("deletionPolicy", AS_TEXT, .choices = "Retain Delete"), END,
};

static const struct member node_port[] = { FIELD_IF("port", AS_INT32, BETWEEN(30000, 32767), MUST), END };
static const struct member balancer[] = {
	FIELD_IF("port", AS_INT32, BETWEEN(1, 65535)), MAP("annotations", &shape_text), END,
};
static const struct member external_access[] = {
	OBJECT("nodePort", node_port), OBJECT("loadBalancer", balancer), END,
};

static const struct member container[] = {
	FIELD_IF("image", AS_TEXT, NOT_EMPTY, MUST),
	FIELD_IF("imagePullPolicy", AS_TEXT, .choices = "Always IfNotPresent Never"),
	OBJECT("resources", shape_resources), OBJECT("securityContext", shape_security),
	OBJECT("livenessProbe", shape_probe), OBJECT("readinessProbe", shape_probe), END,
};
static const struct member pod[] = {
	OBJECT("securityContext", shape_pod_security), MAP("nodeSelector", &shape_text),
	LIST("tolerations", &shape_toleration), OBJECT("affinity", shape_affinity),
	LIST("imagePullSecrets", &shape_reference), END,
};
static const struct member deployment[] = {
	OBJECT_IF("container", container, MUST), OBJECT("pod", pod), END,
};

static const struct member secret[] = { FIELD("name", AS_TEXT), END };

static const struct member auth_spec[] = {
	OBJECT("adminSecret", secret), OBJECT("hmacSecret", secret), OBJECT("rsaPassphraseSecret", secret),
	OBJECT("config", config), OBJECT("tls", tls), OBJECT_IF("persistence", persistence, MUST),
	OBJECT("externalAccess", external_access), OBJECT_IF("deployment", deployment, MUST), END,
};

static const struct member auth_root[] = {
	FIELD("apiVersion", AS_TEXT), FIELD("kind", AS_TEXT), FIELD("metadata", AS_ANY), FIELD("status", AS_ANY),
	OBJECT("spec", auth_spec), END,
};
const struct member shape_auth = OBJECT("", auth_root);

/* AIStoreAuthProfile --------------------------------------------------------*/

static const struct member ca[] = {
	FIELD_IF("namespace", AS_TEXT, NOT_EMPTY, MUST), FIELD_IF("name", AS_TEXT, NOT_EMPTY, MUST),
	FIELD_IF("key", AS_TEXT, NOT_EMPTY, MUST), END,
};
static const struct member profile_tls[] = {
	FIELD("insecureSkipVerify", AS_BOOL), OBJECT("caConfigMapRef", ca), END,
};

static const struct member credentials[] = {
	FIELD_IF("name", AS_TEXT, NOT_EMPTY, MUST), FIELD_IF("namespace", AS_TEXT, NOT_EMPTY, MUST),
	FIELD("userKey", AS_TEXT), FIELD("passKey", AS_TEXT), END,
};
static const struct member login[] = {
	FIELD_IF("clientID", AS_TEXT, NOT_EMPTY, MUST), FIELD_IF("endpoint", AS_TEXT, NOT_EMPTY),
	FIELD("scope", AS_TEXT), END,
};
static const struct member password[] = {
	OBJECT_IF("secret", credentials, MUST), OBJECT("loginConf", login), END,
};
static const struct member exchange[] = {
	FIELD("endpoint", AS_TEXT), FIELD_IF("subjectTokenAudience", AS_TEXT, NOT_EMPTY), END,
};

static const struct member profile_spec[] = {
	FIELD_IF("serviceURL", AS_TEXT, NOT_EMPTY, MUST), OBJECT("tls", profile_tls),
	OBJECT("usernamePassword", password), OBJECT("tokenExchange", exchange), END,
};

static const struct member profile_root[] = {
	FIELD("apiVersion", AS_TEXT), FIELD("kind", AS_TEXT), FIELD("metadata", AS_ANY),
	OBJECT("spec", profile_spec), END,
};
const struct member shape_profile = OBJECT("", profile_root);
