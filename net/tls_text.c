/* tls_text.c - what BearSSL's numbers mean to a person. */
#include "net/tls_inner.h"

#define RECEIVED(alert) (BR_ERR_RECV_FATAL_ALERT + (alert))
#define SENT(alert)     (BR_ERR_SEND_FATAL_ALERT + (alert))

static const struct { int error; const char *text; } texts[] = {
	{ BR_ERR_OK, "the peer ended the connection in order" },

	{ BR_ERR_UNSUPPORTED_VERSION, "the peer does not speak TLS there (is it a plain HTTP port?)" },
	{ BR_ERR_BAD_VERSION, "the peer speaks no TLS 1.2, which this program needs" },
	{ BR_ERR_UNEXPECTED, "the peer does not speak TLS there, or not in order" },
	{ BR_ERR_UNKNOWN_TYPE, "the peer does not speak TLS there, or not in order" },
	{ BR_ERR_BAD_LENGTH, "the peer does not speak TLS there, or not in order" },
	{ BR_ERR_TOO_LARGE, "the peer sent a TLS record that is larger than the protocol allows" },
	{ BR_ERR_BAD_MAC, "a TLS record was changed on its way" },
	{ BR_ERR_BAD_CIPHER_SUITE, "the server chose a cipher suite that was not offered" },
	{ BR_ERR_BAD_SECRENEG, "the server answers the renegotiation check wrongly (RFC 5746)" },
	{ BR_ERR_BAD_FINISHED, "the handshake was changed on its way" },
	{ BR_ERR_INVALID_ALGORITHM, "the server wants an algorithm that was not offered" },
	{ BR_ERR_BAD_SIGNATURE, "the server does not hold the key of its certificate" },
	{ BR_ERR_IO, "the peer cut the connection without the end that TLS wants" },

	{ BR_ERR_X509_UNSUPPORTED, "its certificate has a key or a signature of a kind that this program does not "
	    "know (SHA-1, RSA-PSS, Ed25519): use ECDSA or RSA with SHA-256" },
	{ BR_ERR_X509_LIMIT_EXCEEDED, "its certificate is too large (RSA keys up to 4096 bits, 16 KB in all)" },
	{ BR_ERR_X509_BAD_SIGNATURE, "the signature of its certificate is wrong" },
	{ BR_ERR_X509_EXPIRED, "its certificate has expired or is not valid yet (see its dates, and the clock "
	    "here)" },
	{ BR_ERR_X509_DN_MISMATCH, "its certificate chain is not in order (each must be followed by its issuer's) "
	    "and leads to no trusted CA" },
	{ BR_ERR_X509_BAD_SERVER_NAME, "its certificate is for another name: the name or address that is dialled "
	    "must stand in its subjectAltName" },
	{ BR_ERR_X509_CRITICAL_EXTENSION, "its certificate has a critical extension that this program does not "
	    "know" },
	{ BR_ERR_X509_NOT_CA, "its certificate is signed by one that is no certificate authority" },
	{ BR_ERR_X509_FORBIDDEN_KEY_USAGE, "its certificate may not be used by a server (extendedKeyUsage)" },
	{ BR_ERR_X509_WEAK_PUBLIC_KEY, "its certificate has a key that is too weak" },
	{ BR_ERR_X509_NOT_TRUSTED, "its certificate is not signed by a trusted CA" },
	{ BR_ERR_X509_EMPTY_CHAIN, "it sent no certificate" },

	{ RECEIVED(40), "the peer refused the handshake: it may want a client certificate, or none of what is "
	    "offered (TLS 1.2, ECDHE with AES-GCM, X25519 or P-256)" },
	{ RECEIVED(42), "the peer refused our certificate as bad, or wants one and got none" },
	{ RECEIVED(43), "the peer refused the kind of our certificate" },
	{ RECEIVED(44), "the peer says that our certificate was revoked" },
	{ RECEIVED(45), "the peer says that our certificate has expired" },
	{ RECEIVED(46), "the peer did not accept our certificate" },
	{ RECEIVED(47), "the peer found the handshake wrong" },
	{ RECEIVED(48), "the peer does not know the CA of our certificate" },
	{ RECEIVED(49), "the peer denied access to our certificate" },
	{ RECEIVED(51), "the peer could not verify our key exchange or signature" },
	{ RECEIVED(70), "the server speaks TLS 1.3 only, which this program does not: allow TLS 1.2 there" },
	{ RECEIVED(71), "the peer asks for stronger cryptography than is offered" },
	{ RECEIVED(80), "the peer had an internal error in its TLS" },
	{ RECEIVED(112), "the peer does not know the server name that was asked for" },
	{ RECEIVED(116), "the peer wants a client certificate and got none" },

	{ SENT(40), "the peer offers nothing that this program accepts (TLS 1.2, ECDHE with AES-GCM, X25519 or "
	    "P-256)" },
	{ SENT(70), "the peer speaks no TLS 1.2, which this program needs" },
};

const char *
tls_error_text(int error)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].error == error)
			return texts[i].text;
	if (error >= BR_ERR_SEND_FATAL_ALERT)
		return "the peer broke the rules of TLS";
	if (error >= BR_ERR_RECV_FATAL_ALERT)
		return "the peer refused by an alert";
	if (error > BR_ERR_X509_OK)
		return "its certificate is damaged";
	return "the peer broke the rules of TLS";
}
