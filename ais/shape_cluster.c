/* shape_cluster.c - an AIStore of v1beta1. */
#include "ais/shape.h"

static const struct member sidecar[] = {
	FIELD_IF("image", AS_TEXT, NOT_EMPTY, MUST), OBJECT("resources", shape_resources), END,
};

/* State ---------------------------------------------------------------------*/

static const struct member host_path[] = { FIELD_IF("prefix", AS_TEXT, NOT_EMPTY, MUST), END };
static const struct member claim[] = { FIELD_IF("storageClass", AS_TEXT, NOT_EMPTY, MUST), END };
static const struct member nothing[] = { END };

static const struct member state[] = {
	OBJECT("hostPath", host_path), OBJECT("pvc", claim), OBJECT("emptyDir", nothing), END,
};

/* Certificates --------------------------------------------------------------*/

static const struct member issuer[] = {
	FIELD_IF("name", AS_TEXT, NOT_EMPTY, MUST), FIELD_IF("kind", AS_TEXT, .choices = "Issuer ClusterIssuer"),
	END,
};

const struct member shape_certificate[] = {
	OBJECT_IF("issuerRef", issuer, MUST), LIST("additionalDNSNames", &shape_text), FIELD("duration", AS_TIME),
	FIELD("renewBefore", AS_TIME), FIELD_IF("mode", AS_TEXT, .choices = "secret csi"), END,
};

static const struct member tls[] = {
	FIELD("secretName", AS_TEXT), OBJECT("certificate", shape_certificate), END,
};

/* How the operator authenticates to AIS -------------------------------------*/

static const struct member profile_reference[] = { FIELD_IF("name", AS_TEXT, NOT_EMPTY, MUST), END };

static const struct member login[] = { FIELD_IF("clientID", AS_TEXT, MUST), FIELD("scope", AS_TEXT), END };

static const struct member password[] = {
	FIELD_IF("secretName", AS_TEXT, NOT_EMPTY, MUST), FIELD_IF("secretNamespace", AS_TEXT, NOT_EMPTY),
	OBJECT("loginConf", login), END,
};

static const struct member exchange[] = {
	FIELD("tokenPath", AS_TEXT), FIELD("tokenExchangeEndpoint", AS_TEXT), END,
};

static const struct member auth_tls[] = {
	FIELD("caCertPath", AS_TEXT), FIELD("insecureSkipVerify", AS_BOOL), END,
};

static const struct member auth[] = {
	OBJECT("profileRef", profile_reference), FIELD("serviceURL", AS_TEXT), OBJECT("usernamePassword", password),
	OBJECT("tokenExchange", exchange), OBJECT("tls", auth_tls), END,
};

/* The client beside the cluster ---------------------------------------------*/

static const struct member ca[] = { FIELD_IF("name", AS_TEXT, NOT_EMPTY, MUST), FIELD("key", AS_TEXT), END };

static const struct member client[] = {
	FIELD("enabled", AS_BOOL), FIELD("image", AS_TEXT), FIELD("imagePullPolicy", AS_TEXT),
	OBJECT("resources", shape_resources), MAP("annotations", &shape_text), MAP("labels", &shape_text),
	MAP("nodeSelector", &shape_text), OBJECT("affinity", shape_affinity), LIST("tolerations", &shape_toleration),
	LIST("env", &shape_env), OBJECT("caConfigMap", ca), END,
};

/* The whole -----------------------------------------------------------------*/

static const struct member spec[] = {
	FIELD_IF("size", AS_INT32, FROM(-1)),
	FIELD_IF("nodeImage", AS_TEXT, NOT_EMPTY, MUST),
	FIELD_IF("initImage", AS_TEXT, NOT_EMPTY, MUST),
	OBJECT("logSidecar", sidecar),
	OBJECT("stateStorage", state),
	FIELD("hostpathPrefix", AS_TEXT),
	FIELD("stateStorageClass", AS_TEXT),
	OBJECT("configToUpdate", shape_config),
	FIELD_IF("issuerCAConfigMap", AS_TEXT, NOT_EMPTY),
	MAP("hostnameMap", &shape_text),
	FIELD("apiMode", AS_TEXT),
	FIELD("networkAttachment", AS_TEXT),
	OBJECT_IF("proxySpec", shape_proxy, MUST),
	OBJECT_IF("targetSpec", shape_target, MUST),
	FIELD("shutdownCluster", AS_BOOL),
	FIELD("cleanupMetadata", AS_BOOL),
	FIELD("cleanupData", AS_BOOL),
	FIELD("clusterDomain", AS_TEXT),
	FIELD("gcpSecretName", AS_TEXT),
	FIELD("awsSecretName", AS_TEXT),
	FIELD("ociSecretName", AS_TEXT),
	FIELD("logsDir", AS_TEXT),
	OBJECT("tls", tls),
	FIELD("tracingTokenSecretName", AS_TEXT),
	FIELD("authNSecretName", AS_TEXT),
	OBJECT("auth", auth),
	FIELD("operatorSkipVerifyCrt", AS_BOOL),
	LIST("imagePullSecrets", &shape_reference),
	FIELD("enableExternalLB", AS_BOOL),
	FIELD_IF("publicNetDNSMode", AS_TEXT, .choices = "IP Node Pod"),
	OBJECT("adminClient", client),
	FIELD("priorityClassName", AS_TEXT),
	END,
};

static const struct member root[] = {
	FIELD("apiVersion", AS_TEXT), FIELD("kind", AS_TEXT), FIELD("metadata", AS_ANY), FIELD("status", AS_ANY),
	OBJECT("spec", spec), END,
};

const struct member shape_beta = OBJECT("", root);
