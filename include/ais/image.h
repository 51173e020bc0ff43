/*
 * image.h - which AIS an image holds, as far as its tag says.
 *
 * Digests, private tags and single numbers say nothing and are believed.
 */
#ifndef AIS_IMAGE_H
#define AIS_IMAGE_H

#include "kernel/str.h"

#define IMAGE_VERSIONS "AIS 4.8, 4.9 or 5.0"

enum image_support {
	IMAGE_KNOWN,         /* one of IMAGE_VERSIONS */
	IMAGE_OTHER,         /* its tag begins with another MAJOR.MINOR */
	IMAGE_SILENT,        /* its tag says no version */
};

enum image_support image_support(struct str image);

#endif
