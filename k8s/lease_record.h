/* lease_record.h - pure: what stands in a Lease. */
#ifndef K8S_LEASE_RECORD_H
#define K8S_LEASE_RECORD_H

#include "kernel/out.h"

struct lease_record {
	struct str version;          /* resourceVersion */
	struct str spec;             /* raw */
	struct str holder;           /* as it stands between the quotes; empty: nobody */
	int64_t    seconds;          /* leaseDurationSeconds; 0: not said */
	int64_t    transitions;
	int64_t    acquired_us;      /* 0: not said */
};

bool lease_record_parse(struct str raw, struct lease_record *r);     /* false: not a Lease */

struct lease_to_write {
	struct str ns, name, version;    /* version empty: a new one */
	struct str holder;
	int64_t    seconds, transitions, acquired_us, renewed_us;
};

void lease_record_print(const struct lease_to_write *w, struct out *o);

#endif
