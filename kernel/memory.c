/* memory.c - address space, pages only when touched. */
#include "kernel/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *
memory_reserve(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED) {
		fprintf(stderr, "cannot reserve %zu bytes of address space: raise the limit (ulimit -v)\n", size);
		exit(1);
	}
	return at;
}

size_t
memory_page(void)
{
	static size_t page;

	if (page == 0)
		page = (size_t)sysconf(_SC_PAGESIZE);
	return page;
}

void
memory_give_back(void *at, size_t size)
{
	uintptr_t page = memory_page();
	uintptr_t from = ((uintptr_t)at + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)at + size) & ~(page - 1);

	if (from < to)
		madvise((char *)at + (from - (uintptr_t)at), to - from, MADV_DONTNEED);
}
