/*
 * reflector.h - keeps one view of the store like the API server: list in pages, then watch.
 *
 * The list goes over the shared call connections; the watch has one of its
 * own.  A cut watch resumes at the last version (bookmarks move it on);
 * 410 lists again; silence past the time-out is a dead connection.  Backoff
 * with jitter, kept per reason: refused, expired, cut, throttled (Retry-After
 * is honoured); it resets after two minutes of calm.
 *
 * With `hold` set by the owner before the start, the watch after the first
 * list waits for reflector_release(): so a program gets all of its lists over
 * the kept connections first and opens the watches behind its first plans.
 */
#ifndef K8S_REFLECTOR_H
#define K8S_REFLECTOR_H

#include "k8s/api.h"
#include "k8s/store.h"

#define REFLECTOR_PAGE     250           /* objects a page; fewer when a page is over API_ANSWER_MAX */
#define REFLECTOR_LINE_MAX (4u << 20)    /* one event; etcd's limit is 1.5 MiB */
#define REFLECTOR_WATCH_S  300           /* a watch is asked to last so long, and up to twice that */
#define REFLECTOR_LATE_MS  15000         /* and given up so long after that */
#define REFLECTOR_CALM_MS  120000
#define REFLECTOR_DISTRUST_MS 5000

enum reflector_state {
	REFLECTOR_IDLE,
	REFLECTOR_LISTING,
	REFLECTOR_LISTED,        /* waits for its turn to open the watch */
	REFLECTOR_WATCHING,
	REFLECTOR_WAITING,       /* backing off */
};

enum reflector_trouble {
	TROUBLE_REFUSED, TROUBLE_EXPIRED, TROUBLE_CUT, TROUBLE_THROTTLED,
	TROUBLE_DISTRUSTED,      /* a new CA is on its way to us: never waits long */
	TROUBLE_KINDS,
};

struct reflector {
	/* Set by the owner. */
	struct api        *api;
	struct store      *store;
	const struct view *view;
	struct str         ns;               /* empty: all */
	struct str         name;             /* of the one object that is wanted; empty: all */
	bool               hold;             /* no watch before reflector_release() */
	void             (*synced)(struct reflector *);     /* each time a list is complete */
	void             (*troubled)(struct reflector *, enum outcome);    /* each time it must wait; may be NULL */
	void              *owner;

	/* To be read. */
	enum reflector_state state;
	bool               listed_once;
	char               trouble_text[256];    /* why it is waiting; empty when fine */
	uint64_t           events, lists, watches;

	/* Inner. */
	struct request     request;
	struct buf         line;             /* the beginning of a line */
	char               version[32], next_page[1024], query[3584];
	uint32_t           listing;
	int                page;
	int64_t            watch_began_ms;
	bool               moved;            /* the version has, since the watch began */
	enum reflector_next { NEXT_LIST, NEXT_PAGE, NEXT_WATCH } next;    /* after the wait */
	bool               ended;            /* the watch, by us: that is its trouble */
	enum reflector_trouble ended_by;
	struct loop_timer  timer;
	int                trouble[TROUBLE_KINDS];    /* tries in a row */
	int64_t            trouble_ms[TROUBLE_KINDS];
};

void reflector_start(struct reflector *r);
void reflector_release(struct reflector *r);         /* the watch may be opened; more than once is fine */
void reflector_stop(struct reflector *r);            /* not from inside store.changed() */
bool reflector_fresh(const struct reflector *r);     /* listed, and not known to lag */

/* Backoff: the delay before try number `tries` (from 1), with jitter in [0,1).
 * 0.8 s doubling to 30 s (client-go). */
int64_t backoff_ms(int tries, uint64_t random);

#endif
