/*
 * versions.h - custom resources in other versions than the stored one: by hand (strategy None) or by webhook.
 *
 * What a webhook gives back is checked as a kube-apiserver does: the same
 * uid, version, kind, name; of the metadata only labels and annotations may
 * differ, the rest is that of the original.
 */
#ifndef TESTS_FAKE_VERSIONS_H
#define TESTS_FAKE_VERSIONS_H

#include "tests/fake/consult.h"
#include "tests/fake/storage.h"

#define VERSION_TIMEOUT_S 30

/* The object as version `to` has it, the caller's.  NULL: *bad says why, or REPLY_WAITS(*bad).
 * As a reader gets it: without what its schema does not know. */
struct tree *version_of(const struct resource *k, const struct tree *object, int from, int to,
                 struct consult *c, struct reply *bad);
/* As whoever tells fields apart gets it: what the schema does not know is an error. */
struct tree *version_for_fields(const struct resource *k, const struct tree *object, int from, int to,
                 struct consult *c, struct reply *bad);

/* The first path, without its dot, that the version's schema does not know; false: there is none. */
bool         version_undeclared(const struct resource *k, const struct tree *object, int version,
                 char path[256]);

bool         version_needs_webhook(const struct resource *k);

/* Views: of one stored object, in one version, kept with it.  NULL: not there yet. */
const struct tree *view_of(struct object *o, int version);
void               view_keep(struct object *o, int version, struct tree *view);    /* taken over */

struct views {                       /* those that one request waits for */
	/* Set by the owner. */
	struct hooks     *hooks;
	void            (*done)(struct views *);     /* from the loop: all of them are there, or why[0] */
	void             *owner;
	/* Inner. */
	struct view_call *first;
	int               waiting;
	char              why[HOOK_WHY_MAX + 256];   /* the first that went wrong */
};

/* Asks for it unless it is there or asked for.  False: wait for done(). */
bool views_want(struct views *v, struct object *o, int version);
void views_close(struct views *v);

#endif
