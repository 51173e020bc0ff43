/*
 * ask.h - what the webhook must ask the cluster before it may accept: pure.
 *
 * The questions come out of the object, and an answer turns into findings;
 * who asks, and how, is nobody's business here.  Asked once the rules found no
 * error, in this order:
 *
 *	for (i = 0; i < n; i++)
 *		if (asks[i].after < 0 || answers[asks[i].after].is == ANSWER_YES) {
 *			answers[i] = ...;
 *			if (!ask_judge(&asks[i], &answers[i], user, a, f)) break;
 *		}
 *
 * Whether something exists is asked only after its reader may read it, so
 * that a denial tells nobody anything.
 */
#ifndef AIS_ASK_H
#define AIS_ASK_H

#include "ais/spec.h"
#include "ais/validate.h"

#define ASKS_MAX     6
#define ASK_KEYS_MAX 2

enum ask_kind {
	ASK_NODES,           /* how many nodes carry these labels? */
	ASK_CLASS,           /* is there such a StorageClass? */
	ASK_ACCESS,          /* SubjectAccessReview for the one who sent the request: may they? */
	ASK_PROFILE,         /* is there such an AIStoreAuthProfile? */
	ASK_SECRET,          /* is it there, and has it these keys? */
	ASK_CONFIG_MAP,
};

struct ask_key { struct str path, key; };

struct ask {
	enum ask_kind  kind;
	int            after;        /* the one that must have been answered YES before; -1: none */
	bool           last;         /* a denial ends the asking */
	struct str     path;         /* of the field that it is about */
	struct str     ns, name;     /* ns: empty for what has none */
	struct str     verb, group, version, resource;           /* ACCESS */
	enum role      role;                                     /* NODES */
	struct json    selector;                                 /* NODES: labels and values; of nothing: all */
	int64_t        needed;                                   /* NODES */
	struct ask_key keys[ASK_KEYS_MAX];                       /* SECRET, CONFIG_MAP */
	int            key_count;
};

enum answered {
	ANSWER_YES,          /* it is there; they may */
	ANSWER_NO,           /* it is not there; they may not */
	ANSWER_HIDDEN,       /* SECRET, CONFIG_MAP: we may not look ourselves */
	ANSWER_FAILED,       /* unknown: `why` */
};

struct ask_answer {
	enum answered is;
	int64_t       count;                     /* NODES */
	bool          has_key[ASK_KEYS_MAX];
	struct str    why;
};

/* At most ASKS_MAX; how many.  `old`: of nothing on create. */
int ask_list(enum resource r, struct json object, struct json old, struct arena *a, struct ask *asks);

/* False: nothing more needs to be asked. */
bool ask_judge(const struct ask *q, const struct ask_answer *answer, struct str user, struct arena *a,
               struct findings *f);

#endif
