/*
 * consult.h - what one request must ask of webhooks before it can go on.
 *
 * A request runs from its start to the first question that nobody has
 * answered yet, asks, and ends with REPLY_WAITS; when all that it asked is
 * answered it runs again from its start, and finds its answers in the order
 * of its questions.  Nothing was stored meanwhile by it.  When the object
 * that it is about has changed, answers are worth nothing: all is asked anew.
 */
#ifndef TESTS_FAKE_CONSULT_H
#define TESTS_FAKE_CONSULT_H

#include "tests/fake/hook.h"

struct consult_page {                        /* a question, and its answer */
	struct consult      *of;
	struct consult_page *next;
	struct hook_call     call;
	char                 uid[40];        /* of the review */
	bool                 answered;
};

struct consult {
	/* Set by the owner. */
	struct hooks  *hooks;
	void         (*again)(struct consult *);    /* from the loop: all is answered */
	void          *owner;
	struct tree   *user;                 /* userInfo; given over */
	struct tree   *options;              /* CreateOptions, ...; given over */
	/* Inner. */
	struct consult_page *first, **last, **at;
	int            waiting;
	uint64_t       version;              /* of the object that the pages are about */
	char           uid[40];              /* of what is created: the same in every run */
	char           warnings[4096];       /* of webhooks, each ended by a line feed */
};

void consult_close(struct consult *c);       /* what is under way is dropped */

/* A run begins, about an object of that version (0: none). */
void consult_start(struct consult *c);
void consult_about(struct consult *c, uint64_t version);

/* The answer to the next question, and on; NULL: it was never asked, ask it. */
struct consult_page *consult_next(struct consult *c);
/* `review` is taken over; its request's uid is `uid`, made by consult_uid(). */
void consult_ask(struct consult *c, const struct tree *config, int64_t timeout_s, const char uid[40],
                 struct tree *review);
void consult_uid(char uid[40]);

#endif
