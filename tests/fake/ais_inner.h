/* ais_inner.h - what the files of the simulated AIS share. */
#ifndef TESTS_FAKE_AIS_INNER_H
#define TESTS_FAKE_AIS_INNER_H

#include "tests/fake/ais.h"

void ais_text(char *into, size_t size, struct str s);     /* cut to fit, ended by NUL */
int64_t ais_wait(const struct ais_world *w, int64_t ms);  /* one of AIS's waits, at this speed */
void ais_random_id(struct ais_world *w, char *id, int len);

/* ais_map.c: the cluster map. */
struct ais_cluster *ais_cluster_of(struct ais_world *w, struct str key);    /* made if new */
struct ais_member  *ais_member(const struct ais_cluster *c, struct str id);
struct ais_member  *ais_join(struct ais_cluster *c, struct ais_daemon *d);
void                ais_remove(struct ais_cluster *c, struct ais_member *m);
struct ais_daemon  *ais_primary(const struct ais_cluster *c);       /* NULL: does not run */
int                 ais_count(const struct ais_cluster *c, enum ais_role role, unsigned without);
void                ais_forget(struct ais_cluster *c);      /* nothing is known: a new cluster begins */
bool                ais_is_started(const struct ais_cluster *c);
struct tree        *ais_map_tree(const struct ais_cluster *c);
bool                ais_can_lead(const struct ais_member *m);

/* ais_daemon.c */
void ais_exit(struct ais_daemon *d, int code, const char *why);
void ais_leave_soon(struct ais_daemon *d, int64_t in_ms, int code);
void ais_lead(struct ais_cluster *c, struct ais_member *m);     /* a new primary */
void ais_save(struct ais_cluster *c);                   /* what all running members write to their state */
void ais_wipe(struct ais_daemon *d, bool data);         /* its metadata, its files, maybe its objects */

/* ais_rebalance.c */
bool ais_rebalance_wanted(const struct ais_cluster *c);
struct ais_rebalance *ais_rebalance_begin(struct ais_cluster *c, const char *leaving, bool wipe);
struct ais_rebalance *ais_rebalance_running(struct ais_cluster *c);
void ais_rebalance_tick(struct ais_cluster *c);
struct ais_member *ais_owner(const struct ais_cluster *c, struct str bucket, struct str name);
struct ais_object *ais_object(const struct ais_daemon *d, struct str bucket, struct str name);
void ais_object_put(struct ais_daemon *d, struct str bucket, struct str name, struct str data);
bool ais_object_drop(struct ais_daemon *d, struct str bucket, struct str name);

/* ais_ask*.c: requests. */
struct ais_request {
	struct ais_daemon *daemon;
	struct str         method, path, query, body, peer;
	struct ais_answer *answer;
};
void ais_answer_error(const struct ais_request *q, int status, const char *type, const char *format, ...)
         __attribute__((format(printf, 4, 5)));
void ais_answer_tree(struct ais_answer *a, struct tree *t);         /* takes t */
void ais_answer_text(struct ais_answer *a, struct str s);
struct str ais_query(const struct ais_request *q, struct str key);  /* empty: not there */
void ais_ask_manage(const struct ais_request *q);                   /* PUT /v1/cluster... */
void ais_ask_data(const struct ais_request *q);                     /* buckets and objects */

#endif
