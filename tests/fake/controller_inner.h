/* controller_inner.h - what the controllers share. */
#ifndef TESTS_FAKE_CONTROLLER_INNER_H
#define TESTS_FAKE_CONTROLLER_INNER_H

#include "kernel/loop.h"
#include "tests/fake/controller.h"

struct work_key {
	struct work_key *next;
	char             ns[256], name[256];
};

struct work {                    /* keys to look at, each once, in the order in which they came */
	struct work_key    *first, *last;
	struct loop_task    task;
	struct controllers *all;
	void              (*look)(struct controllers *, struct str ns, struct str name);
};

struct controllers {
	struct registry *registry;
	struct work      sets, slices, claims, volumes, pods;
	const struct resource *pod, *set, *revision, *claim, *volume, *service, *slice, *node, *storage_class;
};

void work_add(struct work *w, struct str ns, struct str name);

/* What the files look at. */
void set_look(struct controllers *c, struct str ns, struct str name);
void slice_look(struct controllers *c, struct str ns, struct str name);
void claim_look(struct controllers *c, struct str ns, struct str name);
void volume_look(struct controllers *c, struct str ns, struct str name);    /* ns is empty */
void pod_look(struct controllers *c, struct str ns, struct str name);       /* the scheduler's */

/* controller_tools.c */
struct list {                    /* of trees that the registry holds: until the next write */
	const struct tree **at;
	int                 count, room;
};
void list_read(struct controllers *c, const struct resource *k, struct str ns, struct list *l);
void list_free(struct list *l);

struct str  meta(const struct tree *o, const char *field);           /* metadata.<field> */
bool        is_deleting(const struct tree *o);
bool        is_owned(const struct tree *o, struct str uid);          /* by its controller */
const struct tree *condition(const struct tree *o, struct str type);
bool        condition_is(const struct tree *o, struct str type, struct str status);
void        set_labels(struct tree *into, const struct tree *labels);    /* adds copies */
struct tree *owner_reference(const struct tree *owner, struct str api_version, struct str kind);
void        set_time(struct tree *t, const char *dotted);            /* now */
bool        phase_is(const struct tree *pod, struct str phase);
bool        is_finished(const struct tree *pod);
/* Writes the status when it differs from what is stored; `status` is taken over. */
void        put_status(struct controllers *c, const struct resource *k, const struct tree *object,
                struct tree *status, struct str manager);

/* controller_revision.c */
struct revisions { char current[256], update[256]; };
bool        revisions_of(struct controllers *c, const struct tree *set, struct revisions *r);
/* The pod template of that revision, a copy; NULL: it is gone. */
struct tree *revision_template(struct controllers *c, const struct tree *set, struct str revision);

/* controller_pod.c */
void        set_make_pod(struct controllers *c, const struct tree *set, int64_t ordinal, struct str revision);
void        set_make_claims(struct controllers *c, const struct tree *set, int64_t ordinal);

/* controller_fit.c: why a pod does not fit on a node, in the scheduler's words. */
struct fit {
	const char *reasons[8];
	int         count;
	bool        hopeless;        /* taking other pods away would not help */
};
void        fit_check(struct controllers *c, const struct tree *pod, const struct tree *node,
                const struct list *pods, struct fit *f);

#endif
