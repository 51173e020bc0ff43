/* certify_oid.h - the object identifiers of our certificates. */
#ifndef WEBHOOK_CERTIFY_OID_H
#define WEBHOOK_CERTIFY_OID_H

#define OID_EC           STR("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_P256         STR("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_ECDSA_SHA256 STR("\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define OID_COMMON_NAME  STR("\x55\x04\x03")
#define OID_KEY_ID       STR("\x55\x1d\x0e")
#define OID_KEY_USAGE    STR("\x55\x1d\x0f")
#define OID_ALT_NAMES    STR("\x55\x1d\x11")
#define OID_CONSTRAINTS  STR("\x55\x1d\x13")
#define OID_ISSUER_ID    STR("\x55\x1d\x23")
#define OID_USAGES       STR("\x55\x1d\x25")
#define OID_USAGE_SERVE  STR("\x2b\x06\x01\x05\x05\x07\x03\x01")

#endif
