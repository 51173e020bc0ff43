/*
 * convert.h - v1alpha1 and v1beta1 of an AIStore, one from the other: pure.
 *
 * Lossless both ways: what one version cannot say rides in an annotation of
 * the other, conversion.ais.nvidia.com/v1alpha1 on stored v1beta1 objects and
 * conversion.ais.nvidia.com/v1beta1 on the v1alpha1 objects that clients see,
 * and it survives a client that edits the other form: where the client
 * changed something, the client is right, and the rest is kept.  Of the
 * metadata only annotations change; a null is as good as absent, and members
 * of spec may come out in the order of their keys.
 *
 * What it takes from v1alpha1 to v1beta1 differs in meaning only here:
 *
 *	cleanupData: true        cleanupMetadata and cleanupData: true
 *	size                     that of the targets, where roles have their own; changing it
 *	                         changes theirs, the proxies keep their own
 *	hostpathPrefix           stateStorage.hostPath.prefix
 *	capabilities             aisContainerSecurityContext
 *	times that Go cannot read, percentages over 100: ride
 */
#ifndef AIS_CONVERT_H
#define AIS_CONVERT_H

#include "kernel/arena.h"
#include "kernel/json.h"
#include "kernel/out.h"

enum api_version { API_ALPHA, API_BETA };

/* `o` must not stand in the arena.  False: one sentence in `why`, about this
 * object but without its name, and nothing was written. */
bool convert(struct json object, enum api_version to, struct arena *a, struct out *o, struct str *why);

#endif
