/* registry_inner.h - how a write becomes a stored object. */
#ifndef TESTS_FAKE_REGISTRY_INNER_H
#define TESTS_FAKE_REGISTRY_INNER_H

#include "tests/fake/storage.h"

/* Both take `object` over, in the writer's version.  `managed`: its managedFields are made already
 * (server-side apply).  view: the old one in the writer's version. */
struct reply write_create(struct registry *r, const struct resource *k, struct str ns, struct tree *object,
                 const struct registry_write *w, bool managed);
struct reply write_change(struct registry *r, struct object *old, const struct tree *view,
                 struct tree *object, const struct registry_write *w, bool managed);

/* Schema, defaults: what is written is what it means.  Unknown fields go into
 * the reply: warned of or refused. */
void         write_settle(const struct resource *k, struct tree *object, const struct registry_write *w,
                 struct reply *r);
/* Counts the generation up, if this change is one of what was asked for. */
void         write_number(struct tree *new, const struct tree *old, const struct resource *k);
void         write_stamp(struct tree *object, const char *dotted, int64_t wall_us);

/* The object goes, for good. */
void         remove_now(struct registry *r, struct object *o);
/* Something may go now, or has to: whoever waited for a finalizer, an owner, a namespace. */
void         collect_soon(struct registry *r);
void         collect_run(struct loop_task *t);

/* Kinds that mean something to the registry itself. */
void         kinds_written(struct registry *r, const struct resource *k, const struct tree *object,
    bool created);
void         kinds_removed(struct registry *r, const struct resource *k, const struct tree *object);
void         kinds_complete(const struct resource *k, struct tree *object);    /* status of a definition */

#endif
