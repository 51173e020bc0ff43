/*
 * apiserver.h - the stand-in's HTTP face: what a kube-apiserver 1.36 answers.
 *
 * One for a registry.  Answers come from the loop; nothing blocks but the
 * audit log, a local file.
 *
 * Webhooks are asked for what comes over HTTP; controllers in this process,
 * and the deletion of whole collections, pass by them.  Not told apart from a
 * field that comes once: one that comes twice.
 *
 * Switches for tests, on the same port, without a token:
 *
 *	POST /devcluster/kill                      all connections are cut
 *	POST /devcluster/refuse?ms=N[&compact=1]   nobody is listened to for N ms; with compacted history after
 *	POST /devcluster/silence?on=1              watches stay open and say nothing (on=0: they catch up)
 *	POST /devcluster/inject?code=C&count=N[&retry-after=S][&user=U][&verb=V]
 *	                                           the next N requests (of that user, of that verb) are answered C
 *	POST /devcluster/cut                       every watch is cut in the middle of its next event
 *	POST /devcluster/compact                   older versions are forgotten: watches and pages from
 *	                                           there are 410
 *	POST /devcluster/rotate?old=T&new=T        a token is replaced by another
 *	POST /devcluster/hold?after=N&user=U       after N more requests of that user (watches and Leases
 *	                                           not counted) the next ones are never answered, nor
 *	                                           carried out; after=-1: go on
 *	POST /devcluster/deny?user=U[&resource=R]  SubjectAccessReviews say that he may not;
 *	                                           without user: all may again
 *	GET  /devcluster/state                     {"version":..,"requests":..,"watches":..,"held":..}
 *
 * `verb` is that of the audit log: get, list, watch, create, update, patch, delete.
 */
#ifndef TESTS_FAKE_APISERVER_H
#define TESTS_FAKE_APISERVER_H

#include "net/server.h"
#include "tests/fake/registry.h"

#define APISERVER_TOKENS_MAX 64
#define APISERVER_TOKEN_MAX  256

struct apiserver;

struct apiserver_token {
	const char *token, *user;      /* copied; shorter than APISERVER_TOKEN_MAX */
};

struct apiserver_config {
	struct addr                   at;           /* port 0: any */
	struct tls_identity          *identity;     /* NULL: plain HTTP */
	const struct apiserver_token *tokens;       /* none: everybody is admin */
	int                           token_count;
	const char                   *audit_path;   /* appended to; NULL: none */
	struct registry              *registry;     /* outlives the server */
};

/* NULL: *why says it (static text). */
struct apiserver *apiserver_open(const struct apiserver_config *c, const char **why);
void              apiserver_close(struct apiserver *s);
struct addr       apiserver_addr(const struct apiserver *s);      /* with the port that was found */
/* false: full */
bool              apiserver_add_token(struct apiserver *s, const char *token, const char *user);

#endif
