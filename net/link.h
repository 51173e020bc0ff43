/*
 * link.h - one connection of a client, and the call that it carries.
 *
 * Links lie in reserved memory that is zero until it is used.
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "net/client.h"
#include "net/conn.h"
#include "net/http_body.h"

struct link {
	struct conn       conn;
	struct client    *client;
	struct call      *call;          /* NULL: idle */
	bool              used;          /* false: nothing is here */
	bool              opened;        /* the connection stood */
	bool              heard;         /* a byte of this answer has come */
	bool              headed;        /* its head has come */
	bool              keep;          /* the server keeps the connection after this answer */
	bool              stale;         /* we do not: client_refresh() */
	bool              json;          /* so the answer says of itself */
	unsigned          served;        /* answers had on this connection */
	unsigned          hints;         /* heads of 1xx before this answer */
	size_t            looked;        /* http_answer_parse() */
	struct http_body  body;
	size_t            sent;          /* of the request's head and body together */
	size_t            head_len;
	char              head[HTTP_HEAD_MAX];
};

/* On a link that is not used: the call is the link's from here on.  False: it has ended already. */
bool link_dial(struct link *l, struct client *cl, struct call *c);
void link_send(struct link *l, struct call *c);      /* on an idle, kept connection */
void link_drop(struct link *l);                      /* at once; its call, if any, is not its own any more */
bool link_idle(const struct link *l);                /* kept, and free */
void link_late(struct link *l);                      /* the deadline of its call has come */

/* What links tell their client. */
void client_free(struct client *cl);                 /* a link or a place has become free */
void client_again(struct client *cl, struct call *c);/* first in the queue, for a new connection */
void client_silent(struct client *cl);               /* its server says nothing: drop what is kept */
void call_end(struct call *c, enum outcome o);       /* c is not ours afterwards */

/* "before" ADDRESS "after" into c->why. */
void call_why(struct call *c, const struct addr *peer, struct str before, struct str after);

#endif
