/* consult.c - questions, their answers, and the run that they hold up. */
#include "tests/fake/consult.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "kernel/random.h"

void
consult_uid(char uid[40])
{
	uint8_t    b[16];
	struct out o = out_over(uid, 39);

	random_bytes(b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out_char(&o, '-');
		out_hex(&o, &b[i], 1);
	}
	uid[o.len] = '\0';
}

static void
forget(struct consult *c)
{
	while (c->first != NULL) {
		struct consult_page *p = c->first;

		c->first = p->next;
		hook_cancel(&p->call);
		if (p->answered)
			tree_free(p->call.answer);
		free((void *)(uintptr_t)p->call.body.at);
		free(p);
	}
	c->last = c->at = &c->first;
	c->waiting = 0;
}

void
consult_close(struct consult *c)
{
	forget(c);
	tree_free(c->user);
	tree_free(c->options);
	c->user = c->options = NULL;
}

void
consult_start(struct consult *c)
{
	if (c->last == NULL)
		c->last = &c->first;
	c->at = &c->first;
	c->warnings[0] = '\0';
}

void
consult_about(struct consult *c, uint64_t version)
{
	if (c->version != version)
		forget(c);
	c->version = version;
	if (c->uid[0] == '\0')
		consult_uid(c->uid);
}

struct consult_page *
consult_next(struct consult *c)
{
	struct consult_page *p = *c->at;

	if (p != NULL)
		c->at = &p->next;
	return p;
}

static void
told(struct hook_call *call)
{
	struct consult_page *p = call->owner;
	struct consult      *c = p->of;

	p->answered = true;
	if (--c->waiting == 0)
		c->again(c);
}

void
consult_ask(struct consult *c, const struct tree *config, int64_t timeout_s, const char uid[40],
    struct tree *review)
{
	struct consult_page *p = calloc(1, sizeof(*p));

	CHECK(p != NULL && *c->at == NULL);
	p->of = c;
	memcpy(p->uid, uid, sizeof(p->uid));
	p->call = (struct hook_call){ .body = tree_text_of(review), .timeout_s = timeout_s, .done = told,
	    .owner = p };
	tree_free(review);
	*c->last = p;
	c->last = c->at = &p->next;
	c->waiting++;
	hook_begin(c->hooks, config, &p->call);
}
