/* tls_dates.c - from when until when a certificate is valid. */
#include "net/tls_inner.h"

#define DAYS_TO_1970 719528      /* from the year 0, where BearSSL begins to count */

static int64_t
wall_us(uint32_t days, uint32_t seconds)
{
	return (((int64_t)days - DAYS_TO_1970) * 86400 + seconds) * 1000000;
}

void
tls_identity_dates(const struct tls_identity *id, int64_t *from_us, int64_t *until_us)
{
	br_x509_decoder_context d;

	br_x509_decoder_init(&d, NULL, NULL);
	br_x509_decoder_push(&d, id->chain[0].data, id->chain[0].data_len);
	*from_us = wall_us(d.notbefore_days, d.notbefore_seconds);
	*until_us = wall_us(d.notafter_days, d.notafter_seconds);
}
