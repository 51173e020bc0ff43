/*
 * access_review.h - pure: TokenReview and SubjectAccessReview, written and read.
 *
 * Who somebody is and what they may do is known to the API server alone.
 */
#ifndef WEBHOOK_ACCESS_REVIEW_H
#define WEBHOOK_ACCESS_REVIEW_H

#include "k8s/kind.h"
#include "kernel/json.h"
#include "kernel/out.h"

#define ACCESS_USER_MAX (16u << 10)      /* of what identifies somebody, bytes */

extern const struct kind kind_tokenreview, kind_subjectaccessreview;

struct access_wanted {
	struct str path, verb;                               /* of a path: the others are empty */
	struct str group, version, resource, ns, name;       /* of an object */
};

void token_review_print(struct str token, struct out *o);

/* Of a userInfo (username, uid, groups, extra): the members that a
 * SubjectAccessReview names them by.  False: it is none, or has no room. */
bool access_user_print(struct json user, struct out *o);
/* `user`: what access_user_print() wrote. */
void access_review_print(struct str user, const struct access_wanted *w, struct out *o);

enum reviewed { REVIEWED_YES, REVIEWED_NO, REVIEWED_BROKEN };

/* YES: a known user; its members are in `user`. */
enum reviewed token_review_read(struct str body, struct arena *a, struct out *user);
enum reviewed access_review_read(struct str body, struct arena *a);

#endif
