/*
 * world.h - the outside as unit tests make it: clock, loop, random, files, sockets.
 *
 * The unit test binary links these in place of the world files of the
 * program.  Time passes only when a test says so; a run is the same every
 * time.  Sockets are pairs of queues in memory: what one side writes the
 * other reads, also when both ends are ours (client and server in one test).
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "kernel/str.h"
#include "net/addr.h"

void    world_reset(void);                  /* all of it: 2026-11-24T12:00:00Z, mono 1000000 ms, empty */
void    world_settle(void);                 /* turn the loop until nothing moves; no time passes */
void    world_pass_ms(int64_t ms);          /* settle, then pass from timer to timer, settling at each */
int64_t world_next_timer_ms(void);          /* how long until something is due; -1: nothing is set */
void    world_step_wall_us(int64_t by);
void    world_seed(uint64_t seed);

void    world_file(const char *path, struct str content);     /* made or replaced, with a new stamp */
void    world_file_remove(const char *path);

/* A scripted peer: the test's end of a connection. */
struct world_peer;
typedef void world_accepted(struct world_peer *p, void *owner);

void       world_listen(struct addr at, world_accepted *accepted, void *owner);   /* the test is the server */
void       world_unlisten(struct addr at);                                         /* from now on refused */
struct world_peer *world_connect(struct addr to);      /* the test is the client; NULL: refused */
struct str world_got(struct world_peer *p);            /* all bytes received so far and not taken */
void       world_taken(struct world_peer *p, size_t len);
void       world_send(struct world_peer *p, struct str s);
void       world_end(struct world_peer *p);            /* in order (FIN) */
void       world_cut(struct world_peer *p);            /* reset */
bool       world_ended(const struct world_peer *p);    /* our side has closed */
void       world_hold(struct world_peer *p, bool hold);    /* it accepts no more bytes: its window is full */

void    world_split(size_t bytes);          /* every read and write moves at most so many; 0: no limit */
void    world_silent(struct addr at, bool silent);     /* dials neither succeed nor fail */
int     world_connections(void);            /* open now */

#endif
