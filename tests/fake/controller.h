/*
 * controller.h - the controllers and the scheduler of the stand-in's control plane.
 *
 * Each notes what a change makes worth a look and looks from loop_soon(), a
 * key at a time, from what is stored alone; so the order of events does not
 * matter and nothing is remembered in between.  What they write is what
 * kube-controller-manager and kube-scheduler 1.36 were seen to write.
 *
 *	StatefulSets     pods, claims, revisions, status
 *	EndpointSlices   of headless and other Services with a selector
 *	claims           binding, protection, release; volumes are made by the node side
 *	scheduler        selectors, taints, affinity, resources, volumes
 */
#ifndef TESTS_FAKE_CONTROLLER_H
#define TESTS_FAKE_CONTROLLER_H

#include "tests/fake/registry.h"

struct controllers;

struct controllers *controllers_open(struct registry *r);    /* before anything is stored */
void                controllers_close(struct controllers *c);

#endif
