/*
 * recorder.h - events.k8s.io/v1: what a person reads under `kubectl describe`.
 *
 * Bounded and deduplicated: the same event (regarding, reason, action, note)
 * within six minutes becomes a series on the first; names are derived from
 * what the event says and from `once`, so an event repeated after a crash is
 * the same object and not a second one.  Notes are cut at 1,024 bytes on a
 * character's border.
 */
#ifndef K8S_RECORDER_H
#define K8S_RECORDER_H

#include "k8s/api.h"

#define RECORDER_SLOTS 64

struct event_ref {
	struct str api_version, kind, ns, name, uid, version;    /* uid and version may be empty */
};

struct event {
	bool             warning;
	struct str       reason, action, note;
	struct event_ref regarding, related;     /* related.kind empty: none */
	struct str       once;                   /* part of the name: what makes this one a new event */
};

/* The body of a new event, and its name. */
void event_print(const struct event *e, struct str reporter, struct str instance,
                 int64_t wall_us, struct out *name, struct out *body);

/* What has been said lately. */
struct recorder {
	struct { uint64_t what; int64_t at_ms; int count; } said[RECORDER_SLOTS];
};

/* 0: say it, by a POST; n > 1: the n-th time, by a PATCH of series. */
int recorder_count(struct recorder *r, const struct event *e, int64_t now_ms);
void recorder_forget(struct recorder *r, const struct event *e);     /* it did not arrive: say it anew */
void event_series_print(int count, int64_t wall_us, struct out *body);

#endif
