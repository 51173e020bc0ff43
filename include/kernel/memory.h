/*
 * memory.h - address space from the system; the only place that asks for it.
 *
 * Address space is free, pages are not: a reservation costs nothing until it
 * is touched, and memory_give_back() returns the pages while the addresses
 * stay valid (they read as zero again).
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <stddef.h>

void *memory_reserve(size_t size);                  /* never NULL: ends the program with a sentence */
void  memory_give_back(void *at, size_t size);      /* whole pages inside the range */
size_t memory_page(void);

#endif
