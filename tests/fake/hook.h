/*
 * hook.h - calls to webhooks: over TLS, to where a clientConfig says; failures in a kube-apiserver's words.
 *
 * A Service is resolved through its EndpointSlices, as with aggregator
 * routing: one of its ready addresses.  Connections are kept, for each
 * address, name and caBundle.
 */
#ifndef TESTS_FAKE_HOOK_H
#define TESTS_FAKE_HOOK_H

#include "net/client.h"
#include "tests/fake/registry.h"

#define HOOK_TARGET_MAX 512
#define HOOK_WHY_MAX    1536

struct hooks;

struct hook_call {
	/* Set by the caller, unmoved until done(). */
	struct str    body;                      /* JSON */
	int64_t       timeout_s;
	void        (*done)(struct hook_call *);
	void         *owner;

	/* The answer, from done() on. */
	struct tree  *answer;                    /* the caller's from now on; NULL: */
	char          why[HOOK_WHY_MAX];

	/* Inner. */
	struct hooks     *hooks;
	struct hook_line *line;
	struct call       call;
	struct loop_task  failed;
	char              url[HOOK_TARGET_MAX + 300], target[HOOK_TARGET_MAX];
	bool              under_way;
};

struct hooks *hooks_open(const struct registry *r);    /* which outlives them */
void          hooks_close(struct hooks *h);            /* when no call is under way */

/* `config` is looked at now and no more; done() does not come before this returns. */
void hook_begin(struct hooks *h, const struct tree *config, struct hook_call *c);
void hook_cancel(struct hook_call *c);                 /* no done(); nothing if none is under way */

/* The address of a webhook's Service; false: `why` says it. */
bool hook_resolve(const struct registry *r, const struct tree *service, struct addr *at, struct out *why);

#endif
