/*
 * review.h - an AdmissionReview (admission.k8s.io/v1; v1beta1 is the same) in, its answer out: pure.
 *
 * Only what was understood and judged is ever allowed.  A review that cannot
 * be judged (another version or kind, no object, text that is not JSON, too
 * deep, too large) is refused: by a denial with its uid, so that whoever
 * asked is shown the sentence; without a uid to repeat, by a Status and a
 * status of HTTP.
 *
 * Of an object the rules see all but metadata.managedFields and kubectl's
 * last-applied annotation: half of the bytes, which no rule reads.
 */
#ifndef WEBHOOK_REVIEW_H
#define WEBHOOK_REVIEW_H

#include "ais/validate.h"
#include "kernel/out.h"

#define REVIEW_BODY_MAX     (7u << 20)       /* as controller-runtime: two objects of 3 MiB */
#define REVIEW_ARENA        (64u << 20)      /* both without what is skipped, and their tokens */
#define REVIEW_ANSWER_MAX   (64u << 10)
#define REVIEW_MESSAGE_MAX  4096             /* bytes of a denial's sentence */
#define REVIEW_WARNING_MAX  256              /* of one warning: API servers cut longer ones */
#define REVIEW_WARNINGS_MAX 4096             /* of all */

enum review_operation { REVIEW_CREATE, REVIEW_UPDATE, REVIEW_DELETE };

struct review {
	enum resource         served;            /* what the path that was asked judges */
	enum review_operation operation;
	struct str            api_version;       /* of the review, and of its answer */
	struct str            uid;               /* empty: none to repeat */
	struct str            name;              /* of the object; may be empty */
	struct str            group, kind;       /* of what is served */
	struct str            user_info;         /* who sent it, raw; empty: not said */
	bool                  dry_run;
	struct json           object, old;       /* of nothing where the operation has none */
	struct json_doc       docs[2];           /* theirs */

	int                   refusal;           /* not 0: it cannot be judged, a status as of HTTP, and: */
	struct str            why;               /* static text */
};

enum review_verdict { REVIEW_ALLOWED, REVIEW_DENIED, REVIEW_REFUSED };

/* Views live in `body`, the arena, and *r, which stays where it is.  False:
 * refused.  A DELETE needs no judging: it is allowed, as by 3.4.0. */
bool review_read(struct str body, enum resource served, struct arena *a, struct review *r);

/* The answer: REVIEW_ANSWER_MAX is room for every one.  `f`: what the rules
 * found; it does not count for one that is refused.  *status: of HTTP. */
enum review_verdict review_answer(const struct review *r, const struct findings *f, struct out *answer,
                                  int *status);

/* A Status (v1) that says why there is no other answer. */
void review_status(struct out *answer, int code, struct str message);

#endif
