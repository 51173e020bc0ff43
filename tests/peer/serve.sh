#!/bin/sh
# serve.sh [CERTS] - what the operator serves, asked by OpenSSL, curl and raw
# bytes over loopback, beside a devcluster.  A line for each case that fails;
# the last line adds up.  Run it from the repository's root.
set -u

certs=${1:-build/certs}
tmp=$(mktemp -d)
pids=
passed=0
failed=0

stop_all() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	pids=
}
trap 'stop_all; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

tests/certs.sh "$certs" || exit 1

give_up() {
	echo "FAIL $1"
	tail -n 20 "$2"
	echo "$passed passed, $((failed + 1)) failed, 0 skipped"
	exit 1
}

# until_says FILE TEXT [TIMES]: waits for so many lines; ends the script when they do not come.
until_says() {
	tries=0
	until [ "$(grep -c -- "$2" "$1" 2>/dev/null)" -ge "${3:-1}" ] 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -gt 400 ] && give_up "never said: $2" "$1"
		sleep 0.05
	done
}

# expect WHAT WANTED GOT: GOT holds WANTED somewhere.
expect() {
	case $3 in
	*"$2"*)
		passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAIL %s:\n  wanted %s\n  got    %s\n' "$1" "$2" "$3" ;;
	esac
}

# pair NAME: as kubelet mounts a Secret: a new folder, then the link to it is swapped.
pair() {
	next=$(mktemp -d "$tmp/mount/..XXXXXX")
	cp "$certs/$1.crt" "$next/tls.crt"
	cp "$certs/${2:-$1}.key" "$next/tls.key"
	ln -sfn "$(basename "$next")" "$tmp/mount/..next"
	mv -T "$tmp/mount/..next" "$tmp/mount/..data"
	ln -sf ..data/tls.crt "$tmp/mount/tls.crt"
	ln -sf ..data/tls.key "$tmp/mount/tls.key"
}

# operator LOG OPTIONS...: starts one and waits for its webhook port, which becomes $port.
operator() {
	log=$1
	shift
	timeout 120 build/ais-operator --kubeconfig "$tmp/kubeconfig" --leader-elect=false --watch-namespaces none \
	    --webhook-cert-path "$tmp/mount" "$@" >"$log" 2>&1 &
	pids="$pids $!"
	until_says "$log" 'for=webhook at='
	port=$(port_of "$log" webhook)
	server=$(pgrep -P "${pids##* }")
}

port_of() {
	sed -n "s/.*for=$2 at=.*:\([0-9]*\)\$/\1/p" "$1"
}

mkdir "$tmp/mount"
pair server
timeout 150 build/devcluster serve --data "$tmp" --certs "$certs" >"$tmp/dev.txt" 2>&1 &
pids="$pids $!"
tries=0
until [ -s "$tmp/kubeconfig" ]; do
	tries=$((tries + 1))
	[ $tries -gt 200 ] && give_up 'devcluster did not start' "$tmp/dev.txt"
	sleep 0.05
done
operator "$tmp/log" --webhook-port 0 --health-probe-bind-address 127.0.0.1:0 \
    --metrics-bind-address 127.0.0.1:0 --metrics-secure=false
health=$(port_of "$tmp/log" health)
metrics=$(port_of "$tmp/log" metrics)
until_says "$tmp/log" 'all kinds are listed'

path=/validate-ais-nvidia-com-v1beta1-aistore
kind='"kind":{"group":"ais.nvidia.com","version":"v1beta1","kind":"AIStore"}'
delete='{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u1",'$kind',"operation":"DELETE"}}'
allowed='{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u1","allowed":true,"status":'
allowed=$allowed'{"metadata":{},"code":200}}}'

# ask OPTIONS... : by curl, body and status.
ask() {
	curl -s --max-time 10 --cacert "$certs/ca.crt" -w ' %{http_code}' "$@" 2>&1
}

# review BODY OPTIONS...
review() {
	body=$1
	shift
	ask "https://localhost:$port$path?timeout=10s" -H 'Content-Type: application/json' --data-binary "$body" "$@"
}

# raw TEXT OPTIONS...: these bytes over TLS, and what comes back.
raw() {
	text=$1
	shift
	{ printf "$text"; sleep 0.5; } | timeout 10 openssl s_client -quiet -connect "localhost:$port" \
	    -CAfile "$certs/ca.crt" "$@" 2>"$tmp/raw.txt" | tr -d '\r'
}

# hello OPTIONS...: a handshake, and how it ended.
hello() {
	timeout 10 openssl s_client -connect "localhost:$port" -CAfile "$certs/ca.crt" "$@" </dev/null 2>&1
}

# plain TEXT: these bytes as they are.
plain() {
	python3 -c '
import socket, sys
s = socket.create_connection(("localhost", int(sys.argv[1])), 5)
s.sendall(sys.argv[2].encode("latin-1").decode("unicode_escape").encode("latin-1"))
try:
    while s.recv(4096):
        pass
    print("closed")
except ConnectionResetError:
    print("closed")
except socket.timeout:
    print("hangs")' "$port" "$1"
}

expect 'a review'                  "$allowed"  "$(review "$delete")"
expect 'a review, its status'      ' 200'      "$(review "$delete")"
expect 'two on one connection'     'Re-using existing connection' \
    "$(ask -v "https://localhost:$port/a" --next -s --cacert "$certs/ca.crt" -v "https://localhost:$port/b")"
expect 'TLS 1.2'                   'Verify return code: 0 (ok)' "$(hello -tls1_2)"
expect 'TLS 1.2 or 1.3'            'Protocol  : TLSv1.2'        "$(hello)"
expect 'TLS 1.3 only'              'alert'                      "$(hello -tls1_3)"
expect 'TLS 1.1 only'              'Cipher is (NONE)'           "$(hello -tls1_1)"
expect 'ECDSA, AES-GCM'            'ECDHE-ECDSA-AES128-GCM-SHA256' "$(hello -tls1_2)"
expect 'P-256 alone'               'Verify return code: 0 (ok)' "$(hello -tls1_2 -groups P-256)"
expect 'X25519 alone'              'Verify return code: 0 (ok)' "$(hello -tls1_2 -groups X25519)"
expect 'P-521 alone'               'handshake failure'          "$(hello -tls1_2 -groups P-521)"
expect 'no suite in common'        'handshake failure'          "$(hello -tls1_2 -cipher AES128-SHA)"
expect 'no name sent'              'Verify return code: 0 (ok)' "$(hello -noservername)"
expect 'another name sent'         'Verify return code: 0 (ok)' "$(hello -servername other.example)"
expect 'ALPN'                      'Verify return code: 0 (ok)' "$(hello -alpn h2,http/1.1)"
expect 'a long hello'              'Verify return code: 0 (ok)' \
    "$(hello -alpn "$(seq -s , 100000 100250)")"
expect 'reconnects'                'Verify return code: 0 (ok)' "$(hello -tls1_2 -reconnect)"
expect 'no ticket'                 'none' "$(hello -tls1_2 | grep -i 'session ticket' || echo none)"
expect 'no renegotiation'          'no renegotiation' "$({ sleep 0.3; echo R; sleep 0.3; } | timeout 10 openssl s_client \
    -tls1_2 -connect "localhost:$port" 2>&1)"
expect 'still there'               "$allowed"  "$(review "$delete")"

expect 'garbage'                   'closed'    "$(plain '\x00\x01\x02garbage garbage garbage garbage')"
expect 'plain HTTP'                'closed'    "$(plain 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')"
expect 'plain HTTP/2'              'closed'    "$(plain 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')"
expect 'SSL 2'                     'closed'    "$(plain '\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10')"
expect 'HTTP/2 over TLS'           'HTTP/1.1 505' "$(raw 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')"
expect 'two lengths'               'HTTP/1.1 400' \
    "$(raw 'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}')"
expect 'a length and chunks'       'HTTP/1.1 400' \
    "$(raw 'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')"
expect 'chunks'                    "$allowed" "$(review "$delete" -H 'Transfer-Encoding: chunked')"
expect 'pipelined'                 '2' "$(raw 'GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n' |
    grep -c 'HTTP/1.1 404')"
head -c 7340033 /dev/zero | tr '\0' ' ' >"$tmp/big"
expect '7 MiB and one'             ' 413' "$(review "@$tmp/big")"
head -c 7340032 /dev/zero | tr '\0' ' ' >"$tmp/big"
expect '7 MiB'                     ' 400' "$(review "@$tmp/big")"
expect 'not JSON'                  '"kind":"Status"' "$(review 'nonsense')"
expect 'another version'           '"allowed":false' "$(review "$(echo "$delete" | sed s,k8s.io/v1,k8s.io/v2,)")"
expect 'an unknown path'           ' 404' "$(ask "https://localhost:$port/nowhere")"
expect 'GET'                       ' 405' "$(ask "https://localhost:$port$path")"
expect 'no JSON by its type'       ' 415' "$(ask "https://localhost:$port$path" -H 'Content-Type: text/plain' \
    --data-binary "$delete")"

# Conversions: in pieces, of any length; who leaves in the middle holds no place.
object='{"apiVersion":"ais.nvidia.com/v1alpha1","kind":"AIStore","metadata":{"name":"a","namespace":"n"},"spec":{"size":1}}'
convert='{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1","request":{"uid":"u1",'
convert=$convert'"desiredAPIVersion":"ais.nvidia.com/v1beta1","objects":['
ask_convert() {
	ask "https://localhost:$port/convert?timeout=30s" -H 'Content-Type: application/json' --data-binary "$@"
}
expect 'a conversion'              '"status":"Success"' "$(ask_convert "$convert$object]}}")"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	raw 'POST /convert HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{' >/dev/null &
	leavers="${leavers:-} $!"
done
wait $leavers
expect 'after ten who left'        '"status":"Success"' "$(ask_convert "$convert$object]}}")"
i=0
while [ $i -lt 2000 ]; do
	printf ',%s' "$object"
	i=$((i + 1))
done >"$tmp/many"
before=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
{ printf '%s' "$convert$object"; i=0; while [ $i -lt 100 ]; do cat "$tmp/many"; i=$((i + 1)); done; printf ']}}'; } >"$tmp/long"
expect 'a conversion of 24 MB'     '200002' "$(ask_convert "@$tmp/long" | grep -o '"apiVersion"' | wc -l)"
after=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
expect 'its memory'                'flat' "$([ $((after - before)) -lt 2000 ] && echo flat || echo "$before to $after kB")"

expect 'healthz'                   'ok 200' "$(ask "http://127.0.0.1:$health/healthz")"
expect 'readyz'                    'ok 200' "$(ask "http://127.0.0.1:$health/readyz")"
expect 'metrics'                   'ais_operator_info{version=' "$(ask "http://127.0.0.1:$metrics/metrics")"
expect 'metrics, reviews'          'ais_operator_reviews_total{verdict="allowed"}' "$(ask "http://127.0.0.1:$metrics/metrics")"

# More connections than there are places: refused, and all is well afterwards.
expect 'a crowd'                   'True' "$(python3 -c '
import socket, sys
port, crowd, ended = int(sys.argv[1]), [], 0
for i in range(600):
    crowd.append(socket.create_connection(("localhost", port), 5))
for s in crowd:
    s.settimeout(0.001)
    try:
        ended += s.recv(1) == b""
    except socket.timeout:
        pass
    except ConnectionResetError:
        ended += 1
print(ended >= 300)' "$port")"
expect 'after the crowd'           "$allowed" "$(review "$delete")"

# Certificates that change: looked at every five seconds.
pair server-rsa
until_says "$tmp/log" 'certificate use=webhook' 2
expect 'a new certificate'         'CN = server-rsa' "$(hello)"
pair server-chain
until_says "$tmp/log" 'certificate use=webhook' 3
expect 'a chain'                   'CN = middle-ca' "$(hello -showcerts)"
pair server client
until_says "$tmp/log" 'the old one stays'
expect 'a bad pair: the old one'   'CN = middle-ca' "$(hello -showcerts)"
expect 'a bad pair: the metric'    'certwatcher_read_certificate_errors_total{use="webhook"}' \
    "$(ask "http://127.0.0.1:$metrics/metrics")"
pair server

# A port that is taken.
taken=$(timeout 20 build/ais-operator --kubeconfig "$tmp/kubeconfig" --leader-elect=false --watch-namespaces none \
    --metrics-bind-address 0 --health-probe-bind-address "127.0.0.1:$health" 2>&1; echo "exit $?")
expect 'a taken port'              'cannot listen for health at 127.0.0.1' "$taken"
expect 'a taken port, its exit'    'exit 1' "$taken"

# Metrics over TLS, for who may.
operator "$tmp/log2" --webhook-port 0 --health-probe-bind-address 0 --metrics-bind-address 127.0.0.1:0
secure=$(port_of "$tmp/log2" metrics)
expect 'secure metrics'            ' 401' "$(ask "https://localhost:$secure/metrics")"
expect 'secure metrics, plainly'   ' 000' "$(ask "http://localhost:$secure/metrics")"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
