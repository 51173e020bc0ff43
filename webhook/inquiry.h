/*
 * inquiry.h - asks the cluster what an admission depends on (ais/ask.h), one question after another.
 *
 * How many nodes carry some labels is remembered for a while: nearly every
 * review wants to know, and it only makes a warning.
 */
#ifndef WEBHOOK_INQUIRY_H
#define WEBHOOK_INQUIRY_H

#include "ais/ask.h"
#include "k8s/api.h"
#include "webhook/access_review.h"

#define INQUIRY_CALL_MS   3000           /* the API server gives a webhook 10 s for all of it */
#define INQUIRY_NODES     100            /* a page of them: 15 KB each */
#define INQUIRY_LABELS    2048           /* bytes of a selector; longer ones are not remembered */
#define INQUIRY_KNOWN     16
#define INQUIRY_KNOWN_MS  15000

struct inquiry_known {                   /* nodes that carry these labels */
	char    labels[INQUIRY_LABELS];
	size_t  len;
	int64_t count, until_ms;
	bool    all;                     /* else there are at least so many */
};

struct inquiry {
	/* Set by the owner. */
	struct api           *api;
	struct inquiry_known *known;     /* INQUIRY_KNOWN, shared by all */
	struct arena         *arena;     /* lives until done() */
	struct findings      *found;     /* what the answers mean is added */
	struct json           user;      /* userInfo of the review */
	void                (*done)(struct inquiry *);
	void                 *owner;
	struct ask            asks[ASKS_MAX];
	int                   count;

	/* Inner. */
	int                   at;
	struct ask_answer     answers[ASKS_MAX];
	struct request        request;
	struct str            labels, page;      /* of ASK_NODES */
	char                  body[ACCESS_USER_MAX + 4096];
};

/* False: all is known already, done() does not come. */
bool inquiry_begin(struct inquiry *q);
void inquiry_cancel(struct inquiry *q);

#endif
