/* check.c - prints what cannot be, and aborts: the Deployment starts us again. */
#include "kernel/check.h"

#include <stdio.h>
#include <stdlib.h>

void
check_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "%s:%d: this cannot be: %s\n", file, line, cond);
	abort();
}
