/*
 * admit.h - validating webhooks: which are asked about a write, what they are asked, what their answer means.
 *
 * ValidatingWebhookConfigurations only; matchConditions are not looked at.
 */
#ifndef TESTS_FAKE_ADMIT_H
#define TESTS_FAKE_ADMIT_H

#include "tests/fake/consult.h"

enum admit_operation { ADMIT_CREATE, ADMIT_UPDATE, ADMIT_DELETE };

struct admission {
	const struct registry *registry;
	const struct resource *k;
	int                    version;      /* that is spoken; of both objects */
	enum admit_operation   operation;
	struct str             ns, name, sub;
	const struct tree     *object, *old; /* NULL where there is none */
	bool                   dry_run;
	struct consult        *consult;      /* NULL: all is admitted */
};

/* Good, a refusal, or REPLY_WAITS.  Warnings go into the consult. */
struct reply admit(const struct admission *a);

/* Which version of the resource a webhook wants to see; -1: it does not ask for this write. */
int admit_matches(const struct admission *a, const struct tree *webhook);

#endif
