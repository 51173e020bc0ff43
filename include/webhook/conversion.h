/*
 * conversion.h - a ConversionReview (apiextensions.k8s.io/v1) in, its answer out, both in pieces: pure.
 *
 * An object is converted when its last byte has come, and its answer is given
 * before the next one is looked at: a review of any length takes the room of
 * one object.  The body may come in pieces of any size, or whole; an object
 * that lies within one piece is not copied.
 *
 *	conversion_begin(&c, room, CONVERSION_ROOM);
 *	for (; body.len > 0; body = str_from(body, used)) {
 *		used = conversion_feed(&c, body, &piece);
 *		...                                    the piece goes out, unless it is empty
 *	}
 *	while (conversion_end(&c, &piece))
 *		...                                    this one too
 *
 * Who cannot send a piece just now feeds nothing until it is gone.
 *
 * The answer has the same uid, count and order.  A failure is an answer too,
 * with one sentence that names the object; it is that of all: whoever asked
 * uses none of them.  So the status of HTTP is 200, but for what is no review
 * with a uid that could be repeated: that gets a Status and 400.
 *
 * Asked for `objects` before `desiredAPIVersion` (no API server does), the
 * list is kept until the end, as large as one object may be.
 */
#ifndef WEBHOOK_CONVERSION_H
#define WEBHOOK_CONVERSION_H

#include "ais/convert.h"
#include "kernel/scan.h"
#include "webhook/value_end.h"

#define CONVERSION_ROOM       (128u << 20)             /* address space; give it back after each review */
#define CONVERSION_OBJECT_MAX (CONVERSION_ROOM / 8)    /* bytes of one object: 16 MiB; less in less room */
#define CONVERSION_SMALL_MAX  512                      /* of the uid and its like, with quotes */

enum conversion_at {             /* what comes next */
	AT_VALUE, AT_FIRST, AT_KEY, AT_COLON, AT_NEXT, AT_INSIDE, AT_END,
};
enum conversion_level { OUTSIDE, IN_REVIEW, IN_REQUEST, IN_OBJECTS };
enum conversion_keep { KEEP_NOTHING, KEEP_SMALL, KEEP_HELD };
enum conversion_member {
	MEMBER_OTHER, MEMBER_KEY, MEMBER_ITEM,       /* a key and an item are values too */
	MEMBER_VERSION, MEMBER_KIND, MEMBER_REQUEST, MEMBER_UID, MEMBER_TO, MEMBER_OBJECTS,
	CONVERSION_MEMBERS,
};

struct conversion {
	/* To be read. */
	uint64_t converted;              /* objects so far */
	int      status;                 /* of HTTP; known with the first piece */
	bool     failed;
	char     why[1024];              /* then: a sentence, ended by NUL */

	/* Inner. */
	enum conversion_at     at;
	enum conversion_level  level;
	enum conversion_member member;
	enum conversion_keep   keep;
	struct value_end value;
	struct arena     arena;
	struct out       out;
	char            *held;           /* a value of which not all has come; a list that must wait */
	size_t           held_len, held_max;
	char             small[CONVERSION_SMALL_MAX], uid[CONVERSION_SMALL_MAX];
	size_t           small_len, uid_len;     /* the uid as it came, with its quotes */
	uint64_t         index;          /* of the object, from 1 */
	enum api_version to;
	struct scan      list;           /* the list that waited */
	bool             seen[CONVERSION_MEMBERS];
	bool             wants;          /* `to` is known */
	bool             broken, head, waiting, ending, ended;
};

/* `room` belongs to the machine until the last piece is sent. */
void   conversion_begin(struct conversion *c, void *room, size_t size);

/* Gives how many of the bytes are dealt with, at least one.  The piece holds until the next call. */
size_t conversion_feed(struct conversion *c, struct str bytes, struct str *piece);

/* The body has ended.  False: so has the answer. */
bool   conversion_end(struct conversion *c, struct str *piece);

#endif
