/* file.h - small files: credentials, certificates, resources.  A world file. */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arena.h"

#define FILE_SIZE_MAX (4u << 20)

enum file_result {
	FILE_OK,
	FILE_ABSENT,
	FILE_DENIED,
	FILE_TOO_BIG,
	FILE_FAILED,
};

/* The whole file, into the arena; "-" is standard input. */
enum file_result file_read(const char *path, struct arena *a, struct str *out);

/* Which file stands at that path now: differs after a symlink swap or a rewrite. */
struct file_stamp { uint64_t inode, size; int64_t changed_ns; };
bool file_stamp(const char *path, struct file_stamp *out);

const char *file_result_text(enum file_result r);    /* "does not exist", ... */

#endif
