/* file_text.c - what became of a read, in words. */
#include "kernel/file.h"

const char *
file_result_text(enum file_result r)
{
	switch (r) {
	case FILE_OK:
		return "was read";
	case FILE_ABSENT:
		return "does not exist";
	case FILE_DENIED:
		return "may not be read by this user";
	case FILE_TOO_BIG:
		return "is too big";
	case FILE_FAILED:
		break;
	}
	return "cannot be read";
}
