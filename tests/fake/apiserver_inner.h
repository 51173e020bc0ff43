/* apiserver_inner.h - one request on its way through the stand-in. */
#ifndef TESTS_FAKE_APISERVER_INNER_H
#define TESTS_FAKE_APISERVER_INNER_H

#include <stdio.h>

#include "kernel/loop.h"
#include "tests/fake/apiserver.h"
#include "tests/fake/storage.h"
#include "tests/fake/target.h"
#include "tests/fake/versions.h"

#define APISERVER_BODY_MAX (3u << 20)

struct watch {                          /* a watch that runs */
	struct asked     *asked;
	struct watch     *next;
	uint64_t          at;           /* told up to this version */
	struct str        labels, fields;       /* views of the target */
	bool              bookmarks, columns_told, cut;
	struct loop_timer mark, end;
};

struct asked {                          /* one request; lives until its answer has ended */
	struct apiserver      *server;
	struct exchange       *x;
	struct target          target;
	const struct resource *k;       /* NULL: no resource */
	int                    version; /* of it, that was asked for */
	const char            *verb;    /* as the audit log has it */
	char                   user[APISERVER_TOKEN_MAX];
	char                   agent[96], uri[1024];      /* for the audit log */
	char                   made[256];      /* the name of what was created */
	struct addr            peer;
	int64_t                received_us;
	struct watch           watch;
	struct consult         consult; /* webhooks that it waits for */
	struct views           views;   /* objects in its version that it waits for */
};

struct apiserver {
	struct server     net;
	struct registry  *registry;
	struct hooks     *hooks;
	FILE             *audit;
	struct { char token[APISERVER_TOKEN_MAX], user[APISERVER_TOKEN_MAX]; } tokens[APISERVER_TOKENS_MAX];
	int               token_count;
	struct watch     *watches;
	struct loop_task  pump;
	uint64_t          requests;

	/* Switches. */
	struct loop_timer later;        /* kill, refuse: once the answer is out; then: listen again */
	int64_t           refuse_ms;
	bool              closed, compact_after, silent, cut;
	int               inject_code, inject_count, inject_retry_s;
	char              inject_user[APISERVER_TOKEN_MAX], inject_verb[16];
	int64_t           hold_after;   /* -1: off */
	char              hold_user[APISERVER_TOKEN_MAX];
	int               held;
	struct { char user[APISERVER_TOKEN_MAX], resource[64]; } denied[8];    /* of SubjectAccessReviews */
	int               denied_count;
};

/* A run of a request: its answer goes out, or it waits and is run again. */
void asked_run(struct asked *a);

/* Answers; each ends the request and frees it, but for a reply that waits. */
void asked_tree(struct asked *a, int code, struct tree *t, const char *warning);    /* t is taken over */
void asked_text(struct asked *a, int code, struct str content_type, struct str text);
void asked_reply(struct asked *a, const struct reply *r);
void asked_bad(struct asked *a, struct reply r);
void asked_end(struct asked *a, int code);          /* noted in the audit log, freed */
void audit_note(struct asked *a, int code);

/* How the object, already in its version, is shown: a table, metadata only. */
bool         shown_as_table(const struct asked *a);
/* a copy, or a Table of one row */
struct tree *shown(const struct asked *a, const struct tree *object);
/* All of these are there in its version.  False: it waits, and is run again or answered. */
bool         all_views(struct asked *a, const struct snapshot *s);

void verbs_run(struct asked *a);                    /* anything on a resource */
void list_run(struct asked *a);
void list_delete(struct asked *a);                  /* answers with what is deleted */
struct reply check_selectors(const struct asked *a);
struct reply bad_version(struct str version);
struct reply too_new(const struct asked *a, uint64_t version);
void watch_run(struct asked *a);
bool watch_leave(struct asked *a);                  /* the peer went away; false: it was no watch */
void watch_pump(struct loop_task *t);
void discovery_run(struct asked *a);
void openapi_run(struct asked *a);
/* Kinds that are asked and never stored: who am I, may he. */
bool reviews_run(struct asked *a);                  /* false: it is none */
void reviews_describe(struct tree *list, struct str group, struct str version);    /* adds APIResources */
struct tree *user_info(const char *user);
void switches_run(struct asked *a);
bool switches_catch(struct asked *a);               /* an injected answer, or held: dealt with */

/* Tables: a Table of these objects, with columns only when asked for. */
struct tree *columns_table(const struct asked *a, bool definitions);
void         columns_row(const struct asked *a, struct tree *table, const struct tree *object);

#endif
