/* image.c - which AIS an image holds. */
#include "ais/image.h"

/* What stands behind the last colon; not a port, and not a digest. */
static struct str
tag_of(struct str image)
{
	size_t at = image.len;

	if (str_has(image, STR("@")))
		return STR_NONE;
	while (at > 0 && image.at[at - 1] != ':' && image.at[at - 1] != '/')
		at--;
	return at > 0 && image.at[at - 1] == ':' ? str_from(image, at) : STR_NONE;
}

/* Digits, at most four, taken off *s. */
static bool
take_number(struct str *s, uint64_t *n)
{
	size_t len = 0;

	while (len < s->len && s->at[len] >= '0' && s->at[len] <= '9')
		len++;
	if (len == 0 || len > 4 || !str_u64(str_upto(*s, len), n))
		return false;
	*s = str_from(*s, len);
	return true;
}

enum image_support
image_support(struct str image)
{
	struct str tag = tag_of(image);
	uint64_t   major, minor;

	if (str_starts(tag, STR("v")))
		tag = str_from(tag, 1);
	if (!take_number(&tag, &major) || tag.len == 0 || tag.at[0] != '.')
		return IMAGE_SILENT;
	tag = str_from(tag, 1);
	if (!take_number(&tag, &minor) || (tag.len > 0 && tag.at[0] != '.' && tag.at[0] != '-' && tag.at[0] != '_'))
		return IMAGE_SILENT;
	return (major == 4 && (minor == 8 || minor == 9)) || (major == 5 && minor == 0) ? IMAGE_KNOWN : IMAGE_OTHER;
}
