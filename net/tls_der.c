/* tls_der.c - pure: walks DER, as far as certificates need it. */
#include "net/tls_inner.h"

#include <string.h>

#define OID_ALT_NAMES   STR("\x55\x1d\x11")
#define OID_USAGES      STR("\x55\x1d\x25")
#define OID_USAGE_ANY   STR("\x55\x1d\x25\x00")
#define OID_USAGE_SERVE STR("\x2b\x06\x01\x05\x05\x07\x03\x01")

bool
der_next(struct str *rest, unsigned *tag, struct str *value)
{
	const unsigned char *b = (const unsigned char *)rest->at;
	size_t               head = 2, len;

	if (rest->len < 2)
		return false;
	*tag = b[0];
	len = b[1];
	if (len >= 0x80) {
		head += len & 0x7f;
		if (len == 0x80 || head > 6 || head > rest->len)
			return false;
		len = 0;
		for (size_t i = 2; i < head; i++)
			len = len << 8 | b[i];
	}
	if (len > rest->len - head)
		return false;
	*value = (struct str){ rest->at + head, len };
	*rest = str_from(*rest, head + len);
	return true;
}

bool
der_enter(struct str *rest, unsigned tag, struct str *value)
{
	unsigned got;

	return der_next(rest, &got, value) && got == tag;
}

/* [3] of the part that is signed, one layer in. */
static enum der_found
extensions(struct str cert, struct str *out)
{
	struct str inner, signed_part, value;
	unsigned   tag;

	if (!der_enter(&cert, DER_SEQUENCE, &inner) || !der_enter(&inner, DER_SEQUENCE, &signed_part))
		return DER_BROKEN;
	while (signed_part.len > 0) {
		if (!der_next(&signed_part, &tag, &value))
			return DER_BROKEN;
		if (tag == DER_EXTENSIONS)
			return der_enter(&value, DER_SEQUENCE, out) ? DER_FOUND : DER_BROKEN;
	}
	return DER_ABSENT;
}

enum der_found
der_extension(struct str cert, struct str oid, struct str *value)
{
	struct str     all, one, name;
	unsigned       tag;
	enum der_found found = extensions(cert, &all);

	if (found != DER_FOUND)
		return found;
	while (all.len > 0) {
		if (!der_enter(&all, DER_SEQUENCE, &one) || !der_enter(&one, DER_OID, &name) ||
		    !der_next(&one, &tag, value))
			return DER_BROKEN;
		if (tag == DER_BOOLEAN && !der_next(&one, &tag, value))
			return DER_BROKEN;
		if (str_eq(name, oid))
			return tag == DER_OCTETS ? DER_FOUND : DER_BROKEN;
	}
	return DER_ABSENT;
}

bool
der_has_names(struct str cert)
{
	struct str value;

	return der_extension(cert, OID_ALT_NAMES, &value) == DER_FOUND;
}

bool
der_has_ip(struct str cert, const struct addr *ip)
{
	struct str value, names, name;
	unsigned   tag;

	if (der_extension(cert, OID_ALT_NAMES, &value) != DER_FOUND || !der_enter(&value, DER_SEQUENCE, &names))
		return false;
	while (der_next(&names, &tag, &name))
		if (tag == DER_IP_NAME && name.len == ip->ip_len && memcmp(name.at, ip->ip, name.len) == 0)
			return true;
	return false;
}

bool
der_may_serve(struct str cert)
{
	struct str     value, usages, usage;
	enum der_found found = der_extension(cert, OID_USAGES, &value);

	if (found != DER_FOUND)
		return found == DER_ABSENT;
	if (!der_enter(&value, DER_SEQUENCE, &usages))
		return false;
	while (der_enter(&usages, DER_OID, &usage))
		if (str_eq(usage, OID_USAGE_SERVE) || str_eq(usage, OID_USAGE_ANY))
			return true;
	return false;
}
