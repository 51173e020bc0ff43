/*
 * defaults.h - what the API server fills in by itself, for the built-in kinds.
 *
 * Only what AIStore's operator, kubectl and a kubelet make use of; each was
 * seen on objects of a kube-apiserver 1.36.
 */
#ifndef TESTS_FAKE_DEFAULTS_H
#define TESTS_FAKE_DEFAULTS_H

#include "tests/fake/registry.h"

/* Each time an object is written. */
void defaults_fill(const struct resource *k, struct tree *object);

/* Once, when it is created: admission (finalizers, tokens, classes) and first statuses. Refuses
 * a pod whose ServiceAccount is not there. */
struct reply defaults_admit(struct registry *r, const struct resource *k, struct str ns, struct tree *object);

/* Addresses and ports of Services: after what the writer owns was noted. */
void defaults_allocate(const struct resource *k, struct tree *object);

/* For defaults.c. */
void defaults_pod_spec(struct tree *spec, bool of_pod);
void defaults_pod_admit(struct registry *r, struct str ns, struct tree *pod);

/* Sets what is not there; both take text as tree_of() does. */
void defaults_set(struct tree *t, const char *dotted, const char *json);

#endif
