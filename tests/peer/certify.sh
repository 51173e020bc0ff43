#!/bin/sh
# certify.sh [CERTIFY] - our certificates before OpenSSL's judge.  A line for
# each case that fails; the last line adds up.  Run it from the repository's
# root, after `make`.
set -u

tool=${1:-build/debug/tools/certify}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
passed=0
failed=0

# expect WHAT WANTED COMMAND...: the output has WANTED in it.
expect() {
	what=$1
	wanted=$2
	shift 2
	got=$("$@" 2>&1)
	case $got in
	*"$wanted"*)
		passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAIL %s:\n  wanted %s\n  got    %s\n' "$what" "$wanted" "$got" ;;
	esac
}

# judge CA CERTIFICATE OPTIONS...
judge() {
	ca=$tmp/$1
	cert=$tmp/$2
	shift 2
	openssl verify -x509_strict -no-CApath -no-CAstore -CAfile "$ca" -purpose sslserver "$@" "$cert"
}

# shown CERTIFICATE OPTIONS...: what OpenSSL reads in it.
shown() {
	cert=$tmp/$1
	shift
	openssl x509 -noout -in "$cert" "$@"
}

# key NAME: the key is sound, and it is the one in the certificate.
key() {
	openssl pkey -in "$tmp/$1.key" -check -noout || return 1
	[ "$(openssl pkey -in "$tmp/$1.key" -pubout)" = "$(openssl x509 -in "$tmp/$1.crt" -pubkey -noout)" ] && echo same
}

name=hooks.ops.svc
"$tool" "$tmp" hooks ops cluster.local || exit 1
now=$(date +%s)
day=86400

expect 'the short name'           ': OK'               judge ca.crt tls.crt -verify_hostname $name
expect 'the long name'            ': OK'               judge ca.crt tls.crt -verify_hostname $name.cluster.local
expect 'another name'             'hostname mismatch'  judge ca.crt tls.crt -verify_hostname other.ops.svc
expect 'another authority'        'error 20'           judge next-ca.crt tls.crt
expect 'both, the old one'        ': OK'               judge bundle.crt tls.crt -verify_hostname $name
expect 'both, the new one'        ': OK'               judge bundle.crt next-tls.crt -verify_hostname $name
expect 'for servers only'         'unsuitable certificate purpose' judge ca.crt tls.crt -purpose sslclient
expect 'half an hour ago'         ': OK'               judge ca.crt tls.crt -attime $((now - 1800))
expect 'two hours ago'            'not yet valid'      judge ca.crt tls.crt -attime $((now - 7200))
expect 'in 364 days'              ': OK'               judge ca.crt tls.crt -attime $((now + 364 * day))
expect 'in 366 days'              'expired'            judge ca.crt tls.crt -attime $((now + 366 * day))
expect 'the authority'            ': OK'               judge ca.crt ca.crt -purpose any
expect 'the key'                  'same'               key tls
expect 'the key of the authority' 'same'               key ca
expect 'the algorithm'            'ecdsa-with-SHA256'  shown tls.crt -text
expect 'the version'              'Version: 3 (0x2)'   shown tls.crt -text
expect 'no authority'             'CA:FALSE'           shown tls.crt -ext basicConstraints
expect 'an authority of the end'  'CA:TRUE, pathlen:0' shown ca.crt -ext basicConstraints
expect 'what it may'              'Digital Signature'  shown tls.crt -ext keyUsage
expect 'what the authority may'   'Certificate Sign, CRL Sign' shown ca.crt -ext keyUsage
expect 'the issuer'               "$(openssl x509 -noout -subject -nameopt RFC2253 -in "$tmp/ca.crt" | cut -d= -f2-)" \
    shown tls.crt -issuer -nameopt RFC2253
expect "the issuer's key"         "$(shown ca.crt -ext subjectKeyIdentifier | tail -n 1 | tr -d ' ')" \
    shown tls.crt -ext authorityKeyIdentifier
serial=$(shown tls.crt -serial)
expect 'a serial number of 16 bytes' "$((7 + 32))"     echo ${#serial}

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
