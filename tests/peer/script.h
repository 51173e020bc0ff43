/*
 * script.h - the API server as a test plays it: what is asked, and what to say to it.
 *
 *	script_open();
 *	reflector_start(&r);
 *	EXPECT_ASKED("GET /api/v1/pods?limit=250");
 *	script_answer(200, "", STR("{...}"));
 *
 * Requests come in the order in which they were sent; what is said goes to
 * the one that was expected last, or to that of script_to().
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "k8s/api.h"
#include "tests/unit/test.h"
#include "tests/world/world.h"

#define SCRIPT_PORT 6443

void script_open(void);                          /* resets the world; listens on 127.0.0.1 */
void script_access(struct access *a);            /* to that: plain http, token "t1" */

/* The next request, as "METHOD TARGET"; timeoutSeconds shows as N.  Empty: none came; no time passes. */
struct str script_asked(void);
#define EXPECT_ASKED(want) EXPECT_TEXT(script_asked(), (want))
#define EXPECT_SILENCE() EXPECT_TEXT(script_asked(), "")
struct str script_head(void);                    /* all of the head of the one asked last */
struct str script_body(void);                    /* and its body */

int  script_conn(void);                          /* the connection it came on */
void script_to(int conn);

void script_answer(int status, const char *fields, struct str body);
void script_stream(void);                        /* 200, chunked */
void script_piece(struct str bytes);             /* one chunk */
void script_raw(struct str bytes);
void script_end(void);                           /* the last chunk */
void script_cut(void);                           /* the connection is reset */
bool script_gone(void);                          /* the other side has closed it */

void script_refuse(bool refuse);                 /* nobody listens */
void script_pass_ms(int64_t ms);

#endif
