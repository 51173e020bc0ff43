#!/bin/sh
# openssl.sh [CERTS [TLS_GET]] - our connections against servers of OpenSSL,
# over loopback.  A line for each case that fails; the last line adds up.
# Run it from the repository's root, after `make`.
set -u

certs=${1:-build/certs}
tmp=$(mktemp -d)
get=${2:-build/debug/tools/tls_get}
server=
passed=0
failed=0

stop_server() {
	[ -z "$server" ] && return
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server=
}
trap 'stop_server; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

tests/certs.sh "$certs" || exit 1

# serve CERTIFICATE OPTIONS...: on a free port, which becomes $port.
serve() {
	name=$1
	shift
	stop_server
	: >"$tmp/out"
	timeout 30 openssl s_server -accept 127.0.0.1:0 -cert "$certs/$name.crt" -key "$certs/$name.key" \
	    "$@" >"$tmp/out" 2>&1 </dev/null &
	server=$!
	tries=0
	until grep -q '^ACCEPT' "$tmp/out"; do
		tries=$((tries + 1))
		[ $tries -gt 200 ] && { echo "openssl s_server did not start"; cat "$tmp/out"; exit 1; }
		sleep 0.02
	done
	port=$(sed -n 's/^ACCEPT.*:\([0-9][0-9]*\)$/\1/p' "$tmp/out")
}

# expect WHAT WANTED ARGUMENTS...: what is printed begins with WANTED.
expect() {
	what=$1
	wanted=$2
	shift 2
	got=$("$get" "$port" "$@" 2>&1)
	case $got in
	"$wanted"*)
		passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAIL %s:\n  wanted %s\n  got    %s\n' "$what" "$wanted" "$got" ;;
	esac
}

ok='HTTP/1.0 200 ok'
ca=$certs/ca.crt

serve server -tls1_2 -www
expect 'TLS 1.2, ECDSA'               "$ok" localhost "$ca"
expect 'by address'                   "$ok" 10.96.0.1 "$ca"
expect 'another address'              'its certificate is for another name' 10.96.0.2 "$ca"
expect 'another name'                 'its certificate is for another name' other.example "$ca"
expect 'another CA'                   'its certificate is not signed by a trusted CA' localhost \
    "$certs/other-ca.crt"
expect 'insecure'                     "$ok" other.example insecure
expect 'a client certificate unasked' "$ok" localhost "$ca" "$certs/client.crt" "$certs/client.key"

serve server -www
expect 'TLS 1.2 and 1.3'              "$ok" localhost "$ca"
serve server -tls1_3 -www
expect 'TLS 1.3 only'                 'the server speaks TLS 1.3 only' localhost "$ca"
serve server -tls1_1 -cipher ALL:@SECLEVEL=0 -www
expect 'TLS 1.1 only'                 'the peer refused the handshake' localhost "$ca"
serve server-rsa -tls1_2 -www
expect 'RSA'                          "$ok" localhost "$ca"
serve server-rsa -tls1_2 -cipher AES128-SHA256 -www
expect 'no suite in common'           'the peer refused the handshake' localhost "$ca"
serve server-rsa -tls1_2 -groups P-384 -www
expect 'no curve in common'           'the peer refused the handshake' localhost "$ca"
serve server-rsa -tls1_2 -groups P-256 -www
expect 'P-256 alone'                  "$ok" localhost "$ca"
serve server-expired -tls1_2 -www
expect 'expired'                      'its certificate has expired' localhost "$ca"
serve self -tls1_2 -www
expect 'trusted itself'               "$ok" localhost "$certs/self.crt"

serve server -tls1_2 -www -Verify 1 -CAfile "$ca" -verify_return_error
expect 'a client certificate, ECDSA'  "$ok" localhost "$ca" "$certs/client.crt" "$certs/client.key"
expect 'a client certificate, SEC1'   "$ok" localhost "$ca" "$certs/client.crt" "$certs/client-sec1.key"
expect 'a client certificate, RSA'    "$ok" localhost "$ca" "$certs/client-rsa.crt" "$certs/client-rsa.key"
expect 'a client certificate, PKCS#1' "$ok" localhost "$ca" "$certs/client-rsa.crt" "$certs/client-pkcs1.key"
expect 'no client certificate'        'the peer refused the handshake: it may want a client certificate' \
    localhost "$ca"
expect 'a client certificate of none' 'the peer does not know the CA of our certificate' localhost "$ca" \
    "$certs/self.crt" "$certs/self.key"
expect 'an encrypted key'             'the private key is encrypted' localhost "$ca" \
    "$certs/client.crt" "$certs/client-encrypted.key"
serve server -tls1_2 -www -verify 1 -CAfile "$ca"
expect 'a client certificate may be absent' "$ok" localhost "$ca"

stop_server
expect 'nobody there'                 'connection refused' localhost "$ca"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
