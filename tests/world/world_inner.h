/* world_inner.h - what the parts of the tests' world tell each other. */
#ifndef TESTS_WORLD_INNER_H
#define TESTS_WORLD_INNER_H

#include "world.h"

void clock_reset(void);
void clock_pass_us(int64_t us);

void loop_reset(void);

void random_reset(void);

void file_reset(void);

void     socket_reset(void);
bool     socket_deliver(void);           /* hands new connections to listening tests; false: none */
unsigned socket_ready(int fd);           /* LOOP_ bits: what would not wait */
bool     socket_broken(int fd);          /* reset or refused: told as both bits */

#endif
