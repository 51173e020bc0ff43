/* shape_role.c - proxies and targets of v1beta1: what an update may change is marked. */
#include "ais/shape.h"

static const struct member auto_scale[] = {
	FIELD_IF("sizeLimit", AS_INT32, FROM(1)), FIELD_IF("maxUnavailable", AS_INT32, FROM(0)), END,
};

static const struct member retention[] = { FIELD("whenDeleted", AS_TEXT), FIELD("whenScaled", AS_TEXT), END };

static const struct member probe[] = {
	FIELD_IF("initialDelaySeconds", AS_INT32, FROM(0)), FIELD_IF("periodSeconds", AS_INT32, FROM(1)),
	FIELD_IF("timeoutSeconds", AS_INT32, FROM(1)), FIELD_IF("failureThreshold", AS_INT32, FROM(1)), END,
};

static const struct member probes[] = {
	OBJECT_IF("liveness", probe, NOT_EMPTY), OBJECT_IF("readiness", probe, NOT_EMPTY),
	OBJECT_IF("startup", probe, NOT_EMPTY), END,
};

static const struct member external_access[] = { MAP("annotations", &shape_text), END };

const struct member shape_proxy[] = {
	FIELD_IF("servicePort", AS_PORT, MUST), FIELD_IF("portPublic", AS_PORT, MUST),
	FIELD_IF("portIntraControl", AS_PORT, MUST), FIELD_IF("portIntraData", AS_PORT, MUST),
	OBJECT_IF("securityContext", shape_pod_security, .flags = MUTABLE),
	FIELD_IF("size", AS_INT32, FROM(-1), .flags = MUTABLE),
	OBJECT_IF("autoScale", auto_scale, .flags = MUTABLE),
	MAP_IF("annotations", &shape_text, .flags = MUTABLE),
	MAP_IF("labels", &shape_text, .flags = MUTABLE),
	OBJECT_IF("resources", shape_resources, .flags = MUTABLE),
	OBJECT_IF("capabilities", shape_security, .flags = MUTABLE),
	OBJECT_IF("aisContainerSecurityContext", shape_security, .flags = MUTABLE),
	LIST_IF("env", &shape_env, .flags = MUTABLE),
	OBJECT("affinity", shape_affinity),
	MAP("nodeSelector", &shape_text),
	LIST_IF("tolerations", &shape_toleration, .flags = MUTABLE),
	FIELD_IF("hostPort", AS_INT32, .flags = POINTER),
	OBJECT_IF("pvcRetentionPolicy", retention, .flags = MUTABLE),
	OBJECT_IF("probes", probes, NOT_EMPTY, .flags = MUTABLE),
	OBJECT("externalAccess", external_access),
	END,
};

static const struct member mount[] = {
	FIELD_IF("path", AS_TEXT, MUST), FIELD("size", AS_AMOUNT),
	FIELD_IF("storageClass", AS_TEXT, .flags = POINTER), FIELD_IF("useHostPath", AS_BOOL, .flags = POINTER),
	OBJECT("selector", shape_selector), FIELD_IF("label", AS_TEXT, .flags = POINTER), END,
};
static const struct member mount_item = OBJECT("", mount);

static const struct member budget[] = { FIELD("enabled", AS_BOOL), FIELD("maxUnavailable", AS_PORT), END };

const struct member shape_target[] = {
	MORE(shape_proxy),
	LIST_IF("mounts", &mount_item, MUST),
	FIELD_IF("disablePodAntiAffinity", AS_BOOL, .flags = POINTER),
	FIELD_IF("hostNetwork", AS_BOOL, .flags = POINTER),
	OBJECT_IF("pdb", budget, .flags = MUTABLE),
	FIELD_IF("scaleDownMode", AS_TEXT, .choices = "decommission retain safe_decommission", .flags = MUTABLE),
	END,
};
