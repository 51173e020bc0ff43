/* spec_inner.h - what the files that read a spec share. */
#ifndef AIS_SPEC_INNER_H
#define AIS_SPEC_INNER_H

#include "ais/spec.h"
#include "kernel/out.h"

#define SHOWN_MAX 64             /* bytes of a wrong value that a sentence repeats */

struct reader {
	struct arena     *a;
	struct spec      *out;
	struct json       spec;          /* the whole */
	struct role_spec *role;          /* while one is read */
	struct mount     *mount;
	struct str        host_path;     /* spec.stateStorage.hostPath.prefix, or the older field */
	int64_t           size;          /* spec.size; 0: not given */
};

enum use {
	USE_READ,                /* this version acts on it */
	USE_LATER,               /* it does not: must be false, empty or zero */
	USE_LATER_PRESENT,       /* it does not, and even an empty one means something */
	USE_LATER_ENABLED,       /* it does not; means something when its `enabled` is true */
	USE_LATER_NOT_DISABLED,  /* it does not; means nothing when its `enabled` is false */
};

struct field {                   /* tables of these stand in the order of the CRD */
	struct str name;
	enum use   use;
	void     (*read)(struct reader *r, struct json v, struct str path);
};

/* All members of an object; a null is as good as absent, an unknown one is not supported. */
void spec_fields(struct reader *r, struct json v, struct str path, const struct field *fields, size_t count);

/* The first of each is kept.  Gives false. */
bool spec_invalid(struct reader *r, struct str path, struct json v, struct str allowed);
bool spec_unsupported(struct reader *r, struct str path);

struct str spec_shown(struct str s);      /* at most SHOWN_MAX bytes, whole characters */

bool spec_text(struct reader *r, struct json v, struct str path, struct str *out);      /* not empty */
bool spec_number(struct reader *r, struct json v, struct str path, int64_t *out);
bool spec_list(struct reader *r, struct json v, struct str path);
void spec_size(struct reader *r, struct json v, struct str path, int64_t *out);
struct str spec_item(struct reader *r, struct str path, int index);                     /* path[index] */

void spec_role(struct reader *r, struct json v, struct str path, enum role role);
void spec_mounts(struct reader *r, struct json v, struct str path);

#endif
