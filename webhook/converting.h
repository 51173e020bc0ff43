/*
 * converting.h - /convert: conversion reviews of any length, in the room of one object each.
 *
 * The body goes through the machine of conversion.h as it comes, and the
 * answer leaves as it is made.  When all places are taken the API server is
 * told to come again (429).
 */
#ifndef WEBHOOK_CONVERTING_H
#define WEBHOOK_CONVERTING_H

#include "net/server.h"
#include "webhook/conversion.h"

#define CONVERTING_PLACES 8
#define CONVERTING_PIECE  (CONVERSION_ROOM / 6)      /* of an answer: what may wait for its peer */

/* Its head is there: from now on the body comes here. */
void converting_begin(struct exchange *x);
void converting_end(struct exchange *x);             /* and so has its end */

#endif
