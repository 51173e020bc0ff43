/*
 * convert.h - v1alpha1 and v1beta1 of an AIStore, one from the other: pure.
 *
 * The map is spec/api.md section 4 with the decisions of design.md section 7.
 * Lossless both ways: what one version cannot say rides in two annotations,
 * and survives a client that edits the other form.  Of the metadata only
 * annotations change.
 */
#ifndef AIS_CONVERT_H
#define AIS_CONVERT_H

#include "kernel/arena.h"
#include "kernel/json.h"
#include "kernel/out.h"

enum api_version { API_ALPHA, API_BETA };

/* False: one sentence in `why`, and nothing was written. */
bool convert(struct json object, enum api_version to, struct arena *a, struct out *o, struct str *why);

#endif
