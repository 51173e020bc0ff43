/*
 * registry.h - the objects of a cluster, with the rules of a kube-apiserver.
 *
 * Controllers use it in the process, HTTP uses the same functions: whoever
 * writes, defaulting, validation, versions, generations, finalizers, owners,
 * preconditions and managed fields work the same.
 *
 * A stored tree never changes: a write puts a new tree in its place.  What
 * registry_find() and a reply give stays valid until that object's next
 * change; the trees of a change stay valid during its callback.  To change an
 * object: tree_copy(), change the copy, hand it over.
 *
 * Changes are told in order, each to all listeners, outside of one another: a
 * listener may write, what it wrote is told when the present change has been
 * told to all.  Listeners had better only note what is dirty and work from
 * loop_soon(), as the real ones do.
 *
 * Owners: an object whose owners are all gone is deleted in the background,
 * from loop_soon() (a turn of the loop later, not within the delete).
 */
#ifndef TESTS_FAKE_REGISTRY_H
#define TESTS_FAKE_REGISTRY_H

#include "tests/fake/resource.h"

struct registry;

enum registry_event { REGISTRY_ADDED, REGISTRY_MODIFIED, REGISTRY_DELETED };

#define REGISTRY_CAUSES_MAX 16

struct reply_cause {
	char reason[40];                 /* FieldValueRequired, FieldValueInvalid, ... */
	char message[512];
	char field[160];
};

struct reply {
	int                code;         /* as HTTP: 200, 201, 202, 404, 409, 422, ... */
	const struct tree *object;       /* of a good one: as it is stored now (as it was, when it is gone) */
	const struct tree *view;         /* the same in the writer's version; NULL: that is the stored one */
	int                version;      /* the writer's, of a good one */
	/* Of a bad one: a Status. */
	char               reason[40];   /* NotFound, AlreadyExists, Conflict, Invalid, ... */
	char               message[2048];
	char               name[256], group[128], kind[128];    /* details */
	struct reply_cause causes[REGISTRY_CAUSES_MAX];
	int                cause_count;
	bool               details;                             /* are shown even when there are none */
	int                retry_after_s;                       /* 0: none */
	char               warning[2048];                       /* lines, each with its line feed; may be empty */
};

#define REPLY_OK(r) ((r).code >= 200 && (r).code < 300)
/* Nothing was done: the writer's `consult` has asked somebody, and runs him again when that is answered. */
#define REPLY_WAITS(r) ((r).code == 102)

struct registry_write {              /* who writes and how; all of it may be left zero */
	struct str manager;              /* for managedFields */
	struct str sub;                  /* "status": only that part counts */
	int        version;              /* index of the version the writer speaks; 0: the stored one */
	bool       dry_run;
	bool       force;                /* apply: take fields from other managers */
	bool       strict;               /* fields that the schema does not know are refused, not dropped */
	bool       quiet;                /* they are dropped without a warning */
	bool       create;               /* an update may create */
	struct consult *consult;         /* who asks webhooks for him; NULL: none are asked */
};

struct registry_delete {             /* all of it may be left zero */
	struct str uid, version;         /* preconditions; empty: none */
	struct str propagation;          /* "Background" when empty; "Foreground", "Orphan" */
	bool       has_grace;
	int64_t    grace_s;              /* of pods; otherwise what the pod's spec says */
	bool       dry_run;
	int        speaks;               /* index of the version the writer speaks */
	struct consult *consult;         /* as in struct registry_write */
};

/* With the namespaces that every cluster has.  A new namespace gets its default ServiceAccount at once. */
struct registry *registry_open(void);
void             registry_root_ca(struct registry *r, struct str pem);    /* for ConfigMap kube-root-ca.crt */
void             registry_close(struct registry *r);

/* By plural: registry_resource(r, STR("apps"), STR("statefulsets")).  NULL: not served. */
const struct resource *registry_resource(const struct registry *r, struct str group, struct str plural);
const struct resource_list *registry_resources(const struct registry *r);

/* Looking.  ns: empty for cluster-scoped ones. */
const struct tree *registry_find(const struct registry *r, const struct resource *k, struct str ns,
    struct str name);
const struct tree *registry_find_uid(const struct registry *r, struct str uid);

/* In order of namespace, then name.  ns empty: all.  `labels`, `fields`: selectors as in a
 * query, "a=b,c in (d,e),!f" and "metadata.name=x,status.phase!=Running"; empty: all; must parse.
 * each() false: enough.  It may write: the walk goes over what was there at the start. */
void registry_list(const struct registry *r, const struct resource *k, struct str ns, struct str labels,
         struct str fields, bool (*each)(const struct tree *object, void *owner), void *owner);

/* A copy in the version that the writer speaks, asked for afresh (w->sub and the rest do not matter).
 * NULL: *bad, not found among others. */
struct tree *registry_view(struct registry *r, const struct resource *k, struct str ns, struct str name,
                 const struct registry_write *w, struct reply *bad);

/* Writing.  `object` and `patch` are taken over, also on failure. */
struct reply registry_create(struct registry *r, const struct resource *k, struct str ns,
                 struct tree *object, const struct registry_write *w);
/* A resourceVersion or uid in the object is a precondition. */
struct reply registry_update(struct registry *r, const struct resource *k, struct str ns, struct str name,
                 struct tree *object, const struct registry_write *w);
/* RFC 7386.  A resourceVersion or uid in the patch is a precondition. */
struct reply registry_merge(struct registry *r, const struct resource *k, struct str ns, struct str name,
                 struct tree *patch, const struct registry_write *w);
/* Server-side apply; creates what is not there (201). */
struct reply registry_apply(struct registry *r, const struct resource *k, struct str ns, struct str name,
                 struct tree *object, const struct registry_write *w);
struct reply registry_delete(struct registry *r, const struct resource *k, struct str ns, struct str name,
                 const struct registry_delete *d);

/* Merge patch of the status subresource: the whole patch is {"status": ...}. */
struct reply registry_patch_status(struct registry *r, const struct resource *k, struct str ns,
                 struct str name, struct tree *patch, struct str manager);

/* What the scheduler does: spec.nodeName and condition PodScheduled. */
struct reply registry_bind(struct registry *r, struct str ns, struct str pod, struct str node);

/* Told after each change.  old: NULL for ADDED; new: the last state for DELETED (its
 * resourceVersion is that of the deletion). */
typedef void registry_listener(const struct resource *k, enum registry_event event,
                 const struct tree *old, const struct tree *new, void *owner);
void registry_on_change(struct registry *r, registry_listener *fn, void *owner);
void registry_forget(struct registry *r, const void *owner);    /* its listeners hear no more */

/* The version of the latest change. */
uint64_t registry_version(const struct registry *r);
void     registry_compact(struct registry *r);    /* watches and pages from before now are 410 */

/* Statuses, also for HTTP. */
struct reply reply_bad(int code, const char *reason, const char *format, ...)
                 __attribute__((format(printf, 3, 4)));
struct reply reply_not_found(const struct resource *k, struct str name);
struct reply reply_generic(int code, const char *reason, const char *text);    /* no object is meant */
struct tree *reply_status(const struct reply *r);    /* kind Status, as the API server writes it */

/* `statefulsets.apps "x" TEXT`, or for reason Conflict `Operation cannot be fulfilled on ...: TEXT`. */
struct reply reply_on(const struct resource *k, struct str name, int code, const char *reason,
    const char *text);
/* Fills in details. */
void         reply_about(struct reply *r, const struct resource *k, struct str name);

/* Gathers what is invalid, then makes the sentence of it. */
void         reply_cause(struct reply *r, const char *reason, const char *field, const char *format, ...)
                 __attribute__((format(printf, 4, 5)));
void         reply_invalid(struct reply *r, const struct resource *k, struct str name);

#endif
