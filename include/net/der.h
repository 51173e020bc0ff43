/*
 * der.h - pure: DER, which is elements with definite lengths, read and
 * written; and PEM around it.
 *
 * Reading gives views of what is read and believes no length.  Writing goes
 * into a struct out: what an element holds stands between der_begin() and
 * der_end(), which fills in its length; so elements close from the inside out.
 */
#ifndef NET_DER_H
#define NET_DER_H

#include "kernel/arena.h"
#include "kernel/out.h"

enum {
	DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06, DER_UTF8 = 0x0c,
	DER_TIME_SHORT = 0x17, DER_TIME = 0x18, DER_SEQUENCE = 0x30, DER_SET = 0x31,
	DER_KEY_NAME = 0x80, DER_DNS_NAME = 0x82, DER_IP_NAME = 0x87,
	DER_FIRST = 0xa0, DER_SECOND = 0xa1, DER_EXTENSIONS = 0xa3,
};

#define DER_TIME_MAX INT64_C(253402300799)       /* the end of the year 9999 */

enum der_found { DER_ABSENT, DER_FOUND, DER_BROKEN };

/* The next element of *rest, which then begins behind it.  False: not a whole
 * element; what was given is then of no use. */
bool der_next(struct str *rest, unsigned *tag, struct str *value);
bool der_enter(struct str *rest, unsigned tag, struct str *value);       /* next, and it must be this */
bool der_time(struct str *rest, int64_t *wall_s);                        /* next, and it must be a moment */

/* Of a certificate: an extension by its OID; from when until when it is valid. */
enum der_found der_extension(struct str cert, struct str oid, struct str *value);
bool           der_validity(struct str cert, int64_t *from_s, int64_t *until_s);

/* Where the value of an element begins: der_end() wants it back. */
size_t der_begin(struct out *o, unsigned tag);
void   der_end(struct out *o, size_t at);
void   der_put(struct out *o, unsigned tag, struct str value);
void   der_put_number(struct out *o, struct str big_endian);             /* INTEGER, never negative */
void   der_put_bits(struct out *o, struct str bytes, unsigned unused);   /* the last `unused` bits are none */
void   der_put_time(struct out *o, int64_t wall_s);                      /* of the years 0 to 9999 */

/* The next object of a PEM text; what stands around it is skipped.  False:
 * no more, or *why says what is wrong. */
bool   pem_next(struct str *rest, struct arena *a, struct str *name, struct str *der, const char **why);
size_t pem_count(struct str pem);
void   pem_print(struct out *o, struct str name, struct str der);

#endif
