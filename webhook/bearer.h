/*
 * bearer.h - may who shows this token read that path?
 *
 * TokenReview says who it is, SubjectAccessReview whether they may.  Both are
 * remembered as the Go operator does: who it is for a minute, that they may
 * for five, that they may not for half a minute.  Tokens are kept as digests.
 */
#ifndef WEBHOOK_BEARER_H
#define WEBHOOK_BEARER_H

#include "k8s/api.h"
#include "webhook/access_review.h"

#define BEARER_KNOWN    8
#define BEARER_ASKS     4                /* at once; one more: 503 */
#define BEARER_TOKEN    8192
#define BEARER_USER_MS  60000
#define BEARER_YES_MS   300000
#define BEARER_NO_MS    30000
#define BEARER_CALL_MS  10000

struct bearer_known {
	uint8_t token[32];                   /* SHA-256 */
	char    user[ACCESS_USER_MAX];       /* what access_user_print() wrote */
	size_t  user_len;
	int64_t user_until_ms, verdict_until_ms;
	bool    allowed;
};

struct bearer_ask {
	struct bearer      *bearer;
	void               *owner;           /* NULL: not in use */
	struct bearer_known known;
	struct request      request;
	char                body[ACCESS_USER_MAX + BEARER_TOKEN + 1024];
};

struct bearer {
	/* Set by the owner. */
	struct api  *api;
	struct str   path;                   /* that they want to get */
	/* 200, 401, 403, or 500: the API server did not say. */
	void       (*decided)(void *owner, int status);

	/* Inner. */
	struct bearer_known *known;          /* BEARER_KNOWN */
	struct bearer_ask   *asks;           /* BEARER_ASKS */
	struct arena         arena;
};

/* `authorization`: the header, empty: none.  0: decided() will come; else
 * the status at once. */
int  bearer_ask(struct bearer *b, struct str authorization, void *owner);
void bearer_forget(struct bearer *b, void *owner);       /* nobody waits for it any more */

#endif
