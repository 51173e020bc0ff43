/*
 * pack.h - a record as bytes: numbers and texts in the order they were put.
 *
 * What the store keeps of an object is one packed record.  Reading gives
 * views into it, nothing is copied, and two records are equal exactly when
 * their bytes are: that is how an event that changes nothing we read is told
 * from one that does.
 */
#ifndef KERNEL_PACK_H
#define KERNEL_PACK_H

#include "kernel/out.h"

void pack_u64(struct out *o, uint64_t v);
void pack_str(struct out *o, struct str s);

struct unpack {
	struct str rest;
	bool       broken;        /* sticky: read past the end */
};

struct unpack unpack_over(struct str record);
uint64_t      unpack_u64(struct unpack *u);
struct str    unpack_str(struct unpack *u);

#endif
