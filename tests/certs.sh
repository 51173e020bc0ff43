#!/bin/sh
# certs.sh DIR - certificates for the tests, made once.  All dates are fixed,
# so they hold in the tests' driven time as well as in the real one.
set -eu

dir=${1:?usage: certs.sh DIR}
mkdir -p "$dir"
cd "$dir"
[ -e made-2 ] && exit 0

cat >ca.cnf <<'END'
[ca]
default_ca = any
[any]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
policy = policy
preserve = yes
default_md = sha256
[policy]
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
[dn]
END
: >index.txt

quiet() {
	"$@" 2>log.txt || { cat log.txt >&2; exit 1; }
}

# key NAME ALGORITHM: a private key, PKCS#8.
key() {
	case $2 in
	rsa*)    quiet openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
	ed25519) quiet openssl genpkey -algorithm ED25519 -out "$1.key" ;;
	*)       quiet openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -out "$1.key" ;;
	esac
}

# cert NAME ISSUER SUBJECT EXTENSIONS: for NAME.key; signed by itself when it
# is its own issuer.  $from, $to, $md may be set for one call.
cert() {
	printf '%b' "$4" >"$1.ext"
	quiet openssl req -config ca.cnf -new -utf8 -subj "$3" -key "$1.key" -out "$1.csr"
	if [ "$1" = "$2" ]; then
		signer="-selfsign -keyfile $1.key"
	else
		signer="-cert $2.crt -keyfile $2.key"
	fi
	# shellcheck disable=SC2086
	quiet openssl ca -config ca.cnf -batch -notext $signer -in "$1.csr" -out "$1.crt" -extfile "$1.ext" \
	    -startdate "${from:-20200101000000Z}" -enddate "${to:-20400101000000Z}" -md "${md:-sha256}"
	rm -f "$1.ext" "$1.csr"
}

authority='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'
authority=$authority'subjectKeyIdentifier=hash\n'
serve='basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n'
client='basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n'
names='subjectAltName=DNS:kubernetes.default.svc,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:::1\n'

key ca P-256;           cert ca ca /CN=test-ca "$authority"
key other-ca P-256;     cert other-ca other-ca /CN=other-ca "$authority"
key twin-ca P-256;      cert twin-ca twin-ca /CN=test-ca "$authority"
key ca-rsa rsa4096;     cert ca-rsa ca-rsa /CN=test-ca-rsa "$authority"
key middle-ca P-384;    cert middle-ca ca /CN=middle-ca "$authority"

key server P-256;       cert server ca /CN=server "$serve$names"
key server-rsa rsa2048; cert server-rsa ca /CN=server-rsa "$serve$names"
key server-p521 P-521;  cert server-p521 ca-rsa /CN=server-p521 "$serve$names"
key server-p384 P-384;  cert server-p384 middle-ca /CN=server-p384 "$serve$names"
cat server-p384.crt middle-ca.crt >server-chain.crt
cp server-p384.key server-chain.key

key server-expired P-256
from=20200101000000Z to=20210101000000Z cert server-expired ca /CN=server "$serve$names"
key server-future P-256
from=20390101000000Z cert server-future ca /CN=server "$serve$names"
key server-sha1 P-256
md=sha1 cert server-sha1 ca /CN=server "$serve$names"
key server-wrongname P-256
cert server-wrongname ca /CN=localhost "${serve}subjectAltName=DNS:elsewhere.example,IP:10.0.0.99\n"
# Names that look like the address, but are none.
key server-iptrick P-256
cert server-iptrick ca /CN=127.0.0.1 "${serve}subjectAltName=DNS:127.0.0.1,DNS:*.0.0.1\n"
key server-cnonly P-256;  cert server-cnonly ca /CN=127.0.0.1 "$serve"
key server-client P-256;  cert server-client ca /CN=server "$client$names"
key server-noeku P-256;   cert server-noeku ca /CN=server "basicConstraints=CA:FALSE\n$names"
key self P-256;           cert self self /CN=self "basicConstraints=CA:FALSE\n$names"

key client P-256;         cert client ca /O=system:masters/CN=admin "$client"
key client-rsa rsa2048;   cert client-rsa ca /O=system:masters/CN=admin-rsa "$client"

# The other forms of keys: SEC1, PKCS#1; and those that are refused.
quiet openssl ec -in client.key -out client-sec1.key
quiet openssl rsa -in client-rsa.key -traditional -out client-pkcs1.key
quiet openssl pkcs8 -topk8 -in client.key -passout pass:secret -out client-encrypted.key
quiet openssl rsa -in client-rsa.key -traditional -aes128 -passout pass:secret -out client-encrypted1.key
key client-ed25519 ed25519
quiet openssl rsa -in client-rsa.key -pubout -out client-public.pem

rm -f ./*.ext ./*.csr index.txt* log.txt ca.cnf [0-9A-F]*.pem
: >made-2
