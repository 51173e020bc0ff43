/* file.c - reads small files whole. */
#include "kernel/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/out.h"

static enum file_result
result_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return FILE_ABSENT;
	case EACCES:
	case EPERM:
		return FILE_DENIED;
	default:
		return FILE_FAILED;
	}
}

/* Into the free rest of the arena, whatever size the file says it has: files
 * of /proc say 0.  One byte of room is left over, or the file is too big. */
static enum file_result
read_all(int fd, struct arena *a, struct str *out)
{
	struct out o = out_in(a);
	ssize_t    n;

	if (o.size > FILE_SIZE_MAX + 1)
		o.size = FILE_SIZE_MAX + 1;
	for (;;) {
		if (o.len == o.size)
			return FILE_TOO_BIG;
		n = read(fd, o.at + o.len, o.size - o.len);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return result_of(errno);
		if (n > 0)
			o.len += (size_t)n;
	}
	*out = out_keep(&o, a);
	return FILE_OK;
}

enum file_result
file_read(const char *path, struct arena *a, struct str *out)
{
	enum file_result r;
	int              fd;

	*out = STR_NONE;
	if (!arena_ok(a))
		return FILE_TOO_BIG;
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, a, out);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return result_of(errno);
	r = read_all(fd, a, out);
	close(fd);
	return r;
}

bool
file_stamp(const char *path, struct file_stamp *out)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	*out = (struct file_stamp){
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size,
		.changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
	};
	return true;
}
