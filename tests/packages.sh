#!/bin/sh
# packages.sh - the Debian packages that a part of the build needs; installs what is missing.
#
#   tests/packages.sh build|memcheck|fuzz|e2e
set -eu

case ${1:?which part} in
build)    need='gcc make binutils libc6-dev libbearssl-dev libjsmn-dev libyaml-dev libcunit1-dev'
          need="$need openssl curl python3 python3-yaml procps" ;;
memcheck) need='valgrind' ;;
fuzz)     need='clang libclang-rt-14-dev' ;;
e2e)      need='iproute2' ;;
*)        echo "packages.sh: no such part: $1" >&2; exit 2 ;;
esac

missing=
for p in $need; do
	dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "These Debian packages are missing; install them as root:$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "Installing Debian packages:$missing"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
