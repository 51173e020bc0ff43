/*
 * fake_door.h - the stand-in with a webhook behind it, for tests: both over TLS, in memory.
 *
 * Wells (wells.x.io) are stored as v2, which says spec.deep, and served as v1
 * too, which says spec.depth; the webhook turns one into the other.  It is the
 * Service kubernetes in namespace default, because that is whom its certificate names.
 */
#ifndef TESTS_UNIT_FAKE_DOOR_H
#define TESTS_UNIT_FAKE_DOOR_H

#include "tests/fake/apiserver.h"
#include "tests/world/world.h"

#define WELLS_1  "/apis/x.io/v1/namespaces/default/wells"
#define WELLS_2  "/apis/x.io/v2/namespaces/default/wells"
#define WELL_OF(version, name, spec) \
	"{'apiVersion':'x.io/" version "','kind':'Well','metadata':{'name':'" name "'},'spec':{" spec "}}"
#define WELL(name, spec)   WELL_OF("v2", name, spec)
#define WELL_1(name, spec) WELL_OF("v1", name, spec)
#define JSON_IN  "Content-Type: application/json\r\n"
#define MERGE_IN "Content-Type: application/merge-patch+json\r\n"
#define APPLY_IN "Content-Type: application/apply-patch+yaml\r\n"

struct door {
	struct registry   *registry;
	struct apiserver  *apiserver;
	struct world_peer *peer;

	/* What the webhook does.  Texts with ' for ". */
	const char  *answer;             /* members of an AdmissionReview's response; NULL: allowed */
	const char  *instead;            /* in place of any body */
	int          status;             /* of HTTP; 0: 200 */
	bool         silent;             /* it never answers */
	void       (*spoil)(struct tree *converted);    /* before it is sent; may be NULL */

	/* What it was asked. */
	int          reviews, conversions;
	struct tree *asked;              /* the last AdmissionReview */
	char         path[256];          /* of the last request */
};
extern struct door door;

void       door_open(void);          /* all is there, the webhook is up */
void       door_close(void);
void       door_up(void);            /* the webhook; it is up at first */
void       door_down(void);
struct str door_ask(const char *line, const char *fields, const char *body);    /* body with ' for " */
bool       door_is(struct str got, int status);

/* A ValidatingWebhookConfiguration NAME with one webhook NAME.x.io, of these members beside the usual
 * ones (which come first: rules for creates and updates of wells in v2). */
void       door_guard(const char *name, const char *members);

#endif
