/* file.c - files in memory. */
#include "kernel/file.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/check.h"
#include "world_inner.h"

struct file {
	struct file      *next;
	char             *path;
	struct file_stamp stamp;
	char              content[];
};

static struct file *files;
static uint64_t     made;           /* how many so far: the next inode */

static struct file **
find(const char *path)
{
	struct file **at = &files;

	while (*at != NULL && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

void
world_file_remove(const char *path)
{
	struct file **at = find(path), *f = *at;

	if (f == NULL)
		return;
	*at = f->next;
	free(f->path);
	free(f);
}

void
world_file(const char *path, struct str content)
{
	struct file *f = malloc(sizeof(*f) + content.len);

	CHECK(f != NULL);
	world_file_remove(path);
	made++;
	*f = (struct file){ .next = files, .path = strdup(path),
	    .stamp = { .inode = made, .size = content.len, .changed_ns = (int64_t)made } };
	if (content.len > 0)
		memcpy(f->content, content.at, content.len);
	files = f;
}

void
file_reset(void)
{
	while (files != NULL)
		world_file_remove(files->path);
}

enum file_result
file_read(const char *path, struct arena *a, struct str *out)
{
	struct file *f = *find(path);

	*out = STR_NONE;
	if (f == NULL)
		return FILE_ABSENT;
	if (f->stamp.size > FILE_SIZE_MAX || !arena_ok(a) || f->stamp.size >= a->size - a->used)
		return FILE_TOO_BIG;
	*out = arena_copy(a, (struct str){ f->content, f->stamp.size });
	return FILE_OK;
}

bool
file_stamp(const char *path, struct file_stamp *out)
{
	struct file *f = *find(path);

	if (f != NULL)
		*out = f->stamp;
	return f != NULL;
}
